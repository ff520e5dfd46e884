/**
 * What the twin knows of an assembly: identity, references, types and methods, read from its bytes. Kept by content, since an
 * assembly's bytes never change in place. Source: reference sheet "CLR assemblies" 5 and 13.
 */
import { createHash } from "node:crypto";
import { type Attribute, readAttribute } from "./attribute-value";
import { ImageError } from "./image-error";
import { MetadataTables, TABLE, type Token } from "./metadata-tables";
import { Bytes, readMetadataRoot } from "./portable-executable";
import { readFieldSignature, readMethodSignature, readTypeSpecification, type TypeName } from "./signature";

export interface AssemblyIdentity {
  readonly name: string;
  readonly version: readonly [number, number, number, number];
  /** "" is neutral. */
  readonly culture: string;
  /** 16 hex digits; "" for an unsigned assembly. */
  readonly publicKeyToken: string;
}

export interface MethodImage {
  readonly name: string;
  readonly isPublic: boolean;
  readonly isStatic: boolean;
  readonly isVirtual: boolean;
  readonly isPInvoke: boolean;
  readonly isSynchronized: boolean;
  readonly isVariableArgument: boolean;
  readonly genericParameters: number;
  readonly returns: string;
  readonly parameters: readonly (TypeName & { readonly isParamArray: boolean })[];
  readonly attributes: readonly Attribute[];
}

interface FieldImage {
  readonly name: string;
  readonly type: string;
  readonly isStatic: boolean;
  readonly isPublic: boolean;
  /** static, and neither readonly nor a constant nor the compiler's own. */
  readonly isWritableStatic: boolean;
}

export interface TypeImage {
  /** Namespace.Outer+Inner. */
  readonly name: string;
  readonly isPublic: boolean;
  readonly isValueType: boolean;
  readonly isSequential: boolean;
  readonly genericParameters: number;
  readonly interfaces: readonly string[];
  readonly fields: readonly FieldImage[];
  readonly methods: readonly MethodImage[];
  readonly attributes: readonly Attribute[];
}

export interface AssemblyImage extends AssemblyIdentity {
  readonly mvid: string;
  readonly publicKey: Uint8Array;
  readonly runtimeVersion: string;
  readonly architecture: "msil" | "x86" | "amd64";
  readonly isPureIl: boolean;
  readonly hasNativeEntryPoint: boolean;
  readonly isUnverifiable: boolean;
  readonly isMultiModule: boolean;
  readonly references: readonly AssemblyIdentity[];
  /** By full name, which is case-sensitive. */
  readonly types: ReadonlyMap<string, TypeImage>;
}

const images = new WeakMap<Uint8Array, AssemblyImage>();

/** Throws ImageError for bytes that are no assembly. */
export function readAssembly(content: Uint8Array): AssemblyImage {
  let image = images.get(content);
  if (!image) {
    try {
      image = new ImageReader(content).read();
    } catch (error) {
      if (error instanceof RangeError) throw new ImageError(error.message);
      throw error;
    }
    images.set(content, image);
  }
  return image;
}

/** Last eight bytes of the key's SHA-1, backwards. */
export function publicKeyToken(key: Uint8Array): string {
  if (key.length === 0) return "";
  return Buffer.from(createHash("sha1").update(key).digest().subarray(-8).reverse()).toString("hex");
}

const READ_ATTRIBUTES = /^Microsoft\.SqlServer\.Server\./;
const COMPILER_MARK = "System.Runtime.CompilerServices.CompilerGeneratedAttribute";

class ImageReader {
  private readonly root;
  private readonly tables: MetadataTables;
  /** Attribute rows by their parent: table, row. */
  private readonly attributeRows = new Map<string, number[]>();
  private readonly enclosing = new Map<number, number>();
  private readonly genericCounts = new Map<string, number>();
  private readonly nameOf = (token: Token): string => this.typeName(token);

  constructor(content: Uint8Array) {
    this.root = readMetadataRoot(new Bytes(content));
    this.tables = new MetadataTables(this.root.streams);
  }

