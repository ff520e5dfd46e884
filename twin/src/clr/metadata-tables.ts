/** Rows of the metadata tables. Layouts: reference sheet "CLR assemblies" 13 (ECMA-335 partition II, 22 and 24.2.6). */
import { ImageError } from "./image-error";
import { Bytes } from "./portable-executable";

/** Tables by name; the others are only measured. */
export const TABLE = {
  module: 0x00,
  typeRef: 0x01,
  typeDef: 0x02,
  field: 0x04,
  method: 0x06,
  parameter: 0x08,
  interfaceImpl: 0x09,
  memberRef: 0x0a,
  customAttribute: 0x0c,
  typeSpec: 0x1b,
  assembly: 0x20,
  assemblyRef: 0x23,
  file: 0x26,
  nestedClass: 0x29,
  genericParameter: 0x2a,
} as const;

/** 2, 4: bytes; S, G, B: heaps; tNN: row of a table; others: coded indexes. */
const LAYOUTS: Readonly<Record<number, string>> = {
  0x00: "2 S G G G",
  0x01: "resolutionScope S S",
  0x02: "4 S S typeDefOrRef t04 t06",
  0x03: "t04",
  0x04: "2 S B",
  0x05: "t06",
  0x06: "4 2 2 S B t08",
  0x07: "t08",
  0x08: "2 2 S",
  0x09: "t02 typeDefOrRef",
  0x0a: "memberRefParent S B",
  0x0b: "2 hasConstant B",
  0x0c: "hasCustomAttribute customAttributeType B",
  0x0d: "hasFieldMarshal B",
  0x0e: "2 hasDeclSecurity B",
  0x0f: "2 4 t02",
  0x10: "4 t04",
  0x11: "B",
  0x12: "t02 t14",
  0x13: "t14",
  0x14: "2 S typeDefOrRef",
  0x15: "t02 t17",
  0x16: "t17",
  0x17: "2 S B",
  0x18: "2 t06 hasSemantics",
  0x19: "t02 methodDefOrRef methodDefOrRef",
  0x1a: "S",
  0x1b: "B",
  0x1c: "2 memberForwarded S t1a",
  0x1d: "4 t04",
  0x1e: "4 4",
  0x1f: "4",
  0x20: "4 2 2 2 2 4 B S S",
  0x21: "4",
  0x22: "4 4 4",
  0x23: "2 2 2 2 4 B S S B",
  0x24: "4 t23",
  0x25: "4 4 4 t23",
  0x26: "4 S B",
  0x27: "4 4 S S implementation",
  0x28: "4 4 S implementation",
  0x29: "t02 t02",
  0x2a: "2 2 typeOrMethodDef S",
  0x2b: "methodDefOrRef B",
  0x2c: "t2a typeDefOrRef",
};

/** Number of tag bits and the tables by tag; -1: a tag that stands for nothing. */
const CODED: Readonly<Record<string, readonly [bits: number, ...tables: number[]]>> = {
  typeDefOrRef: [2, 0x02, 0x01, 0x1b],
  hasConstant: [2, 0x04, 0x08, 0x17],
  hasCustomAttribute: [5, 0x06, 0x04, 0x01, 0x02, 0x08, 0x09, 0x0a, 0x00, 0x0e, 0x17, 0x14, 0x11, 0x1a, 0x1b, 0x20, 0x23, 0x26, 0x27, 0x28, 0x2a, 0x2c, 0x2b],
  hasFieldMarshal: [1, 0x04, 0x08],
  hasDeclSecurity: [2, 0x02, 0x06, 0x20],
  memberRefParent: [3, 0x02, 0x01, 0x1a, 0x06, 0x1b],
  hasSemantics: [1, 0x14, 0x17],
  methodDefOrRef: [1, 0x06, 0x0a],
  memberForwarded: [1, 0x04, 0x06],
  implementation: [2, 0x26, 0x23, 0x27],
  customAttributeType: [3, -1, -1, 0x06, 0x0a, -1],
  resolutionScope: [2, 0x00, 0x1a, 0x23, 0x01],
  typeOrMethodDef: [1, 0x02, 0x06],
}; // prettier-ignore

/** A row of some table; row 0 stands for none. */
export interface Token {
  readonly table: number;
  readonly row: number;
}

interface Table {
  readonly start: number;
  readonly rowSize: number;
  readonly columns: readonly { offset: number; width: number }[];
}

