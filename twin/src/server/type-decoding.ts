/** TYPE_INFO and values that a client sends: RPC parameters, rows of table values and of bulk loads. [MS-TDS] 2.2.5.4 to 2.2.5.6. */
import { notImplemented } from "../session/sql-error";
import { guidFromBytes } from "../types/convert";
import { DAYS_1900, TICKS_PER_MINUTE, ticksOfThreeHundredths } from "../types/date-time";
import type { SqlType, TypeName } from "../types/sql-type";
import { DateTime, Decimal, Variant, type SqlValue } from "../types/value";
import { ByteReader } from "./byte-reader";
import { decodeText } from "./code-page";
import { ProtocolError } from "./protocol";
import { codePageOf } from "./wire-collation";

export interface IncomingType {
  readonly type: SqlType;
  /** text, ntext or image: bulk metadata carries a table name behind it. */
  readonly large?: true;
  read(reader: ByteReader): SqlValue;
}

/** Rows carry a text pointer before text, ntext and image; parameters do not. */
export type Place = "parameter" | "row";

type TypeReader = (reader: ByteReader, place: Place) => IncomingType;
type Decode = (bytes: ByteReader, length: number) => SqlValue;

const fixed =
  (type: SqlType, read: (reader: ByteReader) => SqlValue): TypeReader =>
  () => ({ type, read });

/** One length byte before the value; 0 is NULL. */
function nullable(type: SqlType, decode: Decode): IncomingType {
  return {
    type,
    read: (reader) => {
      const length = reader.u8();
      return length === 0 ? null : decode(reader, length);
    },
  };
}

/** The declared size tells which member of the family it is. */
function sized(family: Record<number, TypeName>, decoders: Record<number, Decode>): TypeReader {
  return (reader) => {
    const size = reader.u8();
    const name = family[size];
    if (!name) throw new ProtocolError(`no type of its family has ${size} bytes`);
    return nullable({ name }, (bytes, length) => pick(decoders, length)(bytes, length));
  };
}

function pick(decoders: Record<number, Decode>, length: number): Decode {
  const decode = decoders[length];
  if (!decode) throw new ProtocolError(`a value of ${length} bytes does not fit its type`);
  return decode;
}

const readMoney: Decode = (r) => {
  const high = BigInt(r.i32());
  return new Decimal((high << 32n) | BigInt(r.u32()), 4);
};
const readSmallMoney: Decode = (r) => new Decimal(BigInt(r.i32()), 4);
const readDatetime: Decode = (r) => {
  const days = r.i32() + DAYS_1900;
  const units = r.u32();
  return new DateTime(days + Math.floor(units / 25_920_000), ticksOfThreeHundredths(units % 25_920_000));
};
const readSmallDatetime: Decode = (r) => {
  const days = r.u16() + DAYS_1900;
  return new DateTime(days, r.u16() * TICKS_PER_MINUTE);
};
const readInteger: Record<number, Decode> = {
  1: (r) => r.u8(),
  2: (r) => r.i16(),
  4: (r) => r.i32(),
  8: (r) => r.i64(),
};
const readFloat: Record<number, Decode> = { 4: (r) => r.f32(), 8: (r) => r.f64() };
const readAnyMoney: Record<number, Decode> = { 4: readSmallMoney, 8: readMoney };
const readAnyDatetime: Record<number, Decode> = { 4: readSmallDatetime, 8: readDatetime };
const readGuid: Decode = (r) => guidFromBytes(r.take(16));
const readDate: Decode = (r) => new DateTime(r.uint(3), 0);
const readTicks = (r: ByteReader, bytes: number, scale: number): number => r.uint(bytes) * 10 ** (7 - scale);
const readTime =
  (scale: number): Decode =>
  (r, length) =>
    new DateTime(0, readTicks(r, length, scale));
