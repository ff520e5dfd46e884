/**
 * What the query of an indexed view may hold: the refusals of the 101xx and 86xx families that we know, and a plain refusal for the rest.
 * https://learn.microsoft.com/sql/relational-databases/views/create-indexed-views
 */
import type {
  Expression,
  IndexDefinition,
  ModuleStatement,
  Query,
  QuerySpecification,
  TableSource,
} from "../../language/ast";
import { ownerOf } from "../../security/ownership";
import { sqlError } from "../../session/messages";
import type { ResultColumn } from "../../session/port";
import type { Execution } from "../../session/runtime";
import { notImplemented } from "../../session/sql-error";
import type { Database, Module } from "../../storage/model";
import type { SqlType } from "../../types/sql-type";
import { referencesInModule, resolveReferences } from "../dependencies";
import { at, qualified } from "../naming";
import { nondeterministicNode } from "../table/determinism";
import { bindingExecution } from "./binding-frame";
import { type Node, some } from "./tree";

const refusedAggregates = new Set([
  "avg",
  "min",
  "max",
  "stdev",
  "stdevp",
  "var",
  "varp",
  "string_agg",
  "checksum_agg",
  "approx_count_distinct",
]);
const aggregates = new Set([...refusedAggregates, "sum", "count", "count_big"]);

export function requireIndexable(
  index: IndexDefinition,
  view: Module,
  database: Database,
  execution: Execution,
  line: number,
): void {
  const query = (view.parsed as Extract<ModuleStatement, { kind: "view" }>).query;
  requireSettings(view, line);
  const refuse = (number: number, ...args: string[]): never => {
    throw at(sqlError(number, [view.name, ...args]), line);
  };
  const common = query.with[0];
  if (common) refuse(10137, common.name);
  const { body } = query;
  if (body.kind === "set") refuse(10116);
  if (body.kind !== "select") throw at(notImplemented("an index on a view of this form"), line);
  if (body.distinct) refuse(10100);
  if (body.top || query.offset) refuse(10101);
  if (body.groupBy?.items.some((item) => item.kind !== "expression")) refuse(10119);
  requirePlainSources(body.from, refuse, line);
  requireBaseTables(view, database, refuse);
  requireNoSelfJoin(body.from, refuse);
  if (body.having) refuse(10121);
  if (
    some(
      body,
      (node) =>
        node.kind === "exists" || node.kind === "subquery" || (node.kind === "in" && node["query"] !== undefined),
    )
  )
    refuse(10127);
  if (some(body.items, (node) => node.kind === "call" && node["over"] !== undefined)) refuse(10143);
  requireAggregates(body, refuse);
  if (body.groupBy) requireGroupedColumns(body, index, view, database, line);
  requireKnownSums(body, index, view, database, execution, line);
  const typeOf = typesIn(body, view, database, execution);
  const changing = nondeterministicNode(body, { database, typeOf });
  if (!changing) return;
  const called = changing.kind === "call" ? (changing["name"] as { parts: string[] }).parts.at(-1)! : undefined;
  if (called === undefined) throw at(notImplemented("an index on a view with a nondeterministic expression"), line);
  refuse(1949, called.toLowerCase());
}

type Refuse = (number: number, ...args: string[]) => never;

function requirePlainSources(sources: readonly TableSource[], refuse: Refuse, line: number): void {
  for (const source of sources) {
    if (source.kind === "join") {
      if (source.type !== "inner" && source.type !== "cross") refuse(10113);
      requirePlainSources([source.left, source.right], refuse, line);
    } else if (source.kind === "apply") refuse(10142);
    else if (source.kind === "derived") refuse(10109, source.alias);
    else if (source.kind !== "table") throw at(notImplemented(`an index on a view over a ${source.kind}`), line);
    else if (source.hints.length > 0) refuse(10140);
    else if (source.temporal) throw at(notImplemented("an index on a view FOR SYSTEM_TIME"), line);
  }
}

function requireNoSelfJoin(sources: readonly TableSource[], refuse: Refuse): void {
  const seen = new Set<string>();
  const visit = (source: TableSource): void => {
    if (source.kind === "join") [source.left, source.right].forEach(visit);
    if (source.kind !== "table") return;
    const name = source.name.parts.join(".");
    if (seen.has(name.toLowerCase())) refuse(1947, name);
    seen.add(name.toLowerCase());
  };
  sources.forEach(visit);
}

