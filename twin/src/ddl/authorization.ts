/** ALTER AUTHORIZATION. A new owner ends the permissions that were granted on the entity. Source: sql-docs, ALTER AUTHORIZATION. */
import { findAssembly } from "../clr/registered";
import type { Definition } from "../language/ast";
import { holds } from "../security/permissions";
import { sqlError } from "../session/messages";
import type { Execution, Work } from "../session/runtime";
import { notImplemented } from "../session/sql-error";
import type { Database, Principal } from "../storage/model";
import { brokerOwner, endpointOwner, isBrokerClass } from "./broker/owners";
import { isSystemDatabase } from "./database/access";
import { lockObject } from "./locking";
import { at, lastPart, locate, schemaOf, shown } from "./naming";
import { hasPermission, objectTarget, requirePermission } from "./permission";
import { findUserType } from "./resolve-type";
import { findPrincipal } from "./schema";

type Statement = Extract<Definition, { kind: "alter-authorization" }>;

export function* alterAuthorization(statement: Statement, execution: Execution): Work<void> {
  if (isBrokerClass(statement.securable.class)) return brokerOwner(statement, execution);
  if (statement.securable.class === "ENDPOINT") return endpointOwner(statement, execution);
  const change = changes[statement.securable.class];
  if (!change) throw at(notImplemented(`ALTER AUTHORIZATION ON ${statement.securable.class}`), statement.line);
  yield* change(statement, execution);
}

const changes: Record<string, ((statement: Statement, execution: Execution) => Work<void>) | undefined> = {
  OBJECT: objectOwner,
  SCHEMA: schemaOwner,
  TYPE: typeOwner,
  ROLE: roleOwner,
  DATABASE: databaseOwner,
  ASSEMBLY: assemblyOwner,
};

/** null: the owner of the schema. */
function ownerOf(statement: Statement, database: Database): Principal | null {
  if (statement.owner === "schema-owner") return null;
  const principal = findPrincipal(database, statement.owner);
  if (!principal) throw at(sqlError(15151, ["find", "principal", statement.owner]), statement.line);
  return principal;
}

function requireOwner(statement: Statement, database: Database): Principal {
  const owner = ownerOf(statement, database);
  if (!owner) throw at(sqlError(102, ["SCHEMA"]), statement.line);
  return owner;
}

function missing(statement: Statement): Error {
  const { securable } = statement;
  return at(sqlError(15151, ["find", securable.class.toLowerCase(), shown(securable.name)]), statement.line);
}

function revokeAll(database: Database, classId: number, majorId: number, execution: Execution): void {
  for (let i = database.permissions.length - 1; i >= 0; i--) {
    const permission = database.permissions[i]!;
    if (permission.classId === classId && permission.majorId === majorId)
      execution.session.transaction.splice(database.permissions, i, 1);
  }
}

function* objectOwner(statement: Statement, execution: Execution): Work<void> {
  const { database } = execution.frame;
  const found = locate(statement.securable.name, execution);
  if (
    !found ||
    found.database !== database ||
    !hasPermission(execution.session, "TAKE OWNERSHIP", objectTarget(found.object))
  )
    throw missing(statement);
  const { object } = found;
  if (object.parentId !== 0) throw at(sqlError(15346), statement.line);
  const owner = ownerOf(statement, database);
  yield* lockObject(execution, database, object.id, "Sch-M");
  execution.session.transaction.set(object, "principalId", owner ? owner.id : null);
  revokeAll(database, 1, object.id, execution);
}

// eslint-disable-next-line require-yield -- one of several that the table holds
function* schemaOwner(statement: Statement, execution: Execution): Work<void> {
  const { database } = execution.frame;
  const schema = schemaOf(database, lastPart(statement.securable.name));
  if (!schema || !hasPermission(execution.session, "TAKE OWNERSHIP", { kind: "schema", schemaId: schema.id }))
    throw missing(statement);
  if (schema.id <= 4 || schema.id >= 16384) throw at(sqlError(15150, ["alter", "schema", schema.name]), statement.line);
  execution.session.transaction.set(schema, "principalId", requireOwner(statement, database).id);
  revokeAll(database, 3, schema.id, execution);
}

// eslint-disable-next-line require-yield -- one of several that the table holds
function* typeOwner(statement: Statement, execution: Execution): Work<void> {
  const { database } = execution.frame;
  const type = findUserType(statement.securable.name.parts, database);
  if (!type || !hasPermission(execution.session, "TAKE OWNERSHIP", { kind: "type", typeId: type.id }))
    throw missing(statement);
  const owner = ownerOf(statement, database);
  execution.session.transaction.set(type, "principalId", owner ? owner.id : null);
  revokeAll(database, 6, type.id, execution);
}

// eslint-disable-next-line require-yield -- one of several that the table holds
function* assemblyOwner(statement: Statement, execution: Execution): Work<void> {
  const { database } = execution.frame;
  const assembly = findAssembly(database, lastPart(statement.securable.name));
  if (!assembly || !holds(execution.session, "TAKE OWNERSHIP", { class: "ASSEMBLY", database, id: assembly.id }))
    throw missing(statement);
  execution.session.transaction.set(assembly, "principalId", requireOwner(statement, database).id);
  revokeAll(database, 5, assembly.id, execution);
}

// eslint-disable-next-line require-yield -- one of several that the table holds
function* roleOwner(statement: Statement, execution: Execution): Work<void> {
  const { database } = execution.frame;
  const role = findPrincipal(database, lastPart(statement.securable.name));
  if (role?.type !== "R") throw missing(statement);
  requirePermission("ALTER ANY ROLE", { kind: "database", database }, execution);
  if (role.fixedRole || role.id === 0) throw at(sqlError(15150, ["alter", "role", role.name]), statement.line);
  execution.session.transaction.set(role, "ownerId", requireOwner(statement, database).id);
  revokeAll(database, 4, role.id, execution);
}

// eslint-disable-next-line require-yield -- one of several that the table holds
function* databaseOwner(statement: Statement, execution: Execution): Work<void> {
  const { server, transaction } = execution.session;
  const name = lastPart(statement.securable.name);
  const database = server.databases.get(server.key(name));
  if (!database || !hasPermission(execution.session, "TAKE OWNERSHIP", { kind: "database", database }))
    throw missing(statement);
  if (isSystemDatabase(database)) throw at(sqlError(15109), statement.line);
  const login = statement.owner === "schema-owner" ? undefined : server.logins.get(server.key(statement.owner));
  if (!login || login.type === "R") throw at(sqlError(15151, ["find", "principal", statement.owner]), statement.line);
  const sid = Buffer.from(login.sid);
  for (const principal of database.principals.values())
    if (principal.id !== 1 && principal.sid && sid.equals(principal.sid)) throw at(sqlError(15110), statement.line);
  transaction.set(database, "ownerSid", login.sid);
  const dbo = database.principals.get(1)!;
  transaction.set(dbo, "sid", login.sid);
}
