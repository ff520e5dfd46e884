/**
 * From the bytes of a DLL to its metadata streams. Source: reference sheet "CLR assemblies" 13 (ECMA-335 partition II, 24 and 25).
 * Every read outside of the bytes is an ImageError.
 */
import { ImageError } from "./image-error";

export class Bytes {
  private readonly data: DataView;

  constructor(readonly bytes: Uint8Array) {
    this.data = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get length(): number {
    return this.bytes.length;
  }
  private at(offset: number, size: number): number {
    if (offset < 0 || offset + size > this.bytes.length)
      throw new ImageError(`offset ${offset} is outside of the file`);
    return offset;
  }
  u8(offset: number): number {
    return this.data.getUint8(this.at(offset, 1));
  }
  u16(offset: number): number {
    return this.data.getUint16(this.at(offset, 2), true);
  }
  u32(offset: number): number {
    return this.data.getUint32(this.at(offset, 4), true);
  }
  slice(offset: number, length: number): Uint8Array {
    this.at(offset, length);
    return this.bytes.subarray(offset, offset + length);
  }
  /** UTF-8 up to a zero byte. */
  text(offset: number): string {
    this.at(offset, 1);
    const end = this.bytes.indexOf(0, offset);
    if (end < 0) throw new ImageError("a name has no end");
    return Buffer.from(this.bytes.subarray(offset, end)).toString("utf8");
  }
  /** ECMA-335 II.23.2: one, two or four bytes, big-endian. */
  compressed(offset: number): { value: number; next: number } {
    const first = this.u8(offset);
    if ((first & 0x80) === 0) return { value: first, next: offset + 1 };
    if ((first & 0xc0) === 0x80) return { value: ((first & 0x3f) << 8) | this.u8(offset + 1), next: offset + 2 };
    if ((first & 0xe0) !== 0xc0) throw new ImageError("a compressed number is malformed");
    const value =
      ((first & 0x1f) << 24) | (this.u8(offset + 1) << 16) | (this.u8(offset + 2) << 8) | this.u8(offset + 3);
    return { value, next: offset + 4 };
  }
}

interface MetadataRoot {
  /** v4.0.30319, v2.0.50727. */
  readonly runtimeVersion: string;
  readonly isPureIl: boolean;
  readonly hasNativeEntryPoint: boolean;
  readonly isSigned: boolean;
  /** As in clr_name: msil, x86, amd64. */
  readonly architecture: "msil" | "x86" | "amd64";
  readonly streams: ReadonlyMap<string, Bytes>;
}

const IL_ONLY = 0x1;
const REQUIRES_32_BITS = 0x2;
const STRONG_NAME_SIGNED = 0x8;
const NATIVE_ENTRY_POINT = 0x10;
const CLI_DIRECTORY = 14;

export function readMetadataRoot(file: Bytes): MetadataRoot {
  if (file.length < 64 || file.u16(0) !== 0x5a4d) throw new ImageError("the file has no DOS header");
  const pe = file.u32(0x3c);
  if (file.u32(pe) !== 0x4550) throw new ImageError("the file has no PE header");
  const machine = file.u16(pe + 4);
  const sectionCount = file.u16(pe + 6);
  const optional = pe + 24;
  const magic = file.u16(optional);
  if (magic !== 0x10b && magic !== 0x20b) throw new ImageError(`optional header ${magic} is not known`);
  const wide = magic === 0x20b;
  const sections = optional + file.u16(pe + 20);
  const toOffset = (rva: number): number => {
    for (let i = 0; i < sectionCount; i++) {
      const header = sections + i * 40;
      const start = file.u32(header + 12);
      const size = Math.max(file.u32(header + 8), file.u32(header + 16));
      if (rva >= start && rva < start + size) return rva - start + file.u32(header + 20);
    }
    throw new ImageError(`address ${rva} is in no section`);
  };
  const cliAddress = file.u32(optional + (wide ? 112 : 96) + CLI_DIRECTORY * 8);
  if (cliAddress === 0) throw new ImageError("the file has no CLI header", true);
  const cli = toOffset(cliAddress);
  const flags = file.u32(cli + 16);
  const root = toOffset(file.u32(cli + 8));
  return {
    ...readStreams(file, root),
    isPureIl: (flags & IL_ONLY) !== 0 && file.u32(cli + 48) === 0 && file.u32(cli + 64) === 0,
    hasNativeEntryPoint: (flags & NATIVE_ENTRY_POINT) !== 0,
    isSigned: (flags & STRONG_NAME_SIGNED) !== 0,
    architecture: wide && machine === 0x8664 ? "amd64" : flags & REQUIRES_32_BITS ? "x86" : "msil",
  };
}

function readStreams(file: Bytes, root: number): Pick<MetadataRoot, "runtimeVersion" | "streams"> {
  if (file.u32(root) !== 0x424a5342) throw new ImageError("the metadata has no signature");
  const length = file.u32(root + 12);
  const runtimeVersion = Buffer.from(file.slice(root + 16, length))
    .toString("utf8")
    .replace(/\0.*$/s, "");
  const streams = new Map<string, Bytes>();
  let at = root + 16 + length + 4;
  for (let left = file.u16(at - 2); left > 0; left--) {
    const name = file.text(at + 8);
    streams.set(name, new Bytes(file.slice(root + file.u32(at), file.u32(at + 4))));
    at += 8 + Math.ceil((name.length + 1) / 4) * 4;
  }
  return { runtimeVersion, streams };
}
