/** Operators on scalars. https://learn.microsoft.com/sql/t-sql/language-elements/arithmetic-operators-transact-sql */
import type { BinaryOperator } from "../language/ast";
import { sqlError } from "../session/messages";
import { convert, limitDateTime } from "./convert";
import { DAYS_1900, TICKS_PER_DAY, addTicks } from "./date-time";
import { divideRounded, fits, powerOfTen, rescale, resultPrecision } from "./decimal";
import {
  isApproximate,
  isBinary,
  isCharacter,
  isDateTime,
  isExact,
  isInteger,
  isMoney,
  isNumeric,
  isUnicode,
} from "./format-type";
import { asDecimal, commonType } from "./precedence";
import type { SqlType } from "./sql-type";
import { DateTime, Decimal, type SqlValue } from "./value";

const OPERATOR_NAMES: Record<string, string> = {
  "+": "add",
  "-": "subtract",
  "*": "multiply",
  "/": "divide",
  "%": "modulo",
  "&": "'&'",
  "|": "'|'",
  "^": "'^'",
  "||": "concat",
};
const VERBS: Record<string, string> = {
  "+": "add",
  "-": "minus",
  "*": "multiply",
  "/": "divide",
  "%": "modulo",
  "&": "boolean AND",
  "|": "boolean OR",
  "^": "boolean XOR",
  "||": "concat",
  "<<": "left shift",
  ">>": "right shift",
};

/** Static type of `a operator b`; throws 206, 402, 403 or 8117 when the server refuses the operands. */
export function binaryResultType(operator: BinaryOperator, a: SqlType, b: SqlType): SqlType {
  if (
    (operator === "+" || operator === "||") &&
    concatenates(a) &&
    concatenates(b) &&
    (isCharacter(a) || isCharacter(b) || (isBinary(a) && isBinary(b)))
  )
    return concatenationType(a, b);
  if (operator === "&" || operator === "|" || operator === "^" || operator === "<<" || operator === ">>")
    return bitwiseType(operator, a, b);
  if ((operator === "+" || operator === "-") && (isDateTime(a) || isDateTime(b)))
    return dateArithmeticType(operator, a, b);
  for (const type of [a, b])
    if (!isNumeric(type) && !isCharacter(type) && !isBinary(type)) throw sqlError(8117, [type.name, VERBS[operator]!]);
  if (isCharacter(a) && isCharacter(b)) throw sqlError(402, [a.name, b.name, OPERATOR_NAMES[operator]!]);
  if (isBinary(a) && isBinary(b)) throw sqlError(402, [a.name, b.name, OPERATOR_NAMES[operator]!]);
  const common = commonType(numericSide(a, b), numericSide(b, a));
  if (common.name === "bit") {
    if (operator === "+" || operator === "-" || operator === "*" || operator === "/" || operator === "%")
      throw sqlError(
        operator === "%" ? 402 : 8117,
        operator === "%" ? ["bit", "bit", "modulo"] : ["bit", VERBS[operator]!],
      );
  }
  if (isExact(common))
    return {
      name: "numeric",
      ...resultPrecision(operator, asDecimal(isNumeric(a) ? a : common), asDecimal(isNumeric(b) ? b : common)),
    };
  if (operator === "%" && isApproximate(common)) throw sqlError(402, [a.name, b.name, "modulo"]);
  return { name: common.name };
}

/** Text beside a number becomes that number's type. */
function numericSide(type: SqlType, other: SqlType): SqlType {
  return isCharacter(type) || isBinary(type) ? (isNumeric(other) ? other : type) : type;
}

function concatenates(type: SqlType): boolean {
  return (isCharacter(type) || isBinary(type)) && type.name !== "image" && type.name !== "timestamp";
}

function concatenationType(a: SqlType, b: SqlType): SqlType {
  if (isBinary(a) && isBinary(b)) {
    const length = a.length === -1 || b.length === -1 ? -1 : Math.min(8000, (a.length ?? 1) + (b.length ?? 1));
    return { name: "varbinary", length };
  }
  if (isBinary(a) || isBinary(b)) throw sqlError(402, [a.name, b.name, "add"]);
  const unicode = isUnicode(a) || isUnicode(b);
  const max = a.length === -1 || b.length === -1 || a.name.endsWith("text") || b.name.endsWith("text");
  const length = max ? -1 : Math.min(unicode ? 4000 : 8000, (a.length ?? 1) + (b.length ?? 1));
  const collation = a.collation ?? b.collation;
  return { name: unicode ? "nvarchar" : "varchar", length, ...(collation === undefined ? {} : { collation }) };
}

