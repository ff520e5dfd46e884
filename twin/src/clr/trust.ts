/**
 * Whether the server trusts an assembly. Keys and certificates are not in the twin's model, so the ways left are the trusted
 * list, TRUSTWORTHY, and strict security switched off.
 * https://learn.microsoft.com/sql/database-engine/configure-windows/clr-strict-security
 */
import { createHash } from "node:crypto";
import { loginIds } from "../security/identity";
import type { Database, Login, SqlServer } from "../storage/model";
import type { PermissionSet } from "../storage/model-clr";

export function hashOf(content: Uint8Array): string {
  return createHash("sha512").update(content).digest("hex").toUpperCase();
}

export function isStrict(server: SqlServer): boolean {
  return server.configurations.get("clr strict security")?.inUse === 1;
}

export function isClrEnabled(server: SqlServer): boolean {
  return server.configurations.get("clr enabled")?.inUse === 1;
}

function holdsUnsafe(server: SqlServer, login: Login): boolean {
  const ids = loginIds(server, login);
  const sysadmin = server.logins.get(server.key("sysadmin"));
  if (sysadmin && ids.has(sysadmin.id)) return true;
  const rows = server.serverPermissions.filter(
    (row) =>
      row.classId === 100 &&
      ids.has(row.granteeId) &&
      (row.name === "UNSAFE ASSEMBLY" || row.name === "CONTROL SERVER"),
  );
  return rows.some((row) => row.state !== "D") && !rows.some((row) => row.state === "D");
}

/** TRUSTWORTHY counts when the database's owner may make unsafe assemblies. */
function isTrustworthy(server: SqlServer, database: Database): boolean {
  if (!database.options.trustworthy) return false;
  const sid = Buffer.from(database.ownerSid);
  const owner = [...server.logins.values()].find((login) => sid.equals(login.sid));
  return owner !== undefined && holdsUnsafe(server, owner);
}

export function isTrusted(server: SqlServer, database: Database, set: PermissionSet, hash: string): boolean {
  if (set === "SAFE" && !isStrict(server)) return true;
  return server.trustedAssemblies.has(hash) || isTrustworthy(server, database);
}
