/** Queries inside expressions: scalar, EXISTS, IN, ALL and ANY. What cannot differ is computed once in a statement. */
import type { ComparisonOperator, Query } from "../../language/ast";
import { sqlError } from "../../session/messages";
import type { Row } from "../../session/runtime";
import type { Compiled, Condition, Context } from "../context";
import { compileQuery, keptRows, type QueryPlan } from "../query";
import { at, type Scope, slotReader } from "../scope";
import { compareCompiled, equalityOf } from "./comparison";

function oneColumn(query: Query, scope: Scope, line: number): QueryPlan {
  const plan = compileQuery(query, scope, "nested");
  if (plan.columns.length !== 1) throw at(sqlError(116), line);
  return plan;
}

export function compileSubquery(query: Query, scope: Scope, line: number): Compiled {
  const plan = oneColumn(query, scope, line);
  const [column] = plan.columns;
  const owner = {};
  const single = (rows: Iterable<Row>) => {
    let found: Row | undefined;
    for (const row of rows) {
      if (found) throw at(sqlError(512), line);
      found = row;
    }
    return found ? found[0]! : null;
  };
  const evaluate: Compiled["evaluate"] = plan.cacheable
    ? (context) => context.run.once(owner, () => single(plan.rows(context.run, context)))
    : (context) => single(plan.rows(context.run, context));
  return {
    type: column!.type,
    nullable: true,
    collation: column!.collation ?? "implicit",
    untypedNull: column!.untypedNull === true,
    json: column!.json === true,
    evaluate,
  };
}

export function compileExists(query: Query, scope: Scope): Condition {
  const plan = compileQuery(query, scope, "nested");
  const owner = {};
  const any = (context: Context): boolean => {
    for (const _ of plan.rows(context.run, context)) return true;
    return false;
  };
  return plan.cacheable ? (context) => context.run.once(owner, () => any(context)) : any;
}

/** An uncorrelated list becomes a set of keys. */
export function compileInQuery(operand: Compiled, query: Query, scope: Scope, line: number): Condition {
  const plan = oneColumn(query, scope, line);
  const column = columnOf(plan);
  const equality = equalityOf(operand, column, scope, line);
  if (!plan.cacheable) return compileQuantifiedPlan("=", operand, "any", plan, scope, line);
  const owner = {};
  return (context) => {
    const members = context.run.once(owner, () => {
      const keys = new Set<string>();
      let hasNull = false;
      for (const [value] of plan.rows(context.run, context)) {
        if (value === null) hasNull = true;
        else keys.add(equality.rightKey(value!));
      }
      return { keys, hasNull };
    });
    if (!members.keys.size && !members.hasNull) return false;
    const value = operand.evaluate(context);
    if (value === null) return null;
    if (members.keys.has(equality.leftKey(value))) return true;
    return members.hasNull ? null : false;
  };
}

function columnOf(plan: QueryPlan): Compiled {
  const column = plan.columns[0]!;
  return {
    type: column.type,
    nullable: column.nullable,
    collation: column.collation ?? "implicit",
    untypedNull: column.untypedNull === true,
    evaluate: slotReader(0, 0),
  };
}

export function compileQuantified(
  operator: ComparisonOperator,
  operand: Compiled,
  quantifier: "all" | "any",
  query: Query,
  scope: Scope,
  line: number,
): Condition {
  return compileQuantifiedPlan(operator, operand, quantifier, oneColumn(query, scope, line), scope, line);
}

function compileQuantifiedPlan(
  operator: ComparisonOperator,
  operand: Compiled,
  quantifier: "all" | "any",
  plan: QueryPlan,
  scope: Scope,
  line: number,
): Condition {
  const owner = {};
  // Both sides are read from one row of their own: [operand, member].
  const left: Compiled = { ...operand, evaluate: slotReader(0, 0) };
  const right: Compiled = { ...columnOf(plan), evaluate: slotReader(1, 0) };
  const compare = compareCompiled(operator, left, right, scope, line);
  return (context) => {
    const value = operand.evaluate(context);
    const pair: Context = { ...context, base: 0, row: [] };
    let unknown = false;
    for (const row of keptRows(plan, owner, context.run, context)) {
      pair.row = [value, row[0]!];
      const result = compare(pair);
      if (result === (quantifier === "any")) return result;
      if (result === null) unknown = true;
    }
    return unknown ? null : quantifier === "all";
  };
}
