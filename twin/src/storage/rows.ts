/**
 * Rows of tables: every insert, update and delete goes through here, so that unique indexes, the marks of uncommitted
 * rows and the undo log stay in step.
 */
import { sqlError } from "../session/messages";
import "../session/messages/session";
import type { Execution, Row } from "../session/runtime";
import { collation } from "../types/collation";
import { equalKey } from "../types/compare";
import { convert } from "../types/convert";
import type { SqlValue } from "../types/value";
import type { Column, Database, Index, Table } from "./model";
import type { Transaction } from "./transaction";

/** Building a unique index met two rows with one key. */
export class DuplicateKey extends Error {
  constructor(readonly shownKey: string) {
    super(`duplicate key ${shownKey}`);
    this.name = "DuplicateKey";
  }
}

const DEFAULT_COLLATION = "SQL_Latin1_General_CP1_CI_AS";

const nullPart = "n4:null";

/** One column's part of a key, from the text of its value's equality key. */
export function keyPart(text: string): string {
  return `v${text.length}:${text}`;
}

/** Equal key values have equal texts, by the columns' own collations. */
export function encodeKey(values: readonly SqlValue[], columns: readonly Pick<Column, "type" | "collation">[]): string {
  let key = "";
  for (let i = 0; i < values.length; i++) {
    const column = columns[i]!;
    const part = equalKey(values[i]!, column.type, collation(column.collation ?? DEFAULT_COLLATION));
    // The kind of the part keeps NULL apart from 'null', and the length keeps ("a","b") apart from ("ab","").
    const text = String(part);
    key += part === null ? nullPart : keyPart(text);
  }
  return key;
}

/** (1, abc, <NULL>): a key as error messages show it. */
export function shownKey(values: readonly SqlValue[], columns: readonly Pick<Column, "type">[]): string {
  const show = (value: SqlValue, column: Pick<Column, "type">): string =>
    value === null
      ? "<NULL>"
      : String(convert(value, column.type, { name: "nvarchar", length: -1 }, { explicit: true })).trimEnd();
  return `(${values.map((value, i) => show(value, columns[i]!)).join(", ")})`;
}

interface UniqueKey {
  /** Places of the key's columns in a row. */
  readonly positions: readonly number[];
  readonly columns: readonly Column[];
  read(row: Row): string;
}

/** The key of a unique index, its filter left aside. */
export function uniqueKey(table: Table, index: Index): UniqueKey {
  const positions = index.columns
    .filter((c) => !c.included)
    .map((c) => table.columns.findIndex((column) => column.id === c.columnId));
  const columns = positions.map((i) => table.columns[i]!);
  return {
    positions,
    columns,
    read: (row) =>
      encodeKey(
        positions.map((i) => row[i]!),
        columns,
      ),
  };
}

interface KeyReader {
  /** undefined: the index's filter leaves the row out. */
  read(row: Row): string | undefined;
  values(row: Row): SqlValue[];
  readonly columns: readonly Column[];
}

function keyReader(table: Table, index: Index, execution: Execution, database: Database): KeyReader {
  const { positions, columns } = uniqueKey(table, index);
  const filter = index.filter
    ? execution.parts.query.compileCondition(index.filter.expression, table, database, execution)
    : undefined;
  const values = (row: Row): SqlValue[] => positions.map((i) => row[i]!);
  return {
    columns,
    values,
    read: (row) => (filter && filter(row, execution) !== true ? undefined : encodeKey(values(row), columns)),
  };
}

/** Key map of a unique index over the table's rows; throws DuplicateKey. */
export function buildEntries(
  table: Table,
  index: Index,
  database: Database,
  execution: Execution,
): Map<string, number> {
  const reader = keyReader(table, index, execution, database);
  const entries = new Map<string, number>();
  for (const [rowId, row] of table.rows) {
    const key = reader.read(row);
    if (key === undefined) continue;
    if (entries.has(key)) throw new DuplicateKey(shownKey(reader.values(row), reader.columns));
    entries.set(key, rowId);
  }
  return entries;
}

