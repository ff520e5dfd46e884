/** Columns of one table: renamed, altered, added, dropped; what may be lost is counted, what the engine cannot do is refused. */
import type { Hazard } from "../../contract";
import { quoteName } from "../../engine/quoting";
import { resolveType, typeText } from "./data-type";
import type { ColumnEffect } from "./diff";
import type { DesiredColumn, LiveColumn } from "./model";
import { answer, needsValue, probeKey } from "./probes";
import { nameList, renderColumn, renderRename, typeAndNullability } from "./render";
import type { TableWork } from "./table-work";

export class ColumnPlanner {
  constructor(private readonly work: TableWork) {}

  run(): void {
    const { added, effects, pairs } = this.work.diff;
    const replaced: DesiredColumn[] = [];
    const dropped: LiveColumn[] = [];
    const droppedFirst: LiveColumn[] = [];
    for (const effect of effects.values()) {
      this.refuseOtherIndexes(effect);
      if (effect.gone) {
        ((effect.live.computed ?? effect.desired) ? droppedFirst : dropped).push(effect.live);
        if (effect.desired) replaced.push(effect.desired);
      } else this.alterColumn(effect, effect.desired!);
    }
    this.renameColumns();
    for (const { desired, live } of pairs)
      if (!effects.get(this.work.facts.names.key(live.name))?.gone) this.columnFlags(desired, live);
    this.dropColumns("drop-computed", droppedFirst);
    this.dropColumns("drop-column", dropped);
    this.addColumns(
      "add-column",
      added.filter((column) => !column.computed && column.period === undefined),
    );
    this.addColumns("add-computed", [...replaced, ...added.filter((column) => column.computed)]);
  }

  /** The engine keeps no former version of what a plan fills in, so that its history could not become NOT NULL. */
  private get hasHistory(): boolean {
    return ["on", "window", "repair"].includes(this.work.versioning.how);
  }

  /** The same count over the history table, where the engine takes it along. */
  private inHistory(question: "values" | "nulls" | "fit", column: string, field = "rows"): number {
    const { history } = this.work.versioning;
    if (!history || !this.hasHistory) return 0;
    return answer(this.work.draft.context, probeKey(question, history.row, column), field) ?? 0;
  }

  private refuseOtherIndexes(effect: ColumnEffect): void {
    if (effect.renamed && !effect.type && !effect.collation && effect.nullability === undefined) return;
    const key = this.work.facts.names.key(effect.live.name);
    const others = this.work.diff.live.otherIndexes.filter((index) =>
      index.columns.some((column) => this.work.facts.names.key(column.name) === key),
    );
    // A clustered columnstore index lets a column go, and lets none change.
    const stays = this.work.diff.indexes.find(
      ({ live, how }) => live.columnstore && live.clustered && how !== "recreate",
    );
    if (stays && !effect.gone && !effect.live.computed) others.push(stays.live.entry);
    if (others.length === 0) return;
    const list = others.map((index) => index.name ?? "?").join(", ");
    this.work.draft.refuse(
      effect.desired?.path ?? this.work.pathOf("columns"),
      `column ${this.work.partName(effect.live.name)} cannot change under an XML, spatial, columnstore or other special index: ${list}; drop it first and create it again afterwards`,
    );
  }

  private renameColumns(): void {
    const { names } = this.work.facts;
    const waiting = [...this.work.diff.effects.values()].filter((effect) => effect.renamed && !effect.gone);
    const { schema, name: table } = this.work.desired;
    // b to c goes before a to b: the new name must be free. Cycles were refused as inputs.
    while (waiting.length > 0) {
      const at = waiting.findIndex(
        (effect) => !waiting.some((other) => other !== effect && names.equals(other.live.name, effect.desired!.name)),
      );
      const [effect] = waiting.splice(Math.max(at, 0), 1);
      const [from, to] = [effect!.live.name, effect!.desired!.name];
      this.work.add(
        "rename-column",
        `rename column ${this.work.partName(from)} to ${to}`,
        renderRename([schema, table, from], to, "COLUMN"),
        {
          reverse: renderRename([schema, table, to], from, "COLUMN"),
        },
      );
      this.work.draft.note(`Modules that read ${this.work.partName(from)} are not changed by its rename.`);
    }
  }

