/** Arguments of custom attributes: constants of the constructor, then named ones. Source: ECMA-335 II.23.3. */
import { ImageError } from "./image-error";
import { Bytes } from "./portable-executable";
import { PRIMITIVES, type TypeName } from "./signature";

export type AttributeValue = string | number | boolean | null;

export interface Attribute {
  /** Full name of its class. */
  readonly type: string;
  readonly arguments: readonly AttributeValue[];
  readonly named: Readonly<Record<string, AttributeValue>>;
}

const SIZES: Readonly<Record<string, 1 | 2 | 4 | 8>> = {
  "System.Boolean": 1,
  "System.SByte": 1,
  "System.Byte": 1,
  "System.Char": 2,
  "System.Int16": 2,
  "System.UInt16": 2,
  "System.Int32": 4,
  "System.UInt32": 4,
  "System.Single": 4,
  "System.Int64": 8,
  "System.UInt64": 8,
  "System.Double": 8,
};
/** Element types of named arguments. */
const NAMED: Readonly<Record<number, string>> = { ...PRIMITIVES, 0x50: "System.Type" };

export function readAttribute(type: string, constructor: readonly TypeName[], blob: Uint8Array): Attribute {
  const data = new Bytes(blob);
  if (data.u16(0) !== 1) throw new ImageError(`attribute ${type} has no prolog`);
  let at = 2;
  const text = (): string | null => {
    if (data.u8(at) === 0xff) {
      at++;
      return null;
    }
    const { value, next } = data.compressed(at);
    at = next + value;
    return Buffer.from(data.slice(next, value)).toString("utf8");
  };
  const constant = (name: string): AttributeValue => {
    if (name === "System.String" || name === "System.Type") return text();
    // Enumerations of the attributes that are read here are all four bytes wide.
    const size = SIZES[name] ?? 4;
    const start = at;
    at += size;
    if (name === "System.Boolean") return data.u8(start) !== 0;
    if (size === 1) return data.u8(start);
    if (size === 2) return data.u16(start);
    if (size === 4) return data.u32(start) | 0;
    return Number(data.u32(start)) + Number(data.u32(start + 4)) * 2 ** 32;
  };
  const given = constructor.map((parameter) => constant(parameter.name));
  const named: Record<string, AttributeValue> = {};
  for (let left = data.u16((at += 2) - 2); left > 0; left--) {
    at++;
    const element = data.u8(at++);
    const enumeration = element === 0x55 ? text() : undefined;
    const name = text();
    const kind = enumeration ?? NAMED[element];
    if (name === null || kind === undefined) throw new ImageError(`an argument of attribute ${type} is not known`);
    named[name] = constant(kind);
  }
  return { type, arguments: given, named };
}
