/** ALTER TABLE SWITCH: rows change tables without being touched. Rules: reference sheet "tables and indexes" 6, errors 4900 to 4985. */
import type { AlterTableAction, Expression } from "../../language/ast";
import { sqlError } from "../../session/messages";
import type { Row, Work } from "../../session/runtime";
import { notImplemented } from "../../session/sql-error";
import type { CheckConstraint, Column, ForeignKey, Index, Table } from "../../storage/model";
import { replaceRows } from "../../storage/rows";
import { typeDisplay } from "../../types/format-type";
import { schemaBoundReferrers } from "../dependencies";
import { lockObject } from "../locking";
import { at, locate, qualified, shown } from "../naming";
import { mayAlter } from "../permission";
import { partitionOf } from "../partition";
import { isModule, touch } from "../registry";
import { periodColumns } from "../temporal/tables";
import { columnNames } from "./columns";
import { partitionCount, partitionFunctionOf } from "./data-space";
import { foreignKeysOf, referencing } from "./foreign-keys";
import { fillEntries } from "./indexes";
import { tableConstraints, transactionOf, type TableTarget } from "./target";

type Action = Extract<AlterTableAction, { kind: "switch" }>;

/** One side: the table, its name for messages, and the 0-based partition when it is partitioned. */
interface Side {
  readonly target: TableTarget;
  readonly table: Table;
  readonly name: string;
  readonly partition: number | undefined;
}

export function* switchTable(action: Action, from: TableTarget, line: number): Work<void> {
  const { execution } = from;
  for (const option of action.options)
    if (option.name.toUpperCase() !== "WAIT_AT_LOW_PRIORITY") throw notImplemented(`SWITCH ... WITH (${option.name})`);
  const found = locate(action.target, execution);
  if (!found || !mayAlter(execution, found.database, found.object))
    throw at(sqlError(4902, [shown(action.target)]), line);
  const { object, database } = found;
  if (object.type !== "U") throw sqlError(4949, [shown(action.target)]);
  if (object === from.table) throw sqlError(4955, [nameOf(from), nameOf(from)]);
  if (database !== from.database)
    throw sqlError(4948, [
      nameOf(from),
      from.database.name,
      `${database.name}.${qualified(database, object)}`,
      database.name,
    ]);
  yield* lockObject(execution, database, object.id, "Sch-M");
  const to: TableTarget = { ...from, table: object, shownName: object.name };
  const source = sideOf(from, action.sourcePartition);
  const destination = sideOf(to, action.targetPartition);
  requireSimilar(source, destination);
  move(source, destination);
  touch(object, execution);
}

function nameOf(target: TableTarget): string {
  return `${target.database.name}.${qualified(target.database, target.table)}`;
}

function sideOf(target: TableTarget, expression: Expression | undefined): Side {
  const { table, database, execution } = target;
  const name = nameOf(target);
  const count = partitionCount(database, table.indexes[0]!.dataSpaceId);
  if (!expression) {
    if (count > 1) throw sqlError(4911, [name]);
    return { target, table, name, partition: undefined };
  }
  const number = Number(execution.parts.query.scalar(expression, execution));
  if (number < 1 || number > count) throw sqlError(4950, [number, name]);
  return {
    target,
    table,
    name,
    partition: partitionFunctionOf(database, table.indexes[0]!.dataSpaceId) ? number - 1 : undefined,
  };
}

function requireSimilar(source: Side, destination: Side): void {
  for (const side of [source, destination]) if (side.table.changeTracking) throw sqlError(4900, [side.name]);
  requireSwitchable(source, destination);
  requireNoViews(source, destination);
  if (rowsOf(destination).size > 0)
    throw destination.partition === undefined
      ? sqlError(4905, [destination.name])
      : sqlError(4904, [destination.partition + 1, destination.name]);
  requireColumns(source, destination);
  requirePlace(source, destination);
  requireIndexes(source, destination);
  requireKeys(source, destination);
  requireChecks(source, destination);
}

/** Partitions come in to a temporal table and go out of its history, not the other way round. Source: sql-docs, partitioning with temporal tables. */
function requireSwitchable(source: Side, destination: Side): void {
  const { table: from } = source;
  const { table: to } = destination;
  if (from.versioning) throw sqlError(13546, [source.name]);
  if (to.historyOf !== undefined) throw sqlError(13547, [destination.name]);
  if (!to.period) return;
  if (!from.period) throw sqlError(13577, [destination.name]);
  const [own, other] = [periodColumns(from)!, periodColumns(to)!];
  if (own.start !== other.start || own.end !== other.end) throw sqlError(13578, [destination.name]);
}

/** An indexed view would have to follow; a plain schema-bound view only reads. */
function requireNoViews(...sides: Side[]): void {
  for (const { table, target, name } of sides)
    for (const reader of schemaBoundReferrers(target.database, table.id))
      if (isModule(reader) && reader.type === "V " && reader.indexes.length > 0)
        throw sqlError(4937, [name, reader.name]);
}

