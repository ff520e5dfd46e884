/** Partitions as the catalog numbers and measures them. */
import { rowsByPartition } from "../ddl/partition";
import type { Database, Index, Module, Table, TableTypeObject } from "../storage/model";

export type Indexed = Table | Module | TableTypeObject;

/** Unique per database: object, index (10 bits) and partition (14 bits) in one number, from 2^56 up as on the server. */
export function partitionId(objectId: number, indexId: number, partition: number): bigint {
  return (1n << 56n) + ((BigInt(objectId) << 24n) | (BigInt(indexId) << 14n) | BigInt(partition - 1));
}

/** Rows of each partition of an index, by partition number - 1. */
export function rowCounts(owner: Indexed, index: Index, database: Database): readonly number[] {
  if (owner.type === "U") return rowsByPartition(owner, index, database);
  return new Array<number>(index.compression.length).fill(0);
}

/** 8 KiB pages that rows of a declared width need: an estimate, as no page is ever written. */
export function pageCounts(owner: Indexed, rows: number): { data: number; used: number; reserved: number } {
  if (rows === 0) return { data: 0, used: 0, reserved: 0 };
  const width = owner.columns.reduce((sum, column) => sum + Math.min(100, Math.max(8, column.type.length ?? 8)), 11);
  const data = Math.ceil(rows / Math.max(1, Math.floor(8060 / Math.min(8060, width))));
  return { data, used: data + 1, reserved: Math.ceil((data + 1) / 8) * 8 + 1 };
}
