/** Questions to the data whose answers decide between a plan and a refusal: how many rows would be lost or stand in the way. */
import type { PlanContext, Probe } from "../../contract";
import { quoteName, quoteNames } from "../../engine/quoting";
import { isNational, isString, resolveType, typeText, type DataType } from "./data-type";
import type { ColumnEffect, DiffFacts, TableDiff } from "./diff";
import type { DesiredColumn, DesiredVersioning, LiveHistory, LiveTable } from "./model";
import { isShorter } from "./versioning-change";

type Question = "rows" | "values" | "nulls" | "fit" | "aged" | "period";

/** A table, or its history table. */
type Asked = Pick<LiveTable, "schema" | "name"> & { readonly row: { readonly objectId: number } };

export function probeKey(question: Question, { objectId }: { readonly objectId: number }, column = ""): string {
  return `${question}:${objectId}:${column}`;
}

/** undefined = nobody asked, as in a plan without a server. */
export function answer(context: PlanContext, key: string, field = "rows"): number | undefined {
  const value = context.answers.get(key)?.[field];
  return value === undefined || value === null ? undefined : Number(value);
}

export function rowsProbe(table: Asked): Probe {
  return {
    key: probeKey("rows", table.row),
    query: `SELECT COUNT_BIG(*) AS [rows] FROM ${quoteNames(table.schema, table.name)};`,
  };
}

/** Columns that must be filled in rows that exist, and have nothing to be filled with. */
export function needsValue(column: DesiredColumn): boolean {
  return (
    !column.nullable &&
    column.period === undefined &&
    !column.computed &&
    !column.default &&
    !column.identity &&
    !(column.type?.schema === undefined && column.type?.name === "rowversion")
  );
}

export function probesOf(diff: TableDiff, facts: DiffFacts): Probe[] {
  const { live } = diff;
  const probes: Probe[] = [];
  const addsValue =
    diff.added.some(needsValue) ||
    diff.pairs.some(({ desired, live: there }) => there.computed && !desired.computed && needsValue(desired));
  if (addsValue) probes.push(rowsProbe(live));
  // The engine takes history along, so that what may be lost or stand in the way is there too.
  const asked: Asked[] = live.versioned && live.history ? [live, live.history] : [live];
  for (const effect of diff.effects.values())
    for (const table of asked) probes.push(...columnProbes(effect, table, facts));
  return [...probes, ...historyProbes(diff), ...periodProbes(diff)];
}

/** Plain columns that become a period: rows that ended (13575), or begin in the future (13542). */
function periodProbes({ live, pairs }: TableDiff): Probe[] {
  if (live.period) return [];
  const find = (period: "start" | "end") => pairs.find(({ desired }) => desired.period === period);
  const [start, end] = [find("start"), find("end")];
  if (start?.live.type.name !== "datetime2" || end?.live.type.name !== "datetime2") return [];
  const becomes = ({ desired, live: column }: TableDiff["pairs"][number]): string =>
    `CONVERT(${typeText(desired.type!)}, ${quoteName(column.name)})`;
  return [
    {
      key: probeKey("period", live.row),
      query: `SELECT COUNT_BIG(CASE WHEN ${becomes(end)} <> ${endOfTime(end.desired.type?.scale ?? 7)} THEN 1 END) AS [ended], COUNT_BIG(CASE WHEN ${becomes(start)} > SYSUTCDATETIME() THEN 1 END) AS [future] FROM ${quoteNames(live.schema, live.name)};`,
    },
  ];
}

/** The last moment of datetime2(precision): 13575 when it is another one. */
export function endOfTime(precision: number): string {
  return `'9999-12-31 23:59:59${precision === 0 ? "" : `.${"9".repeat(precision)}`}'`;
}