function requireColumns(source: Side, destination: Side): void {
  const a = source.table.columns;
  const b = destination.table.columns;
  const names = [source.name, destination.name];
  if (a.length !== b.length) throw sqlError(4943, [source.name, a.length, destination.name, b.length]);
  for (const [i, column] of a.entries()) {
    const other = b[i]!;
    const { database } = source.target;
    if (database.key(column.name) !== database.key(other.name))
      throw sqlError(4942, [column.name, i + 1, source.name, other.name, destination.name]);
    if (!column.computed !== !other.computed) {
      const [computed, plain] = column.computed ? [source, destination] : [destination, source];
      throw sqlError(4965, [column.name, computed.name, plain.name]);
    }
    if (typeDisplay(column.type) !== typeDisplay(other.type))
      throw sqlError(4944, [
        column.name,
        typeDisplay(column.type),
        source.name,
        typeDisplay(other.type),
        destination.name,
      ]);
    if (column.collation !== other.collation) throw sqlError(4945, [column.name, ...names]);
    requireComputed(column, other, source, destination);
    if (column.generatedAlways !== other.generatedAlways) throw sqlError(13736, [source.name, column.name]);
    if (column.filestream !== other.filestream) throw sqlError(4951, [column.name, ...names]);
    if (column.ansiPadded !== other.ansiPadded) throw sqlError(4952, [column.name, ...names]);
    if (column.rowGuidCol !== other.rowGuidCol) throw sqlError(4958, [column.name, ...names]);
    if (column.nullable && !other.nullable) throw sqlError(4961, [column.name, source.name, destination.name]);
    if (column.nullable !== other.nullable) throw sqlError(4985, [column.name, ...names]);
  }
}

function requireComputed(column: Column, other: Column, source: Side, destination: Side): void {
  if (!column.computed || !other.computed) return;
  if (column.computed.persisted !== other.computed.persisted)
    throw sqlError(4946, [column.name, source.name, destination.name]);
  if (column.computed.definition !== other.computed.definition)
    throw sqlError(4966, [
      column.name,
      column.computed.definition,
      source.name,
      destination.name,
      other.computed.definition,
    ]);
}

/** Both halves must already lie in one filegroup. */
function requirePlace(source: Side, destination: Side): void {
  const a = filegroupOf(source);
  const b = filegroupOf(destination);
  if (a === b) return;
  const { partition: p } = source;
  const { partition: q } = destination;
  if (p !== undefined && q !== undefined) throw sqlError(4938, [p + 1, source.name, a, q + 1, destination.name, b]);
  if (p !== undefined) throw sqlError(4939, [destination.name, b, p + 1, source.name, a]);
  if (q !== undefined) throw sqlError(4939, [source.name, a, q + 1, destination.name, b]);
  throw sqlError(4940, [source.name, a, destination.name, b]);
}

function filegroupOf({ table, target, partition }: Side): string {
  const { dataSpaces } = target.database;
  const space = dataSpaces.get(table.indexes[0]!.dataSpaceId)!;
  return space.type === "PS" ? dataSpaces.get(space.filegroupIds[partition ?? 0]!)!.name : space.name;
}

function requireIndexes(source: Side, destination: Side): void {
  const [a, b] = [source.table.indexes[0]!, destination.table.indexes[0]!];
  if (a.id !== b.id) {
    const [has, hasNot] = a.id === 1 ? [source, destination] : [destination, source];
    throw sqlError(4913, [has.name, has.table.indexes[0]!.name!, hasNot.name]);
  }
  for (const index of destination.table.indexes) {
    if (index.id === 0 || index.disabled) continue;
    if (
      !source.table.indexes.some(
        (other) => !other.disabled && shapeOf(other, source.table) === shapeOf(index, destination.table),
      )
    )
      throw sqlError(4947, [source.name, index.name!, destination.name]);
  }
}

/** Two indexes of one shape hold the same things for the same rows. Column ids may differ, positions may not. */
function shapeOf(index: Index, table: Table): string {
  const columns = index.columns.filter((item) => !(item.included && item.partitionOrdinal > 0));
  const shown = columns.map(
    (item) =>
      `${table.columns.findIndex((column) => column.id === item.columnId)}${item.descending ? "-" : "+"}${item.included ? "i" : "k"}`,
  );
  return [
    index.type,
    index.unique,
    index.primaryKey || index.uniqueConstraint,
    index.filter?.definition ?? "",
    ...shown,
  ].join();
}

function requireKeys(source: Side, destination: Side): void {
  const { database } = source.target;
  const incoming = referencing(database, source.table.id).find(
    (key) => !key.disabled && key.parentId !== source.table.id,
  );
  if (incoming) throw sqlError(4967, [source.name, incoming.name]);
  const own = foreignKeysOf(database, source.table.id);
  const names = (key: ForeignKey, table: Table): string =>
    key.columns.map((pair) => `${positionOf(table, pair.columnId)}=${pair.referencedColumnId}`).join();
  for (const key of foreignKeysOf(database, destination.table.id)) {
    const match = own.find(
      (other) =>
        other.referencedId === key.referencedId && names(other, source.table) === names(key, destination.table),
    );
    if (!match) throw sqlError(4968, [destination.name, key.name, source.name]);
    if (match.disabled && !key.disabled) throw sqlError(4969, [match.name, source.name, key.name, destination.name]);
    if (match.notTrusted && !key.notTrusted)
      throw sqlError(4974, [match.name, source.name, key.name, destination.name]);
  }
}

