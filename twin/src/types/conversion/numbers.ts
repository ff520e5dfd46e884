/** Conversion to integers, decimals, money and floats. https://learn.microsoft.com/sql/t-sql/functions/cast-and-convert-transact-sql */
import { sqlError } from "../../session/messages";
import type { SqlError } from "../../session/sql-error";
import * as dates from "../date-time";
import { decimalFromNumber, decimalToNumber, fits, parseDecimal, rescale } from "../decimal";
import { isCharacter } from "../format-type";
import type { SqlType, TypeName } from "../sql-type";
import { DateTime, Decimal, type SqlValue } from "../value";
import { refuseConversion } from "./chart";
import { type ConvertOptions } from "./options";

const RANGES: Partial<Record<TypeName, readonly [bigint, bigint]>> = {
  tinyint: [0n, 255n],
  smallint: [-32768n, 32767n],
  int: [-2147483648n, 2147483647n],
  bigint: [-(1n << 63n), (1n << 63n) - 1n],
  money: [-(1n << 63n), (1n << 63n) - 1n],
  smallmoney: [-2147483648n, 2147483647n],
};

function overflow(to: SqlType, value: string, from: SqlType): SqlError {
  const small = to.name === "tinyint" || to.name === "smallint";
  if (small && (from.name === "int" || from.name === "smallint" || from.name === "tinyint"))
    return sqlError(220, [to.name, value], to.name === "tinyint" ? 2 : 1);
  return sqlError(8115, [isCharacter(from) || from.name === "bigint" ? "expression" : from.name, to.name], 2);
}

function integerResult(value: bigint, to: SqlType, from: SqlType): SqlValue {
  if (to.name === "bit") return value === 0n ? 0 : 1;
  const [low, high] = RANGES[to.name]!;
  if (value < low || value > high) throw overflow(to, String(value), from);
  return to.name === "bigint" ? value : Number(value);
}

export function toInteger(value: SqlValue, from: SqlType, to: SqlType, options: ConvertOptions): SqlValue {
  if (typeof value === "string") return textToInteger(value, from, to);
  if (typeof value === "number") {
    if (from.name === "real" || from.name === "float") {
      if (!Number.isFinite(value) || Math.abs(value) > 1e19) throw sqlError(232, [to.name, String(value)], 1);
      const whole = BigInt(Math.trunc(value));
      if (to.name === "bit") return value === 0 ? 0 : 1;
      const [low, high] = RANGES[to.name]!;
      if (whole < low || whole > high)
        throw to.name === "bigint" || to.name === "int"
          ? sqlError(8115, ["expression", to.name], 2)
          : sqlError(232, [to.name, value.toFixed(6)], 1);
      return to.name === "bigint" ? whole : Number(whole);
    }
    return integerResult(BigInt(value), to, from);
  }
  if (typeof value === "bigint") return integerResult(value, to, from);
  if (value instanceof Decimal) {
    if (to.name === "bit") return value.unscaled === 0n ? 0 : 1;
    // Decimals are cut, money is rounded.
    return integerResult(rescale(value, 0, !isMoneyName(from)).unscaled, to, from);
  }
  if (value instanceof Uint8Array) return bytesToInteger(value, to);
  if (value instanceof DateTime) return integerResult(BigInt(Math.round(daysSince1900(value))), to, from);
  throw refuseConversion(from, to, options.explicit ?? false);
}

export const isMoneyName = (type: SqlType): boolean => type.name === "money" || type.name === "smallmoney";

function textToInteger(text: string, from: SqlType, to: SqlType): SqlValue {
  const trimmed = text.trim();
  if (to.name === "bit") {
    if (/^true$/i.test(trimmed)) return 1;
    if (/^false$/i.test(trimmed)) return 0;
  }
  if (trimmed === "") return to.name === "bigint" ? 0n : 0;
  if (!/^[+-]?\s*\d+$/.test(trimmed)) {
    if (to.name === "bigint") throw sqlError(8114, [from.name, "bigint"], 5);
    throw sqlError(245, [from.name, text, to.name]);
  }
  const number = BigInt(trimmed.replace(/[+\s]/g, ""));
  if (to.name === "bit") return number === 0n ? 0 : 1;
  const [low, high] = RANGES[to.name]!;
  if (number < low || number > high) {
    if (to.name === "int") throw sqlError(248, [from.name, text]);
    if (to.name === "bigint") throw sqlError(8115, ["expression", "bigint"], 2);
    throw sqlError(244, [from.name, text, to.name === "tinyint" ? "INT1" : "INT2"], to.name === "tinyint" ? 1 : 2);
  }
  return to.name === "bigint" ? number : Number(number);
}

