/** What sp_rename does, by kind. Rules: reference sheets "tables and indexes" 1.10 and "modules" A7. */
import type { Name } from "../language/ast";
import { findDatabase } from "../query/objects";
import { sqlError } from "../session/messages";
import type { Execution, Work } from "../session/runtime";
import type { Column, Database, DbObject, Index, Module, Table } from "../storage/model";
import { alterDatabase } from "./database/alter-database";
import { boundReadersOfColumn, referencesInModule, resolveReferences, schemaBoundReferrers } from "./dependencies";
import { lockObject } from "./locking";
import { isTemporary, lastPart, locate, shown } from "./naming";
import { mayAlter } from "./permission";
import { constraintsOf, findColumn, isConstraint, isModule, nameKey, rename, touch } from "./registry";
import { findUserType } from "./resolve-type";
import { dependencyError, dependentsOf } from "./table/column-dependents";
import { targetOf } from "./table/index-statements";
import { renameInHistory, requireRenamable } from "./temporal/alter";
import { historyTable } from "./temporal/tables";

export type RenameKind = "OBJECT" | "COLUMN" | "INDEX" | "STATISTICS" | "USERDATATYPE" | "DATABASE";

/**
 * `kind` undefined: sp_rename without @objtype, which takes an object, else a column, else an index.
 * `newName` is taken as it is, brackets included. Sends the caution 15477; throws 15225, 15248, 15335, 15336, 3721, 4928.
 */
export function* renameObject(
  kind: RenameKind | undefined,
  name: Name,
  newName: string,
  execution: Execution,
): Work<void> {
  if (kind === "DATABASE")
    return yield* alterDatabase(
      { kind: "alter-database", name: lastPart(name), action: { kind: "modify-name", name: newName }, line: name.line },
      execution,
    );
  const chosen = kind ?? kindOf(name, execution);
  if (!chosen) throw sqlError(15225, [shown(name), execution.frame.database.name, "(null)"]);
  yield* renames[chosen](name, newName, execution);
  execution.output.message(sqlError(15477));
}

type Rename = (name: Name, newName: string, execution: Execution) => Work<void>;

const renames: Record<Exclude<RenameKind, "DATABASE">, Rename> = {
  OBJECT: renameSchemaObject,
  COLUMN: renameColumn,
  INDEX: renameIndex,
  STATISTICS: renameStatistics,
  USERDATATYPE: renameType,
};

function kindOf(name: Name, execution: Execution): Exclude<RenameKind, "DATABASE"> | undefined {
  if (locate(name, execution)) return "OBJECT";
  const owner = ownerOf(name, execution);
  if (!owner) return undefined;
  const own = lastPart(name);
  if (findColumn(owner.object, owner.database, own)) return "COLUMN";
  return findIndex(owner.object, owner.database, own) ? "INDEX" : undefined;
}

function* renameSchemaObject(name: Name, newName: string, execution: Execution): Work<void> {
  const found = locate(name, execution);
  const { database } = execution.frame;
  if (!found || found.database !== database || !mayAlter(execution, database, found.object))
    throw sqlError(15225, [shown(name), database.name, "OBJECT"]);
  const { object } = found;
  if (object.type === "TT" || isTemporary(object.name)) throw sqlError(15001, [shown(name)]);
  yield* lockObject(execution, database, object.parentId || object.id, "Sch-M");
  requireFree(object, newName, "object", database);
  if (schemaBoundReferrers(database, object.id).length > 0) throw sqlError(15336, [shown(name)]);
  const { transaction } = execution.session;
  rename(database, object, newName, object.schemaId, transaction);
  if (!isConstraint(object)) return;
  transaction.set(object, "systemNamed", false);
  const table = database.objects.get(object.parentId);
  if (table?.type !== "U") return;
  touch(table, execution);
  if (object.type !== "PK" && object.type !== "UQ") return;
  // A key and its index have one name.
  const index = table.indexes.find((one) => one.id === object.indexId);
  if (index) transaction.set(index, "name", newName);
}

function requireFree(object: DbObject, newName: string, word: string, database: Database): void {
  const taken = database.objectNames.get(nameKey(database, object.schemaId, newName));
  if (taken !== undefined && taken !== object.id) throw sqlError(15335, [newName, word]);
}

/** The table or view of a column, index or statistics: the name without its last part. */
function ownerOf(name: Name, execution: Execution): { object: Table | Module; database: Database } | undefined {
  const parts = name.parts.slice(0, -1);
  if (parts.length === 0) return undefined;
  if (parts.length === 3 && parts[0] && findDatabase(execution, parts[0]) !== execution.frame.database)
    return undefined;
  const found = locate({ parts, line: name.line }, execution);
  if (
    !found ||
    (found.object.type !== "U" && found.object.type !== "V ") ||
    !mayAlter(execution, found.database, found.object)
  )
    return undefined;
  return { object: found.object, database: found.database };
}

