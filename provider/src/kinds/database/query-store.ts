/**
 * Query Store of one database: what was asked for (desired_state) is compared, never what a full store fell back to.
 * QUERY_CAPTURE_MODE = CUSTOM is not offered: the catalog rows do not hold its policy.
 * https://learn.microsoft.com/sql/relational-databases/system-catalog-views/sys-database-query-store-options-transact-sql
 */
import { z } from "zod";
import type { QueryStoreRow } from "../../engine/snapshot/server";

const whole = z.number().int();

export const QueryStoreInputs = z.strictObject({
  mode: z.enum(["OFF", "READ_ONLY", "READ_WRITE"]).describe("OFF keeps what was collected. Changes in place."),
  captureMode: z.enum(["ALL", "AUTO", "NONE"]).optional().describe("Which queries are captured. Default: left alone."),
  maxStorageSizeMb: whole.min(1).max(2_147_483_647).optional().describe("Space, MB. Default: left alone."),
  flushIntervalSeconds: whole
    .min(60)
    .max(2_147_483_647)
    .optional()
    .describe("How often it is written to disk, seconds. Default: left alone."),
  intervalLengthMinutes: z
    .union([z.literal(1), z.literal(5), z.literal(10), z.literal(15), z.literal(30), z.literal(60), z.literal(1440)])
    .optional()
    .describe("Length of one interval of statistics, minutes: 1, 5, 10, 15, 30, 60 or 1440. Default: left alone."),
  staleQueryThresholdDays: whole
    .min(0)
    .max(2_147_483_647)
    .optional()
    .describe("Days that a query is kept; 0 = for ever. Default: left alone."),
  maxPlansPerQuery: whole
    .min(0)
    .max(2_147_483_647)
    .optional()
    .describe("Plans kept for one query; 0 = no limit. Default: left alone."),
  sizeBasedCleanup: z
    .enum(["AUTO", "OFF"])
    .optional()
    .describe("Whether it cleans up when it is nearly full. Default: left alone."),
  waitStatisticsCapture: z.boolean().optional().describe("Whether waits are captured. Default: left alone."),
});
export type QueryStoreInputs = z.infer<typeof QueryStoreInputs>;

type SettingName = keyof QueryStoreInputs;
type SettingValue = NonNullable<QueryStoreInputs[SettingName]>;

interface Setting {
  readonly value: (row: QueryStoreRow) => SettingValue;
  readonly clause: (value: SettingValue) => string;
}

const settings: Readonly<Record<SettingName, Setting>> = {
  mode: { value: (row) => row.desiredState as SettingValue, clause: (value) => `OPERATION_MODE = ${value}` },
  staleQueryThresholdDays: {
    value: (row) => row.staleQueryThresholdDays,
    clause: (value) => `CLEANUP_POLICY = (STALE_QUERY_THRESHOLD_DAYS = ${value})`,
  },
  flushIntervalSeconds: {
    value: (row) => row.flushIntervalSeconds,
    clause: (value) => `DATA_FLUSH_INTERVAL_SECONDS = ${value}`,
  },
  maxStorageSizeMb: { value: (row) => row.maxStorageSizeMb, clause: (value) => `MAX_STORAGE_SIZE_MB = ${value}` },
  intervalLengthMinutes: {
    value: (row) => row.intervalLengthMinutes as SettingValue,
    clause: (value) => `INTERVAL_LENGTH_MINUTES = ${value}`,
  },
  sizeBasedCleanup: {
    value: (row) => row.sizeBasedCleanup as SettingValue,
    clause: (value) => `SIZE_BASED_CLEANUP_MODE = ${value}`,
  },
  captureMode: { value: (row) => row.captureMode as SettingValue, clause: (value) => `QUERY_CAPTURE_MODE = ${value}` },
  maxPlansPerQuery: { value: (row) => row.maxPlansPerQuery, clause: (value) => `MAX_PLANS_PER_QUERY = ${value}` },
  waitStatisticsCapture: {
    value: (row) => row.isWaitStatisticsCapture,
    clause: (value) => `WAIT_STATS_CAPTURE_MODE = ${value === true ? "ON" : "OFF"}`,
  },
};
const settingNames = Object.keys(settings) as SettingName[];

/** The words after SET, or undefined when nothing differs. `live` undefined = unknown (a new or renamed database): everything is said. */
export function queryStoreClause(wanted: QueryStoreInputs, live: QueryStoreRow | undefined): string | undefined {
  if (wanted.mode === "OFF") return live?.desiredState === "OFF" ? undefined : "QUERY_STORE = OFF";
  const isOn = live !== undefined && live.desiredState !== "OFF";
  const clauses = settingNames.flatMap((name) => {
    const value = wanted[name];
    if (value === undefined || (isOn && settings[name].value(live) === value)) return [];
    return [settings[name].clause(value)];
  });
  if (!isOn) return `QUERY_STORE = ON (${clauses.join(", ")})`;
  return clauses.length === 0 ? undefined : `QUERY_STORE (${clauses.join(", ")})`;
}

/** Settings that were given, with the values that the server has. */
export function queryStoreFromLive(live: QueryStoreRow, given: QueryStoreInputs): QueryStoreInputs {
  const entries = (Object.keys(given) as SettingName[])
    .filter((name) => given[name] !== undefined)
    .map((name) => [name, settings[name].value(live)] as const);
  return Object.fromEntries(entries) as QueryStoreInputs;
}