export class MetadataTables {
  private readonly counts: number[] = [];
  private readonly tables = new Map<number, Table>();
  private readonly stream: Bytes;
  private readonly strings: Bytes;
  private readonly guids: Bytes;
  readonly blobs: Bytes;

  constructor(streams: ReadonlyMap<string, Bytes>) {
    const stream = streams.get("#~");
    if (!stream) throw new ImageError("the metadata has no table stream");
    const empty = new Bytes(new Uint8Array(0));
    this.stream = stream;
    this.strings = streams.get("#Strings") ?? empty;
    this.guids = streams.get("#GUID") ?? empty;
    this.blobs = streams.get("#Blob") ?? empty;
    let at = 24;
    for (let id = 0; id < 64; id++) {
      const present = (stream.u32(8 + (id >>> 5) * 4) >>> (id & 31)) & 1;
      this.counts.push(present ? stream.u32(at) : 0);
      if (present) at += 4;
    }
    const heaps = stream.u8(6);
    for (let id = 0; id < 64; id++) {
      const count = this.counts[id]!;
      if (count === 0) continue;
      const layout = LAYOUTS[id];
      if (!layout) throw new ImageError(`metadata table ${id} is not known`);
      const columns: { offset: number; width: number }[] = [];
      let rowSize = 0;
      for (const word of layout.split(" ")) {
        const width = this.width(word, heaps);
        columns.push({ offset: rowSize, width });
        rowSize += width;
      }
      this.tables.set(id, { start: at, rowSize, columns });
      at += rowSize * count;
    }
    if (at > stream.length) throw new ImageError("the metadata tables are cut off");
  }

  private width(word: string, heaps: number): 2 | 4 {
    if (word === "2" || word === "4") return word === "2" ? 2 : 4;
    const heapBit = { S: 1, G: 2, B: 4 }[word];
    if (heapBit !== undefined) return heaps & heapBit ? 4 : 2;
    if (word.startsWith("t") && word.length === 3) return this.counts[parseInt(word.slice(1), 16)]! < 0x10000 ? 2 : 4;
    const [bits, ...targets] = CODED[word]!;
    const largest = Math.max(...targets.map((id) => (id < 0 ? 0 : this.counts[id]!)));
    return largest < 2 ** (16 - bits) ? 2 : 4;
  }

  count(table: number): number {
    return this.counts[table] ?? 0;
  }

  /** The number in a column; rows begin at 1. */
  cell(table: number, row: number, column: number): number {
    const made = this.tables.get(table);
    if (!made || row < 1 || row > this.count(table))
      throw new ImageError(`row ${row} of metadata table ${table} does not exist`);
    const { offset, width } = made.columns[column]!;
    const at = made.start + (row - 1) * made.rowSize + offset;
    return width === 2 ? this.stream.u16(at) : this.stream.u32(at);
  }

  text(table: number, row: number, column: number): string {
    const offset = this.cell(table, row, column);
    return offset === 0 ? "" : this.strings.text(offset);
  }

  blob(table: number, row: number, column: number): Uint8Array {
    const offset = this.cell(table, row, column);
    if (offset === 0) return new Uint8Array(0);
    const { value, next } = this.blobs.compressed(offset);
    return this.blobs.slice(next, value);
  }

  /** A GUID as SQL Server prints it; the first three groups are little-endian. */
  guid(table: number, row: number, column: number): string {
    const bytes = Buffer.from(this.guids.slice((this.cell(table, row, column) - 1) * 16, 16));
    bytes.subarray(0, 4).reverse();
    bytes.subarray(4, 6).reverse();
    bytes.subarray(6, 8).reverse();
    return bytes
      .toString("hex")
      .replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5")
      .toUpperCase();
  }

  coded(table: number, row: number, column: number): Token {
    return decode(LAYOUTS[table]!.split(" ")[column]!, this.cell(table, row, column));
  }

  /** Rows of the run that a "list" column begins: it ends where the next row's begins. */
  *run(table: number, row: number, column: number, target: number): Iterable<number> {
    const end = row < this.count(table) ? this.cell(table, row + 1, column) : this.count(target) + 1;
    for (let i = this.cell(table, row, column); i < end; i++) yield i;
  }
}

/** A coded index: its tag says the table. */
export function decode(kind: string, value: number): Token {
  const [bits, ...targets] = CODED[kind]!;
  const table = targets[value & (2 ** bits - 1)];
  if (table === undefined || table < 0) throw new ImageError(`a ${kind} index has an unknown tag`);
  return { table, row: value >>> bits };
}