  read(): AssemblyImage {
    const { tables } = this;
    if (tables.count(TABLE.assembly) !== 1) throw new ImageError("the file is a module, not an assembly");
    for (let row = 1; row <= tables.count(TABLE.customAttribute); row++) {
      const parent = tables.coded(TABLE.customAttribute, row, 0);
      append(this.attributeRows, `${parent.table}.${parent.row}`, row);
    }
    for (let row = 1; row <= tables.count(TABLE.nestedClass); row++)
      this.enclosing.set(tables.cell(TABLE.nestedClass, row, 0), tables.cell(TABLE.nestedClass, row, 1));
    for (let row = 1; row <= tables.count(TABLE.genericParameter); row++) {
      const owner = tables.coded(TABLE.genericParameter, row, 2);
      const key = `${owner.table}.${owner.row}`;
      this.genericCounts.set(key, (this.genericCounts.get(key) ?? 0) + 1);
    }
    const publicKey = tables.blob(TABLE.assembly, 1, 6);
    const moduleAttributes = this.attributeNames({ table: TABLE.module, row: 1 });
    return {
      name: tables.text(TABLE.assembly, 1, 7),
      version: this.version(TABLE.assembly, 1, 1),
      culture: tables.text(TABLE.assembly, 1, 8),
      publicKeyToken: publicKeyToken(publicKey),
      publicKey,
      mvid: tables.guid(TABLE.module, 1, 2),
      runtimeVersion: this.root.runtimeVersion,
      architecture: this.root.architecture,
      isPureIl: this.root.isPureIl,
      hasNativeEntryPoint: this.root.hasNativeEntryPoint,
      isUnverifiable: moduleAttributes.includes("System.Security.UnverifiableCodeAttribute"),
      isMultiModule: tables.count(TABLE.file) > 0,
      references: this.references(),
      types: this.types(),
    };
  }

  private version(table: number, row: number, column: number): [number, number, number, number] {
    const part = (i: number): number => this.tables.cell(table, row, column + i);
    return [part(0), part(1), part(2), part(3)];
  }

  private references(): AssemblyIdentity[] {
    return range(this.tables.count(TABLE.assemblyRef)).map((row) => {
      const key = this.tables.blob(TABLE.assemblyRef, row, 5);
      const full = (this.tables.cell(TABLE.assemblyRef, row, 4) & 1) !== 0;
      return {
        name: this.tables.text(TABLE.assemblyRef, row, 6),
        version: this.version(TABLE.assemblyRef, row, 0),
        culture: this.tables.text(TABLE.assemblyRef, row, 7),
        publicKeyToken: full ? publicKeyToken(key) : Buffer.from(key).toString("hex"),
      };
    });
  }

  private typeName({ table, row }: Token): string {
    if (row === 0) return "";
    if (table === TABLE.typeSpec) return readTypeSpecification(this.tables.blob(TABLE.typeSpec, row, 0), this.nameOf);
    const own = this.tables.text(table, row, 1);
    const namespace = this.tables.text(table, row, 2);
    const name = namespace === "" ? own : `${namespace}.${own}`;
    if (table === TABLE.typeDef) {
      const outer = this.enclosing.get(row);
      return outer === undefined ? name : `${this.typeName({ table, row: outer })}+${own}`;
    }
    const scope = this.tables.coded(TABLE.typeRef, row, 0);
    return scope.table === TABLE.typeRef ? `${this.typeName(scope)}+${own}` : name;
  }

  /** Class of the attribute and the signature of the constructor that was used. */
  private attributeClass(row: number): { type: string; signature: Uint8Array } {
    const constructor = this.tables.coded(TABLE.customAttribute, row, 1);
    if (constructor.table === TABLE.memberRef)
      return {
        type: this.typeName(this.tables.coded(TABLE.memberRef, constructor.row, 0)),
        signature: this.tables.blob(TABLE.memberRef, constructor.row, 2),
      };
    return {
      type: this.typeName({ table: TABLE.typeDef, row: this.ownerOfMethod(constructor.row) }),
      signature: this.tables.blob(TABLE.method, constructor.row, 4),
    };
  }

  private ownerOfMethod(method: number): number {
    let owner = 0;
    for (let row = 1; row <= this.tables.count(TABLE.typeDef); row++)
      if (this.tables.cell(TABLE.typeDef, row, 5) <= method) owner = row;
    return owner;
  }

  private attributeNames(parent: Token): string[] {
    return (this.attributeRows.get(`${parent.table}.${parent.row}`) ?? []).map((row) => this.attributeClass(row).type);
  }

  /** Those of the server; the others have no say in T-SQL. */
  private attributes(parent: Token): Attribute[] {
    return (this.attributeRows.get(`${parent.table}.${parent.row}`) ?? []).flatMap((row) => {
      const { type, signature } = this.attributeClass(row);
      if (!READ_ATTRIBUTES.test(type)) return [];
      const { parameters } = readMethodSignature(signature, this.nameOf);
      return [readAttribute(type, parameters, this.tables.blob(TABLE.customAttribute, row, 2))];
    });
  }