/** Readers of the unique indexes, by table; dropped when the table's columns or indexes are others. */
const readers = new WeakMap<
  Table,
  { columns: readonly Column[]; indexes: readonly Index[]; unique: { index: Index; reader: KeyReader }[] }
>();

function uniqueIndexes(table: Table, execution: Execution): { index: Index; reader: KeyReader }[] {
  const known = readers.get(table);
  if (
    known &&
    known.columns.length === table.columns.length &&
    known.columns.every((c, i) => c === table.columns[i]) &&
    known.indexes.length === table.indexes.length &&
    known.indexes.every((x, i) => x === table.indexes[i])
  )
    return known.unique.filter(({ index }) => !index.disabled);
  const database = databaseOf(table, execution);
  const unique = table.indexes
    .filter((index) => index.unique)
    .map((index) => ({ index, reader: keyReader(table, index, execution, database) }));
  // A table that came from a data directory has no entries yet.
  for (const { index } of unique)
    if (!index.disabled) index.entries ??= buildEntries(table, index, database, execution);
  readers.set(table, { columns: [...table.columns], indexes: [...table.indexes], unique });
  return unique.filter(({ index }) => !index.disabled);
}

/** The database that holds a table; table variables and tables under construction belong to the session's own. */
export function databaseOf(table: Table, execution: Execution): Database {
  const current = execution.frame.database;
  if (current.objects.get(table.id) === table) return current;
  for (const database of execution.session.server.databases.values())
    if (database.objects.get(table.id) === table) return database;
  return current;
}

function duplicateError(table: Table, index: Index, reader: KeyReader, row: Row, execution: Execution): Error {
  const database = databaseOf(table, execution);
  const schema = database.schemas.get(table.schemaId)?.name ?? "dbo";
  // Local temporary tables are kept under a padded name.
  const object = `${schema}.${table.name.replace(/^(#[^#].*?)_*[0-9A-F]{12}$/s, "$1")}`;
  const key = shownKey(reader.values(row), reader.columns);
  if (index.primaryKey || index.uniqueConstraint)
    return sqlError(2627, [index.primaryKey ? "PRIMARY KEY" : "UNIQUE KEY", index.name ?? "", object, key]);
  return sqlError(2601, [object, index.name ?? "", key]);
}

/** How many of a table's uncommitted rows are each transaction's. */
const dirtyCounts = new WeakMap<Table, Map<number, number>>();

function countDirty(table: Table, transactionId: number, change: 1 | -1): void {
  let counts = dirtyCounts.get(table);
  if (!counts) dirtyCounts.set(table, (counts = new Map()));
  const count = (counts.get(transactionId) ?? 0) + change;
  if (count === 0) counts.delete(transactionId);
  else counts.set(transactionId, count);
}

/** Another transaction has changed rows of the table and not committed. */
export function othersChange(table: Table, execution: Execution): boolean {
  if (table.dirty.size === 0) return false;
  return table.dirty.size !== (dirtyCounts.get(table)?.get(execution.session.transaction.id) ?? 0);
}

function markDirty(tx: Transaction, table: Table, rowId: number, before: Row | undefined): void {
  tx.touchRow(table, rowId);
  if (table.dirty.has(rowId)) return;
  table.dirty.set(rowId, { transactionId: tx.id, before });
  countDirty(table, tx.id, 1);
  // After a rollback to a savepoint the row may be another transaction's by the time this one ends.
  const clean = (): void => {
    if (table.dirty.get(rowId)?.transactionId !== tx.id) return;
    table.dirty.delete(rowId);
    countDirty(table, tx.id, -1);
  };
  tx.onRollback(clean);
  tx.onCommit(clean);
}

/** A unique index that holds the row's key already, and the row that has it. */
interface Clash {
  readonly index: Index;
  readonly rowId: number;
}

export function findClash(table: Table, row: Row, execution: Execution): Clash | undefined {
  for (const { index, reader } of uniqueIndexes(table, execution)) {
    const key = reader.read(row);
    const rowId = key === undefined ? undefined : index.entries!.get(key);
    if (rowId !== undefined) return { index, rowId };
  }
  return undefined;
}

