/** What a trigger stands on, and what may not stand there. Rules: reference sheet "modules" A11. */
import type { ModuleStatement, Name } from "../../language/ast";
import { sqlError } from "../../session/messages";
import type { Execution } from "../../session/runtime";
import { notImplemented } from "../../session/sql-error";
import type { Database, Module, Table } from "../../storage/model";
import { requireDatabaseEvents } from "../database-events";
import { at, isTemporary, lastPart, locate, schemaOf, shown, type Place } from "../naming";
import { mayAlter, requirePermission } from "../permission";
import { triggersOf } from "../registry";
import { foreignKeysOf } from "../table/foreign-keys";
import { fullNameOf } from "../temporal/tables";

export type TriggerStatement = Extract<ModuleStatement, { kind: "trigger" }>;

export interface TriggerPlace extends Place {
  /** undefined: a database trigger, which is in no schema. */
  readonly parent: Table | Module | undefined;
}

export function triggerPlace(statement: TriggerStatement, execution: Execution): TriggerPlace {
  const { database } = execution.frame;
  if (statement.on.kind === "server") throw at(notImplemented("server triggers"), statement.line);
  if (statement.on.kind === "database") {
    requirePermission("ALTER ANY DATABASE DDL TRIGGER", { kind: "database", database }, execution);
    if (statement.name.parts.length > 1) throw at(sqlError(102, ["."]), statement.line);
    if (statement.when === "instead-of") throw at(sqlError(102, ["INSTEAD"]), statement.line);
    requireDatabaseEvents(statement.events, statement.line);
    return { database, schema: { id: 0, name: "", principalId: 1 }, name: lastPart(statement.name), parent: undefined };
  }
  const { name } = statement.on;
  const parent = parentOf(name, statement, execution);
  const schema = database.schemas.get(parent.schemaId)!;
  const written = statement.name.parts.length > 1 ? statement.name.parts[0]! : undefined;
  if (written && schemaOf(database, written)?.id !== schema.id)
    throw at(
      sqlError(2103, [statement.action === "alter" ? "alter" : "create", shown(statement.name)]),
      statement.line,
    );
  return { database, schema, name: lastPart(statement.name), parent };
}

function parentOf(name: Name, statement: TriggerStatement, execution: Execution): Table | Module {
  const { database } = execution.frame;
  const found = isTemporary(lastPart(name)) ? undefined : locate(name, execution);
  if (!found || found.database !== database || !mayAlter(execution, database, found.object))
    throw at(sqlError(8197, [shown(name)], 4), statement.line);
  const { object } = found;
  if (object.type === "U") return object;
  if (object.type !== "V ") throw at(sqlError(8195, [shown(statement.name), shown(name)]), statement.line);
  // A view has INSTEAD OF triggers only.
  if (statement.when === "after") throw at(sqlError(8197, [shown(name)], 4), statement.line);
  if (object.parsed.kind === "view" && object.parsed.checkOption)
    throw at(sqlError(2112, [shown(statement.name), shown(name)]), statement.line);
  return object;
}

/** None on a history table, no INSTEAD OF while SYSTEM_VERSIONING is ON, and none beside a clustered columnstore index. */
function requireTriggers(table: Table, statement: TriggerStatement, database: Database): void {
  if (table.historyOf !== undefined || (table.versioning && statement.when === "instead-of"))
    throw at(sqlError(13569, [fullNameOf(database, table)], table.historyOf === undefined ? 2 : 1), statement.line);
  if (table.indexes[0]?.type === "CLUSTERED COLUMNSTORE") throw at(sqlError(35358, [table.name]), statement.line);
}

/** One INSTEAD OF trigger for an event, and none beside a cascading foreign key. */
export function requireTriggerFits(
  statement: TriggerStatement,
  place: TriggerPlace,
  existing: Module | undefined,
): void {
  const { parent, database } = place;
  if (!parent) return;
  if (parent.type === "U") requireTriggers(parent, statement, database);
  if (statement.when !== "instead-of") return;
  const kind = parent.type === "U" ? "table" : "view";
  for (const other of triggersOf(database, parent.id)) {
    if (other === existing || !other.trigger?.insteadOf) continue;
    const event = statement.events.find((one) => other.trigger!.events.includes(one));
    if (event) throw at(sqlError(2111, [place.name, parent.name, event, kind]), statement.line);
  }
  if (parent.type !== "U") return;
  for (const key of foreignKeysOf(database, parent.id)) {
    const deletes = key.onDelete !== "NO_ACTION" && statement.events.includes("DELETE");
    const updates = key.onUpdate !== "NO_ACTION" && statement.events.includes("UPDATE");
    if (deletes || updates) throw at(sqlError(2113, [place.name, parent.name]), statement.line);
  }
}
