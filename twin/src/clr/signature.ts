/** Signatures of methods and fields as type names. Source: ECMA-335 II.23.2; reference sheet "CLR assemblies" 13. */
import { ImageError } from "./image-error";
import { Bytes } from "./portable-executable";
import { decode, type Token } from "./metadata-tables";

export interface TypeName {
  /** System.Int32, System.Byte[], System.Nullable`1<System.Int32>. */
  readonly name: string;
  readonly isByReference: boolean;
}

export interface MethodSignature {
  readonly isInstance: boolean;
  readonly isVariableArgument: boolean;
  readonly genericParameters: number;
  readonly returns: TypeName;
  readonly parameters: readonly TypeName[];
}

/** Element types of numbers, characters and text. */
export const PRIMITIVES: Readonly<Record<number, string>> = {
  0x02: "System.Boolean",
  0x03: "System.Char",
  0x04: "System.SByte",
  0x05: "System.Byte",
  0x06: "System.Int16",
  0x07: "System.UInt16",
  0x08: "System.Int32",
  0x09: "System.UInt32",
  0x0a: "System.Int64",
  0x0b: "System.UInt64",
  0x0c: "System.Single",
  0x0d: "System.Double",
  0x0e: "System.String",
};

const LEAVES: Readonly<Record<number, string>> = {
  ...PRIMITIVES,
  0x01: "System.Void",
  0x16: "System.TypedReference",
  0x18: "System.IntPtr",
  0x19: "System.UIntPtr",
  0x1c: "System.Object",
};

class SignatureReader {
  private readonly data: Bytes;
  private at = 0;

  constructor(
    blob: Uint8Array,
    private readonly nameOf: (token: Token) => string,
  ) {
    this.data = new Bytes(blob);
  }

  byte(): number {
    return this.data.u8(this.at++);
  }
  number(): number {
    const { value, next } = this.data.compressed(this.at);
    this.at = next;
    return value;
  }
  private token(): string {
    return this.nameOf(decode("typeDefOrRef", this.number()));
  }

  type(): TypeName {
    let isByReference = false;
    for (;;) {
      const element = this.byte();
      if (element === 0x10) isByReference = true;
      // Modifiers and pins say nothing about what the caller passes.
      else if (element === 0x1f || element === 0x20) this.number();
      else if (element !== 0x45 && element !== 0x41) return { name: this.element(element), isByReference };
    }
  }

  private element(element: number): string {
    const leaf = LEAVES[element];
    if (leaf) return leaf;
    switch (element) {
      case 0x0f:
        return `${this.type().name}*`;
      case 0x11:
      case 0x12:
        return this.token();
      case 0x13:
        return `!${this.number()}`;
      case 0x1e:
        return `!!${this.number()}`;
      case 0x1d:
        return `${this.type().name}[]`;
      case 0x14: {
        const item = this.type().name;
        const rank = this.number();
        for (let list = 0; list < 2; list++) for (let left = this.number(); left > 0; left--) this.number();
        return `${item}[${",".repeat(Math.max(0, rank - 1))}]`;
      }
      case 0x15: {
        this.byte();
        const open = this.token();
        const given = Array.from({ length: this.number() }, () => this.type().name);
        return `${open}<${given.join(",")}>`;
      }
      case 0x1b:
        this.method();
        return "method*";
      default:
        throw new ImageError(`element type ${element} of a signature is not known`);
    }
  }

  method(): MethodSignature {
    const convention = this.byte();
    const genericParameters = convention & 0x10 ? this.number() : 0;
    const count = this.number();
    const returns = this.type();
    return {
      isInstance: (convention & 0x20) !== 0,
      isVariableArgument: (convention & 0x0f) === 5,
      genericParameters,
      returns,
      parameters: Array.from({ length: count }, () => this.type()),
    };
  }
}

export function readMethodSignature(blob: Uint8Array, nameOf: (token: Token) => string): MethodSignature {
  return new SignatureReader(blob, nameOf).method();
}

export function readFieldSignature(blob: Uint8Array, nameOf: (token: Token) => string): TypeName {
  const reader = new SignatureReader(blob, nameOf);
  if (reader.byte() !== 0x06) throw new ImageError("a field has no field signature");
  return reader.type();
}

export function readTypeSpecification(blob: Uint8Array, nameOf: (token: Token) => string): string {
  return new SignatureReader(blob, nameOf).type().name;
}
