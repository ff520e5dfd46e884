/** ALTER TABLE ALTER COLUMN ... ADD or DROP of a property. Rules: reference sheet "tables and indexes" 1.5 and 1.6. */
import type { AlterTableAction } from "../../language/ast";
import { sqlError } from "../../session/messages";
import { notImplemented } from "../../session/sql-error";
import type { Column } from "../../storage/model";
import { at } from "../naming";
import { findColumn } from "../registry";
import { isPeriodColumn } from "../temporal/tables";
import { isNondeterministic, settingOf } from "./determinism";
import { dependencyError, dependentsOf } from "./column-dependents";
import { rewriteRows, storedValue } from "./row-values";
import { requireMask } from "./mask";
import { requireCompressibleTable } from "./sparse-compression";
import { transactionOf, type TableTarget } from "./target";

type Action = Extract<AlterTableAction, { kind: "alter-column-property" }>;
type Change = (column: Column, action: Action, target: TableTarget) => void;

const changes: Record<string, Change | undefined> = {
  ROWGUIDCOL: changeRowGuid,
  PERSISTED: changePersisted,
  "NOT FOR REPLICATION": changeReplication,
  SPARSE: changeSparse,
  MASKED: changeMask,
  HIDDEN: (column, action, target) => {
    if (column.generatedAlways === 0) throw sqlError(13735, [column.name, target.shownName]);
    replace(column, { ...column, hidden: action.add }, target);
  },
};

export function alterColumnProperty(action: Action, target: TableTarget, line: number): void {
  const { table, database } = target;
  const column = findColumn(table, database, action.column);
  if (!column) throw at(sqlError(4924, ["ALTER TABLE ALTER COLUMN", action.column, target.shownName]), line);
  const change = changes[action.property];
  if (!change) throw at(notImplemented(`ALTER COLUMN ... ${action.property}`), line);
  if (action.property !== "HIDDEN" && isPeriodColumn(table, column)) throw at(sqlError(13599, [column.name]), line);
  change(column, action, target);
}

/** Columns are replaced, not changed, so that nothing compiled for the old one is taken for the new one. */
function replace(column: Column, next: Column, target: TableTarget): void {
  const { table } = target;
  transactionOf(target).set(
    table,
    "columns",
    table.columns.map((other) => (other === column ? next : other)),
  );
}

function changeRowGuid(column: Column, action: Action, target: TableTarget): void {
  const { table } = target;
  const holder = table.columns.find((other) => other.rowGuidCol);
  if (action.add) {
    if (holder) throw sqlError(4925, [target.shownName]);
    if (column.type.name !== "uniqueidentifier") throw sqlError(2761);
  } else if (!holder) throw sqlError(4926, [target.shownName]);
  else if (holder !== column) throw sqlError(4989, [column.name, target.shownName]);
  replace(column, { ...column, rowGuidCol: action.add }, target);
}

function changePersisted(column: Column, action: Action, target: TableTarget): void {
  const { table, database, execution } = target;
  const { computed } = column;
  if (!computed) throw sqlError(4919, [column.name]);
  if (computed.persisted === action.add) return;
  if (action.add && isNondeterministic(computed.expression, settingOf(table, database, execution)))
    throw sqlError(4936, [column.name, target.shownName]);
  if (!action.add) {
    // A key, CHECK or FOREIGN KEY stands on the stored value only.
    const blocking = dependentsOf(column, target).filter(
      ({ use }) => use === "primary-key" || use === "foreign-key" || use === "check",
    );
    if (blocking.length > 0) throw dependencyError("ALTER TABLE ALTER COLUMN", column, blocking);
  }
  const next: Column = {
    ...column,
    nullable: action.add ? column.nullable : true,
    computed: { ...computed, persisted: action.add },
  };
  replace(column, next, target);
  if (!action.add || table.rows.size === 0) return;
  const position = table.columns.indexOf(next);
  const compiled = execution.parts.query.compileForTable(computed.expression, table, database, execution);
  rewriteRows(target, (row) =>
    row.map((value, i) =>
      i === position ? storedValue(compiled.evaluate(execution, row), compiled.type, next, target) : value,
    ),
  );
}

function changeReplication(column: Column, action: Action, target: TableTarget): void {
  if (!column.identity) throw sqlError(4991, [column.name, target.shownName]);
  replace(column, { ...column, identity: { ...column.identity, notForReplication: action.add } }, target);
}

const noSparse = new Set(["text", "ntext", "image", "geometry", "geography"]);

function changeSparse(column: Column, action: Action, target: TableTarget): void {
  if (action.add) {
    if (column.defaultObjectId !== 0) throw sqlError(1791, [column.name, target.shownName]);
    const refused =
      !column.nullable ||
      column.rowGuidCol ||
      column.identity ||
      column.filestream ||
      column.computed ||
      noSparse.has(column.type.name);
    if (refused) throw sqlError(1731, [column.name, target.shownName]);
  }
  replace(column, { ...column, sparse: action.add }, target);
  requireCompressibleTable(target.table, target.shownName, "alter");
}

function changeMask(column: Column, action: Action, target: TableTarget): void {
  const { mask, ...unmasked } = column;
  if (!action.add) {
    if (mask === undefined) throw sqlError(16007, [column.name]);
    return replace(column, unmasked, target);
  }
  const readers = dependentsOf(column, target).filter(({ use }) => use === "computed" || use === "module");
  if (readers.length > 0) throw dependencyError("ALTER TABLE ALTER COLUMN", column, readers);
  requireMask(action.text!, column.name, column.type);
  replace(column, { ...unmasked, mask: action.text! }, target);
}
