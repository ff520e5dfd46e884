/**
 * Which .NET types a T-SQL type may have in a signature. Reference sheet "CLR assemblies" 10.
 * https://learn.microsoft.com/sql/relational-databases/clr-integration-database-objects-types-net-framework/mapping-clr-parameter-data
 */
import type { Database } from "../storage/model";
import type { SqlType, TypeName } from "../types/sql-type";

const sql = (name: string): string => `System.Data.SqlTypes.Sql${name}`;
const spatial = (name: string): string => `Microsoft.SqlServer.Types.Sql${name}`;
const value = (name: string): string[] => [`System.${name}`, `System.Nullable\`1<System.${name}>`];

const dates = [sql("DateTime"), ...value("DateTime")];
const exact = [sql("Decimal"), ...value("Decimal")];
const money = [sql("Money"), ...value("Decimal")];
const text = [sql("String"), sql("Chars"), "System.String", "System.Char[]"];
const bytes = [sql("Binary"), sql("Bytes"), "System.Byte[]"];

const classes: Readonly<Partial<Record<TypeName, readonly string[]>>> = {
  bit: [sql("Boolean"), ...value("Boolean")],
  tinyint: [sql("Byte"), ...value("Byte")],
  smallint: [sql("Int16"), ...value("Int16")],
  int: [sql("Int32"), ...value("Int32")],
  bigint: [sql("Int64"), ...value("Int64")],
  real: [sql("Single"), ...value("Single")],
  float: [sql("Double"), ...value("Double")],
  decimal: exact,
  numeric: exact,
  money,
  smallmoney: money,
  date: dates,
  datetime: dates,
  smalldatetime: dates,
  datetime2: value("DateTime"),
  time: value("TimeSpan"),
  datetimeoffset: value("DateTimeOffset"),
  uniqueidentifier: [sql("Guid"), ...value("Guid")],
  nchar: text,
  nvarchar: text,
  binary: bytes,
  varbinary: bytes,
  sql_variant: ["System.Object"],
  xml: [sql("Xml")],
  hierarchyid: [spatial("HierarchyId")],
  geometry: [spatial("Geometry")],
  geography: [spatial("Geography")],
};

/** char, varchar, text, ntext, image, timestamp, tables, json and vector have no class. */
export function maps(type: SqlType, clrType: string, database: Database): boolean {
  if (type.isAssemblyType) return database.types.get(type.userTypeId ?? 0)?.clr?.className === clrType;
  if (type.length === 1 && type.name.startsWith("n") && value("Char").includes(clrType)) return true;
  if (type.length === 1 && type.name.endsWith("binary") && value("Byte").includes(clrType)) return true;
  return classes[type.name]?.includes(clrType) ?? false;
}
