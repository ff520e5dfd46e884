/**
 * The history table of one system-versioned table, beside what the engine does by itself: its name, its clustered index, and, while
 * versioning is off, its columns.
 */
import type { Hazard } from "../../contract";
import type { NameComparer } from "../../engine/names";
import { quoteName, quoteNames, quoteText } from "../../engine/quoting";
import { sameType } from "./data-type";
import type { ColumnEffect } from "./diff";
import type { Draft, DraftStatement, Phase } from "./draft";
import { clusteredIndexOf, engineIndexName, historyIndexChange, renderHistoryIndex } from "./history-index";
import type { Rename } from "./match";
import type { DesiredColumn, DesiredVersioning, LiveColumn, LiveHistory } from "./model";
import { bracketed, renderColumn, renderRename, typeAndNullability } from "./render";

/** The change of the table itself, as far as its history follows it. */
interface HistoryWork {
  readonly draft: Draft;
  readonly display: string;
  /** Quoted, as it is called once moves and renames are done. */
  readonly table: string;
  readonly names: NameComparer;
  readonly databaseCollation: string | undefined;
  /** Columns of the table once the plan is done, in their order. */
  readonly finalColumns: readonly DesiredColumn[];
  /** By the key of the present name. */
  readonly effects: ReadonlyMap<string, ColumnEffect>;
  readonly rename: Rename;
}

export class HistoryPlanner {
  /** Quoted, as it is called once it is moved and renamed. */
  private readonly table: string;

  constructor(
    private readonly work: HistoryWork,
    private readonly history: LiveHistory,
    private readonly versioning: DesiredVersioning,
  ) {
    this.table = quoteNames(versioning.history.schema, versioning.history.name);
  }

  /** While versioning is off the table may be called and placed otherwise. */
  move(): void {
    const { history } = this;
    const to = this.versioning.history;
    const { names } = this.work;
    if (!names.equals(history.schema, to.schema))
      this.add(
        "history-column",
        `move history table ${history.display} to schema ${to.schema}`,
        `ALTER SCHEMA ${quoteName(to.schema)} TRANSFER OBJECT::${quoteNames(history.schema, history.name)};`,
      );
    if (!names.equals(history.name, to.name))
      this.add(
        "history-column",
        `rename history table ${history.display} to ${to.name}`,
        renderRename([to.schema, history.name], to.name, "OBJECT"),
      );
    const [from, name] = [clusteredIndexOf(history)?.name, this.indexName(to.name)];
    if (from !== undefined && !names.equals(from, name))
      this.add(
        "history-column",
        `rename index ${from} of history table ${to.name} to ${name}`,
        renderRename([to.schema, to.name, from], name, "INDEX"),
      );
  }

  /** The name that the engine gave the clustered index goes along when the table is renamed; another name stays. */
  private indexName(table: string): string {
    const there = clusteredIndexOf(this.history)?.name;
    const made = engineIndexName(this.history.name);
    return there === undefined || this.work.names.equals(there, made) ? engineIndexName(table) : there;
  }

  /** While versioning is off the engine takes nothing along, so the history table is brought to the columns of its table. */
  match(): void {
    const { history, versioning } = this;
    const { names } = this.work;
    const { finalColumns } = this.work;
    const replaced = new Set(
      [...this.work.effects.values()].filter((effect) => effect.gone).map((effect) => names.key(effect.live.name)),
    );
    const wanted = new Map(finalColumns.map((column) => [names.key(column.name), column]));
    const order: string[] = [];
    for (const column of history.columns) {
      const now = this.work.rename(column.name);
      const target = wanted.get(names.key(now));
      if (!target || replaced.has(names.key(column.name))) {
        this.drop(column, replaced.has(names.key(column.name)));
        continue;
      }
      if (!names.equals(now, column.name))
        this.add(
          "history-column",
          `rename column ${versioning.historyDisplay}.${column.name} to ${now}`,
          renderRename([versioning.history.schema, versioning.history.name, column.name], now, "COLUMN"),
        );
      this.alter(column, target);
      order.push(names.key(target.name));
    }
    for (const column of finalColumns)
      if (!order.includes(names.key(column.name))) {
        this.addColumn(column);
        order.push(names.key(column.name));
      }
    if (order.some((name, at) => name !== names.key(finalColumns[at]?.name ?? "")))
      this.work.draft.refuse(
        `${versioning.path}.historyTable`,
        `the columns of ${history.display} are not in the order of ${this.work.display}, which versioning needs; give another history table, and keep this one by hand`,
      );
  }

