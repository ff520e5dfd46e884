/** The bytes of values, without lengths: what TYPE_INFO types and sql_variant share. [MS-TDS] 2.2.5.5. */
import { guidToBytes } from "../types/convert";
import { collation } from "../types/collation";
import { DAYS_1900, TICKS_PER_MINUTE } from "../types/date-time";
import { rescale } from "../types/decimal";
import type { SqlType, TypeName } from "../types/sql-type";
import { DateTime, Decimal, type SqlValue } from "../types/value";
import { encodeText } from "./code-page";
import type { PacketWriter } from "./packet-writer";

export interface EncodingContext {
  /** Collation of text whose type names none. */
  readonly collation: string;
  readonly database: string;
}

export type ValueWriter = (value: SqlValue, writer: PacketWriter) => void;

/** A value of another class than its type says: an error of the engine, never of the client. */
export function expected(what: string, value: SqlValue): never {
  throw new TypeError(`the engine returned ${value === null ? "NULL" : typeof value} where ${what} belongs`);
}
const asNumber = (value: SqlValue): number =>
  typeof value === "number" ? value : typeof value === "bigint" ? Number(value) : expected("a number", value);
const asBigint = (value: SqlValue): bigint =>
  typeof value === "bigint" ? value : typeof value === "number" ? BigInt(value) : expected("a bigint", value);
export const asText = (value: SqlValue): string => (typeof value === "string" ? value : expected("a string", value));
export const asBytes = (value: SqlValue): Uint8Array =>
  value instanceof Uint8Array ? value : expected("bytes", value);
export const asDecimal = (value: SqlValue): Decimal =>
  value instanceof Decimal ? value : expected("a decimal", value);
export const asTime = (value: SqlValue): DateTime =>
  value instanceof DateTime ? value : expected("a date or time", value);

const money = (value: SqlValue): bigint => rescale(asDecimal(value), 4).unscaled;

export function writeDecimal(value: Decimal, scale: number, bytes: number, writer: PacketWriter): void {
  const unscaled = value.scale === scale ? value.unscaled : rescale(value, scale).unscaled;
  writer.u8(unscaled < 0n ? 0 : 1);
  let rest = unscaled < 0n ? -unscaled : unscaled;
  for (let i = 0; i < bytes; i += 4) {
    writer.u32(Number(rest & 0xffffffffn));
    rest >>= 32n;
  }
}

export const timeBytes = (scale: number): number => (scale <= 2 ? 3 : scale <= 4 ? 4 : 5);

export function writeTime(ticks: number, scale: number, writer: PacketWriter): void {
  writer.uint(Math.floor(ticks / 10 ** (7 - scale)), timeBytes(scale));
}

function writeDateTime(value: DateTime, writer: PacketWriter): void {
  let days = value.days - DAYS_1900;
  // 300 units a second; the last half unit of a day belongs to the next.
  let units = Math.round((value.ticks * 3) / 100_000);
  if (units >= 25_920_000) {
    units -= 25_920_000;
    days++;
  }
  writer.i32(days);
  writer.u32(units);
}

export const writeDatetime2 = (value: DateTime, scale: number, writer: PacketWriter): void => {
  writeTime(value.ticks, scale, writer);
  writer.uint(value.days, 3);
};

export const toCodePage = (text: string, type: SqlType, context: EncodingContext): Uint8Array =>
  encodeText(text, collation(type.collation ?? context.collation).codePage);
export const toUcs2 = (text: string): Uint8Array => Buffer.from(text, "utf16le");

export const writeOffset = (value: DateTime, scale: number, writer: PacketWriter): void => {
  writeDatetime2(value, scale, writer);
  writer.i16(value.offsetMinutes);
};
export const writeMoney: ValueWriter = (value, writer) => {
  const unscaled = money(value);
  writer.i32(Number(unscaled >> 32n));
  writer.u32(Number(unscaled & 0xffffffffn));
};
export const writeSmallDateTime: ValueWriter = (value, writer) => {
  const time = asTime(value);
  writer.u16(time.days - DAYS_1900);
  writer.u16(Math.floor(time.ticks / TICKS_PER_MINUTE));
};
export const integers = {
  bit: (value: SqlValue, writer: PacketWriter) => writer.u8(asNumber(value) ? 1 : 0),
  tinyint: (value: SqlValue, writer: PacketWriter) => writer.u8(asNumber(value)),
  smallint: (value: SqlValue, writer: PacketWriter) => writer.i16(asNumber(value)),
  int: (value: SqlValue, writer: PacketWriter) => writer.i32(asNumber(value)),
  bigint: (value: SqlValue, writer: PacketWriter) => writer.i64(asBigint(value)),
  real: (value: SqlValue, writer: PacketWriter) => writer.f32(asNumber(value)),
  float: (value: SqlValue, writer: PacketWriter) => writer.f64(asNumber(value)),
  smallmoney: (value: SqlValue, writer: PacketWriter) => writer.i32(Number(money(value))),
  datetime: (value: SqlValue, writer: PacketWriter) => writeDateTime(asTime(value), writer),
  uniqueidentifier: (value: SqlValue, writer: PacketWriter) => writer.bytes(guidToBytes(asText(value))),
  date: (value: SqlValue, writer: PacketWriter) => writer.uint(asTime(value).days, 3),
} satisfies Partial<Record<TypeName, ValueWriter>>;