  private alterColumn(effect: ColumnEffect, desired: DesiredColumn): void {
    const { live } = effect;
    if (effect.identity) this.refuseIdentity(desired, live);
    const changesType = effect.type !== undefined || effect.unknownType;
    if (!changesType && effect.nullability === undefined && !effect.collation) return;
    const object = this.work.partName(desired.name);
    const [from, to] = [typeText(live.type), typeText(desired.type!)];
    const reason = effect.type?.refused;
    if (reason !== undefined)
      return this.work.draft.refuse(
        `${desired.path}.type`,
        `${object} cannot become ${to} (it is ${from}): ${reason}; add a new column, fill it from the old one, then drop the old one`,
      );
    if (effect.unknownType && resolveType(desired.type!, this.work.facts.findType))
      return this.work.draft.refuse(
        `${desired.path}.type`,
        `${object} cannot become ${to} (it is ${from}): a CLR type is not converted; add a new column, fill it, then drop the old one`,
      );
    if (
      changesType &&
      this.work.diff.live.indexes.some((index) => index.entry.dataSpaceType?.trim() === "PS" && index.clustered)
    )
      return this.work.draft.refuse(
        `${desired.path}.type`,
        `${object}: a column of a partitioned table cannot change its type; add a new column, fill it, then drop the old one`,
      );

    const hazards: Hazard[] = [];
    this.countLoss(effect, desired, hazards);
    if (effect.nullability === "not-null") this.fillNulls(effect, desired);
    const rewritesText = effect.collation && !(desired.type!.name === "nchar" || desired.type!.name === "nvarchar");
    if (this.work.hasRows && (effect.type?.cost === "rewrite" || effect.unknownType || rewritesText))
      hazards.push(
        this.work.hazard(
          "table-rewrite",
          object,
          `every row is rewritten: ${from} becomes ${to}`,
          this.work.diff.live.row.rows,
        ),
      );
    else if (this.work.hasRows && (effect.type?.cost === "scan" || effect.nullability === "not-null"))
      hazards.push(this.work.hazard("long-lock", object, "every row is read while the table is locked"));
    const collation = (column: { collation: string | undefined }): string | undefined =>
      column.collation ?? this.work.facts.databaseCollation;
    const alter = (text: string): string =>
      `ALTER TABLE ${this.work.table} ALTER COLUMN ${quoteName(desired.name)} ${text};`;
    this.work.add("alter-column", `alter column ${object}`, alter(typeAndNullability(desired, collation(desired))), {
      hazards,
      sizeOfData: hazards.length > 0,
      reverse: alter(typeAndNullability(live, collation(live))),
    });
  }

  private refuseIdentity(desired: DesiredColumn, live: LiveColumn): void {
    const object = this.work.partName(desired.name);
    const say = (what: string): void => this.work.draft.refuse(`${desired.path}.identity`, `${object}: ${what}`);
    if (!live.identity)
      say(
        "a column that exists cannot become an identity; add a new identity column under another name and drop this one",
      );
    else if (!desired.identity)
      say("a column cannot stop being an identity; add a new column, copy the values and drop this one");
    else
      say(
        `it counts from ${live.identity.seed} by ${live.identity.increment} and that cannot change; give these values. ` +
          "To move only the next value, run DBCC CHECKIDENT with RESEED by hand: a plan never does it",
      );
  }