  private drop(column: LiveColumn, known: boolean): void {
    const { history } = this;
    const object = `${history.display}.${column.name}`;
    const loses = !known && history.row.rows > 0;
    this.dropDefault(column, "history-column");
    this.add(
      "history-column",
      `drop column ${object}`,
      `ALTER TABLE ${this.table} DROP COLUMN ${quoteName(column.name)};`,
      {
        hazards: loses
          ? [
              hazard(
                "data-loss",
                object,
                "the column of the history table and its values are dropped",
                history.row.rows,
              ),
            ]
          : [],
      },
    );
  }

  /**
   * A column that was added NOT NULL left its default on the history table too, under a name that the server made; it stands in the
   * way of a drop and of another type.
   */
  freeColumns(): void {
    for (const effect of this.work.effects.values()) {
      const retyped = effect.unknownType || (effect.type !== undefined && !effect.type.sameName);
      if (!effect.gone && !retyped) continue;
      const there = this.history.columns.find(({ name }) => this.work.names.equals(name, effect.live.name));
      if (there) this.dropDefault(there, "drop-constraint");
    }
  }

  private dropDefault(column: LiveColumn, phase: Phase): void {
    if (!column.default) return;
    this.add(
      phase,
      `drop default of ${this.versioning.historyDisplay}.${column.name}`,
      `ALTER TABLE ${this.table} DROP CONSTRAINT ${quoteName(column.default.name)};`,
    );
  }

  private alter(there: LiveColumn, column: DesiredColumn): void {
    if (column.computed) return;
    const { databaseCollation, names } = this.work;
    const collation = column.collation ?? databaseCollation;
    const same =
      sameType(there.type, column.type!, names) &&
      there.nullable === column.nullable &&
      (there.collation === undefined || there.collation.toLowerCase() === collation?.toLowerCase());
    if (same) return;
    if (there.type.name !== column.type!.name || there.type.schema !== column.type!.schema)
      this.dropDefault(there, "history-column");
    this.add(
      "history-column",
      `alter column ${this.versioning.historyDisplay}.${column.name}`,
      `ALTER TABLE ${this.table} ALTER COLUMN ${quoteName(column.name)} ${typeAndNullability(column, collation)};`,
      { sizeOfData: true },
    );
  }

  private addColumn(column: DesiredColumn): void {
    const { history, versioning } = this;
    const object = `${versioning.historyDisplay}.${column.name}`;
    if (column.computed)
      return this.add(
        "history-column",
        `add column ${object} with the values of the computed column`,
        this.computed(column),
        { sizeOfData: history.row.rows > 0 },
      );
    if (!column.nullable && !column.default && history.row.rows > 0)
      return this.work.draft.refuse(
        column.path,
        `${object} would be NOT NULL without a default, and the history table has ${history.row.rows} rows; give a default or make it nullable`,
      );
    const value = column.nullable || !column.default ? "" : ` DEFAULT ${bracketed(column.default.expression)}`;
    const plain = {
      ...column,
      collation: column.type!.name === "sysname" ? undefined : (column.collation ?? this.work.databaseCollation),
      default: undefined,
      identity: undefined,
      rowGuid: false,
      period: undefined,
    };
    this.add("history-column", `add column ${object}`, `ALTER TABLE ${this.table} ADD ${renderColumn(plain)}${value};`);
  }

