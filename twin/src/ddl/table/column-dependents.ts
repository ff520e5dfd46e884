/** What stands on a column: the list that 5074 gives before 4922. Rules: reference sheet "tables and indexes" 1.6 and 1.8. */
import { parseExpression } from "../../language/parser";
import { sqlError } from "../../session/messages";
import type { SqlError } from "../../session/sql-error";
import type { Column, Index } from "../../storage/model";
import { boundReadersOfColumn } from "../dependencies";
import { checksReading } from "./constraints";
import { columnNames } from "./columns";
import { foreignKeysOf, referencing } from "./foreign-keys";
import { defaultOf, tableConstraints, type TableTarget } from "./target";

export type ColumnUse =
  | "primary-key"
  | "unique"
  | "foreign-key"
  | "index"
  | "filter"
  | "partition"
  | "check"
  | "default"
  | "statistics"
  | "computed"
  | "module";

export interface Dependent {
  readonly use: ColumnUse;
  /** The word of message 5074. */
  readonly what: "object" | "index" | "statistics" | "column";
  readonly name: string;
}

export function dependentsOf(column: Column, target: TableTarget): Dependent[] {
  const { table, database } = target;
  const key = database.key(column.name);
  const reads = (expression: unknown): boolean => columnNames(expression).some((name) => database.key(name) === key);
  const found: Dependent[] = [];
  const byDefault = defaultOf(database, table, column);
  if (byDefault) found.push({ use: "default", what: "object", name: byDefault.name });
  for (const check of checksReading(target, column)) found.push({ use: "check", what: "object", name: check.name });
  for (const own of foreignKeysOf(database, table.id))
    if (own.columns.some((pair) => pair.columnId === column.id))
      found.push({ use: "foreign-key", what: "object", name: own.name });
  for (const other of referencing(database, table.id))
    if (
      other.columns.some((pair) => pair.referencedColumnId === column.id) &&
      !found.some((one) => one.name === other.name)
    )
      found.push({ use: "foreign-key", what: "object", name: other.name });
  for (const index of table.indexes) {
    const use = useByIndex(index, column, target);
    if (use) found.push(use);
    else if (index.filter && reads(index.filter.expression))
      found.push({ use: "filter", what: "index", name: index.name! });
  }
  for (const statistic of table.statistics) {
    if (!statistic.userCreated) continue;
    if (statistic.columnIds.includes(column.id))
      found.push({ use: "statistics", what: "statistics", name: statistic.name });
    else if (statistic.filter !== undefined && reads(parseExpression(statistic.filter)))
      found.push({ use: "filter", what: "statistics", name: statistic.name });
  }
  for (const other of table.columns)
    if (other.computed && other.id !== column.id && reads(other.computed.expression))
      found.push({ use: "computed", what: "column", name: other.name });
  for (const module of boundReadersOfColumn(database, table, column))
    found.push({ use: "module", what: "object", name: module.name });
  return found;
}

function useByIndex(index: Index, column: Column, target: TableTarget): Dependent | undefined {
  const { database, table } = target;
  const member = index.columns.find((item) => item.columnId === column.id);
  // A clustered columnstore index holds every column, and lets each of them go.
  if (!member || (index.type === "CLUSTERED COLUMNSTORE" && index.partitionColumnId !== column.id)) return undefined;
  if (index.id === 0 || index.type === "CLUSTERED COLUMNSTORE")
    return { use: "partition", what: "object", name: database.dataSpaces.get(index.dataSpaceId)!.name };
  if (index.primaryKey || index.uniqueConstraint) {
    const constraint = tableConstraints(database, table).find(
      (one) => (one.type === "PK" || one.type === "UQ") && one.indexId === index.id,
    );
    return { use: index.primaryKey ? "primary-key" : "unique", what: "object", name: constraint?.name ?? index.name! };
  }
  return { use: "index", what: "index", name: index.name! };
}

/** 5074 for each, then 4922. `statement` is ALTER TABLE ALTER COLUMN or ALTER TABLE DROP COLUMN. */
export function dependencyError(statement: string, column: Column, dependents: readonly Dependent[]): SqlError {
  const last = sqlError(4922, [statement, column.name], 9);
  last.preceding = dependents.map(({ what, name }) => sqlError(5074, [what, name, column.name]));
  return last;
}
