/** A table under construction or change, and where its constraints are kept. */
import type { Execution } from "../../session/runtime";
import type { Column, Constraint, Database, DbObject, DefaultConstraint, Index, Table } from "../../storage/model";
import type { Transaction } from "../../storage/transaction";
import { constraintsOf, newObjectId, register, unregister } from "../registry";

export type TableKind = "base" | "temporary" | "variable" | "type";

export interface TableTarget {
  readonly table: Table;
  readonly database: Database;
  readonly execution: Execution;
  readonly kind: TableKind;
  /** Name that a user wrote: #t is stored under a longer one. */
  readonly shownName: string;
}

/** Constraints of table variables and of tables made from table types: they are in no database's objects. */
const loose = new WeakMap<Table, Constraint[]>();

export function transactionOf(target: TableTarget): Transaction {
  return target.execution.session.transaction;
}

export function addConstraintObject(target: TableTarget, constraint: Constraint): void {
  if (target.kind === "variable" || target.kind === "type") {
    const list = loose.get(target.table);
    if (list) list.push(constraint);
    else loose.set(target.table, [constraint]);
    return;
  }
  register(target.database, constraint, transactionOf(target));
}

export function removeConstraintObject(target: TableTarget, constraint: Constraint): void {
  unregister(target.database, constraint, transactionOf(target));
}

/** Every constraint declared on a table, wherever the table lives. */
export function tableConstraints(database: Database, table: Table): readonly Constraint[] {
  return loose.get(table) ?? constraintsOf(database, table.id);
}

export function setLooseConstraints(table: Table, constraints: Constraint[]): void {
  loose.set(table, constraints);
}

/** The DEFAULT of a column, if any. */
export function defaultOf(database: Database, table: Table, column: Column): DefaultConstraint | undefined {
  if (column.defaultObjectId === 0) return undefined;
  const list = loose.get(table);
  const found: DbObject | undefined = list
    ? list.find((constraint) => constraint.id === column.defaultObjectId)
    : database.objects.get(column.defaultObjectId);
  return found?.type === "D " ? found : undefined;
}

/** Ids of constraints in table variables never meet those of a database. */
let nextLooseId = -1;

export function constraintId(target: TableTarget): number {
  return target.kind === "variable" || target.kind === "type" ? nextLooseId-- : newObjectId(target.database);
}

export function clusteredIndex(table: { indexes: Index[] }): Index | undefined {
  return table.indexes.find((index) => index.id === 1);
}

export function nextIndexId(table: Pick<Table, "indexes" | "statistics">): number {
  let id = 1;
  for (const index of table.indexes) id = Math.max(id, index.id);
  for (const statistic of table.statistics) id = Math.max(id, statistic.id);
  return id + 1;
}
