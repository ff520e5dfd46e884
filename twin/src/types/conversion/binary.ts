/** Conversion to binary: the layout in which the server stores each type. https://learn.microsoft.com/sql/t-sql/data-types/binary-and-varbinary-transact-sql */
import { sqlError } from "../../session/messages";
import * as dates from "../date-time";
import { absolute } from "../decimal";
import { isUnicode } from "../format-type";
import type { SqlType } from "../sql-type";
import { DateTime, Decimal, type SqlValue } from "../value";
import { refuseConversion } from "./chart";
import { guidToBytes } from "./guid";
import { isMoneyName } from "./numbers";
import { type ConvertOptions } from "./options";
import { padBytes, usesUtf8 } from "./storage";

export function toBinary(value: SqlValue, from: SqlType, to: SqlType, options: ConvertOptions): Uint8Array {
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