function bytesToInteger(bytes: Uint8Array, to: SqlType): SqlValue {
  const width = { bit: 1, tinyint: 1, smallint: 2, int: 4, bigint: 8 }[to.name as "int"];
  let number = 0n;
  for (const byte of bytes.slice(-width)) number = (number << 8n) | BigInt(byte);
  if (to.name === "bit") return number === 0n ? 0 : 1;
  const signed = to.name === "tinyint" ? number : BigInt.asIntN(width * 8, number);
  return to.name === "bigint" ? signed : Number(signed);
}

export function toExact(value: SqlValue, from: SqlType, to: SqlType): Decimal {
  const scale = to.scale ?? 0;
  const precision = to.precision ?? 18;
  let result: Decimal;
  if (typeof value === "string") {
    const parsed = parseDecimal(value);
    if (!parsed || value.trim() === "") throw sqlError(8114, [from.name, to.name], 5);
    result = rescale(parsed, scale);
  } else if (typeof value === "number")
    result =
      Number.isInteger(value) && from.name !== "float" && from.name !== "real"
        ? rescale(new Decimal(BigInt(value), 0), scale)
        : decimalFromNumber(value, scale);
  else if (typeof value === "bigint") result = rescale(new Decimal(value, 0), scale);
  else if (value instanceof Decimal) result = rescale(value, scale);
  else if (value instanceof DateTime) result = decimalFromNumber(daysSince1900(value), scale);
  else if (value instanceof Uint8Array) result = rescale(bytesToDecimal(value), scale);
  else throw refuseConversion(from, to, false);
  if (!fits(result, precision))
    throw sqlError(
      8115,
      [
        from.name === "decimal" ? "numeric" : isCharacter(from) ? from.name : from.name,
        to.name === "decimal" ? "numeric" : to.name,
      ],
      8,
    );
  return result;
}

/** The server's own layout: precision, scale, sign byte, then little-endian digits. */
function bytesToDecimal(bytes: Uint8Array): Decimal {
  if (bytes.length < 5) throw sqlError(8114, ["varbinary", "numeric"], 5);
  let unscaled = 0n;
  for (let i = bytes.length - 1; i >= 4; i--) unscaled = (unscaled << 8n) | BigInt(bytes[i]!);
  return new Decimal(bytes[3] === 1 ? unscaled : -unscaled, bytes[1]!);
}

export function toMoney(value: SqlValue, from: SqlType, to: SqlType, options: ConvertOptions): Decimal {
  let result: Decimal;
  if (typeof value === "string") {
    const parsed = parseDecimal(value.replace(/[$€£¥,]/g, ""));
    if (value.trim() === "") result = new Decimal(0n, 4);
    else if (!parsed) throw sqlError(235);
    else result = rescale(parsed, 4);
  } else if (typeof value === "number")
    result =
      from.name === "float" || from.name === "real"
        ? decimalFromNumber(value, 4)
        : new Decimal(BigInt(value) * 10000n, 4);
  else if (typeof value === "bigint") result = new Decimal(value * 10000n, 4);
  else if (value instanceof Decimal) result = rescale(value, 4);
  else if (value instanceof Uint8Array)
    result = new Decimal(BigInt(bytesToInteger(value, { name: "bigint" }) as bigint), 4);
  else if (value instanceof DateTime) result = decimalFromNumber(daysSince1900(value), 4);
  else throw refuseConversion(from, to, options.explicit ?? false);
  const [low, high] = RANGES[to.name]!;
  if (result.unscaled < low || result.unscaled > high)
    throw sqlError(8115, [from.name === "decimal" ? "numeric" : "expression", to.name], 2);
  return result;
}

export function toApproximate(value: SqlValue, from: SqlType, to: SqlType): number {
  let result: number;
  if (typeof value === "string") {
    const trimmed = value.trim();
    if (trimmed === "") result = 0;
    else if (!/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(trimmed)) throw sqlError(8114, [from.name, to.name], 5);
    else result = Number(trimmed);
  } else if (typeof value === "number") result = value;
  else if (typeof value === "bigint") result = Number(value);
  else if (value instanceof Decimal) result = decimalToNumber(value);
  else if (value instanceof DateTime) result = daysSince1900(value);
  else throw refuseConversion(from, to, false);
  if (to.name === "real") {
    const single = Math.fround(result);
    if (!Number.isFinite(single)) throw sqlError(8115, ["expression", "real"], 2);
    return single;
  }
  if (!Number.isFinite(result)) throw sqlError(8115, ["expression", "float"], 2);
  return result;
}

function daysSince1900(value: DateTime): number {
  return value.days - dates.DAYS_1900 + value.ticks / dates.TICKS_PER_DAY;
}
