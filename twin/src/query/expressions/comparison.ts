/** = <> < <= > >= over any two operands, hash keys for equality, and which types may be compared at all. */
import type { ComparisonOperator, Expression } from "../../language/ast";
import { type Collation, collation as collationByName } from "../../types/collation";
import { compareValues, equalKey } from "../../types/compare";
import { isCharacter } from "../../types/format-type";
import { commonType } from "../../types/precedence";
import type { SqlType, TypeName } from "../../types/sql-type";
import type { SqlValue } from "../../types/value";
import { sqlError } from "../../session/messages";
import type { Compiled, Condition, Context } from "../context";
import type { References } from "../compiler";
import { at, type Scope } from "../scope";
import { compileExpression } from "./compile";
import { convertTo, mergeCollation } from "./coercion";

const operationWords: Record<ComparisonOperator, string> = {
  "=": "equal to",
  "<>": "not equal to",
  "<": "less than",
  "<=": "less than or equal to",
  ">": "greater than",
  ">=": "greater than or equal to",
};

const verdicts: Record<ComparisonOperator, (order: number) => boolean> = {
  "=": (order) => order === 0,
  "<>": (order) => order !== 0,
  "<": (order) => order < 0,
  "<=": (order) => order <= 0,
  ">": (order) => order > 0,
  ">=": (order) => order >= 0,
};

const neverCompared = new Set<TypeName>(["xml", "geometry", "geography", "json", "vector"]);
const longText = new Set<TypeName>(["text", "ntext", "image"]);

/** GROUP BY, ORDER BY and DISTINCT need an order. */
export function requireComparable(type: SqlType, clause: string, line: number): void {
  if (neverCompared.has(type.name))
    throw at(type.name === "xml" ? sqlError(305) : sqlError(249, [type.name, clause]), line);
  if (longText.has(type.name)) throw at(sqlError(306), line);
}

export function collationOf(type: SqlType, scope: Scope): Collation {
  return type.collation === undefined ? scope.database.collation : collationByName(type.collation);
}

/** Order of two values of one type that are not NULL. */
export function comparer(type: SqlType, scope: Scope): (left: SqlValue, right: SqlValue) => number {
  const collation = collationOf(type, scope);
  return (left, right) => compareValues(left, right, type, collation);
}

/** Text whose collation is the database's own is rare in results of other databases; its key folds like the name says. */
export function valueKey(value: SqlValue, type: SqlType): string {
  return String(equalKey(value, type, keyCollation(type)));
}

const defaultKeyCollation = "SQL_Latin1_General_CP1_CI_AS";

function keyCollation(type: SqlType): Collation {
  return collationByName(type.collation ?? defaultKeyCollation);
}

interface Meeting {
  readonly left: Compiled;
  readonly right: Compiled;
  readonly type: SqlType;
  readonly collation: Collation;
}

/** Both operands in the type in which they are compared. */
function meet(left: Compiled, right: Compiled, operator: ComparisonOperator, scope: Scope, line: number): Meeting {
  for (const operand of [left, right]) {
    if (operand.untypedNull) continue;
    if (operand.type.name === "xml") throw at(sqlError(305), line);
    if (neverCompared.has(operand.type.name))
      throw at(sqlError(403, [operationWords[operator], operand.type.name]), line);
    if (longText.has(operand.type.name))
      throw at(sqlError(402, [left.type.name, right.type.name, operationWords[operator]]), line);
  }
  if (left.untypedNull || right.untypedNull) {
    const type = left.untypedNull ? right.type : left.type;
    return {
      left: convertTo(left, type, scope),
      right: convertTo(right, type, scope),
      type,
      collation: collationOf(type, scope),
    };
  }
  const { collation } = mergeCollation(left, right, scope, operationWords[operator]);
  const type = commonType(left.type, right.type);
  // Text is compared as it is: the collation pads with blanks, so no common length is needed.
  const textual = isCharacter(left.type) && isCharacter(right.type);
  return {
    left: textual ? left : convertTo(left, type, scope),
    right: textual ? right : convertTo(right, type, scope),
    type,
    collation: collation === undefined ? scope.database.collation : collationByName(collation),
  };
}

