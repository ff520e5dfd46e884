/** Assignment to columns: what does not fit is refused. https://learn.microsoft.com/sql/relational-databases/errors-events/mssqlserver-2628-database-engine-error */
import { sqlError } from "../../session/messages";
import { collation as collationOf } from "../collation";
import { isCharacter, isUnicode } from "../format-type";
import type { SqlType } from "../sql-type";
import { type SqlValue } from "../value";
import { toBinary } from "./binary";
import { convert } from "../convert";
import { toText } from "./text";

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

export function isTextLob(type: SqlType): boolean {
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

export function usesUtf8(type: SqlType): boolean {
  return type.collation !== undefined && collationOf(type.collation).utf8;
}

export function cutTo(text: string, type: SqlType, limit: number): string {
  if (isUnicode(type) || !usesUtf8(type)) return text.slice(0, limit);
  const bytes = Buffer.from(text, "utf8").subarray(0, limit);
  return new TextDecoder("utf-8").decode(bytes).replace(/\uFFFD+$/, "");
}

export function padText(text: string, to: SqlType): string {
  return to.name === "char" || to.name === "nchar" ? text.padEnd(to.length ?? 1, " ") : text;
}

export function padBytes(bytes: Uint8Array, to: SqlType): Uint8Array {
  if (to.name !== "binary" || bytes.length >= (to.length ?? 1)) return bytes;
  const padded = new Uint8Array(to.length ?? 1);
  padded.set(bytes);
  return padded;
}