function positionOf(table: Table, columnId: number): number {
  return table.columns.findIndex((column) => column.id === columnId);
}

function checksOf(side: Side): CheckConstraint[] {
  return tableConstraints(side.target.database, side.table).filter((one): one is CheckConstraint => one.type === "C ");
}

function requireChecks(source: Side, destination: Side): void {
  const own = checksOf(source);
  for (const check of checksOf(destination)) {
    if (check.disabled) continue;
    const match = own.find((other) => other.definition === check.definition);
    if (!match && isProvenByRange(check, source, destination)) continue;
    if (!match) throw sqlError(check.columnId === 0 ? 4970 : 4971, [destination.name, check.name, source.name]);
    if ((match.disabled || match.notTrusted) && !check.notTrusted)
      throw sqlError(4960, [match.name, source.name, check.name, destination.name]);
  }
  if (destination.partition !== undefined) requireRange(source, destination);
}

/**
 * A partition's range says what its rows hold in the partitioning column, so that a CHECK on that column alone needs no counterpart.
 * We look at the rows. 4972: the range lets in what the CHECK does not.
 */
function isProvenByRange(check: CheckConstraint, source: Side, destination: Side): boolean {
  const { table, target, partition } = source;
  const column = table.columns[positionOf(table, table.indexes[0]!.partitionColumnId ?? 0)];
  if (partition === undefined || !column) return false;
  const { database, execution } = target;
  const key = database.key(column.name);
  if (columnNames(check.expression).some((name) => database.key(name) !== key)) return false;
  const condition = execution.parts.query.compileCondition(check.expression, table, database, execution);
  for (const row of rowsOf(source).values())
    if (condition(row, execution) === false) throw sqlError(4972, [source.name, destination.name]);
  return true;
}

/**
 * The server proves by the source's trusted CHECK constraints or its own range that every row belongs to the target's
 * partition. We look at the rows, and ask for a trusted CHECK on the partitioning column where no range gives the proof.
 */
function requireRange(source: Side, destination: Side): void {
  const { database } = destination.target;
  const index = destination.table.indexes[0]!;
  const bounds = partitionFunctionOf(database, index.dataSpaceId)!;
  const position = positionOf(destination.table, index.partitionColumnId!);
  if (source.partition !== undefined) {
    const own = partitionFunctionOf(database, source.table.indexes[0]!.dataSpaceId)!;
    if (own !== bounds && JSON.stringify(own.values.map(String)) !== JSON.stringify(bounds.values.map(String)))
      throw notImplemented("SWITCH between partitions of functions with different boundaries");
    if (source.partition !== destination.partition)
      throw sqlError(4973, [source.partition + 1, source.name, destination.partition! + 1, destination.name]);
    return;
  }
  const key = database.key(source.table.columns[position]!.name);
  const proven = checksOf(source).some(
    (check) =>
      !check.disabled && !check.notTrusted && check.definition.toLowerCase().includes(`[${key.toLowerCase()}]`),
  );
  const outside = [...source.table.rows.values()].some(
    (row) => partitionOf(row[position]!, bounds, database) !== destination.partition,
  );
  if (outside || (!proven && bounds.values.length > 0))
    throw sqlError(4982, [source.name, destination.partition! + 1, destination.name]);
}

/** The rows of one side. */
function rowsOf({ table, target, partition }: Side): Map<number, Row> {
  if (partition === undefined) return table.rows;
  const index = table.indexes[0]!;
  const bounds = partitionFunctionOf(target.database, index.dataSpaceId)!;
  const position = positionOf(table, index.partitionColumnId!);
  return new Map(
    [...table.rows].filter(([, row]) => partitionOf(row[position]!, bounds, target.database) === partition),
  );
}

function move(source: Side, destination: Side): void {
  const transaction = transactionOf(source.target);
  const moved = rowsOf(source);
  const arriving = new Map(destination.table.rows);
  let id = destination.table.nextRowId;
  for (const row of moved.values()) arriving.set(id++, row);
  replaceRows(transaction, source.table, new Map([...source.table.rows].filter(([rowId]) => !moved.has(rowId))));
  replaceRows(transaction, destination.table, arriving);
  transaction.set(destination.table, "nextRowId", id);
  for (const { table, target } of [source, destination])
    for (const index of table.indexes) {
      if (!index.unique || index.disabled) continue;
      const before = index.entries;
      transaction.onRollback(() => void (index.entries = before as Map<string, number>));
      fillEntries(target, index);
    }
}
