/**
 * Who acts: the principals whose permissions count, on the server and in one database.
 * https://learn.microsoft.com/sql/relational-databases/security/permissions-database-engine, summary of the permission check algorithm
 */
import type { Session } from "../session/runtime";
import type { Database, Login, Principal, SqlServer } from "../storage/model";

const PUBLIC = 0;
const DBO = 1;
const GUEST = 2;
const SERVER_PUBLIC = 2;

export interface DatabaseIdentity {
  readonly user: Principal;
  /** The user, its roles and theirs, and public. */
  readonly ids: ReadonlySet<number>;
  /** dbo passes every check. */
  readonly isDbo: boolean;
}

export interface ServerIdentity {
  readonly login: Login;
  readonly ids: ReadonlySet<number>;
  readonly isSysadmin: boolean;
}

export function sameSid(a: Uint8Array | null | undefined, b: Uint8Array | null | undefined): boolean {
  return !!a && !!b && a.length === b.length && a.every((byte, i) => byte === b[i]);
}

/** A principal and every group that it is in, through other groups too. */
export function withGroups(id: number, groups: Iterable<{ id: number; members: ReadonlySet<number> }>): Set<number> {
  const list = [...groups].filter((group) => group.members.size > 0);
  const ids = new Set([id]);
  for (let before = 0; before !== ids.size;) {
    before = ids.size;
    for (const group of list)
      if (!ids.has(group.id) && [...group.members].some((member) => ids.has(member))) ids.add(group.id);
  }
  return ids;
}

export function loginIds(server: SqlServer, login: Login): Set<number> {
  return withGroups(login.id, server.logins.values()).add(SERVER_PUBLIC);
}

export function isMemberOfServerRole(server: SqlServer, login: Login, role: string): boolean {
  const found = server.logins.get(server.key(role));
  return found !== undefined && loginIds(server, login).has(found.id);
}

export function isSysadmin(server: SqlServer, login: Login): boolean {
  return isMemberOfServerRole(server, login, "sysadmin");
}

export function principalIds(database: Database, principal: Principal): Set<number> {
  return withGroups(principal.id, database.principals.values()).add(PUBLIC);
}

/** The user that a login is in a database: dbo for sysadmins and the owner, its own user, guest where guest may connect; else undefined. */
export function userOf(login: Login, server: SqlServer, database: Database): Principal | undefined {
  if (isSysadmin(server, login) || sameSid(database.ownerSid, login.sid)) return database.principals.get(DBO);
  for (const principal of database.principals.values()) if (sameSid(principal.sid, login.sid)) return principal;
  const mayConnect = database.permissions.some(
    (p) => p.classId === 0 && p.granteeId === GUEST && p.name === "CONNECT" && p.state !== "D",
  );
  return mayConnect ? database.principals.get(GUEST) : undefined;
}

/** undefined: the session cannot enter the database. An impersonated database user stays in its own database. */
export function databaseIdentity(session: Session, database: Database): DatabaseIdentity | undefined {
  const user =
    database === session.database
      ? session.user
      : serverIdentity(session) && userOf(session.effectiveLogin, session.server, database);
  return user && { user, ids: principalIds(database, user), isDbo: user.id === DBO };
}

/** undefined under EXECUTE AS USER: the rights of the login behind the session do not count then. */
export function serverIdentity(session: Session): ServerIdentity | undefined {
  const { effectiveLogin: login, server, user, database } = session;
  const admin = isSysadmin(server, login);
  const itself =
    user.id === DBO
      ? admin || sameSid(database.ownerSid, login.sid)
      : user.id === GUEST || sameSid(user.sid, login.sid);
  if (!itself || (admin && user.id !== DBO)) return undefined;
  return { login, ids: loginIds(server, login), isSysadmin: admin };
}
