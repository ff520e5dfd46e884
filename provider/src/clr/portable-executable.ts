/**
 * From the file to its metadata: DOS and PE headers, sections, CLI header, metadata root, streams. ECMA-335 II.24 and II.25.
 * https://learn.microsoft.com/windows/win32/debug/pe-format
 */
import { AssemblyFormatError } from "../errors";
import { ByteReader } from "./byte-reader";

export type Architecture = "msil" | "x86" | "amd64" | "arm64";

export interface Image {
  readonly architecture: Architecture;
  /** Flag ILONLY, no native entry point, no VTable fixups: what SQL Server loads. */
  readonly isPureIl: boolean;
  readonly isIlOnly: boolean;
  readonly isStrongNameSigned: boolean;
  readonly hasAuthenticode: boolean;
  /** "v4.0.30319". */
  readonly runtime: string;
  readonly tables: ByteReader;
  readonly strings: ByteReader;
  readonly guids: ByteReader;
  readonly blobs: ByteReader;
}

interface Section {
  readonly virtualAddress: number;
  readonly size: number;
  readonly fileOffset: number;
}

const commonDirectories = { pe32: 96, pe32plus: 112 } as const;
const certificateDirectory = 4;
const cliDirectory = 14;
const machines: Readonly<Record<number, Architecture>> = { 0x8664: "amd64", 0xaa64: "arm64" };
const flag = { ilOnly: 0x1, required32Bit: 0x2, strongNameSigned: 0x8, nativeEntryPoint: 0x10 } as const;

/** @throws AssemblyFormatError for anything that is not an intact .NET assembly. */
export function readImage(bytes: Uint8Array): Image {
  const file = new ByteReader(bytes, "file");
  if (bytes.length < 0x40 || file.u16(0) !== 0x5a4d)
    throw new AssemblyFormatError("it does not begin as a DLL does (MZ)");
  const pe = file.u32(0x3c);
  if (file.u32(pe) !== 0x4550) throw new AssemblyFormatError("it has no PE header");
  const machine = file.u16(pe + 4);
  const optionalSize = file.u16(pe + 20);
  const optional = pe + 24;
  const magic = file.u16(optional);
  if (magic !== 0x10b && magic !== 0x20b)
    throw new AssemblyFormatError("its optional header is neither PE32 nor PE32+");
  const directories = optional + (magic === 0x10b ? commonDirectories.pe32 : commonDirectories.pe32plus);
  const directoryCount = file.u32(directories - 4);
  const sections = readSections(file, optional + optionalSize, file.u16(pe + 6));
  if (directoryCount <= cliDirectory) throw new AssemblyFormatError("it is native code: it has no CLI header");

  const certificate = directories + certificateDirectory * 8;
  if (file.u32(certificate) + file.u32(certificate + 4) > file.length)
    throw new AssemblyFormatError("it is cut off: its signature lies beyond its end");

  const cliAddress = file.u32(directories + cliDirectory * 8);
  if (cliAddress === 0) throw new AssemblyFormatError("it is native code: it has no CLI header");
  const cli = fileOffset(sections, cliAddress);
  const metadata = fileOffset(sections, file.u32(cli + 8));
  const root = file.part(metadata, file.u32(cli + 12), "metadata");
  const flags = file.u32(cli + 16);
  const isIlOnly = (flags & flag.ilOnly) !== 0;
  const isNative = (flags & flag.nativeEntryPoint) !== 0 || file.u32(cli + 48) !== 0;
  return {
    architecture: machines[machine] ?? ((flags & flag.required32Bit) !== 0 ? "x86" : "msil"),
    isPureIl: isIlOnly && !isNative,
    isIlOnly,
    isStrongNameSigned: (flags & flag.strongNameSigned) !== 0,
    hasAuthenticode: file.u32(certificate + 4) > 0,
    ...readStreams(root),
  };
}

function readSections(file: ByteReader, at: number, count: number): Section[] {
  return Array.from({ length: count }, (_, index) => {
    const section = at + index * 40;
    const [virtualSize, rawSize, offset] = [file.u32(section + 8), file.u32(section + 16), file.u32(section + 20)];
    if (offset + rawSize > file.length)
      throw new AssemblyFormatError(
        `it is cut off: a section ends at byte ${offset + rawSize}, the file at ${file.length}`,
      );
    return { virtualAddress: file.u32(section + 12), size: Math.max(virtualSize, rawSize), fileOffset: offset };
  });
}

function fileOffset(sections: readonly Section[], address: number): number {
  const found = sections.find(
    ({ virtualAddress, size }) => address >= virtualAddress && address < virtualAddress + size,
  );
  if (found === undefined)
    throw new AssemblyFormatError(`address 0x${address.toString(16)} is in none of its sections`);
  return address - found.virtualAddress + found.fileOffset;
}

function readStreams(root: ByteReader): Pick<Image, "runtime" | "tables" | "strings" | "guids" | "blobs"> {
  if (root.u32(0) !== 0x424a5342) throw new AssemblyFormatError("its metadata does not begin with BSJB");
  const versionLength = root.u32(12);
  const runtime = root.zeroTerminated(16);
  let at = 16 + versionLength;
  const count = root.u16(at + 2);
  at += 4;
  const streams = new Map<string, ByteReader>();
  for (let index = 0; index < count; index++) {
    const name = root.zeroTerminated(at + 8);
    streams.set(name, root.part(root.u32(at), root.u32(at + 4), `stream ${name}`));
    at += 8 + Math.ceil((name.length + 1) / 4) * 4;
  }
  const empty = new ByteReader(new Uint8Array(0), "a stream that is not there");
  const tables = streams.get("#~") ?? streams.get("#-");
  if (tables === undefined) throw new AssemblyFormatError("its metadata has no tables");
  return {
    runtime,
    tables,
    strings: streams.get("#Strings") ?? empty,
    guids: streams.get("#GUID") ?? empty,
    blobs: streams.get("#Blob") ?? empty,
  };
}
