/**
 * Conversion between data types: which pairs exist, what they yield and which error says no.
 * https://learn.microsoft.com/sql/t-sql/functions/cast-and-convert-transact-sql
 */
import { sqlError } from "../session/messages";
import { SqlError } from "../session/sql-error";
import { collation as collationOf } from "./collation";
import * as dates from "./date-time";
import { absolute, decimalFromNumber, decimalToNumber, decimalToString, fits, parseDecimal, rescale } from "./decimal";
import { formatDateTimeStyle, parseDateTimeStyle } from "./date-style";
import { isCharacter, isNumeric, isUnicode, isInteger } from "./format-type";
import type { SqlType, TypeName } from "./sql-type";
import { DateTime, Decimal, Variant, type SqlValue } from "./value";

export interface ConvertOptions {
  /** Third argument of CONVERT. */
  readonly style?: number;
  /** CAST or CONVERT: text that does not fit is cut instead of refused. */
  readonly explicit?: boolean;
  /** SET DATEFORMAT. */
  readonly dateFormat?: string;
}

const RANGES: Partial<Record<TypeName, readonly [bigint, bigint]>> = {
  tinyint: [0n, 255n],
  smallint: [-32768n, 32767n],
  int: [-2147483648n, 2147483647n],
  bigint: [-(1n << 63n), (1n << 63n) - 1n],
  money: [-(1n << 63n), (1n << 63n) - 1n],
  smallmoney: [-2147483648n, 2147483647n],
};

type Group =
  | "integer"
  | "exact"
  | "money"
  | "approximate"
  | "character"
  | "lob-text"
  | "binary"
  | "image"
  | "rowversion"
  | "datetime"
  | "date"
  | "time"
  | "guid"
  | "xml"
  | "variant"
  | "json"
  | "other";

function groupOf(type: SqlType): Group {
  switch (type.name) {
    case "bit":
    case "tinyint":
    case "smallint":
    case "int":
    case "bigint":
      return "integer";
    case "decimal":
    case "numeric":
      return "exact";
    case "money":
    case "smallmoney":
      return "money";
    case "real":
    case "float":
      return "approximate";
    case "char":
    case "varchar":
    case "nchar":
    case "nvarchar":
      return "character";
    case "text":
    case "ntext":
      return "lob-text";
    case "binary":
    case "varbinary":
      return "binary";
    case "image":
      return "image";
    case "timestamp":
      return "rowversion";
    case "datetime":
    case "smalldatetime":
      return "datetime";
    case "datetime2":
    case "datetimeoffset":
    case "date":
      return "date";
    case "time":
      return "time";
    case "uniqueidentifier":
      return "guid";
    case "xml":
      return "xml";
    case "sql_variant":
      return "variant";
    case "json":
      return "json";
    default:
      return "other";
  }
}

