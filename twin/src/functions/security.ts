/** Logins, users, memberships, permissions. https://learn.microsoft.com/sql/t-sql/functions/security-functions-transact-sql */
import {
  databaseIdentity,
  isMemberOfServerRole,
  principalIds,
  sameSid,
  serverIdentity,
  userOf,
} from "../security/identity";
import { findPermission, isSecurableClass, permissionsOf } from "../security/permission-hierarchy";
import { hasPermission, holds } from "../security/permissions";
import { findSecurable } from "../security/securable-names";
import { findPrincipal } from "../ddl/schema";
import { hashPassword, verifyPassword } from "../security/passwords";
import type { Session } from "../session/runtime";
import { notImplemented } from "../session/sql-error";
import type { Login, Principal } from "../storage/model";
import { INT, SQL_VARIANT, nvarchar, varbinary } from "../types/format-type";
import type { SqlType } from "../types/sql-type";
import { Variant, type SqlValue } from "../types/value";
import { always, asInt, asText, defineFamily } from "./arguments";
import type { FunctionContext } from "./registry";
import { sessionOf } from "./session-context";

const SOURCE = "https://learn.microsoft.com/sql/t-sql/functions/security-functions-transact-sql";
const NAME = nvarchar(128);
const SALT = 16;

type Values = readonly SqlValue[];
type Types = readonly SqlType[];

const text = (values: Values, types: Types, i: number): string | null =>
  values[i] === undefined || values[i] === null ? null : asText(values[i], types[i]!);
const integer = (values: Values, types: Types, i: number): number | null =>
  values[i] === undefined || values[i] === null ? null : asInt(values[i], types[i]!);

function loginNamed(session: Session, name: string): Login | undefined {
  return session.server.logins.get(session.server.key(name));
}

function loginById(session: Session, id: number): Login | undefined {
  for (const login of session.server.logins.values()) if (login.id === id) return login;
  return undefined;
}

function principalById(session: Session, id: number): Principal | undefined {
  return session.database.principals.get(id);
}

/** SUSER_SNAME(sid), SUSER_NAME(id): without an argument the login in force. */
function loginName(values: Values, context: FunctionContext): string | null {
  const session = sessionOf(context);
  const wanted = values[0];
  if (wanted === undefined) return session.effectiveLogin.name;
  if (wanted === null) return null;
  if (wanted instanceof Uint8Array) {
    for (const login of session.server.logins.values()) if (sameSid(login.sid, wanted)) return login.name;
    return null;
  }
  return null;
}

function isMember(session: Session, name: string): number | null {
  const role = findPrincipal(session.database, name);
  if (role?.type !== "R") return null;
  const identity = databaseIdentity(session, session.database);
  if (!identity) return 0;
  // dbo is in db_owner by definition, and a member of nothing else.
  if (identity.isDbo) return role.name === "db_owner" || role.id === 0 || identity.ids.has(role.id) ? 1 : 0;
  return identity.ids.has(role.id) ? 1 : 0;
}

function isRoleMember(session: Session, roleName: string, memberName: string | null): number | null {
  if (memberName === null) return isMember(session, roleName);
  const role = findPrincipal(session.database, roleName);
  const member = findPrincipal(session.database, memberName);
  if (role?.type !== "R" || !member) return null;
  return principalIds(session.database, member).has(role.id) ? 1 : 0;
}

function isServerRoleMember(session: Session, roleName: string, name: string | null): number | null {
  const role = loginNamed(session, roleName);
  const login = name === null ? session.effectiveLogin : loginNamed(session, name);
  if (role?.type !== "R" || !login) return null;
  if (name === null && !serverIdentity(session)) return 0;
  // A sysadmin counts as a member of every fixed role.
  const admin = role.fixedRole && isMemberOfServerRole(session.server, login, "sysadmin");
  return admin || isMemberOfServerRole(session.server, login, role.name) ? 1 : 0;
}

