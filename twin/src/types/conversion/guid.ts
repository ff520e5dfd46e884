/** uniqueidentifier as text and as bytes. https://learn.microsoft.com/sql/t-sql/data-types/uniqueidentifier-transact-sql */
import { sqlError } from "../../session/messages";
import type { SqlType } from "../sql-type";
import { type SqlValue } from "../value";
import { refuseConversion } from "./chart";

export function toGuid(value: SqlValue, from: SqlType): string {
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
