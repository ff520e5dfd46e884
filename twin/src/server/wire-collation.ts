/** The five bytes of a collation: language, comparison flags, version, sort id. [MS-TDS] 2.2.5.1.2. */
import { collation, type Collation } from "../types/collation";
import { ProtocolError } from "./protocol";

const cache = new Map<string, Buffer>();

export function collationBytes(name: string): Buffer {
  let bytes = cache.get(name);
  if (!bytes) cache.set(name, (bytes = encode(collation(name))));
  return bytes;
}

function encode(one: Collation): Buffer {
  const bytes = Buffer.alloc(5);
  let flags = 0;
  if (one.binary) flags |= one.name.includes("_BIN2") ? 0x20 : 0x10;
  else {
    if (!one.caseSensitive) flags |= 0x01;
    if (!one.accentSensitive) flags |= 0x02;
    // No collation that the twin knows tells kana or width apart.
    flags |= 0x04 | 0x08;
  }
  if (one.utf8) flags |= 0x40;
  const version = /_140_/.test(one.name) ? 3 : /_100_/.test(one.name) ? 2 : /_90_/.test(one.name) ? 1 : 0;
  bytes.writeUInt32LE(((one.lcid & 0xfffff) | (flags << 20) | (version << 28)) >>> 0, 0);
  bytes[4] = one.sortId;
  return bytes;
}

/** Code pages of languages whose default is not 1252. Source: Windows language identifiers and their ANSI code pages. */
const CODE_PAGES: Record<number, number> = {
  0x0401: 1256,
  0x0402: 1251,
  0x0405: 1250,
  0x0408: 1253,
  0x040d: 1255,
  0x040e: 1250,
  0x0411: 932,
  0x0415: 1250,
  0x0418: 1250,
  0x0419: 1251,
  0x041a: 1250,
  0x041b: 1250,
  0x041e: 874,
  0x041f: 1254,
  0x0422: 1251,
  0x0425: 1257,
  0x0426: 1257,
  0x0427: 1257,
  0x042a: 1258,
};

/** Code page of character data that a client sends with this collation. */
export function codePageOf(bytes: Buffer): number {
  if (bytes.length !== 5) throw new ProtocolError("a collation has five bytes");
  const word = bytes.readUInt32LE(0);
  if ((word & 0x04000000) !== 0) return 65001;
  return CODE_PAGES[word & 0xffff] ?? 1252;
}
