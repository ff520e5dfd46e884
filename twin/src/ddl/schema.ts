/** CREATE SCHEMA, ALTER SCHEMA TRANSFER, DROP SCHEMA. Rules: reference sheet "security" 6. */
import type { Definition } from "../language/ast";
import { sqlError } from "../session/messages";
import type { Execution, Work } from "../session/runtime";
import { notImplemented, SqlError } from "../session/sql-error";
import type { Database, Principal } from "../storage/model";
import { schemaBoundReferrers } from "./dependencies";
import { lockObject } from "./locking";
import { locate, schemaOf, shown, at } from "./naming";
import { hasPermission, mayAlter, requirePermission } from "./permission";
import { dropDetails, isModule, nameKey, rename } from "./registry";
import { findUserType } from "./resolve-type";

type Create = Extract<Definition, { kind: "create-schema" }>;
type Transfer = Extract<Definition, { kind: "alter-schema" }>;

export function findPrincipal(database: Database, name: string): Principal | undefined {
  const key = database.key(name);
  for (const principal of database.principals.values()) if (database.key(principal.name) === key) return principal;
  return undefined;
}

export function* createSchema(statement: Create, execution: Execution): Work<void> {
  const database = execution.frame.database;
  const { transaction, user } = execution.session;
  requirePermission("CREATE SCHEMA", { kind: "database", database }, execution);
  if (schemaOf(database, statement.name)) throw failed(sqlError(2714, [statement.name]), statement.line);
  const owner = statement.authorization === undefined ? user : findPrincipal(database, statement.authorization);
  if (!owner) throw failed(sqlError(15151, ["find", "user", statement.authorization!]), statement.line);
  const id = database.nextSchemaId++;
  transaction.put(database.schemas, id, { id, name: statement.name, principalId: owner.id });
  for (const element of statement.elements) {
    const named = inSchema(element as Definition, statement.name);
    yield* execution.parts.definition.execute(named, execution);
  }
}

/** CREATE SCHEMA fails with its own number after the real one. */
function failed(error: SqlError, line: number): SqlError {
  const last = at(sqlError(2759), line);
  last.preceding = [at(error, line)];
  return last;
}

/** Elements are created in the new schema when they name none. */
function inSchema(element: Definition, schema: string): Definition {
  if (
    (element.kind === "create-table" || (element.kind as string) === "view") &&
    "name" in element &&
    typeof element.name === "object" &&
    element.name.parts.length === 1
  )
    return { ...element, name: { ...element.name, parts: [schema, element.name.parts[0]!] } } as Definition;
  if (element.kind === "permission" && element.securable && element.securable.name.parts.length === 1)
    return {
      ...element,
      securable: {
        ...element.securable,
        name: { ...element.securable.name, parts: [schema, element.securable.name.parts[0]!] },
      },
    };
  return element;
}

export function* transferObject(statement: Transfer, execution: Execution): Work<void> {
  const database = execution.frame.database;
  const { transaction } = execution.session;
  const schema = schemaOf(database, statement.schema);
  if (!schema) throw sqlError(15151, ["alter", "schema", statement.schema]);
  requirePermission("ALTER", { kind: "schema", schemaId: schema.id }, execution);
  if (statement.class === "TYPE") {
    const type = findUserType(statement.object.parts, database);
    if (!type) throw sqlError(15151, ["find", "type", shown(statement.object)]);
    for (const other of database.types.values())
      if (other !== type && other.schemaId === schema.id && database.key(other.name) === database.key(type.name))
        throw sqlError(15530, ["type", type.name]);
    transaction.set(type, "schemaId", schema.id);
    return;
  }
  if (statement.class !== "OBJECT")
    throw at(notImplemented(`ALTER SCHEMA TRANSFER ${statement.class}`), statement.line);
  const found = locate(statement.object, execution);
  if (!found || found.database !== database || !mayAlter(execution, database, found.object))
    throw sqlError(15151, ["find", "object", shown(statement.object)]);
  const { object } = found;
  if (object.isMsShipped) throw sqlError(15349);
  if (object.parentId !== 0) throw sqlError(15347);
  yield* lockObject(execution, database, object.id, "Sch-M");
  if (schemaBoundReferrers(database, object.id).length > 0 || (isModule(object) && object.schemaBound))
    throw sqlError(15348);
  if (database.objectNames.has(nameKey(database, schema.id, object.name)))
    throw sqlError(15530, ["object", object.name]);
  rename(database, object, object.name, schema.id, transaction);
  const properties = [...database.extendedProperties];
  dropDetails(database, object.id, transaction);
  // Only permissions are lost: extended properties follow the object.
  for (const property of properties)
    if (!database.extendedProperties.includes(property)) transaction.push(database.extendedProperties, property);
}

const fixedSchemas = new Set(["dbo", "guest", "sys", "information_schema"]);

export function dropSchema(name: string, ifExists: boolean, execution: Execution): void {
  const database = execution.frame.database;
  const { transaction } = execution.session;
  const schema = schemaOf(database, name);
  if (!schema) {
    if (ifExists) return;
    throw sqlError(15151, ["drop", "schema", name]);
  }
  if (!hasPermission(execution.session, "CONTROL", { kind: "schema", schemaId: schema.id }))
    throw sqlError(15151, ["drop", "schema", name]);
  if (fixedSchemas.has(schema.name.toLowerCase()) || schema.id >= 16384)
    throw sqlError(15150, ["drop", "schema", name]);
  const member = firstMember(database, schema.id);
  if (member !== undefined) throw sqlError(3729, ["drop schema", name, member]);
  transaction.remove(database.schemas, schema.id);
  for (let i = database.permissions.length - 1; i >= 0; i--) {
    const permission = database.permissions[i]!;
    if (permission.classId === 3 && permission.majorId === schema.id) transaction.splice(database.permissions, i, 1);
  }
  for (let i = database.extendedProperties.length - 1; i >= 0; i--) {
    const property = database.extendedProperties[i]!;
    if (property.classId === 3 && property.majorId === schema.id) transaction.splice(database.extendedProperties, i, 1);
  }
}

function firstMember(database: Database, schemaId: number): string | undefined {
  for (const object of database.objects.values())
    if (object.schemaId === schemaId && object.parentId === 0 && object.type !== "TT") return object.name;
  for (const type of database.types.values()) if (type.schemaId === schemaId) return type.name;
  return undefined;
}
