/** #tables at the end of what made them. https://learn.microsoft.com/sql/t-sql/statements/create-table-transact-sql, temporary tables */
import { discardTemporaryTable } from "../ddl/table/drop-table";
import type { Execution } from "./runtime";
import { own } from "./own";

/** Drops the #tables of the execution's frame. */
export function dropTemporaryTables(execution: Execution): void {
  const { temporaryTables } = execution.frame;
  if (temporaryTables.size === 0) return;
  const tempdb = execution.session.server.databases.get(execution.session.server.key("tempdb"))!;
  const { transactions } = own(execution);
  const alone = transactions.beginStatement();
  for (const table of temporaryTables.values())
    if (tempdb.objects.get(table.id) === table) discardTemporaryTable(tempdb, table, execution);
  temporaryTables.clear();
  if (alone) transactions.endStatement("commit");
}
