/**
 * TLS as TDS 7 does it: handshake records travel inside PRELOGIN packets, everything after them travels bare.
 * [MS-TDS] 2.2.6.5 and 3.3.5.2. TLS 1.2 at most: 1.3 sends tickets after the handshake, which no TDS 7 client expects.
 */
import { Duplex } from "node:stream";
import { TLSSocket, createSecureContext, type SecureContext } from "node:tls";
import type { Certificate } from "./certificate";
import { DEFAULT_PACKET_SIZE, HEADER_BYTES, PacketStatus, PacketType } from "./protocol";

export function secureContext(certificate: Certificate): SecureContext {
  return createSecureContext({
    key: certificate.key,
    cert: certificate.cert,
    minVersion: "TLSv1.2",
    maxVersion: "TLSv1.2",
  });
}

/** First byte of a TLS record with application data; no TDS packet type has this value. */
export const TLS_APPLICATION_DATA = 0x17;
/** First byte of a TLS handshake: a client of TDS 8.0 (Encrypt=Strict) begins with it. */
export const TLS_HANDSHAKE = 0x16;

export class TlsTunnel extends Duplex {
  readonly secure: TLSSocket;
  private wrapped = true;

  /** @param send Writes to the real socket. */
  constructor(
    context: SecureContext,
    private readonly send: (bytes: Buffer, sent: () => void) => void,
  ) {
    super();
    this.secure = new TLSSocket(this, { isServer: true, secureContext: context, requestCert: false });
  }

  /** The client sent the first bare record: from here on both sides do. */
  unwrap(): void {
    this.wrapped = false;
  }

  get wrapping(): boolean {
    return this.wrapped;
  }

  /** TLS bytes from the client. */
  receive(bytes: Buffer): void {
    this.push(bytes);
  }

  override _read(): void {
    // Bytes are pushed as they arrive.
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, callback: () => void): void {
    this.send(this.wrapped ? this.packets(chunk) : chunk, callback);
  }

  private packets(bytes: Buffer): Buffer {
    const size = DEFAULT_PACKET_SIZE - HEADER_BYTES;
    const parts: Buffer[] = [];
    for (let at = 0; at < bytes.length; at += size) {
      const part = bytes.subarray(at, at + size);
      const header = Buffer.alloc(HEADER_BYTES);
      header[0] = PacketType.prelogin;
      header[1] = at + size >= bytes.length ? PacketStatus.endOfMessage : 0;
      header.writeUInt16BE(part.length + HEADER_BYTES, 2);
      parts.push(header, part);
    }
    return Buffer.concat(parts);
  }
}
