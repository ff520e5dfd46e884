/** Rows of the table area: tables, columns, check constraints, indexes with their columns, foreign keys. */
import { z } from "zod";
import { bit, count, nullableText, text, repeated } from "./row";

export const TableRow = z.object({
  objectId: z.number(),
  schemaName: repeated,
  name: text,
  /** 0 ordinary, 1 history table, 2 system-versioned. */
  temporalType: z.number(),
  historySchema: nullableText,
  historyName: nullableText,
  historyTableId: z.number().nullable(),
  /** -1 = infinite. */
  historyRetentionPeriod: z.number().nullable(),
  /** INFINITE, DAY, WEEK, MONTH, YEAR. */
  historyRetentionUnit: nullableText,
  /** Of PERIOD FOR SYSTEM_TIME, which a table keeps while its versioning is off. */
  periodStartColumnId: z.number().nullable(),
  periodEndColumnId: z.number().nullable(),
  isMemoryOptimized: bit,
  /** 0 SCHEMA_AND_DATA, 1 SCHEMA_ONLY. */
  durability: z.number(),
  isNode: bit,
  isEdge: bit,
  isExternal: bit,
  isFiletable: bit,
  /** TABLE, DISABLE, AUTO. */
  lockEscalation: text,
  /** Filegroup of large values (TEXTIMAGE_ON), null where the table has none. */
  lobDataSpace: nullableText,
  filestreamDataSpace: nullableText,
  isReplicated: bit,
  isTrackedByCdc: bit,
  /** From sys.partitions: good enough to say "about n rows"; a probe counts exactly. */
  rows: count,
});
export type TableRow = z.infer<typeof TableRow>;

/** Columns of tables and of table types (`objectId` = sys.table_types.type_table_object_id). */
export const ColumnRow = z.object({
  objectId: z.number(),
  columnId: z.number(),
  name: text,
  /** Name of the type as declared; an alias or CLR type has its schema, a system type has "sys". */
  typeSchema: repeated,
  typeName: repeated,
  /** The system type below an alias type. */
  baseTypeName: nullableText,
  isUserDefinedType: bit,
  /** Bytes; -1 = max. An nvarchar(50) has 100. */
  maxLength: z.number(),
  precision: z.number(),
  scale: z.number(),
  collation: nullableText,
  isNullable: bit,
  isRowGuid: bit,
  isSparse: bit,
  isColumnSet: bit,
  isFilestream: bit,
  isHidden: bit,
  /** 0 none, 1 row start, 2 row end, 5..8 ledger and graph. */
  generatedAlwaysType: z.number(),
  isMasked: bit,
  isIdentity: bit,
  /** Exact decimal text: bigint and decimal seeds do not fit a JavaScript number. */
  identitySeed: nullableText,
  identityIncrement: nullableText,
  identityLastValue: nullableText,
  identityNotForReplication: bit,
  isComputed: bit,
  computedDefinition: nullableText,
  isPersisted: bit,
  defaultName: nullableText,
  defaultDefinition: nullableText,
  defaultIsSystemNamed: bit,
});
export type ColumnRow = z.infer<typeof ColumnRow>;

export const CheckConstraintRow = z.object({
  tableId: z.number(),
  name: text,
  definition: text,
  isDisabled: bit,
  isNotTrusted: bit,
  isNotForReplication: bit,
  isSystemNamed: bit,
  /** 0 = declared on the table. */
  parentColumnId: z.number(),
});
export type CheckConstraintRow = z.infer<typeof CheckConstraintRow>;

/** One row per index column; an index without columns (heap, clustered columnstore of old versions) has one row with null columns. */
export const IndexColumnRow = z.object({
  tableId: z.number(),
  /** 0 = heap. */
  indexId: z.number(),
  /** null for a heap. */
  name: nullableText,
  /** 0 heap, 1 clustered, 2 nonclustered, 3 XML, 4 spatial, 5 clustered columnstore, 6 nonclustered columnstore, 7 hash. */
  type: z.number(),
  isUnique: bit,
  isPrimaryKey: bit,
  isUniqueConstraint: bit,
  isDisabled: bit,
  /** Of the PRIMARY KEY or UNIQUE constraint; false for other indexes. */
  isSystemNamed: bit,
  /** 0 = server default. */
  fillFactor: z.number(),
  isPadded: bit,
  ignoreDupKey: bit,
  allowRowLocks: bit,
  allowPageLocks: bit,
  filterDefinition: nullableText,
  /** Minutes; null where it is no columnstore index. */
  compressionDelay: z.number().nullable(),
  /** Filegroup or partition scheme; null for memory-optimized tables. */
  dataSpace: nullableText,
  /** FG, FD, FX, PS. */
  dataSpaceType: nullableText,
  partitionCount: z.number(),
  /** NONE, ROW, PAGE, COLUMNSTORE, COLUMNSTORE_ARCHIVE; lowest and highest over the partitions. */
  compressionLow: nullableText,
  compressionHigh: nullableText,
  rows: count,
  columnId: z.number().nullable(),
  columnName: nullableText,
  /** 1, 2, ...; 0 = included column. */
  keyOrdinal: z.number().nullable(),
  partitionOrdinal: z.number().nullable(),
  isDescending: bit.nullable(),
  isIncluded: bit.nullable(),
  indexColumnId: z.number().nullable(),
  /** Place in the ORDER of a columnstore index, from 1; 0 = none. */
  columnstoreOrder: z.number().nullable(),
});
export type IndexColumnRow = z.infer<typeof IndexColumnRow>;

