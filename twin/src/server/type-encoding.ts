/** TYPE_INFO and values on their way to the client, one codec a data type. [MS-TDS] 2.2.5.4 to 2.2.5.6. */
import { convert } from "../types/convert";
import { collation } from "../types/collation";
import type { SqlType, TypeName } from "../types/sql-type";
import type { DateTime, SqlValue } from "../types/value";
import { encodeText } from "./code-page";
import type { PacketWriter } from "./packet-writer";
import {
  asBytes,
  asDecimal,
  asText,
  asTime,
  integers,
  timeBytes,
  toCodePage,
  toUcs2,
  writeDatetime2,
  writeDecimal,
  writeMoney,
  writeOffset,
  writeSmallDateTime,
  writeTime,
  type EncodingContext,
  type ValueWriter,
} from "./value-encoding";
import { writeVariant } from "./variant-encoding";
import { collationBytes } from "./wire-collation";

export type { EncodingContext, ValueWriter } from "./value-encoding";

interface Codec {
  /** UserType of COLMETADATA; only timestamp has one of its own. */
  readonly userType?: number;
  /** COLMETADATA carries a table name behind these. */
  readonly hasTableName?: true;
  info(type: SqlType, writer: PacketWriter, context: EncodingContext): void;
  value(type: SqlType, context: EncodingContext): ValueWriter;
}

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

const variant: Codec = {
  info: (_, writer) => {
    writer.u8(0x62);
    writer.u32(8009);
  },
  value: (_, context) => (value, writer) => writeVariant(value, writer, context),
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