const readDatetime2 =
  (scale: number): Decode =>
  (r, length) => {
    const ticks = readTicks(r, length - 3, scale);
    return new DateTime(r.uint(3), ticks);
  };
const readDatetimeoffset =
  (scale: number): Decode =>
  (r, length) => {
    const ticks = readTicks(r, length - 5, scale);
    const days = r.uint(3);
    return new DateTime(days, ticks, r.i16());
  };
const readDecimal =
  (scale: number): Decode =>
  (r, length) => {
    const positive = r.u8() !== 0;
    const bytes = r.take(length - 1);
    let unscaled = 0n;
    for (let i = bytes.length - 1; i >= 0; i--) unscaled = (unscaled << 8n) | BigInt(bytes[i]!);
    return new Decimal(positive ? unscaled : -unscaled, scale);
  };

const decimal =
  (name: TypeName): TypeReader =>
  (reader) => {
    reader.u8();
    const precision = reader.u8();
    const scale = reader.u8();
    if (precision < 1 || precision > 38 || scale > precision)
      throw new ProtocolError(`decimal(${precision},${scale}) does not exist`);
    return nullable({ name, precision, scale }, readDecimal(scale));
  };

const scaled =
  (name: TypeName, read: (scale: number) => Decode): TypeReader =>
  (reader) => {
    const scale = reader.u8();
    if (scale > 7) throw new ProtocolError(`${name}(${scale}) does not exist`);
    return nullable({ name, scale }, read(scale));
  };

type FromBytes = (bytes: Buffer) => SqlValue;

/** Two length bytes, 0xFFFF is NULL; a declared 0xFFFF is MAX, whose values come in chunks. */
function long(type: SqlType, decode: FromBytes): IncomingType {
  return {
    type,
    read: (reader) => {
      if (type.length === -1) {
        const bytes = reader.plp();
        return bytes && decode(bytes);
      }
      const length = reader.u16();
      return length === 0xffff ? null : decode(reader.take(length));
    },
  };
}

const ucs2: FromBytes = (bytes) => bytes.toString("utf16le");
/** Copied: a view would keep the whole message in memory. */
const copied: FromBytes = (bytes) => Uint8Array.from(bytes);

const character =
  (name: TypeName): TypeReader =>
  (reader) => {
    const bytes = reader.u16();
    const codePage = codePageOf(reader.take(5));
    const unicode = name === "nchar" || name === "nvarchar";
    const length = bytes === 0xffff ? -1 : unicode ? bytes / 2 : bytes;
    return long({ name, length }, unicode ? ucs2 : (value) => decodeText(value, codePage));
  };

const binary =
  (name: TypeName): TypeReader =>
  (reader) => {
    const bytes = reader.u16();
    return long({ name, length: bytes === 0xffff ? -1 : bytes }, copied);
  };

/** Types of version 7 and before: one length byte, which a few old programs still send. */
const short =
  (name: TypeName, text: boolean): TypeReader =>
  (reader) => {
    const length = reader.u8();
    const codePage = text ? codePageOf(reader.take(5)) : 0;
    return {
      type: { name, length },
      read: (bytes) => {
        const count = bytes.u8();
        if (count === 0xff) return null;
        return text ? decodeText(bytes.take(count), codePage) : copied(bytes.take(count));
      },
    };
  };

const large =
  (name: TypeName, hasCollation: boolean): TypeReader =>
  (reader, place) => {
    reader.u32();
    const codePage = hasCollation ? codePageOf(reader.take(5)) : 0;
    const decode: FromBytes =
      name === "image" ? copied : name === "ntext" ? ucs2 : (bytes) => decodeText(bytes, codePage);
    return {
      type: { name },
      large: true,
      read: (bytes) => {
        if (place === "row") {
          const pointer = bytes.u8();
          if (pointer === 0) return null;
          bytes.take(pointer + 8);
        }
        const length = bytes.u32();
        return length === 0xffffffff ? null : decode(bytes.take(length));
      },
    };
  };

