/**
 * What becomes of system versioning in one change of a table. Most changes leave it on, and the engine takes the history table
 * along. What it refuses then is done in a window: OFF, both tables changed, ON, in one transaction.
 * https://learn.microsoft.com/sql/relational-databases/tables/changing-the-schema-of-a-system-versioned-temporal-table
 */
import type { NameComparer } from "../../engine/names";
import type { TableDiff } from "./diff";
import { historyIndexChange } from "./history-index";
import type { DesiredColumn, DesiredVersioning, LiveHistory, Retention } from "./model";

export interface VersioningChange {
  /**
   * plain: no versioning before or after; on: it stays on; window: off and on again; repair: somebody switched it off;
   * start: the table gets it; stop: the table loses it.
   */
  readonly how: "plain" | "on" | "window" | "repair" | "start" | "stop";
  readonly desired: DesiredVersioning | undefined;
  readonly history: LiveHistory | undefined;
  /** Period columns that are added together with the period. */
  readonly addedPeriod: readonly DesiredColumn[];
  /** Columns of the table once the plan is done, in their order. */
  readonly finalColumns: readonly DesiredColumn[];
  readonly moved: boolean;
}

export function versioningChange(diff: TableDiff, names: NameComparer): VersioningChange {
  const { desired, live } = diff;
  const { versioning } = desired;
  const { history } = live;
  const moved =
    versioning !== undefined &&
    history !== undefined &&
    !(names.equals(history.schema, versioning.history.schema) && names.equals(history.name, versioning.history.name));
  const addedPeriod = live.period ? [] : diff.added.filter((column) => column.period !== undefined);
  const replaced = [...diff.effects.values()].flatMap((effect) =>
    effect.gone && effect.desired ? [effect.desired] : [],
  );
  const kept = diff.live.columns.flatMap((column) => {
    const pair = diff.pairs.find(({ live: there }) => there === column);
    return pair && !replaced.includes(pair.desired) ? [pair.desired] : [];
  });
  const addedColumns = diff.added.filter((column) => !addedPeriod.includes(column));
  const finalColumns = [
    ...kept,
    ...addedColumns.filter((column) => !column.computed),
    ...replaced,
    ...addedColumns.filter((column) => column.computed),
    ...addedPeriod,
  ];
  const needsWindow = (): boolean =>
    moved ||
    losesPrimaryKey(diff) ||
    [...diff.added, ...replaced].some((column) => column.computed) ||
    (history !== undefined && historyIndexChange(versioning!, history, { ...diff, names }) === "recreate");
  const how = !versioning
    ? live.versioned || live.period
      ? "stop"
      : "plain"
    : live.versioned
      ? needsWindow()
        ? "window"
        : "on"
      : live.period && history
        ? "repair"
        : "start";
  return { how, desired: versioning, history, addedPeriod, finalColumns, moved };
}

/** 13557: the primary key cannot go while versioning is on. */
function losesPrimaryKey({ indexes, removedIndexes }: TableDiff): boolean {
  const recreated = indexes.filter(({ how }) => how === "recreate").map(({ live }) => live);
  return [...removedIndexes, ...recreated].some((index) => index.role === "primary-key");
}

const unitDays = { days: 1, weeks: 7, months: 30.4, years: 365 } as const;
const daysOf = (retention: Retention): number =>
  retention === "infinite" ? Infinity : retention.value * unitDays[retention.unit];

export function sameRetention(left: Retention, right: Retention): boolean {
  if (left === "infinite" || right === "infinite") return left === right;
  return left.value === right.value && left.unit === right.unit;
}

export function isShorter(wanted: Retention, now: Retention): boolean {
  return daysOf(wanted) < daysOf(now);
}

/** `90 DAYS`, as HISTORY_RETENTION_PERIOD takes it. */
export function retentionText(retention: Retention): string {
  return retention === "infinite" ? "INFINITE" : `${retention.value} ${retention.unit.toUpperCase()}`;
}
