/**
 * Entries of sys.trusted_assemblies. They belong to the server, and one entry may serve several databases: it goes only when no
 * database has the build any more. A database that cannot be looked into may need each of them.
 * https://learn.microsoft.com/sql/relational-databases/system-catalog-views/sys-trusted-assemblies-transact-sql
 */
import type { Statement } from "../../contract";
import { quoteText } from "../../engine/quoting";
import { statement } from "../../engine/statement";

/** How the description of every entry begins that a deployment made. */
export const anyMark = "pulumi-sqlserver ";

/** How the entries begin that were made for one resource. */
export function markOf(owner: string, database: string): string {
  return `${anyMark}${owner}${placeOf(database)}`;
}

/** What the entries of one database have in common. */
export function placeOf(database: string): string {
  return ` in ${database}: `;
}

/** An expression: the hashes of the entries that meet the condition on `t`, separated by commas. */
export function listOf(condition: string): string {
  return `(SELECT STRING_AGG(CONVERT(varchar(max), t.hash, 2), ',') FROM sys.trusted_assemblies AS t WHERE ${condition})`;
}

export function isMarked(mark: string): string {
  return `CHARINDEX(${quoteText(mark)}, t.description) = 1`;
}

/** What `listOf` gave. */
export function hashesIn(value: unknown): string[] {
  return typeof value === "string" ? value.toUpperCase().split(",").filter(Boolean).sort() : [];
}

/** A condition. SQL Server 2019 does not know the first right, and a login without the second may not ask. */
export const maySeeList =
  "COALESCE(HAS_PERMS_BY_NAME(NULL, NULL, N'VIEW SERVER SECURITY STATE'), HAS_PERMS_BY_NAME(NULL, NULL, N'VIEW SERVER STATE')) = 1";

const closed = "EXISTS (SELECT 1 FROM sys.databases WHERE HAS_DBACCESS(name) = 0)";

/** An expression: the text of a query on the DLLs of every database but `except`. */
function everywhere(columns: string, condition: string, except: string | undefined): string {
  const text = `${quoteText(`SELECT ${columns} FROM `)} + QUOTENAME(name) + ${quoteText(`.sys.assembly_files WHERE file_id = 1${condition}`)}`;
  const which = except === undefined ? "" : ` WHERE name <> ${quoteText(except)}`;
  return `(SELECT STRING_AGG(CONVERT(nvarchar(max), ${text}), N' UNION ALL ') FROM sys.databases${which})`;
}

/** Statements that set @unused, which is there, to the hashes of the entries that meet the condition and that no database but `except` needs. */
export function findUnused(condition: string, except: string | undefined): string {
  const builds = everywhere("HASHBYTES('SHA2_512', content) AS hash", "", except);
  const [before, after] = listOf(`${condition} AND NOT EXISTS (SELECT 1 FROM (\0) AS f WHERE f.hash = t.hash)`).split(
    "\0",
  );
  return `IF EXISTS (SELECT 1 FROM sys.trusted_assemblies AS t WHERE ${condition}) AND NOT ${closed}
BEGIN
  SET @search = ${quoteText(`SET @unused = ${before}`)} + ${builds} + ${quoteText(`${after};`)};
  EXEC sys.sp_executesql @search, N'@unused varchar(max) OUTPUT', @unused OUTPUT;
END;`;
}

/** Whether another database needs it is asked when it runs: at the preview a deployment of the same program may still hold it. */
export function dropTrust(hash: string, except?: string): Statement {
  const found = everywhere("1 AS found", " AND HASHBYTES('SHA2_512', content) = @hash", except);
  return statement(
    "master",
    `stop trusting the build ${hash.slice(0, 16)}..., unless another database has it`,
    `DECLARE @hash varbinary(64) = 0x${hash}, @needed bit = 0, @search nvarchar(max);
IF ${closed} SET @needed = 1;
SET @search = N'IF EXISTS (' + ${found} + N') SET @needed = 1;';
IF @needed = 0 EXEC sys.sp_executesql @search, N'@hash varbinary(64), @needed bit OUTPUT', @hash, @needed OUTPUT;
IF @needed = 0 AND EXISTS (SELECT 1 FROM sys.trusted_assemblies WHERE hash = @hash)
  EXEC sys.sp_drop_trusted_assembly @hash = @hash;`,
    { inTransaction: false, idempotent: true },
  );
}
