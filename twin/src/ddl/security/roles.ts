/**
 * Database roles and server roles. Rules: reference sheet "security" 4.
 * https://learn.microsoft.com/sql/t-sql/statements/alter-role-transact-sql
 */
import { randomBytes } from "node:crypto";
import { withGroups } from "../../security/identity";
import { holds } from "../../security/permissions";
import { sqlError } from "../../session/messages";
import type { Execution } from "../../session/runtime";
import type { Login, Principal } from "../../storage/model";
import { now } from "../../types/date-time";
import {
  findLogin,
  findPrincipal,
  isServerRoleMember,
  readOptions,
  removePermissions,
  textOf,
  type AlterPrincipal,
  type CreatePrincipal,
} from "./find";
import { dropFromDatabase } from "./principal-removal";

const PUBLIC = 0;
const SERVER_PUBLIC = 2;
const SPECIAL = new Set(["dbo", "INFORMATION_SCHEMA", "sys", "guest"]);

export function createRole(statement: CreatePrincipal, execution: Execution): void {
  const { session } = execution;
  const { database, transaction } = session;
  if (!holds(session, "CREATE ROLE", { class: "DATABASE", database })) throw sqlError(15247);
  const owner = statement.authorization === undefined ? session.user : findPrincipal(database, statement.authorization);
  if (!owner) throw sqlError(15151, ["find", "user", statement.authorization!]);
  if (findPrincipal(database, statement.name)) throw sqlError(15023, [statement.name]);
  const time = now();
  const id = database.nextPrincipalId;
  transaction.set(database, "nextPrincipalId", id + 1);
  transaction.put(database.principals, id, {
    id,
    name: statement.name,
    type: "R",
    sid: Uint8Array.from([1, 5, 0, 0, 0, 0, 0, 9, 4, 0, 0, 0, ...randomBytes(16)]),
    defaultSchema: null,
    authentication: "NONE",
    ownerId: owner.id,
    fixedRole: false,
    members: new Set<number>(),
    created: time,
    modified: time,
  });
}

export function alterRole(statement: AlterPrincipal, execution: Execution): void {
  const { session } = execution;
  const { database, transaction } = session;
  const role = findPrincipal(database, statement.name);
  if (!role || role.type !== "R") throw sqlError(15151, ["alter", "role", statement.name]);
  // Membership of a fixed role is for db_owner; the others follow ALTER on the role.
  const allowed = role.fixedRole
    ? holds(session, "CONTROL", { class: "DATABASE", database })
    : holds(session, "ALTER", { class: "ROLE", database, id: role.id });
  if (!allowed) throw sqlError(15151, ["alter", "role", statement.name]);
  if (statement.addMember === undefined && statement.dropMember === undefined) {
    const name = textOf(readOptions(statement.options, ["NAME"], "ALTER ROLE").get("NAME"));
    if (name === undefined) throw sqlError(102, ["WITH"]);
    if (role.fixedRole || role.id === PUBLIC) throw sqlError(15150, ["alter", "role", role.name]);
    const taken = findPrincipal(database, name);
    if (taken && taken !== role) throw sqlError(15023, [name]);
    transaction.set(role, "name", name);
  } else changeMember(role, statement, execution);
  transaction.set(role, "modified", now());
}

function changeMember(role: Principal, statement: AlterPrincipal, execution: Execution): void {
  const { database, transaction } = execution.session;
  const name = (statement.addMember ?? statement.dropMember)!;
  const adding = statement.addMember !== undefined;
  if (role.id === PUBLIC) throw sqlError(15081);
  const member = findPrincipal(database, name);
  if (!member) throw sqlError(15151, [adding ? "add" : "drop", "principal", name]);
  if (SPECIAL.has(member.name) || (member.type === "R" && member.id === PUBLIC)) throw sqlError(15405, [member.name]);
  if (member.fixedRole && adding) throw sqlError(15405, [member.name]);
  if (adding && member.type === "R" && withGroups(role.id, database.principals.values()).has(member.id))
    throw sqlError(15413);
  if (!adding && !role.members.has(member.id)) throw sqlError(15151, ["drop", "principal", name]);
  if (adding) transaction.set(role, "members", new Set([...role.members, member.id]));
  else transaction.set(role, "members", new Set([...role.members].filter((id) => id !== member.id)));
}

export function dropRole(name: string, execution: Execution): void {
  const { session } = execution;
  const { database } = session;
  const role = findPrincipal(database, name);
  if (!role || role.type !== "R") throw sqlError(15151, ["drop", "role", name]);
  if (role.fixedRole || role.id === PUBLIC) throw sqlError(15150, ["drop", "role", role.name]);
  if (
    !holds(session, "CONTROL", { class: "ROLE", database, id: role.id }) &&
    !holds(session, "ALTER ANY ROLE", { class: "DATABASE", database })
  )
    throw sqlError(15151, ["drop", "role", name]);
  if (role.members.size > 0) throw sqlError(15144);
  dropFromDatabase(role, execution);
}

