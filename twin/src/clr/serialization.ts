/** How objects of aggregates and types are kept. Rules: reference sheet "CLR assemblies" 9, aggregates and types. */
import { sqlError } from "../session/messages";
import type { TypeImage } from "./assembly-image";
import type { Attribute } from "./attribute-value";
import { namedValue } from "./members";

const NATIVE = 1;
const BINARY_SERIALIZE = "Microsoft.SqlServer.Server.IBinarySerialize";
/** Bytes of the fields that Format.Native can copy, each with the flag of its NULL where it has one. */
const fieldSizes: Readonly<Record<string, number>> = {
  "System.Boolean": 1,
  "System.Byte": 1,
  "System.SByte": 1,
  "System.Int16": 2,
  "System.UInt16": 2,
  "System.Int32": 4,
  "System.UInt32": 4,
  "System.Int64": 8,
  "System.UInt64": 8,
  "System.Single": 4,
  "System.Double": 8,
  "System.Data.SqlTypes.SqlBoolean": 1,
  "System.Data.SqlTypes.SqlByte": 2,
  "System.Data.SqlTypes.SqlInt16": 3,
  "System.Data.SqlTypes.SqlInt32": 5,
  "System.Data.SqlTypes.SqlInt64": 9,
  "System.Data.SqlTypes.SqlSingle": 5,
  "System.Data.SqlTypes.SqlDouble": 9,
  "System.Data.SqlTypes.SqlDateTime": 9,
  "System.Data.SqlTypes.SqlMoney": 9,
};

interface Serialization {
  readonly format: "NATIVE" | "USER_DEFINED";
  /** Bytes; -1 = MAX. */
  readonly maxByteSize: number;
}

/** Throws 6243, 6228, 6229, 6226 and 6244. */
export function serializationOf(type: TypeImage, attribute: Attribute): Serialization {
  const size = namedValue(attribute, "MaxByteSize");
  if (attribute.arguments[0] === NATIVE) {
    if (size !== undefined) throw sqlError(6243, [type.name, attribute.type]);
    if (!type.isSequential) throw sqlError(6229, [type.name]);
    const sizes = type.fields.filter((field) => !field.isStatic).map((field) => fieldSizes[field.type]);
    if (sizes.length === 0 || sizes.includes(undefined)) throw sqlError(6228, [type.name]);
    return { format: "NATIVE", maxByteSize: sizes.reduce<number>((sum, one) => sum + one!, 0) };
  }
  if (!type.interfaces.includes(BINARY_SERIALIZE)) throw sqlError(6226, [type.name, BINARY_SERIALIZE]);
  const bytes = typeof size === "number" ? size : 0;
  if (bytes !== -1 && (bytes < 1 || bytes > 8000)) throw sqlError(6244, [bytes, type.name]);
  return { format: "USER_DEFINED", maxByteSize: bytes };
}
