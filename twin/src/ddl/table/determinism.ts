/**
 * Whether an expression has the same value whenever its arguments have: what may be persisted, indexed or partitioned by.
 * https://learn.microsoft.com/sql/relational-databases/user-defined-functions/deterministic-and-nondeterministic-functions,
 * /sql/t-sql/functions/cast-and-convert-transact-sql (certain datetime conversions are nondeterministic)
 */
import { isIndexable } from "../../clr/members";
import { imageOf } from "../../clr/registered";
import { findFunction } from "../../functions/registry";
import type { Expression, TypeReference } from "../../language/ast";
import { schemaByName } from "../../query/objects";
import type { Execution } from "../../session/runtime";
import type { Database, Module, Table } from "../../storage/model";
import { isCharacter } from "../../types/format-type";
import type { SqlType } from "../../types/sql-type";
import { referencesInModule } from "../dependencies";
import { findIn } from "../naming";
import { type Node, some, walk } from "../module/tree";
import { isModule } from "../registry";

export interface Setting {
  readonly database: Database;
  /** Type of an operand; undefined = not known, and then not held against it. */
  typeOf?(operand: Expression): SqlType | undefined;
}

/** Words without parentheses, and built-in functions that depend on the session's language. */
const names = new Set("CURRENT_TIMESTAMP,CURRENT_USER,SESSION_USER,SYSTEM_USER,USER,DATENAME,ISDATE,FORMAT".split(","));
const weekParts = new Set(["week", "wk", "ww", "weekday", "dw", "w"]);
const dateTypes = new Set(["date", "time", "datetime", "datetime2", "smalldatetime", "datetimeoffset"]);
/** Styles from 100 on that hold the name of a month, and those below that do not depend on the language. */
const languageStyles = new Set([106, 107, 109, 113, 130]);
const fixedStyles = new Set([20, 21, 23, 24, 25]);

/** Setting of an expression over a table's columns. */
export function settingOf(table: Table, database: Database, execution: Execution): Setting {
  return {
    database,
    typeOf: (operand) => execution.parts.query.compileForTable(operand, table, database, execution).type,
  };
}

export function isNondeterministic(expression: unknown, setting: Setting): boolean {
  return nondeterministicNode(expression, setting) !== undefined;
}

/** The first part that changes. */
export function nondeterministicNode(expression: unknown, setting: Setting): Node | undefined {
  let found: Node | undefined;
  walk(expression, (node) => {
    if (!found && changes(node, setting)) found = node;
    return !found;
  });
  return found;
}

function changes(node: Node, setting: Setting): boolean {
  switch (node.kind) {
    case "global":
    case "next-value":
    case "at-time-zone":
    case "parse":
      return true;
    case "cast":
    case "convert":
      return isLanguageConversion(node, setting);
    case "call":
      return callChanges(node, setting);
    default:
      return false;
  }
}

function isLanguageConversion(node: Node, { typeOf }: Setting): boolean {
  const target = (node["type"] as TypeReference).name.parts.at(-1)!.toLowerCase();
  const source = typeOf?.(node["operand"] as Expression);
  if (source === undefined) return false;
  const toDate = dateTypes.has(target);
  if (toDate ? !isCharacter(source) : !(dateTypes.has(source.name) && /char|text/.test(target))) return false;
  if (node.kind === "cast") return toDate || source.name === "datetime" || source.name === "smalldatetime";
  const style = node["style"] as Expression | undefined;
  if (style?.kind !== "integer") return toDate || style !== undefined || source.name.endsWith("datetime");
  const number = Number(style.text);
  return number <= 100 ? !fixedStyles.has(number) : languageStyles.has(number);
}

function callChanges(node: Node, setting: Setting): boolean {
  const { parts } = node["name"] as { parts: string[] };
  const args = node["arguments"] as Expression[];
  const name = parts.at(-1)!.toUpperCase();
  if (parts.length > 1) return moduleChanges(parts, setting.database);
  if (name === "RAND") return args.length === 0;
  if (name === "CHECKSUM") return node["star"] === true;
  if (name === "DATEPART") {
    const [part] = args;
    return part?.kind === "column" && weekParts.has(part.name.parts[0]!.toLowerCase());
  }
  return names.has(name) || findFunction(name)?.deterministic === false;
}

function moduleChanges(parts: readonly string[], database: Database): boolean {
  const schemaId = schemaByName(database, parts.at(-2)!);
  const found = schemaId === undefined ? undefined : findIn(database, schemaId, parts.at(-1)!);
  return found !== undefined && isModule(found) && !isDeterministicModule(found, database);
}

/** A CLR function says so in its attribute; others are schema-bound, call nothing that changes and read no tables. */
export function isDeterministicModule(module: Module, database: Database): boolean {
  if (module.clr) return isIndexableModule(module, database);
  if (!module.schemaBound) return false;
  if (referencesInModule(module).some(({ what }) => what === "object")) return false;
  return !isNondeterministic("body" in module.parsed ? module.parsed.body : module.parsed, { database });
}

function isIndexableModule({ clr }: Module, database: Database): boolean {
  const assembly = database.assemblies.get(clr!.assemblyId);
  const type = assembly && imageOf(assembly).types.get(clr!.className);
  const method = type?.methods.find((one) => one.name === clr!.method);
  return method !== undefined && isIndexable(method);
}

/** No float or real takes part. */
export function isPrecise(
  expression: unknown,
  columns: readonly { name: string; type: SqlType }[],
  database: Database,
): boolean {
  const imprecise = new Set(
    columns.filter(({ type }) => type.name === "float" || type.name === "real").map(({ name }) => database.key(name)),
  );
  return !some(expression, (node) => {
    if (node.kind === "float") return true;
    if (node.kind === "column") return imprecise.has(database.key((node["name"] as { parts: string[] }).parts.at(-1)!));
    if (node.kind !== "cast" && node.kind !== "convert") return false;
    return /^(float|real)$/i.test((node["type"] as TypeReference).name.parts.at(-1)!);
  });
}
