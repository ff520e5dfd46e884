/**
 * Reads a catalog snapshot: all queries of a database in one request. After each query a closing row tells how many rows
 * the server gave, so that "no rows" is never "no answer". A read that breaks makes no snapshot.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import type { Probe, ProbeRow } from "../contract";
import { CatalogReadError } from "../errors";
import { serverCatalog, type CatalogArea, type DatabaseRows, type ServerCatalog } from "./catalog-snapshot";
import { RequestError, type Connection, type ResultRow, type ResultSet } from "./connection";
import { advice, isLockTimeout } from "./error-numbers";
import { quoteText } from "./quoting";
import { requireSight, SightRow } from "./sight";
import {
  BrokerContractMessageRow,
  BrokerEndpointRow,
  BrokerMessageTypeRow,
  BrokerPriorityRow,
  BrokerQueueRow,
  BrokerRouteRow,
  BrokerServiceContractRow,
  RemoteServiceBindingRow,
} from "./snapshot/broker";
import {
  AssemblyModuleRow,
  AssemblyParameterRow,
  AssemblyReferenceRow,
  AssemblyRow,
  AssemblyTypeRow,
} from "./snapshot/clr";
import { FilegroupFileRow, OwnershipRow, SchemaRow } from "./snapshot/database";
import { BoundReferenceRow, ObjectRow, PermissionRow, TypeRow } from "./snapshot/modules";
import { PartitionFunctionRow, PartitionSchemeRow } from "./snapshot/partitions";
import { LoginRow, PrincipalRow, RoleMemberRow } from "./snapshot/security";
import { DatabaseGuidRow, DatabaseRow, MasterFileRow, QueryStoreRow, ServerRow } from "./snapshot/server";
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
  principals: PrincipalRow,
  roleMembers: RoleMemberRow,
  schemas: SchemaRow,
  filegroups: FilegroupFileRow,
  partitionFunctions: PartitionFunctionRow,
  partitionSchemes: PartitionSchemeRow,
  ownership: OwnershipRow,
  queryStore: QueryStoreRow,
  databaseGuids: DatabaseGuidRow,
  brokerMessageTypes: BrokerMessageTypeRow,
  brokerContracts: BrokerContractMessageRow,
  brokerQueues: BrokerQueueRow,
  brokerServices: BrokerServiceContractRow,
  brokerRoutes: BrokerRouteRow,
  remoteServiceBindings: RemoteServiceBindingRow,
  brokerPriorities: BrokerPriorityRow,
  assemblies: AssemblyRow,
  assemblyReferences: AssemblyReferenceRow,
  assemblyModules: AssemblyModuleRow,
  assemblyTypes: AssemblyTypeRow,
  assemblyParameters: AssemblyParameterRow,
} as const satisfies Record<keyof DatabaseRows, z.ZodType>;

const serverQueries = {
  serverProperties: ServerRow,
  databases: DatabaseRow,
  masterFiles: MasterFileRow,
  logins: LoginRow,
  brokerEndpoints: BrokerEndpointRow,
} as const;

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
    const parts = names.map(
      (name) => `${queryText(name)}SELECT ${quoteText(name)} AS [${answered}], ROWCOUNT_BIG() AS [${rowCount}];\n`,
    );
    text = parts.join("");
    texts.set(key, text);
  }
  return text;
}

export async function readServer(connection: Connection, server: string): Promise<ServerCatalog> {
  const rows = await run(connection, serverQueries, `server "${server}"`);
  const properties = rows.serverProperties[0];
  if (!properties) throw new CatalogReadError(`server "${server}": the server said nothing about itself`);
  return serverCatalog(properties, rows.databases, rows.masterFiles, rows.brokerEndpoints, rows.logins);
}

/** Some or all of what is in a database. Throws PartialCatalogError when the login does not see all of it. */
export async function readDatabase(
  connection: Connection,
  server: ServerCatalog,
  database: string,
  areas: readonly CatalogArea[],
): Promise<Partial<DatabaseRows>> {
  const where = `database "${database}"`;
  const chosen: Queries = Object.fromEntries(areas.map((area) => [area, databaseQueries[area]]));
  const { sight, ...rows } = await run(connection, { ...chosen, sight: SightRow }, where);
  if (!sight[0]) throw new CatalogReadError(`${where}: the server did not say what the login may see`);
  requireSight(sight[0], server.properties, where, database);
  return rows as Partial<DatabaseRows>;
}

