/**
 * Permissions that the catalog holds, said again as T-SQL: for changes in which the server drops them
 * (a new schema owner, ALTER SCHEMA TRANSFER, an object made anew). https://learn.microsoft.com/sql/t-sql/statements/grant-transact-sql
 */
import { quoteName } from "../engine/quoting";
import type { PermissionRow } from "../engine/snapshot/modules";

/**
 * One statement for one row; `securable` is quoted by the caller: "OBJECT::[dbo].[Orders]", "SCHEMA::[sales]", "TYPE::[dbo].[Name]".
 * @throws RangeError for a permission that is not plain words: the text would reach the server as it is.
 */
export function permissionStatement(row: PermissionRow, securable: string): string {
  if (!/^[A-Z]+( [A-Z]+)*$/.test(row.permission))
    throw new RangeError(`not the name of a permission: ${row.permission}`);
  const column = row.columnName === null ? "" : ` (${quoteName(row.columnName)})`;
  const what = `${row.permission} ON ${securable}${column}`;
  const grantee = quoteName(row.grantee);
  if (row.state === "DENY") return `DENY ${what} TO ${grantee};`;
  if (row.state === "REVOKE") return `REVOKE ${what} FROM ${grantee};`;
  return `GRANT ${what} TO ${grantee}${row.state === "GRANT_WITH_GRANT_OPTION" ? " WITH GRANT OPTION" : ""};`;
}