export function compareCompiled(
  operator: ComparisonOperator,
  left: Compiled,
  right: Compiled,
  scope: Scope,
  line: number,
): Condition {
  const { left: a, right: b, type, collation } = meet(left, right, operator, scope, line);
  const verdict = verdicts[operator];
  const readLeft = a.evaluate;
  const readRight = b.evaluate;
  return (context) => {
    const x = readLeft(context);
    if (x === null) return null;
    const y = readRight(context);
    if (y === null) return null;
    return verdict(compareValues(x, y, type, collation));
  };
}

/** IS DISTINCT FROM: NULL equals NULL, never UNKNOWN. */
export function compileDistinct(
  left: Compiled,
  right: Compiled,
  scope: Scope,
  line: number,
): (context: Context) => boolean {
  const { left: a, right: b, type, collation } = meet(left, right, "=", scope, line);
  return (context) => {
    const x = a.evaluate(context);
    const y = b.evaluate(context);
    if (x === null || y === null) return x !== y;
    return compareValues(x, y, type, collation) !== 0;
  };
}

/** One side of an equality between rows, as a hash key. */
export interface EqualitySide {
  readonly references: References;
  /** Slot of the scope's rows when the side is a bare column that needs no conversion. */
  readonly column?: number;
  /** Undefined for NULL, which equals nothing. */
  key(context: Context): string | undefined;
}

interface Equality {
  readonly test: Condition;
  /** In which type, and by which collation, the keys are made. */
  readonly type: SqlType;
  readonly collation: Collation;
  readonly equality: readonly [EqualitySide, EqualitySide];
}

export function compileEquality(expression: Extract<Expression, { kind: "comparison" }>, scope: Scope): Equality {
  const left = scope.compiler.track(() => compileExpression(expression.left, scope));
  const right = scope.compiler.track(() => compileExpression(expression.right, scope));
  const { left: a, right: b, type, collation } = meet(left.value, right.value, "=", scope, expression.line);
  const bareColumn = (
    written: Expression,
    operand: Compiled,
    original: Compiled,
    references: References,
  ): number | undefined => {
    const local = [...references.local(scope)];
    return written.kind === "column" &&
      operand.evaluate === original.evaluate &&
      local.length === 1 &&
      !references.outer(scope)
      ? local[0]
      : undefined;
  };
  const side = (operand: Compiled, references: References, column: number | undefined): EqualitySide => ({
    references,
    ...(column === undefined ? {} : { column }),
    key: (context) => {
      const value = operand.evaluate(context);
      return value === null ? undefined : String(equalKey(value, type, collation));
    },
  });
  return {
    test: compareCompiled("=", left.value, right.value, scope, expression.line),
    type,
    collation,
    equality: [
      side(a, left.references, bareColumn(expression.left, a, left.value, left.references)),
      side(b, right.references, bareColumn(expression.right, b, right.value, right.references)),
    ],
  };
}

/** Keys of both operands' values that are equal when the values are. */
export function equalityOf(
  left: Compiled,
  right: Compiled,
  scope: Scope,
  line: number,
): { leftKey(value: SqlValue): string; rightKey(value: SqlValue): string } {
  const readValue = (operand: Compiled): Compiled => ({
    ...operand,
    literal: false,
    evaluate: (context) => context.row[0]!,
  });
  const { left: a, right: b, type, collation } = meet(readValue(left), readValue(right), "=", scope, line);
  const keyOf = (operand: Compiled) => (value: SqlValue) =>
    String(equalKey(operand.evaluate({ row: [value], base: 0 } as unknown as Context), type, collation));
  return { leftKey: keyOf(a), rightKey: keyOf(b) };
}
