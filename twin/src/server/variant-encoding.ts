/** sql_variant on its way to the client: base type, its properties, the value. [MS-TDS] 2.2.5.5.4. */
import type { SqlType, TypeName } from "../types/sql-type";
import { DateTime, Variant, type SqlValue } from "../types/value";
import type { PacketWriter } from "./packet-writer";
import {
  asBytes,
  asDecimal,
  asText,
  asTime,
  expected,
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
import { collationBytes } from "./wire-collation";

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

export function writeVariant(value: SqlValue, writer: PacketWriter, context: EncodingContext): void {
  if (value === null) return writer.u32(0);
  if (!(value instanceof Variant)) return expected("a sql_variant", value);
  const inner = VARIANTS[value.type.name];
  if (!inner) throw new TypeError(`a sql_variant cannot hold ${value.type.name}`);
  writer.u32(2 + inner.properties + inner.size(value.value, value.type, context));
  writer.u8(inner.id);
  writer.u8(inner.properties);
  inner.write(value.value, value.type, writer, context);
}
