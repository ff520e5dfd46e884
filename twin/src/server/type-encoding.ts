/** TYPE_INFO and values on their way to the client, one codec a data type. [MS-TDS] 2.2.5.4 to 2.2.5.6. */
import { convert, guidToBytes } from "../types/convert";
import { collation } from "../types/collation";
import { DAYS_1900, TICKS_PER_MINUTE } from "../types/date-time";
import { rescale } from "../types/decimal";
import type { SqlType, TypeName } from "../types/sql-type";
import { DateTime, Decimal, Variant, type SqlValue } from "../types/value";
import { encodeText } from "./code-page";
import type { PacketWriter } from "./packet-writer";
import { collationBytes } from "./wire-collation";

export interface EncodingContext {
  /** Collation of text whose type names none. */
  readonly collation: string;
  readonly database: string;
}

export type ValueWriter = (value: SqlValue, writer: PacketWriter) => void;

interface Codec {
  /** UserType of COLMETADATA; only timestamp has one of its own. */
  readonly userType?: number;
  /** COLMETADATA carries a table name behind these. */
  readonly hasTableName?: true;
  info(type: SqlType, writer: PacketWriter, context: EncodingContext): void;
  value(type: SqlType, context: EncodingContext): ValueWriter;
}

/** A value of another class than its type says: an error of the engine, never of the client. */
function expected(what: string, value: SqlValue): never {
  throw new TypeError(`the engine returned ${value === null ? "NULL" : typeof value} where ${what} belongs`);
}
const asNumber = (value: SqlValue): number =>
  typeof value === "number" ? value : typeof value === "bigint" ? Number(value) : expected("a number", value);
const asBigint = (value: SqlValue): bigint =>
  typeof value === "bigint" ? value : typeof value === "number" ? BigInt(value) : expected("a bigint", value);
const asText = (value: SqlValue): string => (typeof value === "string" ? value : expected("a string", value));
const asBytes = (value: SqlValue): Uint8Array => (value instanceof Uint8Array ? value : expected("bytes", value));
const asDecimal = (value: SqlValue): Decimal => (value instanceof Decimal ? value : expected("a decimal", value));
const asTime = (value: SqlValue): DateTime => (value instanceof DateTime ? value : expected("a date or time", value));

/** Types with one length byte before the value, 0 = NULL. */
function byteLength(id: number, bytes: number, write: ValueWriter): Codec {
  return {
    info: (_, writer) => {
      writer.u8(id);
      writer.u8(bytes);
    },
    value: () => (value, writer) => {
      if (value === null) return writer.u8(0);
      writer.u8(bytes);
      write(value, writer);
    },
  };
}

const money = (value: SqlValue): bigint => rescale(asDecimal(value), 4).unscaled;

function decimal(id: number): Codec {
  return {
    info: (type, writer) => {
      const precision = type.precision ?? 18;
      writer.u8(id);
      writer.u8(decimalBytes(precision));
      writer.u8(precision);
      writer.u8(type.scale ?? 0);
    },
    value: (type) => (value, writer) => {
      if (value === null) return writer.u8(0);
      const bytes = decimalBytes(type.precision ?? 18);
      writer.u8(bytes);
      writeDecimal(asDecimal(value), type.scale ?? 0, bytes - 1, writer);
    },
  };
}

function decimalBytes(precision: number): number {
  return precision <= 9 ? 5 : precision <= 19 ? 9 : precision <= 28 ? 13 : 17;
}

function writeDecimal(value: Decimal, scale: number, bytes: number, writer: PacketWriter): void {
  const unscaled = value.scale === scale ? value.unscaled : rescale(value, scale).unscaled;
  writer.u8(unscaled < 0n ? 0 : 1);
  let rest = unscaled < 0n ? -unscaled : unscaled;
  for (let i = 0; i < bytes; i += 4) {
    writer.u32(Number(rest & 0xffffffffn));
    rest >>= 32n;
  }
}

const timeBytes = (scale: number): number => (scale <= 2 ? 3 : scale <= 4 ? 4 : 5);

