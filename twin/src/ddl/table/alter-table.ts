/** ALTER TABLE: finds the table, locks it, and hands the action to its file. */
import type { AlterTableAction, Definition, Option } from "../../language/ast";
import { sqlError } from "../../session/messages";
import type { Execution, Work } from "../../session/runtime";
import { notImplemented } from "../../session/sql-error";
import { lockObject } from "../locking";
import { at, isTemporary, lastPart, locate, shown } from "../naming";
import { mayAlter } from "../permission";
import { touch, triggersOf } from "../registry";
import { follow, lockFollower, requireAllowed } from "../temporal/alter";
import { definePeriod, requireWholePeriod } from "../temporal/period";
import { lockHistory, setVersioning } from "../temporal/system-versioning";
import { findVersioning, isVersioning } from "../temporal/versioning-options";
import { addColumns } from "./add-columns";
import { alterColumn } from "./alter-column";
import { alterColumnProperty } from "./column-property";
import { addConstraint } from "./constraints";
import { lockReferencedTables } from "./create-table";
import { partitionCount } from "./data-space";
import { dropItems } from "./drop-items";
import { applyCompression, readIndexOptions } from "./index-options";
import { buildIndex, specificationOf } from "./indexes";
import { targetOf } from "./index-statements";
import { switchTable } from "./switch";
import { requireCompressibleTable } from "./sparse-compression";
import { transactionOf, type TableTarget } from "./target";
import { enableConstraints } from "./trust";

export function* alterTable(statement: Extract<Definition, { kind: "alter-table" }>, execution: Execution): Work<void> {
  const found = locate(statement.name, execution);
  if (!found || !mayAlter(execution, found.database, found.object))
    throw at(sqlError(4902, [shown(statement.name)]), statement.line);
  const { object: table, database } = found;
  if (table.type !== "U") throw at(sqlError(4909, [shown(statement.name)]), statement.line);
  yield* lockObject(execution, database, table.id, "Sch-M");
  const target = targetOf(table, database, execution, lastPart(statement.name));
  if (database.options.readOnly) throw sqlError(3906, [database.name]);
  if (statement.action.kind === "add") yield* lockReferencedTables(statement.action.definition, execution);
  requireAllowed(statement.action, target);
  yield* lockFollower(statement.action, target);
  yield* apply(statement.action, target, statement.line);
  follow(statement.action, target, statement.line);
  touch(table, execution);
}

function* apply(action: AlterTableAction, target: TableTarget, line: number): Work<void> {
  switch (action.kind) {
    case "add":
      return add(action, target);
    case "alter-column":
      return alterColumn(action, target, line);
    case "alter-column-property":
      return alterColumnProperty(action, target, line);
    case "drop":
      return dropItems(action.items, target);
    case "check-constraint":
      return enableConstraints(action, target);
    case "trigger":
      return enableTriggers(action, target);
    case "switch":
      return yield* switchTable(action, target, line);
    case "rebuild":
      return rebuild(action, target);
    case "set":
      return yield* setTableOptions(action, target);
    case "change-tracking":
      return changeTracking(action, target);
  }
}

function add(action: Extract<AlterTableAction, { kind: "add" }>, target: TableTarget): void {
  const { definition } = action;
  requireWholePeriod(definition, target);
  const check = action.check ?? true;
  if (definition.columns.length > 0) addColumns(definition.columns, target, check);
  if (definition.period) definePeriod(definition.period, target);
  for (const constraint of definition.constraints) addConstraint(constraint, target, undefined, check);
  for (const index of definition.indexes) buildIndex(target, specificationOf(index, target));
}

function enableTriggers(action: Extract<AlterTableAction, { kind: "trigger" }>, target: TableTarget): void {
  const { database, table } = target;
  const triggers = triggersOf(database, table.id);
  const chosen =
    action.names === "all"
      ? triggers
      : action.names.map((name) => {
          const found = triggers.find((trigger) => database.key(trigger.name) === database.key(name));
          if (!found) throw sqlError(4920, [name, target.shownName]);
          return found;
        });
  for (const trigger of chosen) transactionOf(target).set(trigger.trigger!, "disabled", !action.enable);
}

