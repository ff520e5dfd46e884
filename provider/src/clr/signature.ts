/** Signatures and attribute values: the blobs of the metadata. ECMA-335 II.23.2 and II.23.3. */
import { AssemblyFormatError } from "../errors";
import { ByteReader, decode } from "./byte-reader";
import { typeToken, type Reference } from "./metadata-tables";
import type { AttributeInfo, AttributeValue } from "./model";

const elementNames: Readonly<Record<number, string>> = {
  0x01: "System.Void", 0x02: "System.Boolean", 0x03: "System.Char", 0x04: "System.SByte", 0x05: "System.Byte", 0x06: "System.Int16",
  0x07: "System.UInt16", 0x08: "System.Int32", 0x09: "System.UInt32", 0x0a: "System.Int64", 0x0b: "System.UInt64", 0x0c: "System.Single",
  0x0d: "System.Double", 0x0e: "System.String", 0x16: "System.TypedReference", 0x18: "System.IntPtr", 0x19: "System.UIntPtr",
  0x1c: "System.Object",
}; // prettier-ignore

/** Types nest as deep as a compiler writes them; more is a loop in a damaged file. */
const deepest = 64;
/** No method of any framework comes near. */
const mostParameters = 1024;

export interface MethodSignature {
  readonly genericParameters: number;
  readonly returns: string;
  readonly parameters: readonly string[];
}

type NameOfType = (reference: Reference) => string;

export class SignatureReader {
  private at = 0;
  private readonly reader: ByteReader;

  constructor(
    blob: Uint8Array,
    private readonly nameOf: NameOfType,
  ) {
    this.reader = new ByteReader(blob, "a signature");
  }

  method(): MethodSignature {
    const convention = this.byte();
    const genericParameters = (convention & 0x10) !== 0 ? this.number() : 0;
    const count = this.number();
    if (count > mostParameters) throw new AssemblyFormatError(`a signature is said to have ${count} parameters`);
    const returns = this.type(0);
    const parameters: string[] = [];
    for (let index = 0; index < count; index++) {
      if (this.peek() === 0x41) this.at++;
      parameters.push(this.type(0));
    }
    return { genericParameters, returns, parameters };
  }

  field(): string {
    this.byte();
    return this.type(0);
  }

  /** Of a TypeSpec. */
  type(depth: number): string {
    if (depth > deepest) throw new AssemblyFormatError("a type is nested without end");
    const element = this.byte();
    const simple = elementNames[element];
    if (simple !== undefined) return simple;
    switch (element) {
      case 0x0f:
        return `${this.type(depth + 1)}*`;
      case 0x10:
        return `${this.type(depth + 1)}&`;
      case 0x11:
      case 0x12:
        return this.nameOf(typeToken(this.number()));
      case 0x13:
        return `!${this.number()}`;
      case 0x1e:
        return `!!${this.number()}`;
      case 0x14:
        return this.array(depth);
      case 0x15:
        return this.generic(depth);
      case 0x1b: {
        const { returns, parameters } = this.method();
        return `method ${returns} *(${parameters.join(",")})`;
      }
      case 0x1d:
        return `${this.type(depth + 1)}[]`;
      case 0x1f:
      case 0x20:
        this.number();
        return this.type(depth + 1);
      case 0x45:
        return this.type(depth + 1);
      default:
        throw new AssemblyFormatError(`a signature has no element type 0x${element.toString(16)}`);
    }
  }

  private array(depth: number): string {
    const element = this.type(depth + 1);
    const rank = this.number();
    for (const list of ["sizes", "lower bounds"]) {
      const count = this.number();
      if (count > rank || rank > 32) throw new AssemblyFormatError(`an array of rank ${rank} has ${count} ${list}`);
      for (let index = 0; index < count; index++) this.number();
    }
    return `${element}[${",".repeat(Math.max(0, rank - 1))}]`;
  }

