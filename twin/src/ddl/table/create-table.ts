/** CREATE TABLE, table variables, table types and the table of SELECT INTO. */
import type { Definition, TableConstraint, TableDefinition } from "../../language/ast";
import { sqlError } from "../../session/messages";
import type { Execution, Work } from "../../session/runtime";
import { notImplemented } from "../../session/sql-error";
import type { Column, Database, Table, TableTypeObject } from "../../storage/model";
import { lockObject } from "../locking";
import { at, isTemporary, lastPart, locate, placeFor, type Place } from "../naming";
import { definePeriod, requireWholePeriod } from "../temporal/period";
import { lockHistory, setVersioning } from "../temporal/system-versioning";
import { findVersioning, isVersioning } from "../temporal/versioning-options";
import { requirePermission } from "../permission";
import { constraintsOf, newObjectBase, register } from "../registry";
import { defineColumns } from "./columns";
import { addConstraint, addDefault, failsWith1750 } from "./constraints";
import { isColumnstore } from "./columnstore";
import { defaultFilegroup, findDataSpace, partitionCount, placement, requireWritable } from "./data-space";
import { applyCompression, readIndexOptions, type IndexOptions } from "./index-options";
import { buildIndex, heap, specificationOf } from "./indexes";
import { requireCompressibleTable } from "./sparse-compression";
import { setLooseConstraints, type TableKind, type TableTarget } from "./target";

type CreateTable = Extract<Definition, { kind: "create-table" }>;

export function newTable(database: Database, name: string, schemaId: number, execution: Execution): Table {
  return {
    ...newObjectBase(database, name, schemaId),
    type: "U",
    columns: [],
    maxColumnId: 0,
    indexes: [],
    statistics: [],
    rows: new Map(),
    nextRowId: 1,
    lobDataSpaceId: 0,
    filestreamDataSpaceId: null,
    lockEscalation: "TABLE",
    usesAnsiNulls: execution.session.options.ansiNulls,
    memoryOptimized: false,
    durability: "SCHEMA_AND_DATA",
    isNode: false,
    isEdge: false,
    dirty: new Map(),
  };
}

const large = new Set(["text", "ntext", "image", "xml", "geometry", "geography", "json"]);

export function isLarge(column: Column): boolean {
  return large.has(column.type.name) || column.type.length === -1;
}

/** Holds the new table, and those that its foreign keys reference, to the end of the transaction. */
export function* createTable(statement: CreateTable, execution: Execution): Work<void> {
  yield* lockReferencedTables(statement.definition, execution);
  const target = makeTable(statement, execution);
  const { table, database } = target;
  if (!isTemporary(table.name)) yield* lockObject(execution, database, table.id, "Sch-M");
  const versioning = findVersioning(statement.options);
  if (!versioning?.on) return;
  if (target.kind === "temporary") throw sqlError(13568, [target.shownName]);
  yield* lockHistory(versioning, target);
  setVersioning(versioning, target);
}

export function* lockReferencedTables(definition: TableDefinition, execution: Execution): Work<void> {
  for (const constraint of [...definition.constraints, ...definition.columns.flatMap((column) => column.constraints)]) {
    if (constraint.kind !== "foreign-key") continue;
    const found = locate(constraint.references, execution);
    if (found) yield* lockObject(execution, found.database, found.object.id, "Sch-M");
  }
}

function makeTable(statement: CreateTable, execution: Execution): TableTarget {
  if (statement.as) throw at(notImplemented(`CREATE TABLE ... AS ${statement.as.toUpperCase()}`), statement.line);
  const place = placeFor(statement.name, execution);
  const { database } = place;
  const written = lastPart(statement.name);
  const temporary = isTemporary(written);
  if (!temporary) {
    requirePermission("CREATE TABLE", { kind: "database", database }, execution);
    requirePermission("ALTER", { kind: "schema", schemaId: place.schema.id }, execution);
  }
  const table = temporary
    ? temporaryTable(place, written, execution)
    : newTable(database, place.name, place.schema.id, execution);
  const target: TableTarget = {
    table,
    database,
    execution,
    kind: temporary ? "temporary" : "base",
    shownName: written,
  };
  register(database, table, execution.session.transaction);
  if (temporary && !written.startsWith("##"))
    execution.session.transaction.put(execution.frame.temporaryTables, database.key(written), table);
  const options = readTableOptions(statement, execution);
  fillTable(statement.definition, target, { on: statement.on, options });
  placeLargeObjects(statement, target);
  return target;
}

