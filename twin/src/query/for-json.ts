/** FOR JSON PATH and AUTO. https://learn.microsoft.com/sql/relational-databases/json/format-query-results-as-json-with-for-json-sql-server */
import type { ForClause, Query, TableSource } from "../language/ast";
import { isCharacter, isNumeric } from "../types/format-type";
import { decimalToString } from "../types/decimal";
import { convert } from "../types/convert";
import type { SqlType } from "../types/sql-type";
import { Decimal, type SqlValue } from "../types/value";
import { sqlError } from "../session/messages";
import { notImplemented } from "../session/sql-error";
import type { Row } from "../session/runtime";
import type { RelationColumn } from "./context";
import { at } from "./scope";

/** A value already in JSON, or an object whose keys keep their order. */
type Node = string | Map<string, Node>;

export function forJson(
  clause: ForClause,
  columns: readonly RelationColumn[],
  query: Query,
): (rows: readonly Row[]) => string | undefined {
  const words = clause.words.map((word) => word.toUpperCase());
  const withNulls = words.includes("INCLUDE_NULL_VALUES");
  const bare = words.includes("WITHOUT_ARRAY_WRAPPER");
  const mode = clause.mode?.toUpperCase();
  if (mode === "AUTO" && joinedSources(query))
    throw at(notImplemented("FOR JSON AUTO over several tables"), query.line);
  const paths = columns.map((column) => (mode === "AUTO" ? [column.name] : column.name.split(".")));
  const root = clause.root === true ? "root" : clause.root;
  return (rows) => {
    if (!rows.length) return undefined;
    const objects = rows.map((row) => {
      const object = new Map<string, Node>();
      columns.forEach((column, index) => {
        const value = row[index]!;
        if (value !== null || withNulls)
          place(object, paths[index]!, value === null ? "null" : jsonOf(value, column), column.name, query.line);
      });
      return print(object);
    });
    const list = bare ? objects.join(",") : `[${objects.join(",")}]`;
    return root === undefined ? list : `{${JSON.stringify(root)}:${list}}`;
  };
}

function joinedSources(query: Query): boolean {
  if (query.body.kind !== "select") return false;
  const isJoin = (source: TableSource) => source.kind === "join" || source.kind === "apply";
  return query.body.from.length > 1 || query.body.from.some(isJoin);
}

function place(object: Map<string, Node>, path: readonly string[], value: Node, name: string, line: number): void {
  const [key, ...rest] = path as [string, ...string[]];
  if (!rest.length) {
    if (object.has(key)) throw at(sqlError(13601, [name]), line);
    object.set(key, value);
    return;
  }
  let inner = object.get(key);
  if (inner === undefined) object.set(key, (inner = new Map()));
  if (typeof inner === "string") throw at(sqlError(13601, [name]), line);
  place(inner, rest, value, name, line);
}

function print(node: Node): string {
  if (typeof node === "string") return node;
  return `{${[...node].map(([key, value]) => `${jsonString(key)}:${print(value)}`).join(",")}}`;
}

/** The server escapes the slash too. */
function jsonString(text: string): string {
  return JSON.stringify(text).replaceAll("/", "\\/");
}

function jsonOf(value: SqlValue, column: RelationColumn): string {
  const { type } = column;
  if (column.json) return value as string;
  if (type.name === "bit") return value === 0 ? "false" : "true";
  if (value instanceof Decimal) return decimalToString(value);
  if (type.name === "float" || type.name === "real") return floatText(value as number);
  if (isNumeric(type)) return String(value);
  if (value instanceof Uint8Array) return jsonString(Buffer.from(value).toString("base64"));
  return jsonString(isCharacter(type) ? (value as string) : dateText(value, type));
}

function floatText(value: number): string {
  const [mantissa, exponent] = value.toExponential(15).split("e") as [string, string];
  const sign = exponent.startsWith("-") ? "-" : "+";
  return `${mantissa}e${sign}${exponent.replace(/^[+-]/, "").padStart(3, "0")}`;
}

/** Dates in ISO 8601, without zeros at the end of the fraction. */
function dateText(value: SqlValue, type: SqlType): string {
  const text = convert(
    value,
    type,
    { name: "varchar", length: 40 },
    { explicit: true, style: type.name === "datetimeoffset" ? 127 : 126 },
  ) as string;
  return type.name === "datetime2" || type.name === "time" || type.name === "datetimeoffset"
    ? text.replace(/(\.\d*?)0+(?=$|[Z+-])/, "$1").replace(/\.(?=$|[Z+-])/, "")
    : text;
}
