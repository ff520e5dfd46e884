/**
 * GRANT, DENY, REVOKE. Rules: reference sheet "security" 5.
 * https://learn.microsoft.com/sql/t-sql/statements/grant-transact-sql, .../deny-transact-sql, .../revoke-transact-sql
 */
import { databaseIdentity, serverIdentity } from "../../security/identity";
import { ownerOf, schemaOwner, typeOwner } from "../../security/ownership";
import { classIds, findPermission, isSecurableClass, type SecurableClass } from "../../security/permission-hierarchy";
import { holds, type Securable } from "../../security/permissions";
import { sqlError } from "../../session/messages";
import type { Execution, Session } from "../../session/runtime";
import { notImplemented } from "../../session/sql-error";
import type { Database, DbObject, Permission } from "../../storage/model";
import type { Transaction } from "../../storage/transaction";
import { findAssembly } from "../../clr/registered";
import { named } from "../../broker/built-in";
import { brokerObjects } from "../broker/owners";
import { locate, schemaOf, shown } from "../naming";
import { findColumn } from "../registry";
import { findUserType } from "../resolve-type";
import { findLogin, findPrincipal, type PermissionStatement } from "./find";

const DBO = 1;
const SA = 1;
const COLUMN_PERMISSIONS = new Set(["SELECT", "UPDATE", "REFERENCES"]);

interface Target {
  readonly securable: Securable;
  readonly classId: number;
  readonly majorId: number;
  /** Database principal or login that owns it. */
  readonly ownerId: number;
  readonly object?: DbObject;
  readonly label: readonly [kind: string, name: string];
  /** Where its rows are. */
  readonly rows: Permission[];
}

export function changePermissions(statement: PermissionStatement, execution: Execution): void {
  const { session } = execution;
  if (statement.permissions.some((permission) => permission.name === "ALL") && statement.permissions.length > 1)
    throw sqlError(102, ["ALL"]);
  const target = targetOf(statement, execution);
  for (const { name, columns } of expand(statement, target)) {
    if (!findPermission(target.securable.class, name)) throw unknownPermission(name, target.securable.class);
    const minorIds = columnIds(target, name, columns ?? statement.securable?.columns, session.database);
    requireFit(target, name);
    for (const principal of statement.principals) change(statement, target, name, minorIds, principal, session);
  }
}

const ROWS = ["SELECT", "INSERT", "UPDATE", "DELETE", "REFERENCES"];
/** Permissions on what an object holds or does, by its type; the others (ALTER, CONTROL ...) fit every object. Source: sql-docs, GRANT object permissions. */
const FITTING: Partial<Record<DbObject["type"], readonly string[]>> = {
  U: ROWS,
  "V ": ROWS,
  IF: ROWS,
  TF: ROWS,
  FT: ROWS,
  FS: ["EXECUTE", "REFERENCES"],
  AF: ["EXECUTE", "REFERENCES"],
  PC: ["EXECUTE"],
  FN: ["EXECUTE", "REFERENCES"],
  "P ": ["EXECUTE"],
  SO: ["UPDATE", "REFERENCES"],
  SN: ["SELECT", "INSERT", "UPDATE", "DELETE", "EXECUTE"],
};

function requireFit({ object }: Target, permission: string): void {
  const fitting = object && FITTING[object.type];
  if (fitting && (permission === "EXECUTE" || ROWS.includes(permission)) && !fitting.includes(permission))
    throw sqlError(4606, [permission]);
}

function unknownPermission(name: string, securableClass: SecurableClass): Error {
  const classes: SecurableClass[] = [
    "OBJECT",
    "SCHEMA",
    "DATABASE",
    "SERVER",
    "TYPE",
    "USER",
    "ROLE",
    "LOGIN",
    "SERVER ROLE",
    "SERVICE",
    "CONTRACT",
    "MESSAGE TYPE",
    "ROUTE",
    "REMOTE SERVICE BINDING",
    "ENDPOINT",
    "ASSEMBLY",
  ];
  const known = classes.some((one) => one !== securableClass && findPermission(one, name));
  return known ? sqlError(4606, [name]) : sqlError(102, [name.split(" ")[0]!]);
}

/** ALL stands for a fixed list: https://learn.microsoft.com/sql/t-sql/statements/grant-transact-sql, arguments. */
function expand(
  statement: PermissionStatement,
  target: Target,
): readonly { name: string; columns?: readonly string[] }[] {
  if (statement.permissions[0]!.name !== "ALL") return statement.permissions;
  return allOf(target).map((name) => ({ name }));
}

