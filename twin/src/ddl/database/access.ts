/** Exclusive use of a database: who else is in it, waiting for them, or putting them out. */
import { sqlError } from "../../session/messages";
import type { Execution, Work } from "../../session/runtime";
import { SqlError } from "../../session/sql-error";
import type { Database } from "../../storage/model";
import { databaseResource } from "../locking";
import { hasPermission } from "../permission";

export interface Termination {
  readonly kind: "rollback-immediate" | "rollback-after" | "no-wait";
  readonly seconds?: number;
}

export function isSystemDatabase(database: Database): boolean {
  return database.id <= 4;
}

/** ALTER DATABASE, CREATE DATABASE ... run alone: 226 in a user transaction. */
export function requireNoTransaction(execution: Execution, statement: string): void {
  const { session } = execution;
  if (session.transactionCount > 0 || session.options.implicitTransactions) throw sqlError(226, [statement], 6);
}

export function alterTarget(name: string | "current", execution: Execution): Database {
  const { session } = execution;
  const database = name === "current" ? session.database : session.server.databases.get(session.server.key(name));
  if (!database || !hasPermission(session, "ALTER", { kind: "database", database }))
    throw failed(sqlError(5011, [name === "current" ? session.database.name : name], 5));
  return database;
}

/** ALTER DATABASE fails with 5069 after the real error. */
export function failed(error: SqlError): SqlError {
  if (error.number === 5069) return error;
  const last = sqlError(5069);
  last.preceding = [...error.preceding, error];
  return last;
}

/** Waits until no other session is in the database, as the termination clause says. */
export function* exclusiveUse(
  database: Database,
  termination: Termination | undefined,
  execution: Execution,
): Work<void> {
  const { session } = execution;
  const before = session.options;
  if (termination?.kind === "rollback-immediate" || termination?.kind === "rollback-after")
    session.disconnectOthers(database);
  if (termination?.kind === "no-wait") session.options = { ...before, lockTimeoutMs: 0 };
  try {
    yield* session.lock(databaseResource(database), "X");
  } catch (error) {
    if (!(error instanceof SqlError) || error.number !== 1222) throw error;
    throw failed(sqlError(termination?.kind === "no-wait" ? 5070 : 5061, [database.name]));
  } finally {
    session.options = before;
  }
}

/** True when the database can be had at once. */
export function* tryExclusiveUse(database: Database, execution: Execution): Work<boolean> {
  const { session } = execution;
  const before = session.options;
  session.options = { ...before, lockTimeoutMs: 0 };
  try {
    yield* session.lock(databaseResource(database), "X");
    return true;
  } catch (error) {
    if (error instanceof SqlError && error.number === 1222) return false;
    throw error;
  } finally {
    session.options = before;
  }
}
