/** The table that a data modification statement writes to. */
import type { DmlTarget } from "../../language/ast";
import { triggersOf } from "../../ddl/registry";
import { sqlError } from "../../session/messages";
import type { Execution } from "../../session/runtime";
import type { Column, Database, Module, Table } from "../../storage/model";
import { findObject, schemaName } from "../objects";
import { at } from "../scope";

export interface Target {
  readonly table: Table;
  readonly database: Database;
  /** As messages print it: database.schema.table, or @t. */
  readonly fullName: string;
  /** In no database's objects: no locks, triggers or foreign keys. */
  readonly isVariable: boolean;
}

export type Event = "INSERT" | "UPDATE" | "DELETE";

export function tableTarget(table: Table, database: Database): Target {
  return {
    table,
    database,
    fullName: `${database.name}.${schemaName(database, table.schemaId)}.${table.name}`,
    isVariable: false,
  };
}

export function variableTarget(table: Table, variable: string, database: Database): Target {
  return { table, database, fullName: variable, isVariable: true };
}

/** A table-valued parameter of a module is READONLY. Source: sql-docs, use table-valued parameters. */
export function requireWritableVariable(variable: string, execution: Execution, line: number): void {
  const key = variable.toLowerCase();
  const parameter = execution.frame.module?.parameters.find(({ name }) => name.toLowerCase() === key);
  if (parameter && execution.frame.tables.has(key)) throw at(sqlError(10700, [variable]), line);
}

/** Enabled triggers of a table or view for one event. */
export function hasTriggers(objectId: number, database: Database, event: Event, insteadOf: boolean): boolean {
  for (const { trigger } of triggersOf(database, objectId))
    if (
      trigger &&
      !trigger.disabled &&
      trigger.insteadOf === insteadOf &&
      trigger.events.some((name) => name.toUpperCase() === event)
    )
      return true;
  return false;
}

/** The view that the statement names, when INSTEAD OF triggers do its work. */
export function insteadOfView(
  target: DmlTarget,
  event: Event,
  execution: Execution,
): { module: Module; database: Database } | undefined {
  if (target.kind !== "name") return undefined;
  const found = findObject(target.name, { execution, database: execution.frame.database });
  if (found?.kind !== "module" || found.module.type !== "V ") return undefined;
  return hasTriggers(found.module.id, found.database, event, true) ? found : undefined;
}

/** A view in the shape of a table, for INSTEAD OF triggers and column lists. */
export function viewTarget(module: Module, database: Database): Target {
  return tableTarget(pseudoTable(module.name, module.columns, module), database);
}

/** inserted and deleted, and other tables that exist only while a statement runs. */
export function pseudoTable(
  name: string,
  columns: Column[],
  like: Pick<Table, "id" | "schemaId" | "created" | "modified">,
): Table {
  return {
    type: "U",
    id: like.id,
    name,
    schemaId: like.schemaId,
    parentId: 0,
    principalId: null,
    created: like.created,
    modified: like.modified,
    isMsShipped: false,
    columns: columns.map(({ computed: _computed, identity: _identity, ...column }) => ({ ...column, nullable: true })),
    maxColumnId: columns.length,
    indexes: [],
    statistics: [],
    rows: new Map(),
    nextRowId: 1,
    lobDataSpaceId: 0,
    filestreamDataSpaceId: null,
    lockEscalation: "TABLE",
    usesAnsiNulls: true,
    memoryOptimized: false,
    durability: "SCHEMA_AND_DATA",
    isNode: false,
    isEdge: false,
    dirty: new Map(),
  };
}

export function targetColumn(
  table: Table,
  database: Database,
  name: string,
  line: number,
): { column: Column; index: number } {
  const key = database.key(name);
  const index = table.columns.findIndex((column) => column.name === name || database.key(column.name) === key);
  const column = table.columns[index];
  if (!column) throw at(sqlError(207, [name]), line);
  return { column, index };
}
