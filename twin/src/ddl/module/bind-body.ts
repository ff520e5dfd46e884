/**
 * Names in a body at create time. Statements whose objects all exist are bound, so that a wrong column is 207 now; a
 * statement with a missing object is left for its first run. Schema-bound bodies bind in full.
 * Source: reference sheet "modules" B1.
 */
import type { Expression, Query, SelectItem, Statement, TableSource } from "../../language/ast";
import { requireWritableVariable } from "../../query/dml/target";
import { lookUp } from "../../query/objects";
import { sqlError } from "../../session/messages";
import type { Execution } from "../../session/runtime";
import { SqlError } from "../../session/sql-error";
import { references } from "../dependencies";
import { at } from "../naming";
import { findColumn } from "../registry";
import { isNode, some, walk, type Node } from "./tree";

/** Errors about names inside objects that exist. */
const bindingErrors = new Set([207, 209, 4104]);

export function bindBody(body: readonly Statement[], binding: Execution, strict: boolean): void {
  requireNewTemporaryTables(body);
  walk(body, (node) => {
    for (const query of queriesOf(node)) bindQuery(query, binding, strict);
    if (isNode(node["target"])) requireTargetColumns(node, binding);
    return node.kind !== "declare-cursor" && !isExpression(node);
  });
}

/** One text makes each #table once, whatever the path that runs: 2714. */
function requireNewTemporaryTables(body: readonly Statement[]): void {
  const made = new Set<string>();
  walk(body, (node) => {
    const created =
      node["kind"] === "create-table" ? node["name"] : node["kind"] === "select" ? node["into"] : undefined;
    if (!isNode(created)) return;
    const name = (created["parts"] as string[]).at(-1)!;
    const key = name.toLowerCase();
    if (!name.startsWith("#")) return;
    if (made.has(key)) throw at(sqlError(2714, [name]), Number(node["line"]));
    made.add(key);
  });
}

/** Expressions and queries are bound by the statement that holds them. */
function isExpression(node: Node): boolean {
  return (
    Array.isArray(node["items"]) || ("body" in node && isNode(node["body"]) && "options" in node && "with" in node)
  );
}

const one: SelectItem = { kind: "expression", expression: { kind: "integer", text: "1", line: 1 }, line: 1 };

function selection(
  items: readonly Expression[],
  from: readonly TableSource[],
  where: Expression | undefined,
  line: number,
  withs: Query["with"] = [],
): Query {
  return {
    with: withs,
    body: {
      kind: "select",
      distinct: false,
      items:
        items.length > 0
          ? items.map((expression, i) => ({ kind: "expression" as const, expression, alias: `c${i}`, line }))
          : [one],
      from: [...from],
      ...(where && { where }),
      line,
    },
    orderBy: [],
    options: [],
    line,
  };
}

type StatementOf<K extends Statement["kind"]> = Extract<Statement, { kind: K }>;

function afterWith(common: Query["with"], query: Query): Query {
  return common.length > 0 ? { ...query, with: [...common, ...query.with] } : query;
}

/** SELECT ... INTO makes its table when it runs. */
function withoutTarget(query: Query): Query {
  const { body } = query;
  if (body.kind !== "select" || !body.into) return query;
  const { into: _, ...rest } = body;
  return { ...query, body: rest };
}

/** The queries that stand for what one statement reads; MERGE is left to its first run. */
const readers: {
  [
    K in
      | "select"
      | "declare-cursor"
      | "insert"
      | "update"
      | "delete"
      | "if"
      | "while"
      | "set-variable"
      | "print"
      | "return"
  ]: (statement: StatementOf<K>) => Query[];
} = {
  select: ({ query }) => [withoutTarget(query)],
  "declare-cursor": ({ query }) => [query],
  insert: ({ source, with: common }) => (source.kind === "query" ? [afterWith(common, source.query)] : []),
  update: (statement) => [
    selection(
      valuesOf(statement.set.map((item) => item.expression)),
      sourcesOf(statement),
      statement.where,
      statement.line,
      statement.with,
    ),
  ],
  delete: (statement) => [selection([], sourcesOf(statement), statement.where, statement.line, statement.with)],
  if: ({ condition, line }) => [selection([], [], condition, line)],
  while: ({ condition, line }) => [selection([], [], condition, line)],
  "set-variable": ({ value, line }) => [selection([value], [], undefined, line)],
  print: ({ value, line }) => [selection([value], [], undefined, line)],
  return: ({ value, line }) => (value ? [selection([value], [], undefined, line)] : []),
};

