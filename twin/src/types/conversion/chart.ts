/** Which pairs of types convert, by assignment or only when asked for. https://learn.microsoft.com/sql/t-sql/functions/cast-and-convert-transact-sql#implicit-conversions */
import { sqlError } from "../../session/messages";
import type { SqlError } from "../../session/sql-error";
import { isUnicode } from "../format-type";
import type { SqlType } from "../sql-type";

type Group =
  | "integer"
  | "exact"
  | "money"
  | "approximate"
  | "character"
  | "lob-text"
  | "binary"
  | "image"
  | "rowversion"
  | "datetime"
  | "date"
  | "time"
  | "guid"
  | "xml"
  | "variant"
  | "json"
  | "other";

export function groupOf(type: SqlType): Group {
  switch (type.name) {
    case "bit":
    case "tinyint":
    case "smallint":
    case "int":
    case "bigint":
      return "integer";
    case "decimal":
    case "numeric":
      return "exact";
    case "money":
    case "smallmoney":
      return "money";
    case "real":
    case "float":
      return "approximate";
    case "char":
    case "varchar":
    case "nchar":
    case "nvarchar":
      return "character";
    case "text":
    case "ntext":
      return "lob-text";
    case "binary":
    case "varbinary":
      return "binary";
    case "image":
      return "image";
    case "timestamp":
      return "rowversion";
    case "datetime":
    case "smalldatetime":
      return "datetime";
    case "datetime2":
    case "datetimeoffset":
    case "date":
      return "date";
    case "time":
      return "time";
    case "uniqueidentifier":
      return "guid";
    case "xml":
      return "xml";
    case "sql_variant":
      return "variant";
    case "json":
      return "json";
    default:
      return "other";
  }
}

/** The conversion chart, by groups: i = implicit, e = explicit only; absent = not at all. */
const CHART: Record<Group, Partial<Record<Group, "i" | "e">>> = {
  integer: {
    integer: "i",
    exact: "i",
    money: "i",
    approximate: "i",
    character: "i",
    binary: "i",
    rowversion: "i",
    datetime: "i",
    variant: "i",
  },
  exact: {
    integer: "i",
    exact: "i",
    money: "i",
    approximate: "i",
    character: "i",
    binary: "i",
    rowversion: "i",
    datetime: "i",
    variant: "i",
  },
  money: {
    integer: "i",
    exact: "i",
    money: "i",
    approximate: "i",
    character: "e",
    binary: "i",
    rowversion: "i",
    datetime: "i",
    variant: "i",
  },
  approximate: {
    integer: "i",
    exact: "i",
    money: "i",
    approximate: "i",
    character: "i",
    binary: "i",
    datetime: "i",
    variant: "i",
  },
  character: {
    integer: "i",
    exact: "i",
    money: "i",
    approximate: "i",
    character: "i",
    "lob-text": "i",
    binary: "e",
    image: "i",
    rowversion: "e",
    datetime: "i",
    date: "i",
    time: "i",
    guid: "i",
    xml: "i",
    variant: "i",
    json: "i",
  },
  "lob-text": { character: "i", "lob-text": "i", xml: "e" },
  binary: {
    integer: "i",
    exact: "i",
    money: "i",
    approximate: undefined,
    character: "i",
    binary: "i",
    image: "i",
    rowversion: "i",
    datetime: "i",
    date: "e",
    time: "e",
    guid: "i",
    xml: "i",
    variant: "i",
  },
  image: { binary: "i", image: "i", rowversion: "i" },
  rowversion: {
    integer: "i",
    exact: "i",
    money: "i",
    character: "i",
    binary: "i",
    image: "i",
    rowversion: "i",
    datetime: "i",
    variant: "i",
  },
  datetime: {
    integer: "e",
    exact: "e",
    money: "e",
    approximate: "e",
    character: "i",
    binary: "e",
    datetime: "i",
    date: "i",
    time: "i",
    variant: "i",
  },
  date: { character: "i", binary: "e", datetime: "i", date: "i", time: "i", variant: "i" },
  time: { character: "i", binary: "e", datetime: "i", date: "i", time: "i", variant: "i" },
  guid: { character: "i", binary: "i", guid: "i", variant: "i" },
  xml: { character: "e", binary: "e", xml: "i" },
  variant: {
    integer: "e",
    exact: "e",
    money: "e",
    approximate: "e",
    character: "e",
    binary: "e",
    datetime: "e",
    date: "e",
    time: "e",
    guid: "e",
    variant: "i",
  },
  json: { character: "e", json: "i" },
  other: {},
};

/** Can this pair be converted, explicitly or (explicit = false) by assignment? */
export function canConvert(from: SqlType, to: SqlType, explicit: boolean): boolean {
  if (from.name === to.name) return true;
  const source = groupOf(from);
  const target = groupOf(to);
  // nchar and nvarchar do not become rowversion or image; date and time do not become one another.
  if (isUnicode(from) && (target === "image" || target === "rowversion")) return false;
  if (from.name === "date" && to.name === "time") return false;
  if (from.name === "time" && to.name === "date") return false;
  const rule = CHART[source][target];
  return rule === "i" || (explicit && rule === "e");
}

/** 206 or 257 for a pair that assignment does not allow, 529 for one that nothing allows. */
export function refuseConversion(from: SqlType, to: SqlType, explicit: boolean): SqlError {
  if (canConvert(from, to, true)) return sqlError(257, [from.name, to.name], 3);
  return explicit ? sqlError(529, [from.name, to.name], 2) : sqlError(206, [from.name, to.name], 2);
}