function requireAggregates(body: QuerySpecification, refuse: Refuse): void {
  const called = new Set<string>();
  some(body.items, (node) => {
    if (node.kind === "call") {
      const { parts } = node["name"] as { parts: string[] };
      if (parts.length === 1 && aggregates.has(parts[0]!.toLowerCase())) called.add(parts[0]!.toLowerCase());
    }
    return false;
  });
  for (const name of called) if (refusedAggregates.has(name)) refuse(10125, name);
  if (called.has("count")) refuse(10136);
  if ((called.size > 0 || body.groupBy) && !called.has("count_big")) refuse(10138);
}

/** 1935: the settings that went with CREATE VIEW. */
function requireSettings(view: Module, line: number): void {
  const off = [
    ...(view.usesAnsiNulls ? [] : ["ANSI_NULLS"]),
    ...(view.usesQuotedIdentifier ? [] : ["QUOTED_IDENTIFIER"]),
  ];
  if (off.length > 0) throw at(sqlError(1935, [view.name, off.join(", ")]), line);
}

/** Tables of the view's own owner, and no views. */
function requireBaseTables(view: Module, database: Database, refuse: Refuse): void {
  const owner = ownerOf(database, view);
  for (const { id } of resolveReferences(referencesInModule(view), database, view.schemaId)) {
    const object = id === undefined ? undefined : database.objects.get(id);
    if (!object) continue;
    if (object.type === "V ") refuse(1937, qualified(database, object));
    if (object.type === "U" && ownerOf(database, object) !== owner) refuse(1938, object.name);
  }
}

const isAggregate = (node: Node): boolean => {
  const { parts } = (node["name"] ?? { parts: [] }) as { parts: string[] };
  return node.kind === "call" && parts.length === 1 && aggregates.has(parts[0]!.toLowerCase());
};

/** 8660, 8661, 8668: the columns of GROUP BY as they are and aggregates as they are; the key is of the former. */
function requireGroupedColumns(
  body: QuerySpecification,
  index: IndexDefinition,
  view: Module,
  database: Database,
  line: number,
): void {
  const grouped = body.groupBy!.items.flatMap((item) => (item.kind === "expression" ? [keyOf(item.expression)] : []));
  const shown = new Set<string>();
  const keys = new Set<string>();
  body.items.forEach((item, place) => {
    if (item.kind !== "expression") return;
    const { expression } = item;
    const key = keyOf(expression);
    if (grouped.includes(key)) {
      shown.add(key);
      keys.add(database.key(view.columns[place]!.name));
    } else if (!isAggregate(expression as unknown as Node)) throw at(sqlError(8668, [index.name, view.name]), line);
  });
  if (grouped.some((key) => !shown.has(key))) throw at(sqlError(8660, [index.name, view.name]), line);
  if (index.columns.some(({ name }) => !keys.has(database.key(name))))
    throw at(sqlError(8661, [index.name, view.name]), line);

  /** A column by its own name: views name each table once. */
  function keyOf(expression: Expression): string {
    if (expression.kind === "column") return database.key(expression.name.parts.at(-1)!);
    return JSON.stringify(expression, (name, value: unknown) =>
      name === "line"
        ? undefined
        : Array.isArray(value) && name === "parts"
          ? [database.key(String(value.at(-1)))]
          : value,
    );
  }
}

/** What the select list would be without its groups: types and nullability of what stands inside aggregates. */
function columnOf(
  expression: Expression,
  body: QuerySpecification,
  view: Module,
  database: Database,
  execution: Execution,
): ResultColumn | undefined {
  const { groupBy: _groups, having: _having, ...ungrouped } = body;
  const query: Query = {
    with: [],
    body: { ...ungrouped, items: [{ kind: "expression", expression, alias: "x", line: 1 }] },
    orderBy: [],
    options: [],
    line: 1,
  };
  return execution.parts.query.compileQuery(query, bindingExecution(view, database, execution, undefined)).columns[0];
}

function typesIn(body: QuerySpecification, view: Module, database: Database, execution: Execution) {
  return (operand: Expression): SqlType | undefined => columnOf(operand, body, view, database, execution)?.type;
}

/** 8662: a sum of what may be NULL cannot be kept. */
function requireKnownSums(
  body: QuerySpecification,
  index: IndexDefinition,
  view: Module,
  database: Database,
  execution: Execution,
  line: number,
): void {
  const unknown = some(body.items, (node) => {
    if (!isAggregate(node) || (node["name"] as { parts: string[] }).parts[0]!.toLowerCase() !== "sum") return false;
    const [summed] = node["arguments"] as Expression[];
    return columnOf(summed!, body, view, database, execution)?.nullable !== false;
  });
  if (unknown) throw at(sqlError(8662, [index.name, view.name]), line);
}
