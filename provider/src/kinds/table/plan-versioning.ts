/** System versioning of one table that exists: switched on, off, changed while on, repaired after somebody switched it off. */
import type { Hazard, ObjectName, PlanContext } from "../../contract";
import { isAllowed } from "../../engine/consent";
import { quoteName, quoteNames } from "../../engine/quoting";
import { blocks } from "./diff";
import { sameType } from "./data-type";
import { isTableOfHistory } from "./ownership";
import type { DesiredColumn, DesiredVersioning, LiveHistory } from "./model";
import { answer, endOfTime, probeKey } from "./probes";
import { nameList, renderColumn, renderDefault } from "./render";
import { insteadOfTriggers, takenHistory, unfitHistory, whyNotHistory } from "./history-adoption";
import { engineIndexName, renderHistoryIndex } from "./history-index";
import { HistoryPlanner } from "./plan-history";
import { generatedName } from "./table-name";
import type { TableWork } from "./table-work";
import { isShorter, retentionText, sameRetention } from "./versioning-change";

export const historyObject = (display: string): ObjectName => ({ type: "history table", name: display });

/** SYSTEM_VERSIONING = ON (...): the history table always by name, because a table that the server names is nobody's. */
export function versioningOption(versioning: DesiredVersioning, check?: "ON" | "OFF"): string {
  const parts = [
    `HISTORY_TABLE = ${quoteNames(versioning.history.schema, versioning.history.name)}`,
    ...(check === "OFF" ? ["DATA_CONSISTENCY_CHECK = OFF"] : []),
    ...(versioning.retention === "infinite"
      ? []
      : [`HISTORY_RETENTION_PERIOD = ${retentionText(versioning.retention)}`]),
  ];
  return `SYSTEM_VERSIONING = ON (${parts.join(", ")})`;
}

export class VersioningPlanner {
  constructor(private readonly work: TableWork) {}

  run(): void {
    const { how, desired } = this.work.versioning;
    if (how === "plain") return;
    if (how === "stop") return this.stop();
    if (how !== "start") this.refusePeriodChange(desired!);
    if (how === "on" || how === "window") this.refuseWhatTheEngineRefuses();
    if (how === "on") return this.changeWhileOn(desired!);
    if (how === "window") this.off();
    if (how === "start") this.addPeriod(desired!);
    else this.hide();
    this.on(desired!);
    this.noteRetention(desired!);
  }

  private off(): void {
    this.work.add(
      "versioning-off",
      `switch off versioning of ${this.work.display}`,
      `ALTER TABLE ${this.work.table} SET (SYSTEM_VERSIONING = OFF);`,
    );
  }

  private planner(history: LiveHistory, versioning: DesiredVersioning): HistoryPlanner {
    const { display, draft, table, facts, diff } = this.work;
    const { finalColumns } = this.work.versioning;
    const { effects, rename } = diff;
    return new HistoryPlanner({ display, draft, table, ...facts, effects, rename, finalColumns }, history, versioning);
  }

  // ---- Stop --------------------------------------------------------------------------------------------------------

  private stop(): void {
    const { live } = this.work.diff;
    if (live.versioned) this.off();
    this.work.add(
      "versioning-off",
      `drop the period of ${this.work.display}`,
      `ALTER TABLE ${this.work.table} DROP PERIOD FOR SYSTEM_TIME;`,
      {
        reverse: `ALTER TABLE ${this.work.table} ADD PERIOD FOR SYSTEM_TIME (${nameList([live.period!.start, live.period!.end])});`,
      },
    );
    const { history } = this.work.versioning;
    if (!history || !live.versioned) return;
    const rows = answer(this.work.draft.context, probeKey("rows", history.row)) ?? history.row.rows;
    const loss = this.work.hazard("data-loss", history.display, "the former versions of the rows are dropped", rows);
    if (!isAllowed(loss, this.work.draft.context.allow))
      return this.work.draft.note(
        `History table ${history.display} stays as an ordinary table that this resource no longer owns. To drop it, allow "data-loss:${history.display}".`,
      );
    this.work.add(
      "drop-table",
      `drop history table ${history.display}`,
      `DROP TABLE ${quoteNames(history.schema, history.name)};`,
      { hazards: rows > 0 ? [loss] : [], object: historyObject(history.display) },
    );
  }

