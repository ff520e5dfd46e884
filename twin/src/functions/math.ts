/** https://learn.microsoft.com/sql/t-sql/functions/mathematical-functions-transact-sql */
import { randomBytes } from "node:crypto";
import { sqlError } from "../session/messages";
import { convert } from "../types/convert";
import { absolute, divideRounded, powerOfTen, rescale } from "../types/decimal";
import { FLOAT, INT, isApproximate, isCharacter, isExact, isInteger, isMoney, varbinary } from "../types/format-type";
import type { SqlType } from "../types/sql-type";
import { Decimal, type SqlValue } from "../types/value";
import { always, asFloat, asInt, defineFamily } from "./arguments";
import type { Argument } from "./registry";

const SOURCE = "https://learn.microsoft.com/sql/t-sql/functions/mathematical-functions-transact-sql";

/** The argument's own type; text counts as float, the small integers as int. */
function ownType(args: readonly Argument[]): SqlType {
  const type = args[0]!.type;
  if (isCharacter(type)) return FLOAT;
  if (type.name === "bit" || type.name === "tinyint" || type.name === "smallint")
    return type.name === "bit" ? FLOAT : INT;
  if (type.name === "smallmoney") return { name: "money" };
  if (type.name === "real") return FLOAT;
  return type;
}

function floorType(args: readonly Argument[]): SqlType {
  const type = ownType(args);
  return isExact(type) ? { name: type.name, precision: type.precision ?? 18, scale: 0 } : type;
}

function finite(value: number): number {
  if (Number.isNaN(value)) throw sqlError(3623);
  if (!Number.isFinite(value)) throw sqlError(8115, ["expression", "float"], 2);
  return value;
}

const floatFunction = (
  f: (x: number) => number,
): { resultType: () => SqlType; evaluate: (v: readonly SqlValue[], t: readonly SqlType[]) => number } => ({
  resultType: always(FLOAT),
  evaluate: ([v], [t]) => finite(f(asFloat(v!, t!))),
});

function round(value: SqlValue, type: SqlType, digits: number, truncate: boolean): SqlValue {
  if (value instanceof Decimal) {
    if (digits >= value.scale) return value;
    const unit = powerOfTen(value.scale - digits);
    return new Decimal(divideRounded(value.unscaled, unit, truncate) * unit, value.scale);
  }
  if (typeof value === "bigint" || isInteger(type)) {
    if (digits >= 0) return value;
    const unit = powerOfTen(-digits);
    const rounded = divideRounded(BigInt(value as number | bigint), unit, truncate) * unit;
    return convert(rounded, { name: "bigint" }, type);
  }
  const x = value as number;
  const factor = 10 ** digits;
  const scaled = x * factor;
  const whole = truncate ? Math.trunc(scaled) : Math.sign(scaled) * Math.round(Math.abs(scaled));
  return digits > 15 ? x : whole / factor;
}

/** Up (+1) or down (-1) to a whole number. */
function toWhole(value: SqlValue, type: SqlType, direction: 1 | -1): SqlValue {
  if (value instanceof Decimal) {
    const unit = powerOfTen(value.scale);
    let whole = value.unscaled / unit;
    if (whole * unit !== value.unscaled && value.unscaled > 0n === direction > 0) whole += BigInt(direction);
    return isMoney(type) ? new Decimal(whole * unit, value.scale) : new Decimal(whole, 0);
  }
  return typeof value === "number" ? (direction > 0 ? Math.ceil(value) : Math.floor(value)) : value;
}

const own = (value: SqlValue, type: SqlType, result: SqlType): SqlValue =>
  isExact(result) && isExact(type) ? value : convert(value, type, result, { explicit: true });

