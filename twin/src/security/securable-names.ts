/** Securables by class and name, as HAS_PERMS_BY_NAME and sys.fn_my_permissions take them. https://learn.microsoft.com/sql/t-sql/functions/has-perms-by-name-transact-sql */
import { parseName } from "../session/parse-name";
import type { Session } from "../session/runtime";
import type { Database, DbObject } from "../storage/model";
import { findUserType } from "../ddl/resolve-type";
import { findAssembly } from "../clr/registered";
import { named } from "../broker/built-in";
import { brokerObjects } from "../ddl/broker/owners";
import { findIn, schemaOf } from "../ddl/naming";
import type { Securable } from "./permissions";

/** undefined: no such thing, or a name that cannot be read. */
export function findSecurable(session: Session, securableClass: string, name: string | null): Securable | undefined {
  const { database, server } = session;
  if (name === null || name === "")
    return securableClass === "SERVER" || securableClass === ""
      ? { class: "SERVER" }
      : securableClass === "DATABASE"
        ? { class: "DATABASE", database }
        : undefined;
  const parts = parseName(name);
  const last = parts.at(-1);
  if (!last) return undefined;
  switch (securableClass) {
    case "DATABASE": {
      const found = parts.length === 1 ? server.databases.get(server.key(last)) : undefined;
      return found && { class: "DATABASE", database: found };
    }
    case "SCHEMA": {
      const where = parts.length === 2 ? server.databases.get(server.key(parts[0]!)) : database;
      const schema = where && schemaOf(where, last);
      return where && schema && { class: "SCHEMA", database: where, id: schema.id };
    }
    case "OBJECT": {
      const found = findObjectByName(session, parts);
      return (
        found && { class: "OBJECT", database: found.database, id: found.object.id, schemaId: found.object.schemaId }
      );
    }
    case "TYPE": {
      const type = findUserType(parts, database);
      return type && { class: "TYPE", database, id: type.id, schemaId: type.schemaId };
    }
    case "USER":
    case "ROLE":
    case "APPLICATION ROLE": {
      const key = database.key(last);
      for (const principal of database.principals.values())
        if (database.key(principal.name) === key && (principal.type === "R") === (securableClass === "ROLE"))
          return { class: securableClass, database, id: principal.id };
      return undefined;
    }
    case "MESSAGE TYPE":
    case "CONTRACT":
    case "SERVICE":
    case "REMOTE SERVICE BINDING":
    case "ROUTE": {
      const found = named(brokerObjects[securableClass](database), last);
      return found && { class: securableClass, database, id: found.id };
    }
    case "ASSEMBLY": {
      const found = findAssembly(database, last);
      return found && { class: "ASSEMBLY", database, id: found.id };
    }
    case "ENDPOINT": {
      for (const endpoint of server.endpoints.values())
        if (server.key(endpoint.name) === server.key(last)) return { class: "ENDPOINT", id: endpoint.id };
      return undefined;
    }
    case "LOGIN":
    case "SERVER ROLE": {
      const login = server.logins.get(server.key(last));
      return login && (login.type === "R") === (securableClass === "SERVER ROLE")
        ? { class: securableClass, id: login.id }
        : undefined;
    }
    default:
      return undefined;
  }
}

/** One to three parts; without a schema the user's default and then dbo. Temporary tables are the caller's affair. */
export function findObjectByName(
  session: Session,
  parts: readonly string[],
): { object: DbObject; database: Database } | undefined {
  const { server } = session;
  const database =
    parts.length >= 3 && parts.at(-3) ? server.databases.get(server.key(parts.at(-3)!)) : session.database;
  if (!database || parts.length > 3) return undefined;
  const last = parts.at(-1)!;
  const schemaName = parts.length > 1 ? parts.at(-2)! : "";
  const schemas =
    schemaName === ""
      ? [...new Set([database === session.database ? (session.user.defaultSchema ?? "dbo") : "dbo", "dbo"])]
      : [schemaName];
  for (const name of schemas) {
    const schema = schemaOf(database, name);
    const object = schema && findIn(database, schema.id, last);
    if (object) return { object, database };
  }
  return undefined;
}