function allOf(target: Target): string[] {
  if (target.securable.class === "DATABASE")
    return [
      "BACKUP DATABASE",
      "BACKUP LOG",
      "CREATE DATABASE",
      "CREATE DEFAULT",
      "CREATE FUNCTION",
      "CREATE PROCEDURE",
      "CREATE RULE",
      "CREATE TABLE",
      "CREATE VIEW",
    ];
  switch (target.object?.type) {
    case "U":
    case "V ":
    case "IF":
    case "TF":
    case "FT":
      return ["DELETE", "INSERT", "REFERENCES", "SELECT", "UPDATE"];
    case "FN":
    case "FS":
    case "AF":
      return ["EXECUTE", "REFERENCES"];
    case "P ":
    case "PC":
      return ["EXECUTE"];
    case "SQ":
      throw notImplemented("GRANT ALL on a queue");
    default:
      throw sqlError(4606, ["ALL"]);
  }
}

function targetOf(statement: PermissionStatement, execution: Execution): Target {
  const { session } = execution;
  const { database, server } = session;
  const { securable } = statement;
  if (!securable) return wholeScope(statement, session);
  const name = shown(securable.name);
  const last = securable.name.parts.at(-1)!;
  const securableClass = securable.class;
  if (!isSecurableClass(securableClass))
    throw notImplemented(`${statement.verb.toUpperCase()} ... ON ${securable.class}::`);
  const missing = (kind: string): Error => sqlError(15151, ["find", kind, name]);
  switch (securableClass) {
    case "DATABASE": {
      if (database.key(last) !== database.key(database.name)) throw missing("database");
      return {
        securable: { class: "DATABASE", database },
        classId: 0,
        majorId: 0,
        ownerId: DBO,
        label: ["database", database.name],
        rows: database.permissions,
      };
    }
    case "SCHEMA": {
      const schema = schemaOf(database, last);
      if (!schema) throw missing("schema");
      return {
        securable: { class: "SCHEMA", database, id: schema.id },
        classId: 3,
        majorId: schema.id,
        ownerId: schemaOwner(database, schema.id),
        label: ["schema", schema.name],
        rows: database.permissions,
      };
    }
    case "OBJECT": {
      if (securable.name.parts.length > 1 && securable.name.parts.at(-2)!.toLowerCase() === "sys")
        throw notImplemented(`permissions on ${name}`);
      const found = locate(securable.name, execution);
      if (!found) throw missing("object");
      if (found.database !== database) throw sqlError(4610);
      const { object } = found;
      return {
        securable: { class: "OBJECT", database, id: object.id, schemaId: object.schemaId },
        classId: 1,
        majorId: object.id,
        ownerId: ownerOf(database, object),
        object,
        label: ["object", object.name],
        rows: database.permissions,
      };
    }
    case "TYPE": {
      const type = findUserType(securable.name.parts, database);
      if (!type) throw missing("type");
      return {
        securable: { class: "TYPE", database, id: type.id, schemaId: type.schemaId },
        classId: 6,
        majorId: type.id,
        ownerId: typeOwner(database, type),
        label: ["type", type.name],
        rows: database.permissions,
      };
    }
    case "USER":
    case "ROLE":
    case "APPLICATION ROLE": {
      const principal = findPrincipal(database, last);
      const fits =
        principal &&
        (principal.type === "R") === (securableClass === "ROLE") &&
        (principal.type === "A") === (securableClass === "APPLICATION ROLE");
      if (!fits) throw missing(securableClass.toLowerCase());
      return {
        securable: { class: securableClass, database, id: principal.id },
        classId: 4,
        majorId: principal.id,
        ownerId: principal.ownerId ?? principal.id,
        label: [securableClass.toLowerCase(), principal.name],
        rows: database.permissions,
      };
    }
    case "MESSAGE TYPE":
    case "CONTRACT":
    case "SERVICE":
    case "REMOTE SERVICE BINDING":
    case "ROUTE": {
      const found = named(brokerObjects[securableClass](database), name);
      if (!found) throw missing(securableClass.toLowerCase());
      return {
        securable: { class: securableClass, database, id: found.id },
        classId: classIds[securableClass]!,
        majorId: found.id,
        ownerId: found.principalId,
        label: [securableClass.toLowerCase(), found.name],
        rows: database.permissions,
      };
    }
    case "ASSEMBLY": {
      const found = findAssembly(database, last);
      if (!found) throw missing("assembly");
      return {
        securable: { class: "ASSEMBLY", database, id: found.id },
        classId: classIds.ASSEMBLY!,
        majorId: found.id,
        ownerId: found.principalId,
        label: ["assembly", found.name],
        rows: database.permissions,
      };
    }
    case "ENDPOINT": {
      if (database.id !== 1) throw sqlError(4621);
      const found = [...server.endpoints.values()].find((endpoint) => server.key(endpoint.name) === server.key(last));
      if (!found) throw missing("endpoint");
      return {
        securable: { class: "ENDPOINT", id: found.id },
        classId: classIds.ENDPOINT!,
        majorId: found.id,
        ownerId: found.principalId,
        label: ["endpoint", found.name],
        rows: server.serverPermissions,
      };
    }
    case "SERVER":
      return wholeScope(statement, session);
    case "LOGIN":
    case "SERVER ROLE": {
      if (database.id !== 1) throw sqlError(4621);
      const login = findLogin(server, last);
      if (!login || (login.type === "R") !== (securableClass === "SERVER ROLE"))
        throw missing(securableClass.toLowerCase());
      return {
        securable: { class: securableClass, id: login.id },
        classId: 101,
        majorId: login.id,
        ownerId: login.ownerId ?? SA,
        label: [securableClass.toLowerCase(), login.name],
        rows: server.serverPermissions,
      };
    }
    default:
      throw notImplemented(`${statement.verb.toUpperCase()} ... ON ${securableClass}::`);
  }
}

