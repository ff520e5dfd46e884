/**
 * Exact numerics. https://learn.microsoft.com/sql/t-sql/data-types/precision-scale-and-length-transact-sql
 */
import { sqlError } from "../session/messages";
import { Decimal } from "./value";

const POWERS: bigint[] = [1n];
export function powerOfTen(exponent: number): bigint {
  while (POWERS.length <= exponent) POWERS.push(POWERS[POWERS.length - 1]! * 10n);
  return POWERS[exponent]!;
}

export function absolute(value: bigint): bigint {
  return value < 0n ? -value : value;
}

/** Rounds half away from zero, or cuts when `truncate`. */
export function divideRounded(dividend: bigint, divisor: bigint, truncate = false): bigint {
  const quotient = dividend / divisor;
  if (truncate) return quotient;
  const rest = absolute(dividend % divisor) * 2n;
  return rest >= absolute(divisor) ? quotient + (dividend < 0n === divisor < 0n ? 1n : -1n) : quotient;
}

/** The same number with another scale. */
export function rescale(value: Decimal, scale: number, truncate = false): Decimal {
  if (value.scale === scale) return value;
  if (value.scale < scale) return new Decimal(value.unscaled * powerOfTen(scale - value.scale), scale);
  return new Decimal(divideRounded(value.unscaled, powerOfTen(value.scale - scale), truncate), scale);
}

export function digits(value: bigint): number {
  return absolute(value).toString().length;
}

export function fits(value: Decimal, precision: number): boolean {
  return absolute(value.unscaled) < powerOfTen(precision);
}

export function compareDecimal(a: Decimal, b: Decimal): -1 | 0 | 1 {
  const scale = Math.max(a.scale, b.scale);
  const x = a.unscaled * powerOfTen(scale - a.scale);
  const y = b.unscaled * powerOfTen(scale - b.scale);
  return x < y ? -1 : x > y ? 1 : 0;
}

export function decimalToString(value: Decimal): string {
  const negative = value.unscaled < 0n;
  const text = absolute(value.unscaled)
    .toString()
    .padStart(value.scale + 1, "0");
  const whole = text.slice(0, text.length - value.scale);
  const fraction = value.scale > 0 ? `.${text.slice(text.length - value.scale)}` : "";
  return (negative ? "-" : "") + whole + fraction;
}

export function decimalToNumber(value: Decimal): number {
  return Number(decimalToString(value));
}

/** Digits with an optional sign and point; undefined when the text is something else. */
export function parseDecimal(text: string): Decimal | undefined {
  const match = /^\s*([+-]?)(\d*)(?:\.(\d*))?\s*$/.exec(text);
  if (!match || (match[2] === "" && !match[3])) return undefined;
  const fraction = match[3] ?? "";
  const unscaled = BigInt((match[2] ?? "") + fraction || "0");
  return new Decimal(match[1] === "-" ? -unscaled : unscaled, fraction.length);
}

/** The exact decimal expansion of a float, rounded to a scale. */
export function decimalFromNumber(value: number, scale: number): Decimal {
  if (!Number.isFinite(value)) throw sqlError(3623);
  // 17 significant digits carry a float; toFixed is exact below 1e21.
  if (Math.abs(value) < 1e21 && scale <= 100) {
    const parsed = parseDecimal(value.toFixed(Math.min(scale + 2, 100)))!;
    return rescale(parsed, scale);
  }
  return rescale(new Decimal(BigInt(value), 0), scale);
}

interface PrecisionScale {
  readonly precision: number;
  readonly scale: number;
}

/** Result type of + - * / % on decimals, with the reduction to 38 digits. */
export function resultPrecision(operator: string, a: PrecisionScale, b: PrecisionScale): PrecisionScale {
  const whole = Math.max(a.precision - a.scale, b.precision - b.scale);
  switch (operator) {
    case "+":
    case "-":
      return reduceAdditive(Math.max(a.scale, b.scale) + whole + 1, Math.max(a.scale, b.scale), whole);
    case "*":
      return reduce(a.precision + b.precision + 1, a.scale + b.scale);
    case "/": {
      const scale = Math.max(6, a.scale + b.precision + 1);
      return reduce(a.precision - a.scale + b.scale + scale, scale);
    }
    default:
      return {
        precision: Math.min(38, Math.min(a.precision - a.scale, b.precision - b.scale) + Math.max(a.scale, b.scale)),
        scale: Math.max(a.scale, b.scale),
      };
  }
}

/** Addition keeps the integral part: the scale gives way. */
function reduceAdditive(precision: number, scale: number, whole: number): PrecisionScale {
  if (precision <= 38) return { precision, scale };
  return { precision: 38, scale: Math.min(scale, Math.max(0, 38 - whole)) };
}

/** Multiplication and division: at least six digits of scale stay when the integral part needs more than 32. */
function reduce(precision: number, scale: number): PrecisionScale {
  if (precision <= 38) return { precision, scale };
  const whole = precision - scale;
  return { precision: 38, scale: whole < 32 ? Math.min(scale, 38 - whole) : scale > 6 ? 6 : scale };
}