defineFamily(SOURCE, {
  "ABS/1": {
    resultType: ownType,
    evaluate: ([v], [t], result) => {
      const value = own(v!, t!, result);
      if (value instanceof Decimal) return new Decimal(absolute(value.unscaled), value.scale);
      if (value === -2147483648) throw sqlError(8115, ["expression", "int"], 2);
      return typeof value === "bigint" ? absolute(value) : Math.abs(value as number);
    },
  },
  "CEILING/1": {
    resultType: floorType,
    evaluate: ([v], [t], result) => toWhole(isExact(t!) ? v! : convert(v!, t!, result, { explicit: true }), result, 1),
  },
  "FLOOR/1": {
    resultType: floorType,
    evaluate: ([v], [t], result) => toWhole(isExact(t!) ? v! : convert(v!, t!, result, { explicit: true }), result, -1),
  },
  "ROUND/2-3": {
    resultType: ownType,
    evaluate: ([v, d, f], [t, dt, ft], result) =>
      round(own(v!, t!, result), result, asInt(d!, dt!), f !== undefined && asInt(f, ft!) !== 0),
  },
  "SIGN/1": {
    resultType: ownType,
    evaluate: ([v], [t], result) => {
      const value = own(v!, t!, result);
      if (value instanceof Decimal)
        return rescale(new Decimal(value.unscaled > 0n ? 1n : value.unscaled < 0n ? -1n : 0n, 0), value.scale);
      return typeof value === "bigint" ? (value > 0n ? 1n : value < 0n ? -1n : 0n) : Math.sign(value as number);
    },
  },
  "POWER/2": {
    resultType: (args) =>
      isExact(args[0]!.type) ? { name: "numeric", precision: 38, scale: args[0]!.type.scale ?? 0 } : ownType(args),
    evaluate: ([v, p], [t, pt], result) => {
      const value = finite(asFloat(v!, t!) ** asFloat(p!, pt!));
      return isApproximate(result)
        ? value
        : convert(isInteger(result) ? Math.trunc(value) : value, FLOAT, result, { explicit: true });
    },
  },
  "SQRT/1": floatFunction(Math.sqrt),
  "SQUARE/1": floatFunction((x) => x * x),
  "EXP/1": floatFunction(Math.exp),
  "LOG/1-2": {
    resultType: always(FLOAT),
    evaluate: ([v, b], [t, bt]) => {
      const x = asFloat(v!, t!);
      if (x <= 0) throw sqlError(3623);
      return b === undefined ? Math.log(x) : Math.log(x) / Math.log(asFloat(b, bt!));
    },
  },
  "LOG10/1": {
    resultType: always(FLOAT),
    evaluate: ([v], [t]) => {
      const x = asFloat(v!, t!);
      if (x <= 0) throw sqlError(3623);
      return Math.log10(x);
    },
  },
  "PI/0": { resultType: always(FLOAT), evaluate: () => Math.PI },
  "SIN/1": floatFunction(Math.sin),
  "COS/1": floatFunction(Math.cos),
  "TAN/1": floatFunction(Math.tan),
  "COT/1": floatFunction((x) => 1 / Math.tan(x)),
  "ASIN/1": floatFunction(Math.asin),
  "ACOS/1": floatFunction(Math.acos),
  "ATAN/1": floatFunction(Math.atan),
  "ATN2/2": {
    resultType: always(FLOAT),
    evaluate: ([y, x], [yt, xt]) => Math.atan2(asFloat(y!, yt!), asFloat(x!, xt!)),
  },
  "DEGREES/1": {
    resultType: ownType,
    evaluate: ([v], [t], result) => convert((asFloat(v!, t!) * 180) / Math.PI, FLOAT, result, { explicit: true }),
  },
  "RADIANS/1": {
    resultType: ownType,
    evaluate: ([v], [t], result) => convert((asFloat(v!, t!) * Math.PI) / 180, FLOAT, result, { explicit: true }),
  },
  "RAND/0-1": {
    resultType: always(FLOAT),
    deterministic: false,
    evaluate: ([s], [t], _, context) => context.random(s === undefined || s === null ? undefined : asInt(s, t!)),
  },
  "CRYPT_GEN_RANDOM/1-2": {
    resultType: always(varbinary(8000)),
    deterministic: false,
    evaluate: ([n], [t]) => Uint8Array.from(randomBytes(asInt(n!, t!))),
  },
});
