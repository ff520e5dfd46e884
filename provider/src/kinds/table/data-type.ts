/**
 * Data types of columns: T-SQL text to a normal form, catalog row to the same form, and back to text.
 * https://learn.microsoft.com/sql/t-sql/data-types/data-types-transact-sql
 */
import { quoteNames } from "../../engine/quoting";
import type { NameComparer } from "../../engine/names";
import type { ColumnRow } from "../../engine/snapshot/tables";
import type { TypeRow } from "../../engine/snapshot/modules";
import { isTrivia, nameOf, tokenize } from "../../tsql/lexer";

export interface DataType {
  /** Schema of an alias or CLR type; undefined = a type of the system. */
  readonly schema?: string | undefined;
  /** Lower case for a type of the system, as written for others. */
  readonly name: string;
  /** Characters of n-types, bytes of the others; -1 = max. */
  readonly length?: number | undefined;
  readonly precision?: number | undefined;
  readonly scale?: number | undefined;
  /** vector */
  readonly dimensions?: number | undefined;
  readonly float16?: boolean | undefined;
}

export class DataTypeError extends Error {}

type Shape = "plain" | "length" | "numeric" | "scale" | "float" | "vector";
interface SystemType {
  readonly shape: Shape;
  /** Longest length that is not max. */
  readonly longest?: number;
  readonly takesMax?: boolean;
}
const plain: SystemType = { shape: "plain" };
const systemTypes: Readonly<Record<string, SystemType>> = {
  bit: plain, tinyint: plain, smallint: plain, int: plain, bigint: plain, smallmoney: plain, money: plain, real: plain,
  date: plain, smalldatetime: plain, datetime: plain, text: plain, ntext: plain, image: plain, uniqueidentifier: plain,
  rowversion: plain, sql_variant: plain, xml: plain, hierarchyid: plain, geometry: plain, geography: plain, sysname: plain, json: plain,
  decimal: { shape: "numeric" }, numeric: { shape: "numeric" }, float: { shape: "float" },
  time: { shape: "scale" }, datetime2: { shape: "scale" }, datetimeoffset: { shape: "scale" }, vector: { shape: "vector" },
  char: { shape: "length", longest: 8000 }, binary: { shape: "length", longest: 8000 }, nchar: { shape: "length", longest: 4000 },
  varchar: { shape: "length", longest: 8000, takesMax: true }, varbinary: { shape: "length", longest: 8000, takesMax: true },
  nvarchar: { shape: "length", longest: 4000, takesMax: true },
}; // prettier-ignore

/** Other spellings of the same type, which the catalog does not keep. */
const synonyms: Readonly<Record<string, string>> = {
  integer: "int", dec: "decimal", timestamp: "rowversion", character: "char", "char varying": "varchar", "character varying": "varchar",
  "binary varying": "varbinary", "national char": "nchar", "national character": "nchar", "national char varying": "nvarchar",
  "national character varying": "nvarchar", "national text": "ntext", "double precision": "float",
}; // prettier-ignore

const stringTypes = new Set(["char", "varchar", "nchar", "nvarchar", "text", "ntext", "sysname"]);
const legacyLobTypes = new Set(["text", "ntext", "image"]);
const noKeyTypes = new Set(["text", "ntext", "image", "xml", "json", "vector", "geometry", "geography"]);

/** Throws DataTypeError with a sentence. */
export function parseDataType(text: string): DataType {
  const tokens = readTokens(text);
  let at = 0;
  const word = (): string | undefined => {
    const token = tokens[at];
    return token?.kind === "name" ? (at++, token.text) : undefined;
  };
  const take = (operator: string): boolean =>
    tokens[at]?.kind === "operator" && tokens[at]?.text === operator ? (at++, true) : false;
  const parts = [word() ?? fail(text, "it does not begin with the name of a type")];
  if (take(".")) parts.push(word() ?? fail(text, "a name must follow the dot"));
  else for (let next = word(); next !== undefined; next = word()) parts[0] = `${parts[0]!} ${next}`;
  const args: string[] = [];
  if (take("(")) {
    do args.push(tokens[at++]?.text.toLowerCase() ?? fail(text, "the bracket is never closed"));
    while (take(","));
    if (!take(")")) fail(text, "the bracket is never closed");
  }
  if (at < tokens.length)
    fail(text, "something follows the type; nullability, collation and the rest are inputs of their own");

  const qualified = parts.length === 2;
  const written = parts.at(-1)!.toLowerCase();
  const name = synonyms[written] ?? written;
  const system = Object.hasOwn(systemTypes, name) ? systemTypes[name]! : undefined;
  if (qualified && parts[0]!.toLowerCase() !== "sys") {
    if (args.length > 0) fail(text, "a type of your own takes no arguments");
    return { schema: parts[0]!, name: parts[1]! };
  }
  if (!system) return fail(text, "there is no such type of the system; write schema.name for a type of your own");
  return withArguments(text, name, system, written === "double precision" ? ["53"] : args);
}

