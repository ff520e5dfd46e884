/**
 * Conversion between data types: which pairs exist, what they yield and which error says no.
 * https://learn.microsoft.com/sql/t-sql/functions/cast-and-convert-transact-sql
 */
import { SqlError } from "../session/sql-error";
import { isInteger } from "./format-type";
import type { SqlType } from "./sql-type";
import { Variant, type SqlValue } from "./value";
import { toBinary } from "./conversion/binary";
import { canConvert, groupOf, refuseConversion } from "./conversion/chart";
import { toDateTime } from "./conversion/dates";
import { toGuid } from "./conversion/guid";
import { toApproximate, toExact, toInteger, toMoney } from "./conversion/numbers";
import { type ConvertOptions } from "./conversion/options";
import { cutText, toText } from "./conversion/text";
import { xmlFromBytes } from "./conversion/xml-bytes";

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
    case "json":
      if (!(value instanceof Uint8Array)) return value as string;
      return to.name === "xml" ? xmlFromBytes(value) : Buffer.from(value).toString("utf16le");
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
