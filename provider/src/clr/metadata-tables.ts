/** The metadata tables: how wide each column is, and rows by number. ECMA-335 II.22 and II.24.2.6. */
import { AssemblyFormatError } from "../errors";
import type { Image } from "./portable-executable";

/** Column: fixed width, heap index, index into a table, or coded index over several. */
type Column = 2 | 4 | "string" | "guid" | "blob" | { readonly table: number } | { readonly coded: CodedIndex };

interface CodedIndex {
  readonly bits: number;
  /** Table of each tag; undefined = the tag is not used. */
  readonly tables: readonly (number | undefined)[];
}

const coded = (bits: number, ...tables: readonly (number | undefined)[]): { coded: CodedIndex } => ({
  coded: { bits, tables },
});
const index = (table: number): { table: number } => ({ table });

const typeDefOrRef = coded(2, 0x02, 0x01, 0x1b);
const hasConstant = coded(2, 0x04, 0x08, 0x17);
const hasCustomAttribute = coded(5, 0x06, 0x04, 0x01, 0x02, 0x08, 0x09, 0x0a, 0x00, 0x0e, 0x17, 0x14, 0x11, 0x1a, 0x1b, 0x20, 0x23, 0x26, 0x27, 0x28, 0x2a, 0x2c, 0x2b); // prettier-ignore
const hasFieldMarshal = coded(1, 0x04, 0x08);
const hasDeclSecurity = coded(2, 0x02, 0x06, 0x20);
const memberRefParent = coded(3, 0x02, 0x01, 0x1a, 0x06, 0x1b);
const hasSemantics = coded(1, 0x14, 0x17);
const methodDefOrRef = coded(1, 0x06, 0x0a);
const memberForwarded = coded(1, 0x04, 0x06);
const implementation = coded(2, 0x26, 0x23, 0x27);
const customAttributeType = coded(3, undefined, undefined, 0x06, 0x0a, undefined);
const resolutionScope = coded(2, 0x00, 0x1a, 0x23, 0x01);
const typeOrMethodDef = coded(1, 0x02, 0x06);

/** Columns by table number; the order is the file's. */
const layouts: Readonly<Record<number, Readonly<Record<string, Column>>>> = {
  0x00: { generation: 2, name: "string", mvid: "guid", encId: "guid", encBaseId: "guid" },
  0x01: { scope: resolutionScope, name: "string", namespace: "string" },
  0x02: { flags: 4, name: "string", namespace: "string", extends: typeDefOrRef, fields: index(0x04), methods: index(0x06) },
  0x03: { field: index(0x04) },
  0x04: { flags: 2, name: "string", signature: "blob" },
  0x05: { method: index(0x06) },
  0x06: { rva: 4, implFlags: 2, flags: 2, name: "string", signature: "blob", parameters: index(0x08) },
  0x07: { parameter: index(0x08) },
  0x08: { flags: 2, sequence: 2, name: "string" },
  0x09: { type: index(0x02), interface: typeDefOrRef },
  0x0a: { parent: memberRefParent, name: "string", signature: "blob" },
  0x0b: { type: 2, parent: hasConstant, value: "blob" },
  0x0c: { parent: hasCustomAttribute, constructor: customAttributeType, value: "blob" },
  0x0d: { parent: hasFieldMarshal, native: "blob" },
  0x0e: { action: 2, parent: hasDeclSecurity, permissions: "blob" },
  0x0f: { packing: 2, size: 4, parent: index(0x02) },
  0x10: { offset: 4, field: index(0x04) },
  0x11: { signature: "blob" },
  0x12: { parent: index(0x02), events: index(0x14) },
  0x13: { event: index(0x14) },
  0x14: { flags: 2, name: "string", type: typeDefOrRef },
  0x15: { parent: index(0x02), properties: index(0x17) },
  0x16: { property: index(0x17) },
  0x17: { flags: 2, name: "string", type: "blob" },
  0x18: { semantics: 2, method: index(0x06), association: hasSemantics },
  0x19: { type: index(0x02), body: methodDefOrRef, declaration: methodDefOrRef },
  0x1a: { name: "string" },
  0x1b: { signature: "blob" },
  0x1c: { flags: 2, member: memberForwarded, importName: "string", scope: index(0x1a) },
  0x1d: { rva: 4, field: index(0x04) },
  0x1e: { token: 4, code: 4 },
  0x1f: { token: 4 },
  0x20: { hash: 4, major: 2, minor: 2, build: 2, revision: 2, flags: 4, publicKey: "blob", name: "string", culture: "string" },
  0x21: { processor: 4 },
  0x22: { platform: 4, major: 4, minor: 4 },
  0x23: { major: 2, minor: 2, build: 2, revision: 2, flags: 4, publicKey: "blob", name: "string", culture: "string", hash: "blob" },
  0x24: { processor: 4, assembly: index(0x23) },
  0x25: { platform: 4, major: 4, minor: 4, assembly: index(0x23) },
  0x26: { flags: 4, name: "string", hash: "blob" },
  0x27: { flags: 4, typeId: 4, name: "string", namespace: "string", implementation },
  0x28: { offset: 4, flags: 4, name: "string", implementation },
  0x29: { nested: index(0x02), enclosing: index(0x02) },
  0x2a: { number: 2, flags: 2, owner: typeOrMethodDef, name: "string" },
  0x2b: { method: methodDefOrRef, instantiation: "blob" },
  0x2c: { parameter: index(0x2a), constraint: typeDefOrRef },
}; // prettier-ignore