/** 1, 0, or NULL for a securable, class or permission that does not exist. */
function hasPermissionByName(values: Values, types: Types, context: FunctionContext): number | null {
  const session = sessionOf(context);
  const securableClass = (text(values, types, 1) ?? "SERVER").trim().toUpperCase();
  const permission = text(values, types, 2)?.trim().toUpperCase();
  const sub = text(values, types, 3);
  const subClass = text(values, types, 4)?.trim().toUpperCase();
  if (permission === undefined || !isSecurableClass(securableClass)) return null;
  const securable = findSecurable(session, securableClass, text(values, types, 0));
  if (!securable) return null;
  if (sub !== null) {
    if (subClass !== "COLUMN" || securable.class !== "OBJECT") return null;
    const { database } = securable;
    const object = database.objects.get(securable.id);
    if (!object || !("columns" in object) || object.type === "F " || !findPermission("OBJECT", permission)) return null;
    const column = object.columns.find((one) => database.key(one.name) === database.key(sub));
    const target = {
      kind: "object" as const,
      objectId: object.id,
      schemaId: object.schemaId,
      name: object.name,
      database,
    };
    return column ? (hasPermission(session, permission, { ...target, columnIds: [column.id] }) ? 1 : 0) : null;
  }
  if (permission === "ANY")
    return permissionsOf(securableClass).some((one) => holds(session, one.name, securable)) ? 1 : 0;
  if (!findPermission(securableClass, permission)) return null;
  return holds(session, permission, securable) ? 1 : 0;
}

function loginProperty(session: Session, name: string, property: string): Variant | null {
  const login = loginNamed(session, name);
  if (login?.type !== "S") return null;
  const int = (value: number): Variant => new Variant(INT, value);
  const sysname = (value: string): Variant => new Variant(NAME, value);
  switch (property.trim().toLowerCase()) {
    case "badpasswordcount":
    case "historylength":
    case "isexpired":
    case "islocked":
      return int(0);
    case "ismustchange":
      return int(login.mustChange ? 1 : 0);
    case "defaultdatabase":
      return sysname(login.defaultDatabase);
    case "defaultlanguage":
      return sysname(login.defaultLanguage);
    case "passwordlastsettime":
      return new Variant({ name: "datetime" }, login.modified);
    case "passwordhash": {
      if (!holds(session, "CONTROL SERVER", { class: "SERVER" }) || !login.passwordHash || !login.passwordSalt)
        return null;
      return new Variant(varbinary(256), Uint8Array.from([3, 0, ...login.passwordSalt, ...login.passwordHash]));
    }
    case "badpasswordtime":
    case "daysuntilexpiration":
    case "lockouttime":
    case "passwordhashalgorithm":
      throw notImplemented(`LOGINPROPERTY ${property}`);
    default:
      return null;
  }
}

const same = (type: SqlType, read: (context: FunctionContext) => SqlValue) => ({
  deterministic: false,
  resultType: always(type),
  evaluate: (_values: Values, _types: Types, _result: SqlType, context: FunctionContext) => read(context),
});

const userName = (context: FunctionContext): string => sessionOf(context).user.name;
/** Of the user itself where no name is given. */
function principalId(values: Values, types: Types, context: FunctionContext): number | null {
  const session = sessionOf(context);
  const name = text(values, types, 0);
  return (name === null ? session.user : findPrincipal(session.database, name))?.id ?? null;
}

