/** Scalar expressions: one compiler for each kind of node. */
import type { Expression } from "../../language/ast";
import { binaryOperation, binaryResultType, complement, negate, negatedType } from "../../types/arithmetic";
import { collation as collationByName } from "../../types/collation";
import { convert, canConvert, refuseConversion, tryConvert } from "../../types/convert";
import { isCharacter } from "../../types/format-type";
import { literal } from "../../types/literal";
import { sqlError } from "../../session/messages";
import { notImplemented, SqlError } from "../../session/sql-error";
import type { Compiled, Condition } from "../context";
import { expressionKey } from "../expression-key";
import { at, type Scope } from "../scope";
import { compileCall } from "./call";
import { compileColumn, compileVariable } from "./column";
import { compileCondition } from "./condition";
import { mergeCollation, toNumber, unionType } from "./coercion";
import { compileGlobal } from "./globals";
import { compileNextValue } from "./sequence";
import { compileSubquery } from "./subquery";
import { compileAtTimeZone } from "./time-zone";

type Of<K extends Expression["kind"]> = Extract<Expression, { kind: K }>;
type ConditionKind =
  "comparison" | "quantified" | "and" | "or" | "not" | "is-null" | "is-distinct" | "between" | "in" | "like" | "exists";
type ScalarKind = Exclude<Expression["kind"], ConditionKind>;

const constant = (expression: Parameters<typeof literal>[0]): Compiled => {
  const { type, value } = literal(expression);
  return {
    type,
    nullable: value === null,
    collation: "default",
    literal: true,
    untypedNull: expression.kind === "null",
    evaluate: () => value,
  };
};

const compilers: { [K in ScalarKind]: (expression: Of<K>, scope: Scope) => Compiled } = {
  integer: (expression) => constant(expression),
  decimal: (expression) => constant(expression),
  float: (expression) => constant(expression),
  money: (expression) => constant(expression),
  string: (expression) => constant(expression),
  binary: (expression) => constant(expression),
  null: (expression) => constant(expression),
  default: (expression) => {
    throw at(sqlError(156, ["DEFAULT"]), expression.line);
  },
  variable: (expression, scope) => compileVariable(expression, scope),
  global: (expression) => compileGlobal(expression),
  column: (expression, scope) => compileColumn(expression, scope),
  unary: compileUnary,
  "binary-operation": compileBinary,
  subquery: (expression, scope) => compileSubquery(expression.query, scope, expression.line),
  case: compileCase,
  cast: (expression, scope) => compileConversion(expression, undefined, scope),
  convert: (expression, scope) => compileConversion(expression, expression.style, scope),
  parse: (expression) => {
    throw at(notImplemented("PARSE"), expression.line);
  },
  collate: (expression, scope) => {
    const operand = compileExpression(expression.operand, scope);
    if (!isCharacter(operand.type)) throw at(sqlError(447, [operand.type.name]), expression.line);
    // DATABASE_DEFAULT: of the database that the statement runs in, wherever the column is.
    const { name } = /^database_default$/i.test(expression.collation)
      ? scope.execution.frame.database.collation
      : collationByName(expression.collation);
    return { ...operand, type: { ...operand.type, collation: name }, collation: "explicit" };
  },
  "at-time-zone": (expression, scope) => compileAtTimeZone(expression, scope),
  "next-value": (expression, scope) => compileNextValue(expression, scope),
  call: (expression, scope) => compileCall(expression, scope),
};

export function compileExpression(expression: Expression, scope: Scope): Compiled {
  const grouped = groupedItem(expression, scope);
  if (grouped) return grouped;
  const compile = (compilers as Record<string, ((expression: Expression, scope: Scope) => Compiled) | undefined>)[
    expression.kind
  ];
  if (!compile) throw at(sqlError(102, ["="]), expression.line);
  try {
    return compile(expression, scope);
  } catch (error) {
    throw error instanceof SqlError ? at(error, expression.line) : error;
  }
}

/** After GROUP BY an expression that is one of its items stands for the group's value. */
function groupedItem(expression: Expression, scope: Scope): Compiled | undefined {
  if (!scope.grouping || expression.kind === "integer" || expression.kind === "string") return undefined;
  const found = scope.grouping.expressionSlot(expressionKey(expression, scope));
  return found && expression.kind === "column"
    ? { ...found, column: { name: expression.name.parts.at(-1)!, identity: false } }
    : found;
}

