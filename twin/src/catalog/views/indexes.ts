/** Indexes, statistics, partitions. Reference sheet "tables and indexes" 5.1, 5.9, 6. */
import type { Index, Queue, Table } from "../../storage/model";
import type { SqlValue } from "../../types/value";
import type { Row } from "../../session/runtime";
import { notImplemented } from "../../session/sql-error";
import { pageCounts, partitionId, rowCounts, type Indexed } from "../partitions";
import { isQueue, ofType } from "./objects";
import { bit, emptyView, view, type Reader, type ViewDefinition } from "../view";

const types: Readonly<Record<string, number>> = {
  HEAP: 0,
  CLUSTERED: 1,
  NONCLUSTERED: 2,
  "CLUSTERED COLUMNSTORE": 5,
  "NONCLUSTERED COLUMNSTORE": 6,
  "NONCLUSTERED HASH": 7,
};

function typeNumber(index: Index): number {
  const number = types[index.type];
  if (number === undefined) throw notImplemented(`sys.indexes of an index of type ${index.type}`);
  return number;
}

const isColumnstore = (index: Index): boolean => index.type.endsWith("COLUMNSTORE");

function* visibleIndexes({ database, visible }: Reader): Iterable<[owner: Indexed, index: Index]> {
  for (const object of database.objects.values()) {
    if (!("indexes" in object) || object.indexes.length === 0 || !visible.object(object)) continue;
    for (const index of object.indexes) yield [object, index];
  }
}

function indexRow(owner: Indexed, index: Index, definition: boolean): SqlValue[] {
  const columnstore = isColumnstore(index);
  return [
    owner.id,
    index.name,
    index.id,
    typeNumber(index),
    index.type,
    bit(index.unique),
    index.dataSpaceId,
    bit(index.ignoreDupKey),
    bit(index.primaryKey),
    bit(index.uniqueConstraint),
    index.fillFactor,
    bit(index.padded),
    bit(index.disabled),
    0,
    // A columnstore index shows neither kind of lock.
    bit(index.allowRowLocks && !columnstore),
    bit(index.allowPageLocks && !columnstore),
    bit(index.filter !== undefined),
    definition ? (index.filter?.definition ?? null) : null,
    columnstore ? (index.compressionDelay ?? 0) : null,
    0,
    0,
    bit(index.optimizeForSequentialKey),
  ];
}

/** A queue's messages lie in an internal table with these two; page locks are off. */
function* queueIndexRows(queue: Queue): Iterable<Row> {
  const { tableId, dataSpaceId } = queue;
  const rest = [1, dataSpaceId, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, null, null, 0, 0, 0];
  yield [tableId, "queue_clustered_index", 1, 1, "CLUSTERED", ...rest];
  yield [tableId, "queue_secondary_index", 2, 2, "NONCLUSTERED", ...rest];
}

const INDEX_COLUMNS = `object_id int, name sysname?, index_id int, type tinyint, type_desc desc?, is_unique bit?, data_space_id int?, ignore_dup_key bit?, is_primary_key bit?,
  is_unique_constraint bit?, fill_factor tinyint, is_padded bit?, is_disabled bit?, is_hypothetical bit?, allow_row_locks bit?, allow_page_locks bit?, has_filter bit?,
  filter_definition nvarchar(max)?, compression_delay int?, suppress_dup_key_messages bit?, auto_created bit?, optimize_for_sequential_key bit?`;

/** Key columns are numbered in their order; columns of a columnstore index have no key position. */
function* indexColumnRows(owner: Indexed, index: Index): Iterable<Row> {
  let key = 0;
  const columnstore = isColumnstore(index);
  for (const [position, column] of index.columns.entries()) {
    const included = column.included || columnstore;
    const partitionOnly =
      column.partitionOrdinal > 0 && column.included && index.partitionColumnId === column.columnId && !columnstore;
    yield [
      owner.id,
      index.id,
      position + 1,
      column.columnId,
      included ? 0 : ++key,
      column.partitionOrdinal,
      bit(column.descending && !columnstore),
      bit(included && !partitionOnly),
      column.columnstoreOrder,
    ];
  }
}

