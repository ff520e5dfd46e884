/**
 * The history table of one system-versioned table, beside what the engine does by itself: its name, its clustered index, and, while
 * versioning is off, its columns.
 */
import { quoteName, quoteNames, quoteText } from "../../engine/quoting";
import { sameType } from "./data-type";
import { engineIndexName, historyIndexChange, renderHistoryIndex } from "./history-index";
import type { DesiredColumn, DesiredVersioning, LiveColumn, LiveHistory } from "./model";
import { bracketed, renderRename, typeAndNullability } from "./render";
import type { TableWork } from "./table-work";
import { clusteredIndexOf } from "./versioning-change";

export class HistoryPlanner {
  /** Quoted, as it is called once it is moved and renamed. */
  private readonly table: string;

  constructor(
    private readonly work: TableWork,
    private readonly history: LiveHistory,
    private readonly versioning: DesiredVersioning,
  ) {
    this.table = quoteNames(versioning.history.schema, versioning.history.name);
  }

  /** While versioning is off the table may be called and placed otherwise. */
  move(): void {
    const { history } = this;
    const to = this.versioning.history;
    const { names } = this.work.facts;
    if (!names.equals(history.schema, to.schema))
      this.work.add(
        "history-column",
        `move history table ${history.display} to schema ${to.schema}`,
        `ALTER SCHEMA ${quoteName(to.schema)} TRANSFER OBJECT::${quoteNames(history.schema, history.name)};`,
      );
    if (!names.equals(history.name, to.name))
      this.work.add(
        "history-column",
        `rename history table ${history.display} to ${to.name}`,
        renderRename([to.schema, history.name], to.name, "OBJECT"),
      );
    const [from, name] = [clusteredIndexOf(history)?.name, this.indexName(to.name)];
    if (from !== undefined && !names.equals(from, name))
      this.work.add(
        "history-column",
        `rename index ${from} of history table ${to.name} to ${name}`,
        renderRename([to.schema, to.name, from], name, "INDEX"),
      );
  }

  /** The name that the engine gave the clustered index goes along when the table is renamed; another name stays. */
  private indexName(table: string): string {
    const there = clusteredIndexOf(this.history)?.name;
    const made = engineIndexName(this.history.name);
    return there === undefined || this.work.facts.names.equals(there, made) ? engineIndexName(table) : there;
  }

  /** While versioning is off the engine takes nothing along, so the history table is brought to the columns of its table. */
  match(): void {
    const { history, versioning } = this;
    const { names } = this.work.facts;
    const { finalColumns, how } = this.work.versioning;
    const replaced = new Set(
      [...this.work.diff.effects.values()].filter((effect) => effect.gone).map((effect) => names.key(effect.live.name)),
    );
    const wanted = new Map(finalColumns.map((column) => [names.key(column.name), column]));
    const order: string[] = [];
    for (const column of history.columns) {
      const now = this.work.diff.rename(column.name);
      const target = wanted.get(names.key(now));
      if (!target || replaced.has(names.key(column.name))) {
        this.drop(column, replaced.has(names.key(column.name)));
        continue;
      }
      if (!names.equals(now, column.name))
        this.work.add(
          "history-column",
          `rename column ${versioning.historyDisplay}.${column.name} to ${now}`,
          renderRename([versioning.history.schema, versioning.history.name, column.name], now, "COLUMN"),
        );
      this.alter(column, target);
      order.push(names.key(target.name));
    }
    for (const column of finalColumns)
      if (!order.includes(names.key(column.name))) {
        this.add(column);
        order.push(names.key(column.name));
      }
    if (order.some((name, at) => name !== names.key(finalColumns[at]?.name ?? "")))
      this.work.draft.refuse(
        `${versioning.path}.historyTable`,
        `the columns of ${history.display} are not in the order of ${this.work.display}, which versioning needs${how === "repair" ? "; give another history table, and keep this one by hand" : ""}`,
      );
  }

  private drop(column: LiveColumn, known: boolean): void {
    const { history } = this;
    const loses = !known && history.row.rows > 0;
    this.work.add(
      "history-column",
      `drop column ${history.display}.${column.name}`,
      `ALTER TABLE ${this.table} DROP COLUMN ${quoteName(column.name)};`,
      {
        hazards: loses
          ? [
              this.work.hazard(
                "data-loss",
                `${history.display}.${column.name}`,
                "the column of the history table and its values are dropped",
                history.row.rows,
              ),
            ]
          : [],
      },
    );
  }

  private alter(there: LiveColumn, column: DesiredColumn): void {
    if (column.computed) return;
    const { databaseCollation, names } = this.work.facts;
    const collation = column.collation ?? databaseCollation;
    const same =
      sameType(there.type, column.type!, names) &&
      there.nullable === column.nullable &&
      (there.collation === undefined || there.collation.toLowerCase() === collation?.toLowerCase());
    if (same) return;
    this.work.add(
      "history-column",
      `alter column ${this.versioning.historyDisplay}.${column.name}`,
      `ALTER TABLE ${this.table} ALTER COLUMN ${quoteName(column.name)} ${typeAndNullability(column, collation)};`,
      { sizeOfData: true },
    );
  }

  private add(column: DesiredColumn): void {
    const { history, versioning } = this;
    const object = `${versioning.historyDisplay}.${column.name}`;
    if (column.computed)
      return this.work.add(
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
    const collate = column.collation ?? this.work.facts.databaseCollation;
    this.work.add(
      "history-column",
      `add column ${object}`,
      `ALTER TABLE ${this.table} ADD ${quoteName(column.name)} ${typeAndNullability(column, collate)}${value};`,
    );
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

  index(phase: "history-index" | "history-late"): void {
    const { history, versioning } = this;
    const change = historyIndexChange(versioning, history, this.work.facts.names, this.work.diff.rename);
    if (change === "keep") return;
    const clustered = clusteredIndexOf(history);
    const name = this.indexName(versioning.history.name);
    const hazards =
      history.row.rows > 0
        ? [
            this.work.hazard(
              "index-build",
              `${versioning.historyDisplay}.${name}`,
              "the index is built over every former version",
              history.row.rows,
            ),
          ]
        : [];
    if (change === "recreate")
      this.work.add(
        phase,
        `drop index ${versioning.historyDisplay}.${name}`,
        `DROP INDEX ${quoteName(name)} ON ${this.table};`,
        { sizeOfData: true },
      );
    const build = renderHistoryIndex(versioning, name, clustered !== undefined && change !== "recreate", true)!;
    this.work.add(phase, `build index ${versioning.historyDisplay}.${name}`, build, { hazards, sizeOfData: true });
  }
}
