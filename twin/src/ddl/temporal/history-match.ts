/**
 * Whether a table can be another one's history table. Rules: reference sheet "tables and indexes" 2.1, adoption checks and data checks;
 * sql-docs, temporal table system consistency checks.
 */
import { sqlError } from "../../session/messages";
import type { Column, Database, Table } from "../../storage/model";
import { encodeKey } from "../../storage/rows";
import { compareDateTime, utcNow } from "../../types/date-time";
import { typeDisplay } from "../../types/format-type";
import type { DateTime } from "../../types/value";
import { constraintsOf, triggersOf } from "../registry";
import { isReadOnlySpace } from "../table/data-space";
import { referencing } from "../table/foreign-keys";
import { isPeriodColumn, fullNameOf, periodColumns } from "./tables";

/** The first difference wins. */
export function requireHistoryFits(current: Table, history: Table, database: Database): void {
  requireBareTable(history, database);
  const name = fullNameOf(database, current);
  const historyName = fullNameOf(database, history);
  if (current.columns.length !== history.columns.length)
    throw sqlError(13523, [name, current.columns.length, historyName, history.columns.length]);
  for (const [i, column] of current.columns.entries()) {
    const other = history.columns[i]!;
    if (database.key(column.name) !== database.key(other.name))
      throw sqlError(13524, [other.name, i + 1, historyName, column.name, name]);
    if (typeDisplay(column.type) !== typeDisplay(other.type) || column.type.userTypeId !== other.type.userTypeId)
      throw sqlError(13525, [column.name, typeDisplay(other.type), historyName, typeDisplay(column.type), name]);
    requireSameProperties(column, other, current, [name, historyName]);
  }
}

function requireBareTable(history: Table, database: Database): void {
  const name = fullNameOf(database, history);
  const constraints = constraintsOf(database, history.id);
  if (history.indexes.some((index) => index.unique)) throw sqlError(13515, [name]);
  if (constraints.some(({ type }) => type === "F ") || referencing(database, history.id).length > 0)
    throw sqlError(13516, [name]);
  if (constraints.some(({ type }) => type === "C ")) throw sqlError(13517, [name]);
  if (history.columns.some((column) => column.identity)) throw sqlError(13518, [name]);
  if (history.columns.some((column) => column.computed)) throw sqlError(13519, [name]);
  if (isReadOnlySpace(database, history.indexes[0]!.dataSpaceId)) throw sqlError(13520, [name]);
  if (triggersOf(database, history.id).length > 0) throw sqlError(13522, [name]);
  if (history.columns.some((column) => column.rowGuidCol)) throw sqlError(13580, [name]);
}

function requireSameProperties(
  column: Column,
  other: Column,
  current: Table,
  [name, historyName]: readonly [string, string],
): void {
  const tables = [column.name, name, historyName];
  if (column.collation !== other.collation) throw sqlError(13526, tables);
  if (column.ansiPadded !== other.ansiPadded) throw sqlError(13528, tables);
  if (isPeriodColumn(current, column) && other.nullable) throw sqlError(13530, [other.name, historyName, name]);
  if (column.nullable !== other.nullable) throw sqlError(13531, tables);
  if (column.filestream || other.filestream) throw sqlError(13532);
  if (column.sparse !== other.sparse) throw sqlError(13533, tables);
  if (column.columnSet !== other.columnSet) throw sqlError(13534, tables);
  if (column.mask !== other.mask) throw sqlError(13581, tables);
}

/** Every version ends after it began and in the past, and no two versions of one row are valid at once. */
export function requireConsistentHistory(current: Table, history: Table, database: Database): void {
  const { start, end } = periodColumns(current)!;
  const name = fullNameOf(database, history);
  const now = utcNow();
  for (const row of history.rows.values()) {
    if (compareDateTime(row[end] as DateTime, row[start] as DateTime) < 0) throw sqlError(13541, [name], 0);
    if (compareDateTime(row[end] as DateTime, now) > 0) throw sqlError(13543, [name], 0);
  }
  const key = current.indexes.find((index) => index.primaryKey)!;
  const places = key.columns
    .filter((item) => !item.included)
    .map((item) => current.columns.findIndex((column) => column.id === item.columnId));
  const columns = places.map((place) => current.columns[place]!);
  const versions = new Map<string, { start: DateTime; end: DateTime }[]>();
  for (const row of history.rows.values()) {
    const version = { start: row[start] as DateTime, end: row[end] as DateTime };
    const values = places.map((place) => row[place]!);
    const text = encodeKey(values, columns);
    const known = versions.get(text);
    if (known) known.push(version);
    else versions.set(text, [version]);
  }
  for (const list of versions.values()) {
    list.sort((a, b) => compareDateTime(a.start, b.start) || compareDateTime(a.end, b.end));
    for (let i = 1; i < list.length; i++)
      if (compareDateTime(list[i]!.start, list[i - 1]!.end) < 0) throw sqlError(13573, [name], 0);
  }
}
