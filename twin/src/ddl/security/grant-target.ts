/** What a GRANT, DENY or REVOKE is on: the server, a database or one securable, and where its rows are. Rules: reference sheet "security" 5. */
import { ownerOf, schemaOwner, typeOwner } from "../../security/ownership";
import { classIds, findPermission, isSecurableClass, type SecurableClass } from "../../security/permission-hierarchy";
import type { Securable } from "../../security/permissions";
import { sqlError } from "../../session/messages";
import type { Execution, Session } from "../../session/runtime";
import { notImplemented } from "../../session/sql-error";
import type { DbObject, Permission } from "../../storage/model";
import { findAssembly } from "../../clr/registered";
import { named } from "../../broker/built-in";
import { brokerObjects } from "../broker/owners";
import { locate, schemaOf, shown } from "../naming";
import { findUserType } from "../resolve-type";
import { findLogin, findPrincipal, type PermissionStatement } from "./find";

const DBO = 1;
const SA = 1;

export interface Target {
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

export function targetOf(statement: PermissionStatement, execution: Execution): Target {
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
    case "ROUTE":
    case "ASSEMBLY": {
      const found =
        securableClass === "ASSEMBLY"
          ? findAssembly(database, last)
          : named(brokerObjects[securableClass](database), name);
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

export function unknownPermission(name: string, securableClass: SecurableClass): Error {
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
