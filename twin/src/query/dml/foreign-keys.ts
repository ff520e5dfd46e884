/**
 * Foreign keys at the end of a statement: rows that point nowhere, rows that are still pointed at, and the cascading actions.
 * https://learn.microsoft.com/sql/relational-databases/tables/primary-and-foreign-key-constraints
 */
import { foreignKeysOf, referencing } from "../../ddl/table/foreign-keys";
import { sqlError } from "../../session/messages";
import type { Row, Work } from "../../session/runtime";
import type { ForeignKey, Index, Table } from "../../storage/model";
import { encodeKey, othersChange } from "../../storage/rows";
import type { SqlValue } from "../../types/value";
import type { Run } from "../context";
import { isShared, lockRows, waitForRow } from "../locks";
import { schemaName } from "../objects";
import type { Scope } from "../scope";
import { tableTarget } from "./target";
import { type Change, TableWriter } from "./writer";

/** A foreign key with the places of its columns in the rows of both tables. */
interface Link {
  readonly key: ForeignKey;
  readonly child: Table;
  readonly parent: Table;
  readonly childPositions: readonly number[];
  readonly parentPositions: readonly number[];
  readonly index: Index | undefined;
}

function link(key: ForeignKey, child: Table, parent: Table): Link {
  const index = parent.indexes.find(
    (candidate) => candidate.id === key.keyIndexId && candidate.entries && !candidate.disabled,
  );
  // In the order of the index, so that its entries can be asked.
  const pairs = index
    ? index.columns
        .filter((column) => !column.included)
        .flatMap((column) => key.columns.filter((pair) => pair.referencedColumnId === column.columnId))
    : key.columns;
  const place = (table: Table, id: number) => table.columns.findIndex((column) => column.id === id);
  return {
    key,
    child,
    parent,
    childPositions: pairs.map((pair) => place(child, pair.columnId)),
    parentPositions: pairs.map((pair) => place(parent, pair.referencedColumnId)),
    index: pairs.length === key.columns.length ? index : undefined,
  };
}

const pick = (row: Row, positions: readonly number[]): SqlValue[] => positions.map((position) => row[position]!);

/** Undefined when a part is NULL: such a row points at nothing. */
function keyOf(row: Row, positions: readonly number[], { parent, parentPositions }: Link): string | undefined {
  const values = pick(row, positions);
  return values.includes(null)
    ? undefined
    : encodeKey(
        values,
        parentPositions.map((position) => parent.columns[position]!),
      );
}

function parentWith(key: string, found: Link): number | undefined {
  if (found.index) return found.index.entries!.get(key);
  for (const [rowId, row] of found.parent.rows) if (keyOf(row, found.parentPositions, found) === key) return rowId;
  return undefined;
}

export class ForeignKeyCheck {
  /** Writers of the tables that cascading actions changed, for their triggers. */
  readonly cascaded: TableWriter[] = [];

  constructor(
    private readonly scope: Scope,
    private readonly run: Run,
    private readonly word: TableWriter["statement"],
  ) {}

  *enforce(writer: TableWriter, changes: readonly Change[]): Work<void> {
    if (writer.target.isVariable || changes.length === 0) return;
    const { table, database } = writer.target;
    if (changes.some((change) => change.before)) yield* this.parentSide(writer, changes);
    for (const key of foreignKeysOf(database, table.id)) {
      if (key.disabled) continue;
      const parent = database.objects.get(key.referencedId) as Table;
      yield* this.childSide(link(key, table, parent), writer, changes);
    }
  }

  private *childSide(found: Link, writer: TableWriter, changes: readonly Change[]): Work<void> {
    const { table, database } = writer.target;
    const { execution } = this.run;
    for (const change of changes) {
      // A later step of the statement may have changed the row again.
      const row = change.after && table.rows.get(change.rowId);
      if (!row) continue;
      const key = keyOf(row, found.childPositions, found);
      if (key === undefined) continue;
      if (change.before && keyOf(change.before, found.childPositions, found) === key) continue;
      for (let rowId = this.undecided(found, key); rowId !== undefined; rowId = this.undecided(found, key)) {
        const known = found.parent.dirty.get(rowId);
        yield* waitForRow(found.parent, database, rowId, execution);
        if (found.parent.dirty.get(rowId) === known) break;
      }
      if (parentWith(key, found) !== undefined) continue;
      const same = found.parent === table ? "FOREIGN KEY SAME TABLE" : "FOREIGN KEY";
      throw conflict(
        this.word,
        same,
        found.key,
        database.name,
        found.parent,
        schemaName(database, found.parent.schemaId),
        found.parentPositions,
      );
    }
  }

