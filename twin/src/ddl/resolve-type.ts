/** A type as written in a statement -> the type that the server keeps. Source: sql-docs, data types (Transact-SQL). */
import type { TypeReference } from "../language/ast";
import { sqlError } from "../session/messages";
import { notImplemented } from "../session/sql-error";
import type { Database, SqlServer } from "../storage/model";
import type { SqlType, TypeName } from "../types/sql-type";
import { systemTypes } from "../catalog/system-types";
import { at, lastPart, schemaOf, shown } from "./naming";

interface ResolvedType {
  readonly type: SqlType;
  readonly userTypeId: number;
  readonly nullable: boolean;
  readonly tableTypeId?: number;
}

/** Names that vanish: the catalog shows the type on the right. */
const synonyms: Record<string, TypeName> = {
  integer: "int",
  dec: "decimal",
  character: "char",
  "char varying": "varchar",
  "character varying": "varchar",
  "national char": "nchar",
  "national character": "nchar",
  "national char varying": "nvarchar",
  "national character varying": "nvarchar",
  "national text": "ntext",
  "binary varying": "varbinary",
  "double precision": "float",
  rowversion: "timestamp",
};

const characters = new Set<TypeName>(["char", "varchar", "nchar", "nvarchar", "text", "ntext"]);

export function isCharacter(name: TypeName): boolean {
  return characters.has(name);
}

/** `version` gates types of SQL Server 2025; without it every type is known. */
export function resolveType(
  reference: TypeReference,
  database: Database,
  ordinal = 1,
  version?: SqlServer["version"],
): ResolvedType {
  const { parts } = reference.name;
  const written = lastPart(reference.name).toLowerCase();
  const systemName = synonyms[written] ?? written;
  const inSystemSchema = parts.length === 1 || (parts.length === 2 && parts[0]!.toLowerCase() === "sys");
  if (inSystemSchema) {
    if (systemName === "sysname")
      return { type: { name: "nvarchar", length: 128, userTypeId: 256 }, userTypeId: 256, nullable: false };
    const system = systemTypes.get(systemName as TypeName);
    if (system) {
      if (system.since2025 && version !== undefined && version !== "2025") throw missing(reference, ordinal);
      return {
        type: withFacets(systemName as TypeName, reference, ordinal),
        userTypeId: systemTypeOf(systemName as TypeName, reference),
        nullable: true,
      };
    }
  }
  const user = findUserType(parts, database);
  if (!user) throw missing(reference, ordinal);
  if (reference.arguments.length > 0) throw at(sqlError(2716, [ordinal, shown(reference.name)]), reference.line);
  const type: SqlType = { ...user.base, userTypeId: user.id };
  return user.tableObjectId === undefined
    ? { type, userTypeId: user.id, nullable: user.nullable }
    : { type, userTypeId: user.id, nullable: false, tableTypeId: user.id };
}

function missing(reference: TypeReference, ordinal: number): Error {
  return at(sqlError(2715, [ordinal, shown(reference.name)]), reference.line);
}

function systemTypeOf(name: TypeName, reference: TypeReference): number {
  const first = reference.arguments[0];
  if (name === "float" && typeof first === "number" && first <= 24) return systemTypes.get("real")!.userTypeId;
  return systemTypes.get(name)!.userTypeId;
}

export function findUserType(parts: readonly string[], database: Database) {
  const key = database.key(parts[parts.length - 1]!);
  const schema = parts.length > 1 ? schemaOf(database, parts[parts.length - 2]!)?.id : undefined;
  if (parts.length > 1 && schema === undefined) return undefined;
  for (const type of database.types.values()) {
    if (database.key(type.name) !== key) continue;
    if (type.schemaId === (schema ?? 1)) return type;
  }
  return undefined;
}

function withFacets(name: TypeName, reference: TypeReference, ordinal: number): SqlType {
  const given = reference.arguments;
  const first = given[0];
  const tooMany = (): Error => at(sqlError(2716, [ordinal, name]), reference.line);
  const max = first === "max";
  switch (name) {
    case "char":
    case "varchar":
    case "binary":
    case "varbinary":
    case "nchar":
    case "nvarchar": {
      if (given.length > 1) throw tooMany();
      const limit = name.startsWith("n") ? 4000 : 8000;
      if (max) {
        if (!name.includes("var")) throw at(sqlError(102, ["max"]), reference.line);
        return { name, length: -1 };
      }
      const length = first ?? 1;
      if (length < 1) throw at(sqlError(1001, [reference.line, length]), reference.line);
      if (length > limit) throw at(sqlError(131, [length, name, limit]), reference.line);
      return { name, length };
    }
    case "decimal":
    case "numeric": {
      if (max || given.length > 2) throw tooMany();
      const precision = first ?? 18;
      const scale = (given[1] as number | undefined) ?? 0;
      if (precision < 1) throw at(sqlError(1001, [reference.line, precision]), reference.line);
      if (precision > 38) throw at(sqlError(2750, [ordinal, precision, 38]), reference.line);
      if (scale > precision) throw at(sqlError(2751, [ordinal, scale, precision]), reference.line);
      return { name, precision, scale };
    }
    case "float": {
      if (max || given.length > 1) throw tooMany();
      if (first !== undefined && first > 53) throw at(sqlError(2750, [ordinal, first, 53]), reference.line);
      return { name: first !== undefined && first <= 24 ? "real" : "float" };
    }
    case "time":
    case "datetime2":
    case "datetimeoffset": {
      if (max || given.length > 1) throw tooMany();
      const scale = first ?? 7;
      if (scale > 7) throw at(sqlError(1002, [reference.line, scale]), reference.line);
      return { name, scale };
    }
    case "vector": {
      if (typeof first !== "number") throw at(sqlError(102, [")"]), reference.line);
      if (reference.detail?.toLowerCase().includes("float16"))
        throw at(notImplemented("vector with base type float16"), reference.line);
      if (first < 1 || first > 1998) throw at(sqlError(42203, [first]), reference.line);
      return { name, length: first };
    }
    case "xml":
      if (reference.detail) throw at(notImplemented("xml schema collections"), reference.line);
      return { name };
    default:
      if (given.length > 0) throw tooMany();
      return { name };
  }
}
