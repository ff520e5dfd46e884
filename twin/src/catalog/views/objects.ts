/** sys.objects and the views that repeat its columns. Reference sheet "tables and indexes" 1.4, 7; sql-docs, object catalog views. */
import type { Database, DbObject, Module, Queue, Sequence, Synonym, Table } from "../../storage/model";
import type { Row } from "../../session/runtime";
import { notImplemented } from "../../session/sql-error";
import type { SqlType } from "../../types/sql-type";
import { Decimal, Variant, type SqlValue } from "../../types/value";
import { typeFacts } from "../system-types";
import { systemObjects, type SystemObject } from "../system-objects";
import { bit, datetime, emptyView, view, type Reader, type ViewDefinition } from "../view";

export const OBJECT_COLUMNS = `name sysname, object_id int, principal_id int?, schema_id int, parent_object_id int, type code(2)?, type_desc desc?,
  create_date datetime, modify_date datetime, is_ms_shipped bit, is_published bit, is_schema_published bit`;

const typeDescriptions: Readonly<Record<string, string>> = {
  U: "USER_TABLE",
  V: "VIEW",
  P: "SQL_STORED_PROCEDURE",
  FN: "SQL_SCALAR_FUNCTION",
  IF: "SQL_INLINE_TABLE_VALUED_FUNCTION",
  TF: "SQL_TABLE_VALUED_FUNCTION",
  TR: "SQL_TRIGGER",
  FS: "CLR_SCALAR_FUNCTION",
  FT: "CLR_TABLE_VALUED_FUNCTION",
  PC: "CLR_STORED_PROCEDURE",
  TA: "CLR_TRIGGER",
  AF: "AGGREGATE_FUNCTION",
  PK: "PRIMARY_KEY_CONSTRAINT",
  UQ: "UNIQUE_CONSTRAINT",
  F: "FOREIGN_KEY_CONSTRAINT",
  C: "CHECK_CONSTRAINT",
  D: "DEFAULT_CONSTRAINT",
  SO: "SEQUENCE_OBJECT",
  SN: "SYNONYM",
  TT: "TYPE_TABLE",
  SQ: "SERVICE_QUEUE",
};

function typeDescription(type: string): string {
  const found = typeDescriptions[type.trim()];
  if (!found) throw new Error(`object type ${type} has no description`);
  return found;
}

export function objectRow(object: DbObject): SqlValue[] {
  return [
    object.name,
    object.id,
    object.principalId,
    object.schemaId,
    object.parentId,
    object.type.padEnd(2),
    typeDescription(object.type),
    datetime(object.created),
    datetime(object.modified),
    bit(object.isMsShipped),
    0,
    0,
  ];
}

function systemRow(object: SystemObject, reader: Reader): SqlValue[] {
  const created = datetime(reader.server.started);
  return [object.name, object.id, null, object.schemaId, 0, "V ", "VIEW", created, created, 1, 0, 0];
}

/** Objects of a schema that may be seen. Database triggers are not schema-scoped: sys.triggers alone has them. */
function* visibleObjects(reader: Reader): Iterable<DbObject> {
  for (const object of reader.database.objects.values())
    if (object.schemaId !== 0 && reader.visible.object(object)) yield object;
}

export function* ofType<T extends DbObject>(reader: Reader, accept: (object: DbObject) => object is T): Iterable<T> {
  for (const object of reader.database.objects.values())
    if (accept(object) && reader.visible.object(object)) yield object;
}

export const isTable = (object: DbObject): object is Table => object.type === "U";
export const isView = (object: DbObject): object is Module => object.type === "V ";
const isProcedure = (object: DbObject): object is Module => object.type === "P " || object.type === "PC";
const isTrigger = (object: DbObject): object is Module => object.type === "TR" || object.type === "TA";
const isSynonym = (object: DbObject): object is Synonym => object.type === "SN";
const isSequence = (object: DbObject): object is Sequence => object.type === "SO";
export const isQueue = (object: DbObject): object is Queue => object.type === "SQ";

function* objectRows(reader: Reader): Iterable<Row> {
  for (const object of visibleObjects(reader)) yield objectRow(object);
  for (const queue of ofType(reader, isQueue)) yield internalTableRow(queue);
}

