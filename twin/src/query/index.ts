/** The query part of the engine: SELECT, data modification, and the expressions of every other part. */
import "../functions";
import "../session/messages/query";
import "../session/messages/modification";
import "../session/messages/ddl";
import "../session/messages/temporal";
import "../session/messages/databases";
import "../session/messages/language";
import type { Expression, Query } from "../language/ast";
import type { CompiledExpression, CompiledQuery, Execution, QueryPart, Row, Work } from "../session/runtime";
import type { Database, Table } from "../storage/model";
import type { SqlType } from "../types/sql-type";
import { Compiler } from "./compiler";
import { type Compiled, childContext, Run } from "./context";
import { deleteRows } from "./dml/delete";
import { insert } from "./dml/insert";
import { merge } from "./dml/merge";
import { truncate } from "./dml/truncate";
import { update } from "./dml/update";
import { convertTo } from "./expressions/coercion";
import { compileCondition } from "./expressions/condition";
import { compileExpression } from "./expressions/compile";
import { isSubquery, some } from "./expression-key";
import { lockReads, outermost } from "./locks";
import { compileQuery as planQuery } from "./query";
import { Scope } from "./scope";
import { planColumns, resultColumn, select } from "./select-statement";
import { tableScope } from "./table-rows";

function rootScope(execution: Execution, database = execution.frame.database): Scope {
  return new Scope(new Compiler(execution), undefined, database);
}

/** Without columns in sight: one level inside the root, as subqueries expect it. */
function plainScope(execution: Execution): Scope {
  const root = rootScope(execution);
  return new Scope(root.compiler, root, root.database);
}

function plainContext(execution: Execution) {
  const run = new Run(execution);
  return childContext(run, outermost(run));
}

function compileQuery(query: Query, execution: Execution): CompiledQuery {
  const root = rootScope(execution);
  const plan = planQuery(query, root, "statement");
  return {
    columns: plan.columns.map((column) => resultColumn(column, root.database)),
    tables: [...root.compiler.tables],
    rows: (current) => {
      const run = new Run(current);
      return plan.rows(run, outermost(run));
    },
  };
}

function typedScalar(expression: Expression, execution: Execution, target?: SqlType) {
  const scope = plainScope(execution);
  const compiled = compileExpression(expression, scope);
  const converted: Compiled = target ? convertTo(compiled, target, scope) : compiled;
  return { type: converted.type, value: converted.evaluate(plainContext(execution)) };
}

function compileForTable(
  expression: Expression,
  table: Pick<Table, "columns" | "name">,
  database: Database,
  execution: Execution,
): CompiledExpression {
  const scope = tableScope(table, database, rootScope(execution, database));
  const compiled = compileExpression(expression, scope);
  return {
    type: compiled.type,
    nullable: compiled.nullable,
    evaluate: (current, row) => compiled.evaluate(tableContext(current, row)),
  };
}

function tableContext(execution: Execution, row: Row) {
  const run = new Run(execution);
  return childContext(run, outermost(run), row);
}

function compileTableCondition(
  expression: Expression,
  table: Pick<Table, "columns" | "name">,
  database: Database,
  execution: Execution,
) {
  const condition = compileCondition(expression, tableScope(table, database, rootScope(execution, database)));
  return (row: Row, current: Execution) => condition(tableContext(current, row));
}

/** Waits for the rows that the expression's subqueries look at, as a SELECT of them would. */
function* settle(expression: Expression, execution: Execution): Work<void> {
  if (!holdsQuery(expression)) return;
  const scope = plainScope(execution);
  // IF takes conditions, SET takes values: whichever it is, its tables are the same.
  if (isCondition(expression)) compileCondition(expression, scope);
  else compileExpression(expression, scope);
  if (scope.compiler.reads.size === 0) return;
  const locks = yield* lockReads(scope.compiler, execution);
  locks.release();
}

const queries = new WeakMap<Expression, boolean>();

function holdsQuery(expression: Expression): boolean {
  let known = queries.get(expression);
  if (known === undefined) queries.set(expression, (known = some(expression, isSubquery)));
  return known;
}

const conditionKinds = new Set<Expression["kind"]>([
  "comparison",
  "quantified",
  "and",
  "or",
  "not",
  "is-null",
  "is-distinct",
  "between",
  "in",
  "like",
  "exists",
]);

function isCondition(expression: Expression): boolean {
  return conditionKinds.has(expression.kind);
}

export const queryPart: QueryPart = {
  compileQuery,
  scalar: (expression, execution) => typedScalar(expression, execution).value,
  typedScalar,
  condition: (expression, execution) =>
    compileCondition(expression, plainScope(execution))(plainContext(execution)) === true,
  settle,
  compileForTable,
  compileCondition: compileTableCondition,
  describeQuery: (query, execution, isStatement) =>
    planColumns(query, rootScope(execution), isStatement === true ? "statement" : "nested"),
  select,
  insert,
  update,
  delete: deleteRows,
  merge,
  truncate,
};