/** #t is kept as #t____...____00000000001A, so that sessions do not meet. Source: sql-docs, CREATE TABLE, temporary tables. */
function temporaryTable(place: Place, written: string, execution: Execution): Table {
  if (!written.startsWith("##")) {
    if (execution.frame.temporaryTables.has(place.database.key(written))) throw sqlError(2714, [written]);
    if (written.length > 116) throw sqlError(193, [written, 116]);
  }
  const table = newTable(place.database, written, place.schema.id, execution);
  if (!written.startsWith("##"))
    table.name = written.padEnd(116, "_") + table.id.toString(16).toUpperCase().padStart(12, "0");
  return table;
}

function readTableOptions(statement: CreateTable, execution: Execution): IndexOptions {
  const compression = [];
  for (const option of statement.options) {
    const name = option.name.toUpperCase();
    if (name === "DATA_COMPRESSION") compression.push(option);
    else if (name === "XML_COMPRESSION" && String(option.value).toUpperCase() === "OFF") continue;
    else if (isVersioning(option)) continue;
    else throw at(notImplemented(`CREATE TABLE ... WITH (${name})`), statement.line);
  }
  return readIndexOptions(compression, execution);
}

/** Columns, heap, keys (clustered first), indexes, defaults, checks and foreign keys, in the order in which ids are given. */
function fillTable(
  definition: TableDefinition,
  target: TableTarget,
  storage: { on?: CreateTable["on"]; options?: IndexOptions } = {},
): void {
  const { table, database } = target;
  requireWholePeriod(definition, target);
  const columns: Column[] = [];
  const added = defineColumns(definition.columns, target, columns);
  table.columns = added;
  table.maxColumnId = added.length;
  if (definition.period) definePeriod(definition.period, target);
  markKeyColumnsNotNull(definition, target);
  if (added.filter((column) => column.columnSet).length > 1)
    throw sqlError(1732, [added.filter((column) => column.columnSet)[1]!.name, target.shownName]);
  const keys = [
    ...definition.columns.flatMap((column, i) =>
      column.constraints.map((constraint) => ({ constraint, column: added[i] as Column | undefined })),
    ),
    ...definition.constraints.map((constraint) => ({ constraint, column: undefined as Column | undefined })),
  ];
  const isKey = (
    constraint: TableConstraint,
  ): constraint is Extract<TableConstraint, { kind: "primary-key" | "unique" }> =>
    constraint.kind === "primary-key" || constraint.kind === "unique";
  if (keys.filter(({ constraint }) => constraint.kind === "primary-key").length > 1)
    throw sqlError(8110, [target.shownName]);
  const clusteredKeys = keys.filter(({ constraint }) => isKey(constraint) && constraint.clustered === true);
  if (clusteredKeys.length > 1) throw sqlError(8112, [target.shownName]);
  const place = placement(storage.on, table, database);
  table.indexes = [heap(place.dataSpaceId, partitionCount(database, place.dataSpaceId), place.partitionColumnId)];
  const inline = [...definition.indexes, ...definition.columns.flatMap((column) => column.indexes)];
  const clusteredInline = inline.some((index) => index.type === "clustered" || index.type === "clustered-columnstore");
  const preferNonclustered = clusteredKeys.length > 0 || clusteredInline;
  const clusteredFirst = (item: (typeof keys)[number]): number =>
    isKey(item.constraint) &&
    (item.constraint.clustered ?? (item.constraint.kind === "primary-key" && !preferNonclustered))
      ? 0
      : 1;
  for (const [i, column] of definition.columns.entries())
    if (column.default)
      failsWith1750(() => addDefault({ ...column.default!, line: column.line }, target, added[i]!), column.line);
  for (const { constraint, column } of [...keys].sort((a, b) => clusteredFirst(a) - clusteredFirst(b)))
    if (isKey(constraint)) addConstraint(constraint, target, column, true, preferNonclustered);
  for (const index of inline) failsWith1750(() => buildIndex(target, specificationOf(index, target)), index.line);
  for (const { constraint, column } of keys) if (!isKey(constraint)) addConstraint(constraint, target, column, true);
  if (storage.options?.compression) {
    const base = table.indexes[0]!;
    if (isColumnstore(base)) throw sqlError(35319);
    base.compression = applyCompression(storage.options, base.compression.length, undefined, false, {
      statement: "TABLE",
      object: target.shownName,
    });
    requireCompressibleTable(table, target.shownName, "create");
  }
}

