/** TRUNCATE TABLE. https://learn.microsoft.com/sql/t-sql/statements/truncate-table-transact-sql */
import { lockObject } from "../../ddl/locking";
import { indexedViewsOn } from "../../ddl/module/view-index";
import { mayAlter } from "../../ddl/permission";
import { partitionOf } from "../../ddl/partition";
import { partitionFunctionOf } from "../../ddl/table/data-space";
import { referencing } from "../../ddl/table/foreign-keys";
import { fullNameOf } from "../../ddl/temporal/tables";
import type { Truncate } from "../../language/ast";
import { sqlError } from "../../session/messages";
import type { Execution, StatementResult, Work } from "../../session/runtime";
import type { Database, Table } from "../../storage/model";
import { deleteRow, replaceRows } from "../../storage/rows";
import { isShared } from "../locks";
import { displayName, findObject } from "../objects";
import { at } from "../scope";
import { requireWritable } from "./statement";

export function* truncate(statement: Truncate, execution: Execution): Work<StatementResult> {
  const shown = displayName(statement.table.parts);
  const found = findObject(statement.table, { execution, database: execution.frame.database });
  if (!found) throw at(sqlError(4701, [shown]), statement.line);
  if (found.kind !== "table") throw at(sqlError(4708, [shown]), statement.line);
  const { table, database } = found;
  if (!mayAlter(execution, database, table)) throw at(sqlError(1088, [shown], 7), statement.line);
  requireWritable(database);
  if (table.versioning || table.historyOf !== undefined)
    throw at(sqlError(13545, [fullNameOf(database, table)]), statement.line);
  const [view] = indexedViewsOn(table, database);
  if (view) throw at(sqlError(3729, ["TRUNCATE TABLE", shown, view.name]), statement.line);
  // A key that refers to its own table does not stand in the way.
  if (referencing(database, table.id).some((key) => key.parentId !== table.id))
    throw at(sqlError(4712, [shown]), statement.line);
  if (isShared(table, database)) yield* lockObject(execution, database, table.id, "Sch-M");
  const { transaction } = execution.session;
  if (statement.partitions !== undefined) {
    removePartitions(statement.partitions, table, database, execution);
    return { hasResult: false };
  }
  replaceRows(transaction, table, new Map());
  for (const index of table.indexes) if (index.entries) transaction.set(index, "entries", new Map<string, number>());
  for (const column of table.columns) if (column.identity) transaction.set(column.identity, "last", null);
  return { hasResult: false };
}

/** WITH (PARTITIONS (1, 3 TO 5)): their rows only, and identity numbers go on. */
function removePartitions(written: string, table: Table, database: Database, execution: Execution): void {
  const bounds = partitionFunctionOf(database, table.indexes[0]!.dataSpaceId);
  if (!bounds) throw sqlError(7729, ["TRUNCATE", "TABLE", "table", table.name]);
  const count = bounds.values.length + 1;
  const chosen = new Set<number>();
  for (const [, from, to = from] of written.matchAll(/(\d+)(?:\s+TO\s+(\d+))?/gi)) {
    const [first, last] = [Number(from), Number(to)];
    if (last < first) throw sqlError(7728, [first, last]);
    for (const number of [first, last])
      if (number < 1 || number > count) throw sqlError(7722, [number, "table", table.name, count]);
    for (let number = first; number <= last; number++) chosen.add(number - 1);
  }
  const place = table.columns.findIndex((column) => column.id === table.indexes[0]!.partitionColumnId);
  for (const [rowId, row] of [...table.rows])
    if (chosen.has(partitionOf(row[place]!, bounds, database)))
      deleteRow(execution.session.transaction, table, rowId, execution);
}
