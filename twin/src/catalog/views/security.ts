/** Principals, memberships, permissions. Reference sheet "security" 1, 2, 4 and 5.2. */
import { databaseIdentity, loginIds } from "../../security/identity";
import { classDescriptions, classIds, findPermission, type SecurableClass } from "../../security/permission-hierarchy";
import { holds } from "../../security/permissions";
import type { Login, Permission, Principal } from "../../storage/model";
import type { SqlValue } from "../../types/value";
import { seesLogin } from "../visibility";
import { bit, datetime, variant, view, type Reader, type ViewDefinition } from "../view";

const loginTypes: Readonly<Record<Login["type"], string>> = {
  S: "SQL_LOGIN",
  U: "WINDOWS_LOGIN",
  G: "WINDOWS_GROUP",
  R: "SERVER_ROLE",
  C: "CERTIFICATE_MAPPED_LOGIN",
};

const principalTypes: Readonly<Record<Principal["type"], string>> = {
  S: "SQL_USER",
  U: "WINDOWS_USER",
  G: "WINDOWS_GROUP",
  R: "DATABASE_ROLE",
  A: "APPLICATION_ROLE",
  C: "CERTIFICATE_MAPPED_USER",
  K: "ASYMMETRIC_KEY_MAPPED_USER",
  E: "EXTERNAL_USER",
  X: "EXTERNAL_GROUPS",
};

const authentications = ["NONE", "INSTANCE", "DATABASE", "WINDOWS", "EXTERNAL"];

const LOGIN_COLUMNS = `name sysname, principal_id int, sid varbinary(85)?, type code(1), type_desc desc?, is_disabled bit?, create_date datetime, modify_date datetime,
  default_database_name sysname?, default_language_name sysname?, credential_id int?`;

function loginRow(login: Login): SqlValue[] {
  const role = login.type === "R";
  return [
    login.name,
    login.id,
    login.sid,
    login.type,
    loginTypes[login.type],
    bit(login.disabled),
    datetime(login.created),
    datetime(login.modified),
    role ? null : login.defaultDatabase,
    role ? null : login.defaultLanguage,
    null,
  ];
}

function* visibleLogins({ server, session }: Reader): Iterable<Login> {
  for (const login of server.logins.values()) if (seesLogin(session, login)) yield login;
}

const states = { G: "GRANT", D: "DENY", W: "GRANT_WITH_GRANT_OPTION", R: "REVOKE" } as const;

/** The code of a permission depends on its class: CREATE DATABASE and CREATE ANY DATABASE share one. */
function codeOf(permission: Permission): string {
  const classes = (Object.keys(classIds) as SecurableClass[]).filter((one) => classIds[one] === permission.classId);
  for (const one of classes) {
    const found = findPermission(one, permission.name);
    if (found) return found.code.padEnd(4);
  }
  throw new Error(`permission ${permission.name} has no code for class ${permission.classId}`);
}

function permissionRow(permission: Permission): SqlValue[] {
  return [
    permission.classId,
    classDescriptions[permission.classId] ?? null,
    permission.majorId,
    permission.minorId,
    permission.granteeId,
    permission.grantorId,
    codeOf(permission),
    permission.name,
    permission.state,
    states[permission.state],
  ];
}

const PERMISSION_COLUMNS = `class tinyint, class_desc desc?, major_id int, minor_id int, grantee_principal_id int, grantor_principal_id int, type code(4),
  permission_name desc(128)?, state code(1), state_desc desc?`;

const propertyClasses: Readonly<Record<number, string>> = {
  ...classDescriptions,
  2: "PARAMETER",
  7: "INDEX",
  8: "TYPE_COLUMN",
  20: "DATASPACE",
  21: "PARTITION_FUNCTION",
  22: "DATABASE_FILE",
  27: "PLAN_GUIDE",
};

function seesProperty(reader: Reader, classId: number, majorId: number): boolean {
  const { database, visible } = reader;
  if (classId === 1 || classId === 2 || classId === 7) {
    const object = database.objects.get(majorId);
    return object !== undefined && visible.object(object);
  }
  if (classId === 3) return visible.schema(majorId);
  if (classId === 6 || classId === 8) {
    const type = database.types.get(majorId);
    return type !== undefined && visible.type(type);
  }
  if (classId === 4) {
    const principal = database.principals.get(majorId);
    return principal !== undefined && visible.principal(principal);
  }
  return true;
}

