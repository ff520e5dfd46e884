/** OPENJSON. https://learn.microsoft.com/sql/t-sql/functions/openjson-transact-sql */
import { convert } from "../types/convert";
import type { SqlType } from "../types/sql-type";
import type { SqlValue } from "../types/value";
import { sqlError } from "../session/messages";
import type { Row } from "../session/runtime";
import type { Compiled, RelationColumn } from "./context";
import { asText } from "./expressions/coercion";
import { at, type Scope } from "./scope";
import type { FunctionRows, FunctionSource } from "./table-functions";
import { follow, type Json, type JsonPath, parseJson, parsePath } from "../functions/json";

const text: SqlType = { name: "nvarchar", length: -1 };

export function compileOpenJson(
  args: readonly Compiled[],
  source: FunctionSource,
  scope: Scope,
): FunctionRows & { arguments: readonly Compiled[] } {
  if (args.length < 1 || args.length > 2) throw at(sqlError(189, ["openjson", 1, 2]), source.line);
  const read = args.map((argument) => asText(argument, scope));
  const shape = source.with ? withColumns(source, scope) : defaultColumns;
  return {
    columns: shape.columns,
    arguments: read,
    *rows([json, path]) {
      if (json === null || json === undefined) return;
      const root = parseJson(json as string);
      const target = path === undefined || path === null ? root : jsonAt(root, parsePath(path as string));
      if (target === undefined || target === null || typeof target !== "object") return;
      if (source.with && !Array.isArray(target)) yield shape.row("0", target);
      else for (const [key, value] of Object.entries(target)) yield shape.row(key, value);
    },
  };
}

function jsonAt(json: Json, path: JsonPath): Json | undefined {
  const found = follow(json, path.steps);
  if (found === undefined && path.strict) throw sqlError(13608);
  return found;
}

interface Shape {
  readonly columns: readonly RelationColumn[];
  row(key: string, value: Json): Row;
}

function jsonType(value: Json): number {
  if (value === null) return 0;
  if (typeof value === "string") return 1;
  if (typeof value === "number") return 2;
  if (typeof value === "boolean") return 3;
  return Array.isArray(value) ? 4 : 5;
}

function jsonText(value: Json): string | null {
  if (value === null) return null;
  return typeof value === "string" ? value : JSON.stringify(value);
}

const defaultColumns: Shape = {
  columns: [
    { name: "key", type: { name: "nvarchar", length: 4000, collation: "Latin1_General_BIN2" }, nullable: false },
    { name: "value", type: text, nullable: true },
    { name: "type", type: { name: "tinyint" }, nullable: false },
  ],
  row: (key, value) => [key, jsonText(value), jsonType(value)],
};

function withColumns(source: FunctionSource, scope: Scope): Shape {
  const columns = source.with!.map((column) => {
    const { type } = scope.execution.parts.definition.resolveType(column.type, scope.database);
    return {
      name: column.name,
      type,
      nullable: true,
      path: parsePath(column.path ?? `$."${column.name}"`),
      asJson: column.asJson === true,
    };
  });
  return {
    columns,
    row: (_key, value) =>
      columns.map((column): SqlValue => {
        const found = jsonAt(value, column.path);
        if (found === undefined || found === null) return null;
        const isNested = typeof found === "object";
        if (isNested !== column.asJson) {
          if (column.path.strict) throw sqlError(isNested ? 13624 : 13623);
          return null;
        }
        return convert(jsonText(found), text, column.type);
      }),
  };
}