/** One row per pair of columns, in order. */
export const ForeignKeyColumnRow = z.object({
  objectId: z.number(),
  tableId: z.number(),
  schemaName: repeated,
  name: text,
  referencedTableId: z.number(),
  referencedSchema: text,
  referencedTable: text,
  /** Index of the referenced table that the key leans on. */
  referencedIndexId: z.number().nullable(),
  /** 0 NO_ACTION, 1 CASCADE, 2 SET_NULL, 3 SET_DEFAULT. */
  deleteAction: z.number(),
  updateAction: z.number(),
  isDisabled: bit,
  isNotTrusted: bit,
  isNotForReplication: bit,
  isSystemNamed: bit,
  ordinal: z.number(),
  columnName: text,
  referencedColumnName: text,
});
export type ForeignKeyColumnRow = z.infer<typeof ForeignKeyColumnRow>;

/** An index with its columns grouped. */
export interface IndexEntry extends Omit<
  IndexColumnRow,
  | "columnId"
  | "columnName"
  | "keyOrdinal"
  | "partitionOrdinal"
  | "isDescending"
  | "isIncluded"
  | "indexColumnId"
  | "columnstoreOrder"
> {
  /** Key columns first, in key order; then included columns, in the order of the index. */
  readonly columns: readonly IndexEntryColumn[];
}
export interface IndexEntryColumn {
  readonly columnId: number;
  readonly name: string;
  readonly keyOrdinal: number;
  readonly partitionOrdinal: number;
  readonly isDescending: boolean;
  readonly isIncluded: boolean;
  readonly columnstoreOrder: number;
}

/** A foreign key with its columns grouped. */
export interface ForeignKeyEntry extends Omit<ForeignKeyColumnRow, "ordinal" | "columnName" | "referencedColumnName"> {
  readonly columns: readonly { readonly name: string; readonly referencedName: string }[];
}

export function groupIndexes(rows: readonly IndexColumnRow[]): IndexEntry[] {
  const entries = new Map<string, IndexEntry & { columns: IndexEntryColumn[] }>();
  for (const row of rows) {
    const {
      columnId,
      columnName,
      keyOrdinal,
      partitionOrdinal,
      isDescending,
      isIncluded,
      indexColumnId,
      columnstoreOrder,
      ...index
    } = row;
    const key = `${row.tableId}/${row.indexId}`;
    let entry = entries.get(key);
    if (!entry) entries.set(key, (entry = { ...index, columns: [] }));
    if (columnId === null || columnName === null || indexColumnId === null) continue;
    entry.columns.push({
      columnId,
      name: columnName,
      keyOrdinal: keyOrdinal ?? 0,
      partitionOrdinal: partitionOrdinal ?? 0,
      isDescending: isDescending ?? false,
      isIncluded: isIncluded ?? false,
      columnstoreOrder: columnstoreOrder ?? 0,
    });
  }
  // The query orders by index column; keys come in key order whatever order the index was declared in.
  const rank = (column: IndexEntryColumn): number =>
    column.keyOrdinal === 0 ? Number.MAX_SAFE_INTEGER : column.keyOrdinal;
  for (const entry of entries.values()) entry.columns.sort((left, right) => rank(left) - rank(right));
  return [...entries.values()];
}

export function groupForeignKeys(rows: readonly ForeignKeyColumnRow[]): ForeignKeyEntry[] {
  const entries = new Map<number, ForeignKeyEntry & { columns: { name: string; referencedName: string }[] }>();
  for (const row of rows) {
    const { ordinal, columnName, referencedColumnName, ...key } = row;
    let entry = entries.get(row.objectId);
    if (!entry) entries.set(row.objectId, (entry = { ...key, columns: [] }));
    entry.columns[ordinal - 1] = { name: columnName, referencedName: referencedColumnName };
  }
  return [...entries.values()];
}
