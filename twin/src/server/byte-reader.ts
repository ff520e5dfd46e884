/** Reads a complete message; running off its end is a ProtocolError. */
import { ProtocolError } from "./protocol";

export class ByteReader {
  position = 0;

  constructor(readonly bytes: Buffer) {}

  get left(): number {
    return this.bytes.length - this.position;
  }

  private advance(count: number): number {
    if (count < 0 || count > this.left)
      throw new ProtocolError(
        `the message ends at byte ${this.bytes.length}, ${count} more were announced at ${this.position}`,
      );
    const at = this.position;
    this.position += count;
    return at;
  }

  u8(): number {
    return this.bytes.readUInt8(this.advance(1));
  }
  peek(): number {
    return this.left > 0 ? this.bytes[this.position]! : -1;
  }
  u16(): number {
    return this.bytes.readUInt16LE(this.advance(2));
  }
  u32(): number {
    return this.bytes.readUInt32LE(this.advance(4));
  }
  i16(): number {
    return this.bytes.readInt16LE(this.advance(2));
  }
  i32(): number {
    return this.bytes.readInt32LE(this.advance(4));
  }
  i64(): bigint {
    return this.bytes.readBigInt64LE(this.advance(8));
  }
  u64(): bigint {
    return this.bytes.readBigUInt64LE(this.advance(8));
  }
  uint(bytes: number): number {
    return this.bytes.readUIntLE(this.advance(bytes), bytes);
  }
  f32(): number {
    return this.bytes.readFloatLE(this.advance(4));
  }
  f64(): number {
    return this.bytes.readDoubleLE(this.advance(8));
  }
  /** A view, not a copy. */
  take(count: number): Buffer {
    const at = this.advance(count);
    return this.bytes.subarray(at, at + count);
  }
  ucs2(characters: number): string {
    return this.take(characters * 2).toString("utf16le");
  }
  shortText(): string {
    return this.ucs2(this.u8());
  }
  text(): string {
    return this.ucs2(this.u16());
  }

  /** Partially length-prefixed value: null, or its bytes. [MS-TDS] 2.2.5.2.3. */
  plp(): Buffer | null {
    const total = this.u64();
    if (total === 0xffffffffffffffffn) return null;
    const chunks: Buffer[] = [];
    for (let length = this.u32(); length !== 0; length = this.u32()) chunks.push(this.take(length));
    const value = chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks);
    // 0xFFFFFFFFFFFFFFFE = the length was not known in advance.
    if (total !== 0xfffffffffffffffen && total !== BigInt(value.length))
      throw new ProtocolError(`a value of ${total} bytes came with ${value.length}`);
    return value;
  }
}
