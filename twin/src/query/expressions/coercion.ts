/** Implicit conversion between operands, and which collation wins. */
import { convert, canConvert, convertForStorage, refuseConversion, type StorageTarget } from "../../types/convert";
import { isCharacter, isExact, nvarchar, varchar } from "../../types/format-type";
import { commonType } from "../../types/precedence";
import type { SqlType } from "../../types/sql-type";
import { Decimal, type SqlValue } from "../../types/value";
import { sqlError } from "../../session/messages";
import type { CollationStrength, Compiled } from "../context";
import type { Scope } from "../scope";

/** Same values, whatever the collation or alias type. */
function sameRepresentation(from: SqlType, to: SqlType): boolean {
  if (from.name !== to.name) return false;
  if (isCharacter(to))
    return (
      from.length === to.length ||
      (!to.name.endsWith("char")
        ? true
        : to.name.includes("var") &&
          (to.length === -1 || (from.length !== -1 && (from.length ?? 1) <= (to.length ?? 1))))
    );
  if (to.name === "binary" || to.name === "varbinary") return from.length === to.length;
  if (isExact(to)) return from.precision === to.precision && from.scale === to.scale;
  return from.scale === to.scale;
}

/** The operand as a value of another type. An untyped NULL becomes anything. */
export function convertTo(operand: Compiled, type: SqlType, scope: Scope): Compiled {
  if (operand.untypedNull) return { type, nullable: true, collation: "default", literal: true, evaluate: () => null };
  if (sameRepresentation(operand.type, type)) return operand.type === type ? operand : { ...operand, type };
  if (!canConvert(operand.type, type, false)) throw refuseConversion(operand.type, type, false);
  const { dateFormat } = scope.execution.session.options;
  const { type: from, evaluate } = operand;
  const options = { dateFormat };
  if (operand.literal) {
    // Converted when it is first needed: a branch that is never taken raises nothing.
    let known: SqlValue | undefined;
    return {
      ...operand,
      type,
      evaluate: (context) => (known === undefined ? (known = convert(evaluate(context), from, type, options)) : known),
    };
  }
  return { ...operand, type, evaluate: (context) => convert(evaluate(context), from, type, options) };
}

/** Assignment to a column: refuses what would be cut. */
export function convertForColumn(operand: Compiled, type: SqlType, target: StorageTarget): Compiled {
  if (operand.untypedNull) return { type, nullable: true, collation: "default", evaluate: () => null };
  if (!canConvert(operand.type, type, false)) throw refuseConversion(operand.type, type, false);
  const { type: from, evaluate } = operand;
  return { ...operand, type, evaluate: (context) => convertForStorage(evaluate(context), from, type, target) };
}

const strength: Record<CollationStrength, number> = { default: 0, implicit: 1, none: 2, explicit: 3 };

/** The collation of two operands together: explicit over conflict over column over default. */
export function mergeCollation(
  left: Compiled,
  right: Compiled,
  scope: Scope,
  operation?: string,
): { collation: string | undefined; strength: CollationStrength } {
  const leftText = isCharacter(left.type);
  const rightText = isCharacter(right.type);
  if (!leftText || !rightText) {
    const one = leftText ? left : right;
    return { collation: one.type.collation, strength: one.collation };
  }
  if (strength[left.collation] !== strength[right.collation]) {
    const winner = strength[left.collation] > strength[right.collation] ? left : right;
    return { collation: winner.type.collation, strength: winner.collation };
  }
  const a = left.type.collation ?? scope.database.collation.name;
  const b = right.type.collation ?? scope.database.collation.name;
  if (a === b || left.collation === "default")
    return { collation: left.type.collation ?? right.type.collation, strength: left.collation };
  if (operation !== undefined) throw sqlError(468, [a, b, operation]);
  return { collation: undefined, strength: "none" };
}

function withCollation(type: SqlType, collation: string | undefined): SqlType {
  if (!isCharacter(type) || type.collation === collation) return type;
  const { collation: _, ...rest } = type;
  return collation === undefined ? rest : { ...rest, collation };
}

export interface UnionItems {
  readonly type: SqlType;
  readonly nullable: boolean;
  readonly collation: CollationStrength;
  readonly untypedNull: boolean;
  /** The operands, converted. */
  readonly items: readonly Compiled[];
}

/** One type for alternatives: CASE branches, COALESCE, VALUES rows, both sides of a UNION. */
export function unionType(items: readonly Compiled[], scope: Scope, operation?: string): UnionItems {
  const typed = items.filter((item) => !item.untypedNull);
  const first = typed[0];
  if (!first) return { type: { name: "int" }, nullable: true, collation: "default", untypedNull: true, items };
  let merged: Compiled = first;
  for (const item of typed.slice(1)) {
    const { collation, strength: how } = mergeCollation(merged, item, scope, operation);
    merged = { ...merged, type: withCollation(commonType(merged.type, item.type), collation), collation: how };
  }
  return {
    type: merged.type,
    nullable: items.some((item) => item.nullable),
    collation: merged.collation,
    untypedNull: false,
    items: items.map((item) => convertTo(item, merged.type, scope)),
  };
}

/** An integer argument of TOP, OFFSET, NTILE, LAG. */
export function toNumber(value: SqlValue): number {
  if (typeof value === "number") return Math.trunc(value);
  if (typeof value === "bigint") return Number(value);
  if (value instanceof Decimal) return Number(value.unscaled) / 10 ** value.scale;
  throw sqlError(1060);
}

/** Text of any value, as an implicit conversion gives it. */
export function asText(operand: Compiled, scope: Scope): Compiled {
  if (isCharacter(operand.type)) return operand;
  return convertTo(operand, operand.type.name === "xml" ? nvarchar(8001) : varchar(8000), scope);
}