  // ---- Start, repair, window ---------------------------------------------------------------------------------------

  private addPeriod(versioning: DesiredVersioning): void {
    const { live, desired } = this.work.diff;
    const { addedPeriod } = this.work.versioning;
    const period = `PERIOD FOR SYSTEM_TIME (${nameList([versioning.start, versioning.end])})`;
    if (live.period) {
      this.refusePeriodChange(versioning);
      return this.hide();
    }
    if (addedPeriod.length === 1)
      return this.work.draft.refuse(
        `${versioning.path}.periodColumns`,
        `${this.work.display} has one of the columns ${versioning.start} and ${versioning.end} already; it needs both, or give other names`,
      );
    if (addedPeriod.length === 0) {
      this.refuseWrongTimes(versioning);
      this.work.add(
        "period",
        `make ${versioning.start} and ${versioning.end} the period of ${this.work.display}`,
        `ALTER TABLE ${this.work.table} ADD ${period};`,
        { reverse: `ALTER TABLE ${this.work.table} DROP PERIOD FOR SYSTEM_TIME;` },
      );
      for (const column of desired.columns.filter((one) => one.period && one.hidden)) this.setHidden(column, "period");
      return;
    }
    // One second ago: rounded to the precision of the column, now would begin in the future (13542).
    const value = (column: DesiredColumn): string =>
      column.period === "start" ? "DATEADD(SECOND, -1, SYSUTCDATETIME())" : endOfTime(column.type?.scale ?? 7);
    const columns = addedPeriod.map((column) => ({
      ...column,
      default: { name: generatedName("DF", desired.name, [column.name]), expression: value(column) },
    }));
    const rewrite = this.work.hasRows && !this.work.hasEnterpriseFeatures;
    this.work.add(
      "period",
      `add the period of ${this.work.display}`,
      `ALTER TABLE ${this.work.table} ADD ${[...columns.map((column) => renderColumn(column)), period].join(", ")};`,
      {
        hazards: rewrite
          ? [
              this.work.hazard(
                "table-rewrite",
                this.work.display,
                "the period columns are written into every row",
                live.row.rows,
              ),
            ]
          : [],
        sizeOfData: rewrite,
      },
    );
    this.work.add(
      "versioning-on",
      `drop the defaults that filled the period of ${this.work.display}`,
      `ALTER TABLE ${this.work.table} DROP CONSTRAINT ${nameList(columns.map((column) => column.default.name))};`,
      {
        reverse: `ALTER TABLE ${this.work.table} ADD ${columns.map((column) => `${renderDefault(column.default)} FOR ${quoteName(column.name)}`).join(", ")};`,
      },
    );
  }

  private on(versioning: DesiredVersioning): void {
    const { history, how, moved } = this.work.versioning;
    const { context } = this.work.draft;
    if (how !== "window") this.refuseTriggers(versioning);
    // The history of another table may go away from there in this same plan.
    const { findTable } = context.catalog.database;
    if (moved && (findTable(versioning.history.schema, versioning.history.name)?.temporalType ?? 1) !== 1)
      return this.work.draft.refuse(
        `${versioning.path}.historyTable`,
        `${versioning.historyDisplay} is there already, and the history of ${this.work.display} is ${history!.display}; give that name, or drop or rename one of the two by hand`,
      );
    if (how !== "window" && history && !versioning.adoptHistory && !isTableOfHistory(history.display, context))
      return this.work.draft.refuse(
        `${versioning.path}.historyTable`,
        takenHistory(history.display, history.row, this.work.display),
      );
    if (history) {
      if (how !== "window") this.refuseUnfitHistory(history, versioning);
      const planner = this.planner(history, versioning);
      planner.move();
      planner.dropIndex();
      planner.match();
      planner.index("history-index");
    }
    if (how === "repair")
      this.work.draft.note(
        `Versioning of ${this.work.display} was switched off by somebody; what changed since then left no former version.`,
      );
    // Nobody else can have written since OFF: both tables are locked until the end of the transaction.
    const check = history && (how === "window" || !versioning.checkConsistency) ? "OFF" : undefined;
    this.work.add(
      "versioning-on",
      `switch on versioning of ${this.work.display}`,
      `ALTER TABLE ${this.work.table} SET (${versioningOption(versioning, check)});`,
      {
        hazards: how === "start" && history ? agedHazards(history, versioning, context) : [],
        reverse: `ALTER TABLE ${this.work.table} SET (SYSTEM_VERSIONING = OFF);`,
        sizeOfData: history !== undefined && check === undefined,
      },
    );
    if (history) return;
    const index = renderHistoryIndex(versioning, engineIndexName(versioning.history.name), true);
    if (index !== undefined)
      this.work.add("history-late", `build the index of history table ${versioning.historyDisplay}`, index);
  }

