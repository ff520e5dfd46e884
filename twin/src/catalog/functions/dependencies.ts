/** sys.dm_sql_referencing_entities and sys.dm_sql_referenced_entities. Reference sheet "modules and dependencies" B3 and B4. */
import { objectReferences } from "../../ddl/dependency-rows";
import { schemaOf, findIn } from "../../ddl/naming";
import { findUserType } from "../../ddl/resolve-type";
import { parseName } from "../../session/parse-name";
import { sqlError } from "../../session/messages";
import { notImplemented } from "../../session/sql-error";
import type { DbObject } from "../../storage/model";
import type { Row } from "../../session/runtime";
import type { SqlValue } from "../../types/value";
import { bit, type Reader } from "../view";
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
  const classId = kind === "TYPE" ? 6 : 1;
  const id = kind === "TYPE" ? findUserType(parseName(name), database)?.id : objectNamed(name, reader)?.id;
  if (id === undefined) return;
  for (const object of database.objects.values()) {
    if (object.id === id || object.parentId === id || !visible.object(object)) continue;
    const found = objectReferences(object, database).find(
      (row) => row.referencedId === id && row.referencedClass === classId,
    );
    if (!found) continue;
    const trigger = found.referencingClass === 12;
    yield [
      trigger ? null : schemaNameOf(database, object.schemaId),
      object.name,
      object.id,
      found.referencingClass,
      trigger ? "DATABASE_DDL_TRIGGER" : "OBJECT_OR_COLUMN",
      bit(found.isCallerDependent),
    ];
  }
}

/** The columns that an unbound module uses are left out: the server reads them from a plan that the twin does not make. */
function* referenced(args: readonly SqlValue[], reader: Reader): Iterable<Row> {
  const { database, server } = reader;
  const name = text(args[0]);
  const kind = text(args[1])?.toUpperCase();
  if (name === null || kind === undefined) return;
  if (kind !== "OBJECT" && kind !== "DATABASE_DDL_TRIGGER") {
    throw notImplemented(`sys.dm_sql_referenced_entities for ${kind}`);
  }
  const object = kind === "OBJECT" ? objectNamed(name, reader) : findIn(database, 0, parseName(name).at(-1)!);
  if (!object || !reader.visible.definition(object)) return;
  let incomplete = false;
  for (const row of objectReferences(object, database)) {
    const other = row.databaseName === null ? undefined : server.databases.get(server.key(row.databaseName));
    const schema = other && schemaOf(other, row.schemaName ?? "dbo");
    const id = row.referencedId ?? (other && schema ? findIn(other, schema.id, row.entityName)?.id : undefined);
    if (id === undefined && !row.isCallerDependent && row.serverName === null) incomplete = true;
    const owner = database.objects.get(row.referencedId ?? 0);
    const column =
      row.referencedMinorId !== 0 && owner && "columns" in owner && owner.type !== "F "
        ? owner.columns.find((one) => one.id === row.referencedMinorId)?.name
        : undefined;
    yield [
      row.referencingMinorId,
      row.serverName,
      row.databaseName,
      row.schemaName,
      row.entityName,
      column ?? null,
      id ?? null,
      row.referencedMinorId,
      row.referencedClass,
      row.referencedClass === 6 ? "TYPE" : "OBJECT_OR_COLUMN",
      bit(row.isCallerDependent),
      bit(row.isAmbiguous),
      bit(row.isSelected),
      bit(row.isUpdated),
      0,
      0,
      0,
      0,
    ];
  }
  if (incomplete) throw sqlError(2020, [name]);
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
