/** Firing of database triggers after a definition statement, in its transaction. Rules: reference sheet "modules" A11. */
import type { Definition, ModuleStatement } from "../language/ast";
import type { Execution, Work } from "../session/runtime";
import type { Database, Table } from "../storage/model";
import { eventsOf } from "./database-events";
import { isTemporary } from "./naming";
import { triggersOf } from "./registry";
import { newTable } from "./table/create-table";

/** The event that a statement raises; undefined when no database trigger can name it here, or for temporary objects. */
export function eventOf(statement: Definition | ModuleStatement): string | undefined {
  if (isForTemporary(statement)) return undefined;
  const named =
    statement.kind === "drop"
      ? `DROP_${statement.what.replaceAll(" ", "_")}`
      : statement.kind === "permission"
        ? `${statement.verb.toUpperCase()}_DATABASE`
        : moduleEvent(statement);
  return eventsOf(named) ? named : undefined;
}

function isForTemporary(statement: Definition | ModuleStatement): boolean {
  if (statement.kind === "drop") return statement.names.every(({ parts }) => isTemporary(parts.at(-1)!));
  const name =
    "on" in statement && typeof statement.on === "object" && "parts" in statement.on
      ? statement.on
      : "name" in statement
        ? statement.name
        : undefined;
  return typeof name === "object" && isTemporary(name.parts.at(-1)!);
}

const nouns: Record<ModuleStatement["kind"], string> = {
  procedure: "PROCEDURE",
  "scalar-function": "FUNCTION",
  "inline-function": "FUNCTION",
  "table-function": "FUNCTION",
  view: "VIEW",
  trigger: "TRIGGER",
  aggregate: "AGGREGATE",
};

function moduleEvent(statement: Definition | ModuleStatement): string {
  // CREATE OR ALTER is taken as what it did by the caller: the twin tells the two apart by the object's age no further.
  if ("text" in statement) return `${statement.action === "alter" ? "ALTER" : "CREATE"}_${nouns[statement.kind]}`;
  if (statement.kind === "create-principal" || statement.kind === "alter-principal")
    return `${statement.kind === "create-principal" ? "CREATE" : "ALTER"}_${statement.what.toUpperCase()}`;
  return statement.kind.toUpperCase().replaceAll("-", "_");
}

/**
 * Database triggers are fired as those of the table 0, which the registry keeps them under: frame, transaction count and
 * 3609 are then the same as for any trigger. inserted and deleted are empty.
 */
export function* fireDatabaseTriggers(event: string, database: Database, execution: Execution): Work<void> {
  if (!triggersOf(database, 0).some(({ trigger }) => trigger && !trigger.disabled && trigger.events.includes(event)))
    return;
  const nothing: Table = { ...newTable(database, "", 0, execution), id: 0 };
  yield* execution.parts.interpreter.fireTriggers(
    nothing,
    event as "INSERT",
    "after",
    nothing,
    nothing,
    new Set(),
    execution,
  );
}
