/** What is known of a .NET assembly: identity, references, types, methods, attributes. Types are named as .NET names them. */

export interface AssemblyIdentity {
  readonly name: string;
  /** "1.0.0.0". */
  readonly version: string;
  /** Empty = neutral. */
  readonly culture: string;
  /** 16 hexadecimal digits; empty = not strong-named. */
  readonly publicKeyToken: string;
}

export type AttributeValue = string | number | boolean | bigint | null | readonly AttributeValue[];

export interface AttributeInfo {
  /** Full name of the attribute's type. */
  readonly type: string;
  readonly arguments: readonly AttributeValue[];
  readonly named: Readonly<Record<string, AttributeValue>>;
}

export interface ParameterInfo {
  readonly name: string;
  /** "System.Data.SqlTypes.SqlInt32"; "&" at the end = by reference. */
  readonly type: string;
  readonly isOut: boolean;
  readonly attributes: readonly AttributeInfo[];
}

export interface MethodInfo {
  readonly name: string;
  readonly isPublic: boolean;
  readonly isStatic: boolean;
  /** A constructor, an operator, or half of a property. */
  readonly isSpecial: boolean;
  readonly isSynchronized: boolean;
  readonly isFinalizer: boolean;
  readonly isPInvoke: boolean;
  readonly genericParameters: number;
  readonly returns: string;
  readonly returnAttributes: readonly AttributeInfo[];
  readonly parameters: readonly ParameterInfo[];
  readonly attributes: readonly AttributeInfo[];
}

export interface FieldInfo {
  readonly name: string;
  readonly type: string;
  readonly isStatic: boolean;
  /** static and neither readonly nor const: not allowed under SAFE. */
  readonly isWritableStatic: boolean;
}

export interface TypeInfo {
  /** "Namespace.Outer+Inner". */
  readonly name: string;
  readonly isPublic: boolean;
  readonly isNested: boolean;
  readonly isValueType: boolean;
  readonly isGeneric: boolean;
  readonly interfaces: readonly string[];
  readonly attributes: readonly AttributeInfo[];
  readonly methods: readonly MethodInfo[];
  readonly fields: readonly FieldInfo[];
}

export interface AssemblyMetadata extends AssemblyIdentity {
  readonly mvid: string;
  readonly runtime: string;
  readonly architecture: "msil" | "x86" | "amd64" | "arm64";
  readonly isPureIl: boolean;
  readonly isIlOnly: boolean;
  readonly isStrongNameSigned: boolean;
  readonly hasAuthenticode: boolean;
  /** ".NETFramework,Version=v4.8"; undefined where the compiler wrote none. */
  readonly targetFramework: string | undefined;
  readonly references: readonly AssemblyIdentity[];
  readonly types: readonly TypeInfo[];
  /** Methods that call native code. */
  readonly pInvokeMethods: number;
  /** Files of a multi-module assembly. */
  readonly moduleFiles: readonly string[];
  /** Compiled with /unsafe. */
  readonly isUnverifiable: boolean;
  readonly attributes: readonly AttributeInfo[];
}

export function findAttribute(attributes: readonly AttributeInfo[], type: string): AttributeInfo | undefined {
  return attributes.find((attribute) => attribute.type === type);
}

/** `Sample.Vectors 1.0.0.0`. */
export function identityText({ name, version }: AssemblyIdentity): string {
  return `${name} ${version}`;
}

/** As sys.assemblies writes it. */
export function clrName(assembly: AssemblyIdentity & { readonly architecture?: string }): string {
  const { name, version, culture, publicKeyToken, architecture } = assembly;
  const parts = [`version=${version}`, `culture=${culture || "neutral"}`, `publickeytoken=${publicKeyToken || "null"}`];
  return [name, ...parts, `processorarchitecture=${architecture ?? "msil"}`].join(", ").toLowerCase();
}

/** `int Distance(SqlString, SqlString)`, without the namespaces, for people. */
export function methodText(method: MethodInfo): string {
  const parameters = method.parameters.map(({ type }) => shortType(type)).join(", ");
  return `${shortType(method.returns)} ${method.name}(${parameters})`;
}

export function shortType(type: string): string {
  return type.replace(/[A-Za-z_][\w]*(?:\.[A-Za-z_`][\w`]*)*\.(?=[A-Za-z_])/g, "");
}
