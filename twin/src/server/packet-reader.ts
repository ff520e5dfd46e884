/** Bytes from the socket become messages, however they were cut. [MS-TDS] 2.2.3.1. */
import { HEADER_BYTES, MAX_PACKET_SIZE, PacketStatus, PacketType, ProtocolError } from "./protocol";

export interface Message {
  readonly type: number;
  /** Status bits of the first packet: the reset flags live there. */
  readonly status: number;
  /** The client gave the message up while it was sending it. */
  readonly ignored: boolean;
  readonly payload: Buffer;
}

const KNOWN_TYPES = new Set<number>(Object.values(PacketType));

export class PacketReader {
  private pending: Buffer[] = [];
  private pendingBytes = 0;
  private parts: Buffer[] = [];
  private partBytes = 0;
  private type = 0;
  private status = 0;

  /**
   * @param maxMessageBytes A message above this ends the connection.
   * @param stopAt First byte of something that is no packet: it and what follows stay for `rest`.
   */
  constructor(
    private readonly maxMessageBytes: number,
    private readonly stopAt?: number,
  ) {}

  /** Takes what arrived; throws ProtocolError when it cannot be TDS. */
  *push(chunk: Buffer): Generator<Message> {
    this.pending.push(chunk);
    this.pendingBytes += chunk.length;
    for (;;) {
      if (this.pendingBytes > 0 && this.contiguous(1)[0] === this.stopAt) return;
      if (this.pendingBytes < HEADER_BYTES) return;
      const head = this.contiguous(HEADER_BYTES);
      const type = head.readUInt8(0);
      const length = head.readUInt16BE(2);
      if (!KNOWN_TYPES.has(type)) throw new ProtocolError(`packet type 0x${type.toString(16)} does not exist`);
      if (length < HEADER_BYTES || length > MAX_PACKET_SIZE)
        throw new ProtocolError(`packet length ${length} is not between ${HEADER_BYTES} and ${MAX_PACKET_SIZE}`);
      if (this.pendingBytes < length) return;
      const message = this.packet(this.take(length));
      if (message) yield message;
    }
  }

  /** Takes what stands behind the last packet when it begins with this byte; nothing otherwise. */
  rest(first: number): Buffer {
    if (this.pendingBytes === 0 || this.contiguous(1)[0] !== first) return Buffer.alloc(0);
    const bytes = Buffer.concat(this.pending);
    this.pending = [];
    this.pendingBytes = 0;
    return bytes;
  }

  private packet(packet: Buffer): Message | undefined {
    const type = packet.readUInt8(0);
    const status = packet.readUInt8(1);
    if (type === PacketType.attention) return { type, status, ignored: false, payload: Buffer.alloc(0) };
    if (this.parts.length === 0) {
      this.type = type;
      this.status = status;
    } else if (type !== this.type)
      throw new ProtocolError(
        `packet type 0x${type.toString(16)} inside a message of type 0x${this.type.toString(16)}`,
      );
    this.parts.push(packet.subarray(HEADER_BYTES));
    this.partBytes += packet.length - HEADER_BYTES;
    if (this.partBytes > this.maxMessageBytes)
      throw new ProtocolError(`message larger than ${this.maxMessageBytes} bytes`);
    if ((status & PacketStatus.endOfMessage) === 0) return undefined;
    const payload = this.parts.length === 1 ? this.parts[0]! : Buffer.concat(this.parts, this.partBytes);
    this.parts = [];
    this.partBytes = 0;
    return { type: this.type, status: this.status, ignored: (status & PacketStatus.ignore) !== 0, payload };
  }

  /** The first bytes as one buffer, without taking them. */
  private contiguous(bytes: number): Buffer {
    if (this.pending[0]!.length < bytes) this.pending = [Buffer.concat(this.pending)];
    return this.pending[0]!;
  }

  private take(bytes: number): Buffer {
    const taken = this.contiguous(bytes);
    this.pendingBytes -= bytes;
    if (taken.length === bytes) this.pending.shift();
    else this.pending[0] = taken.subarray(bytes);
    return taken.subarray(0, bytes);
  }
}