/** In a row it is text still: the server reads it when it goes into a column. */
const xml: TypeReader = (reader, place) => {
  if (reader.u8() !== 0) {
    reader.shortText();
    reader.shortText();
    reader.text();
  }
  return {
    type: place === "row" ? { name: "nvarchar", length: -1 } : { name: "xml" },
    read: (bytes) => {
      const value = bytes.plp();
      return value && value.toString("utf16le").replace(/^\ufeff/, "");
    },
  };
};

const CLR_TYPES: Record<string, TypeName> = {
  hierarchyid: "hierarchyid",
  geometry: "geometry",
  geography: "geography",
};

const clr: TypeReader = (reader, place) => {
  if (place === "row") reader.u16();
  reader.shortText();
  reader.shortText();
  const typeName = reader.shortText();
  if (place === "row") reader.text();
  const name = CLR_TYPES[typeName.toLowerCase()];
  if (!name) throw notImplemented(`a value of the CLR type ${typeName} from a client`);
  return {
    type: { name },
    read: (bytes) => {
      const value = bytes.plp();
      return value && copied(value);
    },
  };
};

interface VariantType {
  readonly name: TypeName;
  readonly read: (properties: ByteReader, reader: ByteReader, length: number) => { type: SqlType; value: SqlValue };
}
const plainVariant = (name: TypeName, decode: Decode): VariantType => ({
  name,
  read: (_, reader, length) => ({ type: { name }, value: decode(reader, length) }),
});
const scaledVariant = (name: TypeName, decode: (scale: number) => Decode): VariantType => ({
  name,
  read: (properties, reader, length) => {
    const scale = properties.u8();
    return { type: { name, scale }, value: decode(scale)(reader, length) };
  },
});
const decimalVariant = (name: TypeName): VariantType => ({
  name,
  read: (properties, reader, length) => {
    const precision = properties.u8();
    const scale = properties.u8();
    return { type: { name, precision, scale }, value: readDecimal(scale)(reader, length) };
  },
});
const characterVariant = (name: TypeName, unicode: boolean): VariantType => ({
  name,
  read: (properties, reader, length) => {
    const codePage = codePageOf(properties.take(5));
    const bytes = reader.take(length);
    return {
      type: { name, length: Math.max(1, unicode ? length / 2 : length) },
      value: unicode ? ucs2(bytes) : decodeText(bytes, codePage),
    };
  },
});
const binaryVariant = (name: TypeName): VariantType => ({
  name,
  read: (_, reader, length) => ({ type: { name, length: Math.max(1, length) }, value: copied(reader.take(length)) }),
});

const VARIANTS = new Map<number, VariantType>([
  [0x32, plainVariant("bit", (r) => r.u8())],
  [0x30, plainVariant("tinyint", (r) => r.u8())],
  [0x34, plainVariant("smallint", (r) => r.i16())],
  [0x38, plainVariant("int", (r) => r.i32())],
  [0x7f, plainVariant("bigint", (r) => r.i64())],
  [0x3b, plainVariant("real", (r) => r.f32())],
  [0x3e, plainVariant("float", (r) => r.f64())],
  [0x3c, plainVariant("money", readMoney)],
  [0x7a, plainVariant("smallmoney", readSmallMoney)],
  [0x3d, plainVariant("datetime", readDatetime)],
  [0x3a, plainVariant("smalldatetime", readSmallDatetime)],
  [0x24, plainVariant("uniqueidentifier", readGuid)],
  [0x28, plainVariant("date", readDate)],
  [0x29, scaledVariant("time", readTime)],
  [0x2a, scaledVariant("datetime2", readDatetime2)],
  [0x2b, scaledVariant("datetimeoffset", readDatetimeoffset)],
  [0x6a, decimalVariant("decimal")],
  [0x6c, decimalVariant("numeric")],
  [0xaf, characterVariant("char", false)],
  [0xa7, characterVariant("varchar", false)],
  [0xef, characterVariant("nchar", true)],
  [0xe7, characterVariant("nvarchar", true)],
  [0xad, binaryVariant("binary")],
  [0xa5, binaryVariant("varbinary")],
]);