  /** A parent row that another transaction has changed and not committed. */
  private undecided(found: Link, key: string): number | undefined {
    const own = this.run.execution.session.transaction.id;
    if (!othersChange(found.parent, this.run.execution)) return undefined;
    for (const [rowId, { transactionId, before }] of found.parent.dirty) {
      if (transactionId === own) continue;
      const current = found.parent.rows.get(rowId);
      if (
        (before && keyOf(before, found.parentPositions, found) === key) ||
        (current && keyOf(current, found.parentPositions, found) === key)
      )
        return rowId;
    }
    return undefined;
  }

  private *parentSide(writer: TableWriter, changes: readonly Change[]): Work<void> {
    const { table, database } = writer.target;
    const keys = referencing(database, table.id).filter((key) => !key.disabled);
    const acts = (key: ForeignKey) => key.onDelete !== "NO_ACTION" || key.onUpdate !== "NO_ACTION";
    // Actions first: they may take away what would stand in the way of the others.
    for (const key of keys.sort((a, b) => Number(acts(b)) - Number(acts(a)))) {
      const child = database.objects.get(key.parentId) as Table;
      yield* this.children(link(key, child, table), writer, changes);
    }
  }

  private *children(found: Link, writer: TableWriter, changes: readonly Change[]): Work<void> {
    const { database } = writer.target;
    const gone = new Map<string, Change>();
    for (const change of changes) {
      const key = change.before && keyOf(change.before, found.parentPositions, found);
      if (key === undefined || gone.has(key)) continue;
      if (change.after && keyOf(change.after, found.parentPositions, found) === key) continue;
      if (parentWith(key, found) === undefined) gone.set(key, change);
    }
    if (gone.size === 0) return;
    yield* this.waitForChildren(found, gone);
    const rows: { rowId: number; row: Row; change: Change }[] = [];
    for (const [rowId, row] of found.child.rows) {
      const key = keyOf(row, found.childPositions, found);
      const change = key === undefined ? undefined : gone.get(key);
      if (change) rows.push({ rowId, row, change });
    }
    if (rows.length === 0) return;
    const deleted = rows.filter(({ change }) => !change.after);
    const updated = rows.filter(({ change }) => change.after);
    for (const [list, action] of [
      [deleted, found.key.onDelete],
      [updated, found.key.onUpdate],
    ] as const) {
      if (list.length === 0) continue;
      if (action === "NO_ACTION") {
        const same = found.child === found.parent ? "SAME TABLE REFERENCE" : "REFERENCE";
        throw conflict(
          this.word,
          same,
          found.key,
          database.name,
          found.child,
          schemaName(database, found.child.schemaId),
          found.childPositions,
        );
      }
      yield* this.cascade(found, list, action, list === deleted);
    }
  }

  /** Another session may be adding or taking away rows that point here. */
  private *waitForChildren(found: Link, gone: ReadonlyMap<string, Change>): Work<void> {
    const { execution } = this.run;
    if (!othersChange(found.child, execution)) return;
    const own = execution.session.transaction.id;
    const database = this.databaseOf(found.child);
    for (const [rowId, { transactionId, before }] of [...found.child.dirty]) {
      if (transactionId === own) continue;
      const current = found.child.rows.get(rowId);
      const points = [before, current].some((row) => row && gone.has(keyOf(row, found.childPositions, found) ?? ""));
      if (points) yield* waitForRow(found.child, database, rowId, execution);
    }
  }

  private databaseOf(table: Table) {
    const { server } = this.run.execution.session;
    for (const database of server.databases.values()) if (isShared(table, database)) return database;
    return this.run.execution.frame.database;
  }

  private *cascade(
    found: Link,
    rows: readonly { rowId: number; row: Row; change: Change }[],
    action: "CASCADE" | "SET_NULL" | "SET_DEFAULT",
    deleting: boolean,
  ): Work<void> {
    const database = this.databaseOf(found.child);
    const writer = new TableWriter(tableTarget(found.child, database), this.scope, this.run, this.word);
    this.cascaded.push(writer);
    yield* lockRows(
      found.child,
      database,
      rows.map(({ rowId }) => rowId),
      this.run.execution,
    );
    if (deleting && action === "CASCADE") {
      yield* this.enforce(writer, writer.delete(rows.map(({ rowId }) => rowId)));
      return;
    }
    const made = writer.update(
      rows.map(({ rowId, row, change }) => {
        const values = [...row];
        found.childPositions.forEach((position, i) => {
          values[position] =
            action === "CASCADE"
              ? change.after![found.parentPositions[i]!]!
              : action === "SET_NULL"
                ? null
                : writer.defaultValue(position);
        });
        return { rowId, values };
      }),
    );
    yield* this.enforce(writer, made);
  }
}

function conflict(
  word: string,
  kind: string,
  key: ForeignKey,
  database: string,
  table: Table,
  schema: string,
  positions: readonly number[],
) {
  const column = positions.length === 1 ? `, column '${table.columns[positions[0]!]!.name}'` : "";
  return sqlError(547, [word, kind, key.name, database, `${schema}.${table.name}`, column, "", ""]);
}
