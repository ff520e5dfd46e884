/** CREATE TYPE and DROP TYPE: alias types and table types. Rules: reference sheet "modules" A14. */
import type { Definition, ExternalName, Name } from "../language/ast";
import { sqlError } from "../session/messages";
import type { Execution } from "../session/runtime";
import { notImplemented } from "../session/sql-error";
import type { CheckConstraint, Database, TableTypeObject, UserType } from "../storage/model";
import { externalType } from "./assembly/external-type";
import { typeUsers } from "./dependencies";
import { at, placeFor, shown, type Place } from "./naming";
import { hasPermission, requirePermission } from "./permission";
import { childrenOf, newObjectBase, register, unregister } from "./registry";
import { findUserType, resolveType } from "./resolve-type";
import { buildLooseTable } from "./table/create-table";
import { tableConstraints } from "./table/target";

type Create = Extract<Definition, { kind: "create-type" }>;
const noAlias = new Set([
  "xml",
  "json",
  "vector",
  "timestamp",
  "hierarchyid",
  "geometry",
  "geography",
  "table",
  "cursor",
]);

export function createType(statement: Create, execution: Execution): void {
  const place = placeFor(statement.name, execution);
  const { database } = place;
  requirePermission("CREATE TYPE", { kind: "database", database }, execution);
  requirePermission("ALTER", { kind: "schema", schemaId: place.schema.id }, execution);
  for (const type of database.types.values())
    if (type.schemaId === place.schema.id && database.key(type.name) === database.key(place.name))
      throw sqlError(219, [shown(statement.name)]);
  const id = database.nextTypeId++;
  const type = statement.table
    ? tableType(statement, place, id, execution)
    : statement.external
      ? assemblyType(statement.external, place, id, execution)
      : aliasType(statement, place, id, execution);
  execution.session.transaction.put(database.types, id, type);
}

function aliasType(statement: Create, place: Place, id: number, execution: Execution): UserType {
  const { type: base } = resolveType(statement.from!, place.database, 1, execution.session.server.version);
  if (base.userTypeId !== undefined && base.userTypeId !== 256)
    throw at(sqlError(15036, [shown(statement.from!.name)]), statement.line);
  if (noAlias.has(base.name))
    throw at(base.name === "xml" ? sqlError(15226) : sqlError(15036, [base.name]), statement.line);
  const { userTypeId: _, ...plain } = base;
  return {
    id,
    name: place.name,
    schemaId: place.schema.id,
    principalId: null,
    base: plain,
    nullable: statement.nullable ?? true,
  };
}

function assemblyType(external: ExternalName, place: Place, id: number, execution: Execution): UserType {
  return {
    id,
    name: place.name,
    schemaId: place.schema.id,
    principalId: null,
    ...externalType(external, place.name, place.database, execution),
  };
}

function tableType(statement: Create, place: Place, id: number, execution: Execution): UserType {
  const { database } = place;
  const { transaction } = execution.session;
  for (const option of statement.tableOptions)
    if (option.name.toUpperCase() !== "MEMORY_OPTIMIZED" || String(option.value).toUpperCase() === "ON")
      throw at(notImplemented(`CREATE TYPE ... WITH (${option.name})`), statement.line);
  if (place.name.startsWith("#")) throw sqlError(1790);
  const built = buildLooseTable(place.name, statement.table!, database, execution, "type");
  const base = newObjectBase(database, "", 4);
  const object: TableTypeObject = {
    ...base,
    name: `TT_${place.name.slice(0, 8)}_${base.id.toString(16).toUpperCase().padStart(8, "0")}`,
    type: "TT",
    userTypeId: id,
    columns: built.columns,
    maxColumnId: built.maxColumnId,
    indexes: built.indexes,
    checks: [],
    memoryOptimized: false,
  };
  register(database, object, transaction);
  for (const constraint of tableConstraints(database, built)) {
    const own = { ...constraint, ...newObjectBase(database, constraint.name, 4, object.id) };
    if (own.type === "D ") {
      const column = object.columns.find((one) => one.defaultObjectId === constraint.id);
      if (column) column.defaultObjectId = own.id;
    }
    register(database, own, transaction);
    if (own.type === "C ") object.checks.push(checkOf(own));
  }
  return {
    id,
    name: place.name,
    schemaId: place.schema.id,
    principalId: null,
    base: { name: "table" },
    nullable: false,
    tableObjectId: object.id,
  };
}

function checkOf(constraint: CheckConstraint): TableTypeObject["checks"][number] {
  return { name: constraint.name, definition: constraint.definition, expression: constraint.expression };
}

export function dropType(name: Name, ifExists: boolean, execution: Execution): void {
  const { database } = execution.frame;
  const { session } = execution;
  const { transaction } = session;
  const type = findUserType(name.parts, database);
  if (!type || !hasPermission(session, "CONTROL", { kind: "type", typeId: type.id })) {
    if (ifExists && !type) return;
    throw sqlError(218, [shown(name)]);
  }
  const user = typeUsers(database, type.id).find((object) => object.id !== type.tableObjectId);
  if (user) throw sqlError(3732, [shown(name), user.name]);
  transaction.remove(database.types, type.id);
  removeTypeDetails(database, type.id, execution);
  const object = type.tableObjectId === undefined ? undefined : database.objects.get(type.tableObjectId);
  if (!object) return;
  for (const child of [...childrenOf(database, object.id)]) unregister(database, child, transaction);
  unregister(database, object, transaction);
}

function removeTypeDetails(database: Database, typeId: number, execution: Execution): void {
  const { transaction } = execution.session;
  for (let i = database.permissions.length - 1; i >= 0; i--)
    if (database.permissions[i]!.classId === 6 && database.permissions[i]!.majorId === typeId)
      transaction.splice(database.permissions, i, 1);
  for (let i = database.extendedProperties.length - 1; i >= 0; i--)
    if (database.extendedProperties[i]!.classId === 6 && database.extendedProperties[i]!.majorId === typeId)
      transaction.splice(database.extendedProperties, i, 1);
}