function queriesOf(node: Node): Query[] {
  if (!isStatement(node)) return [];
  const read = readers[node.kind as keyof typeof readers] as (statement: Statement) => Query[];
  return read(node as unknown as Statement);
}

/** A SELECT's body and the actions of MERGE have a statement's kind without being one. */
function isStatement(node: Node): boolean {
  const { kind } = node;
  if (typeof kind !== "string" || !Object.hasOwn(readers, kind)) return false;
  if (kind === "select") return isNode(node["query"]);
  return (kind !== "insert" && kind !== "update" && kind !== "delete") || isNode(node["target"]);
}

function valuesOf(expressions: readonly Expression[]): Expression[] {
  return expressions.filter((expression) => expression.kind !== "default");
}

function sourcesOf(statement: Extract<Statement, { kind: "update" | "delete" }>): TableSource[] {
  const { target, from, line } = statement;
  if (from.length > 0) return from;
  return target.kind === "name"
    ? [{ kind: "table", name: target.name, hints: [], line }]
    : [{ kind: "table-variable", variable: target.variable, line }];
}

function bindQuery(query: Query, binding: Execution, strict: boolean): void {
  if (!strict && !isBindable(query, binding)) return;
  try {
    binding.parts.query.describeQuery(query, binding);
  } catch (error) {
    if (error instanceof SqlError && !strict && !bindingErrors.has(error.number)) return;
    throw error;
  }
}

function isBindable(query: Query, binding: Execution): boolean {
  if (
    some(
      query,
      (node) => Array.isArray(node["parts"]) && (node["parts"] as string[]).some((part) => part.startsWith("#")),
    )
  )
    return false;
  return references(query).every(({ name, what }) => {
    if (what === "type" || what === "sequence") return true;
    if (name.parts.at(-2)?.toLowerCase() === "sys" || name.parts.at(-2)?.toLowerCase() === "information_schema")
      return true;
    return isThere(name, binding);
  });
}

function isThere(name: import("../../language/ast").Name, binding: Execution): boolean {
  try {
    return lookUp(name, { execution: binding, database: binding.frame.database }) !== undefined;
  } catch (error) {
    if (error instanceof SqlError) return false;
    throw error;
  }
}

/** Columns that INSERT and UPDATE name must be in a target that exists. */
function requireTargetColumns(node: Node, binding: Execution): void {
  const statement = node as unknown as Statement;
  if (statement.kind === "delete" || statement.kind === "merge") {
    if (statement.target.kind === "table-variable")
      requireWritableVariable(statement.target.variable, binding, statement.line);
    return;
  }
  if (statement.kind !== "insert" && statement.kind !== "update") return;
  const { target } = statement;
  if (target.kind === "table-variable") requireWritableVariable(target.variable, binding, statement.line);
  const columns =
    target.kind === "table-variable"
      ? binding.frame.tables.get(target.variable.toLowerCase())?.columns
      : columnsOf(target.name, statement, binding);
  if (!columns) return;
  const names =
    statement.kind === "insert"
      ? (statement.columns ?? []).map((name) => ({ name, line: statement.line }))
      : statement.set.flatMap((item) => (item.column ? [{ name: item.column.parts.at(-1)!, line: item.line }] : []));
  for (const { name, line } of names)
    if (!name.startsWith("$") && !findColumn({ columns }, binding.frame.database, name))
      throw at(sqlError(207, [name]), line);
}

function columnsOf(
  name: import("../../language/ast").Name,
  statement: Extract<Statement, { kind: "insert" | "update" }>,
  binding: Execution,
) {
  if (name.parts.at(-1)!.startsWith("#")) return undefined;
  // UPDATE alias SET ... FROM: the alias hides an object of that name.
  const isAlias =
    statement.kind === "update" &&
    name.parts.length === 1 &&
    some(
      statement.from,
      (node) => typeof node["alias"] === "string" && node["alias"].toLowerCase() === name.parts[0]!.toLowerCase(),
    );
  const isTableExpression = statement.with.some((common) => common.name.toLowerCase() === name.parts[0]!.toLowerCase());
  if (isAlias || isTableExpression || !isThere(name, binding)) return undefined;
  const found = lookUp(name, { execution: binding, database: binding.frame.database })!.object;
  return found.type === "U" || found.type === "V " ? found.columns : undefined;
}