/** Rows that other transactions changed, whose old or new key is the row's: whether the key is free is not known yet. */
export function undecidedKeys(table: Table, row: Row, execution: Execution): number[] {
  if (!othersChange(table, execution)) return [];
  const own = execution.session.transaction.id;
  const found: number[] = [];
  for (const { reader } of uniqueIndexes(table, execution)) {
    const key = reader.read(row);
    if (key === undefined) continue;
    for (const [rowId, { transactionId, before }] of table.dirty) {
      if (transactionId === own) continue;
      const current = table.rows.get(rowId);
      if ((before && reader.read(before) === key) || (current && reader.read(current) === key)) found.push(rowId);
    }
  }
  return found;
}

/** Tables into which a rollback put rows back behind younger ones. */
const disordered = new WeakSet<Table>();

/** The rows in the order in which they were made, as a scan gives them. */
export function scanRows(table: Table): ReadonlyMap<number, Row> {
  if (disordered.delete(table)) {
    const entries = [...table.rows].sort(([a], [b]) => a - b);
    table.rows.clear();
    for (const [rowId, row] of entries) table.rows.set(rowId, row);
  }
  return table.rows;
}

/** Throws 2627 or 2601 on a duplicate key, before anything changed. The new row's id. */
export function insertRow(tx: Transaction, table: Table, row: Row, execution: Execution): number {
  const keys: [Index, string][] = [];
  for (const { index, reader } of uniqueIndexes(table, execution)) {
    const key = reader.read(row);
    if (key === undefined) continue;
    if (index.entries!.has(key)) throw duplicateError(table, index, reader, row, execution);
    keys.push([index, key]);
  }
  const rowId = table.nextRowId++;
  markDirty(tx, table, rowId, undefined);
  for (const [index, key] of keys) put(tx, index.entries!, key, rowId);
  table.rows.set(rowId, row);
  tx.onRollback(() => table.rows.delete(rowId));
  return rowId;
}

export function updateRow(tx: Transaction, table: Table, rowId: number, row: Row, execution: Execution): void {
  const before = table.rows.get(rowId)!;
  const moves: { entries: Map<string, number>; from: string | undefined; to: string | undefined }[] = [];
  for (const { index, reader } of uniqueIndexes(table, execution)) {
    const from = reader.read(before);
    const to = reader.read(row);
    if (from === to) continue;
    if (to !== undefined && index.entries!.has(to)) throw duplicateError(table, index, reader, row, execution);
    moves.push({ entries: index.entries!, from, to });
  }
  markDirty(tx, table, rowId, before);
  for (const { entries, from, to } of moves) {
    if (from !== undefined) take(tx, entries, from, rowId);
    if (to !== undefined) put(tx, entries, to, rowId);
  }
  table.rows.set(rowId, row);
  tx.onRollback(() => table.rows.set(rowId, before));
}

export function deleteRow(tx: Transaction, table: Table, rowId: number, execution: Execution): void {
  const before = table.rows.get(rowId);
  if (!before) return;
  markDirty(tx, table, rowId, before);
  for (const { index, reader } of uniqueIndexes(table, execution)) {
    const key = reader.read(before);
    if (key !== undefined) take(tx, index.entries!, key, rowId);
  }
  table.rows.delete(rowId);
  tx.onRollback(() => {
    table.rows.set(rowId, before);
    disordered.add(table);
  });
}

function put(tx: Transaction, entries: Map<string, number>, key: string, rowId: number): void {
  entries.set(key, rowId);
  tx.onRollback(() => entries.delete(key));
}

function take(tx: Transaction, entries: Map<string, number>, key: string, rowId: number): void {
  entries.delete(key);
  tx.onRollback(() => entries.set(key, rowId));
}

/** Puts another set of rows in place of all rows, as TRUNCATE and table rebuilds do. Unique indexes are the caller's to rebuild. */
export function replaceRows(tx: Transaction, table: Table, rows: Map<number, Row>): void {
  tx.set(table, "rows", rows);
}
