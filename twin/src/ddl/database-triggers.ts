/** Firing of database triggers after a definition statement, in its transaction. Rules: reference sheet "modules" A11. */
import type { Definition, ModuleStatement } from "../language/ast";
import type { Execution, Frame, Work } from "../session/runtime";
import type { Database, Module } from "../storage/model";
import { eventsOf } from "./database-events";
import { triggersOf } from "./registry";

/** The event that a statement raises; undefined when no database trigger can name it here. */
export function eventOf(statement: Definition | ModuleStatement): string | undefined {
  const named =
    statement.kind === "drop"
      ? `DROP_${statement.what.replaceAll(" ", "_")}`
      : statement.kind === "permission"
        ? `${statement.verb.toUpperCase()}_DATABASE`
        : moduleEvent(statement);
  return eventsOf(named) ? named : undefined;
}

const nouns: Record<ModuleStatement["kind"], string> = {
  procedure: "PROCEDURE",
  "scalar-function": "FUNCTION",
  "inline-function": "FUNCTION",
  "table-function": "FUNCTION",
  view: "VIEW",
  trigger: "TRIGGER",
};

function moduleEvent(statement: Definition | ModuleStatement): string {
  // CREATE OR ALTER is taken as what it did by the caller: the twin tells the two apart by the object's age no further.
  if ("text" in statement) return `${statement.action === "alter" ? "ALTER" : "CREATE"}_${nouns[statement.kind]}`;
  if (statement.kind === "create-principal" || statement.kind === "alter-principal")
    return `${statement.kind === "create-principal" ? "CREATE" : "ALTER"}_${statement.what.toUpperCase()}`;
  return statement.kind.toUpperCase().replaceAll("-", "_");
}

export function* fireDatabaseTriggers(event: string, database: Database, execution: Execution): Work<void> {
  for (const trigger of triggersOf(database, 0)) {
    if (!trigger.trigger || trigger.trigger.disabled || trigger.parsed.kind !== "trigger") continue;
    if (!trigger.trigger.events.some((name) => eventsOf(name)?.includes(event))) continue;
    yield* execution.parts.interpreter.run(trigger.parsed.body, {
      ...execution,
      frame: frameOf(trigger, database, execution),
    });
  }
}

function frameOf(module: Module, database: Database, execution: Execution): Frame {
  return {
    variables: new Map(),
    tables: new Map(),
    module,
    database,
    level: execution.frame.level + 1,
    scopeIdentity: null,
    rowCount: 0n,
    lastError: 0,
    caught: undefined,
    temporaryTables: new Map(),
    parent: execution.frame,
    quotedIdentifier: module.usesQuotedIdentifier,
    ansiNulls: module.usesAnsiNulls,
  };
}
