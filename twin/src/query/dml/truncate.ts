/** TRUNCATE TABLE. https://learn.microsoft.com/sql/t-sql/statements/truncate-table-transact-sql */
import { lockObject } from "../../ddl/locking";
import { mayAlter } from "../../ddl/permission";
import { referencing } from "../../ddl/table/foreign-keys";
import { fullNameOf } from "../../ddl/temporal/tables";
import type { Truncate } from "../../language/ast";
import { notImplemented } from "../../session/sql-error";
import { sqlError } from "../../session/messages";
import type { Execution, StatementResult, Work } from "../../session/runtime";
import { replaceRows } from "../../storage/rows";
import { isShared } from "../locks";
import { displayName, findObject } from "../objects";
import { at } from "../scope";
import { requireWritable } from "./statement";

export function* truncate(statement: Truncate, execution: Execution): Work<StatementResult> {
  const shown = displayName(statement.table.parts);
  if (statement.partitions) throw at(notImplemented("TRUNCATE TABLE ... WITH (PARTITIONS ...)"), statement.line);
  const found = findObject(statement.table, { execution, database: execution.frame.database });
  if (!found) throw at(sqlError(4701, [shown]), statement.line);
  if (found.kind !== "table") throw at(sqlError(4708, [shown]), statement.line);
  const { table, database } = found;
  if (!mayAlter(execution, database, table)) throw at(sqlError(1088, [shown], 7), statement.line);
  requireWritable(database);
  if (table.versioning || table.historyOf !== undefined)
    throw at(sqlError(13545, [fullNameOf(database, table)]), statement.line);
  // A key that refers to its own table does not stand in the way.
  if (referencing(database, table.id).some((key) => key.parentId !== table.id))
    throw at(sqlError(4712, [shown]), statement.line);
  if (isShared(table, database)) yield* lockObject(execution, database, table.id, "Sch-M");
  const { transaction } = execution.session;
  replaceRows(transaction, table, new Map());
  for (const index of table.indexes) if (index.entries) transaction.set(index, "entries", new Map<string, number>());
  for (const column of table.columns) if (column.identity) transaction.set(column.identity, "last", null);
  return { hasResult: false };
}
