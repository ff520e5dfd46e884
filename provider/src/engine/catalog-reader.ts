/**
 * Reads a catalog snapshot: all queries of a database in one request. After each query a closing row tells how many rows
 * the server gave, so that "no rows" is never "no answer". A read that breaks makes no snapshot.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import type { Probe, ProbeRow } from "../contract";
import { CatalogReadError } from "../errors";
import { serverCatalog, type DatabaseRows, type ServerCatalog } from "./catalog-snapshot";
import type { Connection, ResultSet } from "./connection";
import { RequestError } from "./connection";
import { quoteText } from "./quoting";
import { FilegroupFileRow, OwnershipRow, SchemaRow } from "./snapshot/database";
import { BoundReferenceRow, ObjectRow, PermissionRow, TypeRow } from "./snapshot/modules";
import { DatabaseRow, MasterFileRow, QueryStoreRow, ServerRow } from "./snapshot/server";
import { CheckConstraintRow, ColumnRow, ForeignKeyColumnRow, IndexColumnRow, TableRow } from "./snapshot/tables";

const readTimeoutSeconds = 300;

/** Both columns of the closing row have names that no catalog query uses. */
const answered = "#answered";
const rowCount = "#rows";

const databaseQueries = {
  tables: TableRow,
  columns: ColumnRow,
  checkConstraints: CheckConstraintRow,
  indexes: IndexColumnRow,
  foreignKeys: ForeignKeyColumnRow,
  objects: ObjectRow,
  types: TypeRow,
  boundReferences: BoundReferenceRow,
  permissions: PermissionRow,
  schemas: SchemaRow,
  filegroups: FilegroupFileRow,
  ownership: OwnershipRow,
  queryStore: QueryStoreRow,
} as const satisfies Record<keyof DatabaseRows, z.ZodType>;

const serverQueries = { serverProperties: ServerRow, databases: DatabaseRow, masterFiles: MasterFileRow } as const;

/** `checkConstraints` -> the text of catalog/check-constraints.sql. */
function queryText(name: string): string {
  const file = `${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}.sql`;
  // From dist/engine as from src/engine, the .sql files are in src/catalog.
  return readFileSync(join(__dirname, "..", "..", "src", "catalog", file), "utf8");
}

const texts = new Map<string, string>();

function batchOf(names: readonly string[]): string {
  const key = names.join();
  let text = texts.get(key);
  if (text === undefined) {
    const parts = names.map((name) => `${queryText(name)}SELECT ${quoteText(name)} AS [${answered}], ROWCOUNT_BIG() AS [${rowCount}];\n`);
    // A read waits at most this long for a session that is changing the object.
    text = `SET LOCK_TIMEOUT 30000;\n${parts.join("")}`;
    texts.set(key, text);
  }
  return text;
}

export async function readServer(connection: Connection, server: string): Promise<ServerCatalog> {
  const results = await run(connection, Object.keys(serverQueries), `server "${server}"`);
  const properties = rowsOf(results, "serverProperties", ServerRow)[0];
  if (!properties) throw new CatalogReadError(`server "${server}": the server said nothing about itself`);
  return serverCatalog(properties, rowsOf(results, "databases", DatabaseRow), rowsOf(results, "masterFiles", MasterFileRow));
}

export async function readDatabase(connection: Connection, database: string): Promise<DatabaseRows> {
  const names = Object.keys(databaseQueries) as (keyof DatabaseRows)[];
  const results = await run(connection, names, `database "${database}"`);
  return Object.fromEntries(names.map((name) => [name, rowsOf(results, name, databaseQueries[name] as z.ZodType)])) as unknown as DatabaseRows;
}

async function run(connection: Connection, names: readonly string[], where: string): Promise<Map<string, ResultSet>> {
  let results: readonly ResultSet[];
  try {
    results = await connection.request(batchOf(names), readTimeoutSeconds);
  } catch (error) {
    throw readFailed(error, `${where}: the catalog could not be read`);
  }
  const answers = new Map<string, ResultSet>();
  let previous: ResultSet | undefined;
  for (const result of results) {
    const name = result.rows[0]?.[answered];
    if (typeof name !== "string") {
      previous = result;
      continue;
    }
    if (!previous || Number(result.rows[0]?.[rowCount]) !== previous.rows.length)
      throw new CatalogReadError(`${where}: catalog query ${name} gave ${previous?.rows.length ?? "no"} rows, the server counted ${String(result.rows[0]?.[rowCount])}`);
    answers.set(name, previous);
    previous = undefined;
  }
  for (const name of names) if (!answers.has(name)) throw new CatalogReadError(`${where}: catalog query ${name} was not answered`);
  return answers;
}

function rowsOf<Row>(results: ReadonlyMap<string, ResultSet>, name: string, row: z.ZodType<Row>): Row[] {
  return (results.get(name)?.rows ?? []).map((raw) => {
    const parsed = row.safeParse(raw);
    if (parsed.success) return parsed.data;
    throw new CatalogReadError(`catalog query ${name}: a row that is not as expected: ${parsed.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`).join("; ")}`);
  });
}

function readFailed(error: unknown, what: string): unknown {
  if (!(error instanceof RequestError)) return error;
  const first = error.errors[0];
  return new CatalogReadError(`${what}: ${first ? `${first.text} (error ${first.number}, state ${first.state})` : error.message}`, { cause: error });
}

/** Asks all probes of one database in one request; each answers with exactly one row. */
export async function askProbes(connection: Connection, probes: readonly Probe[]): Promise<Map<string, ProbeRow>> {
  const answers = new Map<string, ProbeRow>();
  if (probes.length === 0) return answers;
  const batch = probes.map((probe) => `SELECT ${quoteText(probe.key)} AS [${answered}];\n${probe.query}`).join("\n");
  let results: readonly ResultSet[];
  try {
    results = await connection.request(`SET LOCK_TIMEOUT 30000;\n${batch}`, readTimeoutSeconds);
  } catch (error) {
    throw readFailed(error, "a count that the plan needs could not be read");
  }
  for (let i = 0; i < results.length; i += 2) {
    const key = results[i]?.rows[0]?.[answered];
    const row = results[i + 1]?.rows;
    if (typeof key !== "string" || row?.length !== 1) throw new CatalogReadError(`question ${String(key)} was not answered with one row`);
    answers.set(key, row[0] as ProbeRow);
  }
  for (const probe of probes) if (!answers.has(probe.key)) throw new CatalogReadError(`question ${probe.key} was not answered`);
  return answers;
}
