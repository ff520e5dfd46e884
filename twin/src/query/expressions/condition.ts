/** Search conditions: three-valued logic, null for UNKNOWN. */
import type { Expression } from "../../language/ast";
import { notImplemented } from "../../session/sql-error";
import { sqlError } from "../../session/messages";
import { type Compiled, type Condition } from "../context";
import { at, type Scope } from "../scope";
import { compileExpression } from "./compile";
import { compareCompiled, compileDistinct, equalityOf } from "./comparison";
import { compileLike } from "./like";
import { compileExists, compileInQuery, compileQuantified } from "./subquery";

type Of<K> =
  Extract<Expression, { kind: K }> | (K extends "and" | "or" ? Extract<Expression, { kind: "and" | "or" }> : never);
type ConditionKind =
  | "and"
  | "or"
  | "not"
  | "comparison"
  | "is-null"
  | "is-distinct"
  | "between"
  | "in"
  | "like"
  | "exists"
  | "quantified"
  | "call";

const conditions: { [K in ConditionKind]: (expression: Of<K>, scope: Scope) => Condition } = {
  and: (expression, scope) =>
    conjunction(compileCondition(expression.left, scope), compileCondition(expression.right, scope)),
  or: (expression, scope) => {
    const left = compileCondition(expression.left, scope);
    const right = compileCondition(expression.right, scope);
    return (context) => {
      const first = left(context);
      if (first === true) return true;
      const second = right(context);
      return second === true ? true : first === null || second === null ? null : false;
    };
  },
  not: (expression, scope) => negate(compileCondition(expression.operand, scope)),
  comparison: (expression, scope) =>
    compareCompiled(
      expression.operator,
      compileExpression(expression.left, scope),
      compileExpression(expression.right, scope),
      scope,
      expression.line,
    ),
  "is-null": (expression, scope) => {
    const operand = compileExpression(expression.operand, scope);
    const wanted = !expression.not;
    return (context) => (operand.evaluate(context) === null) === wanted;
  },
  "is-distinct": (expression, scope) => {
    const distinct = compileDistinct(
      compileExpression(expression.left, scope),
      compileExpression(expression.right, scope),
      scope,
      expression.line,
    );
    return expression.not ? (context) => !distinct(context) : distinct;
  },
  between: (expression, scope) => {
    const operand = compileExpression(expression.operand, scope);
    const low = compareCompiled(">=", operand, compileExpression(expression.low, scope), scope, expression.line);
    const high = compareCompiled("<=", operand, compileExpression(expression.high, scope), scope, expression.line);
    const both = conjunction(low, high);
    return expression.not ? negate(both) : both;
  },
  in: (expression, scope) => {
    const operand = compileExpression(expression.operand, scope);
    const member = expression.query
      ? compileInQuery(operand, expression.query, scope, expression.line)
      : inList(
          operand,
          (expression.values ?? []).map((value) => compileExpression(value, scope)),
          scope,
          expression.line,
        );
    return expression.not ? negate(member) : member;
  },
  like: compileLike,
  exists: (expression, scope) => compileExists(expression.query, scope),
  quantified: (expression, scope) => {
    const operand = compileExpression(expression.left, scope);
    return compileQuantified(
      expression.operator,
      operand,
      expression.quantifier,
      expression.query,
      scope,
      expression.line,
    );
  },
  call: (expression, scope) => updatedColumn(expression, scope) ?? refuse(expression),
};

export function compileCondition(expression: Expression, scope: Scope): Condition {
  if (expression.kind in conditions)
    return (conditions as unknown as Record<string, (expression: Expression, scope: Scope) => Condition>)[
      expression.kind
    ]!(expression, scope);
  return refuse(expression);
}

/** Predicates of full-text search and of version 2025. */
const unknownPredicates = new Set(["CONTAINS", "FREETEXT", "REGEXP_LIKE", "JSON_CONTAINS"]);

function refuse(expression: Expression): never {
  if (expression.kind === "call" && unknownPredicates.has(expression.name.parts.at(-1)!.toUpperCase()))
    throw at(notImplemented(expression.name.parts.at(-1)!.toUpperCase()), expression.line);
  const near =
    expression.kind === "column"
      ? expression.name.parts.at(-1)!
      : expression.kind === "call"
        ? expression.name.parts.at(-1)!
        : ")";
  throw at(sqlError(4145, [near]), expression.line);
}

function conjunction(left: Condition, right: Condition): Condition {
  return (context) => {
    const first = left(context);
    if (first === false) return false;
    const second = right(context);
    return second === false ? false : first === null || second === null ? null : true;
  };
}

function negate(condition: Condition): Condition {
  return (context) => {
    const result = condition(context);
    return result === null ? null : !result;
  };
}

/** One hash lookup when every member is a literal, as generated key lists are. */
function inList(operand: Compiled, values: readonly Compiled[], scope: Scope, line: number): Condition {
  if (
    values.length > 8 &&
    values.every((value) => value.literal && !value.untypedNull && value.type.name === values[0]!.type.name)
  ) {
    const equality = equalityOf(operand, longest(values), scope, line);
    const members = new Set<string>();
    const noContext = undefined as never;
    for (const value of values) members.add(equality.rightKey(value.evaluate(noContext)));
    return (context) => {
      const value = operand.evaluate(context);
      return value === null ? null : members.has(equality.leftKey(value));
    };
  }
  const tests = values.map((value) => compareCompiled("=", operand, value, scope, line));
  return (context) => {
    let unknown = false;
    for (const test of tests) {
      const result = test(context);
      if (result === true) return true;
      if (result === null) unknown = true;
    }
    return unknown ? null : false;
  };
}

function longest(values: readonly Compiled[]): Compiled {
  return values.reduce((best, value) => ((value.type.length ?? 0) > (best.type.length ?? 0) ? value : best));
}

/** UPDATE(column) in a trigger. */
function updatedColumn(call: Of<"call">, scope: Scope): Condition | undefined {
  const [argument] = call.arguments;
  if (call.name.parts.length !== 1 || call.name.parts[0]!.toUpperCase() !== "UPDATE" || argument?.kind !== "column")
    return undefined;
  const { trigger } = scope.execution.frame;
  if (!trigger) throw at(sqlError(140), call.line);
  const name = argument.name.parts.at(-1)!;
  const column = trigger.table.columns.find((candidate) => scope.same(candidate.name, name));
  if (!column) throw at(sqlError(207, [name]), call.line);
  return () => trigger.updatedColumns.has(column.id);
}
