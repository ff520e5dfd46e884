/** Bytes out to a socket, or to the TLS layer above it. */
import type { Writable } from "node:stream";
import type { Transport } from "./packet-writer";

export class StreamTransport implements Transport {
  constructor(private readonly stream: Writable) {}

  write(bytes: Buffer, sent: () => void): void {
    if (this.stream.destroyed || this.stream.writableEnded) sent();
    else this.stream.write(bytes, sent);
  }
  get congested(): boolean {
    return this.stream.writableNeedDrain && !this.stream.destroyed;
  }
  drained(): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        this.stream.off("drain", done).off("close", done);
        resolve();
      };
      this.stream.on("drain", done).on("close", done);
    });
  }
}
