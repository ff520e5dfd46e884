/** Common table expressions, recursive ones included. */
import type { CommonTableExpression, QueryBody } from "../language/ast";
import type { Row } from "../session/runtime";
import { sqlError } from "../session/messages";
import { type Context, type Relation, type RelationColumn, type Run, childContext } from "./context";
import { compileQuery, compileQueryBody, type QueryPlan } from "./query";
import { at, type Scope, type TableExpression } from "./scope";

export function declareTableExpressions(list: readonly CommonTableExpression[], scope: Scope): void {
  for (const item of list) {
    const key = scope.database.key(item.name);
    if (scope.tableExpressions.has(key)) throw at(sqlError(239, [item.name]), item.line);
    scope.tableExpressions.set(key, {
      name: item.name,
      columns: item.columns,
      query: item.query,
      scope,
      workingUses: 0,
      compiling: false,
    });
  }
}

/** Names a nested query's columns by its column list; every column must have a name, and its own. */
export function renameColumns(
  columns: readonly RelationColumn[],
  names: readonly string[] | undefined,
  owner: string,
  scope: Scope,
  line: number,
): RelationColumn[] {
  if (names && names.length < columns.length) throw at(sqlError(8158, [owner]), line);
  if (names && names.length > columns.length) throw at(sqlError(8159, [owner]), line);
  const seen = new Set<string>();
  return columns.map((column, index) => {
    const name = names?.[index] ?? column.name;
    if (name === "") throw at(sqlError(8155, [index + 1, owner]), line);
    const key = scope.database.key(name);
    if (seen.has(key)) throw at(sqlError(8156, [name, owner]), line);
    seen.add(key);
    return { ...column, name };
  });
}

/** The relation that a reference to the expression reads. */
export function referTo(expression: TableExpression, scope: Scope): Relation {
  if (expression.compiling) {
    if (!expression.working) throw at(sqlError(252, [expression.name]), expression.query.line);
    expression.workingUses++;
    scope.compiler.markVolatile();
    return expression.working;
  }
  const { relation, references } = (expression.compiled ??= compileExpressionOnce(expression));
  for (const [outer, slot] of references.outside(expression.scope)) scope.compiler.refer(outer, slot);
  return relation;
}

function compileExpressionOnce(expression: TableExpression): NonNullable<TableExpression["compiled"]> {
  const home = expression.scope;
  expression.compiling = true;
  const line = expression.query.line;
  const { value: plan, references } = home.compiler.isolate(() => {
    try {
      const members = unionMembers(expression.query.body);
      if (members.length < 2 || expression.query.with.length || expression.query.orderBy.length)
        return compileQuery(expression.query, home, "nested");
      return compileRecursive(expression, members);
    } finally {
      expression.compiling = false;
    }
  });
  const columns = renameColumns(plan.columns, expression.columns, expression.name, home, line);
  const owner = {};
  const cacheable = !references.outer(home);
  // The expression runs where its WITH stands, whatever the level that refers to it.
  const rows = (run: Run, around: Context | undefined): Iterable<Row> =>
    cacheable ? run.once(owner, () => [...plan.rows(run, around)]) : plan.rows(run, around);
  return { references, relation: { columns, cacheable, rows } };
}

/** The members of a top-level UNION ALL, in written order. */
function unionMembers(body: QueryBody): QueryBody[] {
  if (body.kind !== "set" || body.operator !== "union-all") return [body];
  return [...unionMembers(body.left), ...unionMembers(body.right)];
}

function compileRecursive(expression: TableExpression, members: readonly QueryBody[]): QueryPlan {
  const home = expression.scope;
  const line = expression.query.line;
  const ordering = { items: [], offset: undefined, fetch: undefined };
  const workingRows = {};
  const anchors: QueryPlan[] = [];
  const recursive: QueryPlan[] = [];
  for (const member of members) {
    const before = expression.workingUses;
    const plan = compileQueryBody(member, home, ordering);
    if (expression.workingUses > before) {
      refuseInRecursion(member, expression.name);
      recursive.push(plan);
    } else anchors.push(plan);
    if (!expression.working) {
      const columns = renameColumns(plan.columns, expression.columns, expression.name, home, line).map((column) => ({
        ...column,
        nullable: true,
      }));
      expression.working = { columns, cacheable: false, rows: (run) => run.get<Row[]>(workingRows) };
    }
  }
  if (!recursive.length) return compileQuery(expression.query, home, "nested");
  const columns = anchors[0]!.columns;
  for (const plan of [...anchors.slice(1), ...recursive]) {
    if (plan.columns.length !== columns.length) throw at(sqlError(205), line);
    plan.columns.forEach((column, index) => {
      const { type } = columns[index]!;
      const same =
        type.name === column.type.name &&
        type.length === column.type.length &&
        type.precision === column.type.precision &&
        type.scale === column.type.scale;
      if (!same) throw at(sqlError(240, [expression.working!.columns[index]!.name, expression.name]), line);
    });
  }
  return {
    columns: columns.map((column) => ({ ...column, nullable: true })),
    assigns: false,
    cacheable: false,
    *rows(run, around) {
      let step: Row[] = anchors.flatMap((plan) => [...plan.rows(run, around)]);
      const limit = home.compiler.maximumRecursion;
      for (let depth = 0; step.length; depth++) {
        yield* step;
        const previous = step;
        step = recursive.flatMap((plan) => {
          run.put(workingRows, previous);
          return [...plan.rows(run, around)];
        });
        if (step.length && limit > 0 && depth >= limit) throw sqlError(530, [limit]);
      }
    },
  };
}

function refuseInRecursion(member: QueryBody, name: string): void {
  if (member.kind !== "select") return;
  if (member.distinct) throw at(sqlError(460, [name]), member.line);
  if (member.top) throw at(sqlError(461, [name]), member.line);
  if (member.groupBy || member.having) throw at(sqlError(467, [name]), member.line);
}

/** How many levels lie between a scope and one further out. */
export function levelsBetween(inner: Scope | undefined, outer: Scope): number {
  let levels = 0;
  for (let scope = inner; scope && scope !== outer; scope = scope.parent) levels++;
  return levels;
}

/** A relation compiled further out, read from a deeper level. */
export function fromFurtherOut(relation: Relation, levels: number): Relation {
  if (levels === 0) return relation;
  return {
    ...relation,
    rows: (run: Run, around: Context | undefined) => {
      let context = around;
      for (let i = 0; i < levels; i++) context = context?.parent;
      return relation.rows(run, context ?? childContext(run, undefined));
    },
  };
}