function* statisticRows({ database, visible }: Reader): Iterable<Row> {
  for (const object of database.objects.values()) {
    if (!("indexes" in object) || !visible.object(object)) continue;
    const text = visible.definition(object);
    for (const index of object.indexes)
      if (index.name !== null)
        yield [
          object.id,
          index.name,
          index.id,
          0,
          0,
          bit(index.noRecompute),
          bit(index.filter !== undefined),
          text ? (index.filter?.definition ?? null) : null,
          0,
          0,
          0,
          0,
          "Row store default",
          0,
        ];
    if (object.type !== "U") continue;
    for (const one of object.statistics)
      yield [
        object.id,
        one.name,
        one.id,
        bit(one.autoCreated),
        bit(one.userCreated),
        bit(one.noRecompute),
        bit(one.filter !== undefined),
        text ? (one.filter ?? null) : null,
        0,
        0,
        0,
        0,
        "Row store default",
        0,
      ];
  }
}

function* statisticColumnRows({ database, visible }: Reader): Iterable<Row> {
  for (const object of database.objects.values()) {
    if (!("indexes" in object) || !visible.object(object)) continue;
    for (const index of object.indexes) {
      if (index.name === null) continue;
      let position = 0;
      for (const column of index.columns)
        if (!column.included) yield [object.id, index.id, ++position, column.columnId];
    }
    if (object.type === "U")
      for (const one of object.statistics)
        for (const [position, id] of one.columnIds.entries()) yield [object.id, one.id, position + 1, id];
  }
}

const compressions = ["NONE", "ROW", "PAGE", "COLUMNSTORE", "COLUMNSTORE_ARCHIVE"];

interface Partition {
  readonly owner: Indexed;
  readonly index: Index;
  readonly number: number;
  readonly id: bigint;
  readonly rows: number;
}

function* visiblePartitions(reader: Reader): Iterable<Partition> {
  for (const [owner, index] of visibleIndexes(reader)) {
    const counts = rowCounts(owner, index, reader.database);
    for (let number = 1; number <= counts.length; number++)
      yield { owner, index, number, id: partitionId(owner.id, index.id, number), rows: counts[number - 1]! };
  }
}

function* partitionRows(reader: Reader): Iterable<Row> {
  for (const { owner, index, number, id, rows } of visiblePartitions(reader)) {
    const compression = index.compression[number - 1] ?? "NONE";
    yield [
      id,
      owner.id,
      index.id,
      number,
      id,
      BigInt(rows),
      0,
      compressions.indexOf(compression),
      compression,
      0,
      "OFF",
    ];
  }
}

/** In-row data of each partition, and LOB data where the table has columns for it. */
function* allocationRows(reader: Reader): Iterable<Row> {
  for (const { owner, index, number, id, rows } of visiblePartitions(reader)) {
    const space = reader.database.dataSpaces.get(index.dataSpaceId);
    const filegroup = space?.type === "PS" ? (space.filegroupIds[number - 1] ?? 1) : index.dataSpaceId;
    const pages = pageCounts(owner, rows);
    yield [id + 1n, 1, "IN_ROW_DATA", id, filegroup, BigInt(pages.reserved), BigInt(pages.used), BigInt(pages.data)];
    if (index.id <= 1 && owner.type === "U" && hasLarge(owner))
      yield [id + 2n, 2, "LOB_DATA", id, owner.lobDataSpaceId || filegroup, 0n, 0n, 0n];
  }
}

function hasLarge(table: Table): boolean {
  return table.lobDataSpaceId !== 0;
}

