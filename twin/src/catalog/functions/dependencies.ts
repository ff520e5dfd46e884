/** sys.dm_sql_referencing_entities and sys.dm_sql_referenced_entities. Reference sheet "modules and dependencies" B3 and B4. */
import { resolveReferences } from "../../ddl/dependencies";
import { schemaOf, findIn } from "../../ddl/naming";
import { findUserType } from "../../ddl/resolve-type";
import { parseName } from "../../session/parse-name";
import { sqlError } from "../../session/messages";
import { notImplemented } from "../../session/sql-error";
import type { DbObject } from "../../storage/model";
import type { Row } from "../../session/runtime";
import type { SqlValue } from "../../types/value";
import { bit, type Reader } from "../view";
import { referrers, type Referrer } from "../views/modules";
import { schemaNameOf } from "../views/objects";
import { tableFunction, text, type FunctionDefinition } from "./definition";

/** Both functions want schema.name; a database trigger has its name alone. */
function objectNamed(name: string, reader: Reader): DbObject | undefined {
  const { database } = reader;
  const parts = parseName(name);
  const schema = parts.length >= 2 ? schemaOf(database, parts.at(-2)!) : undefined;
  return schema && findIn(database, schema.id, parts.at(-1)!);
}

function* referencing(args: readonly SqlValue[], reader: Reader): Iterable<Row> {
  const { database, visible } = reader;
  const name = text(args[0]);
  const kind = text(args[1])?.toUpperCase();
  if (name === null || kind === undefined) return;
  if (kind !== "OBJECT" && kind !== "TYPE") throw notImplemented(`sys.dm_sql_referencing_entities for ${kind}`);
  const id = kind === "TYPE" ? findUserType(parseName(name), database)?.id : objectNamed(name, reader)?.id;
  if (id === undefined) return;
  for (const referrer of referrers(database)) {
    const { object } = referrer;
    if (object.id === id || object.parentId === id || !visible.object(object)) continue;
    const found = resolveReferences(referrer.references, database, referrer.homeSchemaId).find(
      (one) => one.id === id && one.classId === (kind === "TYPE" ? 6 : 1),
    );
    if (found)
      yield [
        object.schemaId === 0 ? null : schemaNameOf(database, object.schemaId),
        object.name,
        object.id,
        object.schemaId === 0 ? 12 : 1,
        object.schemaId === 0 ? "DATABASE_DDL_TRIGGER" : "OBJECT_OR_COLUMN",
        bit(found.callerDependent),
      ];
  }
}

/** Objects first; columns of what was found are left to the server, which reads them from its plans. */
function* referenced(args: readonly SqlValue[], reader: Reader): Iterable<Row> {
  const { database, server } = reader;
  const name = text(args[0]);
  const kind = text(args[1])?.toUpperCase();
  if (name === null || kind === undefined) return;
  if (kind !== "OBJECT" && kind !== "DATABASE_DDL_TRIGGER")
    throw notImplemented(`sys.dm_sql_referenced_entities for ${kind}`);
  const object = kind === "OBJECT" ? objectNamed(name, reader) : databaseTrigger(name, reader);
  if (!object || !reader.visible.definition(object)) return;
  let incomplete = false;
  for (const referrer of ownReferences(object, reader)) {
    for (const reference of resolveReferences(referrer.references, database, referrer.homeSchemaId)) {
      const other =
        reference.databaseName === null ? undefined : server.databases.get(server.key(reference.databaseName));
      const schema = other && schemaOf(other, reference.schemaName ?? "dbo");
      const id = reference.id ?? (other && schema ? findIn(other, schema.id, reference.entity)?.id : undefined);
      if (id === undefined && !reference.callerDependent && reference.server === null) incomplete = true;
      yield [
        referrer.minorId,
        reference.server,
        reference.databaseName,
        reference.schemaName,
        reference.entity,
        null,
        id ?? null,
        0,
        reference.classId,
        reference.classId === 6 ? "TYPE" : "OBJECT_OR_COLUMN",
        bit(reference.callerDependent),
        0,
        bit(reference.selected),
        bit(reference.updated),
        0,
        0,
        0,
        0,
      ];
    }
  }
  if (incomplete) throw sqlError(2020, [name]);
}

function databaseTrigger(name: string, { database }: Reader): DbObject | undefined {
  return findIn(database, 0, parseName(name).at(-1)!);
}

function* ownReferences(object: DbObject, { database }: Reader): Iterable<Referrer> {
  for (const referrer of referrers(database)) if (referrer.object === object) yield referrer;
}

export const dependencyFunctions: readonly FunctionDefinition[] = [
  tableFunction(
    "dm_sql_referencing_entities/2",
    "system-dynamic-management-views/sys-dm-sql-referencing-entities-transact-sql",
    `referencing_schema_name sysname?, referencing_entity_name sysname, referencing_id int?, referencing_class tinyint?, referencing_class_desc desc?, is_caller_dependent bit`,
    referencing,
  ),
  tableFunction(
    "dm_sql_referenced_entities/2",
    "system-dynamic-management-views/sys-dm-sql-referenced-entities-transact-sql",
    `referencing_minor_id int, referenced_server_name sysname?, referenced_database_name sysname?, referenced_schema_name sysname?, referenced_entity_name sysname?,
    referenced_minor_name sysname?, referenced_id int?, referenced_minor_id int, referenced_class tinyint?, referenced_class_desc desc?, is_caller_dependent bit,
    is_ambiguous bit, is_selected bit, is_updated bit, is_select_all bit, is_all_columns_found bit, is_insert_all bit, is_incomplete bit`,
    referenced,
  ),
];