function* renameColumn(name: Name, newName: string, execution: Execution): Work<void> {
  const owner = ownerOf(name, execution);
  const column = owner && findColumn(owner.object, owner.database, lastPart(name));
  if (!owner || !column) throw sqlError(15248, ["COLUMN"]);
  const { object: table, database } = owner;
  if (table.type !== "U") throw sqlError(4909, [table.name]);
  yield* lockObject(execution, database, table.id, "Sch-M");
  const target = targetOf(table, database, execution, table.name);
  requireRenamable(table, target);
  const history = historyTable(database, table);
  if (history) yield* lockObject(execution, database, history.id, "Sch-M");
  const other = findColumn(table, database, newName);
  if (other && other !== column) throw sqlError(15335, [newName, "COLUMN"]);
  if (column.computed) throw sqlError(4928, [column.name, "COMPUTED"]);
  const dependents = dependentsOf(column, target);
  if (
    boundReadersOfColumn(database, table, column).length > 0 ||
    dependents.some(({ use }) => use === "check" || use === "computed")
  )
    throw sqlError(15336, [shown(name)]);
  const filters = dependents.filter(({ use }) => use === "filter");
  if (filters.length > 0) throw dependencyError("ALTER TABLE ALTER COLUMN", column, filters);
  const next: Column = { ...column, name: newName };
  execution.session.transaction.set(
    table,
    "columns",
    table.columns.map((one) => (one === column ? next : one)),
  );
  renameInHistory(column.name, newName, target);
  touch(table, execution);
}

function findIndex(table: Table | Module, database: Database, name: string): Index | undefined {
  const key = database.key(name);
  return table.indexes.find((index) => index.name !== null && database.key(index.name) === key);
}

function requireFreeOn(table: Table | Module, database: Database, newName: string, word: string): void {
  const key = database.key(newName);
  const statistics = table.type === "U" ? table.statistics : [];
  if (findIndex(table, database, newName) || statistics.some((one) => database.key(one.name) === key))
    throw sqlError(15335, [newName, word]);
}

function* renameIndex(name: Name, newName: string, execution: Execution): Work<void> {
  const owner = ownerOf(name, execution);
  const index = owner && findIndex(owner.object, owner.database, lastPart(name));
  if (!owner || !index) throw sqlError(15248, ["INDEX"]);
  const { object: table, database } = owner;
  yield* lockObject(execution, database, table.id, "Sch-M");
  if (database.key(newName) !== database.key(index.name!)) requireFreeOn(table, database, newName, "INDEX");
  const { transaction } = execution.session;
  const constraint = constraintsOf(database, table.id).find(
    (one) => (one.type === "PK" || one.type === "UQ") && one.indexId === index.id,
  );
  if (constraint) {
    requireFree(constraint, newName, "object", database);
    rename(database, constraint, newName, constraint.schemaId, transaction);
    if ("systemNamed" in constraint) transaction.set(constraint, "systemNamed", false);
  }
  transaction.set(index, "name", newName);
  touch(table, execution);
}

function* renameStatistics(name: Name, newName: string, execution: Execution): Work<void> {
  const owner = ownerOf(name, execution);
  const key = execution.frame.database.key(lastPart(name));
  const statistic =
    owner?.object.type === "U"
      ? owner.object.statistics.find((one) => owner.database.key(one.name) === key)
      : undefined;
  if (!owner || !statistic) throw sqlError(15248, ["STATISTICS"]);
  yield* lockObject(execution, owner.database, owner.object.id, "Sch-M");
  requireFreeOn(owner.object, owner.database, newName, "STATISTICS");
  execution.session.transaction.set(statistic, "name", newName);
}

/** Modules keep the type that they were made with until they are refreshed. */
// eslint-disable-next-line require-yield -- one of several that the table holds
function* renameType(name: Name, newName: string, execution: Execution): Work<void> {
  const { database } = execution.frame;
  const type = findUserType(name.parts, database);
  if (!type) throw sqlError(15225, [shown(name), database.name, "USERDATATYPE"]);
  execution.session.demand("CONTROL", { kind: "type", typeId: type.id });
  for (const other of database.types.values())
    if (other !== type && other.schemaId === type.schemaId && database.key(other.name) === database.key(newName))
      throw sqlError(15335, [newName, "USERDATATYPE"]);
  for (const object of database.objects.values()) {
    if (!isModule(object) || !object.schemaBound) continue;
    const used =
      object.parameters.some((parameter) => parameter.type.userTypeId === type.id) ||
      object.returns?.userTypeId === type.id;
    if (
      used ||
      resolveReferences(referencesInModule(object), database, object.schemaId).some(
        (reference) => reference.classId === 6 && reference.id === type.id,
      )
    )
      throw sqlError(3721, [shown(name), object.name]);
  }
  execution.session.transaction.set(type, "name", newName);
}