/** Without ON: the permissions say whether it is the server or the current database; both at once is 4620. */
function wholeScope(statement: PermissionStatement, { database, server }: Session): Target {
  const names = statement.permissions.map((permission) => permission.name);
  const onDatabase = names.filter((name) => name === "ALL" || findPermission("DATABASE", name));
  const onServer = names.filter((name) => findPermission("SERVER", name));
  for (const name of names)
    if (name !== "ALL" && !findPermission("DATABASE", name) && !findPermission("SERVER", name))
      throw unknownPermission(name, "DATABASE");
  if (onDatabase.length > 0 && onServer.length > 0) throw sqlError(4620);
  if (onServer.length === 0)
    return {
      securable: { class: "DATABASE", database },
      classId: 0,
      majorId: 0,
      ownerId: DBO,
      label: ["database", database.name],
      rows: database.permissions,
    };
  if (database.id !== 1) throw sqlError(4621);
  return {
    securable: { class: "SERVER" },
    classId: 100,
    majorId: 0,
    ownerId: SA,
    label: ["server", server.name],
    rows: server.serverPermissions,
  };
}

function columnIds(
  target: Target,
  permission: string,
  columns: readonly string[] | undefined,
  database: Database,
): number[] {
  if (!columns) return [0];
  const { object } = target;
  if (!object || !("columns" in object) || object.type === "F " || !COLUMN_PERMISSIONS.has(permission))
    throw sqlError(1020);
  const list = object.columns;
  return columns.map((name) => {
    const column = findColumn({ columns: list }, database, name);
    if (!column) throw sqlError(4615, [name]);
    return column.id;
  });
}

function change(
  statement: PermissionStatement,
  target: Target,
  permission: string,
  minorIds: readonly number[],
  principalName: string,
  session: Session,
): void {
  const grantee = granteeOf(principalName, target, session);
  const grantor = grantorOf(statement, target, permission, session);
  const { transaction } = session;
  for (const minorId of minorIds) {
    const key = (row: Permission): boolean =>
      row.classId === target.classId &&
      row.majorId === target.majorId &&
      row.minorId === minorId &&
      row.granteeId === grantee &&
      row.name === permission &&
      row.grantorId === grantor;
    const index = target.rows.findIndex(key);
    const existing = target.rows[index];
    // A grantable grant may have been handed on: taking it away needs CASCADE.
    if (existing?.state === "W" && statement.verb !== "grant" && !statement.cascade) throw sqlError(4611);
    if (existing?.state === "W" && statement.verb !== "grant") cascade(target, permission, grantee, transaction);
    const position = target.rows.findIndex(key);
    if (position >= 0) transaction.splice(target.rows, position, 1);
    // The object as a whole was named: what was said about its columns is over.
    if (minorId === 0 && target.classId === 1) clearColumns(target, permission, grantee, transaction);
    const state = stateAfter(statement, target, permission, grantee, minorId, existing);
    if (state)
      transaction.push(target.rows, {
        classId: target.classId,
        majorId: target.majorId,
        minorId,
        granteeId: grantee,
        grantorId: grantor,
        name: permission,
        state,
      });
  }
}