function rebuild(action: Extract<AlterTableAction, { kind: "rebuild" }>, target: TableTarget): void {
  const { table, database } = target;
  const options = readIndexOptions(action.options, target.execution);
  if (options.online && isTemporary(target.shownName) && !target.shownName.startsWith("##")) throw sqlError(1917);
  const base = table.indexes[0]!;
  const count = partitionCount(database, base.dataSpaceId);
  let { compression } = options;
  if (action.partition !== undefined && action.partition !== "all") {
    if (count === 1) throw sqlError(7729, ["ALTER", "TABLE", "table", target.shownName]);
    const partition = Number(target.execution.parts.query.scalar(action.partition, target.execution));
    if (partition < 1 || partition > count) throw sqlError(7722, [partition, "table", target.shownName, count]);
    compression = compression?.map((one) => ({ ...one, partitions: [partition] }));
  }
  const columnstore = base.type.endsWith("COLUMNSTORE");
  transactionOf(target).set(
    base,
    "compression",
    applyCompression({ ...(compression && { compression }) }, count, base.compression, columnstore, {
      statement: "TABLE",
      object: target.shownName,
    }),
  );
  requireCompressibleTable(table, target.shownName, "alter");
}

function* setTableOptions(action: Extract<AlterTableAction, { kind: "set" }>, target: TableTarget): Work<void> {
  const versioning = findVersioning(action.options);
  if (versioning) {
    yield* lockHistory(versioning, target);
    setVersioning(versioning, target);
  }
  for (const option of action.options) {
    if (isVersioning(option)) continue;
    if (option.name.toUpperCase() === "FILESTREAM_ON") {
      placeFilestream(option, target);
      continue;
    }
    if (option.name.toUpperCase() !== "LOCK_ESCALATION") throw notImplemented(`ALTER TABLE ... SET (${option.name})`);
    const word = String(option.value).toUpperCase();
    if (word !== "AUTO" && word !== "TABLE" && word !== "DISABLE") throw sqlError(102, [word]);
    transactionOf(target).set(target.table, "lockEscalation", word);
  }
}

/** Only while there is no FILESTREAM column. Source: sql-docs, ALTER TABLE, SET (FILESTREAM_ON = ...). */
function placeFilestream({ value }: Option, target: TableTarget): void {
  const { table, database } = target;
  if (table.columns.some((column) => column.filestream))
    throw notImplemented("SET (FILESTREAM_ON) of a table that has FILESTREAM columns");
  const name = typeof value === "object" && !Array.isArray(value) ? value.parts.at(-1)! : String(value);
  const word = name.toUpperCase();
  const spaces = [...database.dataSpaces.values()].filter(({ type }) => type === "FD");
  const space =
    word === "DEFAULT"
      ? spaces.find((one) => one.isDefault)
      : spaces.find((one) => database.key(one.name) === database.key(name));
  if (word !== "NULL" && !space) throw sqlError(1921, [name]);
  transactionOf(target).set(table, "filestreamDataSpaceId", space?.id ?? null);
}

function changeTracking(action: Extract<AlterTableAction, { kind: "change-tracking" }>, target: TableTarget): void {
  const { table, database } = target;
  if (!action.enable) {
    if (!table.changeTracking) throw sqlError(4998, [target.shownName]);
    return transactionOf(target).set(table, "changeTracking", undefined);
  }
  if (!database.options.changeTracking) throw sqlError(1718, [database.name, target.shownName]);
  if (table.changeTracking) throw sqlError(4996, [target.shownName]);
  if (!table.indexes.some((index) => index.primaryKey)) throw sqlError(4997, [target.shownName]);
  const option = action.options.find((one) => one.name.toUpperCase() === "TRACK_COLUMNS_UPDATED");
  transactionOf(target).set(table, "changeTracking", {
    trackColumnsUpdated: String(option?.value ?? "OFF").toUpperCase() === "ON",
  });
}