  private countLoss(effect: ColumnEffect, desired: DesiredColumn, hazards: Hazard[]): void {
    if (!effect.type?.lossy) return;
    const object = this.work.partName(desired.name);
    const [from, to] = [typeText(effect.live.type), typeText(desired.type!)];
    const key = probeKey("fit", this.work.diff.live.row, effect.live.name);
    const count = (field: string): number | undefined => answer(this.work.draft.context, key, field);
    const failing = count("failing") ?? 0;
    if (failing > 0)
      this.work.draft.refuse(
        `${desired.path}.type`,
        `${object}: ${failing} ${failing === 1 ? "row holds a value that does" : "rows hold values that do"} not convert from ${from} to ${to}; correct them first`,
      );
    const [formerFailing, formerTooLong] = [
      this.inHistory("fit", effect.live.name, "failing"),
      this.inHistory("fit", effect.live.name, "tooLong"),
    ];
    if (formerFailing + formerTooLong > 0)
      this.work.draft.refuse(
        `${desired.path}.type`,
        `${object}: ${formerFailing + formerTooLong} former versions in ${this.work.versioning.history!.display} do not fit from ${from} into ${to}, and history cannot be corrected; add a new column instead`,
      );
    const formerChanged = this.inHistory("fit", effect.live.name, "changed");
    if (formerChanged > 0)
      hazards.push(
        this.work.hazard(
          "data-loss",
          `${this.work.versioning.history!.display}.${desired.name}`,
          `former values come out different as ${to}`,
          formerChanged,
        ),
      );
    const tooLong = count("tooLong") ?? 0;
    if (tooLong > 0 && this.hasHistory)
      return this.work.draft.refuse(
        `${desired.path}.type`,
        `${object}: ${tooLong} values do not fit into ${to}; to cut them would leave them whole in the history, which then does not fit; add a new column instead`,
      );
    if (tooLong > 0) {
      const target = resolveType(desired.type!, this.work.facts.findType) ?? desired.type!;
      const name = quoteName(desired.name);
      const length = target.length ?? 128;
      const binary = target.name.includes("binary");
      const cut = binary ? `SUBSTRING(${name}, 1, ${length})` : `LEFT(${name}, ${length})`;
      const national = effect.live.type.name.startsWith("n") || effect.live.type.name === "sysname";
      this.work.add(
        "cut-values",
        `cut values of ${object} to ${length}`,
        `UPDATE ${this.work.table} SET ${name} = ${cut} WHERE DATALENGTH(${name})${national ? " / 2" : ""} > ${length};`,
        {
          hazards: [this.work.hazard("data-loss", object, `values longer than ${length} are cut`, tooLong)],
          sizeOfData: true,
        },
      );
    }
    const changed = count("changed") ?? 0;
    if (changed > 0) hazards.push(this.work.hazard("data-loss", object, `values come out different as ${to}`, changed));
    if (!this.work.draft.context.answers.has(key) && this.work.hasRows)
      hazards.push(
        this.work.hazard("data-loss", object, `values may not fit from ${from} into ${to}; they could not be counted`),
      );
  }

  private fillNulls(effect: ColumnEffect, desired: DesiredColumn): void {
    const nulls = answer(this.work.draft.context, probeKey("nulls", this.work.diff.live.row, effect.live.name));
    const former = this.inHistory("nulls", effect.live.name);
    if (former > 0 || (nulls !== 0 && this.hasHistory && desired.backfill !== undefined))
      return this.work.draft.refuse(
        `${desired.path}.nullable`,
        `${this.work.partName(desired.name)}: ${former > 0 ? `${former} former versions hold` : "filling it would leave former versions that hold"} NULL, and history cannot be filled; leave it nullable, with a check for new rows`,
      );
    if (nulls === 0) return;
    if (desired.backfill !== undefined) return this.backfill(desired, effect.renamed ? effect.live.name : desired.name);
    if (nulls !== undefined)
      this.work.draft.refuse(
        `${desired.path}.nullable`,
        `${this.work.partName(desired.name)}: ${nulls} ${nulls === 1 ? "row holds" : "rows hold"} NULL; give backfill, an expression for them, or update them first`,
      );
  }

