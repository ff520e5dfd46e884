/**
 * The permission check: a DENY anywhere on the way up wins, then any GRANT that implies what is asked for; owners, dbo and
 * sysadmin pass. Column rows decide before the object's.
 * https://learn.microsoft.com/sql/relational-databases/security/permissions-database-engine
 */
import { sqlError } from "../session/messages";
import "../session/messages/security";
import "../session/messages/session";
import type { Frame, PermissionTarget, Session } from "../session/runtime";
import { notImplemented, type SqlError } from "../session/sql-error";
import type { Database, Permission, Principal } from "../storage/model";
import { databaseIdentity, serverIdentity, type DatabaseIdentity, type ServerIdentity } from "./identity";
import { isChained, ownerOf, schemaOwner, typeOwner } from "./ownership";
import { fixedDatabaseRoles, fixedServerRoles } from "./fixed-roles";
import { classIds, findPermission, implying, type SecurableClass } from "./permission-hierarchy";

/** One thing on which a permission can stand, with the things around it. */
export type Securable =
  | { class: "SERVER" }
  | { class: "LOGIN" | "SERVER ROLE"; id: number }
  | { class: "DATABASE"; database: Database }
  | { class: "SCHEMA"; database: Database; id: number }
  | { class: "OBJECT"; database: Database; id: number; schemaId: number }
  | { class: "TYPE"; database: Database; id: number; schemaId: number }
  | { class: "USER" | "ROLE" | "APPLICATION ROLE"; database: Database; id: number }
  | { class: BrokerClass; database: Database; id: number }
  | { class: "ASSEMBLY"; database: Database; id: number }
  | { class: "ENDPOINT"; id: number };

/** Service Broker's classes of a database; a queue is an object. */
export type BrokerClass = Extract<
  SecurableClass,
  "MESSAGE TYPE" | "CONTRACT" | "SERVICE" | "REMOTE SERVICE BINDING" | "ROUTE"
>;

type Verdict = "granted" | "denied" | "none";

const CHAINED = new Set(["SELECT", "INSERT", "UPDATE", "DELETE", "EXECUTE"]);

export function securableOf(target: PermissionTarget, session: Session): Securable {
  switch (target.kind) {
    case "server":
      return { class: "SERVER" };
    case "database":
      return { class: "DATABASE", database: target.database };
    case "schema":
      return { class: "SCHEMA", database: session.database, id: target.schemaId };
    case "object":
      return {
        class: "OBJECT",
        database: target.database ?? session.database,
        id: target.objectId,
        schemaId: target.schemaId,
      };
    case "type":
      return {
        class: "TYPE",
        database: session.database,
        id: target.typeId,
        schemaId: session.database.types.get(target.typeId)?.schemaId ?? 1,
      };
  }
}

/** Whether the session's principals hold a permission on a securable as a whole. */
export function holds(session: Session, permission: string, securable: Securable): boolean {
  return verdict(session, permission, securable) === "granted";
}

export function hasPermission(session: Session, permission: string, target: PermissionTarget): boolean {
  const securable = securableOf(target, session);
  const whole = verdict(session, permission, securable);
  if (target.kind !== "object" || securable.class !== "OBJECT" || !target.columnIds || target.columnIds.length === 0)
    return whole === "granted";
  return refusedColumn(session, permission, securable, target.columnIds, whole) === undefined;
}

/** Something is said about single columns, so that the answer depends on which ones are used. */
export function isByColumn(
  session: Session,
  permission: string,
  target: Extract<PermissionTarget, { kind: "object" }>,
): boolean {
  const database = target.database ?? session.database;
  return (
    columnRows(session, permission, { class: "OBJECT", database, id: target.objectId, schemaId: target.schemaId })
      .length > 0
  );
}

/**
 * Throws 229 or 230 or 916 (object, column), 262 (database), 2760 or 15151 (schema), 15247, 262 or 300 with 297 (server).
 * With the frame of a module, an unbroken ownership chain passes.
 */
export function demandPermission(
  session: Session,
  permission: string,
  target: PermissionTarget,
  frame?: Pick<Frame, "module" | "database">,
): void {
  if (
    target.kind === "object" &&
    frame?.module &&
    CHAINED.has(permission) &&
    isChained(frame.database, frame.module, target.objectId)
  )
    return;
  if (target.kind === "object") {
    const database = target.database ?? session.database;
    if (!databaseIdentity(session, database)) throw sqlError(916, [session.effectiveLogin.name, database.name]);
    const securable = { class: "OBJECT" as const, database, id: target.objectId, schemaId: target.schemaId };
    // Without the columns that are used the answer could be wrong either way.
    if (!target.columnIds && columnRows(session, permission, securable).length > 0) {
      throw notImplemented(`column permissions on ${target.name} in this statement`);
    }
  }
  if (!hasPermission(session, permission, target)) throw refusal(session, permission, target);
}

