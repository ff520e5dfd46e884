/** Data type precedence. https://learn.microsoft.com/sql/t-sql/data-types/data-type-precedence-transact-sql */
import { sqlError } from "../session/messages";
import { canConvert } from "./convert";
import { displayLength, isBinary, isCharacter, isExact, isInteger, isMoney, isUnicode } from "./format-type";
import type { SqlType, TypeName } from "./sql-type";

const ORDER: TypeName[] = [
  "vector",
  "json",
  "hierarchyid",
  "geometry",
  "geography",
  "sql_variant",
  "xml",
  "datetimeoffset",
  "datetime2",
  "datetime",
  "smalldatetime",
  "date",
  "time",
  "float",
  "real",
  "decimal",
  "numeric",
  "money",
  "smallmoney",
  "bigint",
  "int",
  "smallint",
  "tinyint",
  "bit",
  "ntext",
  "text",
  "image",
  "timestamp",
  "uniqueidentifier",
  "nvarchar",
  "nchar",
  "varchar",
  "char",
  "varbinary",
  "binary",
];
const RANK = new Map(ORDER.map((name, i) => [name, i]));

/** Precision and scale of a number seen as a decimal. */
export function asDecimal(type: SqlType): { precision: number; scale: number } {
  switch (type.name) {
    case "bit":
      return { precision: 1, scale: 0 };
    case "tinyint":
      return { precision: 3, scale: 0 };
    case "smallint":
      return { precision: 5, scale: 0 };
    case "int":
      // A constant has as many digits as it was written with.
      return { precision: type.precision ?? 10, scale: 0 };
    case "bigint":
      return { precision: 19, scale: 0 };
    case "money":
      return { precision: 19, scale: 4 };
    case "smallmoney":
      return { precision: 10, scale: 4 };
    default:
      return { precision: type.precision ?? 18, scale: type.scale ?? 0 };
  }
}

/** The type of higher precedence, wide enough for both. Throws 206 when one does not convert to the other. */
export function commonType(a: SqlType, b: SqlType): SqlType {
  if (a.name === b.name && a.userTypeId === b.userTypeId && sameFacets(a, b)) return a;
  const [high, low] = (RANK.get(a.name) ?? 99) <= (RANK.get(b.name) ?? 99) ? [a, b] : [b, a];
  if (!canConvert(low, high, false)) throw sqlError(206, [low.name, high.name], 2);
  if (isCharacter(high)) {
    const unicode = isUnicode(high);
    const fixed = high.name.startsWith("n") ? high.name === "nchar" : high.name === "char";
    const length = longest(lengthOf(high), lengthOf(low));
    const name: TypeName =
      high.name === "text" || high.name === "ntext"
        ? high.name
        : fixed && (low.name === "char" || low.name === "nchar")
          ? unicode
            ? "nchar"
            : "char"
          : unicode
            ? "nvarchar"
            : "varchar";
    const limit = unicode ? 4000 : 8000;
    const collation = high.collation ?? low.collation;
    return {
      name,
      length: length === -1 || length > limit ? -1 : length,
      ...(collation === undefined ? {} : { collation }),
    };
  }
  if (isBinary(high) && high.name !== "timestamp" && high.name !== "image") {
    const length = longest(high.length ?? 1, low.length ?? (low.name === "timestamp" ? 8 : 1));
    return { name: high.name === "binary" && low.name === "binary" ? "binary" : "varbinary", length };
  }
  if (isExact(high)) {
    if (!isExact(low) && !isInteger(low) && !isMoney(low)) return stripUserType(high);
    const x = asDecimal(high);
    const y = asDecimal(low);
    const scale = Math.max(x.scale, y.scale);
    const whole = Math.max(x.precision - x.scale, y.precision - y.scale);
    const precision = whole + scale;
    return precision <= 38
      ? { name: high.name, precision, scale }
      : { name: high.name, precision: 38, scale: Math.max(0, 38 - whole) };
  }
  if (high.name === "datetime2" || high.name === "datetimeoffset" || high.name === "time") {
    const scaleOf = (t: SqlType): number =>
      t.name === "datetime"
        ? 3
        : t.name === "datetime2" || t.name === "datetimeoffset" || t.name === "time"
          ? (t.scale ?? 7)
          : 0;
    return { name: high.name, scale: isCharacter(low) ? (high.scale ?? 7) : Math.max(scaleOf(high), scaleOf(low)) };
  }
  return stripUserType(high);
}

function stripUserType(type: SqlType): SqlType {
  if (type.userTypeId === undefined) return type;
  const { userTypeId: _, ...rest } = type;
  return rest;
}

function sameFacets(a: SqlType, b: SqlType): boolean {
  return a.length === b.length && a.precision === b.precision && a.scale === b.scale && a.collation === b.collation;
}

function lengthOf(type: SqlType): number {
  return isCharacter(type)
    ? type.name === "text" || type.name === "ntext"
      ? -1
      : (type.length ?? 1)
    : displayLength(type);
}

function longest(a: number, b: number): number {
  return a === -1 || b === -1 ? -1 : Math.max(a, b);
}

/** Precedence rank: the lower, the stronger. */
export function precedence(type: SqlType): number {
  return RANK.get(type.name) ?? 99;
}