  // ---- On all the time ---------------------------------------------------------------------------------------------

  private changeWhileOn(versioning: DesiredVersioning): void {
    const { live } = this.work.diff;
    this.hide();
    const { history } = this.work.versioning;
    const turnsInfinite = versioning.retention === "infinite" && live.retention !== "infinite";
    if (history) {
      const planner = this.planner(history, versioning);
      planner.freeColumns();
      planner.index(turnsInfinite ? "history-late" : "history-index");
    }
    if (sameRetention(versioning.retention, live.retention)) return;
    this.setRetention(versioning, history);
    this.noteRetention(versioning);
  }

  private setRetention(versioning: DesiredVersioning, history: LiveHistory | undefined): void {
    const { live } = this.work.diff;
    const set = (text: string): string =>
      `ALTER TABLE ${this.work.table} SET (SYSTEM_VERSIONING = ON (HISTORY_RETENTION_PERIOD = ${text}));`;
    const shorter = history && isShorter(versioning.retention, live.retention);
    this.work.add("versioning-on", `keep history of ${this.work.display} for ${retentionText(versioning.retention)}`, set(retentionText(versioning.retention)), {
      hazards: shorter ? agedHazards(history, versioning, this.work.draft.context) : [],
      reverse: set(retentionText(live.retention)),
    }); // prettier-ignore
  }

  private noteRetention({ retention }: DesiredVersioning): void {
    if (retention === "infinite" || this.work.diff.live.retentionEnabled) return;
    this.work.draft.note(noCleanup(this.work.display));
  }

  private hide(): void {
    for (const { desired, live } of this.work.diff.pairs)
      if (desired.period && desired.hidden !== live.hidden) this.setHidden(desired, "alter-column");
  }

  private setHidden(column: DesiredColumn, phase: "alter-column" | "period"): void {
    const alter = (verb: string): string =>
      `ALTER TABLE ${this.work.table} ALTER COLUMN ${quoteName(column.name)} ${verb} HIDDEN;`;
    this.work.add(
      phase,
      `${column.hidden ? "hide" : "show"} column ${this.work.partName(column.name)}`,
      alter(column.hidden ? "ADD" : "DROP"),
      { reverse: alter(column.hidden ? "DROP" : "ADD") },
    );
  }

  // ---- Refusals ----------------------------------------------------------------------------------------------------

  private refusePeriodChange(versioning: DesiredVersioning): void {
    const { live, pairs } = this.work.diff;
    const { names } = this.work.facts;
    const { start, end } = live.period!;
    if (!names.equals(start, versioning.start) || !names.equals(end, versioning.end))
      this.work.draft.refuse(
        `${versioning.path}.periodColumns`,
        `the period of ${this.work.display} is ${start} to ${end}; give these names: the period of a system-versioned table is not made again`,
      );
    for (const { desired, live: there } of pairs)
      if (desired.period && !sameType(there.type, desired.type!, names))
        this.work.draft.refuse(
          `${versioning.path}.periodColumns.precision`,
          `${this.work.partName(there.name)} is datetime2(${there.type.scale ?? 7}) and the precision of a period cannot change; give ${there.type.scale ?? 7}`,
        );
  }