function compileUnary(expression: Of<"unary">, scope: Scope): Compiled {
  const operand = compileExpression(expression.operand, scope);
  const { evaluate, nullable, type, literal: isLiteral = false } = operand;
  if (operand.untypedNull) return operand;
  if (expression.operator === "+") return { ...operand, column: undefined } as Compiled;
  if (expression.operator === "-") {
    const result = negatedType(type);
    if (isLiteral) {
      // -2147483648 is written as a minus and a number that is no int.
      const value = negate(evaluate(undefined as never), type);
      return { type: result, nullable, collation: "default", literal: true, evaluate: () => value };
    }
    return { type: result, nullable, collation: "default", evaluate: (context) => negate(evaluate(context), type) };
  }
  return { type, nullable, collation: "default", evaluate: (context) => complement(evaluate(context), type) };
}

function compileBinary(expression: Of<"binary-operation">, scope: Scope): Compiled {
  return binary(
    expression.operator,
    compileExpression(expression.left, scope),
    compileExpression(expression.right, scope),
    scope,
  );
}

export function binary(
  operator: Of<"binary-operation">["operator"],
  first: Compiled,
  second: Compiled,
  scope: Scope,
): Compiled {
  const left = first.untypedNull ? { ...first, type: second.type } : first;
  const right = second.untypedNull ? { ...second, type: left.type } : second;
  const { type: a, evaluate: readLeft } = left;
  const { type: b, evaluate: readRight } = right;
  const merged = mergeCollation(left, right, scope, isCharacter(a) && isCharacter(b) ? "add" : undefined);
  let type = binaryResultType(operator, a, b);
  if (isCharacter(type) && merged.collation !== type.collation) {
    const { collation: _, ...rest } = type;
    type = merged.collation === undefined ? rest : { ...rest, collation: merged.collation };
  }
  const result = type;
  return {
    type,
    nullable: left.nullable || right.nullable,
    collation: isCharacter(type) ? merged.strength : "default",
    evaluate: (context) => binaryOperation(operator, readLeft(context), a, readRight(context), b, result),
  };
}

function compileCase(expression: Of<"case">, scope: Scope): Compiled {
  const tests: Condition[] = expression.branches.map(({ when }) => {
    if (!expression.operand) return compileCondition(when, scope);
    return compileCondition(
      { kind: "comparison", operator: "=", left: expression.operand, right: when, line: when.line },
      scope,
    );
  });
  if (expression.branches.every(({ then }) => then.kind === "null") && (expression.else?.kind ?? "null") === "null")
    throw at(sqlError(8133), expression.line);
  const results = expression.branches.map(({ then }) => compileExpression(then, scope));
  const otherwise = expression.else && compileExpression(expression.else, scope);
  return choose(tests, results, otherwise, scope);
}

/** The first result whose test is true. Nothing else is evaluated. */
export function choose(
  tests: readonly Condition[],
  results: readonly Compiled[],
  otherwise: Compiled | undefined,
  scope: Scope,
): Compiled {
  const { items, ...merged } = unionType(otherwise ? [...results, otherwise] : results, scope, "CASE");
  const fallback = otherwise ? items.at(-1)! : undefined;
  return {
    ...merged,
    nullable: merged.nullable || !fallback,
    evaluate: (context) => {
      for (let i = 0; i < tests.length; i++) if (tests[i]!(context) === true) return items[i]!.evaluate(context);
      return fallback ? fallback.evaluate(context) : null;
    },
  };
}

function compileConversion(
  expression: Of<"cast"> | Of<"convert">,
  style: Expression | undefined,
  scope: Scope,
): Compiled {
  const operand = compileExpression(expression.operand, scope);
  const { database, execution } = scope;
  const resolved = execution.parts.definition.resolveType(expression.type, database);
  let { type } = resolved;
  // Without a length CAST and CONVERT take 30, unlike a declaration, which takes 1.
  if (
    !expression.type.arguments.length &&
    !type.userTypeId &&
    ["char", "varchar", "nchar", "nvarchar", "binary", "varbinary"].includes(type.name)
  )
    type = { ...type, length: 30 };
  if (isCharacter(type) && isCharacter(operand.type) && operand.type.collation !== undefined)
    type = { ...type, collation: operand.type.collation };
  if (!operand.untypedNull && !canConvert(operand.type, type, true)) throw refuseConversion(operand.type, type, true);
  const styleNumber = style && compileExpression(style, scope);
  const { dateFormat } = execution.session.options;
  const { type: from, evaluate } = operand;
  const target = type;
  const run = expression.attempt ? tryConvert : convert;
  return {
    type,
    nullable: operand.nullable || expression.attempt || operand.untypedNull === true,
    collation: isCharacter(operand.type) ? operand.collation : "default",
    evaluate: (context) => {
      const value = evaluate(context);
      if (value === null) return null;
      const number = styleNumber?.evaluate(context);
      if (number === null) return null;
      return run(value, from, target, {
        explicit: true,
        dateFormat,
        ...(number === undefined ? {} : { style: toNumber(number) }),
      });
    },
  };
}