function refusal(session: Session, permission: string, target: PermissionTarget): SqlError {
  switch (target.kind) {
    case "server":
      return serverRefusal(permission);
    case "database":
      return sqlError(262, [permission, target.database.name]);
    case "schema": {
      const name = session.database.schemas.get(target.schemaId)?.name ?? String(target.schemaId);
      return permission === "ALTER" ? sqlError(2760, [name]) : sqlError(15151, ["find", "schema", name]);
    }
    case "type": {
      const type = session.database.types.get(target.typeId);
      return sqlError(229, [
        permission,
        type?.name ?? "",
        session.database.name,
        session.database.schemas.get(type?.schemaId ?? 1)?.name ?? "dbo",
      ]);
    }
    case "object": {
      const database = target.database ?? session.database;
      const schema = database.schemas.get(target.schemaId)?.name ?? "dbo";
      const column = partlyRefused(session, permission, target, database);
      return column === undefined
        ? sqlError(229, [permission, target.name, database.name, schema])
        : sqlError(230, [permission, column, target.name, database.name, schema]);
    }
  }
}

/** DMVs answer 300 and then 297; CREATE DATABASE answers for master. */
function serverRefusal(permission: string): SqlError {
  if (permission === "CREATE ANY DATABASE") return sqlError(262, ["CREATE DATABASE", "master"]);
  if (!permission.startsWith("VIEW ")) return sqlError(15247);
  const last = sqlError(297);
  last.preceding = [sqlError(300, [permission, "server", "master"])];
  return last;
}

/** The column that is refused while others of the object are not. */
function partlyRefused(
  session: Session,
  permission: string,
  target: Extract<PermissionTarget, { kind: "object" }>,
  database: Database,
): string | undefined {
  const { columnIds = [] } = target;
  const securable: Securable = { class: "OBJECT", database, id: target.objectId, schemaId: target.schemaId };
  const whole = verdict(session, permission, securable);
  const refused = refusedColumn(session, permission, securable, columnIds, whole);
  const object = database.objects.get(target.objectId);
  if (refused === undefined || !object || !("columns" in object) || object.type === "F ") return undefined;
  // Without a row for some column the answer is about the object.
  if (columnRows(session, permission, securable).length === 0) return undefined;
  return object.columns.find((column) => column.id === refused)?.name;
}

function columnRows(
  session: Session,
  permission: string,
  securable: Extract<Securable, { class: "OBJECT" }>,
): Permission[] {
  const identity = databaseIdentity(session, securable.database);
  if (!identity || identity.isDbo) return [];
  return securable.database.permissions.filter(
    (row) =>
      row.classId === 1 &&
      row.majorId === securable.id &&
      row.minorId !== 0 &&
      row.name === permission &&
      identity.ids.has(row.granteeId),
  );
}

function refusedColumn(
  session: Session,
  permission: string,
  securable: Extract<Securable, { class: "OBJECT" }>,
  columnIds: readonly number[],
  whole: Verdict,
): number | undefined {
  const rows = columnRows(session, permission, securable);
  return columnIds.find((id) => {
    const own = rows.filter((row) => row.minorId === id);
    if (own.some((row) => row.state === "D")) return true;
    if (own.some((row) => row.state === "G" || row.state === "W")) return false;
    return own.some((row) => row.state === "R") || whole !== "granted";
  });
}

function verdict(session: Session, permission: string, securable: Securable): Verdict {
  if (!findPermission(securable.class, permission))
    throw new Error(`no permission ${permission} on ${securable.class}`);
  const server = serverIdentity(session);
  if (server?.isSysadmin) return "granted";
  const closure = implying(securable.class, permission);
  const verdicts: Verdict[] = [];
  if ("database" in securable) {
    const identity = databaseIdentity(session, securable.database);
    // Who cannot enter the database has no rights in it, but may have some on it.
    if (!identity && securable.class !== "DATABASE") return "none";
    if (identity?.isDbo) return "granted";
    if (identity) {
      if (owns(securable, identity)) return "granted";
      verdicts.push(inDatabase(identity, securable, closure));
    }
  }
  if (server) verdicts.push(onServer(session, server, securable, closure));
  return verdicts.includes("denied") ? "denied" : verdicts.includes("granted") ? "granted" : "none";
}