function bitwiseType(operator: BinaryOperator, a: SqlType, b: SqlType): SqlType {
  const whole = (t: SqlType): boolean => isInteger(t) || t.name === "binary" || t.name === "varbinary";
  if (!whole(a) || !whole(b) || (!isInteger(a) && !isInteger(b)))
    throw sqlError(402, [a.name, b.name, `'${operator}'`]);
  if (!isInteger(a)) return b;
  if (!isInteger(b)) return a;
  return commonType(a, b);
}

function dateArithmeticType(operator: "+" | "-", a: SqlType, b: SqlType): SqlType {
  const old = (t: SqlType): boolean => t.name === "datetime" || t.name === "smalldatetime";
  if (old(a) && old(b)) return { name: "datetime" };
  if (old(a) && (isNumeric(b) || isCharacter(b))) return a;
  if (old(b) && (isNumeric(a) || isCharacter(a))) return b;
  const [x, y] = isDateTime(a) ? [a, b] : [b, a];
  if (isNumeric(y)) throw sqlError(206, [isDateTime(a) ? b.name : a.name, x.name], 2);
  throw sqlError(402, [a.name, b.name, OPERATOR_NAMES[operator]!]);
}

/** Operands come as they are; `result` is what binaryResultType said. NULL with anything is NULL. */
export function binaryOperation(
  operator: BinaryOperator,
  a: SqlValue,
  aType: SqlType,
  b: SqlValue,
  bType: SqlType,
  result: SqlType,
): SqlValue {
  if (a === null || b === null) return null;
  if (isCharacter(result)) return concatenate(a, aType, b, bType, result);
  if (isBinary(result) && isBinary(aType) && isBinary(bType))
    return Uint8Array.from([...(a as Uint8Array), ...(b as Uint8Array)]);
  if (isDateTime(result)) return dateArithmetic(operator, a, aType, b, bType, result);
  if (operator === "&" || operator === "|" || operator === "^" || operator === "<<" || operator === ">>")
    return bitwise(operator, a, aType, b, bType, result);
  if (isExact(result) || isMoney(result)) return decimalArithmetic(operator, a, aType, b, bType, result);
  const x = convert(a, aType, result);
  const y = convert(b, bType, result);
  if (isApproximate(result)) return floatArithmetic(operator, x as number, y as number, result);
  return integerArithmetic(operator, BigInt(x as number | bigint), BigInt(y as number | bigint), result);
}

function concatenate(a: SqlValue, aType: SqlType, b: SqlValue, bType: SqlType, result: SqlType): string {
  const target: SqlType = { ...result, length: -1 };
  const text = (convert(a, aType, target) as string) + (convert(b, bType, target) as string);
  // Results of limited types are cut without a word at 8000 bytes.
  return result.length === -1 ? text : text.slice(0, isUnicode(result) ? 4000 : 8000);
}

function integerArithmetic(operator: BinaryOperator, a: bigint, b: bigint, type: SqlType): SqlValue {
  if ((operator === "/" || operator === "%") && b === 0n) throw sqlError(8134);
  const value =
    operator === "+" ? a + b : operator === "-" ? a - b : operator === "*" ? a * b : operator === "/" ? a / b : a % b;
  const bits = { tinyint: 8, smallint: 16, int: 32, bigint: 64 }[type.name as "int"];
  const fitsIn = type.name === "tinyint" ? value >= 0n && value <= 255n : BigInt.asIntN(bits, value) === value;
  if (!fitsIn) throw sqlError(8115, ["expression", type.name], 2);
  return type.name === "bigint" ? value : Number(value);
}

function floatArithmetic(operator: BinaryOperator, a: number, b: number, type: SqlType): number {
  if (operator === "/" && b === 0) throw sqlError(8134);
  const value = operator === "+" ? a + b : operator === "-" ? a - b : operator === "*" ? a * b : a / b;
  const rounded = type.name === "real" ? Math.fround(value) : value;
  if (!Number.isFinite(rounded)) throw sqlError(8115, ["expression", type.name], 2);
  return rounded;
}