const SYS = 4;

/** The table behind a queue, in schema sys. */
function internalTableRow(queue: Queue): SqlValue[] {
  const [created, modified] = [datetime(queue.created), datetime(queue.modified)];
  const name = `queue_messages_${queue.id}`;
  return [name, queue.tableId, null, SYS, queue.id, "IT", "INTERNAL_TABLE", created, modified, 1, 0, 0];
}

function* systemRows(reader: Reader): Iterable<Row> {
  for (const object of systemObjects()) yield systemRow(object, reader);
}

const lockEscalations = ["TABLE", "DISABLE", "AUTO"];

const retentionUnits = { DAY: 3, WEEK: 4, MONTH: 5, YEAR: 6 } as const;

/** temporal_type to history_retention_period_unit_desc. */
function temporalCells({ versioning, historyOf }: Table): SqlValue[] {
  if (!versioning) {
    const isHistory = historyOf !== undefined;
    return [isHistory ? 1 : 0, isHistory ? "HISTORY_TABLE" : "NON_TEMPORAL_TABLE", null, 0, 0, null, null, null];
  }
  const { historyTableId, retention } = versioning;
  return [
    2,
    "SYSTEM_VERSIONED_TEMPORAL_TABLE",
    historyTableId,
    0,
    0,
    retention?.length ?? -1,
    retention ? retentionUnits[retention.unit] : -1,
    retention?.unit ?? "INFINITE",
  ];
}

function tableRow(table: Table): SqlValue[] {
  const escalation = lockEscalations.indexOf(table.lockEscalation);
  return [
    ...objectRow(table),
    table.lobDataSpaceId,
    table.filestreamDataSpaceId,
    table.maxColumnId,
    0,
    bit(table.usesAnsiNulls),
    0,
    0,
    0,
    0,
    bit(table.hasUncheckedAssemblyData ?? false),
    0,
    0,
    0,
    escalation,
    table.lockEscalation,
    0,
    bit(table.memoryOptimized),
    bit(table.durability === "SCHEMA_ONLY"),
    table.durability,
    ...temporalCells(table),
    bit(table.isNode),
    bit(table.isEdge),
    null,
    null,
    null,
    0,
    "NON_LEDGER_TABLE",
    null,
    0,
  ];
}

function viewRow(module: Module): SqlValue[] {
  const check = module.parsed.kind === "view" && module.parsed.checkOption;
  return [...objectRow(module), 0, 0, 0, 0, bit(check), 0, 0, 0, "NON_LEDGER_VIEW", 0];
}

const VIEW_COLUMNS = `${OBJECT_COLUMNS}, is_replicated bit?, has_replication_filter bit?, has_opaque_metadata bit, has_unchecked_assembly_data bit, with_check_option bit,
  is_date_correlation_view bit, is_tracked_by_cdc bit?, ledger_view_type tinyint? @2022, ledger_view_type_desc desc? @2022, is_dropped_ledger_view bit? @2022`;

/** Values of a sequence are in its own type inside a sql_variant. */
function sequenceValue(type: SqlType, value: bigint): Variant {
  const exact = type.name === "decimal" || type.name === "numeric";
  const inner: SqlValue = type.name === "bigint" ? value : exact ? new Decimal(value, type.scale ?? 0) : Number(value);
  return new Variant(plainType(type), inner);
}

function plainType(type: SqlType): SqlType {
  const { userTypeId: _, ...rest } = type;
  return rest;
}

function sequenceRow(sequence: Sequence): SqlValue[] {
  const { dataType } = sequence;
  const facts = typeFacts(dataType);
  const value = (number: bigint): Variant => sequenceValue(dataType, number);
  return [
    ...objectRow(sequence),
    value(sequence.start),
    value(sequence.increment),
    value(sequence.minimum),
    value(sequence.maximum),
    bit(sequence.cycling),
    bit(sequence.cached),
    sequence.cacheSize,
    facts.systemTypeId,
    facts.userTypeId,
    facts.precision,
    facts.scale,
    value(sequence.current),
    bit(sequence.exhausted),
    sequence.lastUsed === null ? null : value(sequence.lastUsed),
  ];
}