/** The conversion chart, by groups: i = implicit, e = explicit only; absent = not at all. */
const CHART: Record<Group, Partial<Record<Group, "i" | "e">>> = {
  integer: {
    integer: "i",
    exact: "i",
    money: "i",
    approximate: "i",
    character: "i",
    binary: "i",
    rowversion: "i",
    datetime: "i",
    variant: "i",
  },
  exact: {
    integer: "i",
    exact: "i",
    money: "i",
    approximate: "i",
    character: "i",
    binary: "i",
    rowversion: "i",
    datetime: "i",
    variant: "i",
  },
  money: {
    integer: "i",
    exact: "i",
    money: "i",
    approximate: "i",
    character: "e",
    binary: "i",
    rowversion: "i",
    datetime: "i",
    variant: "i",
  },
  approximate: {
    integer: "i",
    exact: "i",
    money: "i",
    approximate: "i",
    character: "i",
    binary: "i",
    datetime: "i",
    variant: "i",
  },
  character: {
    integer: "i",
    exact: "i",
    money: "i",
    approximate: "i",
    character: "i",
    "lob-text": "i",
    binary: "e",
    image: "i",
    rowversion: "e",
    datetime: "i",
    date: "i",
    time: "i",
    guid: "i",
    xml: "i",
    variant: "i",
    json: "i",
  },
  "lob-text": { character: "i", "lob-text": "i", xml: "e" },
  binary: {
    integer: "i",
    exact: "i",
    money: "i",
    approximate: undefined,
    character: "i",
    binary: "i",
    image: "i",
    rowversion: "i",
    datetime: "i",
    date: "e",
    time: "e",
    guid: "i",
    xml: "i",
    variant: "i",
  },
  image: { binary: "i", image: "i", rowversion: "i" },
  rowversion: {
    integer: "i",
    exact: "i",
    money: "i",
    character: "i",
    binary: "i",
    image: "i",
    rowversion: "i",
    datetime: "i",
    variant: "i",
  },
  datetime: {
    integer: "e",
    exact: "e",
    money: "e",
    approximate: "e",
    character: "i",
    binary: "e",
    datetime: "i",
    date: "i",
    time: "i",
    variant: "i",
  },
  date: { character: "i", binary: "e", datetime: "i", date: "i", time: "i", variant: "i" },
  time: { character: "i", binary: "e", datetime: "i", date: "i", time: "i", variant: "i" },
  guid: { character: "i", binary: "i", guid: "i", variant: "i" },
  xml: { character: "e", binary: "e", xml: "i" },
  variant: {
    integer: "e",
    exact: "e",
    money: "e",
    approximate: "e",
    character: "e",
    binary: "e",
    datetime: "e",
    date: "e",
    time: "e",
    guid: "e",
    variant: "i",
  },
  json: { character: "e", json: "i" },
  other: {},
};

/** Can this pair be converted, explicitly or (explicit = false) by assignment? */
export function canConvert(from: SqlType, to: SqlType, explicit: boolean): boolean {
  if (from.name === to.name) return true;
  const source = groupOf(from);
  const target = groupOf(to);
  // nchar and nvarchar do not become rowversion or image; date and time do not become one another.
  if (isUnicode(from) && (target === "image" || target === "rowversion")) return false;
  if (from.name === "date" && to.name === "time") return false;
  if (from.name === "time" && to.name === "date") return false;
  const rule = CHART[source][target];
  return rule === "i" || (explicit && rule === "e");
}

/** 206 or 257 for a pair that assignment does not allow, 529 for one that nothing allows. */
export function refuseConversion(from: SqlType, to: SqlType, explicit: boolean): SqlError {
  if (canConvert(from, to, true)) return sqlError(257, [from.name, to.name], 3);
  return explicit ? sqlError(529, [from.name, to.name], 2) : sqlError(206, [from.name, to.name], 2);
}

/** Converts a value; NULL stays NULL. The pair must exist (else 206, 257 or 529). */
export function convert(value: SqlValue, from: SqlType, to: SqlType, options: ConvertOptions = {}): SqlValue {
  if (!canConvert(from, to, options.explicit ?? false)) throw refuseConversion(from, to, options.explicit ?? false);
  if (value === null) return null;
  if (value instanceof Variant && to.name !== "sql_variant")
    return convert(value.value, value.type, to, { ...options, explicit: true });
  switch (groupOf(to)) {
    case "integer":
      return toInteger(value, from, to, options);
    case "exact":
      return toExact(value, from, to);
    case "money":
      return toMoney(value, from, to, options);
    case "approximate":
      return toApproximate(value, from, to);
    case "character":
    case "lob-text":
      return cutText(toText(value, from, to, options), from, to, options);
    case "binary":
    case "image":
    case "rowversion":
      return toBinary(value, from, to, options);
    case "datetime":
    case "date":
    case "time":
      return toDateTime(value, from, to, options);
    case "guid":
      return toGuid(value, from);
    case "variant":
      return value instanceof Variant ? value : new Variant(isInteger(from) ? { name: from.name } : from, value);
    case "xml":
    case "json":
      return value instanceof Uint8Array ? Buffer.from(value).toString("utf16le") : (value as string);
    default:
      return value;
  }
}

/** TRY_CAST and TRY_CONVERT: NULL instead of a conversion error; a pair that does not exist is an error still. */
export function tryConvert(value: SqlValue, from: SqlType, to: SqlType, options: ConvertOptions = {}): SqlValue {
  try {
    return convert(value, from, to, { ...options, explicit: true });
  } catch (error) {
    if (error instanceof SqlError && ![206, 257, 529].includes(error.number)) return null;
    throw error;
  }
}

