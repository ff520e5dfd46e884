/**
 * Reads a .NET assembly without .NET. Equal to what System.Reflection.Metadata says of the same bytes.
 * https://ecma-international.org/publications-and-standards/standards/ecma-335/
 */
import { createHash } from "node:crypto";
import { AssemblyFormatError } from "../errors";
import { MetadataTables, table, type Reference } from "./metadata-tables";
import type {
  AssemblyIdentity,
  AssemblyMetadata,
  AttributeInfo,
  FieldInfo,
  MethodInfo,
  ParameterInfo,
  TypeInfo,
} from "./model";
import { readImage, type Image } from "./portable-executable";
import { readAttribute, SignatureReader } from "./signature";

/** SQL Server's attributes are read with their arguments, and this one of the compiler. */
const targetFrameworkAttribute = "System.Runtime.Versioning.TargetFrameworkAttribute";
const sqlAttributes = "Microsoft.SqlServer.Server.";
const longestName = 100_000;

/** @throws AssemblyFormatError when the bytes are not an intact .NET assembly. */
export function readAssembly(bytes: Uint8Array): AssemblyMetadata {
  try {
    const image = readImage(bytes);
    return new AssemblyReader(image).read();
  } catch (error) {
    if (error instanceof AssemblyFormatError) throw error;
    // A damaged file may lead the reader anywhere; what it meets there is one and the same finding.
    if (error instanceof RangeError || error instanceof TypeError || error instanceof SyntaxError)
      throw new AssemblyFormatError(`its metadata is damaged (${error.message})`, { cause: error });
    throw error;
  }
}

class AssemblyReader {
  private readonly tables: MetadataTables;
  /** By type row: the row of the type around it. */
  private readonly enclosing = new Map<number, number>();
  /** By "table/row" of what carries them. */
  private readonly attributeRows = new Map<string, number[]>();
  private readonly imported = new Set<number>();
  private readonly interfaceRows = new Map<number, number[]>();
  /** By "table/row"; undefined = it is being read, so that meeting it again is a loop. */
  private readonly names = new Map<string, string | undefined>();
  private owners: Map<number, number> | undefined;
  private listed = 0;

  constructor(private readonly image: Image) {
    const tables = new MetadataTables(image);
    this.tables = tables;
    for (const row of tables.rows(table.nestedClass))
      this.enclosing.set(
        tables.number(table.nestedClass, row, "nested"),
        tables.number(table.nestedClass, row, "enclosing"),
      );
    for (const row of tables.rows(table.customAttribute)) {
      const { table: id, row: parent } = tables.reference(table.customAttribute, row, "parent");
      append(this.attributeRows, `${id}/${parent}`, row);
    }
    for (const row of tables.rows(table.implMap)) {
      const member = tables.reference(table.implMap, row, "member");
      if (member.table === table.method) this.imported.add(member.row);
    }
    for (const row of tables.rows(table.interfaceImpl))
      append(this.interfaceRows, tables.number(table.interfaceImpl, row, "type"), row);
  }

  read(): AssemblyMetadata {
    const { tables, image } = this;
    if (tables.count(table.assembly) !== 1 || tables.count(table.module) !== 1)
      throw new AssemblyFormatError("it is a module, not an assembly: it has no identity");
    const attributes = this.attributes(table.assembly, 1);
    const framework = attributes.find(({ type }) => type === targetFrameworkAttribute)?.arguments[0];
    return {
      ...this.identity(table.assembly, 1),
      mvid: tables.guid(table.module, 1, "mvid"),
      runtime: image.runtime,
      architecture: image.architecture,
      isPureIl: image.isPureIl,
      isIlOnly: image.isIlOnly,
      isStrongNameSigned: image.isStrongNameSigned,
      hasAuthenticode: image.hasAuthenticode,
      targetFramework: typeof framework === "string" ? framework : undefined,
      references: tables.rows(table.assemblyRef).map((row) => this.identity(table.assemblyRef, row)),
      // The first row holds what belongs to no class.
      types: tables
        .rows(table.typeDef)
        .slice(1)
        .map((row) => this.type(row)),
      pInvokeMethods: this.imported.size,
      moduleFiles: tables.rows(table.file).map((row) => tables.string(table.file, row, "name")),
      isUnverifiable: this.attributes(table.module, 1).some(
        ({ type }) => type === "System.Security.UnverifiableCodeAttribute",
      ),
      attributes,
    };
  }

