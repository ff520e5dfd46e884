/**
 * SYSTEM_VERSIONING ON and OFF. Rules: reference sheet "tables and indexes" 2.1 to 2.4; sql-docs, creating and stopping a
 * system-versioned temporal table, manage retention of historical data.
 */
import { randomBytes } from "node:crypto";
import { sqlError } from "../../session/messages";
import type { Work } from "../../session/runtime";
import type { Column, Database, DbObject, Index, Table, Versioning } from "../../storage/model";
import { schemaBoundReferrers } from "../dependencies";
import { lockObject } from "../locking";
import { some } from "../module/tree";
import { at, findIn, placeFor, qualified } from "../naming";
import { hasPermission, objectTarget, requirePermission } from "../permission";
import { isModule, register, touch, triggersOf } from "../registry";
import { isLarge, newTable } from "../table/create-table";
import { defaultFilegroup } from "../table/data-space";
import { heap } from "../table/indexes";
import { transactionOf, type TableTarget } from "../table/target";
import { requireConsistentHistory, requireHistoryFits } from "./history-match";
import { fullNameOf, historyTable } from "./tables";
import type { VersioningOptions } from "./versioning-options";

/** Waits for the history table that the options or the table itself name. */
export function* lockHistory(options: VersioningOptions, target: TableTarget): Work<void> {
  const { database, execution, table } = target;
  const named = options.history && namedObject(options, target);
  for (const object of [named, historyTable(database, table)])
    if (object) yield* lockObject(execution, database, object.id, "Sch-M");
}

export function setVersioning(options: VersioningOptions, target: TableTarget): void {
  const { table, database, execution } = target;
  requireControl(target, table);
  if (!options.on) return turnOff(target);
  const place = target.kind === "base" ? database : undefined;
  if (!place || database.name === "tempdb") throw sqlError(13568, [target.shownName]);
  if (table.versioning) changeRetention(options, target);
  else turnOn(options, target);
  touch(table, execution);
}

/** CONTROL on both tables. Source: sql-docs, temporal table security. */
function requireControl({ execution, database }: TableTarget, object: DbObject): void {
  if (database.name === "tempdb" || hasPermission(execution.session, "CONTROL", objectTarget(object))) return;
  throw sqlError(13538);
}

/** Both tables stay; the period goes on stamping. */
function turnOff(target: TableTarget): void {
  const { table, database } = target;
  const history = historyTable(database, table);
  if (!history) throw sqlError(13591, [fullNameOf(database, table)]);
  requireControl(target, history);
  requireUnbound(target);
  const transaction = transactionOf(target);
  transaction.set(history, "historyOf", undefined);
  transaction.set(table, "versioning", undefined);
  touch(history, target.execution);
  touch(table, target.execution);
}

/**
 * A schema-bound view may be read FOR SYSTEM_TIME, so it holds the table as it is; so does any other schema-bound module that says
 * FOR SYSTEM_TIME itself. Source: sql-docs, stopping system-versioning, remarks; sql-docs issue 4631.
 */
function requireUnbound({ table, database }: TableTarget): void {
  const holder = schemaBoundReferrers(database, table.id).find(
    (object) =>
      isModule(object) && (object.type === "V " || some(object.parsed, (node) => node["temporal"] !== undefined)),
  );
  if (holder) throw sqlError(3729, ["ALTER", qualified(database, table), holder.name]);
}

/** ON again, for a table that has it: the history table may be repeated, and only its retention changes. */
function changeRetention(options: VersioningOptions, target: TableTarget): void {
  const { table, database } = target;
  const history = historyTable(database, table)!;
  if (options.history) {
    if (namedObject(options, target) !== history) throw sqlError(13757, [fullNameOf(database, table)]);
  } else if (options.retention === undefined) throw sqlError(13596, [fullNameOf(database, table)]);
  transactionOf(target).set(table, "versioning", versioningOf(options, history, target));
}

function versioningOf(options: VersioningOptions, history: Table, target: TableTarget): Versioning {
  const { retention } = options;
  if (retention === undefined || retention === "infinite") return { historyTableId: history.id };
  requireCleanable(target, history);
  return { historyTableId: history.id, retention };
}

/** What the clean-up of aged rows needs: 13765, 13771, 13780. */
function requireCleanable({ table, database }: TableTarget, history: Table): void {
  const names = [fullNameOf(database, table), fullNameOf(database, history)];
  const [base] = history.indexes;
  if (!isCleanupIndex(base!, table, history)) throw sqlError(13765, names);
  if (base!.type !== "CLUSTERED COLUMNSTORE") return;
  if (history.indexes.length > 1) throw sqlError(13771, names);
  if (history.columns.some(isLarge)) throw sqlError(13780, names);
}

