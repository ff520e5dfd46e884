/** Schema locks that definition statements hold to the end of their transaction. */
import type { Execution, LockMode, Work } from "../session/runtime";
import type { Database } from "../storage/model";

export function objectResource(database: Database, objectId: number): string {
  return `object:${database.id}:${objectId}`;
}

export function databaseResource(database: Database): string {
  return `database:${database.id}`;
}

export function* lockObject(execution: Execution, database: Database, objectId: number, mode: LockMode): Work<void> {
  yield* execution.session.lock(objectResource(database, objectId), mode);
}