  private identity(id: number, row: number): AssemblyIdentity {
    const { tables } = this;
    const version = ["major", "minor", "build", "revision"].map((part) => tables.number(id, row, part)).join(".");
    const key = tables.blob(id, row, "publicKey");
    const isFullKey = id === table.assembly || (tables.number(id, row, "flags") & 1) !== 0;
    return {
      name: tables.string(id, row, "name"),
      version,
      culture: tables.string(id, row, "culture"),
      publicKeyToken: key.length === 0 ? "" : isFullKey ? tokenOf(key) : Buffer.from(key).toString("hex"),
    };
  }

  private type(row: number): TypeInfo {
    const { tables } = this;
    const name = this.typeName({ table: table.typeDef, row });
    const base = tables.reference(table.typeDef, row, "extends");
    const baseName = base.row === 0 ? "" : this.typeName(base);
    return {
      name,
      isPublic: this.isVisible(row),
      isNested: this.enclosing.has(row),
      isValueType: baseName === "System.ValueType" || baseName === "System.Enum",
      isGeneric: name.includes("`"),
      interfaces: (this.interfaceRows.get(row) ?? []).map((each) => this.typeName(tables.reference(table.interfaceImpl, each, "interface"))),
      attributes: this.attributes(table.typeDef, row),
      methods: this.members(row, "methods", table.method).map((method) => this.method(method)),
      fields: this.members(row, "fields", table.field).map((field) => this.field(field)),
    }; // prettier-ignore
  }

  /** Each member belongs to one type: lists that overlap are damage, and would take for ever. */
  private members(type: number, name: string, target: number): number[] {
    const rows = this.tables.list(table.typeDef, type, name, target);
    this.listed += rows.length;
    if (this.listed > this.tables.count(table.method) + this.tables.count(table.field))
      throw new AssemblyFormatError("its types share members");
    return rows;
  }

  /** Public, and every type around it too. */
  private isVisible(row: number): boolean {
    let at: number | undefined = row;
    for (let depth = 0; at !== undefined; depth++) {
      if (depth > 64) throw new AssemblyFormatError("a type is nested in itself");
      const visibility: number = this.tables.number(table.typeDef, at, "flags") & 7;
      if (visibility !== 1 && visibility !== 2) return false;
      at = this.enclosing.get(at);
    }
    return true;
  }

  private method(row: number): MethodInfo {
    const { tables } = this;
    const flags = tables.number(table.method, row, "flags");
    const name = tables.string(table.method, row, "name");
    const signature = new SignatureReader(tables.blob(table.method, row, "signature"), (type) =>
      this.typeName(type),
    ).method();
    const names = new Map<number, number>();
    for (const parameter of tables.list(table.method, row, "parameters", table.parameter))
      names.set(tables.number(table.parameter, parameter, "sequence"), parameter);
    const parameters = signature.parameters.map((type, position): ParameterInfo => {
      const parameter = names.get(position + 1);
      if (parameter === undefined) return { name: "", type, isOut: false, attributes: [] };
      return {
        name: tables.string(table.parameter, parameter, "name"),
        type,
        isOut: (tables.number(table.parameter, parameter, "flags") & 2) !== 0,
        attributes: this.attributes(table.parameter, parameter),
      };
    });
    const returned = names.get(0);
    return {
      name,
      isPublic: (flags & 7) === 6,
      isStatic: (flags & 0x10) !== 0,
      isSpecial: (flags & 0x800) !== 0,
      isSynchronized: (tables.number(table.method, row, "implFlags") & 0x20) !== 0,
      isFinalizer: name === "Finalize" && (flags & 0x40) !== 0 && parameters.length === 0,
      isPInvoke: this.imported.has(row),
      genericParameters: signature.genericParameters,
      returns: signature.returns,
      returnAttributes: returned === undefined ? [] : this.attributes(table.parameter, returned),
      parameters,
      attributes: this.attributes(table.method, row),
    };
  }

