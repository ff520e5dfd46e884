/** What every data modification statement shares: atomicity, locks, foreign keys, CHECK OPTION, triggers, identity. */
import type { DmlTarget, Expression, TableSource } from "../../language/ast";
import { catalogResource } from "../../ddl/locking";
import { requireIndexedViews } from "../../ddl/module/view-index";
import { notImplemented, SqlError } from "../../session/sql-error";
import { sqlError } from "../../session/messages";
import type { Execution, Row, Work } from "../../session/runtime";
import type { Database, Module, Table } from "../../storage/model";
import { convert } from "../../types/convert";
import type { SqlType } from "../../types/sql-type";
import { Compiler, type RowQuery } from "../compiler";
import { type Context, childContext, Run } from "../context";
import { toNumber } from "../expressions/coercion";
import { compileExpression } from "../expressions/compile";
import { lockForInsert, lockReads, lockRows, outermost, type ReadLocks, waited } from "../locks";
import { Scope } from "../scope";
import { rowQueryRelation } from "../sources";
import { ForeignKeyCheck } from "./foreign-keys";
import { type Event, hasTriggers, pseudoTable, type Target } from "./target";
import type { Change, TableWriter } from "./writer";

/** A statement that fails takes back what it did itself and nothing else. */
export function* atomic<T>(execution: Execution, work: () => Work<T>): Work<T> {
  const { transaction } = execution.session;
  const { mark } = transaction;
  try {
    return yield* work();
  } catch (error) {
    // A ROLLBACK inside a trigger has taken back everything already.
    if (execution.session.transaction === transaction && transaction.mark > mark) transaction.rollbackTo(mark);
    throw error;
  }
}

const attempts = 10;

/** Compiles and locks; again while others had to be waited for, since what they did may change what names mean. */
export function* settled<T>(
  execution: Execution,
  compile: (root: Scope) => T,
): Work<{ compiled: T; root: Scope; locks: ReadLocks }> {
  for (let attempt = 1; ; attempt++) {
    const root = new Scope(new Compiler(execution), undefined, execution.frame.database);
    let compiled: T;
    try {
      compiled = compile(root);
    } catch (error) {
      if (attempt < attempts && (yield* mayAppear(error, execution))) continue;
      throw error;
    }
    const locks = yield* lockReads(root.compiler, execution);
    if (!locks.waited || attempt === attempts) return { compiled, root, locks };
    locks.release();
  }
}

/** What is not there may be what another transaction has dropped or renamed: its end tells. */
function* mayAppear(error: unknown, execution: Execution): Work<boolean> {
  if (!(error instanceof SqlError) || error.number !== 208) return false;
  const resource = catalogResource(execution.frame.database);
  const hasWaited = yield* waited(execution.session.lock(resource, "S"));
  execution.session.unlock?.(resource, "S");
  return hasWaited;
}

/** Inside a module its owner's rights reach the table. */
export function demandOn(object: Table | Module, permission: string, execution: Execution): void {
  const { session, frame } = execution;
  if (frame.module || object.name.startsWith("#") || object.name.startsWith("@")) return;
  session.demand(permission, { kind: "object", objectId: object.id, schemaId: object.schemaId, name: object.name });
}

export function requireWritable(database: Database): void {
  if (database.options.readOnly) throw sqlError(3906, [database.name]);
}

export type RowLimit = (context: Context, total: number) => number;

/** TOP (n) [PERCENT] and SET ROWCOUNT. */
export function compileTop(top: { count: Expression; percent: boolean } | undefined, root: Scope): RowLimit {
  const scope = new Scope(root.compiler, root, root.database);
  const count = top && compileExpression(top.count, scope);
  return (context, total) => {
    const { rowcount } = context.execution.session.options;
    let limit = rowcount > 0 ? rowcount : Infinity;
    if (count) {
      const given = toNumber(count.evaluate(childContext(context.run, context)));
      if (given < 0) throw sqlError(127);
      limit = Math.min(limit, top?.percent ? Math.ceil((total * given) / 100) : given);
    }
    return limit;
  };
}

export function filled(table: Table, rows: readonly (Row | undefined)[]): Table {
  for (const row of rows) if (row) table.rows.set(table.nextRowId++, row);
  return table;
}

export interface Outcome {
  readonly writer: TableWriter;
  readonly checks: readonly RowQuery[];
  /** Events whose triggers fire, with the changes that belong to them. */
  readonly events: readonly { readonly event: Event; readonly changes: readonly Change[] }[];
  /** column_ids that an UPDATE set. */
  readonly updatedColumns: Set<number>;
}

