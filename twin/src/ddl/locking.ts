/** Schema locks that definition statements hold to the end of their transaction. */
import type { Execution, LockMode, Work } from "../session/runtime";
import type { Database } from "../storage/model";

export function objectResource(database: Database, objectId: number): string {
  return `object:${database.id}:${objectId}`;
}

export function databaseResource(database: Database): string {
  return `database:${database.id}`;
}

/** Stands for the rows of a database's system tables. */
export function catalogResource(database: Database): string {
  return `catalog:${database.id}`;
}

/**
 * What a transaction has changed in the catalog is nobody else's to read before it ends. The product locks the rows of its system tables;
 * here those who change something share one lock with each other and keep out readers of the whole catalog.
 */
export function* holdCatalog(execution: Execution, database: Database): Work<void> {
  if (database.name !== "tempdb") yield* execution.session.lock(catalogResource(database), "IX");
}

export function* lockObject(execution: Execution, database: Database, objectId: number, mode: LockMode): Work<void> {
  yield* execution.session.lock(objectResource(database, objectId), mode);
}
