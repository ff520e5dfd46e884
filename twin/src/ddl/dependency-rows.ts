/**
 * Rows of sys.sql_expression_dependencies, read from syntax trees; sys.dm_sql_referencing_entities and
 * sys.dm_sql_referenced_entities are views of the same. Source: reference sheet "modules" B2 to B4.
 */
import type { CheckConstraint, Column, Database, DbObject, DefaultConstraint, Module, Table } from "../storage/model";
import { referencesInExpression, referencesInModule, resolveReferences, type ResolvedReference } from "./dependencies";
import { isModule } from "./registry";
import { columnNames } from "./table/columns";

export interface DependencyRow {
  readonly referencingId: number;
  /** Column of a computed column; 0 otherwise. */
  readonly referencingMinorId: number;
  /** 1 OBJECT_OR_COLUMN, 12 DATABASE_DDL_TRIGGER. */
  readonly referencingClass: 1 | 12;
  readonly isSchemaBound: boolean;
  /** 1 OBJECT_OR_COLUMN, 6 TYPE. */
  readonly referencedClass: 1 | 6;
  readonly serverName: string | null;
  readonly databaseName: string | null;
  /** As written; never null when schema-bound. */
  readonly schemaName: string | null;
  readonly entityName: string;
  /** null: another database, missing, or depends on the caller. */
  readonly referencedId: number | null;
  /** Column id, for schema-bound references only. */
  readonly referencedMinorId: number;
  readonly isCallerDependent: boolean;
  readonly isAmbiguous: boolean;
  readonly isSelected: boolean;
  readonly isUpdated: boolean;
}

/** Everything that a database's objects refer to. */
export function* databaseReferences(database: Database): Iterable<DependencyRow> {
  for (const object of database.objects.values()) yield* objectReferences(object, database);
}

export function objectReferences(object: DbObject, database: Database): DependencyRow[] {
  if (isModule(object)) return moduleReferences(object, database);
  if (object.type === "U") return tableReferences(object, database);
  if (object.type === "C " || object.type === "D ") return constraintReferences(object, database);
  return [];
}

export function moduleReferences(module: Module, database: Database): DependencyRow[] {
  const referencingClass = module.trigger?.onDatabase ? 12 : 1;
  const rows: DependencyRow[] = [];
  const names = module.schemaBound ? new Set(columnNames(module.parsed).map((name) => database.key(name))) : undefined;
  for (const reference of resolveReferences(referencesInModule(module), database, module.schemaId)) {
    const row = rowOf(reference, { id: module.id, minorId: 0, referencingClass, bound: module.schemaBound }, database);
    rows.push(row);
    if (names) rows.push(...columnRows(row, names, database));
  }
  return rows;
}

/** A bound module's references reach down to the columns that it names. */
function columnRows(row: DependencyRow, names: ReadonlySet<string>, database: Database): DependencyRow[] {
  const referenced =
    row.referencedClass === 1 && row.referencedId !== null ? database.objects.get(row.referencedId) : undefined;
  if (!referenced || (referenced.type !== "U" && referenced.type !== "V ")) return [];
  return referenced.columns
    .filter((column) => names.has(database.key(column.name)))
    .map((column) => ({ ...row, referencedMinorId: column.id }));
}

/** Computed columns: the columns of the same table, and functions. */
function tableReferences(table: Table, database: Database): DependencyRow[] {
  return table.columns.flatMap((column) =>
    column.computed ? expressionRows(column.computed, table, { id: table.id, minorId: column.id }, database) : [],
  );
}

function constraintReferences(constraint: CheckConstraint | DefaultConstraint, database: Database): DependencyRow[] {
  const parent = database.objects.get(constraint.parentId);
  return expressionRows(
    constraint,
    parent && "columns" in parent && parent.type === "U" ? parent : undefined,
    { id: constraint.id, minorId: 0 },
    database,
  );
}

function expressionRows(
  owner: { expression: unknown },
  table: Table | undefined,
  from: { id: number; minorId: number },
  database: Database,
): DependencyRow[] {
  const rows = resolveReferences(referencesInExpression(owner), database, table?.schemaId ?? 1).map((reference) =>
    rowOf(reference, { ...from, referencingClass: 1, bound: true }, database),
  );
  if (!table) return rows;
  const names = new Set(columnNames(owner.expression).map((name) => database.key(name)));
  const own = table.columns.filter((column) => names.has(database.key(column.name)));
  return [...rows, ...own.map((column) => ownColumn(column, table, from, database))];
}

function ownColumn(
  column: Column,
  table: Table,
  from: { id: number; minorId: number },
  database: Database,
): DependencyRow {
  return {
    referencingId: from.id,
    referencingMinorId: from.minorId,
    referencingClass: 1,
    isSchemaBound: true,
    referencedClass: 1,
    serverName: null,
    databaseName: null,
    schemaName: database.schemas.get(table.schemaId)?.name ?? null,
    entityName: table.name,
    referencedId: table.id,
    referencedMinorId: column.id,
    isCallerDependent: false,
    isAmbiguous: false,
    isSelected: true,
    isUpdated: false,
  };
}

function rowOf(
  reference: ResolvedReference,
  from: { id: number; minorId: number; referencingClass: 1 | 12; bound: boolean },
  database: Database,
): DependencyRow {
  const referenced =
    reference.id === undefined
      ? undefined
      : reference.classId === 6
        ? database.types.get(reference.id)
        : database.objects.get(reference.id);
  return {
    referencingId: from.id,
    referencingMinorId: from.minorId,
    referencingClass: from.referencingClass,
    isSchemaBound: from.bound,
    referencedClass: reference.classId,
    serverName: reference.server,
    databaseName: reference.databaseName,
    schemaName:
      reference.schemaName ??
      (from.bound && referenced ? (database.schemas.get(referenced.schemaId)?.name ?? null) : null),
    entityName: reference.entity,
    referencedId: reference.id ?? null,
    referencedMinorId: 0,
    isCallerDependent: reference.callerDependent,
    // x.value() of an xml column reads like a function in a schema.
    isAmbiguous: reference.what === "function" && reference.id === undefined && reference.databaseName === null,
    isSelected: reference.selected,
    isUpdated: reference.updated,
  };
}