function writeTime(ticks: number, scale: number, writer: PacketWriter): void {
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

/** time, datetime2 and datetimeoffset: the scale is the only fact in TYPE_INFO. */
function scaled(
  id: number,
  rest: number,
  write: (value: DateTime, scale: number, writer: PacketWriter) => void,
): Codec {
  return {
    info: (type, writer) => {
      writer.u8(id);
      writer.u8(type.scale ?? 7);
    },
    value: (type) => {
      const scale = type.scale ?? 7;
      const bytes = timeBytes(scale) + rest;
      return (value, writer) => {
        if (value === null) return writer.u8(0);
        writer.u8(bytes);
        write(asTime(value), scale, writer);
      };
    },
  };
}

const writeDatetime2 = (value: DateTime, scale: number, writer: PacketWriter): void => {
  writeTime(value.ticks, scale, writer);
  writer.uint(value.days, 3);
};

function writePlp(bytes: Uint8Array, writer: PacketWriter): void {
  writer.u64(BigInt(bytes.length));
  if (bytes.length > 0) {
    writer.u32(bytes.length);
    writer.bytes(bytes);
  }
  writer.u32(0);
}

function writePlpUcs2(text: string, writer: PacketWriter): void {
  writer.u64(BigInt(text.length * 2));
  if (text.length > 0) {
    writer.u32(text.length * 2);
    writer.ucs2(text);
  }
  writer.u32(0);
}

function writePlpNull(writer: PacketWriter): void {
  writer.u64(0xffffffffffffffffn);
}

/** A length in TYPE_INFO is at least 1: the type of '' has none of its own. */
const declared = (type: SqlType, fallback: number): number => Math.max(type.length ?? fallback, 1);

function unicode(id: number, pad: boolean): Codec {
  return {
    info: (type, writer, context) => {
      writer.u8(id);
      writer.u16(type.length === -1 ? 0xffff : declared(type, 4000) * 2);
      writer.bytes(collationBytes(type.collation ?? context.collation));
    },
    value: (type) => {
      if (type.length === -1)
        return (value, writer) => (value === null ? writePlpNull(writer) : writePlpUcs2(asText(value), writer));
      return (value, writer) => {
        if (value === null) return writer.u16(0xffff);
        const text = pad ? asText(value).padEnd(type.length ?? 1) : asText(value);
        writer.u16(text.length * 2);
        writer.ucs2(text);
      };
    },
  };
}

function singleByte(id: number): Codec {
  return {
    info: (type, writer, context) => {
      writer.u8(id);
      writer.u16(type.length === -1 ? 0xffff : declared(type, 8000));
      writer.bytes(collationBytes(type.collation ?? context.collation));
    },
    value: (type, context) => {
      const { codePage } = collation(type.collation ?? context.collation);
      if (type.length === -1)
        return (value, writer) =>
          value === null ? writePlpNull(writer) : writePlp(encodeText(asText(value), codePage), writer);
      return (value, writer) => {
        if (value === null) return writer.u16(0xffff);
        const bytes = encodeText(asText(value), codePage);
        writer.u16(bytes.length);
        writer.bytes(bytes);
      };
    },
  };
}

function binary(id: number, fixed?: number): Codec {
  return {
    ...(fixed ? { userType: 80 } : {}),
    info: (type, writer) => {
      writer.u8(id);
      writer.u16(fixed ?? (type.length === -1 ? 0xffff : declared(type, 8000)));
    },
    value: (type) => {
      if (!fixed && type.length === -1)
        return (value, writer) => (value === null ? writePlpNull(writer) : writePlp(asBytes(value), writer));
      return (value, writer) => {
        if (value === null) return writer.u16(0xffff);
        const bytes = asBytes(value);
        writer.u16(bytes.length);
        writer.bytes(bytes);
      };
    },
  };
}

const TEXT_POINTER = Buffer.from("sqlserver-twin\0\0", "latin1");

/** text, ntext, image: a text pointer and a timestamp stand before the bytes. */
function large(id: number, encode: (value: SqlValue, type: SqlType, context: EncodingContext) => Uint8Array): Codec {
  return {
    hasTableName: true,
    info: (type, writer, context) => {
      writer.u8(id);
      writer.u32(id === 0x63 ? 0x7ffffffe : 0x7fffffff);
      if (id !== 0x22) writer.bytes(collationBytes(type.collation ?? context.collation));
    },
    value: (type, context) => (value, writer) => {
      if (value === null) return writer.u8(0);
      const bytes = encode(value, type, context);
      writer.u8(TEXT_POINTER.length);
      writer.bytes(TEXT_POINTER);
      writer.u64(0n);
      writer.u32(bytes.length);
      writer.bytes(bytes);
    },
  };
}

/** Types of Microsoft.SqlServer.Types travel as CLR types. */
function clr(className: string, typeName: string, maxBytes: number): Codec {
  return {
    info: (_, writer, context) => {
      writer.u8(0xf0);
      writer.u16(maxBytes);
      writer.shortText(context.database);
      writer.shortText("sys");
      writer.shortText(typeName);
      writer.text(
        `Microsoft.SqlServer.Types.${className}, Microsoft.SqlServer.Types, Version=11.0.0.0, Culture=neutral, PublicKeyToken=89845dcd8080cc91`,
      );
    },
    value: () => (value, writer) => (value === null ? writePlpNull(writer) : writePlp(asBytes(value), writer)),
  };
}

/** Text of a type that the client was not told of: without the JSON and vector extensions they come as text. */
function asMaxText(print: (value: SqlValue, type: SqlType) => string): Codec {
  const text = unicode(0xe7, false);
  const plain: SqlType = { name: "nvarchar", length: -1 };
  return {
    info: (_, writer, context) => text.info(plain, writer, context),
    value: (type) => (value, writer) =>
      value === null ? writePlpNull(writer) : writePlpUcs2(print(value, type), writer),
  };
}

/** sql_variant's inner types: id, properties in front of the value, value without a length. [MS-TDS] 2.2.5.5.4. */
interface VariantCodec {
  readonly id: number;
  readonly properties: number;
  write(value: SqlValue, type: SqlType, writer: PacketWriter, context: EncodingContext): void;
  size(value: SqlValue, type: SqlType, context: EncodingContext): number;
}

const fixedVariant = (id: number, bytes: number, write: ValueWriter): VariantCodec => ({
  id,
  properties: 0,
  size: () => bytes,
  write: (value, _, writer) => write(value, writer),
});

const characterVariant = (
  id: number,
  encode: (text: string, type: SqlType, context: EncodingContext) => Uint8Array,
): VariantCodec => ({
  id,
  properties: 7,
  size: (value, type, context) => encode(asText(value), type, context).length,
  write: (value, type, writer, context) => {
    const bytes = encode(asText(value), type, context);
    writer.bytes(collationBytes(type.collation ?? context.collation));
    writer.u16(8000);
    writer.bytes(bytes);
  },
});
const binaryVariant = (id: number): VariantCodec => ({
  id,
  properties: 2,
  size: (value) => asBytes(value).length,
  write: (value, _, writer) => {
    writer.u16(8000);
    writer.bytes(asBytes(value));
  },
});
const decimalVariant = (id: number): VariantCodec => ({
  id,
  properties: 2,
  size: () => 17,
  write: (value, type, writer) => {
    writer.u8(type.precision ?? 18);
    writer.u8(type.scale ?? 0);
    writeDecimal(asDecimal(value), type.scale ?? 0, 16, writer);
  },
});
const scaledVariant = (
  id: number,
  rest: number,
  write: (value: DateTime, scale: number, writer: PacketWriter) => void,
): VariantCodec => ({
  id,
  properties: 1,
  size: (_, type) => timeBytes(type.scale ?? 7) + rest,
  write: (value, type, writer) => {
    writer.u8(type.scale ?? 7);
    write(asTime(value), type.scale ?? 7, writer);
  },
});

const toCodePage = (text: string, type: SqlType, context: EncodingContext): Uint8Array =>
  encodeText(text, collation(type.collation ?? context.collation).codePage);
const toUcs2 = (text: string): Uint8Array => Buffer.from(text, "utf16le");

const writeOffset = (value: DateTime, scale: number, writer: PacketWriter): void => {
  writeDatetime2(value, scale, writer);
  writer.i16(value.offsetMinutes);
};
const writeMoney: ValueWriter = (value, writer) => {
  const unscaled = money(value);
  writer.i32(Number(unscaled >> 32n));
  writer.u32(Number(unscaled & 0xffffffffn));
};
const writeSmallDateTime: ValueWriter = (value, writer) => {
  const time = asTime(value);
  writer.u16(time.days - DAYS_1900);
  writer.u16(Math.floor(time.ticks / TICKS_PER_MINUTE));
};
const integers = {
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

const VARIANTS: Partial<Record<TypeName, VariantCodec>> = {
  bit: fixedVariant(0x32, 1, integers.bit),
  tinyint: fixedVariant(0x30, 1, integers.tinyint),
  smallint: fixedVariant(0x34, 2, integers.smallint),
  int: fixedVariant(0x38, 4, integers.int),
  bigint: fixedVariant(0x7f, 8, integers.bigint),
  real: fixedVariant(0x3b, 4, integers.real),
  float: fixedVariant(0x3e, 8, integers.float),
  money: fixedVariant(0x3c, 8, writeMoney),
  smallmoney: fixedVariant(0x7a, 4, integers.smallmoney),
  datetime: fixedVariant(0x3d, 8, integers.datetime),
  smalldatetime: fixedVariant(0x3a, 4, writeSmallDateTime),
  uniqueidentifier: fixedVariant(0x24, 16, integers.uniqueidentifier),
  date: fixedVariant(0x28, 3, integers.date),
  time: scaledVariant(0x29, 0, (value, scale, writer) => writeTime(value.ticks, scale, writer)),
  datetime2: scaledVariant(0x2a, 3, writeDatetime2),
  datetimeoffset: scaledVariant(0x2b, 5, writeOffset),
  decimal: decimalVariant(0x6a),
  numeric: decimalVariant(0x6c),
  char: characterVariant(0xaf, toCodePage),
  varchar: characterVariant(0xa7, toCodePage),
  nchar: characterVariant(0xef, toUcs2),
  nvarchar: characterVariant(0xe7, toUcs2),
  binary: binaryVariant(0xad),
  varbinary: binaryVariant(0xa5),
};

const variant: Codec = {
  info: (_, writer) => {
    writer.u8(0x62);
    writer.u32(8009);
  },
  value: (_, context) => (value, writer) => {
    if (value === null) return writer.u32(0);
    if (!(value instanceof Variant)) return expected("a sql_variant", value);
    const inner = VARIANTS[value.type.name];
    if (!inner) throw new TypeError(`a sql_variant cannot hold ${value.type.name}`);
    writer.u32(2 + inner.properties + inner.size(value.value, value.type, context));
    writer.u8(inner.id);
    writer.u8(inner.properties);
    inner.write(value.value, value.type, writer, context);
  },
};

const never = (name: string): Codec => {
  const refuse = (): never => {
    throw new TypeError(`a ${name} cannot be sent to a client`);
  };
  return { info: refuse, value: refuse };
};

const codecs: Record<TypeName, Codec> = {
  bit: byteLength(0x68, 1, integers.bit),
  tinyint: byteLength(0x26, 1, integers.tinyint),
  smallint: byteLength(0x26, 2, integers.smallint),
  int: byteLength(0x26, 4, integers.int),
  bigint: byteLength(0x26, 8, integers.bigint),
  real: byteLength(0x6d, 4, integers.real),
  float: byteLength(0x6d, 8, integers.float),
  money: byteLength(0x6e, 8, writeMoney),
  smallmoney: byteLength(0x6e, 4, integers.smallmoney),
  datetime: byteLength(0x6f, 8, integers.datetime),
  smalldatetime: byteLength(0x6f, 4, writeSmallDateTime),
  uniqueidentifier: byteLength(0x24, 16, integers.uniqueidentifier),
  date: {
    info: (_, writer) => writer.u8(0x28),
    value: () => (value, writer) => {
      if (value === null) return writer.u8(0);
      writer.u8(3);
      integers.date(value, writer);
    },
  },
  time: scaled(0x29, 0, (value, scale, writer) => writeTime(value.ticks, scale, writer)),
  datetime2: scaled(0x2a, 3, writeDatetime2),
  datetimeoffset: scaled(0x2b, 5, writeOffset),
  decimal: decimal(0x6a),
  numeric: decimal(0x6c),
  char: singleByte(0xaf),
  varchar: singleByte(0xa7),
  nchar: unicode(0xef, true),
  nvarchar: unicode(0xe7, false),
  binary: binary(0xad),
  varbinary: binary(0xa5),
  timestamp: binary(0xad, 8),
  text: large(0x23, (value, type, context) => toCodePage(asText(value), type, context)),
  ntext: large(0x63, (value) => toUcs2(asText(value))),
  image: large(0x22, (value) => asBytes(value)),
  xml: {
    info: (_, writer) => {
      writer.u8(0xf1);
      writer.u8(0);
    },
    value: () => (value, writer) => (value === null ? writePlpNull(writer) : writePlpUcs2(asText(value), writer)),
  },
  sql_variant: variant,
  hierarchyid: clr("SqlHierarchyId", "hierarchyid", 892),
  geometry: clr("SqlGeometry", "geometry", 0xffff),
  geography: clr("SqlGeography", "geography", 0xffff),
  json: asMaxText((value) => asText(value)),
  vector: asMaxText((value, type) => String(convert(value, type, { name: "nvarchar", length: -1 }))),
  table: never("table"),
  cursor: never("cursor"),
};

export const userTypeOf = (type: SqlType): number => codecs[type.name].userType ?? 0;
export const hasTableName = (type: SqlType): boolean => codecs[type.name].hasTableName ?? false;

export function writeTypeInfo(type: SqlType, writer: PacketWriter, context: EncodingContext): void {
  codecs[type.name].info(type, writer, context);
}

/** Built once a column, called once a row. */
export function valueWriter(type: SqlType, context: EncodingContext): ValueWriter {
  return codecs[type.name].value(type, context);
}
