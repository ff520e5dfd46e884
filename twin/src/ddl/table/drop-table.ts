/** DROP TABLE. Rules: reference sheet "tables and indexes" 1.11; a list is dropped one by one, not atomically. */
import type { Name } from "../../language/ast";
import { sqlError } from "../../session/messages";
import type { Execution, Work } from "../../session/runtime";
import type { Database, Table } from "../../storage/model";
import { schemaBoundReferrers } from "../dependencies";
import { lockObject } from "../locking";
import { ofAnotherType } from "../module/drop-module";
import { isTemporary, lastPart, locate, shown } from "../naming";
import { mayAlter } from "../permission";
import { childrenOf, unregister } from "../registry";
import { requireDroppable } from "../temporal/alter";
import { foreignKeysOf, referencing } from "./foreign-keys";

export function* dropTable(name: Name, ifExists: boolean, execution: Execution): Work<void> {
  const found = locate(name, execution);
  if (!found || !mayAlter(execution, found.database, found.object)) {
    if (ifExists && !found) return;
    throw sqlError(3701, ["drop", "table", shown(name)]);
  }
  const { object, database } = found;
  if (object.type !== "U") throw ofAnotherType("TABLE", object, name) ?? sqlError(3701, ["drop", "table", shown(name)]);
  yield* lockObject(execution, database, object.id, "Sch-M");
  requireDroppable(object, database);
  requireUnreferenced(database, object, shown(name));
  for (const key of foreignKeysOf(database, object.id))
    if (key.referencedId !== object.id) yield* lockObject(execution, database, key.referencedId, "Sch-M");
  removeTable(database, object, execution);
  if (isTemporary(lastPart(name))) forgetTemporary(lastPart(name), database, execution);
}

function requireUnreferenced(database: Database, table: Table, name: string): void {
  if (referencing(database, table.id).some((key) => key.parentId !== table.id)) throw sqlError(3726, [name]);
  const referrer = schemaBoundReferrers(database, table.id).find((other) => other.parentId !== table.id);
  if (referrer) throw sqlError(3729, ["DROP TABLE", name, referrer.name]);
}

/** Takes the table with its constraints and triggers out of the database. */
function removeTable(database: Database, table: Table, execution: Execution): void {
  const { transaction } = execution.session;
  for (const child of [...childrenOf(database, table.id)]) unregister(database, child, transaction);
  unregister(database, table, transaction);
}

function forgetTemporary(name: string, database: Database, execution: Execution): void {
  const key = database.key(name);
  for (let frame: Execution["frame"] | undefined = execution.frame; frame; frame = frame.parent)
    if (frame.temporaryTables.has(key)) {
      execution.session.transaction.remove(frame.temporaryTables, key);
      return;
    }
}

/** End of the frame or session that made a #table. */
export function discardTemporaryTable(database: Database, table: Table, execution: Execution): void {
  removeTable(database, table, execution);
}