const variant: TypeReader = (reader) => {
  reader.u32();
  return {
    type: { name: "sql_variant" },
    read: (bytes) => {
      const total = bytes.u32();
      if (total === 0) return null;
      const id = bytes.u8();
      const properties = bytes.u8();
      const inner = VARIANTS.get(id);
      if (!inner) throw new ProtocolError(`a sql_variant cannot hold type 0x${id.toString(16)}`);
      const { type, value } = inner.read(new ByteReader(bytes.take(properties)), bytes, total - 2 - properties);
      return new Variant(type, value);
    },
  };
};

const TYPES = new Map<number, TypeReader>([
  [0x1f, fixed({ name: "nvarchar", length: 1 }, () => null)],
  [0x30, fixed({ name: "tinyint" }, (r) => r.u8())],
  [0x32, fixed({ name: "bit" }, (r) => (r.u8() ? 1 : 0))],
  [0x34, fixed({ name: "smallint" }, (r) => r.i16())],
  [0x38, fixed({ name: "int" }, (r) => r.i32())],
  [0x7f, fixed({ name: "bigint" }, (r) => r.i64())],
  [0x3a, fixed({ name: "smalldatetime" }, (r) => readSmallDatetime(r, 4))],
  [0x3b, fixed({ name: "real" }, (r) => r.f32())],
  [0x3c, fixed({ name: "money" }, (r) => readMoney(r, 8))],
  [0x3d, fixed({ name: "datetime" }, (r) => readDatetime(r, 8))],
  [0x3e, fixed({ name: "float" }, (r) => r.f64())],
  [0x7a, fixed({ name: "smallmoney" }, (r) => readSmallMoney(r, 4))],
  [0x24, (reader) => (reader.u8(), nullable({ name: "uniqueidentifier" }, readGuid))],
  [0x26, sized({ 1: "tinyint", 2: "smallint", 4: "int", 8: "bigint" }, readInteger)],
  [0x68, (reader) => (reader.u8(), nullable({ name: "bit" }, (r) => (r.u8() ? 1 : 0)))],
  [0x6a, decimal("decimal")],
  [0x6c, decimal("numeric")],
  [0x37, decimal("decimal")],
  [0x3f, decimal("numeric")],
  [0x6d, sized({ 4: "real", 8: "float" }, readFloat)],
  [0x6e, sized({ 4: "smallmoney", 8: "money" }, readAnyMoney)],
  [0x6f, sized({ 4: "smalldatetime", 8: "datetime" }, readAnyDatetime)],
  [0x28, () => nullable({ name: "date" }, readDate)],
  [0x29, scaled("time", readTime)],
  [0x2a, scaled("datetime2", readDatetime2)],
  [0x2b, scaled("datetimeoffset", readDatetimeoffset)],
  [0xaf, character("char")],
  [0xa7, character("varchar")],
  [0xef, character("nchar")],
  [0xe7, character("nvarchar")],
  [0xad, binary("binary")],
  [0xa5, binary("varbinary")],
  [0x2f, short("char", true)],
  [0x27, short("varchar", true)],
  [0x2d, short("binary", false)],
  [0x25, short("varbinary", false)],
  [0x23, large("text", true)],
  [0x63, large("ntext", true)],
  [0x22, large("image", false)],
  [0xf1, xml],
  [0xf0, clr],
  [0x62, variant],
]);

/** Reads the rest of TYPE_INFO behind its first byte. */
export function readTypeInfo(id: number, reader: ByteReader, place: Place): IncomingType {
  const read = TYPES.get(id);
  if (!read) throw new ProtocolError(`data type 0x${id.toString(16)} is not known`);
  return read(reader, place);
}
