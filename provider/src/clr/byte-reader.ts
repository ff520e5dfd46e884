/** Reads little-endian values with every offset checked, so that no input can read past the end or loop for ever. */
import { AssemblyFormatError } from "../errors";

export class ByteReader {
  private readonly view: DataView;

  constructor(
    private readonly bytes: Uint8Array,
    /** What is read, for the error: "heap #Blob". */
    private readonly what: string,
  ) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get length(): number {
    return this.bytes.length;
  }

  u8(at: number): number {
    return this.view.getUint8(this.checked(at, 1));
  }

  u16(at: number): number {
    return this.view.getUint16(this.checked(at, 2), true);
  }

  u32(at: number): number {
    return this.view.getUint32(this.checked(at, 4), true);
  }

  i64(at: number): bigint {
    return this.view.getBigInt64(this.checked(at, 8), true);
  }

  u64(at: number): bigint {
    return this.view.getBigUint64(this.checked(at, 8), true);
  }

  f32(at: number): number {
    return this.view.getFloat32(this.checked(at, 4), true);
  }

  f64(at: number): number {
    return this.view.getFloat64(this.checked(at, 8), true);
  }

  slice(at: number, length: number): Uint8Array {
    this.checked(at, length);
    return this.bytes.subarray(at, at + length);
  }

  part(at: number, length: number, what: string): ByteReader {
    return new ByteReader(this.slice(at, length), what);
  }

  /** Text in UTF-8 that ends with a zero byte. */
  zeroTerminated(at: number): string {
    this.checked(at, 1);
    const end = this.bytes.indexOf(0, at);
    if (end < 0) throw new AssemblyFormatError(`${this.what}: a text at offset ${at} has no end`);
    return decode(this.bytes.subarray(at, end));
  }

  /** ECMA-335 II.23.2: 1, 2 or 4 bytes, big-endian. */
  compressed(at: number): { value: number; next: number } {
    const first = this.u8(at);
    if ((first & 0x80) === 0) return { value: first, next: at + 1 };
    if ((first & 0x40) === 0) return { value: ((first & 0x3f) << 8) | this.u8(at + 1), next: at + 2 };
    if ((first & 0x20) !== 0)
      throw new AssemblyFormatError(`${this.what}: no compressed number begins with 0x${first.toString(16)}`);
    const value = ((first & 0x1f) << 24) | (this.u8(at + 1) << 16) | (this.u8(at + 2) << 8) | this.u8(at + 3);
    return { value, next: at + 4 };
  }

  private checked(at: number, length: number): number {
    if (at < 0 || length < 0 || at + length > this.bytes.length)
      throw new AssemblyFormatError(
        `${this.what}: ${length} bytes are expected at offset ${at}, and it ends at ${this.bytes.length}`,
      );
    return at;
  }
}

const utf8 = new TextDecoder("utf-8");

export function decode(bytes: Uint8Array): string {
  return utf8.decode(bytes);
}
