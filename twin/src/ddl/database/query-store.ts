/** ALTER DATABASE ... SET QUERY_STORE. Options and defaults: reference sheet "databases" 3.4. */
import type { Option } from "../../language/ast";
import { sqlError } from "../../session/messages";
import type { Execution } from "../../session/runtime";
import { notImplemented } from "../../session/sql-error";
import type { Database, QueryStoreOptions } from "../../storage/model";

const intervals = [1, 5, 10, 15, 30, 60, 1440];

export function setQueryStore(option: Option, database: Database, execution: Execution): void {
  if (database.id <= 4 && database.name !== "model" && database.name !== "msdb")
    throw sqlError(5058, ["QUERY_STORE", database.name]);
  const { transaction } = execution.session;
  const nested = Array.isArray(option.value) ? option.value : [{ name: String(option.value ?? "") }];
  const next: QueryStoreOptions = { ...database.options.queryStore };
  for (const one of nested) apply(one, next);
  transaction.set(database.options, "queryStore", next);
}

function apply(option: Option, store: QueryStoreOptions): void {
  const name = option.name.toUpperCase();
  const word = String(option.value ?? "").toUpperCase();
  const number = Number(option.value);
  switch (name) {
    case "ON":
      if (store.state === "OFF") store.state = "READ_WRITE";
      return;
    case "OFF":
      store.state = "OFF";
      return;
    case "CLEAR":
    case "ALL":
    case "FORCED":
      return;
    case "OPERATION_MODE":
      store.state = oneOf(word, ["READ_WRITE", "READ_ONLY"]);
      return;
    case "CLEANUP_POLICY": {
      const inner = Array.isArray(option.value) ? option.value[0] : undefined;
      if (inner?.name.toUpperCase() !== "STALE_QUERY_THRESHOLD_DAYS") throw sqlError(102, [option.name]);
      store.staleQueryThresholdDays = positive(Number(inner.value), inner.name);
      return;
    }
    case "DATA_FLUSH_INTERVAL_SECONDS":
      store.flushIntervalSeconds = positive(number, name);
      return;
    case "MAX_STORAGE_SIZE_MB":
      store.maxStorageSizeMb = positive(number, name);
      return;
    case "INTERVAL_LENGTH_MINUTES":
      if (!intervals.includes(number)) throw sqlError(12432);
      store.intervalLengthMinutes = number;
      return;
    case "SIZE_BASED_CLEANUP_MODE":
      store.sizeBasedCleanup = oneOf(word, ["AUTO", "OFF"]);
      return;
    case "QUERY_CAPTURE_MODE":
      if (word === "CUSTOM") throw notImplemented("QUERY_CAPTURE_MODE = CUSTOM");
      store.captureMode = oneOf(word, ["ALL", "AUTO", "NONE"]);
      return;
    case "MAX_PLANS_PER_QUERY":
      store.maxPlansPerQuery = positive(number, name);
      return;
    case "WAIT_STATS_CAPTURE_MODE":
      store.waitStatsCapture = oneOf(word, ["ON", "OFF"]) === "ON";
      return;
    default:
      throw sqlError(102, [option.name]);
  }
}

function oneOf<T extends string>(word: string, values: readonly T[]): T {
  const found = values.find((value) => value === word);
  if (!found) throw sqlError(102, [word]);
  return found;
}

function positive(value: number, name: string): number {
  if (!Number.isInteger(value) || value < 0) throw sqlError(153, [name, "ALTER DATABASE"]);
  return value;
}
