/** Modules, their parameters and what they refer to. Reference sheet "modules and dependencies" A3 and B2. */
import { objectReferences, type DependencyRow } from "../../ddl/dependency-rows";
import { isModule } from "../../ddl/registry";
import type { Row } from "../../session/runtime";
import type { SqlType } from "../../types/sql-type";
import type { SqlValue, Variant } from "../../types/value";
import { typeFacts } from "../system-types";
import { bit, variant, view, type Reader, type ViewDefinition } from "../view";

const MODULE_COLUMNS = `object_id int, definition nvarchar(max)?, uses_ansi_nulls bit?, uses_quoted_identifier bit?, is_schema_bound bit?, uses_database_collation bit?,
  is_recompiled bit?, null_on_null_input bit?, execute_as_principal_id int?, uses_native_compilation bit?, inline_type bit?, is_inlineable bit?`;

/** The text is handed out as it is kept: nothing is copied. */
function* moduleRows({ database, visible }: Reader): Iterable<Row> {
  for (const object of database.objects.values()) {
    if (!isModule(object) || object.clr || !visible.object(object)) continue;
    yield [
      object.id,
      visible.definition(object) ? object.definition : null,
      bit(object.usesAnsiNulls),
      bit(object.usesQuotedIdentifier),
      bit(object.schemaBound),
      0,
      bit(object.recompiled),
      bit(object.nullOnNullInput),
      object.executeAsPrincipalId,
      0,
      // Inlining of scalar functions is on unless a function says otherwise.
      bit(object.type === "FN"),
      bit(object.type === "FN"),
    ];
  }
}

function parameterRow(
  objectId: number,
  id: number,
  name: string,
  type: SqlType,
  more: { output: boolean; readOnly: boolean; nullable: boolean; default?: Variant | null },
): SqlValue[] {
  const facts = typeFacts(type);
  const vector = type.name === "vector";
  return [
    objectId,
    name,
    id,
    facts.systemTypeId,
    facts.userTypeId,
    facts.maxLength,
    facts.precision,
    facts.scale,
    bit(more.output),
    0,
    // Only CLR routines keep defaults where the catalog can see them; NULL is one, too.
    bit(more.default !== undefined),
    0,
    more.default ?? null,
    0,
    bit(more.readOnly),
    bit(more.nullable),
    null,
    null,
    null,
    null,
    null,
    vector ? (type.length ?? 1) : null,
    vector ? 0 : null,
    vector ? "float32" : null,
  ];
}

function* parameterRows({ database, visible }: Reader): Iterable<Row> {
  for (const object of database.objects.values()) {
    if (!isModule(object) || !visible.object(object)) continue;
    if (object.returns)
      yield parameterRow(object.id, 0, "", object.returns, { output: true, readOnly: false, nullable: true });
    for (const parameter of object.parameters)
      yield parameterRow(object.id, parameter.id, parameter.name, parameter.type, {
        output: parameter.output,
        readOnly: parameter.readOnly,
        nullable: parameter.nullable,
        ...(parameter.defaultValue === undefined ? {} : { default: variant(parameter.type, parameter.defaultValue) }),
      });
  }
}

const PARAMETER_COLUMNS = `object_id int, name sysname?, parameter_id int, system_type_id tinyint, user_type_id int, max_length smallint, precision tinyint, scale tinyint,
  is_output bit, is_cursor_ref bit, has_default_value bit, is_xml_document bit, default_value sql_variant?, xml_collection_id int, is_readonly bit, is_nullable bit?,
  encryption_type int?, encryption_type_desc desc(64)?, encryption_algorithm_name sysname?, column_encryption_key_id int?, column_encryption_key_database_name sysname?,
  vector_dimensions int? @2025, vector_base_type tinyint? @2025, vector_base_type_desc desc(10)? @2025`;

function dependencyRow(row: DependencyRow): SqlValue[] {
  const trigger = row.referencingClass === 12;
  return [
    row.referencingId,
    row.referencingMinorId,
    row.referencingClass,
    trigger ? "DATABASE_DDL_TRIGGER" : "OBJECT_OR_COLUMN",
    bit(row.isSchemaBound),
    row.referencedClass,
    row.referencedClass === 6 ? "TYPE" : "OBJECT_OR_COLUMN",
    row.serverName,
    row.databaseName,
    row.schemaName,
    row.entityName,
    row.referencedId,
    row.referencedMinorId,
    bit(row.isCallerDependent),
    bit(row.isAmbiguous),
  ];
}

function* dependencyRows({ database, visible }: Reader): Iterable<Row> {
  for (const object of database.objects.values()) {
    const rows = objectReferences(object, database);
    if (rows.length > 0 && visible.definition(object)) yield* rows.map(dependencyRow);
  }
}

export const moduleViews: readonly ViewDefinition[] = [
  view("sql_modules", "system-catalog-views/sys-sql-modules-transact-sql", MODULE_COLUMNS, moduleRows),
  view("all_sql_modules", "system-catalog-views/sys-all-sql-modules-transact-sql", MODULE_COLUMNS, moduleRows),
  view("parameters", "system-catalog-views/sys-parameters-transact-sql", PARAMETER_COLUMNS, parameterRows),
  view("all_parameters", "system-catalog-views/sys-all-parameters-transact-sql", PARAMETER_COLUMNS, parameterRows),
  view(
    "sql_expression_dependencies",
    "system-catalog-views/sys-sql-expression-dependencies-transact-sql",
    `referencing_id int, referencing_minor_id int, referencing_class tinyint?, referencing_class_desc desc?, is_schema_bound_reference bit, referenced_class tinyint?,
    referenced_class_desc desc?, referenced_server_name sysname?, referenced_database_name sysname?, referenced_schema_name sysname?, referenced_entity_name sysname?,
    referenced_id int?, referenced_minor_id int, is_caller_dependent bit, is_ambiguous bit`,
    dependencyRows,
  ),
];