  /** In portions that commit by themselves, so that the log stays small; a second run goes on where the first one stopped. */
  private backfill(column: DesiredColumn, nowCalled: string): void {
    const renames = [...this.work.diff.effects.values()].some((effect) => effect.renamed);
    const name = quoteName(renames ? column.name : nowCalled);
    const value = `(${column.backfill!})`;
    this.work.add(
      renames ? "late-backfill" : "backfill",
      `fill ${this.work.partName(column.name)} where it is NULL`,
      [
        "DECLARE @filled int = 1;",
        "WHILE @filled > 0",
        "BEGIN",
        `  UPDATE TOP (10000) ${this.work.table} SET ${name} = ${value} WHERE ${name} IS NULL AND ${value} IS NOT NULL;`,
        "  SET @filled = @@ROWCOUNT;",
        "END;",
      ].join("\n"),
      { sizeOfData: true, inTransaction: renames, idempotent: true },
    );
  }

  /** What ALTER COLUMN switches without restating the type. */
  private columnFlags(desired: DesiredColumn, live: LiveColumn): void {
    const object = this.work.partName(desired.name);
    const rewrite = this.work.hasRows
      ? [this.work.hazard("table-rewrite", object, "every row is rewritten", this.work.diff.live.row.rows)]
      : [];
    const flag = (on: boolean, was: boolean, what: string, hazards: readonly Hazard[] = []): void => {
      if (on === was) return;
      const alter = (verb: string): string =>
        `ALTER TABLE ${this.work.table} ALTER COLUMN ${quoteName(desired.name)} ${verb} ${what};`;
      const [verb, back] = on ? ["ADD", "DROP"] : ["DROP", "ADD"];
      this.work.add("alter-column", `${verb!.toLowerCase()} ${what} on ${object}`, alter(verb!), {
        hazards,
        sizeOfData: hazards.length > 0,
        reverse: alter(back!),
      });
    };
    if (desired.computed && live.computed)
      flag(desired.computed.persisted, live.computed.persisted, "PERSISTED", rewrite);
    else {
      flag(desired.sparse, live.sparse, "SPARSE", rewrite);
      flag(desired.rowGuid, live.rowGuid, "ROWGUIDCOL");
      if (desired.filestream !== live.filestream)
        this.work.draft.refuse(
          `${desired.path}.filestream`,
          `${object} ${live.filestream ? "is" : "is not"} a FILESTREAM column and that cannot change (4990); add a new column, copy the values and drop this one`,
        );
      if (desired.identity && live.identity)
        flag(desired.identity.notForReplication, live.identity.notForReplication, "NOT FOR REPLICATION");
    }
  }

  private dropColumns(phase: "drop-computed" | "drop-column", columns: readonly LiveColumn[]): void {
    if (columns.length === 0) return;
    const hazards = columns.flatMap((column) => {
      if (column.computed) return [];
      const values = answer(this.work.draft.context, probeKey("values", this.work.diff.live.row, column.name));
      const former = this.inHistory("values", column.name);
      if (former === 0 && (values === 0 || (values === undefined && !this.work.hasRows))) return [];
      const twin = this.work.diff.added.find(
        (wanted) => wanted.type && typeText(wanted.type) === typeText(column.type),
      );
      const hint = twin
        ? `; if it is now called ${twin.name}, give that column renamedFrom ${JSON.stringify(column.name)}`
        : "";
      return [
        this.work.hazard(
          "data-loss",
          this.work.partName(column.name),
          `the column and its values are dropped${former > 0 ? `, and those of ${former} former versions` : ""}${hint}`,
          values,
        ),
      ];
    });
    const names = columns.map((column) => column.name);
    this.work.add(
      phase,
      `drop column${names.length === 1 ? "" : "s"} ${names.map((name) => this.work.partName(name)).join(", ")}`,
      `ALTER TABLE ${this.work.table} DROP COLUMN ${nameList(names)};`,
      {
        hazards,
        ...(columns.every((column) => column.computed) && {
          reverse: `ALTER TABLE ${this.work.table} ADD ${columns.map((column) => renderColumn(column)).join(", ")};`,
        }),
      },
    );
  }

