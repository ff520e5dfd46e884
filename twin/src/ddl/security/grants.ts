/**
 * GRANT, DENY, REVOKE. Rules: reference sheet "security" 5.
 * https://learn.microsoft.com/sql/t-sql/statements/grant-transact-sql, .../deny-transact-sql, .../revoke-transact-sql
 */
import { databaseIdentity, serverIdentity } from "../../security/identity";
import { findPermission } from "../../security/permission-hierarchy";
import { holds } from "../../security/permissions";
import { sqlError } from "../../session/messages";
import type { Execution, Session } from "../../session/runtime";
import { notImplemented } from "../../session/sql-error";
import type { Database, DbObject, Permission } from "../../storage/model";
import type { Transaction } from "../../storage/transaction";
import { findColumn } from "../registry";
import { findLogin, findPrincipal, type PermissionStatement } from "./find";
import { targetOf, unknownPermission, type Target } from "./grant-target";

const DBO = 1;
const SA = 1;
const COLUMN_PERMISSIONS = new Set(["SELECT", "UPDATE", "REFERENCES"]);

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
