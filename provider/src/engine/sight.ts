/**
 * A login that may not see everything gets a part of the catalog without a word, and what it does not see looks like what is not
 * there. No plan is made from such a catalog. https://learn.microsoft.com/sql/relational-databases/security/metadata-visibility-configuration
 */
import { z } from "zod";
import { PartialCatalogError } from "../errors";
import { quoteName, quoteText } from "./quoting";
import { bit, nullableText, text } from "./snapshot/row";
import type { ServerRow } from "./snapshot/server";

export const SightRow = z.object({
  /** "guest" where the login has no user of its own. */
  userName: text,
  seesDefinitions: bit,
  /** Users, roles and permissions: a right of its own from SQL Server 2022 on. */
  seesSecurity: bit,
  /** iac.object, where there is one. */
  readsBooks: bit,
  /** The first thing whose definition is denied to this login: as in sys.database_permissions. */
  deniedClass: z.number().nullable(),
  deniedId: z.number().nullable(),
  deniedPermission: nullableText,
  deniedTo: nullableText,
});
export type SightRow = z.infer<typeof SightRow>;

/** @throws PartialCatalogError with what a DBA has to run. */
export function requireSight(sight: SightRow, server: ServerRow, where: string, database: string): void {
  const grants = grantsFor(sight, server);
  if (grants.length === 0) return;
  throw partialCatalog(where, server.login, [`USE ${quoteName(database)};`, ...grants]);
}

/** @throws PartialCatalogError: a database that is not listed may be there all the same. */
export function requireDatabases(server: ServerRow, where: string): void {
  // Azure SQL Database has no such right; it lists the databases that can be entered.
  if (server.seesDatabases || server.engineEdition === 5) return;
  throw partialCatalog(where, server.login, ["USE master;", `GRANT VIEW ANY DATABASE TO ${quoteName(server.login)};`]);
}

function partialCatalog(where: string, login: string, statements: readonly string[]): PartialCatalogError {
  return new PartialCatalogError(
    `${where}: login "${login}" of sqlserver:servers sees only a part of the catalog, and what it does not see would look like what is not there. A DBA can allow it:\n${statements.map((one) => `  ${one}`).join("\n")}`,
  );
}

function grantsFor(sight: SightRow, { login }: ServerRow): string[] {
  const isGuest = sight.userName === "guest";
  const user = quoteName(isGuest ? login : sight.userName);
  const permissions = [
    ...(sight.seesDefinitions ? [] : ["VIEW DEFINITION"]),
    // VIEW DEFINITION covers it unless it is denied.
    ...(sight.seesDefinitions && !sight.seesSecurity ? ["VIEW SECURITY DEFINITION"] : []),
  ];
  const statements = [
    ...permissions.map((permission) => `GRANT ${permission} TO ${user};`),
    ...(sight.readsBooks ? [] : [`GRANT SELECT ON SCHEMA::[iac] TO ${user};`]),
    ...denial(sight),
  ];
  return isGuest && statements.length > 0
    ? [`CREATE USER ${user} FOR LOGIN ${quoteName(login)};`, ...statements]
    : statements;
}

/** The name of what is denied is hidden too, so the statement looks it up. */
function denial({ deniedClass, deniedId, deniedPermission, deniedTo }: SightRow): string[] {
  if (deniedClass === null || deniedId === null || deniedPermission === null || deniedTo === null) return [];
  const id = String(deniedId);
  const names: Readonly<Record<number, string>> = {
    1: `OBJECT::' + QUOTENAME(OBJECT_SCHEMA_NAME(${id})) + N'.' + QUOTENAME(OBJECT_NAME(${id}))`,
    3: `SCHEMA::' + QUOTENAME(SCHEMA_NAME(${id}))`,
  };
  const name = names[deniedClass];
  if (name === undefined)
    return [
      `SELECT * FROM sys.database_permissions WHERE state = 'D' AND class = ${deniedClass} AND major_id = ${id}; -- REVOKE this from ${quoteName(deniedTo)}`,
    ];
  const from = quoteText(` FROM ${quoteName(deniedTo)};`);
  return [`DECLARE @revoke nvarchar(max) = N'REVOKE ${deniedPermission} ON ${name} + ${from}; EXEC (@revoke);`];
}
