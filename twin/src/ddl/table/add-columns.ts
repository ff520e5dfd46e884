/** ALTER TABLE ADD of columns, with values for the rows that are there. Rules: reference sheet "tables and indexes" 1.7. */
import type { ColumnDefinition } from "../../language/ast";
import { sqlError } from "../../session/messages";
import type { CompiledExpression, Row } from "../../session/runtime";
import type { Column } from "../../storage/model";
import { convert } from "../../types/convert";
import type { SqlValue } from "../../types/value";
import { at } from "../naming";
import { defineColumns } from "./columns";
import { hasClusteredColumnstore, requireColumnstoreColumn } from "./columnstore";
import { addConstraint, addDefault, failsWith1750 } from "./constraints";
import { isLarge } from "./create-table";
import { buildIndex, specificationOf } from "./indexes";
import { requireValue, rewriteRows, storedValue } from "./row-values";
import { requireCompressibleTable } from "./sparse-compression";
import { transactionOf, type TableTarget } from "./target";

/** `check` false: WITH NOCHECK, for the constraints of the columns. */
export function addColumns(definitions: readonly ColumnDefinition[], target: TableTarget, check: boolean): void {
  const { table } = target;
  const transaction = transactionOf(target);
  const before = table.columns;
  const added = defineColumns(definitions, target, before);
  for (const [i, column] of added.entries()) requireAddable(definitions[i]!, column, before, target);
  if (hasClusteredColumnstore(table))
    for (const column of added) {
      if (column.computed?.persisted) throw sqlError(35388, [column.name, target.shownName]);
      requireColumnstoreColumn(column, true, target);
    }
  transaction.set(table, "columns", [...before, ...added]);
  requireCompressibleTable(table, target.shownName, "alter");
  transaction.set(table, "maxColumnId", added.at(-1)!.id);
  for (const [i, definition] of definitions.entries())
    if (definition.default)
      failsWith1750(
        () => addDefault({ ...definition.default!, line: definition.line }, target, added[i]!),
        definition.line,
      );
  fillRows(definitions, added, before, target);
  placeInStorage(added, target);
  for (const [i, definition] of definitions.entries()) {
    for (const constraint of definition.constraints) addConstraint(constraint, target, added[i], check);
    for (const index of definition.indexes)
      failsWith1750(() => buildIndex(target, specificationOf(index, target)), index.line);
  }
}

function requireAddable(
  definition: ColumnDefinition,
  column: Column,
  before: readonly Column[],
  target: TableTarget,
): void {
  const { table } = target;
  if (column.columnSet) {
    if (before.some((other) => other.columnSet))
      throw at(sqlError(1732, [column.name, target.shownName]), definition.line);
    if (before.some((other) => other.sparse))
      throw at(sqlError(1734, [column.name, target.shownName]), definition.line);
  }
  if (column.rowGuidCol && before.some((other) => other.rowGuidCol)) throw at(sqlError(8196), definition.line);
  if (
    table.rows.size === 0 ||
    column.nullable ||
    column.identity ||
    column.computed ||
    column.type.name === "timestamp" ||
    definition.default
  )
    return;
  throw at(sqlError(4901, [column.name, target.shownName]), definition.line);
}

type Source = (row: Row) => SqlValue;

function fillRows(
  definitions: readonly ColumnDefinition[],
  added: readonly Column[],
  before: readonly Column[],
  target: TableTarget,
): void {
  const { table } = target;
  if (table.rows.size === 0) return;
  const plain = added.map((column, i) => (column.computed ? undefined : plainSource(definitions[i]!, column, target)));
  const computed = added.map((column) => (column.computed?.persisted ? computedSource(column, target) : undefined));
  rewriteRows(target, (row) => {
    const values = [...row, ...plain.map((source) => (source ? source(row) : null))];
    for (const [i, source] of computed.entries()) if (source) values[before.length + i] = source(values);
    for (const [i, column] of added.entries())
      if (!column.computed || column.computed.persisted) requireValue(values[before.length + i]!, column, target);
    return values;
  });
}

/** Existing rows get the default only where NULL may not stand, or WITH VALUES was written. */
function plainSource(definition: ColumnDefinition, column: Column, target: TableTarget): Source {
  const { database, execution, table } = target;
  const { identity } = column;
  if (identity)
    return () => {
      identity.last = identity.last === null ? identity.seed : identity.last + identity.increment;
      return convert(identity.last, { name: "bigint" }, column.type);
    };
  if (column.type.name === "timestamp")
    return () => {
      database.rowVersion += 1n;
      const bytes = Buffer.alloc(8);
      bytes.writeBigUInt64BE(database.rowVersion);
      return new Uint8Array(bytes);
    };
  if (!definition.default || (column.nullable && !definition.default.withValues)) return () => null;
  const compiled = execution.parts.query.compileForTable(
    definition.default.expression,
    { name: table.name, columns: [] },
    database,
    execution,
  );
  return () => stored(compiled, [], column, target);
}

function computedSource(column: Column, target: TableTarget): Source {
  const { database, execution, table } = target;
  const compiled = execution.parts.query.compileForTable(column.computed!.expression, table, database, execution);
  return (row) => stored(compiled, row, column, target);
}

function stored(compiled: CompiledExpression, row: Row, column: Column, target: TableTarget): SqlValue {
  return storedValue(compiled.evaluate(target.execution, row), compiled.type, column, target);
}

function placeInStorage(added: readonly Column[], target: TableTarget): void {
  const { table, database } = target;
  const transaction = transactionOf(target);
  const base = table.indexes[0]!;
  if (table.lobDataSpaceId === 0 && added.some((column) => isLarge(column) && !column.computed && !column.filestream))
    transaction.set(table, "lobDataSpaceId", base.dataSpaceId);
  if (table.filestreamDataSpaceId === null && added.some((column) => column.filestream))
    for (const space of database.dataSpaces.values())
      if (space.type === "FD" && space.isDefault) transaction.set(table, "filestreamDataSpaceId", space.id);
  if (base.type === "CLUSTERED COLUMNSTORE")
    transaction.set(base, "columns", [
      ...base.columns,
      ...added.map((column) => ({
        columnId: column.id,
        descending: false,
        included: true,
        partitionOrdinal: 0,
        columnstoreOrder: 0,
      })),
    ]);
}
