/** INFORMATION_SCHEMA. https://learn.microsoft.com/sql/relational-databases/system-information-schema-views/system-information-schema-views-transact-sql */
import { referencesInModule, resolveReferences } from "../../ddl/dependencies";
import type { CheckConstraint, Column, DbObject, ForeignKey, KeyConstraint } from "../../storage/model";
import type { Row } from "../../session/runtime";
import type { SqlValue } from "../../types/value";
import { typeFacts } from "../system-types";
import { informationView, type Reader, type ViewDefinition } from "../view";
import { hasColumns, identityVariant } from "./columns";
import { aliasOf, characterSet, collationOf, CUT, measures } from "./information-schema-types";
import { isTable, isView, ofType, schemaNameOf } from "./objects";

const isKey = (object: DbObject): object is KeyConstraint => object.type === "PK" || object.type === "UQ";
const isForeignKey = (object: DbObject): object is ForeignKey => object.type === "F ";
const isCheck = (object: DbObject): object is CheckConstraint => object.type === "C ";

function* columnRows(reader: Reader): Iterable<Row> {
  const { database, visible } = reader;
  for (const object of database.objects.values()) {
    if ((object.type !== "U" && object.type !== "V ") || !visible.object(object)) continue;
    const schema = schemaNameOf(database, object.schemaId);
    for (const [index, column] of object.columns.entries()) {
      const text = defaultOf(column, reader);
      const [length, octets, precision, radix, scale, fraction] = measures(column.type);
      yield [
        database.name,
        schema,
        object.name,
        column.name,
        object.type === "U" ? column.id : index + 1,
        text,
        column.nullable ? "YES" : "NO",
        column.type.name,
        length,
        octets,
        precision,
        radix,
        scale,
        fraction,
        null,
        null,
        characterSet(column.type),
        null,
        null,
        collationOf(column.type, column.collation, reader),
        ...aliasOf(column.type, reader),
      ];
    }
  }
}

function defaultOf(column: Column, { database, visible }: Reader): string | null {
  const object = column.defaultObjectId === 0 ? undefined : database.objects.get(column.defaultObjectId);
  return object?.type === "D " && visible.definition(object) ? object.definition.slice(0, CUT) : null;
}

/** Columns of keys and foreign keys, in their order. */
function* keyColumns(
  reader: Reader,
): Iterable<[constraint: KeyConstraint | ForeignKey, column: Column, position: number]> {
  const { database } = reader;
  for (const constraint of database.objects.values()) {
    if ((!isKey(constraint) && !isForeignKey(constraint)) || !reader.visible.object(constraint)) continue;
    const table = database.objects.get(constraint.parentId);
    if (table?.type !== "U") continue;
    const ids = isKey(constraint)
      ? (table.indexes.find((index) => index.id === constraint.indexId)?.columns ?? [])
          .filter((column) => !column.included)
          .map((column) => column.columnId)
      : constraint.columns.map((column) => column.columnId);
    for (const [index, id] of ids.entries()) {
      const column = table.columns.find((one) => one.id === id);
      if (column) yield [constraint, column, index + 1];
    }
  }
}

const CONSTRAINT = "CONSTRAINT_CATALOG nvarchar(128)?, CONSTRAINT_SCHEMA nvarchar(128)?, CONSTRAINT_NAME sysname";
const TABLE = "TABLE_CATALOG nvarchar(128)?, TABLE_SCHEMA nvarchar(128)?, TABLE_NAME sysname";

function owned(reader: Reader, object: DbObject): SqlValue[] {
  return [reader.database.name, schemaNameOf(reader.database, object.schemaId), object.name];
}

const constraintTypes: Readonly<Record<string, string>> = {
  PK: "PRIMARY KEY",
  UQ: "UNIQUE",
  "F ": "FOREIGN KEY",
  "C ": "CHECK",
};
const rule = (action: ForeignKey["onDelete"]): string => action.replace("_", " ");