  private field(row: number): FieldInfo {
    const { tables } = this;
    const flags = tables.number(table.field, row, "flags");
    const isStatic = (flags & 0x10) !== 0;
    return {
      name: tables.string(table.field, row, "name"),
      type: new SignatureReader(tables.blob(table.field, row, "signature"), (type) => this.typeName(type)).field(),
      isStatic,
      isWritableStatic: isStatic && (flags & 0x60) === 0,
    };
  }

  private attributes(id: number, parent: number): AttributeInfo[] {
    return (this.attributeRows.get(`${id}/${parent}`) ?? []).map((row) => this.attribute(row));
  }

  private attribute(row: number): AttributeInfo {
    const { tables } = this;
    const constructor = tables.reference(table.customAttribute, row, "constructor");
    const type =
      constructor.table === table.memberRef
        ? this.typeName(tables.reference(table.memberRef, constructor.row, "parent"))
        : this.typeName({ table: table.typeDef, row: this.ownerOf(constructor.row) });
    if (!type.startsWith(sqlAttributes) && type !== targetFrameworkAttribute) return { type, arguments: [], named: {} };
    const signature = new SignatureReader(tables.blob(constructor.table, constructor.row, "signature"), (each) =>
      this.typeName(each),
    );
    return readAttribute(type, tables.blob(table.customAttribute, row, "value"), signature.method().parameters);
  }

  /** The type whose list of methods holds this one. */
  private ownerOf(method: number): number {
    this.owners ??= new Map(
      this.tables
        .rows(table.typeDef)
        .flatMap((row) =>
          this.tables.list(table.typeDef, row, "methods", table.method).map((each) => [each, row] as const),
        ),
    );
    const owner = this.owners.get(method);
    if (owner === undefined) throw new AssemblyFormatError(`method ${method} belongs to no type`);
    return owner;
  }

  private typeName(reference: Reference): string {
    const key = `${reference.table}/${reference.row}`;
    const known = this.names.get(key);
    if (known !== undefined) return known;
    if (this.names.has(key)) throw new AssemblyFormatError("a type is nested in itself");
    this.names.set(key, undefined);
    const name = this.readTypeName(reference);
    // Types that double with every level would fill the memory; no compiler writes a name like that.
    if (name.length > longestName) throw new AssemblyFormatError("the name of a type has no end");
    this.names.set(key, name);
    return name;
  }

  private readTypeName({ table: id, row }: Reference): string {
    const { tables } = this;
    if (id === table.typeSpec)
      return new SignatureReader(tables.blob(id, row, "signature"), (each) => this.typeName(each)).type(0);
    if (id !== table.typeDef && id !== table.typeRef) throw new AssemblyFormatError("a name of a type leads elsewhere");
    const name = tables.string(id, row, "name");
    const outer = id === table.typeDef ? this.enclosing.get(row) : outerReference(tables.reference(id, row, "scope"));
    if (outer !== undefined) return `${this.typeName({ table: id, row: outer })}+${name}`;
    const namespace = tables.string(id, row, "namespace");
    return namespace === "" ? name : `${namespace}.${name}`;
  }
}

function outerReference(scope: Reference): number | undefined {
  return scope.table === table.typeRef ? scope.row : undefined;
}

function append<Key>(map: Map<Key, number[]>, key: Key, row: number): void {
  const list = map.get(key);
  if (list) list.push(row);
  else map.set(key, [row]);
}

/** The last 8 bytes of the key's SHA-1, backwards. */
function tokenOf(key: Uint8Array): string {
  const digest = createHash("sha1").update(key).digest();
  return Buffer.from(digest.subarray(-8)).reverse().toString("hex");
}
