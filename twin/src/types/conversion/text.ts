/** Conversion to text, with the styles of CONVERT. https://learn.microsoft.com/sql/t-sql/functions/cast-and-convert-transact-sql */
import { sqlError } from "../../session/messages";
import { decimalToString, rescale } from "../decimal";
import { formatDateTimeStyle } from "../date-style";
import { isNumeric, isUnicode } from "../format-type";
import type { SqlType } from "../sql-type";
import { DateTime, Decimal, Variant, type SqlValue } from "../value";
import { refuseConversion } from "./chart";
import { isMoneyName } from "./numbers";
import { type ConvertOptions } from "./options";
import { cutTo, isTextLob, padText, sizeOf } from "./storage";

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
function formatFloat(value: number, from: SqlType, style: number): string {
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
export function cutText(text: string, from: SqlType, to: SqlType, options: ConvertOptions): string {
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