/** Numbers of DML events, and of those DDL events that sql-docs, sys.trigger_event_types, lists for tables, views and modules. */
const triggerEvents: Readonly<Record<string, number>> = {
  INSERT: 1,
  UPDATE: 2,
  DELETE: 3,
  CREATE_TABLE: 21,
  ALTER_TABLE: 22,
  DROP_TABLE: 23,
  CREATE_INDEX: 24,
  ALTER_INDEX: 25,
  DROP_INDEX: 26,
  CREATE_VIEW: 41,
  ALTER_VIEW: 42,
  DROP_VIEW: 43,
  CREATE_PROCEDURE: 51,
  ALTER_PROCEDURE: 52,
  DROP_PROCEDURE: 53,
  CREATE_FUNCTION: 61,
  ALTER_FUNCTION: 62,
  DROP_FUNCTION: 63,
  CREATE_TRIGGER: 71,
  ALTER_TRIGGER: 72,
  DROP_TRIGGER: 73,
};

function* eventRows(reader: Reader): Iterable<Row> {
  for (const trigger of ofType(reader, isTrigger))
    for (const event of trigger.trigger?.events ?? []) {
      const number = triggerEvents[event];
      if (number === undefined) throw notImplemented(`sys.trigger_events of a trigger for ${event}`);
      yield [trigger.id, number, event, 0, 0, null, null, 1];
    }
}

function triggerRow(trigger: Module): SqlValue[] {
  const { disabled = false, insteadOf = false, onDatabase = false } = trigger.trigger ?? {};
  return [
    trigger.name,
    trigger.id,
    onDatabase ? 0 : 1,
    onDatabase ? "DATABASE" : "OBJECT_OR_COLUMN",
    trigger.parentId,
    trigger.type,
    typeDescription(trigger.type),
    datetime(trigger.created),
    datetime(trigger.modified),
    bit(trigger.isMsShipped),
    bit(disabled),
    0,
    bit(insteadOf),
  ];
}