  private addColumns(phase: "add-column" | "add-computed", columns: readonly DesiredColumn[]): void {
    const rows =
      answer(this.work.draft.context, probeKey("rows", this.work.diff.live.row)) ?? this.work.diff.live.row.rows;
    const together: DesiredColumn[] = [];
    for (const column of columns) {
      if (!needsValue(column) || rows === 0) {
        together.push(column);
        continue;
      }
      const object = this.work.partName(column.name);
      if (this.hasHistory) {
        this.work.draft.refuse(
          column.path,
          `${object} is NOT NULL without a default, and the former versions of a system-versioned table cannot be filled later; give a default, or make it nullable`,
        );
        continue;
      }
      if (column.backfill === undefined || this.work.diff.pairs.some((pair) => pair.desired === column)) {
        this.work.draft.refuse(
          column.path,
          `${object} is NOT NULL without a default, and the table has ${rows} ${rows === 1 ? "row" : "rows"}; give a default, give backfill, or make it nullable first`,
        );
        continue;
      }
      const add = `ALTER TABLE ${this.work.table} ADD ${renderColumn(column, true)};`;
      this.work.add("early-column", `add column ${object}, nullable at first`, add, {
        reverse: `ALTER TABLE ${this.work.table} DROP COLUMN ${quoteName(column.name)};`,
      });
      this.backfill(column, column.name);
      this.work.add(
        "alter-column",
        `make column ${object} NOT NULL`,
        `ALTER TABLE ${this.work.table} ALTER COLUMN ${quoteName(column.name)} ${typeAndNullability(column, column.collation ?? this.work.facts.databaseCollation)};`,
        {
          hazards: [this.work.hazard("long-lock", object, "every row is read while the table is locked")],
          sizeOfData: true,
        },
      );
    }
    if (together.length === 0) return;
    const hazards = this.work.hasRows ? together.flatMap((column) => this.costOfAdding(column)) : [];
    const undo = together.flatMap((column) => [
      ...(column.default ? [`CONSTRAINT ${quoteName(column.default.name)}`] : []),
      `COLUMN ${quoteName(column.name)}`,
    ]);
    this.work.add(
      phase,
      `add column${together.length === 1 ? "" : "s"} ${together.map((column) => this.work.partName(column.name)).join(", ")}`,
      `ALTER TABLE ${this.work.table} ADD ${together.map((column) => renderColumn(column)).join(", ")};`,
      { hazards, sizeOfData: hazards.length > 0, reverse: `ALTER TABLE ${this.work.table} DROP ${undo.join(", ")};` },
    );
  }

  /** A NOT NULL column with a constant default is metadata only on Enterprise and in Azure. */
  private costOfAdding(column: DesiredColumn): Hazard[] {
    const rewrites = (why: string): Hazard[] => [
      this.work.hazard(
        "table-rewrite",
        this.work.partName(column.name),
        `every row is rewritten: ${why}`,
        this.work.diff.live.row.rows,
      ),
    ];
    if (column.computed) return column.computed.persisted ? rewrites("the value is stored") : [];
    if (column.identity) return rewrites("every row is numbered");
    if (column.nullable || !column.default) return [];
    if (/new(sequential)?id\s*\(|next\s+value/i.test(column.default.expression))
      return rewrites("the default gives each row its own value");
    const large =
      column.type?.length === -1 ||
      column.type?.schema !== undefined ||
      ["xml", "json"].includes(column.type?.name ?? "");
    return !this.work.hasEnterpriseFeatures || large ? rewrites("the default is written into it") : [];
  }
}
