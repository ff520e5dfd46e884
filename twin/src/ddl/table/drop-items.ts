/** ALTER TABLE DROP of columns and constraints. Rules: reference sheet "tables and indexes" 1.8 and 1.9. */
import type { AlterTableAction, Option } from "../../language/ast";
import { sqlError } from "../../session/messages";
import type { SqlError } from "../../session/sql-error";
import type { Column, Constraint, DefaultConstraint, KeyConstraint } from "../../storage/model";
import { findIn } from "../naming";
import { findColumn } from "../registry";
import { dropPeriod } from "../temporal/period";
import { fullNameOf, isPeriodColumn } from "../temporal/tables";
import { dependencyError, dependentsOf } from "./column-dependents";
import { foreignKeysOf, referencing } from "./foreign-keys";
import { dropWithOptions } from "./index-statements";
import { rewriteRows } from "./row-values";
import { removeConstraintObject, tableConstraints, transactionOf, type TableTarget } from "./target";

type Item = Extract<AlterTableAction, { kind: "drop" }>["items"][number];

/** In the order written: a constraint may go before the column that it stands on. */
export function dropItems(items: readonly Item[], target: TableTarget): void {
  for (const item of items) {
    if (item.kind === "period") dropPeriod(target);
    else if (item.kind === "column") dropColumn(item, target);
    else dropConstraint(item, target);
  }
}

/** The server's pair: the reason, then 3727. */
function failed(error: SqlError): SqlError {
  const last = sqlError(3727, [], 0);
  last.preceding = [...error.preceding, error];
  return last;
}

function dropConstraint(item: Item, target: TableTarget): void {
  const { table, database } = target;
  const key = database.key(item.name);
  const constraint = tableConstraints(database, table).find((one) => database.key(one.name) === key);
  if (!constraint) {
    const other = findIn(database, table.schemaId, item.name);
    if (other && isConstraintKind(other.type)) throw failed(sqlError(3733, [item.name, target.shownName], 3));
    if (item.ifExists) return;
    throw failed(sqlError(3728, [item.name]));
  }
  if (constraint.type === "PK" || constraint.type === "UQ") dropKey(constraint, item.options, target);
  else if (constraint.type === "D ") dropDefault(constraint, target);
  removeConstraintObject(target, constraint);
}

function isConstraintKind(type: string): type is Constraint["type"] {
  return ["PK", "UQ", "F ", "C ", "D "].includes(type);
}

function dropKey(constraint: KeyConstraint, options: readonly Option[], target: TableTarget): void {
  const { table, database } = target;
  const index = table.indexes.find((one) => one.id === constraint.indexId)!;
  if (index.primaryKey && table.versioning) throw failed(sqlError(13557, [fullNameOf(database, table)]));
  const user = referencing(database, table.id).find((key) => key.keyIndexId === index.id);
  if (user) throw failed(sqlError(3725, [constraint.name, database.objects.get(user.parentId)!.name, user.name], 0));
  if (index.primaryKey && table.changeTracking) throw failed(sqlError(3735, [constraint.name, target.shownName]));
  dropWithOptions(target, index, options, constraint.name);
}

function dropDefault(constraint: DefaultConstraint, target: TableTarget): void {
  const { table, database } = target;
  const column = table.columns.find((one) => one.id === constraint.columnId)!;
  const user = foreignKeysOf(database, table.id).find(
    (key) =>
      (key.onDelete === "SET_DEFAULT" || key.onUpdate === "SET_DEFAULT") &&
      key.columns.some((pair) => pair.columnId === column.id) &&
      !column.nullable,
  );
  if (user) throw failed(sqlError(3730, [constraint.name]));
  transactionOf(target).set(column, "defaultObjectId", 0);
}

function dropColumn(item: Item, target: TableTarget): void {
  const { table, database } = target;
  const column = findColumn(table, database, item.name);
  if (!column) {
    if (item.ifExists) return;
    throw sqlError(4924, ["ALTER TABLE DROP COLUMN", item.name, target.shownName]);
  }
  if (isPeriodColumn(table, column)) throw sqlError(13588, [column.name, fullNameOf(database, table)]);
  const dependents = dependentsOf(column, target);
  if (dependents.length > 0) throw dependencyError("ALTER TABLE DROP COLUMN", column, dependents);
  if (!table.columns.some((other) => other !== column && !other.computed))
    throw sqlError(4923, [column.name, target.shownName]);
  removeColumn(column, target);
}

function removeColumn(column: Column, target: TableTarget): void {
  const { table, database } = target;
  const transaction = transactionOf(target);
  const position = table.columns.indexOf(column);
  transaction.set(
    table,
    "columns",
    table.columns.filter((other) => other !== column),
  );
  rewriteRows(target, (row) => row.filter((_, i) => i !== position));
  for (const index of table.indexes)
    if (index.columns.some((one) => one.columnId === column.id))
      transaction.set(
        index,
        "columns",
        index.columns.filter((one) => one.columnId !== column.id),
      );
  for (let i = table.statistics.length - 1; i >= 0; i--)
    if (table.statistics[i]!.columnIds.includes(column.id)) transaction.splice(table.statistics, i, 1);
  const { permissions, extendedProperties } = database;
  const isOfColumn = (one: { classId: number; majorId: number; minorId: number }): boolean =>
    one.classId === 1 && one.majorId === table.id && one.minorId === column.id;
  for (let i = permissions.length - 1; i >= 0; i--)
    if (isOfColumn(permissions[i]!)) transaction.splice(permissions, i, 1);
  for (let i = extendedProperties.length - 1; i >= 0; i--)
    if (isOfColumn(extendedProperties[i]!)) transaction.splice(extendedProperties, i, 1);
}