export const table = {
  module: 0x00,
  typeRef: 0x01,
  typeDef: 0x02,
  field: 0x04,
  method: 0x06,
  parameter: 0x08,
  interfaceImpl: 0x09,
  memberRef: 0x0a,
  customAttribute: 0x0c,
  declSecurity: 0x0e,
  typeSpec: 0x1b,
  implMap: 0x1c,
  assembly: 0x20,
  assemblyRef: 0x23,
  file: 0x26,
  nestedClass: 0x29,
} as const;

/** A row's reference to a row of another table; row 0 = none. */
export interface Reference {
  readonly table: number;
  readonly row: number;
}

interface TablePlace {
  readonly offset: number;
  readonly rows: number;
  readonly rowSize: number;
  readonly columns: ReadonlyMap<string, { readonly column: Column; readonly offset: number; readonly width: number }>;
}

/** Rows are counted from 1, as in the file. */
export class MetadataTables {
  private readonly places: ReadonlyMap<number, TablePlace>;

  constructor(private readonly image: Image) {
    const { tables } = image;
    const heapSizes = tables.u8(6);
    const valid = tables.u64(8);
    const counts = new Map<number, number>();
    let at = 24;
    for (let id = 0; id < 64; id++) {
      if ((valid & (1n << BigInt(id))) === 0n) continue;
      if (layouts[id] === undefined)
        throw new AssemblyFormatError(`it has a metadata table 0x${id.toString(16)} that ECMA-335 does not know`);
      counts.set(id, tables.u32(at));
      at += 4;
    }
    if ((heapSizes & 0x40) !== 0) at += 4;
    const rowsOf = (id: number): number => counts.get(id) ?? 0;
    const width = (column: Column): number => {
      if (typeof column === "number") return column;
      if (column === "string") return heapSizes & 1 ? 4 : 2;
      if (column === "guid") return heapSizes & 2 ? 4 : 2;
      if (column === "blob") return heapSizes & 4 ? 4 : 2;
      if ("table" in column) return rowsOf(column.table) < 0x10000 ? 2 : 4;
      const largest = Math.max(...column.coded.tables.map((id) => (id === undefined ? 0 : rowsOf(id))));
      return largest < 2 ** (16 - column.coded.bits) ? 2 : 4;
    };
    const places = new Map<number, TablePlace>();
    for (const [id, rows] of counts) {
      const columns = new Map<string, { column: Column; offset: number; width: number }>();
      let rowSize = 0;
      for (const [name, column] of Object.entries(layouts[id]!)) {
        columns.set(name, { column, offset: rowSize, width: width(column) });
        rowSize += width(column);
      }
      if (at + rows * rowSize > tables.length)
        throw new AssemblyFormatError(
          `its metadata table 0x${id.toString(16)} is said to have ${rows} rows, which do not fit`,
        );
      places.set(id, { offset: at, rows, rowSize, columns });
      at += rows * rowSize;
    }
    this.places = places;
  }

  count(id: number): number {
    return this.places.get(id)?.rows ?? 0;
  }

  /** Numbers of all rows. */
  rows(id: number): number[] {
    return Array.from({ length: this.count(id) }, (_, at) => at + 1);
  }

  number(id: number, row: number, name: string): number {
    const { at, width } = this.cell(id, row, name);
    return width === 2 ? this.image.tables.u16(at) : this.image.tables.u32(at);
  }

  string(id: number, row: number, name: string): string {
    return this.image.strings.zeroTerminated(this.number(id, row, name));
  }

  blob(id: number, row: number, name: string): Uint8Array {
    const at = this.number(id, row, name);
    if (at === 0) return new Uint8Array(0);
    const { value, next } = this.image.blobs.compressed(at);
    return this.image.blobs.slice(next, value);
  }

  guid(id: number, row: number, name: string): string {
    const at = this.number(id, row, name);
    if (at === 0) return "00000000-0000-0000-0000-000000000000";
    const hex = Buffer.from(this.image.guids.slice((at - 1) * 16, 16)).toString("hex");
    const swapped = (from: number, to: number): string => hex.slice(from, to).match(/../g)!.reverse().join("");
    return `${swapped(0, 8)}-${swapped(8, 12)}-${swapped(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
  }

  reference(id: number, row: number, name: string): Reference {
    const { column } = this.cell(id, row, name);
    const value = this.number(id, row, name);
    if (typeof column === "object" && "table" in column) return { table: column.table, row: value };
    if (typeof column !== "object") throw new AssemblyFormatError(`column ${name} holds no reference`);
    return decodeReference(column.coded, value);
  }

  /** The rows of a list: from this row's number up to the next row's. */
  list(id: number, row: number, name: string, target: number): number[] {
    const first = this.number(id, row, name);
    const last = row < this.count(id) ? this.number(id, row + 1, name) : this.count(target) + 1;
    if (first < 1 || first > this.count(target) + 1 || last < first || last > this.count(target) + 1)
      throw new AssemblyFormatError(`a list of rows ${first} to ${last} is not in its table`);
    return Array.from({ length: last - first }, (_, at) => first + at);
  }

  private cell(id: number, row: number, name: string): { at: number; width: number; column: Column } {
    const place = this.places.get(id);
    if (place === undefined || row < 1 || row > place.rows)
      throw new AssemblyFormatError(`metadata table 0x${id.toString(16)} has no row ${row}`);
    const { column, offset, width } = place.columns.get(name)!;
    return { at: place.offset + (row - 1) * place.rowSize + offset, width, column };
  }
}

function decodeReference({ bits, tables }: CodedIndex, value: number): Reference {
  const target = tables[value & ((1 << bits) - 1)];
  if (target === undefined) throw new AssemblyFormatError(`a coded index ${value} has a tag without a table`);
  return { table: target, row: value >>> bits };
}

/** TypeDefOrRef inside a signature. */
export function typeToken(value: number): Reference {
  return decodeReference(typeDefOrRef.coded, value);
}
