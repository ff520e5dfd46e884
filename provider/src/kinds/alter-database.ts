/**
 * ALTER DATABASE for files, filegroups and options. It runs in master and in no transaction.
 * https://learn.microsoft.com/sql/t-sql/statements/alter-database-transact-sql
 */
import type { ObjectName, Statement } from "../contract";
import { quoteName } from "../engine/quoting";
import { statement } from "../engine/statement";

/** `object`: the resource that the statement belongs to. */
export function alterDatabase(
  { database, object }: { readonly database: string; readonly object: ObjectName },
  label: string,
  clause: string,
  special: Parameters<typeof statement>[3] = {},
): Statement {
  return statement("master", label, `ALTER DATABASE ${quoteName(database)} ${clause};`, {
    inTransaction: false,
    object,
    ...special,
  });
}
