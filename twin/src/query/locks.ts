/**
 * Locks that queries take: intent on tables, exclusive on changed rows, and waiting for rows that others have changed and
 * not committed. UPDLOCK, HOLDLOCK and the isolation levels above READ COMMITTED lock the whole table, which is coarser
 * than the product's row and key-range locks but never lets through what those would stop.
 * https://learn.microsoft.com/sql/relational-databases/sql-server-transaction-locking-and-row-versioning-guide
 */
import { catalogResource, objectResource } from "../ddl/locking";
import { notImplemented } from "../session/sql-error";
import { sqlError } from "../session/messages";
import type { Execution, LockMode, Work } from "../session/runtime";
import type { Database, Table } from "../storage/model";
import { othersChange } from "../storage/rows";
import type { Compiler, TableRead } from "./compiler";
import { childContext, Run } from "./context";
import { accessOf } from "./table-rows";

/** A statement that changed more rows than this locks the table instead of them. */
const escalation = 5000;

function rowResource(database: Database, table: Table, rowId: number): string {
  return `row:${database.id}:${table.id}:${rowId}`;
}

/** Table variables, #tables and trigger tables are seen by one session only. */
export function isShared(table: Table, database: Database): boolean {
  return database.objects.get(table.id) === table && (!table.name.startsWith("#") || table.name.startsWith("##"));
}

/** Drives work and tells whether it had to wait: what was read before may be different then. */
export function* waited(work: Work<void>): Work<boolean> {
  let step = work.next();
  if (step.done) return false;
  while (!step.done) {
    let value: unknown;
    try {
      value = yield step.value;
    } catch (error) {
      step = work.throw(error);
      continue;
    }
    step = work.next(value);
  }
  return true;
}

interface Held {
  readonly resource: string;
  readonly mode: LockMode;
}

export interface ReadLocks {
  /** Somebody had to be waited for: names have to be looked up again. */
  readonly waited: boolean;
  /** Gives back what READ COMMITTED holds for the statement only. */
  release(): void;
}

/** What a statement needs before it may look at its tables. */
export function* lockReads(compiler: Compiler, execution: Execution): Work<ReadLocks> {
  const { session } = execution;
  const held: Held[] = [];
  let anyWait = false;
  for (const [table, read] of compiler.reads) {
    if (!isShared(table, read.database)) continue;
    requireSnapshot(read, execution);
    const { mode, lasting } = tableMode(read, execution);
    const resource = objectResource(read.database, table.id);
    if (yield* waited(session.lock(resource, mode))) anyWait = true;
    if (!lasting) held.push({ resource, mode });
    if (waitsForRows(read, execution) && (yield* waitForRows(table, read, execution))) anyWait = true;
  }
  for (const database of compiler.catalogs) {
    const resource = catalogResource(database);
    if (yield* waited(session.lock(resource, "S"))) anyWait = true;
    held.push({ resource, mode: "S" });
  }
  return { waited: anyWait, release: () => held.forEach(({ resource, mode }) => session.unlock?.(resource, mode)) };
}

/** One statement under SNAPSHOT sees what is committed when it begins; that a transaction keeps this view is not there. */
function requireSnapshot(read: TableRead, execution: Execution): void {
  if (execution.session.options.isolation !== "SNAPSHOT" || read.database.name === "tempdb") return;
  if (!read.database.options.snapshotIsolation) throw sqlError(3952, [read.database.name]);
  if (execution.session.transactionCount > 0)
    throw notImplemented("SNAPSHOT isolation in a transaction of more than one statement");
}

