/** Rows of the partition area: functions with their boundaries, schemes with the filegroups of their partitions. */
import { z } from "zod";
import { bit, count, nullableText, text, repeated } from "./row";

export const PartitionFunctionRow = z.object({
  functionId: z.number(),
  name: text,
  boundaryOnRight: bit,
  typeName: repeated,
  /** Bytes. */
  maxLength: z.number(),
  precision: z.number(),
  scale: z.number(),
  collation: nullableText,
  /** From 1, in the order of the values; null for a function without boundaries. */
  boundaryId: z.number().nullable(),
  /** ISO 8601 for dates and times, 0x... for binary; null for NULL as for no boundary. */
  boundary: nullableText,
});
export type PartitionFunctionRow = z.infer<typeof PartitionFunctionRow>;

export const PartitionSchemeRow = z.object({
  dataSpaceId: z.number(),
  name: text,
  functionId: z.number(),
  /** From 1; one more than the function has partitions = what the next SPLIT takes. */
  partitionNumber: z.number(),
  filegroup: text,
  rows: count,
});
export type PartitionSchemeRow = z.infer<typeof PartitionSchemeRow>;

/** A function with its boundaries in order. */
export interface PartitionFunctionEntry extends Omit<PartitionFunctionRow, "boundaryId" | "boundary"> {
  readonly boundaries: readonly (string | null)[];
}

export interface PartitionSchemeEntry extends Pick<PartitionSchemeRow, "dataSpaceId" | "name" | "functionId"> {
  /** Of each partition, in order; NEXT USED is not among them. */
  readonly partitions: readonly { readonly filegroup: string; readonly rows: number }[];
  readonly nextUsed: string | undefined;
}

export interface PartitionCatalog {
  readonly functions: readonly PartitionFunctionEntry[];
  readonly schemes: readonly PartitionSchemeEntry[];
}

export function groupPartitions(
  functionRows: readonly PartitionFunctionRow[],
  schemeRows: readonly PartitionSchemeRow[],
): PartitionCatalog {
  const functions = new Map<number, PartitionFunctionEntry & { boundaries: (string | null)[] }>();
  for (const { boundaryId, boundary, ...row } of functionRows) {
    let entry = functions.get(row.functionId);
    if (!entry) functions.set(row.functionId, (entry = { ...row, boundaries: [] }));
    if (boundaryId !== null) entry.boundaries.push(boundary);
  }
  const ids = [...new Set(schemeRows.map((row) => row.dataSpaceId))];
  const schemes = ids.map((id): PartitionSchemeEntry => {
    const rows = schemeRows.filter((row) => row.dataSpaceId === id);
    const { dataSpaceId, name, functionId } = rows[0]!;
    const last = (functions.get(functionId)?.boundaries.length ?? 0) + 1;
    return {
      dataSpaceId,
      name,
      functionId,
      partitions: rows
        .filter((row) => row.partitionNumber <= last)
        .map((row) => ({ filegroup: row.filegroup, rows: row.rows })),
      nextUsed: rows.find((row) => row.partitionNumber > last)?.filegroup,
    };
  });
  return { functions: [...functions.values()], schemes };
}
