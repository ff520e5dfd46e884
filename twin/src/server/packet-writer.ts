/**
 * Tokens become packets. Values are written once into a growing payload buffer; full packets are copied out of it
 * into pooled buffers, which come back when the socket has taken them.
 */
import { HEADER_BYTES, PacketStatus, PacketType } from "./protocol";

export interface Transport {
  /** The callback runs when the bytes are no longer needed. */
  write(bytes: Buffer, sent: () => void): void;
  /** The peer reads more slowly than we write. */
  readonly congested: boolean;
  /** Resolves when the peer has caught up or is gone. */
  drained(): Promise<void>;
}

const POOL_BUFFER_BYTES = 128 * 1024;
const POOL_BUFFERS = 16;
const INITIAL_PAYLOAD_BYTES = 64 * 1024;
/** A string is written in slices of this many characters, so that a large one does not need a large buffer. */
const SLICE_CHARACTERS = 16 * 1024;
/** Other events (an attention) get their turn after this many bytes of one response. */
const YIELD_BYTES = 256 * 1024;

const pool: Buffer[] = [];

/** A token failed after a part of it had left: the client could not make sense of anything that follows. */
export class BrokenAnswer extends Error {
  constructor(cause: unknown) {
    super(`an answer broke off: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
    this.name = "BrokenAnswer";
  }
}

export class PacketWriter {
  private buffer = Buffer.allocUnsafe(INITIAL_PAYLOAD_BYTES);
  private position = 0;
  private packetId = 1;
  private sinceYield = 0;
  /** Payload bytes that have left, of all messages. */
  private sent = 0;
  /** Start of a token whose length is not known yet: nothing behind it may leave. */
  private pinned: number | undefined;
  spid = 0;

  /**
   * @param beforeSend Runs before any byte leaves: what a client reads must be durable.
   */
  constructor(
    public transport: Transport,
    public packetSize: number,
    private readonly beforeSend: () => void,
  ) {}

  u8(value: number): void {
    this.room(1);
    this.buffer[this.position++] = value;
  }
  u16(value: number): void {
    this.room(2);
    this.position = this.buffer.writeUInt16LE(value, this.position);
  }
  u32(value: number): void {
    this.room(4);
    this.position = this.buffer.writeUInt32LE(value, this.position);
  }
  i16(value: number): void {
    this.room(2);
    this.position = this.buffer.writeInt16LE(value, this.position);
  }
  i32(value: number): void {
    this.room(4);
    this.position = this.buffer.writeInt32LE(value, this.position);
  }
  i64(value: bigint): void {
    this.room(8);
    this.position = this.buffer.writeBigInt64LE(value, this.position);
  }
  u64(value: bigint): void {
    this.room(8);
    this.position = this.buffer.writeBigUInt64LE(value, this.position);
  }
  /** 3 to 5 bytes, little endian. */
  uint(value: number, bytes: number): void {
    this.room(bytes);
    this.position = this.buffer.writeUIntLE(value, this.position, bytes);
  }
  u32be(value: number): void {
    this.room(4);
    this.position = this.buffer.writeUInt32BE(value, this.position);
  }
  f32(value: number): void {
    this.room(4);
    this.position = this.buffer.writeFloatLE(value, this.position);
  }
  f64(value: number): void {
    this.room(8);
    this.position = this.buffer.writeDoubleLE(value, this.position);
  }

  bytes(value: Uint8Array): void {
    for (let at = 0; at < value.length; at += INITIAL_PAYLOAD_BYTES) {
      const part = value.subarray(at, at + INITIAL_PAYLOAD_BYTES);
      this.room(part.length);
      this.buffer.set(part, this.position);
      this.position += part.length;
    }
  }

  /** UTF-16LE without a length. */
  ucs2(text: string): void {
    if (text.length <= SLICE_CHARACTERS) {
      this.room(text.length * 2);
      this.position += this.buffer.write(text, this.position, "utf16le");
    } else for (let at = 0; at < text.length; at += SLICE_CHARACTERS) this.ucs2(text.slice(at, at + SLICE_CHARACTERS));
  }
  /** B_VARCHAR: at most 255 characters. */
  shortText(text: string): void {
    const fitting = text.length > 255 ? text.slice(0, 255) : text;
    this.u8(fitting.length);
    this.ucs2(fitting);
  }
  /** US_VARCHAR. */
  text(text: string): void {
    const fitting = text.length > 32000 ? text.slice(0, 32000) : text;
    this.u16(fitting.length);
    this.ucs2(fitting);
  }

  /** Writes a two-byte length in front of what the function writes. */
  sized(write: () => void): void {
    // Moving the start is possible only while its bytes have not left: tokens with a length are small.
    this.room(HEADER_BYTES + 4096);
    const start = this.position;
    this.position += 2;
    this.pinned = start;
    write();
    const at = this.pinned;
    this.pinned = undefined;
    this.buffer.writeUInt16LE(this.position - at - 2, at);
  }

  /** Runs what writes one token; when it throws, nothing of that token is left. */
  token(write: () => void): void {
    const start = this.sent + this.position;
    try {
      write();
    } catch (error) {
      if (start < this.sent) throw new BrokenAnswer(error);
      this.position = start - this.sent;
      throw error;
    }
  }

  /** True when the caller should wait for `turn` before it writes more. */
  get wantsTurn(): boolean {
    return this.sinceYield >= YIELD_BYTES;
  }

  /** Lets the socket and other events run. */
  async turn(): Promise<void> {
    this.sinceYield = 0;
    if (this.transport.congested) await this.transport.drained();
    else await new Promise<void>((resolve) => setImmediate(resolve));
  }

  /** Ends the message: everything leaves, the last packet says so. */
  end(): void {
    this.send();
    const last = this.output(this.position + HEADER_BYTES);
    this.fill(last.buffer, 0, 0, this.position, PacketStatus.endOfMessage);
    this.sent += this.position;
    this.position = 0;
    this.packetId = 1;
    this.sinceYield = 0;
    this.beforeSend();
    this.transport.write(last.buffer.subarray(0, last.bytes), last.sent);
  }

  private room(bytes: number): void {
    if (this.position + bytes <= this.buffer.length) return;
    if (this.pinned === undefined) this.send();
    if (this.position + bytes <= this.buffer.length) return;
    const larger = Buffer.allocUnsafe(Math.max(this.buffer.length * 2, this.position + bytes));
    this.buffer.copy(larger, 0, 0, this.position);
    this.buffer = larger;
  }

  /** Full packets leave; at least one byte stays for the packet that ends the message. */
  private send(): void {
    const size = this.packetSize - HEADER_BYTES;
    const packets = Math.floor((this.position - 1) / size);
    if (packets <= 0) return;
    this.beforeSend();
    const perBuffer = Math.max(1, Math.floor(POOL_BUFFER_BYTES / this.packetSize));
    for (let first = 0; first < packets; first += perBuffer) {
      const count = Math.min(perBuffer, packets - first);
      const out = this.output(count * this.packetSize);
      for (let i = 0; i < count; i++) this.fill(out.buffer, i * this.packetSize, (first + i) * size, size, 0);
      this.transport.write(out.buffer.subarray(0, out.bytes), out.sent);
    }
    this.sinceYield += packets * size;
    this.sent += packets * size;
    this.buffer.copyWithin(0, packets * size, this.position);
    this.position -= packets * size;
  }

  private fill(out: Buffer, at: number, from: number, length: number, status: number): void {
    out[at] = PacketType.response;
    out[at + 1] = status;
    out.writeUInt16BE(length + HEADER_BYTES, at + 2);
    out.writeUInt16BE(this.spid, at + 4);
    out[at + 6] = this.packetId++ & 0xff;
    out[at + 7] = 0;
    this.buffer.copy(out, at + HEADER_BYTES, from, from + length);
  }

  private output(bytes: number): { buffer: Buffer; bytes: number; sent: () => void } {
    if (bytes > POOL_BUFFER_BYTES) return { buffer: Buffer.allocUnsafe(bytes), bytes, sent: () => undefined };
    const buffer = pool.pop() ?? Buffer.allocUnsafeSlow(POOL_BUFFER_BYTES);
    const sent = (): void => {
      if (pool.length < POOL_BUFFERS) pool.push(buffer);
    };
    return { buffer, bytes, sent };
  }
}