const brokerMaps: Record<BrokerClass, (database: Database) => ReadonlyMap<number, { principalId: number }>> = {
  "MESSAGE TYPE": (database) => database.messageTypes,
  CONTRACT: (database) => database.contracts,
  SERVICE: (database) => database.services,
  "REMOTE SERVICE BINDING": (database) => database.remoteServiceBindings,
  ROUTE: (database) => database.routes,
};

function owns(securable: Securable, identity: DatabaseIdentity): boolean {
  switch (securable.class) {
    case "OBJECT": {
      const object = securable.database.objects.get(securable.id);
      return object !== undefined && identity.ids.has(ownerOf(securable.database, object));
    }
    case "TYPE": {
      const type = securable.database.types.get(securable.id);
      return type !== undefined && identity.ids.has(typeOwner(securable.database, type));
    }
    case "SCHEMA":
      return identity.ids.has(schemaOwner(securable.database, securable.id));
    case "MESSAGE TYPE":
    case "CONTRACT":
    case "SERVICE":
    case "REMOTE SERVICE BINDING":
    case "ROUTE": {
      const owner = brokerMaps[securable.class](securable.database).get(securable.id)?.principalId;
      return owner !== undefined && identity.ids.has(owner);
    }
    case "ASSEMBLY": {
      const owner = securable.database.assemblies.get(securable.id)?.principalId;
      return owner !== undefined && identity.ids.has(owner);
    }
    case "ROLE": {
      const owner = securable.database.principals.get(securable.id)?.ownerId;
      return owner != null && identity.ids.has(owner);
    }
    default:
      return false;
  }
}

function inDatabase(
  identity: DatabaseIdentity,
  securable: Extract<Securable, { database: Database }>,
  closure: ReadonlyMap<SecurableClass, ReadonlySet<string>>,
): Verdict {
  const { database } = securable;
  let granted = false;
  for (const row of database.permissions) {
    if (row.minorId !== 0 || !identity.ids.has(row.granteeId)) continue;
    if (!applies(row, securable, closure)) continue;
    if (row.state === "D") return "denied";
    granted = true;
  }
  const names = closure.get("DATABASE");
  for (const [role, { grants = [], denies = [] }] of Object.entries(fixedDatabaseRoles)) {
    if (!names || !inRole(database, identity, role)) continue;
    if (denies.some((name) => names.has(name))) return "denied";
    granted ||= grants.some((name) => names.has(name));
  }
  const schema = closure.get("SCHEMA");
  if (schema?.has("CONTROL") && "schemaId" in securable && identity.ids.has(schemaOwner(database, securable.schemaId)))
    granted = true;
  return granted ? "granted" : "none";
}

function inRole(database: Database, identity: DatabaseIdentity, name: string): boolean {
  for (const id of identity.ids) {
    const principal: Principal | undefined = database.principals.get(id);
    if (principal?.fixedRole && principal.name === name) return true;
  }
  return false;
}

function applies(
  row: Permission,
  securable: Extract<Securable, { database: Database }>,
  closure: ReadonlyMap<SecurableClass, ReadonlySet<string>>,
): boolean {
  if (row.classId === 0) return closure.get("DATABASE")?.has(row.name) ?? false;
  if (row.classId === 3 && securable.class !== "SCHEMA")
    return (
      "schemaId" in securable && row.majorId === securable.schemaId && (closure.get("SCHEMA")?.has(row.name) ?? false)
    );
  if (securable.class === "DATABASE" || row.classId !== classIds[securable.class]) return false;
  return row.majorId === securable.id && (closure.get(securable.class)?.has(row.name) ?? false);
}

function onServer(
  session: Session,
  identity: ServerIdentity,
  securable: Securable,
  closure: ReadonlyMap<SecurableClass, ReadonlySet<string>>,
): Verdict {
  const { server } = session;
  const names = closure.get("SERVER");
  let granted = false;
  for (const row of server.serverPermissions) {
    if (!identity.ids.has(row.granteeId)) continue;
    const own =
      "id" in securable &&
      !("database" in securable) &&
      row.classId === classIds[securable.class] &&
      row.majorId === securable.id &&
      closure.get(securable.class)?.has(row.name);
    if (!own && !(row.classId === 100 && names?.has(row.name))) continue;
    if (row.state === "D") return "denied";
    granted = true;
  }
  for (const [role, grants] of Object.entries(fixedServerRoles)) {
    const found = server.logins.get(server.key(role));
    if (found && identity.ids.has(found.id) && grants.some((name) => names?.has(name))) granted = true;
  }
  return granted ? "granted" : "none";
}