export function createServerRole(statement: CreatePrincipal, execution: Execution): void {
  const { session } = execution;
  const { server, transaction } = session;
  if (!holds(session, "CREATE SERVER ROLE", { class: "SERVER" })) throw sqlError(15247);
  const owner =
    statement.authorization === undefined ? session.effectiveLogin : findLogin(server, statement.authorization);
  if (!owner) throw sqlError(15151, ["find", "login", statement.authorization!]);
  if (findLogin(server, statement.name)) throw sqlError(15025, [statement.name]);
  const time = now();
  const role: Login = {
    id: server.nextLoginId,
    name: statement.name,
    sid: Uint8Array.from([1, 5, 0, 0, 0, 0, 0, 9, 2, 0, 0, 0, ...randomBytes(16)]),
    type: "R",
    disabled: false,
    defaultDatabase: "master",
    defaultLanguage: "us_english",
    checkPolicy: false,
    checkExpiration: false,
    fixedRole: false,
    ownerId: owner.id,
    members: new Set<number>(),
    created: time,
    modified: time,
  };
  transaction.set(server, "nextLoginId", role.id + 1);
  transaction.put(server.logins, server.key(role.name), role);
}

export function alterServerRole(statement: AlterPrincipal, execution: Execution): void {
  const { session } = execution;
  const { server, transaction } = session;
  const role = findLogin(server, statement.name);
  const missing = (): Error => sqlError(15151, ["alter", "server role", statement.name]);
  if (!role || role.type !== "R") throw missing();
  const allowed =
    holds(session, "CONTROL SERVER", { class: "SERVER" }) ||
    (role.fixedRole
      ? isServerRoleMember(session, role.name)
      : holds(session, "ALTER", { class: "SERVER ROLE", id: role.id }) || role.ownerId === session.effectiveLogin.id);
  if (!allowed) throw missing();
  const name = statement.addMember ?? statement.dropMember;
  if (name === undefined) {
    const renamed = textOf(readOptions(statement.options, ["NAME"], "ALTER SERVER ROLE").get("NAME"));
    if (renamed === undefined) throw sqlError(102, ["WITH"]);
    if (role.fixedRole) throw sqlError(15150, ["alter", "server role", role.name]);
    const taken = findLogin(server, renamed);
    if (taken && taken !== role) throw sqlError(15025, [renamed]);
    transaction.remove(server.logins, server.key(role.name));
    transaction.set(role, "name", renamed);
    transaction.put(server.logins, server.key(renamed), role);
    return;
  }
  const adding = statement.addMember !== undefined;
  if (role.id === SERVER_PUBLIC) throw sqlError(15081);
  const member = findLogin(server, name);
  if (!member) throw sqlError(15151, [adding ? "add" : "drop", "principal", name]);
  if (member.fixedRole || member.id === 1) throw sqlError(15405, [member.name]);
  if (adding && withGroups(role.id, server.logins.values()).has(member.id)) throw sqlError(15413);
  if (!adding && !role.members.has(member.id)) throw sqlError(15151, ["drop", "principal", name]);
  if (adding) transaction.set(role, "members", new Set([...role.members, member.id]));
  else transaction.set(role, "members", new Set([...role.members].filter((id) => id !== member.id)));
  transaction.set(role, "modified", now());
}

export function dropServerRole(name: string, execution: Execution): void {
  const { session } = execution;
  const { server, transaction } = session;
  const role = findLogin(server, name);
  const missing = (): Error => sqlError(15151, ["drop", "server role", name]);
  if (!role || role.type !== "R") throw missing();
  if (role.fixedRole) throw sqlError(15150, ["drop", "server role", role.name]);
  if (
    !holds(session, "CONTROL", { class: "SERVER ROLE", id: role.id }) &&
    !holds(session, "ALTER ANY SERVER ROLE", { class: "SERVER" }) &&
    role.ownerId !== session.effectiveLogin.id
  )
    throw missing();
  if (role.members.size > 0) throw sqlError(15144);
  for (const other of server.logins.values())
    if (other.members.has(role.id))
      transaction.set(other, "members", new Set([...other.members].filter((id) => id !== role.id)));
  removePermissions(
    server.serverPermissions,
    (row) => row.granteeId === role.id || (row.classId === 101 && row.majorId === role.id),
    transaction,
  );
  transaction.remove(server.logins, server.key(role.name));
}