  private types(): Map<string, TypeImage> {
    const interfaces = new Map<number, string[]>();
    for (const row of range(this.tables.count(TABLE.interfaceImpl)))
      append(
        interfaces,
        this.tables.cell(TABLE.interfaceImpl, row, 0),
        this.typeName(this.tables.coded(TABLE.interfaceImpl, row, 1)),
      );
    const types = new Map<string, TypeImage>();
    for (const row of range(this.tables.count(TABLE.typeDef))) {
      const type = this.type(row, interfaces.get(row) ?? []);
      types.set(type.name, type);
    }
    return types;
  }

  private type(row: number, interfaces: string[]): TypeImage {
    const { tables } = this;
    const self: Token = { table: TABLE.typeDef, row };
    const flags = tables.cell(TABLE.typeDef, row, 0);
    const outer = this.enclosing.get(row);
    const isGenerated = this.isGenerated(self) || (outer !== undefined && this.isGenerated({ ...self, row: outer }));
    const isValueType = /^System\.(ValueType|Enum)$/.test(this.typeName(tables.coded(TABLE.typeDef, row, 3)));
    return {
      name: this.typeName(self),
      isPublic: this.isPublic(row),
      isValueType,
      isSequential: (flags & 0x18) === 8,
      genericParameters: this.genericCounts.get(`${TABLE.typeDef}.${row}`) ?? 0,
      interfaces,
      fields: [...tables.run(TABLE.typeDef, row, 4, TABLE.field)].map((field) => this.field(field, isGenerated)),
      methods: [...tables.run(TABLE.typeDef, row, 5, TABLE.method)].map((method) => this.method(method)),
      attributes: this.attributes(self),
    };
  }

  /** 1 public, 2 public inside of another type. */
  private isPublic(row: number): boolean {
    const visibility = this.tables.cell(TABLE.typeDef, row, 0) & 7;
    const outer = this.enclosing.get(row);
    return visibility === 1 || (visibility === 2 && outer !== undefined && this.isPublic(outer));
  }

  private isGenerated(token: Token): boolean {
    return this.attributeNames(token).includes(COMPILER_MARK);
  }

  private field(row: number, inGenerated: boolean): FieldImage {
    const flags = this.tables.cell(TABLE.field, row, 0);
    const isStatic = (flags & 0x10) !== 0;
    // readonly 0x20, constant 0x40, data in the file 0x100.
    const isFixed = (flags & 0x160) !== 0;
    return {
      name: this.tables.text(TABLE.field, row, 1),
      type: readFieldSignature(this.tables.blob(TABLE.field, row, 2), this.nameOf).name,
      isStatic,
      isPublic: (flags & 7) === 6,
      isWritableStatic: isStatic && !isFixed && !inGenerated && !this.isGenerated({ table: TABLE.field, row }),
    };
  }

  private method(row: number): MethodImage {
    const { tables } = this;
    const implementation = tables.cell(TABLE.method, row, 1);
    const flags = tables.cell(TABLE.method, row, 2);
    const signature = readMethodSignature(tables.blob(TABLE.method, row, 4), this.nameOf);
    const paramArrays = new Set<number>();
    for (const parameter of tables.run(TABLE.method, row, 5, TABLE.parameter))
      if (this.attributeNames({ table: TABLE.parameter, row: parameter }).includes("System.ParamArrayAttribute"))
        paramArrays.add(tables.cell(TABLE.parameter, parameter, 1));
    return {
      name: tables.text(TABLE.method, row, 3),
      isPublic: (flags & 7) === 6,
      isStatic: (flags & 0x10) !== 0,
      isVirtual: (flags & 0x40) !== 0,
      isPInvoke: (flags & 0x2000) !== 0,
      isSynchronized: (implementation & 0x20) !== 0,
      isVariableArgument: signature.isVariableArgument,
      genericParameters: signature.genericParameters,
      returns: signature.returns.name,
      parameters: signature.parameters.map((parameter, i) => ({ ...parameter, isParamArray: paramArrays.has(i + 1) })),
      attributes: this.attributes({ table: TABLE.method, row }),
    };
  }
}

function range(count: number): number[] {
  return Array.from({ length: count }, (_, i) => i + 1);
}

function append<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const list = map.get(key);
  if (list) list.push(value);
  else map.set(key, [value]);
}