function tableMode(read: TableRead, execution: Execution): { mode: LockMode; lasting: boolean } {
  const { hints } = read;
  const { isolation } = execution.session.options;
  const has = (...names: string[]) => names.some((name) => hints.has(name));
  if (has("TABLOCKX") || (has("XLOCK") && !read.update)) return { mode: "X", lasting: true };
  if (read.update)
    return { mode: has("TABLOCK") ? "X" : has("HOLDLOCK", "SERIALIZABLE") ? "SIX" : "IX", lasting: true };
  if (has("UPDLOCK")) return { mode: "U", lasting: true };
  if (has("NOLOCK", "READUNCOMMITTED")) return { mode: "Sch-S", lasting: false };
  const strict =
    has("HOLDLOCK", "SERIALIZABLE", "REPEATABLEREAD") ||
    isolation === "SERIALIZABLE" ||
    isolation === "REPEATABLE READ";
  if (strict) return { mode: "S", lasting: true };
  if (has("TABLOCK")) return { mode: "S", lasting: false };
  if (isolation === "READ UNCOMMITTED" || accessOf(read, execution) === "committed")
    return { mode: "Sch-S", lasting: false };
  return { mode: "IS", lasting: false };
}

function waitsForRows(read: TableRead, execution: Execution): boolean {
  if (read.hints.has("READPAST") || accessOf(read, execution) !== "current") return false;
  if (read.update) return true;
  return (
    !read.hints.has("NOLOCK") &&
    !read.hints.has("READUNCOMMITTED") &&
    execution.session.options.isolation !== "READ UNCOMMITTED"
  );
}

/** Waits until no other transaction has uncommitted changes on rows that the statement looks at. */
function* waitForRows(table: Table, read: TableRead, execution: Execution): Work<boolean> {
  let anyWait = false;
  for (
    let rowId = blockingRow(table, read, execution);
    rowId !== undefined;
    rowId = blockingRow(table, read, execution)
  ) {
    const known = table.dirty.get(rowId);
    yield* waitForRow(table, read.database, rowId, execution);
    anyWait = true;
    // Held by somebody who holds no lock on the row: nothing to wait for.
    if (table.dirty.get(rowId) === known) break;
  }
  return anyWait;
}

/** Until the transaction that changed the row has ended. */
export function* waitForRow(table: Table, database: Database, rowId: number, execution: Execution): Work<void> {
  const resource = rowResource(database, table, rowId);
  yield* execution.session.lock(resource, "S");
  execution.session.unlock?.(resource, "S");
}

function blockingRow(table: Table, read: TableRead, execution: Execution): number | undefined {
  if (!othersChange(table, execution)) return undefined;
  const own = execution.session.transaction.id;
  const seek = read.uses === 1 ? read.seek : undefined;
  const run = new Run(execution);
  const key = seek?.key(run);
  for (const [rowId, { transactionId, before }] of table.dirty) {
    if (transactionId === own) continue;
    if (!seek) return rowId;
    const current = table.rows.get(rowId);
    if ((before && seek.read(before) === key) || (current && seek.read(current) === key)) return rowId;
  }
  return undefined;
}

/** Locks rows that a statement is about to change, or has just made. */
export function* lockRows(
  table: Table,
  database: Database,
  rowIds: readonly number[],
  execution: Execution,
): Work<void> {
  if (!isShared(table, database) || rowIds.length === 0) return;
  const { session } = execution;
  if (rowIds.length > escalation && !othersChange(table, execution) && table.lockEscalation !== "DISABLE") {
    yield* session.lock(objectResource(database, table.id), "X");
    return;
  }
  for (const rowId of rowIds) yield* session.lock(rowResource(database, table, rowId), "X");
}

/** For INSERT, whose target is not read. */
export function* lockForInsert(
  table: Table,
  database: Database,
  hints: ReadonlySet<string>,
  execution: Execution,
): Work<boolean> {
  if (!isShared(table, database)) return false;
  const mode: LockMode =
    hints.has("TABLOCKX") || hints.has("TABLOCK")
      ? "X"
      : hints.has("HOLDLOCK") || hints.has("SERIALIZABLE")
        ? "SIX"
        : "IX";
  return yield* waited(execution.session.lock(objectResource(database, table.id), mode));
}

/** A run at the level that has nothing around it. */
export function outermost(run: Run) {
  return childContext(run, undefined);
}
