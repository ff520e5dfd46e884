/** The table that a data modification statement writes to. */
import type { DmlTarget } from "../../language/ast";
import { sqlError } from "../../session/messages";
import type { Execution } from "../../session/runtime";
import type { Column, Database, Module, Table } from "../../storage/model";
import { displayName, findObject, schemaName } from "../objects";
import { requireTableVariable } from "../sources";
import { at } from "../scope";

export interface Target {
  readonly table: Table;
  readonly database: Database;
  /** As messages print it: database.schema.table, or @t. */
  readonly fullName: string;
  /** In no database's objects: no locks, triggers or foreign keys. */
  readonly isVariable: boolean;
  /** The view that was named. */
  readonly view: Module | undefined;
}

/** Undefined when the name is a view's: the statement unfolds it. */
export function resolveTarget(target: DmlTarget, execution: Execution, line: number): Target {
  const { database } = execution.frame;
  if (target.kind === "table-variable") {
    const table = requireTableVariable(target.variable, line, { execution });
    return { table, database, fullName: target.variable, isVariable: true, view: undefined };
  }
  const own = target.name.parts.at(-1)!.toLowerCase();
  if (execution.frame.trigger && target.name.parts.length === 1 && (own === "inserted" || own === "deleted")) throw at(sqlError(286), line);
  const found = findObject(target.name, { execution, database });
  if (found?.kind === "catalog") throw at(sqlError(259), line);
  if (found?.kind === "table") return tableTarget(found.table, found.database);
  if (found?.kind === "module" && found.module.type === "V ") {
    const base = viewShell(found.module);
    return { table: base, database: found.database, fullName: `${found.database.name}.${found.schema}.${found.module.name}`, isVariable: false, view: found.module };
  }
  throw at(sqlError(208, [displayName(target.name.parts)]), line);
}

export function tableTarget(table: Table, database: Database): Target {
  return { table, database, fullName: `${database.name}.${schemaName(database, table.schemaId)}.${table.name}`, isVariable: false, view: undefined };
}

/** A view in the shape of a table, for INSTEAD OF triggers and column lists. */
function viewShell(view: Module): Table {
  return pseudoTable(view.name, view.columns, view);
}

/** inserted and deleted, and other tables that exist only while a statement runs. */
export function pseudoTable(name: string, columns: Column[], like: Pick<Table, "id" | "schemaId" | "created" | "modified">): Table {
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

export function targetColumn(table: Table, database: Database, name: string, line: number): { column: Column; index: number } {
  const key = database.key(name);
  const index = table.columns.findIndex((column) => column.name === name || database.key(column.name) === key);
  const column = table.columns[index];
  if (!column) throw at(sqlError(207, [name]), line);
  return { column, index };
}
