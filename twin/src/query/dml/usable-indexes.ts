/**
 * 1934: a session whose SET options an index cannot be kept under writes nothing to its table. 8655: nothing reaches the rows behind a
 * disabled clustered index. Source: sql-docs, SET statements, considerations; disable indexes and constraints.
 */
import { indexedViewsOn } from "../../ddl/module/view-index";
import { requireIndexSetOptions } from "../../ddl/table/index-options";
import { sqlError } from "../../session/messages";
import type { Execution } from "../../session/runtime";
import type { Database, Table } from "../../storage/model";
import { schemaName } from "../objects";
import type { Target } from "./target";

export function requireEnabledClusteredIndex(table: Table, database: Database): void {
  const [base] = table.indexes;
  if (base?.id === 1 && base.disabled)
    throw sqlError(8655, [base.name ?? "", `${schemaName(database, table.schemaId)}.${table.name}`]);
}

export function requireUsableIndexes({ table, database }: Target, statement: string, execution: Execution): void {
  requireEnabledClusteredIndex(table, database);
  const computed = new Set(table.columns.filter((column) => column.computed).map((column) => column.id));
  const sensitive =
    indexedViewsOn(table, database).length > 0 ||
    table.indexes.some(
      (index) =>
        !index.disabled &&
        (index.filter !== undefined || index.columns.some((item) => !item.included && computed.has(item.columnId))),
    );
  if (sensitive) requireIndexSetOptions(execution, statement);
}