export const objectViews: readonly ViewDefinition[] = [
  view("objects", "system-catalog-views/sys-objects-transact-sql", OBJECT_COLUMNS, objectRows),
  view("system_objects", "system-catalog-views/sys-system-objects-transact-sql", OBJECT_COLUMNS, systemRows),
  view("all_objects", "system-catalog-views/sys-all-objects-transact-sql", OBJECT_COLUMNS, function* (reader) {
    yield* objectRows(reader);
    yield* systemRows(reader);
  }),
  view(
    "tables",
    "system-catalog-views/sys-tables-transact-sql",
    `${OBJECT_COLUMNS}, lob_data_space_id int, filestream_data_space_id int?, max_column_id_used int, lock_on_bulk_load bit, uses_ansi_nulls bit?, is_replicated bit?,
    has_replication_filter bit?, is_merge_published bit?, is_sync_tran_subscribed bit?, has_unchecked_assembly_data bit, text_in_row_limit int?,
    large_value_types_out_of_row bit?, is_tracked_by_cdc bit?, lock_escalation tinyint?, lock_escalation_desc desc?, is_filetable bit?, is_memory_optimized bit?,
    durability tinyint?, durability_desc desc?, temporal_type tinyint?, temporal_type_desc desc?, history_table_id int?, is_remote_data_archive_enabled bit?,
    is_external bit, history_retention_period int?, history_retention_period_unit int?, history_retention_period_unit_desc desc(10)?, is_node bit, is_edge bit,
    data_retention_period int? @2022, data_retention_period_unit int? @2022, data_retention_period_unit_desc desc(10)? @2022,
    ledger_type tinyint? @2022, ledger_type_desc desc? @2022, ledger_view_id int? @2022, is_dropped_ledger_table bit? @2022`,
    function* (reader) {
      for (const table of ofType(reader, isTable)) yield tableRow(table);
    },
  ),
  view("views", "system-catalog-views/sys-views-transact-sql", VIEW_COLUMNS, function* (reader) {
    for (const module of ofType(reader, isView)) yield viewRow(module);
  }),
  view("system_views", "system-catalog-views/sys-system-views-transact-sql", VIEW_COLUMNS, function* (reader) {
    for (const object of systemObjects())
      yield [...systemRow(object, reader), 0, 0, 0, 0, 0, 0, 0, 0, "NON_LEDGER_VIEW", 0];
  }),
  view("all_views", "system-catalog-views/sys-all-views-transact-sql", VIEW_COLUMNS, function* (reader) {
    for (const module of ofType(reader, isView)) yield viewRow(module);
    for (const object of systemObjects())
      yield [...systemRow(object, reader), 0, 0, 0, 0, 0, 0, 0, 0, "NON_LEDGER_VIEW", 0];
  }),
  view(
    "procedures",
    "system-catalog-views/sys-procedures-transact-sql",
    `${OBJECT_COLUMNS}, is_auto_executed bit, is_execution_replicated bit?, is_repl_serializable_only bit?, skips_repl_constraints bit?`,
    function* (reader) {
      for (const module of ofType(reader, isProcedure)) yield [...objectRow(module), 0, 0, 0, 0];
    },
  ),
  view(
    "triggers",
    "system-catalog-views/sys-triggers-transact-sql",
    `name sysname, object_id int, parent_class tinyint, parent_class_desc desc?, parent_id int, type code(2), type_desc desc?, create_date datetime,
    modify_date datetime, is_ms_shipped bit, is_disabled bit, is_not_for_replication bit, is_instead_of_trigger bit`,
    function* (reader) {
      for (const trigger of ofType(reader, isTrigger)) yield triggerRow(trigger);
    },
  ),
  view(
    "trigger_events",
    "system-catalog-views/sys-trigger-events-transact-sql",
    `object_id int, type int, type_desc desc, is_first bit?, is_last bit?, event_group_type int?, event_group_type_desc desc?, is_trigger_event bit?`,
    eventRows,
  ),
  view(
    "synonyms",
    "system-catalog-views/sys-synonyms-transact-sql",
    `${OBJECT_COLUMNS}, base_object_name nvarchar(1035)?`,
    function* (reader) {
      for (const synonym of ofType(reader, isSynonym)) yield [...objectRow(synonym), synonym.baseObjectName];
    },
  ),
  view(
    "sequences",
    "system-catalog-views/sys-sequences-transact-sql",
    `${OBJECT_COLUMNS}, start_value sql_variant, increment sql_variant, minimum_value sql_variant, maximum_value sql_variant, is_cycling bit?, is_cached bit?,
    cache_size int?, system_type_id tinyint, user_type_id int, precision tinyint, scale tinyint?, current_value sql_variant, is_exhausted bit, last_used_value sql_variant?`,
    function* (reader) {
      for (const sequence of ofType(reader, isSequence)) yield sequenceRow(sequence);
    },
  ),
  view(
    "internal_tables",
    "system-catalog-views/sys-internal-tables-transact-sql",
    `${OBJECT_COLUMNS}, internal_type tinyint, internal_type_desc desc?, parent_id int, parent_minor_id int, lob_data_space_id int, filestream_data_space_id int?`,
    function* (reader) {
      for (const queue of ofType(reader, isQueue))
        yield [...internalTableRow(queue), 201, "QUEUE_MESSAGES", queue.id, 0, queue.dataSpaceId, null];
    },
  ),
  emptyView(
    "external_tables",
    "system-catalog-views/sys-external-tables-transact-sql",
    `${OBJECT_COLUMNS}, max_column_id_used int, uses_ansi_nulls bit?, data_source_id int?, file_format_id int?, location nvarchar(4000)?, reject_type tinyint?,
    reject_value float?, reject_sample_value int?, distribution_type int?, distribution_desc desc(120)?, sharding_column_id int?, remote_schema_name sysname?,
    remote_object_name sysname?`,
  ),
  view(
    "schemas",
    "system-catalog-views/schemas-catalog-views-sys-schemas",
    "name sysname, schema_id int, principal_id int?",
    function* ({ database, visible }) {
      for (const schema of database.schemas.values())
        if (visible.schema(schema.id)) yield [schema.name, schema.id, schema.principalId];
    },
  ),
];

/** Names of a database's schemas by id, for views that print them. */
export function schemaNameOf(database: Database, id: number): string {
  return database.schemas.get(id)?.name ?? "dbo";
}