function decimalArithmetic(
  operator: BinaryOperator,
  a: SqlValue,
  aType: SqlType,
  b: SqlValue,
  bType: SqlType,
  result: SqlType,
): Decimal {
  const money = isMoney(result);
  const side = (value: SqlValue, type: SqlType): Decimal => {
    if (value instanceof Decimal) return value;
    if (typeof value === "number" || typeof value === "bigint") return new Decimal(BigInt(value), 0);
    const target: SqlType = isNumeric(type)
      ? type
      : money
        ? result
        : { name: "numeric", precision: 38, scale: result.scale ?? 0 };
    return convert(value, type, target) as Decimal;
  };
  const x = side(a, aType);
  const y = side(b, bType);
  if ((operator === "/" || operator === "%") && y.unscaled === 0n) throw sqlError(8134);
  const scale = money ? 4 : (result.scale ?? 0);
  let value: Decimal;
  switch (operator) {
    case "+":
    case "-": {
      const common = Math.max(x.scale, y.scale);
      const p = rescale(x, common).unscaled;
      const q = rescale(y, common).unscaled;
      value = rescale(new Decimal(operator === "+" ? p + q : p - q, common), scale);
      break;
    }
    case "*":
      value = rescale(new Decimal(x.unscaled * y.unscaled, x.scale + y.scale), scale);
      break;
    case "/": {
      // Quotients are cut to the result's scale, not rounded.
      const shift = scale + y.scale - x.scale;
      const dividend = shift >= 0 ? x.unscaled * powerOfTen(shift) : x.unscaled;
      const divisor = shift >= 0 ? y.unscaled : y.unscaled * powerOfTen(-shift);
      value = new Decimal(divideRounded(dividend, divisor, true), scale);
      break;
    }
    default: {
      const common = Math.max(x.scale, y.scale);
      value = rescale(new Decimal(rescale(x, common).unscaled % rescale(y, common).unscaled, common), scale);
    }
  }
  const precision = result.name === "money" ? 19 : result.name === "smallmoney" ? 10 : (result.precision ?? 18);
  if (!fits(value, precision)) throw sqlError(8115, ["expression", money ? result.name : "numeric"], 2);
  return value;
}

function bitwise(
  operator: BinaryOperator,
  a: SqlValue,
  aType: SqlType,
  b: SqlValue,
  bType: SqlType,
  result: SqlType,
): SqlValue {
  const x = BigInt(convert(a, aType, result) as number | bigint);
  const y = BigInt(convert(b, bType, result) as number | bigint);
  const bits = { bit: 1, tinyint: 8, smallint: 16, int: 32, bigint: 64 }[result.name as "int"];
  const raw =
    operator === "&"
      ? x & y
      : operator === "|"
        ? x | y
        : operator === "^"
          ? x ^ y
          : operator === "<<"
            ? x << y
            : x >> y;
  const value =
    result.name === "tinyint" || result.name === "bit" ? BigInt.asUintN(bits, raw) : BigInt.asIntN(bits, raw);
  return result.name === "bigint" ? value : Number(value);
}

/** datetime +/- a number of days, and the difference of two as a datetime since 1900. */
function dateArithmetic(
  operator: BinaryOperator,
  a: SqlValue,
  aType: SqlType,
  b: SqlValue,
  bType: SqlType,
  result: SqlType,
): DateTime {
  const x = convert(a, aType, { name: "datetime" }, { explicit: true }) as DateTime;
  const y = convert(b, bType, { name: "datetime" }, { explicit: true }) as DateTime;
  const direction = operator === "+" ? 1 : -1;
  const moved = addTicks(new DateTime(x.days, x.ticks), direction * y.ticks);
  const days = moved.days + direction * (y.days - DAYS_1900);
  if (days < 0 || moved.ticks > TICKS_PER_DAY) throw sqlError(517, [result.name], 1);
  return limitDateTime(new DateTime(days, moved.ticks), result, { name: "datetime" });
}

/** Static type and value of -x and ~x. */
export function negate(value: SqlValue, type: SqlType): SqlValue {
  if (value === null) return null;
  if (value instanceof Decimal) return new Decimal(-value.unscaled, value.scale);
  if (typeof value === "bigint") return integerArithmetic("-", 0n, value, type);
  if (isApproximate(type)) return -(value as number);
  return integerArithmetic("-", 0n, BigInt(value as number), type);
}

export function negatedType(type: SqlType): SqlType {
  if (isCharacter(type)) throw sqlError(8117, [type.name, "minus"]);
  if (!isNumeric(type) || type.name === "bit") throw sqlError(8117, [type.name, "minus"]);
  return type.name === "tinyint" ? { name: "smallint" } : type;
}

export function complement(value: SqlValue, type: SqlType): SqlValue {
  if (value === null) return null;
  if (!isInteger(type)) throw sqlError(8117, [type.name, "'~'"]);
  if (type.name === "bit") return value === 0 ? 1 : 0;
  if (type.name === "tinyint") return 255 - (value as number);
  return typeof value === "bigint" ? ~value : ~(value as number);
}
