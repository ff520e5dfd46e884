/** Where a definition statement's names lead: the database and schema that it creates in, or the object that it names. */
import type { Name } from "../language/ast";
import { findDatabase, findTemporaryTable, lookUp, schemaByName } from "../query/objects";
import { sqlError } from "../session/messages";
import type { Execution } from "../session/runtime";
import type { SqlError } from "../session/sql-error";
import type { Database, DbObject, Schema } from "../storage/model";

export interface Place {
  readonly database: Database;
  readonly schema: Schema;
  readonly name: string;
}

export function at(error: SqlError, line: number): SqlError {
  error.line ??= line;
  return error;
}

export function lastPart(name: Name): string {
  return name.parts[name.parts.length - 1]!;
}

/** As the server shows it in errors: dbo.t. */
export function shown(name: Name): string {
  return name.parts.filter((part) => part !== "").join(".");
}

export function isTemporary(name: string): boolean {
  return name.startsWith("#");
}

export function requireDatabase(name: string, execution: Execution): Database {
  const database = findDatabase(execution, name);
  if (!database) throw sqlError(2702, [name]);
  return database;
}

export function schemaOf(database: Database, name: string): Schema | undefined {
  const id = schemaByName(database, name);
  return id === undefined ? undefined : database.schemas.get(id);
}

/** Where CREATE puts an object. Throws 2760 for an unknown schema, 2702 for an unknown database, 117 for a server name. */
export function placeFor(name: Name, execution: Execution): Place {
  const { parts } = name;
  const last = lastPart(name);
  if (parts.length > 3) throw at(sqlError(117, [shown(name), 3]), name.line);
  if (isTemporary(last)) {
    const database = requireDatabase("tempdb", execution);
    return { database, schema: database.schemas.get(1)!, name: last };
  }
  const databaseName = parts.length === 3 ? parts[0] : undefined;
  const database = databaseName ? requireDatabase(databaseName, execution) : execution.frame.database;
  const schemaName = parts.length >= 2 ? parts[parts.length - 2] : undefined;
  const wanted =
    schemaName || (database === execution.session.database ? execution.session.user.defaultSchema : null) || "dbo";
  const schema = schemaOf(database, wanted);
  if (!schema) throw at(sqlError(2760, [wanted]), name.line);
  return { database, schema, name: last };
}

export interface Located {
  readonly object: DbObject;
  readonly database: Database;
}

/** The object that a name stands for, temporary tables included; no synonym is followed. */
export function locate(name: Name, execution: Execution): Located | undefined {
  const last = lastPart(name);
  if (isTemporary(last)) {
    const object = findTemporaryTable(execution, last);
    const database = findDatabase(execution, "tempdb");
    return object && database ? { object, database } : undefined;
  }
  if (name.parts.length > 3) throw at(sqlError(117, [shown(name), 3]), name.line);
  if (name.parts.length === 3 && name.parts[0] && !findDatabase(execution, name.parts[0])) return undefined;
  const found = lookUp(name, { execution, database: execution.frame.database });
  return found && { object: found.object, database: found.database };
}

/** Name lookup in one database, as OBJECT_ID and the dependency views do it. */
export function findIn(database: Database, schemaId: number, name: string): DbObject | undefined {
  const id = database.objectNames.get(`${schemaId}.${database.key(name)}`);
  return id === undefined ? undefined : database.objects.get(id);
}

/** [schema].[name], for errors that name objects so and for sp_rename. */
export function qualified(database: Database, object: { schemaId: number; name: string }): string {
  return `${database.schemas.get(object.schemaId)?.name ?? "dbo"}.${object.name}`;
}

export function quoteName(name: string): string {
  return `[${name.replaceAll("]", "]]")}]`;
}