function* partitionStatRows(reader: Reader): Iterable<Row> {
  for (const { owner, index, number, id, rows } of visiblePartitions(reader)) {
    const pages = pageCounts(owner, rows);
    const [data, used, reserved] = [BigInt(pages.data), BigInt(pages.used), BigInt(pages.reserved)];
    yield [id, owner.id, index.id, number, data, used, reserved, 0n, 0n, 0n, 0n, used, reserved, BigInt(rows)];
  }
}

export const indexViews: readonly ViewDefinition[] = [
  view("indexes", "system-catalog-views/sys-indexes-transact-sql", INDEX_COLUMNS, function* (reader) {
    for (const [owner, index] of visibleIndexes(reader)) yield indexRow(owner, index, reader.visible.definition(owner));
    for (const queue of ofType(reader, isQueue)) yield* queueIndexRows(queue);
  }),
  view(
    "index_columns",
    "system-catalog-views/sys-index-columns-transact-sql",
    `object_id int, index_id int, index_column_id int, column_id int, key_ordinal tinyint, partition_ordinal tinyint, is_descending_key bit?, is_included_column bit?,
    column_store_order_ordinal tinyint @2022`,
    function* (reader) {
      for (const [owner, index] of visibleIndexes(reader)) yield* indexColumnRows(owner, index);
    },
  ),
  view(
    "stats",
    "system-catalog-views/sys-stats-transact-sql",
    `object_id int, name sysname?, stats_id int, auto_created bit?, user_created bit?, no_recompute bit?, has_filter bit?, filter_definition nvarchar(max)?,
    is_temporary bit?, is_incremental bit?, has_persisted_sample bit?, stats_generation_method int, stats_generation_method_desc nvarchar(80), auto_drop bit? @2022`,
    statisticRows,
  ),
  view(
    "stats_columns",
    "system-catalog-views/sys-stats-columns-transact-sql",
    "object_id int, stats_id int, stats_column_id int?, column_id int?",
    statisticColumnRows,
  ),
  view(
    "partitions",
    "system-catalog-views/sys-partitions-transact-sql",
    `partition_id bigint, object_id int, index_id int, partition_number int, hobt_id bigint, rows bigint?, filestream_filegroup_id smallint, data_compression tinyint,
    data_compression_desc desc?, xml_compression bit? @2022, xml_compression_desc varchar(3)? @2022`,
    partitionRows,
  ),
  view(
    "allocation_units",
    "system-catalog-views/sys-allocation-units-transact-sql",
    "allocation_unit_id bigint, type tinyint, type_desc desc?, container_id bigint, data_space_id int?, total_pages bigint, used_pages bigint, data_pages bigint",
    allocationRows,
  ),
  view(
    "dm_db_partition_stats",
    "system-dynamic-management-views/sys-dm-db-partition-stats-transact-sql",
    `partition_id bigint, object_id int, index_id int, partition_number int, in_row_data_page_count bigint, in_row_used_page_count bigint,
    in_row_reserved_page_count bigint, lob_used_page_count bigint, lob_reserved_page_count bigint, row_overflow_used_page_count bigint,
    row_overflow_reserved_page_count bigint, used_page_count bigint, reserved_page_count bigint, row_count bigint`,
    function* (reader) {
      reader.session.demand("VIEW DATABASE STATE", { kind: "database", database: reader.database });
      yield* partitionStatRows(reader);
    },
  ),
  emptyView("hash_indexes", "system-catalog-views/sys-hash-indexes-transact-sql", `${INDEX_COLUMNS}, bucket_count int`),
  emptyView(
    "xml_indexes",
    "system-catalog-views/sys-xml-indexes-transact-sql",
    `${INDEX_COLUMNS}, using_xml_index_id int?, secondary_type code(1)?, secondary_type_desc desc?, xml_index_type tinyint?, xml_index_type_description desc?, path_id int?`,
  ),
  emptyView(
    "spatial_indexes",
    "system-catalog-views/sys-spatial-indexes-transact-sql",
    `${INDEX_COLUMNS}, spatial_index_type tinyint, spatial_index_type_desc desc?, tessellation_scheme sysname?`,
  ),
];
