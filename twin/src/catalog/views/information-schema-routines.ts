/** INFORMATION_SCHEMA.ROUTINES and PARAMETERS. */
import type { DbObject, Module } from "../../storage/model";
import type { Row } from "../../session/runtime";
import type { SqlType } from "../../types/sql-type";
import type { SqlValue } from "../../types/value";
import { datetime, informationView, type Reader, type ViewDefinition } from "../view";
import { aliasOf, characterSet, collationOf, CUT, measures, noMeasures } from "./information-schema-types";
import { ofType, schemaNameOf } from "./objects";

const isRoutine = (object: DbObject): object is Module =>
  ["P ", "FN", "IF", "TF", "PC", "FS", "FT"].includes(object.type);

function routineRow(module: Module, reader: Reader): SqlValue[] {
  const { database, visible } = reader;
  const schema = schemaNameOf(database, module.schemaId);
  const procedure = module.type === "P " || module.type === "PC";
  const table = module.type === "IF" || module.type === "TF" || module.type === "FT";
  const returns = module.returns;
  const [length, octets, precision, radix, scale, fraction] = returns ? measures(returns) : noMeasures;
  const text = visible.definition(module) ? (module.definition?.slice(0, CUT) ?? null) : null;
  return [
    database.name,
    schema,
    module.name,
    database.name,
    schema,
    module.name,
    procedure ? "PROCEDURE" : "FUNCTION",
    null,
    null,
    null,
    null,
    null,
    null,
    procedure ? null : table ? "TABLE" : (returns?.name ?? null),
    length!,
    octets!,
    null,
    null,
    returns ? collationOf(returns, null, reader) : null,
    null,
    null,
    returns ? characterSet(returns) : null,
    precision!,
    radix!,
    scale!,
    fraction!,
    null,
    null,
    null,
    null,
    null,
    null,
    null,
    null,
    null,
    null,
    module.clr ? "EXTERNAL" : "SQL",
    text,
    null,
    null,
    null,
    "NO",
    procedure ? "MODIFIES" : "READS",
    procedure ? null : module.nullOnNullInput ? "NO" : "YES",
    null,
    "YES",
    procedure ? -1 : 0,
    "NO",
    "NO",
    datetime(module.created),
    datetime(module.modified),
  ];
}

function* parameterRows(reader: Reader): Iterable<Row> {
  const { database } = reader;
  for (const module of ofType(reader, isRoutine)) {
    const schema = schemaNameOf(database, module.schemaId);
    const row = (position: number, mode: string, isResult: string, name: string, type: SqlType): SqlValue[] => {
      const [length, octets, precision, radix, scale, fraction] = measures(type);
      const table =
        type.name === "table" && type.userTypeId !== undefined ? database.types.get(type.userTypeId) : undefined;
      const [catalog, userSchema, userName] = aliasOf(type, reader);
      return [
        database.name,
        schema,
        module.name,
        position,
        mode,
        isResult,
        "NO",
        name,
        table ? "table type" : type.name,
        length,
        octets,
        null,
        null,
        collationOf(type, null, reader),
        null,
        null,
        characterSet(type),
        precision,
        radix,
        scale,
        fraction,
        null,
        null,
        catalog,
        userSchema,
        userName,
        null,
        null,
        null,
      ];
    };
    if (module.returns) yield row(0, "OUT", "YES", "", module.returns);
    for (const parameter of module.parameters)
      yield row(parameter.id, parameter.output ? "INOUT" : "IN", "NO", parameter.name, parameter.type);
  }
}

export const routineViews: readonly ViewDefinition[] = [
  informationView(
    "ROUTINES",
    "routines-transact-sql",
    `SPECIFIC_CATALOG nvarchar(128)?, SPECIFIC_SCHEMA nvarchar(128)?, SPECIFIC_NAME sysname, ROUTINE_CATALOG nvarchar(128)?, ROUTINE_SCHEMA nvarchar(128)?,
    ROUTINE_NAME sysname, ROUTINE_TYPE nvarchar(20)?, MODULE_CATALOG sysname?, MODULE_SCHEMA sysname?, MODULE_NAME sysname?, UDT_CATALOG sysname?, UDT_SCHEMA sysname?,
    UDT_NAME sysname?, DATA_TYPE sysname?, CHARACTER_MAXIMUM_LENGTH int?, CHARACTER_OCTET_LENGTH int?, COLLATION_CATALOG sysname?, COLLATION_SCHEMA sysname?,
    COLLATION_NAME sysname?, CHARACTER_SET_CATALOG sysname?, CHARACTER_SET_SCHEMA sysname?, CHARACTER_SET_NAME sysname?, NUMERIC_PRECISION smallint?,
    NUMERIC_PRECISION_RADIX smallint?, NUMERIC_SCALE smallint?, DATETIME_PRECISION smallint?, INTERVAL_TYPE nvarchar(30)?, INTERVAL_PRECISION smallint?,
    TYPE_UDT_CATALOG sysname?, TYPE_UDT_SCHEMA sysname?, TYPE_UDT_NAME sysname?, SCOPE_CATALOG sysname?, SCOPE_SCHEMA sysname?, SCOPE_NAME sysname?,
    MAXIMUM_CARDINALITY bigint?, DTD_IDENTIFIER sysname?, ROUTINE_BODY nvarchar(30)?, ROUTINE_DEFINITION nvarchar(4000)?, EXTERNAL_NAME sysname?,
    EXTERNAL_LANGUAGE nvarchar(30)?, PARAMETER_STYLE nvarchar(30)?, IS_DETERMINISTIC nvarchar(10)?, SQL_DATA_ACCESS nvarchar(30)?, IS_NULL_CALL nvarchar(10)?,
    SQL_PATH sysname?, SCHEMA_LEVEL_ROUTINE nvarchar(10)?, MAX_DYNAMIC_RESULT_SETS smallint?, IS_USER_DEFINED_CAST nvarchar(10)?, IS_IMPLICITLY_INVOCABLE nvarchar(10)?,
    CREATED datetime, LAST_ALTERED datetime`,
    function* (reader) {
      for (const module of ofType(reader, isRoutine)) yield routineRow(module, reader);
    },
  ),
  informationView(
    "PARAMETERS",
    "parameters-transact-sql",
    `SPECIFIC_CATALOG nvarchar(128)?, SPECIFIC_SCHEMA nvarchar(128)?, SPECIFIC_NAME sysname, ORDINAL_POSITION int, PARAMETER_MODE nvarchar(10)?, IS_RESULT nvarchar(10)?,
    AS_LOCATOR nvarchar(10)?, PARAMETER_NAME sysname?, DATA_TYPE sysname?, CHARACTER_MAXIMUM_LENGTH int?, CHARACTER_OCTET_LENGTH int?, COLLATION_CATALOG sysname?,
    COLLATION_SCHEMA sysname?, COLLATION_NAME sysname?, CHARACTER_SET_CATALOG sysname?, CHARACTER_SET_SCHEMA sysname?, CHARACTER_SET_NAME sysname?,
    NUMERIC_PRECISION tinyint?, NUMERIC_PRECISION_RADIX smallint?, NUMERIC_SCALE int?, DATETIME_PRECISION smallint?, INTERVAL_TYPE nvarchar(30)?,
    INTERVAL_PRECISION smallint?, USER_DEFINED_TYPE_CATALOG sysname?, USER_DEFINED_TYPE_SCHEMA sysname?, USER_DEFINED_TYPE_NAME sysname?, SCOPE_CATALOG sysname?,
    SCOPE_SCHEMA sysname?, SCOPE_NAME sysname?`,
    parameterRows,
  ),
];
