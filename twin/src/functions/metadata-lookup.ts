/** Objects, types and databases as the metadata functions find them: by name or id, and only what the session may see. */
import { findSystemObject } from "../catalog/system-objects";
import { systemTypes, typeFacts } from "../catalog/system-types";
import { Visibility } from "../catalog/visibility";
import { findUserType } from "../ddl/resolve-type";
import { findTemporaryTable } from "../query/objects";
import { databaseIdentity } from "../security/identity";
import { typeOwner } from "../security/ownership";
import { findObjectByName } from "../security/securable-names";
import { parseName } from "../session/parse-name";
import type { Session } from "../session/runtime";
import type { Column, Database, DbObject } from "../storage/model";
import type { SqlType } from "../types/sql-type";
import type { SqlValue } from "../types/value";
import { asInt, asText } from "./arguments";

export const SYS = 4;

export type Found = { object: DbObject; database: Database };

/** Kinds that OBJECT_ID's second argument names, as sys.objects writes them. */
function isKind(object: DbObject, kind: string): boolean {
  return object.type.trim() === kind.trim().toUpperCase();
}

function temporaryTable(session: Session, name: string): Found | undefined {
  const tempdb = session.server.databases.get(session.server.key("tempdb"));
  const execution = session.currentExecution?.();
  const object = execution && findTemporaryTable(execution, name);
  return tempdb && object ? { object, database: tempdb } : undefined;
}

/** Metadata that the session may not see does not exist for it. */
export function seen(found: Found | undefined, session: Session): Found | undefined {
  if (!found) return undefined;
  if (found.object.name.startsWith("#")) return found;
  if (!databaseIdentity(session, found.database)) return undefined;
  return new Visibility(session, found.database).object(found.object) ? found : undefined;
}

export function findByName(text: string, session: Session): Found | undefined {
  const parts = parseName(text);
  const last = parts.at(-1)!;
  if (last.startsWith("#")) {
    const inTempdb = parts.length === 1 ? session.database.name === "tempdb" : parts[0]!.toLowerCase() === "tempdb";
    return inTempdb ? temporaryTable(session, last) : undefined;
  }
  return findObjectByName(session, parts);
}

function systemId(text: string): number | null {
  const parts = parseName(text);
  const schema = parts.at(-2)?.toLowerCase();
  if (schema !== "sys" && schema !== "information_schema") return null;
  return findSystemObject(schema === "sys" ? SYS : 3, parts.at(-1)!)?.id ?? null;
}

export function objectId(text: string, kind: string | null, session: Session): number | null {
  const found = seen(findByName(text, session), session);
  if (found && (kind === null || isKind(found.object, kind))) return found.object.id;
  return kind === null || kind.trim().toUpperCase() === "V" ? systemId(text) : null;
}

export function databaseById(id: number | null, session: Session): Database | undefined {
  if (id === null) return session.database;
  for (const database of session.server.databases.values()) if (database.id === id) return database;
  return undefined;
}

export function findById(id: number, session: Session, database: Database = session.database): Found | undefined {
  const object = database.objects.get(id);
  return seen(object && { object, database }, session);
}

/** Names that end in blanks and letters in any case are the same property. */
export const propertyName = (value: SqlValue, type: SqlType): string => asText(value, type).trim().toLowerCase();

export type IntArguments = [values: readonly SqlValue[], types: readonly SqlType[]];
export const int = ([values, types]: IntArguments, i: number): number | null =>
  values[i] === undefined || values[i] === null ? null : asInt(values[i], types[i]!);
export const str = ([values, types]: IntArguments, i: number): string | null =>
  values[i] === undefined || values[i] === null ? null : asText(values[i], types[i]!);

export function columnsOf(object: DbObject): readonly Column[] {
  return "columns" in object && object.type !== "F " ? object.columns : [];
}

/** A user type by name, or a system type. */
export function typeByName(
  name: string,
  session: Session,
):
  | {
      systemTypeId: number;
      userTypeId: number;
      maxLength: number;
      precision: number;
      scale: number;
      nullable: boolean;
      ownerId: number;
    }
  | undefined {
  const parts = parseName(name);
  const last = parts.at(-1)!.toLowerCase();
  const schema = parts.at(-2)?.toLowerCase();
  if (schema === undefined || schema === "" || schema === "sys") {
    if (last === "sysname")
      return {
        systemTypeId: 231,
        userTypeId: 256,
        maxLength: 256,
        precision: 128,
        scale: 0,
        nullable: false,
        ownerId: 1,
      };
    const system = systemTypes.get(
      (last === "rowversion" ? "timestamp" : last === "integer" ? "int" : last) as SqlType["name"],
    );
    if (system && !(system.since2025 && session.server.version < "2025"))
      return { ...system, nullable: true, ownerId: 1 };
  }
  const type = findUserType(parts, session.database);
  if (!type || !new Visibility(session, session.database).type(type)) return undefined;
  const facts = typeFacts(type.base);
  return { ...facts, userTypeId: type.id, nullable: type.nullable, ownerId: typeOwner(session.database, type) };
}

export function typeName(id: number, session: Session): string | null {
  if (id === 256) return "sysname";
  for (const [name, type] of systemTypes)
    if (type.userTypeId === id && !(type.since2025 && session.server.version < "2025")) return name;
  const type = session.database.types.get(id);
  return type && new Visibility(session, session.database).type(type) ? type.name : null;
}

export const bit = (value: boolean): number => (value ? 1 : 0);