function withArguments(text: string, name: string, system: SystemType, args: readonly string[]): DataType {
  const atMost = (count: number): void =>
    void (args.length > count && fail(text, `${name} takes at most ${count} argument${count === 1 ? "" : "s"}`));
  const number = (index: number, low: number, high: number, byDefault: number, what: string): number => {
    const given = args[index];
    if (given === undefined) return byDefault;
    const value = /^\d+$/.test(given) ? Number(given) : NaN;
    return value >= low && value <= high ? value : fail(text, `${what} is ${given}; give ${low} to ${high}`);
  };
  switch (system.shape) {
    case "plain":
      if (name === "xml" && args.length > 0) fail(text, "xml with a schema collection is not managed; use plain xml");
      if (args.length > 0) fail(text, `${name} takes no arguments`);
      return { name };
    case "length":
      atMost(1);
      if (args[0] === "max") return system.takesMax ? { name, length: -1 } : fail(text, `${name} has no max form`);
      return { name, length: number(0, 1, system.longest!, 1, "length") };
    case "numeric": {
      atMost(2);
      const precision = number(0, 1, 38, 18, "precision");
      return { name, precision, scale: number(1, 0, precision, 0, "scale") };
    }
    case "scale":
      atMost(1);
      return { name, scale: number(0, 0, 7, 7, "fractional seconds precision") };
    case "float":
      atMost(1);
      return number(0, 1, 53, 53, "mantissa bits") <= 24 ? { name: "real" } : { name: "float" };
    case "vector": {
      atMost(2);
      const base = args[1] ?? "float32";
      if (base !== "float32" && base !== "float16") fail(text, `base type is ${base}; give float32 or float16`);
      if (args.length === 0) fail(text, "give the number of dimensions");
      return {
        name,
        dimensions: number(0, 1, base === "float16" ? 3996 : 1998, 0, "dimensions"),
        ...(base === "float16" && { float16: true }),
      };
    }
  }
}

function readTokens(text: string): { kind: "name" | "number" | "operator"; text: string }[] {
  return tokenize(text)
    .filter((token) => !isTrivia(token))
    .map((token) => {
      const raw = text.slice(token.start, token.end);
      if (token.kind === "word" || token.kind === "bracketed") return { kind: "name", text: nameOf(text, token) };
      if (token.kind === "number") return { kind: "number", text: raw };
      return token.kind === "operator" ? { kind: "operator", text: raw } : fail(text, `${raw} cannot stand in a type`);
    });
}

function fail(text: string, reason: string): never {
  throw new DataTypeError(`"${text}" is not a data type: ${reason}`);
}

/** As `sys.columns` (or `sys.types` for the base of an alias type) holds it. */
export function systemTypeFromCatalog(
  name: string,
  row: { maxLength: number; precision: number; scale: number },
): DataType {
  const canonical = synonyms[name.toLowerCase()] ?? name.toLowerCase();
  switch (systemTypes[canonical]?.shape) {
    case "length":
      return {
        name: canonical,
        length: row.maxLength > 0 && isNational(canonical) ? row.maxLength / 2 : row.maxLength,
      };
    case "numeric":
      return { name: canonical, precision: row.precision, scale: row.scale };
    case "scale":
      return { name: canonical, scale: row.scale };
    case "vector":
      return { name: canonical, dimensions: (row.maxLength - 8) / 4 };
    default:
      return { name: canonical };
  }
}

export function columnType(row: ColumnRow): DataType {
  return row.isUserDefinedType
    ? { schema: row.typeSchema, name: row.typeName }
    : systemTypeFromCatalog(row.typeName, row);
}