defineFamily(SOURCE, {
  "SUSER_SNAME/0-1": {
    deterministic: false,
    resultType: always(NAME),
    evaluate: (values, _types, _result, context) => loginName(values, context),
  },
  "SUSER_NAME/0-1": {
    deterministic: false,
    resultType: always(NAME),
    evaluate: (values, types, _result, context) => {
      const id = integer(values, types, 0);
      return id === null ? sessionOf(context).effectiveLogin.name : (loginById(sessionOf(context), id)?.name ?? null);
    },
  },
  "SUSER_ID/0-1": {
    deterministic: false,
    resultType: always(INT),
    evaluate: (values, types, _result, context) => {
      const name = text(values, types, 0);
      const session = sessionOf(context);
      return (name === null ? session.effectiveLogin : loginNamed(session, name))?.id ?? null;
    },
  },
  "SUSER_SID/0-2": {
    deterministic: false,
    resultType: always(varbinary(85)),
    evaluate: (values, types, _result, context) => {
      const name = text(values, types, 0);
      const session = sessionOf(context);
      return (name === null ? session.effectiveLogin : loginNamed(session, name))?.sid ?? null;
    },
  },
  "SYSTEM_USER/0": same(NAME, (context) => sessionOf(context).effectiveLogin.name),
  "ORIGINAL_LOGIN/0": same(NAME, (context) => sessionOf(context).login.name),
  "CURRENT_USER/0": same(NAME, userName),
  "SESSION_USER/0": same(NAME, userName),
  "USER/0": same(NAME, userName),
  "USER_NAME/0-1": {
    deterministic: false,
    resultType: always(NAME),
    evaluate: (values, types, _result, context) => {
      const id = integer(values, types, 0);
      return id === null ? userName(context) : (principalById(sessionOf(context), id)?.name ?? null);
    },
  },
  "USER_ID/0-1": {
    deterministic: false,
    resultType: always(INT),
    evaluate: (values, types, _result, context) => principalId(values, types, context),
  },
  "DATABASE_PRINCIPAL_ID/0-1": {
    deterministic: false,
    resultType: always(INT),
    evaluate: (values, types, _result, context) => principalId(values, types, context),
  },
  "IS_MEMBER/1": {
    deterministic: false,
    resultType: always(INT),
    evaluate: (values, types, _result, context) => isMember(sessionOf(context), text(values, types, 0)!),
  },
  "IS_ROLEMEMBER/1-2": {
    deterministic: false,
    resultType: always(INT),
    evaluate: (values, types, _result, context) =>
      isRoleMember(sessionOf(context), text(values, types, 0)!, text(values, types, 1)),
  },
  "IS_SRVROLEMEMBER/1-2": {
    deterministic: false,
    resultType: always(INT),
    evaluate: (values, types, _result, context) =>
      isServerRoleMember(sessionOf(context), text(values, types, 0)!, text(values, types, 1)),
  },
  "HAS_PERMS_BY_NAME/3-5": {
    deterministic: false,
    acceptsNull: true,
    resultType: always(INT),
    evaluate: (values, types, _result, context) => hasPermissionByName(values, types, context),
  },
  "HAS_DBACCESS/1": {
    deterministic: false,
    resultType: always(INT),
    evaluate: (values, types, _result, context) => {
      const session = sessionOf(context);
      const database = session.server.databases.get(session.server.key(text(values, types, 0)!));
      if (!database) return null;
      if (database === session.database) return 1;
      return database.options.state !== "OFFLINE" && userOf(session.effectiveLogin, session.server, database) ? 1 : 0;
    },
  },
  "PERMISSIONS/0-2": {
    deterministic: false,
    resultType: always(INT),
    evaluate: () => {
      throw notImplemented("PERMISSIONS");
    },
  },
  "LOGINPROPERTY/2": {
    deterministic: false,
    resultType: always(SQL_VARIANT),
    evaluate: (values, types, _result, context) =>
      loginProperty(sessionOf(context), text(values, types, 0)!, text(values, types, 1)!),
  },
  "PWDENCRYPT/1": {
    deterministic: false,
    resultType: always(varbinary(128)),
    evaluate: (values, types) => {
      const { hash, salt } = hashPassword(text(values, types, 0)!);
      return Uint8Array.from([3, 0, ...salt, ...hash]);
    },
  },
  "PWDCOMPARE/2-3": {
    resultType: always(INT),
    evaluate: (values, types) => {
      const stored = values[1];
      if (!(stored instanceof Uint8Array) || stored[0] !== 3 || stored.length <= SALT + 2) return 0;
      const passwordSalt = stored.slice(2, 2 + SALT);
      const passwordHash = stored.slice(2 + SALT);
      return verifyPassword(text(values, types, 0)!, { passwordSalt, passwordHash }) ? 1 : 0;
    },
  },
});