  /** Only the server knows the type of an expression, so the batch asks for it; former versions get the value from their own columns. */
  private computed(column: DesiredColumn): string {
    const name = quoteName(column.name);
    const alter = `ALTER TABLE ${this.table} `;
    const fill = `UPDATE ${this.table} SET ${name} = ${bracketed(column.computed!.expression)};`;
    return [
      "DECLARE @type nvarchar(max), @null nvarchar(10);",
      "SELECT",
      "  @type = TYPE_NAME(c.user_type_id)",
      "    + CASE",
      "        WHEN TYPE_NAME(c.user_type_id) IN (N'varchar', N'char', N'varbinary', N'binary') THEN N'(' + CASE c.max_length WHEN -1 THEN N'max' ELSE CONVERT(nvarchar(10), c.max_length) END + N')'",
      "        WHEN TYPE_NAME(c.user_type_id) IN (N'nvarchar', N'nchar') THEN N'(' + CASE c.max_length WHEN -1 THEN N'max' ELSE CONVERT(nvarchar(10), c.max_length / 2) END + N')'",
      "        WHEN TYPE_NAME(c.user_type_id) IN (N'decimal', N'numeric') THEN N'(' + CONVERT(nvarchar(10), c.precision) + N', ' + CONVERT(nvarchar(10), c.scale) + N')'",
      "        WHEN TYPE_NAME(c.user_type_id) IN (N'datetime2', N'datetimeoffset', N'time') THEN N'(' + CONVERT(nvarchar(10), c.scale) + N')'",
      "        ELSE N''",
      "      END",
      "    + CASE WHEN c.collation_name IS NULL THEN N'' ELSE N' COLLATE ' + c.collation_name END,",
      "  @null = CASE c.is_nullable WHEN 1 THEN N' NULL' ELSE N' NOT NULL' END",
      "FROM sys.columns AS c",
      `WHERE c.object_id = OBJECT_ID(${quoteText(this.work.table)}) AND c.name = ${quoteText(column.name)};`,
      `DECLARE @add nvarchar(max) = ${quoteText(`${alter}ADD ${name} `)} + @type + N' NULL;';`,
      "EXEC (@add);",
      `EXEC (${quoteText(fill)});`,
      `DECLARE @alter nvarchar(max) = ${quoteText(`${alter}ALTER COLUMN ${name} `)} + @type + @null + N';';`,
      "EXEC (@alter);",
    ].join("\n");
  }

  // ---- Its clustered index -----------------------------------------------------------------------------------------

  private get change(): "keep" | "build" | "recreate" {
    return historyIndexChange(this.versioning, this.history, this.work);
  }

  /** While versioning is off, and before the columns change. */
  dropIndex(): void {
    if (this.change !== "recreate") return;
    const name = this.indexName(this.versioning.history.name);
    this.add(
      "history-column",
      `drop index ${this.versioning.historyDisplay}.${name}`,
      `DROP INDEX ${quoteName(name)} ON ${this.table};`,
      { sizeOfData: true },
    );
  }

  index(phase: "history-index" | "history-late"): void {
    const { change, history, versioning } = this;
    this.refuseOtherIndexes();
    if (change === "keep") return;
    const name = this.indexName(versioning.history.name);
    const object = `${versioning.historyDisplay}.${name}`;
    const { rows } = history.row;
    const build = renderHistoryIndex(
      versioning,
      name,
      clusteredIndexOf(history) !== undefined && change === "build",
      true,
    )!;
    this.add(phase, `build index ${object}`, build, {
      hazards: rows > 0 ? [hazard("index-build", object, "the index is built over every former version", rows)] : [],
      sizeOfData: true,
    });
  }

  /** 13771, 13772. */
  private refuseOtherIndexes(): void {
    const { history, versioning } = this;
    if (versioning.index !== "columnstore" || versioning.retention === "infinite") return;
    const others = history.indexes.filter(({ clustered }) => !clustered).map(({ name }) => name);
    if (others.length > 0)
      this.work.draft.refuse(
        `${versioning.path}.historyIndex`,
        `${history.display} has ${others.length === 1 ? "index" : "indexes"} ${others.join(", ")}, and history in a columnstore index takes no other index where it is aged out; drop ${others.length === 1 ? "it" : "them"} first, or keep history for ever`,
      );
  }

  private add(phase: Phase, label: string, batch: string, special: DraftStatement = {}): void {
    this.work.draft.add(phase, this.work.display, label, batch, special);
  }
}

function hazard(type: Hazard["type"], object: string, detail: string, rows: number): Hazard {
  return { type, object, detail, rows };
}