function stateAfter(
  statement: PermissionStatement,
  target: Target,
  permission: string,
  grantee: number,
  minorId: number,
  existing: Permission | undefined,
): Permission["state"] | undefined {
  if (statement.verb === "grant") return statement.withGrantOption || existing?.state === "W" ? "W" : "G";
  if (statement.verb === "deny") return "D";
  if (statement.grantOptionFor && existing?.state === "W") return "G";
  if (minorId === 0) return undefined;
  // REVOKE of one column under a grant of the whole object leaves a row of its own.
  const whole = target.rows.some(
    (row) =>
      row.classId === 1 &&
      row.majorId === target.majorId &&
      row.minorId === 0 &&
      row.granteeId === grantee &&
      row.name === permission &&
      (row.state === "G" || row.state === "W"),
  );
  return whole ? "R" : undefined;
}

function clearColumns(target: Target, permission: string, grantee: number, transaction: Transaction): void {
  for (let i = target.rows.length - 1; i >= 0; i--) {
    const row = target.rows[i]!;
    if (
      row.classId === 1 &&
      row.majorId === target.majorId &&
      row.minorId !== 0 &&
      row.granteeId === grantee &&
      row.name === permission
    )
      transaction.splice(target.rows, i, 1);
  }
}

/** Takes away what `grantorId` gave, and what those gave on. */
function cascade(target: Target, permission: string, grantorId: number, transaction: Transaction): void {
  for (;;) {
    const index = target.rows.findIndex(
      (row) =>
        row.classId === target.classId &&
        row.majorId === target.majorId &&
        row.name === permission &&
        row.grantorId === grantorId &&
        row.granteeId !== grantorId,
    );
    if (index < 0) return;
    const [row] = transaction.splice(target.rows, index, 1);
    if (row!.state === "W") cascade(target, permission, row!.granteeId, transaction);
  }
}

function isServerScope(target: Target): boolean {
  return target.classId >= 100;
}

function granteeOf(name: string, target: Target, session: Session): number {
  if (isServerScope(target)) {
    const login = findLogin(session.server, name);
    if (!login) throw sqlError(15151, ["find", "login", name]);
    if (login.id === SA || login === session.effectiveLogin || login.id === target.ownerId) throw sqlError(4624);
    if (login.fixedRole && login.name !== "public") throw sqlError(4617);
    return login.id;
  }
  const { database } = session;
  const principal = findPrincipal(database, name);
  if (!principal) throw sqlError(15151, ["find", "user", name]);
  if (
    principal.id === DBO ||
    principal.name === "sys" ||
    principal.name === "INFORMATION_SCHEMA" ||
    principal === session.user ||
    principal.id === target.ownerId
  )
    throw sqlError(4624);
  if (principal.fixedRole) throw sqlError(4617);
  return principal.id;
}

/** The one named with AS; the user itself when it owns the thing or may grant on; otherwise the owner, for whom it acts. Errors: 15151. */
function grantorOf(statement: PermissionStatement, target: Target, permission: string, session: Session): number {
  const refused = (): Error => sqlError(15151, ["find", ...target.label]);
  if (isServerScope(target)) {
    const identity = serverIdentity(session);
    if (!identity) throw refused();
    if (statement.as !== undefined) {
      const as = session.server.logins.get(session.server.key(statement.as));
      if (!as) throw sqlError(15151, ["find", "login", statement.as]);
      const mayBeAnybody = identity.isSysadmin || holds(session, "CONTROL SERVER", { class: "SERVER" });
      if (!mayBeAnybody && !identity.ids.has(as.id)) throw refused();
      return as.id;
    }
    if (identity.isSysadmin || identity.ids.has(target.ownerId)) return SA;
    if (grantable(target, permission, identity.ids)) return identity.login.id;
    if (holds(session, "CONTROL SERVER", { class: "SERVER" })) return SA;
    throw target.classId === 100 ? sqlError(4613) : refused();
  }
  const { database } = session;
  const identity = databaseIdentity(session, database);
  if (!identity) throw refused();
  const control = identity.isDbo || holds(session, "CONTROL", target.securable);
  if (statement.as !== undefined) {
    const as = findPrincipal(database, statement.as);
    if (!as) throw sqlError(15151, ["find", "user", statement.as]);
    if (!control && !identity.ids.has(as.id)) throw refused();
    return as.id;
  }
  if (identity.ids.has(target.ownerId) && !identity.isDbo) return target.ownerId;
  if (control) return target.ownerId;
  if (grantable(target, permission, identity.ids)) return identity.user.id;
  throw target.classId === 0 ? sqlError(4613) : refused();
}

function grantable(target: Target, permission: string, ids: ReadonlySet<number>): boolean {
  return target.rows.some(
    (row) =>
      row.classId === target.classId &&
      row.majorId === target.majorId &&
      row.name === permission &&
      row.state === "W" &&
      ids.has(row.granteeId),
  );
}