export interface StorageTarget {
  /** database.schema.table, for the message of 2628. */
  readonly table: string;
  readonly column: string;
}

/** Assignment to a column: text and binary that do not fit are refused with 2628 and never cut, blanks at the end excepted. */
export function convertForStorage(value: SqlValue, from: SqlType, to: SqlType, target: StorageTarget): SqlValue {
  if (value === null) return convert(null, from, to);
  if (isCharacter(to) && !isTextLob(to)) {
    const text = toText(value, from, { ...to, length: -1 }, {});
    return padText(checkLength(text, to, target), to);
  }
  if ((to.name === "binary" || to.name === "varbinary") && to.length !== -1) {
    const bytes = toBinary(value, from, { ...to, name: "varbinary", length: -1 }, {}) as Uint8Array;
    const limit = to.length ?? 1;
    if (bytes.length > limit) {
      let end = bytes.length;
      while (end > limit && bytes[end - 1] === 0) end--;
      if (end > limit)
        throw sqlError(2628, [target.table, target.column, Buffer.from(bytes.subarray(0, limit)).toString("hex")]);
    }
    return padBytes(bytes.subarray(0, limit), to);
  }
  return convert(value, from, to);
}

function isTextLob(type: SqlType): boolean {
  return type.name === "text" || type.name === "ntext";
}

function checkLength(text: string, to: SqlType, target: StorageTarget): string {
  if (to.length === -1) return text;
  const limit = to.length ?? 1;
  if (sizeOf(text, to) <= limit) return text;
  const trimmed = text.replace(/ +$/, "");
  if (sizeOf(trimmed, to) > limit) throw sqlError(2628, [target.table, target.column, cutTo(text, to, limit)]);
  return cutTo(text, to, limit);
}

/** Characters for Unicode types, bytes of the code page for the others. */
export function sizeOf(text: string, type: SqlType): number {
  if (isUnicode(type) || !usesUtf8(type)) return text.length;
  return Buffer.byteLength(text, "utf8");
}

function usesUtf8(type: SqlType): boolean {
  return type.collation !== undefined && collationOf(type.collation).utf8;
}

function cutTo(text: string, type: SqlType, limit: number): string {
  if (isUnicode(type) || !usesUtf8(type)) return text.slice(0, limit);
  const bytes = Buffer.from(text, "utf8").subarray(0, limit);
  return new TextDecoder("utf-8").decode(bytes).replace(/\uFFFD+$/, "");
}

function padText(text: string, to: SqlType): string {
  return to.name === "char" || to.name === "nchar" ? text.padEnd(to.length ?? 1, " ") : text;
}

function padBytes(bytes: Uint8Array, to: SqlType): Uint8Array {
  if (to.name !== "binary" || bytes.length >= (to.length ?? 1)) return bytes;
  const padded = new Uint8Array(to.length ?? 1);
  padded.set(bytes);
  return padded;
}

// ---- Numbers -------------------------------------------------------------------------------------------------------

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

