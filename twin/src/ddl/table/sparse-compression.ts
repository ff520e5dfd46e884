/**
 * Sparse columns cannot be added to compressed tables, and tables with sparse columns cannot be compressed.
 * https://learn.microsoft.com/sql/relational-databases/tables/use-sparse-columns
 */
import { sqlError } from "../../session/messages";
import type { Column, Index, Table } from "../../storage/model";

function isCompressed(compression: Index["compression"]): boolean {
  return compression.some((one) => one === "ROW" || one === "PAGE");
}

function hasSparse(columns: readonly Column[]): boolean {
  return columns.some((column) => column.sparse || column.columnSet);
}

/** Throws 11418, when a statement on the whole table has brought the two together. */
export function requireCompressibleTable({ columns, indexes }: Table, name: string, verb: "create" | "alter"): void {
  if (hasSparse(columns) && indexes.some((index) => isCompressed(index.compression)))
    throw sqlError(11418, [verb, name], 2);
}

/** Throws 10623. */
export function requireCompressibleIndex(
  columns: readonly Column[],
  name: string,
  compression: Index["compression"],
): void {
  if (hasSparse(columns) && isCompressed(compression)) throw sqlError(10623, [name]);
}