type Queries = Readonly<Record<string, z.ZodType>>;
type RowsOf<Q extends Queries> = { readonly [Name in keyof Q]: z.infer<Q[Name]>[] };

async function run<Q extends Queries>(connection: Connection, queries: Q, where: string): Promise<RowsOf<Q>> {
  const names = Object.keys(queries);
  // Every query gives one result set and then its closing row, so the number of the set tells what it is.
  const readRow = (raw: ResultRow, result: number): unknown =>
    result % 2 === 1 ? raw : parseRow(names[result / 2]!, queries, raw);
  let results: readonly ResultSet<unknown>[];
  try {
    results = await connection.request<unknown>(connection.lockTimeout + batchOf(names), readTimeoutSeconds, readRow);
  } catch (error) {
    throw readFailed(error, `${where}: the catalog could not be read`);
  }
  const answers: Record<string, unknown[]> = {};
  for (const [index, name] of names.entries()) {
    const rows = results[index * 2]?.rows;
    const closing = results[index * 2 + 1]?.rows[0] as ResultRow | undefined;
    if (!rows || closing?.[answered] !== name)
      throw new CatalogReadError(`${where}: catalog query ${name} was not answered`);
    if (Number(closing[rowCount]) !== rows.length)
      throw new CatalogReadError(
        `${where}: catalog query ${name} gave ${rows.length} rows, the server counted ${String(closing[rowCount])}`,
      );
    answers[name] = rows as unknown[];
  }
  return answers as RowsOf<Q>;
}

function parseRow(name: string, queries: Queries, raw: ResultRow): unknown {
  const parsed = queries[name]?.safeParse(raw);
  if (parsed?.success) return parsed.data;
  const issues = parsed?.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`) ?? [
    "a result set that nobody asked for",
  ];
  throw new CatalogReadError(`catalog query ${name}: a row that is not as expected: ${issues.join("; ")}`);
}

function readFailed(error: unknown, what: string): unknown {
  if (!(error instanceof RequestError)) return error;
  const first = error.errors[0];
  const next = advice(first);
  return new CatalogReadError(
    `${what}: ${first ? `${first.text} (error ${first.number}, state ${first.state})` : error.connectionLost ? `the connection broke (${error.message})` : error.message}${next ? `; ${next}` : ""}`,
    { cause: error },
  );
}

/** Somebody has changed definitions and not committed: readers of the catalog wait for the end of that transaction. */
export function isCatalogBusy(error: unknown): boolean {
  return (
    error instanceof CatalogReadError && error.cause instanceof RequestError && error.cause.errors.some(isLockTimeout)
  );
}

/** Asks all probes of one database in one request; each answers with exactly one row. */
export async function askProbes(connection: Connection, probes: readonly Probe[]): Promise<Map<string, ProbeRow>> {
  const answers = new Map<string, ProbeRow>();
  if (probes.length === 0) return answers;
  const batch = probes.map((probe) => `SELECT ${quoteText(probe.key)} AS [${answered}];\n${probe.query}`).join("\n");
  let results: readonly ResultSet[];
  try {
    results = await connection.request(connection.lockTimeout + batch, readTimeoutSeconds);
  } catch (error) {
    throw readFailed(error, "a count that the plan needs could not be read");
  }
  for (let i = 0; i < results.length; i += 2) {
    const key = results[i]?.rows[0]?.[answered];
    const row = results[i + 1]?.rows;
    if (typeof key !== "string" || row?.length !== 1)
      throw new CatalogReadError(`question ${String(key)} was not answered with one row`);
    answers.set(key, row[0] as ProbeRow);
  }
  for (const probe of probes)
    if (!answers.has(probe.key)) throw new CatalogReadError(`question ${probe.key} was not answered`);
  return answers;
}