/** What follows once the rows are written. */
export function* conclude(outcome: Outcome, scope: Scope, run: Run): Work<void> {
  const { writer } = outcome;
  const { target } = writer;
  const { execution } = run;
  yield* lockRows(
    target.table,
    target.database,
    writer.changes.filter((change) => !change.before).map((change) => change.rowId),
    execution,
  );
  yield* lockVersions(writer, execution);
  const keys = new ForeignKeyCheck(scope, run, writer.statement);
  yield* keys.enforce(writer, writer.changes);
  for (const cascaded of keys.cascaded) yield* lockVersions(cascaded, execution);
  for (const one of [writer, ...keys.cascaded]) keepIndexedViews(one, execution);
  requireChecks(outcome, execution);
  if (writer.duplicates > 0) execution.output.message(sqlError(3604));
  for (const cascaded of keys.cascaded) {
    const event: Event = cascaded.changes.some((change) => change.after) ? "UPDATE" : "DELETE";
    yield* fireAfter(cascaded.target, event, cascaded.changes, changedColumns(cascaded), execution);
  }
  for (const { event, changes } of outcome.events)
    yield* fireAfter(target, event, changes, outcome.updatedColumns, execution);
}

/** Rows of the history table are seen by others when the transaction ends, like those of the table itself. */
function* lockVersions({ target, versions }: TableWriter, execution: Execution): Work<void> {
  if (!versions?.history || versions.rowIds.length === 0) return;
  yield* lockForInsert(versions.history, target.database, new Set(), execution);
  yield* lockRows(versions.history, target.database, versions.rowIds, execution);
}

/** Only new rows can give a view a key twice. */
function keepIndexedViews({ target, changes }: TableWriter, execution: Execution): void {
  if (!target.isVariable && changes.some(({ after }) => after !== undefined))
    requireIndexedViews(target.table, target.database, execution);
}

/** WITH CHECK OPTION: the rows must be visible through the view. */
function requireChecks(outcome: Outcome, execution: Execution): void {
  for (const query of outcome.checks) {
    const run = new Run(execution);
    const visible = new Set<number>();
    for (const row of rowQueryRelation(query).rows(run, outermost(run))) visible.add(Number(row[query.names.length]));
    for (const change of outcome.writer.changes) if (change.after && !visible.has(change.rowId)) throw sqlError(550);
  }
}

function changedColumns(writer: TableWriter): Set<number> {
  const { columns } = writer.target.table;
  const ids = new Set<number>();
  for (const { before, after } of writer.changes)
    if (before && after) columns.forEach((column, i) => before[i] !== after[i] && ids.add(column.id));
  return ids;
}

function* fireAfter(
  target: Target,
  event: Event,
  changes: readonly Change[],
  updated: Set<number>,
  execution: Execution,
): Work<void> {
  const { table, database } = target;
  if (target.isVariable || !hasTriggers(table.id, database, event, false)) return;
  const pseudo = (name: string, rows: readonly (Row | undefined)[]) =>
    filled(pseudoTable(name, table.columns, table), rows);
  const inserted = pseudo("inserted", event === "DELETE" ? [] : changes.map((change) => change.after));
  const deleted = pseudo("deleted", event === "INSERT" ? [] : changes.map((change) => change.before));
  yield* execution.parts.interpreter.fireTriggers(table, event, "after", inserted, deleted, updated, execution);
}

/** INSTEAD OF triggers do the work when there are any that do not run already. */
export function* fireInstead(
  on: Table | Module,
  shape: Table,
  database: Database,
  event: Event,
  draft: () => { inserted: readonly Row[]; deleted: readonly Row[] },
  updated: Set<number>,
  execution: Execution,
): Work<boolean> {
  if (!hasTriggers(on.id, database, event, true)) return false;
  const rows = draft();
  const inserted = filled(pseudoTable("inserted", shape.columns, shape), rows.inserted);
  const deleted = filled(pseudoTable("deleted", shape.columns, shape), rows.deleted);
  const { interpreter } = execution.parts;
  const done = yield* interpreter.fireTriggers(on, event, "instead-of", inserted, deleted, updated, execution);
  if (!done && on.type !== "U") throw notImplemented(`${event} on view ${on.name} inside its own INSTEAD OF trigger`);
  return done;
}

/** @@IDENTITY and SCOPE_IDENTITY() are numeric(38,0), whatever the column is. */
const identityType: SqlType = { name: "numeric", precision: 38, scale: 0 };

/** Values of @@IDENTITY and SCOPE_IDENTITY() after an INSERT. */
export function recordIdentity(writer: TableWriter, execution: Execution): void {
  const { table } = writer.target;
  const numbered = table.columns.find((column) => column.identity);
  if (!numbered) execution.session.lastIdentity = null;
  else if (writer.lastIdentity !== null) {
    const value = convert(writer.lastIdentity, numbered.type, identityType);
    execution.session.lastIdentity = value;
    execution.frame.scopeIdentity = value;
  }
}

/** The statement's target as a source of its FROM. */
export function targetSource(target: DmlTarget, line: number): TableSource {
  if (target.kind === "table-variable") return { kind: "table-variable", variable: target.variable, line };
  return { kind: "table", name: target.name, hints: target.hints, line };
}

export function requireNoTriggers(target: Target, event: Event, line: number): void {
  if (target.isVariable) return;
  if (
    hasTriggers(target.table.id, target.database, event, false) ||
    hasTriggers(target.table.id, target.database, event, true)
  ) {
    const error = sqlError(334, [target.table.name]);
    error.line ??= line;
    throw error;
  }
}
