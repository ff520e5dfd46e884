/**
 * Which .NET types may stand for a T-SQL type, and which T-SQL type an attribute-driven declaration gives a .NET type.
 * https://learn.microsoft.com/sql/relational-databases/clr-integration-database-objects-types-net-framework/mapping-clr-parameter-data
 */
import { parseDataType, typeText, type DataType } from "../kinds/table/data-type";
import { findAttribute, type AttributeInfo } from "./model";

const sql = "System.Data.SqlTypes.";
const system = "System.";

interface Mapping {
  readonly sqlTypes: readonly string[];
  readonly plain: readonly string[];
}

const map = (sqlTypes: string, plain: string): Mapping => ({
  sqlTypes: sqlTypes.split(" ").filter(Boolean),
  plain: plain.split(" ").filter(Boolean),
});
const national = map("SqlString SqlChars", "String Char[]");
const bytes = map("SqlBinary SqlBytes", "Byte[]");
const date = map("SqlDateTime", "DateTime");
const money = map("SqlMoney", "Decimal");

const mappings: Readonly<Record<string, Mapping>> = {
  bit: map("SqlBoolean", "Boolean"),
  tinyint: map("SqlByte", "Byte"),
  smallint: map("SqlInt16", "Int16"),
  int: map("SqlInt32", "Int32"),
  bigint: map("SqlInt64", "Int64"),
  real: map("SqlSingle", "Single"),
  float: map("SqlDouble", "Double"),
  decimal: map("SqlDecimal", "Decimal"),
  numeric: map("SqlDecimal", "Decimal"),
  money,
  smallmoney: money,
  date,
  datetime: date,
  smalldatetime: date,
  datetime2: map("", "DateTime"),
  time: map("", "TimeSpan"),
  datetimeoffset: map("", "DateTimeOffset"),
  uniqueidentifier: map("SqlGuid", "Guid"),
  nchar: national,
  nvarchar: national,
  sysname: national,
  binary: bytes,
  varbinary: bytes,
  sql_variant: map("", "Object"),
  xml: map("SqlXml", ""),
};
const spatial: Readonly<Record<string, string>> = {
  hierarchyid: "Microsoft.SqlServer.Types.SqlHierarchyId",
  geometry: "Microsoft.SqlServer.Types.SqlGeometry",
  geography: "Microsoft.SqlServer.Types.SqlGeography",
};
const nationalTwin: Readonly<Record<string, string>> = { char: "nchar", varchar: "nvarchar", text: "nvarchar(max)", ntext: "nvarchar(max)", image: "varbinary(max)" }; // prettier-ignore

/** Reference types, which hold null without System.Nullable. */
const nullableByNature = new Set([`${system}String`, `${system}Object`]);

/** Where a T-SQL type has no counterpart at all, the advice; otherwise the .NET types that fit. */
export function clrTypesOf(
  type: DataType,
  classOf: (schema: string, name: string) => string | undefined,
): readonly string[] | string {
  if (type.schema !== undefined) {
    const className = classOf(type.schema, type.name);
    return className === undefined ? `${typeText(type)} is no type of a known assembly` : [className];
  }
  if (spatial[type.name] !== undefined) return [spatial[type.name]!];
  const mapping = mappings[type.name];
  if (mapping === undefined) {
    const instead = nationalTwin[type.name];
    return `${type.name} has no counterpart in .NET${instead === undefined ? "" : `: write ${instead}`}`;
  }
  const plain = [...mapping.plain];
  const isOne = type.length === 1;
  if (isOne && mapping === national) plain.push("Char");
  if (isOne && mapping === bytes) plain.push("Byte");
  return [
    ...mapping.sqlTypes.map((name) => sql + name),
    ...plain.flatMap((name) => (canBeNullable(name) ? [system + name, nullable(system + name)] : [system + name])),
  ];
}

