/** Names and facets of types, as messages and the catalog print them. */
import type { SqlType, TypeName } from "./sql-type";

export const isCharacter = (type: SqlType): boolean => CHARACTER.has(type.name);
export const isUnicode = (type: SqlType): boolean =>
  type.name === "nchar" || type.name === "nvarchar" || type.name === "ntext";
export const isBinary = (type: SqlType): boolean => BINARY.has(type.name);
export const isInteger = (type: SqlType): boolean => INTEGERS.has(type.name);
export const isExact = (type: SqlType): boolean => type.name === "decimal" || type.name === "numeric";
export const isMoney = (type: SqlType): boolean => type.name === "money" || type.name === "smallmoney";
export const isApproximate = (type: SqlType): boolean => type.name === "float" || type.name === "real";
export const isNumeric = (type: SqlType): boolean =>
  isInteger(type) || isExact(type) || isMoney(type) || isApproximate(type);
export const isDateTime = (type: SqlType): boolean => DATES.has(type.name);

const CHARACTER: ReadonlySet<TypeName> = new Set(["char", "varchar", "nchar", "nvarchar", "text", "ntext"]);
const BINARY: ReadonlySet<TypeName> = new Set(["binary", "varbinary", "image", "timestamp"]);
const INTEGERS: ReadonlySet<TypeName> = new Set(["bit", "tinyint", "smallint", "int", "bigint"]);
const DATES: ReadonlySet<TypeName> = new Set([
  "date",
  "time",
  "datetime",
  "datetime2",
  "smalldatetime",
  "datetimeoffset",
]);

/** nvarchar(50), decimal(18,2): as a column would be declared. */
export function typeDisplay(type: SqlType): string {
  switch (type.name) {
    case "char":
    case "varchar":
    case "nchar":
    case "nvarchar":
    case "binary":
    case "varbinary":
      return `${type.name}(${type.length === -1 ? "max" : (type.length ?? 1)})`;
    case "decimal":
    case "numeric":
      return `${type.name}(${type.precision ?? 18},${type.scale ?? 0})`;
    case "time":
    case "datetime2":
    case "datetimeoffset":
      return `${type.name}(${type.scale ?? 7})`;
    case "vector":
      return `vector(${type.length ?? 1})`;
    default:
      return type.name;
  }
}

/** Number of characters that a value of this type needs as text. */
export function displayLength(type: SqlType): number {
  switch (type.name) {
    case "bit":
      return 1;
    case "tinyint":
      return 3;
    case "smallint":
      return 6;
    case "int":
      return 12;
    case "bigint":
      return 24;
    case "decimal":
    case "numeric":
      return (type.precision ?? 18) + 3;
    case "money":
    case "smallmoney":
      return 30;
    case "float":
    case "real":
      return 53;
    case "uniqueidentifier":
      return 36;
    case "date":
      return 10;
    case "time":
      return 16;
    case "datetime":
    case "smalldatetime":
    case "datetime2":
    case "datetimeoffset":
      return 34;
    default:
      return type.length === -1 ? 8001 : (type.length ?? 30);
  }
}

/** Bytes of storage that the declaration allows; -1 for MAX types. */
export function maxLengthBytes(type: SqlType): number {
  const length = type.length ?? 1;
  return length === -1 ? -1 : type.name === "nchar" || type.name === "nvarchar" ? length * 2 : length;
}

export const INT: SqlType = { name: "int" };
export const BIGINT: SqlType = { name: "bigint" };
export const BIT: SqlType = { name: "bit" };
export const FLOAT: SqlType = { name: "float" };
export const UNIQUEIDENTIFIER: SqlType = { name: "uniqueidentifier" };
export const SQL_VARIANT: SqlType = { name: "sql_variant" };
export const nvarchar = (length: number): SqlType => ({
  name: "nvarchar",
  length: length > 4000 ? -1 : Math.max(1, length),
});
export const varchar = (length: number): SqlType => ({
  name: "varchar",
  length: length > 8000 ? -1 : Math.max(1, length),
});
export const varbinary = (length: number): SqlType => ({
  name: "varbinary",
  length: length > 8000 ? -1 : Math.max(1, length),
});
