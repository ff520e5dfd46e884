/** A whole query: WITH, set operations, ORDER BY over their result, FOR. */
import type { Query, QueryBody } from "../language/ast";
import type { Row } from "../session/runtime";
import { sqlError } from "../session/messages";
import { type Compiled, type Context, type Relation, type RelationColumn, type Run, childContext } from "./context";
import { compileExpression } from "./expressions/compile";
import { unionType } from "./expressions/coercion";
import { compileForClause } from "./for-clause";
import { requireNextValuePlaces, requireNoNextValue } from "./next-value";
import { type OrderKey, type Ordering, compileLimit, rowKey, sortRows } from "./ordering";
import { at, Scope } from "./scope";
import { columnType, compileSpecification } from "./select";
import { combine } from "./set-operations";
import { declareTableExpressions } from "./table-expressions";

export interface QueryPlan extends Relation {
  /** SELECT @v = ...: it has no result set. */
  readonly assigns: boolean;
}

/** Where a query stands: decides what ORDER BY may do there. */
export type QueryRole = "statement" | "nested" | "insert-source";

/** Compiles a query around which `parent` is in force. */
export function compileQuery(query: Query, parent: Scope, role: QueryRole): QueryPlan {
  if (!query.with.length) return compileBody(query, parent, role);
  const scope = new Scope(parent.compiler, parent, parent.database);
  declareTableExpressions(query.with, scope);
  const plan = compileBody(query, scope, role);
  return { ...plan, rows: (run, around) => plan.rows(run, childContext(run, around)) };
}

function compileBody(query: Query, parent: Scope, role: QueryRole): QueryPlan {
  const ordered = query.orderBy.length > 0;
  const limited = query.offset !== undefined || (query.body.kind === "select" && query.body.top !== undefined);
  if (ordered && role === "nested" && !limited && query.for?.kind !== "xml" && query.for?.kind !== "json")
    throw at(sqlError(1033), query.line);
  for (const option of query.options) readOption(option, parent);
  if (query.body.kind === "select") requireNextValuePlaces(query.body, role === "nested", query.offset !== undefined);
  if (query.body.kind === "select" && query.body.top?.withTies && !ordered) throw at(sqlError(1062), query.line);
  const ordering: Ordering = { items: query.orderBy, offset: query.offset, fetch: query.fetch };
  const plan = compileQueryBody(query.body, parent, ordering);
  return query.for ? compileForClause(query.for, plan, query) : plan;
}

function readOption(option: string, scope: Scope): void {
  const recursion = /^MAXRECURSION\s+(\d+)$/i.exec(option.trim());
  if (recursion && Number(recursion[1]) > 32767) throw sqlError(310, [recursion[1]!]);
  if (recursion) scope.compiler.maximumRecursion = Number(recursion[1]);
}

const noOrdering: Ordering = { items: [], offset: undefined, fetch: undefined };

export function compileQueryBody(body: QueryBody, parent: Scope, ordering: Ordering): QueryPlan {
  if (body.kind === "select") return compileSpecification(body, parent, ordering);
  if (body.kind === "parenthesized" && !ordering.items.length && !ordering.offset)
    return compileQuery(body.query, parent, "nested");
  if (body.kind === "set") for (const member of [body.left, body.right]) requireNoNextValue(member);
  const plan =
    body.kind === "parenthesized"
      ? compileQuery(body.query, parent, "nested")
      : body.kind === "values"
        ? compileValues(body.rows, parent, body.line)
        : combine(
            body,
            compileQueryBody(body.left, parent, noOrdering),
            compileQueryBody(body.right, parent, noOrdering),
            parent,
          );
  return orderResult(plan, parent, ordering);
}

/** ORDER BY over a result whose rows have no scope any more: names and positions of its columns only. */
function orderResult(plan: QueryPlan, parent: Scope, ordering: Ordering): QueryPlan {
  if (!ordering.items.length) return plan;
  const keys: OrderKey[] = ordering.items.map((item) => {
    const { expression } = item;
    let index = -1;
    if (expression.kind === "integer") {
      index = Number(expression.text) - 1;
      if (index < 0 || index >= plan.columns.length) throw at(sqlError(108, [expression.text]), expression.line);
    } else if (expression.kind === "column" && expression.name.parts.length === 1) {
      index = plan.columns.findIndex((column) => parent.same(column.name, expression.name.parts[0]!));
      if (index < 0) throw at(sqlError(207, [expression.name.parts[0]!]), expression.line);
    }
    if (index < 0) throw at(sqlError(104), item.expression.line);
    return { type: plan.columns[index]!.type, descending: item.descending, output: index };
  });
  const limit = compileLimit(undefined, ordering, parent);
  return {
    ...plan,
    cacheable: plan.cacheable && limit.cacheable,
    *rows(run: Run, around: Context | undefined): Iterable<Row> {
      const rows = [...plan.rows(run, around)].map((row) => ({ row, keys: keys.map((key) => row[key.output!]!) }));
      sortRows(rows, keys, parent);
      for (const { row } of limit.apply(rows, keys, childContext(run, around))) yield row;
    },
  };
}

function compileValues(
  rows: readonly (readonly import("../language/ast").Expression[])[],
  parent: Scope,
  line: number,
): QueryPlan {
  const scope = new Scope(parent.compiler, parent, parent.database);
  const width = rows[0]?.length ?? 0;
  if (rows.some((row) => row.length !== width)) throw at(sqlError(10709), line);
  const { value: compiled, references } = scope.compiler.track(() =>
    rows.map((row) => row.map((expression) => compileExpression(expression, scope))),
  );
  const columns: RelationColumn[] = [];
  const converted: Compiled[][] = compiled.map(() => []);
  for (let index = 0; index < width; index++) {
    const result = unionType(
      compiled.map((row) => row[index]!),
      scope,
      "VALUES",
    );
    columns.push({ name: "", type: columnType(result.type), nullable: result.nullable, collation: result.collation });
    result.items.forEach((item, row) => converted[row]!.push(item));
  }
  return {
    columns,
    assigns: false,
    cacheable: !references.volatile && !references.outer(scope),
    *rows(run: Run, around: Context | undefined): Iterable<Row> {
      const context = childContext(run, around);
      for (const row of converted) {
        context.row = [];
        yield row.map((item) => item.evaluate(context));
      }
    },
  };
}

/** Materialises a plan once in a run when its rows cannot differ. */
export function keptRows(plan: Relation, owner: object, run: Run, around: Context | undefined): Iterable<Row> {
  return plan.cacheable ? run.once(owner, () => [...plan.rows(run, around)]) : plan.rows(run, around);
}

/** Distinct rows in the order of their first appearance. */
export function* distinct(rows: Iterable<Row>, columns: readonly RelationColumn[]): Iterable<Row> {
  const seen = new Set<string>();
  for (const row of rows) {
    const key = rowKey(row, columns);
    if (seen.has(key)) continue;
    seen.add(key);
    yield row;
  }
}
