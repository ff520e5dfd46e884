/**
 * What a columnstore index may hold and stand beside. Rules: reference sheet "tables and indexes" 5.5; sql-docs, CREATE COLUMNSTORE
 * INDEX, limitations and restrictions.
 */
import type { IndexDefinition, Option } from "../../language/ast";
import { sqlError } from "../../session/messages";
import type { Column, Index, Table } from "../../storage/model";
import { at } from "../naming";
import { findColumn, triggersOf } from "../registry";
import { isLarge } from "./create-table";
import { partitionFunctionOf, type Placement } from "./data-space";
import type { TableTarget } from "./target";

const unsupported = new Set([
  "text",
  "ntext",
  "image",
  "timestamp",
  "sql_variant",
  "hierarchyid",
  "geometry",
  "geography",
  "xml",
  "json",
  "vector",
]);

/** Options of rowstore indexes; FILLFACTOR has words of its own. */
const rowstoreOptions = new Set([
  "PAD_INDEX",
  "IGNORE_DUP_KEY",
  "STATISTICS_NORECOMPUTE",
  "ALLOW_ROW_LOCKS",
  "ALLOW_PAGE_LOCKS",
  "OPTIMIZE_FOR_SEQUENTIAL_KEY",
]);

export function isColumnstore(index: Pick<Index, "type">): boolean {
  return index.type.endsWith("COLUMNSTORE");
}

export function hasClusteredColumnstore(table: Pick<Table, "indexes">): boolean {
  return table.indexes[0]?.type === "CLUSTERED COLUMNSTORE";
}

/** The statement's own words, before the columns are looked at. */
export function requireColumnstoreWords(definition: IndexDefinition, target: TableTarget): void {
  const { line, order, type, name } = definition;
  const { table, kind, execution } = target;
  const clustered = type === "clustered-columnstore";
  const { version } = execution.session.server;
  if (kind === "variable" || kind === "type") throw at(sqlError(35310), line);
  if (definition.unique) throw at(sqlError(35301), line);
  if (definition.columns.some((column) => column.descending)) throw at(sqlError(35302), line);
  if (definition.include.length > 0) throw at(sqlError(35311), line);
  if (definition.filestreamOn !== undefined) throw at(sqlError(35313), line);
  if (clustered && definition.columns.length > 0) throw at(sqlError(35335), line);
  if (!clustered && definition.columns.length === 0) throw at(sqlError(35336), line);
  if (order && clustered && version < "2022") throw at(sqlError(102, ["ORDER"]), line);
  if (order && !clustered && version < "2025") throw at(sqlError(35342, [name, table.name]), line);
  for (const option of definition.options) requireOption(option, order !== undefined, line);
}

function requireOption(option: Option, ordered: boolean, line: number): void {
  const name = option.name.toUpperCase();
  if (name === "FILLFACTOR") throw at(sqlError(35317, [name]), line);
  if (name === "SORT_IN_TEMPDB" && !ordered) throw at(sqlError(35324), line);
  if (rowstoreOptions.has(name)) throw at(sqlError(35318, [name]), line);
}

/** The same for ALTER INDEX ... REBUILD. */
export function requireRebuildOptions(options: readonly Option[], index: Index, table: Table): void {
  if (!isColumnstore(index)) return;
  for (const option of options) {
    const name = option.name.toUpperCase();
    if (name === "FILLFACTOR") throw sqlError(35327, [name]);
    if (rowstoreOptions.has(name)) throw sqlError(35328, [name]);
    if (name === "ONLINE" && option.value === "ON") requireOnline(index.id === 1, index.name!, table);
  }
}

export function requireOnline(clustered: boolean, name: string, table: Table): void {
  if (clustered && table.indexes.some((other) => other.id > 1)) throw sqlError(35391, [name]);
}

/** One columnstore index a table. */
export function requireOnlyColumnstore(table: Table, replaced: Index | undefined): void {
  if (table.indexes.some((index) => index !== replaced && isColumnstore(index))) throw sqlError(35339);
}

/** A clustered one and triggers do not go together. */
export function requireNoTriggersBeside(clustered: boolean, { table, database }: TableTarget): void {
  if (clustered && triggersOf(database, table.id).length > 0) throw sqlError(35359);
}

export function requireColumnstoreColumn(column: Column, clustered: boolean, { shownName }: TableTarget): void {
  if (column.columnSet) throw sqlError(35314);
  if (column.sparse) throw sqlError(35309);
  if (column.filestream) throw sqlError(35312);
  if (column.computed && isLarge(column)) throw sqlError(35389, [column.name, shownName]);
  if (column.computed && (!clustered || column.computed.persisted)) throw sqlError(35307, [column.name, shownName]);
  if (unsupported.has(column.type.name) || (!clustered && column.type.length === -1))
    throw sqlError(35343, [column.name]);
}

/** ORDER (...): each column once, and none that cannot be sorted. */
export function requireOrder(
  order: readonly string[],
  name: string,
  { table, database, shownName }: TableTarget,
): void {
  const seen = new Set<number>();
  for (const written of order) {
    const column = findColumn(table, database, written);
    if (!column) throw sqlError(1911, [written]);
    if (seen.has(column.id)) throw sqlError(35331, [written]);
    seen.add(column.id);
    if (isLarge(column)) throw sqlError(35399, [name, shownName, column.name]);
  }
}

/** A rowstore index beside a clustered columnstore index. */
export function requireRowstoreBeside(index: Index, { table, shownName }: TableTarget): void {
  if (index.id === 1 || !hasClusteredColumnstore(table)) return;
  for (const { columnId } of index.columns) {
    const column = table.columns.find((one) => one.id === columnId)!;
    if (column.computed) throw sqlError(35392, [column.name, shownName]);
  }
}

/** Columnstore indexes lie in the partitions of their table, and so do indexes over a clustered one. */
export function requireAligned(index: Index, base: Placement | undefined, { table, database }: TableTarget): void {
  if (!base || index.id <= 1) return;
  const functionOf = (place: Placement) => partitionFunctionOf(database, place.dataSpaceId);
  if (functionOf(index) === functionOf(base) && index.partitionColumnId === base.partitionColumnId) return;
  if (isColumnstore(index)) throw sqlError(35316);
  if (hasClusteredColumnstore(table)) throw sqlError(35322);
}