export const securityViews: readonly ViewDefinition[] = [
  view(
    "server_principals",
    "system-catalog-views/sys-server-principals-transact-sql",
    `${LOGIN_COLUMNS}, owning_principal_id int?, is_fixed_role bit`,
    function* (reader) {
      for (const login of visibleLogins(reader))
        yield [
          ...loginRow(login),
          login.type === "R" ? (login.ownerId ?? 1) : null,
          bit(login.type === "R" && login.fixedRole && login.id !== 2),
        ];
    },
  ),
  view(
    "sql_logins",
    "system-catalog-views/sys-sql-logins-transact-sql",
    `${LOGIN_COLUMNS}, is_policy_checked bit?, is_expiration_checked bit?, password_hash varbinary(256)?`,
    function* (reader) {
      const secrets = holds(reader.session, "CONTROL SERVER", { class: "SERVER" });
      for (const login of visibleLogins(reader)) {
        if (login.type !== "S") continue;
        const { passwordHash, passwordSalt } = login;
        // 0x03: an iterated derivation, as SQL Server 2025 marks its own. Nothing but the twin can read it.
        const hash =
          secrets && passwordHash && passwordSalt ? Uint8Array.from([3, 0, ...passwordSalt, ...passwordHash]) : null;
        yield [...loginRow(login), bit(login.checkPolicy), bit(login.checkExpiration), hash];
      }
    },
  ),
  view(
    "server_role_members",
    "system-catalog-views/sys-server-role-members-transact-sql",
    "role_principal_id int, member_principal_id int",
    function* (reader) {
      const { server, session } = reader;
      const byId = new Map([...server.logins.values()].map((login) => [login.id, login]));
      for (const role of visibleLogins(reader))
        for (const id of role.members) {
          const member = byId.get(id);
          if (member && seesLogin(session, member)) yield [role.id, id];
        }
    },
  ),
  view(
    "server_permissions",
    "system-catalog-views/sys-server-permissions-transact-sql",
    PERMISSION_COLUMNS,
    function* (reader) {
      const visible = new Set([...visibleLogins(reader)].map((login) => login.id));
      for (const permission of reader.server.serverPermissions)
        if (visible.has(permission.granteeId)) yield permissionRow(permission);
    },
  ),
  view(
    "database_principals",
    "system-catalog-views/sys-database-principals-transact-sql",
    `name sysname, principal_id int, type code(1), type_desc desc?, default_schema_name sysname?, create_date datetime, modify_date datetime, owning_principal_id int?,
    sid varbinary(85)?, is_fixed_role bit, authentication_type int, authentication_type_desc desc?, default_language_name sysname?, default_language_lcid int?,
    allow_encrypted_value_modifications bit`,
    function* ({ database, visible }) {
      for (const one of database.principals.values())
        if (visible.principal(one))
          yield [
            one.name,
            one.id,
            one.type,
            principalTypes[one.type],
            one.defaultSchema,
            datetime(one.created),
            datetime(one.modified),
            one.ownerId,
            one.sid,
            bit(one.fixedRole),
            authentications.indexOf(one.authentication),
            one.authentication,
            null,
            null,
            0,
          ];
    },
  ),
  view(
    "database_role_members",
    "system-catalog-views/sys-database-role-members-transact-sql",
    "role_principal_id int, member_principal_id int",
    function* ({ database, visible }) {
      for (const role of database.principals.values()) {
        if (role.members.size === 0 || !visible.principal(role)) continue;
        for (const id of role.members) if (visible.permissionOf(id)) yield [role.id, id];
      }
    },
  ),
  view(
    "database_permissions",
    "system-catalog-views/sys-database-permissions-transact-sql",
    PERMISSION_COLUMNS,
    function* ({ database, visible }) {
      for (const permission of database.permissions)
        if (visible.permissionOf(permission.granteeId)) yield permissionRow(permission);
    },
  ),
  view(
    "extended_properties",
    "system-catalog-views/extended-properties-catalog-views-sys-extended-properties",
    "class tinyint, class_desc desc?, major_id int, minor_id int, name sysname, value sql_variant?",
    function* (reader) {
      for (const one of reader.database.extendedProperties)
        if (seesProperty(reader, one.classId, one.majorId))
          yield [
            one.classId,
            propertyClasses[one.classId] ?? null,
            one.majorId,
            one.minorId,
            one.name,
            variant(one.valueType, one.value),
          ];
    },
  ),
  view(
    "login_token",
    "system-catalog-views/sys-login-token-transact-sql",
    "principal_id int?, sid varbinary(85)?, name nvarchar(128)?, type nvarchar(128)?, usage nvarchar(128)?",
    function* ({ session, server }) {
      const ids = loginIds(server, session.effectiveLogin);
      for (const login of server.logins.values())
        if (ids.has(login.id))
          yield [login.id, login.sid, login.name, login.type === "R" ? "SERVER ROLE" : "SQL LOGIN", "GRANT OR DENY"];
    },
  ),
  view(
    "user_token",
    "system-catalog-views/sys-user-token-transact-sql",
    "principal_id int?, sid varbinary(85)?, name nvarchar(128)?, type nvarchar(128)?, usage nvarchar(128)?",
    function* ({ session, database }) {
      const ids = databaseIdentity(session, database)?.ids ?? new Set<number>();
      for (const one of database.principals.values())
        if (ids.has(one.id)) yield [one.id, one.sid, one.name, one.type === "R" ? "ROLE" : "SQL USER", "GRANT OR DENY"];
    },
  ),
];