/** The system type below an alias type; undefined for a CLR type or a type that is not there. */
export function resolveType(
  type: DataType,
  findType: (schema: string, name: string) => TypeRow | undefined,
): DataType | undefined {
  if (type.schema === undefined) return type;
  const row = findType(type.schema, type.name);
  return row?.baseTypeName == null || row.isAssemblyType ? undefined : systemTypeFromCatalog(row.baseTypeName, row);
}

export function typeText(type: DataType): string {
  if (type.schema !== undefined) return quoteNames(type.schema, type.name);
  const args =
    type.length !== undefined ? [type.length === -1 ? "max" : type.length]
    : type.precision !== undefined ? [type.precision, type.scale ?? 0]
    : type.scale !== undefined ? [type.scale]
    : type.dimensions !== undefined ? [type.dimensions, ...(type.float16 ? ["float16"] : [])]
    : []; // prettier-ignore
  return args.length === 0 ? type.name : `${type.name}(${args.join(", ")})`;
}

export function sameType(left: DataType, right: DataType, names: NameComparer): boolean {
  if (left.schema !== undefined || right.schema !== undefined)
    return (
      left.schema !== undefined &&
      right.schema !== undefined &&
      names.equals(left.schema, right.schema) &&
      names.equals(left.name, right.name)
    );
  // The catalog rows hold the size of a vector, not its base type.
  if (left.name === "vector" && right.name === "vector") return vectorBytes(left) === vectorBytes(right);
  return (
    left.name === right.name &&
    left.length === right.length &&
    left.precision === right.precision &&
    left.scale === right.scale
  );
}

function vectorBytes(type: DataType): number {
  return 8 + (type.dimensions ?? 0) * (type.float16 ? 2 : 4);
}

export const isString = (type: DataType): boolean => type.schema === undefined && stringTypes.has(type.name);
export const isNational = (name: string): boolean =>
  name === "nchar" || name === "nvarchar" || name === "sysname" || name === "ntext";
export const isLegacyLob = (type: DataType): boolean => type.schema === undefined && legacyLobTypes.has(type.name);
/** null = it may be a key; otherwise why it may not. */
export function whyNotKey(type: DataType): string | null {
  if (type.schema !== undefined) return null;
  return noKeyTypes.has(type.name) || type.length === -1 ? `${typeText(type)} cannot be a key` : null;
}
export const isIntegerLike = (type: DataType): boolean =>
  type.schema === undefined &&
  (["tinyint", "smallint", "int", "bigint"].includes(type.name) || (type.precision !== undefined && type.scale === 0));
/** 2025 and Azure have json and vector. */
export const needsVersion17 = (type: DataType): boolean =>
  type.schema === undefined && (type.name === "json" || type.name === "vector");

const fixedBytes: Readonly<Record<string, number>> = {
  bit: 1, tinyint: 1, smallint: 2, int: 4, bigint: 8, smallmoney: 4, money: 8, real: 4, float: 8, date: 3, smalldatetime: 4, datetime: 8,
  uniqueidentifier: 16, rowversion: 8, sysname: 256, hierarchyid: 892, sql_variant: 8016,
}; // prettier-ignore

/** Bytes that a value takes at least (fixed types) and at most in an index key; undefined = not known before the type is read. */
export function keyBytes(type: DataType): { readonly fixed: number; readonly most: number } | undefined {
  if (type.schema !== undefined) return undefined;
  if (type.precision !== undefined) return both(decimalBytes(type.precision));
  if (type.length !== undefined) {
    const bytes = type.length * (isNational(type.name) ? 2 : 1);
    return type.name.includes("var") ? { fixed: 0, most: bytes } : both(bytes);
  }
  if (type.scale !== undefined)
    return both(
      (type.scale <= 2 ? 3 : type.scale <= 4 ? 4 : 5) + (type.name === "time" ? 0 : type.name === "datetime2" ? 3 : 5),
    );
  const bytes = fixedBytes[type.name] ?? 0;
  return ["sysname", "hierarchyid", "sql_variant"].includes(type.name) ? { fixed: 0, most: bytes } : both(bytes);
}

const both = (bytes: number): { fixed: number; most: number } => ({ fixed: bytes, most: bytes });

export function decimalBytes(precision: number): number {
  return precision <= 9 ? 5 : precision <= 19 ? 9 : precision <= 28 ? 13 : 17;
}