function canBeNullable(plain: string): boolean {
  return !plain.endsWith("[]") && !nullableByNature.has(system + plain);
}

function nullable(type: string): string {
  return `System.Nullable\`1<${type}>`;
}

/** A value type of .NET itself: it cannot hold NULL, and the call fails at run time (6569). */
export function refusesNull(clrType: string): boolean {
  const plain = withoutReference(clrType);
  if (!plain.startsWith(system) || plain.startsWith(sql) || plain.startsWith("System.Nullable`1")) return false;
  return !plain.endsWith("[]") && !nullableByNature.has(plain);
}

export function withoutReference(clrType: string): string {
  return clrType.endsWith("&") ? clrType.slice(0, -1) : clrType;
}

/** Lengths that Visual Studio's SQL CLR projects give where no SqlFacet says otherwise. */
const declared: Readonly<Record<string, string>> = {
  [`${sql}SqlBoolean`]: "bit", [`${sql}SqlByte`]: "tinyint", [`${sql}SqlInt16`]: "smallint", [`${sql}SqlInt32`]: "int",
  [`${sql}SqlInt64`]: "bigint", [`${sql}SqlSingle`]: "real", [`${sql}SqlDouble`]: "float", [`${sql}SqlDecimal`]: "decimal(18,0)",
  [`${sql}SqlMoney`]: "money", [`${sql}SqlDateTime`]: "datetime", [`${sql}SqlGuid`]: "uniqueidentifier", [`${sql}SqlXml`]: "xml",
  [`${sql}SqlString`]: "nvarchar(4000)", [`${sql}SqlChars`]: "nvarchar(4000)", [`${sql}SqlBinary`]: "varbinary(8000)", [`${sql}SqlBytes`]: "varbinary(8000)",
  "System.Boolean": "bit", "System.Byte": "tinyint", "System.Int16": "smallint", "System.Int32": "int", "System.Int64": "bigint",
  "System.Single": "real", "System.Double": "float", "System.Decimal": "decimal(18,0)", "System.DateTime": "datetime",
  "System.TimeSpan": "time(7)", "System.DateTimeOffset": "datetimeoffset(7)", "System.Guid": "uniqueidentifier", "System.String": "nvarchar(4000)",
  "System.Char[]": "nvarchar(4000)", "System.Byte[]": "varbinary(8000)", "System.Object": "sql_variant", "System.Char": "nchar(1)",
  "Microsoft.SqlServer.Types.SqlHierarchyId": "hierarchyid", "Microsoft.SqlServer.Types.SqlGeometry": "geometry",
  "Microsoft.SqlServer.Types.SqlGeography": "geography",
}; // prettier-ignore

/**
 * The T-SQL type of a parameter or result from its .NET type and its SqlFacet (MaxSize, IsFixedLength, Precision, Scale).
 * undefined = only a declaration can say.
 */
export function dataTypeOf(
  clrType: string,
  attributes: readonly AttributeInfo[],
  typeOfClass: (className: string) => DataType | undefined,
): DataType | undefined {
  const plain = withoutReference(clrType).replace(/^System\.Nullable`1<(.*)>$/, "$1");
  const text = declared[plain];
  if (text === undefined) return typeOfClass(plain);
  const type = parseDataType(text);
  const facet = findAttribute(attributes, "Microsoft.SqlServer.Server.SqlFacetAttribute")?.named ?? {};
  const number = (name: string): number | undefined => (typeof facet[name] === "number" ? facet[name] : undefined);
  if (type.length !== undefined) {
    const maximum = number("MaxSize");
    const fixed = facet["IsFixedLength"] === true && maximum !== -1 && type.name.includes("var");
    return { name: fixed ? type.name.replace("var", "") : type.name, length: maximum ?? type.length };
  }
  if (type.precision !== undefined)
    return { name: type.name, precision: number("Precision") ?? type.precision, scale: number("Scale") ?? type.scale };
  return type;
}
