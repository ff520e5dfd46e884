/**
 * Indexes on schema-bound views. The rows are looked at when the index is made (1505); later changes of the base tables
 * are not checked against it. https://learn.microsoft.com/sql/relational-databases/views/create-indexed-views
 */
import type { Definition, Query, QuerySpecification, TableSource } from "../../language/ast";
import { sqlError } from "../../session/messages";
import type { Execution, Row } from "../../session/runtime";
import { notImplemented } from "../../session/sql-error";
import type { Database, Index, Module, Table } from "../../storage/model";
import { at } from "../naming";
import { touch } from "../registry";
import { isNondeterministic } from "../table/columns";
import { newTable } from "../table/create-table";
import { defaultFilegroup } from "../table/data-space";
import { requireIndexSetOptions } from "../table/index-options";
import { buildIndex, heap, specificationOf } from "../table/indexes";
import { bindingExecution } from "./binding-frame";
import { some } from "./tree";

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

export function createViewIndex(
  statement: Extract<Definition, { kind: "create-index" }>,
  view: Module,
  database: Database,
  execution: Execution,
): void {
  const { index: definition } = statement;
  requireIndexSetOptions(execution, "CREATE INDEX");
  if (!view.schemaBound || view.parsed.kind !== "view") throw at(sqlError(1939, [view.name]), statement.line);
  if (definition.where) throw at(sqlError(10610, [definition.name, view.name]), statement.line);
  if (definition.type === "clustered-columnstore") throw at(sqlError(35305), statement.line);
  const clustered = definition.type === "clustered";
  if (clustered && !definition.unique) throw at(sqlError(1941, [view.name]), statement.line);
  if (!clustered && !view.indexes.some((one) => one.id === 1)) throw at(sqlError(1940, [view.name]), statement.line);
  if (clustered) requireIndexable(view.parsed.query, view, statement.line);
  const facade = materialized(view, view.parsed.query, database, execution);
  buildIndex(
    { table: facade, database, execution, kind: "base", shownName: view.name },
    specificationOf(definition, { table: facade, database, execution, kind: "base", shownName: view.name }),
  );
  execution.session.transaction.set(
    view,
    "indexes",
    facade.indexes.filter((one) => one.id > 0),
  );
  touch(view, execution);
}

/** The view as if it were a table: its columns, its rows of this moment, its indexes. */
function materialized(view: Module, query: Query, database: Database, execution: Execution): Table {
  const binding = bindingExecution(view, database, execution, undefined);
  const rows = new Map<number, Row>();
  let id = 1;
  for (const row of execution.parts.query.compileQuery(query, binding).rows(binding)) rows.set(id++, row);
  return {
    ...newTable(database, view.name, view.schemaId, execution),
    id: view.id,
    columns: view.columns,
    rows,
    indexes: view.indexes.length > 0 ? [...view.indexes] : [heap(defaultFilegroup(database).id, 1)],
  };
}

/** What an indexed view's query may not hold: the refusals of the 101xx family that we know, and a plain refusal for the rest. */
function requireIndexable(query: Query, view: Module, line: number): void {
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
  if (isNondeterministic(body)) throw at(notImplemented("an index on a view with a nondeterministic function"), line);
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

/** Dropping the clustered index takes the others with it. */
export function dropViewIndex(view: Module, index: Index, execution: Execution): void {
  execution.session.transaction.set(
    view,
    "indexes",
    index.id === 1 ? [] : view.indexes.filter((other) => other !== index),
  );
  touch(view, execution);
}
