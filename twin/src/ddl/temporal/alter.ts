/**
 * ALTER TABLE on either table of a system-versioned pair: what is refused, and what the history table takes over. Rules: reference sheet
 * "tables and indexes" 2.3; sql-docs, changing the schema of a system-versioned temporal table.
 */
import type { AlterTableAction, ColumnDefinition } from "../../language/ast";
import { sqlError } from "../../session/messages";
import type { Work } from "../../session/runtime";
import { notImplemented } from "../../session/sql-error";
import type { Column, Table } from "../../storage/model";
import { lockObject } from "../locking";
import { findColumn, touch } from "../registry";
import { addColumns } from "../table/add-columns";
import { alterColumn } from "../table/alter-column";
import { alterColumnProperty } from "../table/column-property";
import { isLarge } from "../table/create-table";
import { dropItems } from "../table/drop-items";
import { transactionOf, type TableTarget } from "../table/target";
import { currentTable, fullNameOf, historyTable } from "./tables";

type ActionOf<K extends AlterTableAction["kind"]> = Extract<AlterTableAction, { kind: K }>;
type Rules = { [K in AlterTableAction["kind"]]?: (action: ActionOf<K>, target: TableTarget) => void };

/** A history table keeps the columns that its current table has. */
const onHistory: Rules = {
  add: ({ definition }, { table, database }) => {
    if (definition.columns.length > 0) throw sqlError(13550, [fullNameOf(database, table)]);
  },
  drop: ({ items }, { table, database }) => {
    if (items.some((item) => item.kind === "column")) throw sqlError(13551, [fullNameOf(database, table)]);
  },
  "alter-column": ({ column }, { table, database }) => {
    throw sqlError(13548, [column, fullNameOf(database, table)]);
  },
  "alter-column-property": ({ column }, { table, database }) => {
    throw sqlError(13548, [column, fullNameOf(database, table)]);
  },
  "change-tracking": ({ enable }, { table, database }) => {
    if (enable) throw sqlError(13563, [fullNameOf(database, table)]);
  },
};

const onCurrent: Rules = {
  add: ({ definition }, target) => {
    for (const column of definition.columns) requireAddable(column, target);
  },
  "alter-column": (action, target) => {
    if (action.sparse) requireUncompressedHistory(target);
  },
  "alter-column-property": (action, target) => {
    if (!action.add) return;
    if (action.property === "SPARSE") requireUncompressedHistory(target);
    if (action.property === "ROWGUIDCOL") throw sqlError(13723, [historyName(target)]);
  },
};

export function requireAllowed(action: AlterTableAction, target: TableTarget): void {
  const rules = target.table.historyOf !== undefined ? onHistory : target.table.versioning ? onCurrent : undefined;
  (rules?.[action.kind] as ((action: AlterTableAction, target: TableTarget) => void) | undefined)?.(action, target);
}

function historyName({ table, database }: TableTarget): string {
  return fullNameOf(database, historyTable(database, table)!);
}

function requireAddable(column: ColumnDefinition, target: TableTarget): void {
  if (column.computed) throw sqlError(13724);
  if (column.identity) throw sqlError(13704, [historyName(target)]);
  if (column.rowGuidCol) throw sqlError(13723, [historyName(target)]);
  if (column.filestream) throw sqlError(13718);
  if (column.columnSet) throw notImplemented("ADD of a column set to a system-versioned table");
  if (column.sparse) requireUncompressedHistory(target);
}

function requireUncompressedHistory({ table, database }: TableTarget): void {
  const history = historyTable(database, table)!;
  if (history.indexes.some((index) => index.compression.some((one) => one !== "NONE")))
    throw sqlError(11418, ["alter", history.name], 2);
}

interface Follower<A> {
  concerns(action: A): boolean;
  /** `current` has the change; `behind` is its history table. */
  run(action: A, current: TableTarget, behind: TableTarget, line: number): void;
}

const followers: { [K in AlterTableAction["kind"]]?: Follower<ActionOf<K>> } = {
  add: {
    concerns: ({ definition }) => definition.columns.length > 0,
    run: ({ definition }, current, behind) =>
      addColumns(
        definition.columns.map((column) => historyDefinition(column, columnOf(column.name, current))),
        behind,
        true,
      ),
  },
  drop: {
    concerns: ({ items }) => items.some((item) => item.kind === "column"),
    run: ({ items }, _current, behind) =>
      dropItems(
        items.filter((item) => item.kind === "column"),
        behind,
      ),
  },
  "alter-column": {
    concerns: () => true,
    run: (action, current, behind, line) =>
      alterColumn({ ...action, nullable: columnOf(action.column, current).nullable }, behind, line),
  },
  "alter-column-property": {
    concerns: ({ property }) => property === "MASKED" || property === "SPARSE",
    run: (action, _current, behind, line) => alterColumnProperty(action, behind, line),
  },
};

/** Waits for the history table when the action goes on to it. */
export function* lockFollower(action: AlterTableAction, { table, database, execution }: TableTarget): Work<void> {
  const history = historyTable(database, table);
  if (history && followerOf(action)) yield* lockObject(execution, database, history.id, "Sch-M");
}

function followerOf(action: AlterTableAction): Follower<AlterTableAction> | undefined {
  const follower = followers[action.kind] as Follower<AlterTableAction> | undefined;
  return follower?.concerns(action) ? follower : undefined;
}

/** The same change on the history table, once the current table has it. */
export function follow(action: AlterTableAction, target: TableTarget, line: number): void {
  const { table, database, execution } = target;
  const history = historyTable(database, table);
  const follower = followerOf(action);
  if (!history || !follower) return;
  follower.run(action, target, { ...target, table: history, shownName: history.name }, line);
  requireSmallColumns(target, history);
  touch(history, execution);
}

function columnOf(name: string, { table, database }: TableTarget): Column {
  return findColumn(table, database, name)!;
}

/** A column that may not be NULL brings its default along, for the rows that are there. */
function historyDefinition(definition: ColumnDefinition, column: Column): ColumnDefinition {
  const { identity: _identity, generated: _generated, default: written, ...plain } = definition;
  return {
    ...plain,
    nullable: column.nullable,
    ...(written &&
      !column.nullable && { default: { expression: written.expression, text: written.text, withValues: false } }),
    constraints: [],
    indexes: [],
    rowGuidCol: false,
  };
}

/** The clean-up of a columnstore history table cannot do with large objects. */
function requireSmallColumns({ table, database }: TableTarget, history: Table): void {
  if (!table.versioning!.retention || history.indexes[0]!.type !== "CLUSTERED COLUMNSTORE") return;
  const large = history.columns.find(isLarge);
  if (large) throw sqlError(13781, [large.name, fullNameOf(database, table), fullNameOf(database, history)]);
}

/** sp_rename of a column: the history table's has the same name. */
export function renameInHistory(before: string, after: string, target: TableTarget): void {
  const { table, database, execution } = target;
  const history = historyTable(database, table);
  const column = history && findColumn(history, database, before);
  if (!history || !column) return;
  transactionOf(target).set(
    history,
    "columns",
    history.columns.map((one) => (one === column ? { ...one, name: after } : one)),
  );
  touch(history, execution);
}

/** 13759: names change on the current table. */
export function requireRenamable(table: Table, target: TableTarget): void {
  if (table.historyOf !== undefined) throw sqlError(13759, [fullNameOf(target.database, table)]);
}

/** 13552, for both tables of a pair. */
export function requireDroppable(table: Table, database: TableTarget["database"]): void {
  if (table.versioning || currentTable(database, table)) throw sqlError(13552, [fullNameOf(database, table)]);
}