  private generic(depth: number): string {
    this.byte();
    const name = this.nameOf(typeToken(this.number()));
    const count = this.number();
    if (count > mostParameters) throw new AssemblyFormatError(`a generic type is said to have ${count} arguments`);
    const parts: string[] = [];
    for (let index = 0; index < count; index++) parts.push(this.type(depth + 1));
    return `${name}<${parts.join(",")}>`;
  }

  private peek(): number {
    return this.reader.u8(this.at);
  }

  private byte(): number {
    return this.reader.u8(this.at++);
  }

  private number(): number {
    const { value, next } = this.reader.compressed(this.at);
    this.at = next;
    return value;
  }
}

/** `parameters` = types of the attribute's constructor. Enumerations are read as int, which all of Microsoft.SqlServer.Server are. */
export function readAttribute(type: string, blob: Uint8Array, parameters: readonly string[]): AttributeInfo {
  const reader = new ByteReader(blob, `attribute ${type}`);
  let at = 2;
  if (reader.u16(0) !== 1) throw new AssemblyFormatError(`attribute ${type}: its value does not begin with 1`);
  const values = parameters.map((parameter) => value(parameter, 0));
  const named: Record<string, AttributeValue> = {};
  const count = reader.u16(at);
  at += 2;
  for (let index = 0; index < count; index++) {
    const place = reader.u8(at++);
    if (place !== 0x53 && place !== 0x54)
      throw new AssemblyFormatError(`attribute ${type}: a named argument is neither field nor property`);
    const valueType = serializedType(0);
    const name = text();
    if (name === null) throw new AssemblyFormatError(`attribute ${type}: a named argument has no name`);
    Object.defineProperty(named, name, { value: value(valueType, 0), enumerable: true, configurable: true });
  }
  return { type, arguments: values, named };

  function text(): string | null {
    if (reader.u8(at) === 0xff) {
      at++;
      return null;
    }
    const { value: length, next } = reader.compressed(at);
    at = next + length;
    return decode(reader.slice(next, length));
  }

  function serializedType(depth: number): string {
    if (depth > deepest) throw new AssemblyFormatError(`attribute ${type}: a type is nested without end`);
    const element = reader.u8(at++);
    if (element === 0x1d) return `${serializedType(depth + 1)}[]`;
    if (element === 0x50) return "System.Type";
    if (element === 0x51) return "System.Object";
    if (element === 0x55) return `enum ${text() ?? ""}`;
    const name = elementNames[element];
    if (name === undefined)
      throw new AssemblyFormatError(`attribute ${type}: no value has element type 0x${element.toString(16)}`);
    return name;
  }

  function value(valueType: string, depth: number): AttributeValue {
    if (depth > deepest) throw new AssemblyFormatError(`attribute ${type}: a value is nested without end`);
    if (valueType.endsWith("[]")) {
      const length = reader.u32(at);
      at += 4;
      if (length === 0xffffffff) return null;
      if (length > reader.length)
        throw new AssemblyFormatError(`attribute ${type}: a list of ${length} values does not fit`);
      return Array.from({ length }, () => value(valueType.slice(0, -2), depth + 1));
    }
    const fixed = (size: number): number => (at += size) - size;
    switch (valueType) {
      case "System.Boolean":
        return reader.u8(fixed(1)) !== 0;
      case "System.Byte":
        return reader.u8(fixed(1));
      case "System.SByte":
        return (reader.u8(fixed(1)) << 24) >> 24;
      case "System.Char":
      case "System.UInt16":
        return reader.u16(fixed(2));
      case "System.Int16":
        return (reader.u16(fixed(2)) << 16) >> 16;
      case "System.UInt32":
        return reader.u32(fixed(4));
      case "System.Int64":
        return reader.i64(fixed(8));
      case "System.UInt64":
        return reader.u64(fixed(8));
      case "System.Single":
        return reader.f32(fixed(4));
      case "System.Double":
        return reader.f64(fixed(8));
      case "System.String":
      case "System.Type":
        return text();
      case "System.Object":
        return value(serializedType(depth + 1), depth + 1);
      default:
        return reader.u32(fixed(4)) | 0;
    }
  }
}
