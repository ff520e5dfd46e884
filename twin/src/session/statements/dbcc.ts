/** DBCC commands that change no data, CHECKIDENT and SHRINKFILE. https://learn.microsoft.com/sql/t-sql/database-console-commands/dbcc-transact-sql */
import type { Statement } from "../../language/ast";
import { findObject } from "../../query/objects";
import type { Column, Table } from "../../storage/model";
import { Decimal } from "../../types/value";
import { parseName } from "../parse-name";
import { sqlError } from "../messages";
import type { Execution, Work } from "../runtime";
import { notImplemented, SqlError } from "../sql-error";
import { shrinkFile } from "./shrink-file";

type Dbcc = Extract<Statement, { kind: "dbcc" }>;

/** There are no pages, caches or trace flags to look at. */
const HARMLESS = new Set([
  "CHECKDB",
  "CHECKTABLE",
  "CHECKCONSTRAINTS",
  "CHECKALLOC",
  "CHECKCATALOG",
  "FREEPROCCACHE",
  "FREESYSTEMCACHE",
  "DROPCLEANBUFFERS",
  "UPDATEUSAGE",
]);

// eslint-disable-next-line require-yield -- every statement is driven as a generator
export function* dbcc(statement: Dbcc, execution: Execution): Work<void> {
  const quiet = statement.options.includes("NO_INFOMSGS");
  if (statement.command === "CHECKIDENT") checkIdentity(statement, quiet, execution);
  else if (statement.command === "SHRINKFILE")
    shrinkFile(
      statement.arguments.map((argument) => execution.parts.query.scalar(argument, execution)),
      execution,
    );
  else if (!HARMLESS.has(statement.command)) throw notImplemented(`DBCC ${statement.command}`);
  if (statement.command === "CHECKDB") requireDatabase(statement, execution);
  if (!quiet) execution.output.message(sqlError(2528));
}

/** DBCC CHECKDB ('name'): 2520 for a database that is not there; 0 and no name are the current one. */
function requireDatabase(statement: Dbcc, execution: Execution): void {
  const [argument] = statement.arguments;
  if (!argument) return;
  const name = execution.parts.query.scalar(argument, execution);
  const { server } = execution.session;
  if (typeof name === "string" && !server.databases.has(server.key(name))) throw sqlError(2520, [name]);
}

function checkIdentity(statement: Dbcc, quiet: boolean, execution: Execution): void {
  const [table, mode, value] = statement.arguments.map((argument) => execution.parts.query.scalar(argument, execution));
  const name = String(table);
  const found = findObject(
    { parts: parseName(name), line: statement.line },
    { execution, database: execution.frame.database },
  );
  if (found?.kind !== "table") throw sqlError(2501, [name]);
  const column = found.table.columns.find((one) => one.identity);
  const identity = column?.identity;
  if (!column || !identity) throw sqlError(7997, [name]);
  const before = identity.last === null ? "NULL" : String(identity.last);
  const word = mode === undefined ? "RESEED" : String(mode).toUpperCase();
  if (word !== "RESEED" && word !== "NORESEED") throw sqlError(2560, [2]);
  if (word === "RESEED" && value !== undefined && value !== null) {
    const next = BigInt(Number(value));
    // A table that never held a row begins with the value itself.
    execution.session.transaction.set(identity, "last", found.table.nextRowId === 1 ? next - identity.increment : next);
  }
  if (quiet) return;
  const reseeded = value !== undefined && value !== null;
  const current = `Checking identity information: current identity value '${before}'`;
  execution.output.message(
    reseeded ? new SqlError(7998, 10, 1, `${current}.`) : sqlError(7998, [before, largest(found.table, column)]),
  );
}

/** The value furthest along in the identity column, or NULL. */
function largest(table: Table, column: Column): string {
  const position = table.columns.indexOf(column);
  let found: bigint | undefined;
  for (const row of table.rows.values()) {
    const value = row[position]!;
    const number = value instanceof Decimal ? value.unscaled : BigInt(value as number | bigint);
    if (found === undefined || (column.identity!.increment > 0n ? number > found : number < found)) found = number;
  }
  return found === undefined ? "NULL" : String(found);
}
