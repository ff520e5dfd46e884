/**
 * Conversion between data types: which pairs exist, what they yield and which error says no.
 * https://learn.microsoft.com/sql/t-sql/functions/cast-and-convert-transact-sql
 */
import { SqlError } from "../session/sql-error";
import { isInteger, isUnicode } from "./format-type";
import type { SqlType } from "./sql-type";
import { Variant, type SqlValue } from "./value";
import { toBinary } from "./conversion/binary";
import { canConvert, groupOf, refuseConversion } from "./conversion/chart";
import { toDateTime } from "./conversion/dates";
import { toGuid } from "./conversion/guid";
import { toApproximate, toExact, toInteger, toMoney } from "./conversion/numbers";
import { type ConvertOptions } from "./conversion/options";
import { cutText, toText } from "./conversion/text";
import { jsonText } from "./conversion/json-text";
import { xmlText } from "./conversion/xml-bytes";
import { parseXml } from "./conversion/xml-syntax";

export { canConvert, refuseConversion } from "./conversion/chart";
export { limitDateTime } from "./conversion/dates";
export { guidFromBytes, guidToBytes } from "./conversion/guid";
export { convertForStorage, sizeOf, type StorageTarget } from "./conversion/storage";
export { toText } from "./conversion/text";

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
      return from.name === "xml" ? value : toXml(value as string | Uint8Array, from, options);
    case "json":
      if (from.name === "json") return value;
      return jsonText(value instanceof Uint8Array ? Buffer.from(value).toString("utf16le") : (value as string));
    default:
      return value;
  }
}

function toXml(value: string | Uint8Array, from: SqlType, { style }: ConvertOptions): string {
  const options = style === undefined ? {} : { style };
  if (typeof value !== "string") return parseXml(xmlText(value), { ...options, source: "bytes" });
  return parseXml(value, { ...options, source: isUnicode(from) ? "unicode" : "code page" });
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
