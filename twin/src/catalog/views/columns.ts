/** sys.columns and the views over it. Reference sheet "tables and indexes" 1.2 and 1.3. */
import type { Column, Database, DbObject } from "../../storage/model";
import type { Row } from "../../session/runtime";
import type { SqlType } from "../../types/sql-type";
import { Decimal, Variant, type SqlValue } from "../../types/value";
import { isCharacter } from "../../types/format-type";
import { systemObjects } from "../system-objects";
import { typeFacts } from "../system-types";
import { bit, view, type Reader, type ViewDefinition } from "../view";

const COLUMN_COLUMNS = `object_id int, name sysname?, column_id int, system_type_id tinyint, user_type_id int, max_length smallint, precision tinyint, scale tinyint,
  collation_name sysname?, is_nullable bit?, is_ansi_padded bit, is_rowguidcol bit, is_identity bit, is_computed bit, is_filestream bit, is_replicated bit?,
  is_non_sql_subscribed bit?, is_merge_published bit?, is_dts_replicated bit?, is_xml_document bit, xml_collection_id int, default_object_id int, rule_object_id int,
  is_sparse bit?, is_column_set bit?, generated_always_type tinyint?, generated_always_type_desc desc?, encryption_type int?, encryption_type_desc desc(64)?,
  encryption_algorithm_name sysname?, column_encryption_key_id int?, column_encryption_key_database_name sysname?, is_hidden bit, is_masked bit, graph_type int?,
  graph_type_desc desc?, is_data_deletion_filter_column bit? @2022, ledger_view_column_type int? @2022, ledger_view_column_type_desc desc? @2022,
  is_dropped_ledger_column bit? @2022, vector_dimensions int? @2025, vector_base_type tinyint? @2025, vector_base_type_desc desc(10)? @2025`;

const generated: Readonly<Record<number, string>> = {
  0: "NOT_APPLICABLE",
  1: "AS_ROW_START",
  2: "AS_ROW_END",
  7: "AS_TRANSACTION_ID_START",
  8: "AS_TRANSACTION_ID_END",
  9: "AS_SEQUENCE_NUMBER_START",
  10: "AS_SEQUENCE_NUMBER_END",
};

function columnRow(objectId: number, column: Column, database: Database): SqlValue[] {
  const { type } = column;
  const facts = typeFacts(type);
  const vector = type.name === "vector";
  return [
    objectId,
    column.name,
    column.id,
    facts.systemTypeId,
    facts.userTypeId,
    facts.maxLength,
    facts.precision,
    facts.scale,
    isCharacter(type) ? (column.collation ?? type.collation ?? database.collation.name) : null,
    bit(column.nullable),
    bit(column.ansiPadded),
    bit(column.rowGuidCol),
    bit(column.identity !== undefined),
    bit(column.computed !== undefined),
    bit(column.filestream),
    0,
    0,
    0,
    0,
    0,
    0,
    column.defaultObjectId,
    0,
    bit(column.sparse),
    bit(column.columnSet),
    column.generatedAlways,
    generated[column.generatedAlways] ?? "NOT_APPLICABLE",
    null,
    null,
    null,
    null,
    null,
    bit(column.hidden),
    bit(column.mask !== undefined),
    null,
    null,
    0,
    null,
    null,
    0,
    vector ? (type.length ?? 1) : null,
    vector ? 0 : null,
    vector ? "float32" : null,
  ];
}

export function hasColumns(object: DbObject): object is Extract<DbObject, { columns: Column[] }> {
  return "columns" in object && object.type !== "F ";
}

function* visibleColumns({ database, visible }: Reader): Iterable<[object: DbObject, column: Column]> {
  for (const object of database.objects.values()) {
    if (!hasColumns(object) || object.columns.length === 0 || !visible.object(object)) continue;
    for (const column of object.columns) yield [object, column];
  }
}

function* columnRows(reader: Reader): Iterable<Row> {
  for (const [object, column] of visibleColumns(reader)) yield columnRow(object.id, column, reader.database);
}

/** Those of the emulated version: a client asks here which columns a system view has. */
function* systemColumnRows(reader: Reader): Iterable<Row> {
  for (const object of systemObjects()) {
    let id = 0;
    for (const { name, type, nullable, isSysname, since } of object.columns) {
      if (since > reader.server.version) continue;
      const facts = typeFacts(isSysname ? { ...type, userTypeId: 256 } : type);
      const collation = isCharacter(type) ? (type.collation ?? reader.database.collation.name) : null;
      yield [
        object.id,
        name,
        ++id,
        facts.systemTypeId,
        facts.userTypeId,
        facts.maxLength,
        facts.precision,
        facts.scale,
        collation,
        bit(nullable),
        1,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        "NOT_APPLICABLE",
        null,
        null,
        null,
        null,
        null,
        0,
        0,
        null,
        null,
        0,
        null,
        null,
        0,
        null,
        null,
        null,
      ];
    }
  }
}

/** IDENTITY values in a sql_variant are in the column's type. */
export function identityVariant(type: SqlType, value: bigint | null): Variant | null {
  if (value === null) return null;
  const exact = type.name === "decimal" || type.name === "numeric";
  const { userTypeId: _, ...plain } = type;
  return new Variant(
    plain,
    type.name === "bigint" ? value : exact ? new Decimal(value, type.scale ?? 0) : Number(value),
  );
}

export const columnViews: readonly ViewDefinition[] = [
  view("columns", "system-catalog-views/sys-columns-transact-sql", COLUMN_COLUMNS, columnRows),
  view("system_columns", "system-catalog-views/sys-system-columns-transact-sql", COLUMN_COLUMNS, systemColumnRows),
  view("all_columns", "system-catalog-views/sys-all-columns-transact-sql", COLUMN_COLUMNS, function* (reader) {
    yield* columnRows(reader);
    yield* systemColumnRows(reader);
  }),
  view(
    "computed_columns",
    "system-catalog-views/sys-computed-columns-transact-sql",
    `${COLUMN_COLUMNS}, definition nvarchar(max)?, uses_database_collation bit, is_persisted bit`,
    function* (reader) {
      for (const [object, column] of visibleColumns(reader)) {
        if (!column.computed) continue;
        const text = reader.visible.definition(object) ? column.computed.definition : null;
        yield [
          ...columnRow(object.id, column, reader.database),
          text,
          bit(isCharacter(column.type)),
          bit(column.computed.persisted),
        ];
      }
    },
  ),
  view(
    "identity_columns",
    "system-catalog-views/sys-identity-columns-transact-sql",
    `${COLUMN_COLUMNS}, seed_value sql_variant?, increment_value sql_variant?, last_value sql_variant?, is_not_for_replication bit?`,
    function* (reader) {
      for (const [object, column] of visibleColumns(reader)) {
        const { identity, type } = column;
        if (!identity) continue;
        yield [
          ...columnRow(object.id, column, reader.database),
          identityVariant(type, identity.seed),
          identityVariant(type, identity.increment),
          identityVariant(type, identity.last),
          bit(identity.notForReplication),
        ];
      }
    },
  ),
  view(
    "masked_columns",
    "system-catalog-views/sys-masked-columns-transact-sql",
    `${COLUMN_COLUMNS}, masking_function nvarchar(4000)?`,
    function* (reader) {
      for (const [object, column] of visibleColumns(reader))
        if (column.mask !== undefined) yield [...columnRow(object.id, column, reader.database), column.mask];
    },
  ),
];
