/** Reads .sql files: UTF-8 with or without a byte order mark, UTF-16 with one. Anything else is an error, never mojibake. */
import { readFileSync } from "node:fs";

export class SourceEncodingError extends Error {
  constructor(readonly file: string) {
    super(`${file}: not UTF-8; save it as UTF-8, or as UTF-16 with a byte order mark`);
    this.name = "SourceEncodingError";
  }
}

export function decodeSource(bytes: Uint8Array, file: string): string {
  const encoding =
    bytes[0] === 0xff && bytes[1] === 0xfe ? "utf-16le" : bytes[0] === 0xfe && bytes[1] === 0xff ? "utf-16be" : "utf-8";
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch {
    throw new SourceEncodingError(file);
  }
}

export function readSource(path: string, file: string): string {
  return decodeSource(readFileSync(path), file);
}