/** A clustered columnstore index, or a clustered B-tree that begins with the end of the period. */
export function isCleanupIndex(index: Index, current: Table, history: Table): boolean {
  if (index.type === "CLUSTERED COLUMNSTORE") return true;
  if (index.type !== "CLUSTERED") return false;
  const end = current.columns.findIndex((column) => column.id === current.period?.endColumnId);
  return index.columns[0]?.columnId === history.columns[end]?.id;
}

function turnOn(options: VersioningOptions, target: TableTarget): void {
  const { table, database } = target;
  const name = fullNameOf(database, table);
  if (!table.period) throw sqlError(13510);
  if (!table.indexes.some((index) => index.primaryKey)) throw sqlError(13553, [name]);
  if (table.columns.some((column) => column.filestream)) throw sqlError(13555, [name]);
  if (table.columns.length > 1023) throw sqlError(13748, [name]);
  if (triggersOf(database, table.id).some(({ trigger }) => trigger?.insteadOf)) throw sqlError(13774, [name]);
  const existing = options.history && namedObject(options, target);
  const history = existing ? adopt(existing, options, target) : createHistory(options, target);
  const transaction = transactionOf(target);
  transaction.set(history, "historyOf", table.id);
  transaction.set(table, "versioning", versioningOf(options, history, target));
}

function namedObject(options: VersioningOptions, { database }: TableTarget): DbObject | undefined {
  const { history } = options;
  if (!history) return undefined;
  for (const schema of database.schemas.values())
    if (database.key(schema.name) === database.key(history.schema)) return findIn(database, schema.id, history.name);
  throw at(sqlError(2760, [history.schema]), history.line);
}

function adopt(object: DbObject, options: VersioningOptions, target: TableTarget): Table {
  const { table, database } = target;
  const name = fullNameOf(database, object);
  if (object.type !== "U") throw sqlError(13511, [name]);
  if (object.historyOf !== undefined) throw sqlError(13514, [name]);
  if (object.versioning) throw sqlError(13566, [name]);
  if (object.period) throw sqlError(13574, [name]);
  requireControl(target, object);
  requireHistoryFits(table, object, database);
  if (options.checkConsistency) requireConsistentHistory(table, object, database);
  touch(object, target.execution);
  return object;
}

/** A table of the same columns, with a clustered index on the end and the start of the period and PAGE compression. */
function createHistory(options: VersioningOptions, target: TableTarget): Table {
  const { table, database, execution } = target;
  const written = options.history;
  const place = written && placeFor({ parts: [written.schema, written.name], line: written.line }, execution);
  const schemaId = place?.schema.id ?? table.schemaId;
  requirePermission("ALTER", { kind: "schema", schemaId }, execution);
  const history = newTable(database, place?.name ?? anonymousName(table, database), schemaId, execution);
  history.columns = table.columns.map(historyColumn);
  history.maxColumnId = history.columns.length;
  const base = table.indexes[0]!;
  const dataSpaceId = base.partitionColumnId === undefined ? base.dataSpaceId : defaultFilegroup(database).id;
  history.indexes = [historyIndex(history, table, dataSpaceId)];
  if (table.lobDataSpaceId !== 0)
    history.lobDataSpaceId = base.partitionColumnId === undefined ? table.lobDataSpaceId : dataSpaceId;
  register(database, history, transactionOf(target));
  return history;
}

function anonymousName(table: Table, database: Database): string {
  const name = `MSSQL_TemporalHistoryFor_${table.id}`;
  return findIn(database, table.schemaId, name) ? `${name}_${randomBytes(4).toString("hex").toUpperCase()}` : name;
}

/** Values only: nothing is numbered, computed or filled in by itself. */
function historyColumn(column: Column, position: number): Column {
  const { identity: _identity, computed: _computed, ...plain } = column;
  return { ...plain, id: position + 1, defaultObjectId: 0, rowGuidCol: false, hidden: false, generatedAlways: 0 };
}

function historyIndex(history: Table, table: Table, dataSpaceId: number): Index {
  const { period } = table;
  const idOf = (columnId: number): number =>
    history.columns[table.columns.findIndex((column) => column.id === columnId)]!.id;
  const compressible = !history.columns.some((column) => column.sparse || column.columnSet);
  return {
    ...heap(dataSpaceId, 1),
    id: 1,
    name: `ix_${history.name}`.slice(0, 128),
    type: "CLUSTERED",
    columns: [period!.endColumnId, period!.startColumnId].map((id) => ({
      columnId: idOf(id),
      descending: false,
      included: false,
      partitionOrdinal: 0,
      columnstoreOrder: 0,
    })),
    compression: [compressible ? "PAGE" : "NONE"],
  };
}
