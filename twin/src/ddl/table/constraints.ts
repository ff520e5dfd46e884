/** PRIMARY KEY, UNIQUE, CHECK and DEFAULT. Rules: reference sheet "tables and indexes" 1.9. Each failure ends with 1750. */
import type { Expression, TableConstraint } from "../../language/ast";
import { sqlError } from "../../session/messages";
import { notImplemented, type SqlError } from "../../session/sql-error";
import type { CheckConstraint, Column, DefaultConstraint, KeyConstraint } from "../../storage/model";
import { at, qualified } from "../naming";
import { printDefinition } from "../print-expression";
import { findColumn, newObjectBase, systemName } from "../registry";
import { fullNameOf } from "../temporal/tables";
import { columnNames } from "./columns";
import { addForeignKey } from "./foreign-keys";
import { readIndexOptions } from "./index-options";
import { buildIndex } from "./indexes";
import {
  addConstraintObject,
  clusteredIndex,
  constraintId,
  tableConstraints,
  transactionOf,
  type TableTarget,
} from "./target";

/** The server's pair: the real error, then 1750. */
function constraintError(error: SqlError, line?: number): SqlError {
  if (error.number === 1750) return error;
  const last = sqlError(1750);
  last.preceding = [...error.preceding, error];
  if (line !== undefined) for (const one of [error, last]) at(one, line);
  return last;
}

export function failsWith1750<T>(work: () => T, line: number): T {
  try {
    return work();
  } catch (error) {
    if (isConstraintFailure(error)) throw constraintError(error, line);
    throw error;
  }
}

const followedBy1750 = new Set([
  1505, 1750, 1753, 1757, 1761, 1762, 1763, 1764, 1766, 1767, 1768, 1769, 1770, 1773, 1774, 1776, 1778, 1779, 1781,
  1785, 1787, 1788, 13558, 13564, 13565, 13583, 1902, 35372, 1909, 1911, 1913, 1919, 2714, 8111, 1711, 1908, 1752, 1754,
  1755, 1791, 8135, 8136, 8139,
]);

function isConstraintFailure(error: unknown): error is SqlError {
  return error instanceof Error && "number" in error && followedBy1750.has((error as SqlError).number);
}

/** `column` is set for the column form, where the key is the column itself. */
export function addConstraint(
  constraint: TableConstraint,
  target: TableTarget,
  column: Column | undefined,
  check: boolean,
  preferNonclustered = false,
): void {
  failsWith1750(() => {
    switch (constraint.kind) {
      case "primary-key":
      case "unique":
        return addKey(constraint, target, column, preferNonclustered);
      case "check":
        return addCheck(constraint, target, column, check);
      case "default":
        return addDefault(
          { ...constraint, name: constraint.name },
          target,
          columnNamed(constraint.column, target, constraint.line),
        );
      case "foreign-key":
        return addForeignKey(constraint, target, column, check);
      case "connection":
        throw notImplemented("edge constraints");
    }
  }, constraint.line);
}

function columnNamed(name: string, target: TableTarget, line: number): Column {
  const column = findColumn(target.table, target.database, name);
  if (!column) throw at(sqlError(1752, [name, target.shownName]), line);
  return column;
}

function addKey(
  constraint: Extract<TableConstraint, { kind: "primary-key" | "unique" }>,
  target: TableTarget,
  column: Column | undefined,
  preferNonclustered: boolean,
): void {
  const { table, database } = target;
  if (constraint.hash) throw notImplemented("hash indexes");
  const primary = constraint.kind === "primary-key";
  if (table.historyOf !== undefined) throw sqlError(primary ? 13558 : 13583, [fullNameOf(database, table)]);
  if (primary && table.indexes.some((index) => index.primaryKey)) throw sqlError(1779, [target.shownName]);
  const columns =
    constraint.columns.length > 0
      ? constraint.columns
      : column
        ? [{ name: column.name, descending: false }]
        : undefined;
  if (!columns) throw sqlError(8135, [target.shownName]);
  if (new Set(columns.map((item) => database.key(item.name))).size !== columns.length)
    throw sqlError(8136, [primary ? "PRIMARY KEY" : "UNIQUE", target.shownName]);
  if (primary)
    for (const { name } of columns) {
      const member = findColumn(table, database, name);
      if (!member) throw sqlError(1911, [name]);
      if (member.computed && !member.computed.persisted) throw sqlError(1711, [member.name, target.shownName]);
      if (member.nullable)
        throw sqlError(
          member.computed ? 1711 : 8111,
          member.computed ? [member.name, target.shownName] : [target.shownName],
        );
    }
  const id = constraintId(target);
  const prefix = primary ? "PK" : "UQ";
  const name = constraint.name ?? systemName(prefix, target.shownName, undefined, id);
  const clustered = constraint.clustered ?? (primary && !preferNonclustered && !clusteredIndex(table));
  const object: KeyConstraint = {
    ...newObjectBase(database, name, table.schemaId, table.id),
    id,
    type: prefix,
    indexId: 0,
    systemNamed: constraint.name === undefined,
  };
  addConstraintObject(target, object);
  const index = buildIndex(target, {
    name,
    clustered,
    columnstore: false,
    unique: true,
    primaryKey: primary,
    uniqueConstraint: !primary,
    columns,
    include: [],
    options: readIndexOptions(constraint.options, target.execution),
    ...(constraint.on && { on: constraint.on }),
    line: constraint.line,
  });
  object.indexId = index.id;
}