function columnProbes(effect: ColumnEffect, table: Asked, facts: DiffFacts): Probe[] {
  const from = quoteNames(table.schema, table.name);
  const name = quoteName(effect.live.name);
  const count = (question: Question, condition: string): Probe => ({
    key: probeKey(question, table.row, effect.live.name),
    query: `SELECT COUNT_BIG(*) AS [rows] FROM ${from} WHERE ${name} IS ${condition};`,
  });
  const query = fitQuery(effect, from, facts);
  return [
    ...(effect.gone && !effect.live.computed ? [count("values", "NOT NULL")] : []),
    ...(effect.nullability === "not-null" ? [count("nulls", "NULL")] : []),
    ...(query === undefined ? [] : [{ key: probeKey("fit", table.row, effect.live.name), query }]),
  ];
}

function historyProbes({ desired, live }: TableDiff): Probe[] {
  const { history, period, versioned } = live;
  const { versioning } = desired;
  if (!history) return [];
  if (!versioning) return versioned ? [rowsProbe(history)] : [];
  if (!versioned) return period ? [] : agedProbes(history, versioning);
  return isShorter(versioning.retention, live.retention) ? agedProbes(history, versioning) : [];
}

/** Former versions that are older than what is kept: the engine removes them. */
export function agedProbes(history: LiveHistory, { end, retention }: DesiredVersioning): Probe[] {
  const isMoment = history.columns.some(({ name, type }) => name === end && type.name === "datetime2");
  if (retention === "infinite" || !isMoment) return [];
  const unit = retention.unit.slice(0, -1).toUpperCase();
  return [
    {
      key: probeKey("aged", history.row),
      query: `SELECT COUNT_BIG(*) AS [rows] FROM ${quoteNames(history.schema, history.name)} WHERE ${quoteName(end)} < DATEADD(${unit}, -${retention.value}, SYSUTCDATETIME());`,
    },
  ];
}

/** `failing`: values that the engine cannot convert; `tooLong`: texts that must be cut first; `changed`: values that come out different. */
function fitQuery(effect: ColumnEffect, from: string, facts: DiffFacts): string | undefined {
  if (!effect.type?.lossy || effect.type.refused !== undefined || !effect.desired?.type) return undefined;
  const source = resolveType(effect.live.type, facts.findType);
  const target = resolveType(effect.desired.type, facts.findType);
  if (!source || !target) return undefined;
  const conditions = fitConditions(quoteName(effect.live.name), source, target);
  const counts = Object.entries(conditions).map(
    ([name, condition]) => `COUNT_BIG(CASE WHEN ${condition} THEN 1 END) AS [${name}]`,
  );
  return `SELECT ${counts.join(", ")} FROM ${from};`;
}

/** A binary collation: a letter that became a question mark, or lost its accent, is another letter. */
const exactly = "COLLATE Latin1_General_100_BIN2";

function fitConditions(column: string, source: DataType, target: DataType): Record<string, string> {
  const text = isString(source);
  const binary = source.name === "binary" || source.name === "varbinary" || source.name === "image";
  if (target.name === "json")
    return { failing: `${column} IS NOT NULL AND ISJSON(CONVERT(nvarchar(max), ${column})) = 0` };
  if ((text && isString(target)) || binary) {
    const limit = target.name === "sysname" ? 128 : (target.length ?? -1);
    const conditions: Record<string, string> = {};
    if (limit !== -1) conditions.tooLong = `DATALENGTH(${column})${isNational(source.name) ? " / 2" : ""} > ${limit}`;
    if (text && isNational(source.name) && !isNational(target.name))
      conditions.changed = `CONVERT(nvarchar(max), CONVERT(varchar(max), ${column})) ${exactly} <> CONVERT(nvarchar(max), ${column}) ${exactly}`;
    return Object.keys(conditions).length > 0 ? conditions : { failing: `${column} IS NULL AND ${column} IS NOT NULL` };
  }
  const value = source.name === "ntext" || source.name === "text" ? `CONVERT(nvarchar(max), ${column})` : column;
  const failing = `${column} IS NOT NULL AND TRY_CONVERT(${typeText(target)}, ${value}) IS NULL`;
  if (text) return { failing };
  const back = `TRY_CONVERT(${typeText(source)}, TRY_CONVERT(${typeText(target)}, ${column}))`;
  return { failing, changed: `${back} <> ${column}` };
}