export const informationSchemaViews: readonly ViewDefinition[] = [
  informationView(
    "SCHEMATA",
    "schemata-transact-sql",
    `CATALOG_NAME sysname?, SCHEMA_NAME sysname, SCHEMA_OWNER nvarchar(128)?, DEFAULT_CHARACTER_SET_CATALOG varchar(6)?, DEFAULT_CHARACTER_SET_SCHEMA varchar(3)?,
    DEFAULT_CHARACTER_SET_NAME sysname?`,
    function* ({ database, visible }) {
      for (const schema of database.schemas.values())
        if (visible.schema(schema.id))
          yield [
            database.name,
            schema.name,
            database.principals.get(schema.principalId)?.name ?? null,
            null,
            null,
            "iso_1",
          ];
    },
  ),
  informationView("TABLES", "tables-transact-sql", `${TABLE}, TABLE_TYPE varchar(10)?`, function* (reader) {
    for (const table of ofType(reader, isTable)) yield [...owned(reader, table), "BASE TABLE"];
    for (const module of ofType(reader, isView)) yield [...owned(reader, module), "VIEW"];
  }),
  informationView(
    "VIEWS",
    "views-transact-sql",
    `${TABLE}, VIEW_DEFINITION nvarchar(4000)?, CHECK_OPTION varchar(7)?, IS_UPDATABLE varchar(2)`,
    function* (reader) {
      for (const module of ofType(reader, isView)) {
        const text = reader.visible.definition(module) ? module.definition : null;
        // A definition that does not fit is not shown at all.
        const check = module.parsed.kind === "view" && module.parsed.checkOption;
        yield [
          ...owned(reader, module),
          text !== null && text.length <= CUT ? text : null,
          check ? "CASCADE" : "NONE",
          "NO",
        ];
      }
    },
  ),
  informationView(
    "COLUMNS",
    "columns-transact-sql",
    `${TABLE}, COLUMN_NAME sysname?, ORDINAL_POSITION int?, COLUMN_DEFAULT nvarchar(4000)?, IS_NULLABLE varchar(3)?, DATA_TYPE nvarchar(128)?,
    CHARACTER_MAXIMUM_LENGTH int?, CHARACTER_OCTET_LENGTH int?, NUMERIC_PRECISION tinyint?, NUMERIC_PRECISION_RADIX smallint?, NUMERIC_SCALE int?,
    DATETIME_PRECISION smallint?, CHARACTER_SET_CATALOG sysname?, CHARACTER_SET_SCHEMA sysname?, CHARACTER_SET_NAME sysname?, COLLATION_CATALOG sysname?,
    COLLATION_SCHEMA sysname?, COLLATION_NAME sysname?, DOMAIN_CATALOG sysname?, DOMAIN_SCHEMA sysname?, DOMAIN_NAME sysname?`,
    columnRows,
  ),
  informationView(
    "TABLE_CONSTRAINTS",
    "table-constraints-transact-sql",
    `${CONSTRAINT}, ${TABLE}, CONSTRAINT_TYPE varchar(11)?, IS_DEFERRABLE varchar(2), INITIALLY_DEFERRED varchar(2)`,
    function* (reader) {
      const { database } = reader;
      for (const object of database.objects.values()) {
        const type = constraintTypes[object.type];
        const table = database.objects.get(object.parentId);
        if (type !== undefined && table?.type === "U" && reader.visible.object(object))
          yield [...owned(reader, object), ...owned(reader, table), type, "NO", "NO"];
      }
    },
  ),
  informationView(
    "KEY_COLUMN_USAGE",
    "key-column-usage-transact-sql",
    `${CONSTRAINT}, ${TABLE}, COLUMN_NAME sysname?, ORDINAL_POSITION int`,
    function* (reader) {
      for (const [constraint, column, position] of keyColumns(reader))
        yield [
          ...owned(reader, constraint),
          ...owned(reader, reader.database.objects.get(constraint.parentId)!),
          column.name,
          position,
        ];
    },
  ),
  informationView(
    "CONSTRAINT_COLUMN_USAGE",
    "constraint-column-usage-transact-sql",
    `${TABLE}, COLUMN_NAME sysname?, ${CONSTRAINT}`,
    function* (reader) {
      for (const [constraint, column] of keyColumns(reader))
        yield [
          ...owned(reader, reader.database.objects.get(constraint.parentId)!),
          column.name,
          ...owned(reader, constraint),
        ];
      for (const check of ofType(reader, isCheck)) {
        const table = reader.database.objects.get(check.parentId);
        const column = table?.type === "U" ? table.columns.find((one) => one.id === check.columnId) : undefined;
        if (table && column) yield [...owned(reader, table), column.name, ...owned(reader, check)];
      }
    },
  ),
  informationView(
    "CONSTRAINT_TABLE_USAGE",
    "constraint-table-usage-transact-sql",
    `${TABLE}, ${CONSTRAINT}`,
    function* (reader) {
      for (const object of reader.database.objects.values()) {
        const table = reader.database.objects.get(object.parentId);
        if (constraintTypes[object.type] !== undefined && table?.type === "U" && reader.visible.object(object))
          yield [...owned(reader, table), ...owned(reader, object)];
      }
    },
  ),
  informationView(
    "CHECK_CONSTRAINTS",
    "check-constraints-transact-sql",
    `${CONSTRAINT}, CHECK_CLAUSE nvarchar(4000)?`,
    function* (reader) {
      for (const check of ofType(reader, isCheck))
        yield [...owned(reader, check), reader.visible.definition(check) ? check.definition.slice(0, CUT) : null];
    },
  ),
  informationView(
    "REFERENTIAL_CONSTRAINTS",
    "referential-constraints-transact-sql",
    `${CONSTRAINT}, UNIQUE_CONSTRAINT_CATALOG nvarchar(128)?, UNIQUE_CONSTRAINT_SCHEMA nvarchar(128)?, UNIQUE_CONSTRAINT_NAME sysname?, MATCH_OPTION varchar(7)?,
    UPDATE_RULE varchar(11)?, DELETE_RULE varchar(11)?`,
    function* (reader) {
      const { database } = reader;
      for (const key of ofType(reader, isForeignKey)) {
        const table = database.objects.get(key.referencedId);
        const index = table?.type === "U" ? table.indexes.find((one) => one.id === key.keyIndexId) : undefined;
        yield [
          ...owned(reader, key),
          database.name,
          table ? schemaNameOf(database, table.schemaId) : null,
          index?.name ?? null,
          "SIMPLE",
          rule(key.onUpdate),
          rule(key.onDelete),
        ];
      }
    },
  ),
  informationView(
    "DOMAINS",
    "domains-transact-sql",
    `DOMAIN_CATALOG nvarchar(128)?, DOMAIN_SCHEMA nvarchar(128)?, DOMAIN_NAME sysname, DATA_TYPE sysname?, CHARACTER_MAXIMUM_LENGTH int?, CHARACTER_OCTET_LENGTH int?,
    COLLATION_CATALOG sysname?, COLLATION_SCHEMA sysname?, COLLATION_NAME sysname?, CHARACTER_SET_CATALOG sysname?, CHARACTER_SET_SCHEMA sysname?,
    CHARACTER_SET_NAME sysname?, NUMERIC_PRECISION tinyint?, NUMERIC_PRECISION_RADIX smallint?, NUMERIC_SCALE tinyint?, DATETIME_PRECISION smallint?,
    DOMAIN_DEFAULT nvarchar(4000)?`,
    function* (reader) {
      const { database, visible } = reader;
      for (const type of database.types.values()) {
        if (type.tableObjectId !== undefined || !visible.type(type)) continue;
        const [length, octets, precision, radix, scale, fraction] = measures(type.base);
        yield [
          database.name,
          schemaNameOf(database, type.schemaId),
          type.name,
          type.base.name,
          length,
          octets,
          null,
          null,
          collationOf(type.base, null, reader),
          null,
          null,
          characterSet(type.base),
          precision,
          radix,
          scale,
          fraction,
          null,
        ];
      }
    },
  ),
  informationView(
    "COLUMN_DOMAIN_USAGE",
    "column-domain-usage-transact-sql",
    `DOMAIN_CATALOG nvarchar(128)?, DOMAIN_SCHEMA nvarchar(128)?, DOMAIN_NAME sysname, ${TABLE}, COLUMN_NAME sysname?`,
    function* (reader) {
      for (const object of reader.database.objects.values()) {
        if (!hasColumns(object) || object.type === "TT" || !reader.visible.object(object)) continue;
        for (const column of object.columns) {
          const alias = aliasOf(column.type, reader);
          if (alias[2] !== null) yield [...alias, ...owned(reader, object), column.name];
        }
      }
    },
  ),
  informationView(
    "VIEW_TABLE_USAGE",
    "view-table-usage-transact-sql",
    `VIEW_CATALOG nvarchar(128)?, VIEW_SCHEMA nvarchar(128)?, VIEW_NAME sysname, ${TABLE}`,
    function* (reader) {
      const { database } = reader;
      for (const module of ofType(reader, isView))
        for (const reference of resolveReferences(referencesInModule(module), database, module.schemaId)) {
          const table =
            reference.id === undefined || reference.classId !== 1 ? undefined : database.objects.get(reference.id);
          if (table && (table.type === "U" || table.type === "V "))
            yield [...owned(reader, module), ...owned(reader, table)];
        }
    },
  ),
  informationView(
    "SEQUENCES",
    "sequences-transact-sql",
    `SEQUENCE_CATALOG nvarchar(128)?, SEQUENCE_SCHEMA nvarchar(128)?, SEQUENCE_NAME nvarchar(128), DATA_TYPE nvarchar(128), NUMERIC_PRECISION tinyint?,
    NUMERIC_PRECISION_RADIX smallint?, NUMERIC_SCALE int?, START_VALUE sql_variant, MINIMUM_VALUE sql_variant, MAXIMUM_VALUE sql_variant, INCREMENT sql_variant,
    CYCLE_OPTION int?, DECLARED_DATA_TYPE sysname?, DECLARED_NUMERIC_PRECISION int?, DECLARED_NUMERIC_SCALE int?`,
    function* (reader) {
      for (const object of reader.database.objects.values()) {
        if (object.type !== "SO" || !reader.visible.object(object)) continue;
        const { dataType: type } = object;
        const facts = typeFacts(type);
        const value = (number: bigint) => identityVariant(type, number);
        yield [
          ...owned(reader, object),
          type.name,
          facts.precision,
          10,
          facts.scale,
          value(object.start),
          value(object.minimum),
          value(object.maximum),
          value(object.increment),
          object.cycling ? 1 : 0,
          null,
          null,
          null,
        ];
      }
    },
  ),
];