function addCheck(
  constraint: Extract<TableConstraint, { kind: "check" }>,
  target: TableTarget,
  column: Column | undefined,
  check: boolean,
): void {
  const { table, database, execution } = target;
  if (table.historyOf !== undefined) throw sqlError(13564, [fullNameOf(database, table)]);
  const condition = execution.parts.query.compileCondition(constraint.expression, table, database, execution);
  const members = columnNames(constraint.expression).map((name) => findColumn(table, database, name));
  for (const member of members) {
    if (!member) continue;
    if (member.type.name === "text" || member.type.name === "ntext" || member.type.name === "image")
      throw sqlError(2790);
    if (member.computed && !member.computed.persisted)
      throw sqlError(1764, [member.name, target.shownName, "check constraint"]);
    if (column && member !== column) throw sqlError(8141, ["CHECK", column.name, target.shownName]);
  }
  const id = constraintId(target);
  const name = constraint.name ?? systemName("CK", target.shownName, column?.name, id);
  if (check)
    for (const row of table.rows.values())
      if (condition(row, execution) === false) {
        const place = column ? `, column '${column.name}'` : "";
        throw sqlError(547, [
          "ALTER TABLE",
          "CHECK",
          name,
          database.name,
          qualified(database, { schemaId: table.schemaId, name: target.shownName }),
          place,
          "",
          "",
        ]);
      }
  const object: CheckConstraint = {
    ...newObjectBase(database, name, table.schemaId, table.id),
    id,
    type: "C ",
    columnId: column?.id ?? 0,
    definition: printDefinition(constraint.expression),
    expression: constraint.expression,
    disabled: false,
    notTrusted: !check || constraint.notForReplication,
    notForReplication: constraint.notForReplication,
    systemNamed: constraint.name === undefined,
  };
  addConstraintObject(target, object);
}

interface DefaultSpecification {
  readonly name?: string | undefined;
  readonly expression: Expression;
  readonly line?: number;
}

/** Creates the DEFAULT object and points the column to it. Values of existing rows are the caller's business. */
export function addDefault(specification: DefaultSpecification, target: TableTarget, column: Column): void {
  const { table, database, execution } = target;
  if (column.defaultObjectId !== 0) throw sqlError(1781);
  if (column.identity) throw sqlError(1754, [target.shownName, column.name]);
  if (column.type.name === "timestamp") throw sqlError(1755, [target.shownName, column.name]);
  if (column.sparse || column.columnSet) throw sqlError(1791, [column.name, target.shownName]);
  if (column.computed) throw sqlError(1752, [column.name, target.shownName]);
  if (columnNames(specification.expression).length > 0)
    throw sqlError(128, [columnNames(specification.expression)[0]!]);
  execution.parts.query.compileForTable(
    specification.expression,
    { name: table.name, columns: [] },
    database,
    execution,
  );
  const id = constraintId(target);
  const object: DefaultConstraint = {
    ...newObjectBase(
      database,
      specification.name ?? systemName("DF", target.shownName, column.name, id),
      table.schemaId,
      table.id,
    ),
    id,
    type: "D ",
    columnId: column.id,
    definition: printDefinition(specification.expression),
    expression: specification.expression,
    systemNamed: specification.name === undefined,
  };
  addConstraintObject(target, object);
  transactionOf(target).set(column, "defaultObjectId", id);
}

/** CHECK constraints of the table that read a column. */
export function checksReading(target: TableTarget, column: Column): CheckConstraint[] {
  const { database, table } = target;
  const key = database.key(column.name);
  return tableConstraints(database, table).filter(
    (constraint): constraint is CheckConstraint =>
      constraint.type === "C " && columnNames(constraint.expression).some((name) => database.key(name) === key),
  );
}