/** PRIMARY KEY (a, b) makes a and b NOT NULL when nothing was said; a written NULL is 8111. */
function markKeyColumnsNotNull(definition: TableDefinition, target: TableTarget): void {
  const { database, table } = target;
  for (const constraint of definition.constraints) {
    if (constraint.kind !== "primary-key") continue;
    for (const { name } of constraint.columns) {
      const i = definition.columns.findIndex((column) => database.key(column.name) === database.key(name));
      const column = table.columns[i];
      if (column && definition.columns[i]!.nullable === undefined && !column.computed) column.nullable = false;
    }
  }
}

function placeLargeObjects(statement: CreateTable, target: TableTarget): void {
  const { table, database } = target;
  const hasLarge = table.columns.some((column) => isLarge(column) && !column.computed && !column.filestream);
  if (statement.textImageOn) {
    if (!hasLarge) throw at(sqlError(1709), statement.line);
    if (table.indexes[0]!.partitionColumnId !== undefined) throw at(sqlError(1707), statement.line);
    const space =
      statement.textImageOn.toLowerCase() === "default"
        ? defaultFilegroup(database)
        : findDataSpace(database, statement.textImageOn);
    if (!space || space.type !== "FG") throw at(sqlError(1921, [statement.textImageOn]), statement.line);
    requireWritable(database, space);
    table.lobDataSpaceId = space.id;
  } else if (hasLarge) table.lobDataSpaceId = table.indexes[0]!.dataSpaceId;
  const stream = table.columns.some((column) => column.filestream);
  if (statement.filestreamOn) {
    if (!stream) throw at(sqlError(1716), statement.line);
    const space = findDataSpace(database, statement.filestreamOn);
    if (!space || space.type !== "FD") throw at(sqlError(1921, [statement.filestreamOn]), statement.line);
    table.filestreamDataSpaceId = space.id;
  } else if (stream) {
    for (const space of database.dataSpaces.values())
      if (space.type === "FD" && space.isDefault) table.filestreamDataSpaceId = space.id;
  }
}

/** The grammar of table variables and table types has no constraint names and no foreign keys. Source: sql-docs, CREATE TYPE. */
function requireUnnamed(definition: TableDefinition): void {
  const { constraints, columns } = definition;
  for (const constraint of [...constraints, ...columns.flatMap((column) => column.constraints)]) {
    if (constraint.name !== undefined) throw at(sqlError(156, ["CONSTRAINT"]), constraint.line);
    if (constraint.kind === "foreign-key")
      throw at(sqlError(156, [constraints.includes(constraint) ? "FOREIGN" : "REFERENCES"]), constraint.line);
  }
  for (const column of columns)
    if (column.default?.name !== undefined) throw at(sqlError(156, ["CONSTRAINT"]), column.line);
}

/** A table that no catalog shows: DECLARE @t TABLE, RETURNS @t TABLE, the rows behind a table type. */
export function buildLooseTable(
  name: string,
  definition: TableDefinition,
  database: Database,
  execution: Execution,
  kind: TableKind,
): Table {
  requireUnnamed(definition);
  const table = newTable(database, name, 1, execution);
  const target: TableTarget = { table, database, execution, kind, shownName: name };
  setLooseConstraints(table, []);
  fillTable(definition, target);
  return table;
}

/** An empty table of a table type, for DECLARE @t dbo.Type and table-valued parameters. */
export function tableOfType(type: TableTypeObject, name: string, database: Database, execution: Execution): Table {
  const table = newTable(database, name, 1, execution);
  table.columns = type.columns.map((column) => ({
    ...column,
    ...(column.identity && { identity: { ...column.identity } }),
  }));
  table.maxColumnId = type.maxColumnId;
  table.indexes = type.indexes.map((index) => ({
    ...index,
    ...(index.unique && { entries: new Map<string, number>() }),
  }));
  setLooseConstraints(table, constraintsOf(database, type.id));
  return table;
}

/** SELECT INTO: the executor built the columns, we register the table. */
export function addTable(table: Table, schemaId: number, database: Database, execution: Execution): void {
  const { transaction } = execution.session;
  const written = table.name;
  table.schemaId = schemaId;
  if (table.indexes.length === 0) table.indexes = [heap(defaultFilegroup(database).id, 1)];
  if (isTemporary(written) && !written.startsWith("##")) {
    if (execution.frame.temporaryTables.has(database.key(written))) throw sqlError(2714, [written]);
    table.name = written.padEnd(116, "_") + table.id.toString(16).toUpperCase().padStart(12, "0");
    transaction.put(execution.frame.temporaryTables, database.key(written), table);
  }
  register(database, table, transaction);
}