  private refuseWrongTimes(versioning: DesiredVersioning): void {
    const { context } = this.work.draft;
    const key = probeKey("period", this.work.diff.live.row);
    const no = (rows: number, what: string): void => {
      if (rows > 0)
        this.work.draft.refuse(
          `${versioning.path}.periodColumns`,
          `${this.work.display}: ${rows} ${rows === 1 ? "row has" : "rows have"} ${what}; correct that first, or give other names to the period columns`,
        );
    };
    const end = this.work.desired.columns.find(({ period }) => period === "end");
    const last = endOfTime(end?.type?.scale ?? 7);
    no(
      answer(context, key, "ended") ?? 0,
      `another ${versioning.end} than ${last}, which every row of now must have (13575)`,
    );
    no(answer(context, key, "future") ?? 0, `a ${versioning.start} in the future (13542)`);
  }

  private refuseTriggers(versioning: DesiredVersioning): void {
    const triggers = insteadOfTriggers(this.work.diff.live, this.work.draft.context.catalog.database);
    if (triggers.length > 0)
      this.work.draft.refuse(
        versioning.path,
        `${this.work.display} has INSTEAD OF triggers, which a system-versioned table does not take (13774): ${triggers.join(", ")}; drop them first`,
      );
  }

  private refuseUnfitHistory(history: LiveHistory, versioning: DesiredVersioning): void {
    const reasons = whyNotHistory(history, versioning, this.work.draft.context.catalog);
    if (reasons.length > 0)
      this.work.draft.refuse(`${versioning.path}.historyTable`, unfitHistory(history, this.work.display, reasons));
  }

  private refuseWhatTheEngineRefuses(): void {
    const { added, effects, pairs } = this.work.diff;
    const { history } = this.work.versioning;
    const { names } = this.work.facts;
    const no = (path: string, what: string): void =>
      this.work.draft.refuse(path, `${what}, which a system-versioned table does not take; take systemVersioning away, change the table, and give it back with adoptHistory`);
    for (const column of added) {
      if (column.identity)
        this.work.draft.refuse(`${column.path}.identity`, `${this.work.partName(column.name)} is an identity that is added, and nobody can number the former versions; take systemVersioning away, add it, and give systemVersioning back with another historyTable`);
      if (column.rowGuid) no(`${column.path}.rowGuid`, `${this.work.partName(column.name)} is a ROWGUIDCOL that is added`);
    }
    const compressed = history?.indexes.some((index) => index.compression !== "none") ?? false;
    for (const column of [...added, ...pairs.filter(({ desired, live }) => desired.sparse && !live.sparse).map(({ desired }) => desired)])
      if (column.sparse && compressed)
        this.work.draft.refuse(`${column.path}.sparse`, `${this.work.partName(column.name)} becomes sparse while the history table is compressed (11418); deploy historyCompression "none" first, then the sparse column`);
    for (const { desired, live } of pairs)
      if (desired.rowGuid && !live.rowGuid) no(`${desired.path}.rowGuid`, `${this.work.partName(desired.name)} becomes ROWGUIDCOL`);
    for (const effect of effects.values()) {
      if (!blocks("index", effect)) continue;
      const key = names.key(effect.live.name);
      const holding = history?.indexes.filter((index) => !index.clustered && [...index.columns.map(({ name }) => name), ...index.include].some((name) => names.key(name) === key)) ?? [];
      if (holding.length > 0)
        this.work.draft.refuse(effect.desired?.path ?? this.work.pathOf("columns"), `column ${this.work.partName(effect.live.name)} cannot change while it is in index ${holding.map((index) => index.name).join(", ")} of ${history!.display}; drop that index first`);
    }
  } // prettier-ignore
}

/** What finite retention removes of the former versions that are there. */
export function agedHazards(
  history: LiveHistory,
  { historyDisplay, retention }: DesiredVersioning,
  context: PlanContext,
): Hazard[] {
  const aged = answer(context, probeKey("aged", history.row));
  if (retention === "infinite" || (aged ?? history.row.rows) === 0) return [];
  const detail = `former versions older than ${retentionText(retention)} are removed`;
  return [{ type: "data-loss", object: historyDisplay, detail, ...(aged !== undefined && { rows: aged }) }];
}

export const noCleanup = (display: string): string =>
  `TEMPORAL_HISTORY_RETENTION of the database is OFF, so the aged history of ${display} stays; a DBA switches it on by ALTER DATABASE CURRENT SET TEMPORAL_HISTORY_RETENTION ON.`;