function toInteger(value: SqlValue, from: SqlType, to: SqlType, options: ConvertOptions): SqlValue {
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

const isMoneyName = (type: SqlType): boolean => type.name === "money" || type.name === "smallmoney";

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

function toExact(value: SqlValue, from: SqlType, to: SqlType): Decimal {
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

function toMoney(value: SqlValue, from: SqlType, to: SqlType, options: ConvertOptions): Decimal {
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

function toApproximate(value: SqlValue, from: SqlType, to: SqlType): number {
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

// ---- Text ----------------------------------------------------------------------------------------------------------

/** Text of a value before its length is looked at. */
export function toText(value: SqlValue, from: SqlType, to: SqlType, options: ConvertOptions): string {
  if (typeof value === "string") return from.name === "char" || from.name === "nchar" ? value : value;
  if (typeof value === "bigint") return String(value);
  if (typeof value === "number")
    return from.name === "float" || from.name === "real" ? formatFloat(value, from, options.style ?? 0) : String(value);
  if (value instanceof Decimal)
    return isMoneyName(from) ? formatMoney(value, options.style ?? 0) : decimalToString(value);
  if (value instanceof DateTime) return formatDateTimeStyle(value, from, options.style);
  if (value instanceof Uint8Array) return bytesToText(value, to, options.style ?? 0);
  if (value instanceof Variant) return toText(value.value, value.type, to, options);
  throw refuseConversion(from, to, options.explicit ?? false);
}

function bytesToText(bytes: Uint8Array, to: SqlType, style: number): string {
  if (style === 1) return `0x${Buffer.from(bytes).toString("hex").toUpperCase()}`;
  if (style === 2) return Buffer.from(bytes).toString("hex").toUpperCase();
  return isUnicode(to)
    ? Buffer.from(bytes.length % 2 ? [...bytes, 0] : bytes).toString("utf16le")
    : Buffer.from(bytes).toString("latin1");
}

/** Six significant digits by default; style 1: 8 in scientific form, 2: 16, 3: all that are needed. */
export function formatFloat(value: number, from: SqlType, style: number): string {
  if (style === 1 || style === 2) return scientific(value, style === 1 ? 8 : 16);
  if (style === 3) return scientific(value, 17);
  if (value === 0) return "0";
  const digits = 6;
  const exponent = Math.floor(Math.log10(Math.abs(value)));
  const rounded = Number(value.toPrecision(digits));
  const order = rounded === 0 ? exponent : Math.floor(Math.log10(Math.abs(rounded)) + 1e-12);
  if (order < -5 || order >= 15) return trimMantissa(scientific(value, digits));
  if (order >= digits) {
    // Whole numbers keep their digits up to 15.
    return Number.isInteger(value) && Math.abs(value) < 1e6 ? String(value) : trimMantissa(scientific(value, digits));
  }
  return String(rounded);
}

function scientific(value: number, digits: number): string {
  const [mantissa, exponent] = value.toExponential(digits - 1).split("e") as [string, string];
  return `${mantissa}e${exponent[0]}${exponent.slice(1).padStart(3, "0")}`;
}

function trimMantissa(text: string): string {
  return text.replace(/(\.\d*?)0+e/, "$1e").replace(/\.e/, "e");
}

function formatMoney(value: Decimal, style: number): string {
  if (style === 2) return decimalToString(value);
  const text = decimalToString(rescale(value, 2));
  return style === 1 ? text.replace(/\B(?=(\d{3})+(?!\d))/g, ",").replace(/,(?=-)/, "") : text;
}

/** Lengths: text is cut by CAST, numbers that do not fit become an error or "*". */
function cutText(text: string, from: SqlType, to: SqlType, options: ConvertOptions): string {
  if (to.length === -1 || isTextLob(to)) return text;
  const limit = to.length ?? (options.explicit ? 30 : 1);
  const size = sizeOf(text, to);
  if (size > limit) {
    if (isNumeric(from)) {
      if (["int", "smallint", "tinyint"].includes(from.name) && !isUnicode(to)) return padText("*", to);
      if (from.name === "float" || from.name === "real") throw sqlError(8115, ["expression", to.name], 2);
      throw sqlError(
        8115,
        [from.name === "decimal" ? "numeric" : isMoneyName(from) ? from.name : "expression", to.name],
        5,
      );
    }
    if (from.name === "uniqueidentifier") throw sqlError(8170);
    text = cutTo(text, to, limit);
  }
  return padText(text, to);
}

// ---- Binary --------------------------------------------------------------------------------------------------------

function toBinary(value: SqlValue, from: SqlType, to: SqlType, options: ConvertOptions): Uint8Array {
  let bytes: Uint8Array;
  let keepRight = false;
  if (value instanceof Uint8Array) bytes = value;
  else if (typeof value === "string" && from.name === "uniqueidentifier") bytes = guidToBytes(value);
  else if (typeof value === "string") bytes = textToBytes(value, from, options.style ?? 0);
  else if (typeof value === "number" || typeof value === "bigint") {
    bytes = numberToBytes(value, from);
    keepRight = true;
  } else if (value instanceof Decimal) bytes = decimalToBytes(value, from);
  else if (value instanceof DateTime) bytes = dateTimeToBytes(value, from);
  else throw refuseConversion(from, to, options.explicit ?? false);
  if (to.name === "image" || to.length === -1) return bytes;
  const limit = to.name === "timestamp" ? 8 : (to.length ?? (options.explicit ? 30 : 1));
  if (keepRight && (bytes.length > limit || to.name === "binary" || to.name === "timestamp")) {
    // Integers are padded and cut on the left.
    const padded = new Uint8Array(limit);
    const tail = bytes.slice(-limit);
    padded.set(tail, limit - tail.length);
    return padded;
  }
  return padBytes(
    bytes.length > limit ? bytes.slice(0, limit) : bytes,
    to.name === "timestamp" ? { name: "binary", length: 8 } : to,
  );
}

function textToBytes(text: string, from: SqlType, style: number): Uint8Array {
  if (style === 1 || style === 2) {
    const hex = style === 1 ? /^0x([0-9a-f]*)$/i.exec(text)?.[1] : /^[0-9a-f]*$/i.test(text) ? text : undefined;
    if (hex === undefined || hex.length % 2 !== 0) throw sqlError(8114, [from.name, "varbinary"], 5);
    return Uint8Array.from(Buffer.from(hex, "hex"));
  }
  if (isUnicode(from)) return Uint8Array.from(Buffer.from(text, "utf16le"));
  return Uint8Array.from(Buffer.from(text, usesUtf8(from) ? "utf8" : "latin1"));
}

function numberToBytes(value: number | bigint, from: SqlType): Uint8Array {
  const buffer = Buffer.alloc(8);
  switch (from.name) {
    case "bit":
    case "tinyint":
      return Uint8Array.of(Number(value));
    case "smallint":
      buffer.writeInt16BE(Number(value));
      return Uint8Array.from(buffer.subarray(0, 2));
    case "int":
      buffer.writeInt32BE(Number(value));
      return Uint8Array.from(buffer.subarray(0, 4));
    case "real":
      buffer.writeFloatBE(Number(value));
      return Uint8Array.from(buffer.subarray(0, 4));
    case "float":
      buffer.writeDoubleBE(Number(value));
      return Uint8Array.from(buffer);
    default:
      buffer.writeBigInt64BE(BigInt(value));
      return Uint8Array.from(buffer);
  }
}

function decimalToBytes(value: Decimal, from: SqlType): Uint8Array {
  if (isMoneyName(from)) {
    const buffer = Buffer.alloc(8);
    buffer.writeBigInt64BE(value.unscaled);
    return Uint8Array.from(from.name === "smallmoney" ? buffer.subarray(4) : buffer);
  }
  const precision = from.precision ?? 18;
  const words = precision <= 9 ? 4 : precision <= 19 ? 8 : precision <= 28 ? 12 : 16;
  const bytes = new Uint8Array(4 + words);
  bytes.set([precision, value.scale, 0, value.unscaled < 0n ? 0 : 1]);
  let rest = absolute(value.unscaled);
  for (let i = 0; i < words; i++, rest >>= 8n) bytes[4 + i] = Number(rest & 255n);
  return bytes;
}

function dateTimeToBytes(value: DateTime, from: SqlType): Uint8Array {
  if (from.name === "datetime") {
    const buffer = Buffer.alloc(8);
    buffer.writeInt32BE(value.days - dates.DAYS_1900);
    buffer.writeInt32BE(Math.round((value.ticks * 3) / 100_000), 4);
    return Uint8Array.from(buffer);
  }
  if (from.name === "smalldatetime") {
    const buffer = Buffer.alloc(4);
    buffer.writeUInt16BE(value.days - dates.DAYS_1900);
    buffer.writeUInt16BE(Math.floor(value.ticks / dates.TICKS_PER_MINUTE), 2);
    return Uint8Array.from(buffer);
  }
  const little = (number: number, bytes: number): number[] =>
    Array.from({ length: bytes }, (_, i) => Math.floor(number / 256 ** i) % 256);
  const scale = from.scale ?? 7;
  const time =
    from.name === "date"
      ? []
      : [scale, ...little(Math.floor(value.ticks / 10 ** (7 - scale)), scale <= 2 ? 3 : scale <= 4 ? 4 : 5)];
  const day = from.name === "time" ? [] : little(value.days, 3);
  const offset = from.name === "datetimeoffset" ? little(value.offsetMinutes & 0xffff, 2) : [];
  return Uint8Array.from([...time, ...day, ...offset]);
}

// ---- Dates, GUIDs --------------------------------------------------------------------------------------------------

function toDateTime(value: SqlValue, from: SqlType, to: SqlType, options: ConvertOptions): DateTime {
  if (typeof value === "string")
    return limitDateTime(parseDateTimeStyle(value, from, to, options.style, options.dateFormat), to, from);
  if (value instanceof DateTime) return limitDateTime(reshape(value, from, to), to, from);
  if (value instanceof Uint8Array) throw refuseConversion(from, to, false);
  const days =
    typeof value === "bigint" ? Number(value) : value instanceof Decimal ? decimalToNumber(value) : (value as number);
  const whole = Math.floor(days);
  return limitDateTime(
    new DateTime(whole + dates.DAYS_1900, Math.round((days - whole) * dates.TICKS_PER_DAY)),
    to,
    from,
  );
}

/** Between the date types: what is missing is 1900-01-01 or midnight; offsets go to or come from UTC. */
function reshape(value: DateTime, from: SqlType, to: SqlType): DateTime {
  const local = from.name === "datetimeoffset" ? dates.localOf(value) : value;
  const days = from.name === "time" ? dates.DAYS_1900 : local.days;
  const ticks = from.name === "date" ? 0 : local.ticks;
  if (to.name === "datetimeoffset")
    return dates.fromLocal(new DateTime(days, ticks), from.name === "datetimeoffset" ? value.offsetMinutes : 0);
  if (to.name === "date") return new DateTime(days, 0);
  if (to.name === "time") return new DateTime(0, ticks);
  return new DateTime(days, ticks);
}

/** Rounds to the target's precision and refuses what is outside its range (242). */
export function limitDateTime(value: DateTime, to: SqlType, from: SqlType): DateTime {
  const outOfRange = (): SqlError => sqlError(242, [from.name, to.name], 3);
  switch (to.name) {
    case "datetime": {
      const rounded = dates.roundToThreeHundredths(value);
      if (rounded.days < dates.DAYS_1753 || rounded.days > dates.MAX_DAYS) throw outOfRange();
      return rounded;
    }
    case "smalldatetime": {
      const rounded = dates.roundToMinute(value);
      if (rounded.days < dates.DAYS_1900 || rounded.days - dates.DAYS_1900 > 65535) throw outOfRange();
      return rounded;
    }
    case "date":
      if (value.days < 0 || value.days > dates.MAX_DAYS) throw outOfRange();
      return new DateTime(value.days, 0);
    case "time": {
      const rounded = dates.roundTicks(value, to.scale ?? 7);
      return new DateTime(0, rounded.ticks);
    }
    default: {
      const rounded = dates.roundTicks(value, to.scale ?? 7);
      if (rounded.days < 0 || rounded.days > dates.MAX_DAYS) throw outOfRange();
      return rounded;
    }
  }
}

function toGuid(value: SqlValue, from: SqlType): string {
  if (typeof value === "string") {
    const match = /^\{?([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})\}?/i.exec(value.trimStart());
    if (!match) throw sqlError(8169, [], 2);
    return match[1]!.toUpperCase();
  }
  if (value instanceof Uint8Array) {
    const bytes = new Uint8Array(16);
    bytes.set(value.subarray(0, 16));
    return guidFromBytes(bytes);
  }
  throw refuseConversion(from, { name: "uniqueidentifier" }, false);
}

const GUID_ORDER = [3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15];

/** The first three groups are little-endian. */
export function guidToBytes(guid: string): Uint8Array {
  const raw = Buffer.from(guid.replace(/-/g, ""), "hex");
  return Uint8Array.from(GUID_ORDER, (i) => raw[i]!);
}

export function guidFromBytes(bytes: Uint8Array): string {
  const hex = GUID_ORDER.map((i) => bytes[i]!.toString(16).padStart(2, "0"))
    .join("")
    .toUpperCase();
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
