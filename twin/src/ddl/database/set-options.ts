/** ALTER DATABASE ... SET. Rules: reference sheet "databases" 3.1 and 3.2. */
import type { Option } from "../../language/ast";
import { switchBroker } from "../broker/database-switch";
import { sqlError } from "../../session/messages";
import type { Execution, Work } from "../../session/runtime";
import { notImplemented } from "../../session/sql-error";
import type { Database, DatabaseOptions } from "../../storage/model";
import { exclusiveUse, isSystemDatabase, type Termination } from "./access";
import { setQueryStore } from "./query-store";

type BooleanOption = {
  [K in keyof DatabaseOptions]: DatabaseOptions[K] extends boolean ? K : never;
}[keyof DatabaseOptions];

/** ON / OFF options that only set a flag. */
const flags: Record<string, BooleanOption> = {
  AUTO_CLOSE: "autoClose",
  AUTO_SHRINK: "autoShrink",
  AUTO_UPDATE_STATISTICS: "autoUpdateStatistics",
  AUTO_UPDATE_STATISTICS_ASYNC: "autoUpdateStatisticsAsync",
  DB_CHAINING: "dbChaining",
  TRUSTWORTHY: "trustworthy",
  ANSI_NULL_DEFAULT: "ansiNullDefault",
  ANSI_NULLS: "ansiNulls",
  ANSI_PADDING: "ansiPadding",
  ANSI_WARNINGS: "ansiWarnings",
  ARITHABORT: "arithabort",
  CONCAT_NULL_YIELDS_NULL: "concatNullYieldsNull",
  NUMERIC_ROUNDABORT: "numericRoundabort",
  QUOTED_IDENTIFIER: "quotedIdentifier",
  RECURSIVE_TRIGGERS: "recursiveTriggers",
  CURSOR_CLOSE_ON_COMMIT: "cursorCloseOnCommit",
  DATE_CORRELATION_OPTIMIZATION: "dateCorrelation",
  MIXED_PAGE_ALLOCATION: "mixedPageAllocation",
  TEMPORAL_HISTORY_RETENTION: "temporalHistoryRetention",
  HONOR_BROKER_PRIORITY: "honorBrokerPriority",
  READ_COMMITTED_SNAPSHOT: "readCommittedSnapshot",
  ACCELERATED_DATABASE_RECOVERY: "acceleratedDatabaseRecovery",
};

/** Options that wait until nobody else is in the database. */
const exclusive = new Set([
  "READ_COMMITTED_SNAPSHOT",
  "ACCELERATED_DATABASE_RECOVERY",
  "DATE_CORRELATION_OPTIMIZATION",
  "ENABLE_BROKER",
  "NEW_BROKER",
  "DISABLE_BROKER",
  "ERROR_BROKER_CONVERSATIONS",
  "READ_ONLY",
  "READ_WRITE",
  "SINGLE_USER",
  "RESTRICTED_USER",
  "OFFLINE",
  "CONTAINMENT",
]);
/** Cannot stand beside another option (5082) or, for snapshot isolation, with a termination clause (5083). */
const alone = new Set([
  "ALLOW_SNAPSHOT_ISOLATION",
  "READ_COMMITTED_SNAPSHOT",
  "ACCELERATED_DATABASE_RECOVERY",
  "TARGET_RECOVERY_TIME",
]);
const refusedForSystem = new Set([
  "READ_COMMITTED_SNAPSHOT",
  "READ_ONLY",
  "SINGLE_USER",
  "RESTRICTED_USER",
  "OFFLINE",
  "EMERGENCY",
  "AUTO_CLOSE",
  "ACCELERATED_DATABASE_RECOVERY",
]);

export function* setOptions(
  options: readonly Option[],
  termination: Termination | undefined,
  database: Database,
  execution: Execution,
): Work<void> {
  const names = options.map((option) => option.name.toUpperCase());
  for (const name of names) {
    if (alone.has(name) && options.length > 1) throw sqlError(5082, [database.name]);
    if (name === "ALLOW_SNAPSHOT_ISOLATION" && termination) throw sqlError(5083);
    if (isSystemDatabase(database) && refusedForSystem.has(name) && database.name !== "model")
      throw sqlError(5058, [name, database.name]);
  }
  if (names.some((name) => exclusive.has(name)) && changesAnything(options, database))
    yield* exclusiveUse(database, termination, execution);
  for (const option of options) setOption(option, database, execution);
}

/** An option that already has its value asks for no lock. */
function changesAnything(options: readonly Option[], database: Database): boolean {
  return options.some((option) => {
    const name = option.name.toUpperCase();
    const field = flags[name];
    if (field) return database.options[field] !== (wordOf(option) === "ON");
    if (name === "READ_ONLY") return !database.options.readOnly;
    if (name === "READ_WRITE") return database.options.readOnly;
    if (name === "ENABLE_BROKER") return !database.options.brokerEnabled;
    if (name === "DISABLE_BROKER") return database.options.brokerEnabled;
    return true;
  });
}

export function wordOf(option: Option): string {
  if (Array.isArray(option.value)) return (option.value[0]?.name ?? "").toUpperCase();
  return String(option.value ?? "").toUpperCase();
}

function onOff(option: Option): boolean {
  const word = wordOf(option);
  if (word !== "ON" && word !== "OFF") throw sqlError(102, [word]);
  return word === "ON";
}

function choice<T extends string>(option: Option, values: readonly T[]): T {
  const word = wordOf(option);
  const found = values.find((value) => value === word);
  if (!found) throw sqlError(102, [word]);
  return found;
}

function setOption(option: Option, database: Database, execution: Execution): void {
  const { transaction, server } = execution.session;
  const { options } = database;
  const set = <K extends keyof DatabaseOptions>(key: K, value: DatabaseOptions[K]): void =>
    transaction.set(options, key, value);
  const name = option.name.toUpperCase();
  const field = flags[name];
  if (field) {
    if (name === "TRUSTWORTHY" && (database.name === "model" || database.name === "tempdb")) throw sqlError(15309);
    if (name === "DB_CHAINING" && ["master", "model", "tempdb"].includes(database.name)) throw sqlError(5600);
    set(field, onOff(option));
    return;
  }
  switch (name) {
    case "RECOVERY":
      if (database.name === "tempdb") throw sqlError(5058, [name, database.name]);
      return set("recoveryModel", choice(option, ["FULL", "BULK_LOGGED", "SIMPLE"]));
    case "PAGE_VERIFY":
      return set("pageVerify", choice(option, ["NONE", "TORN_PAGE_DETECTION", "CHECKSUM"]));
    case "DELAYED_DURABILITY":
      return set("delayedDurability", choice(option, ["DISABLED", "ALLOWED", "FORCED"]));
    case "PARAMETERIZATION":
      return set("parameterizationForced", choice(option, ["SIMPLE", "FORCED"]) === "FORCED");
    case "CURSOR_DEFAULT":
      return set("localCursorDefault", choice(option, ["LOCAL", "GLOBAL"]) === "LOCAL");
    case "ALLOW_SNAPSHOT_ISOLATION":
      return set("snapshotIsolation", onOff(option));
    case "AUTO_CREATE_STATISTICS": {
      const nested = Array.isArray(option.value)
        ? option.value.find((one) => one.name.toUpperCase() === "INCREMENTAL")
        : undefined;
      set("autoCreateStatistics", onOff(option));
      return set("autoCreateStatisticsIncremental", nested ? wordOf(nested) === "ON" : false);
    }
    case "TARGET_RECOVERY_TIME": {
      const seconds = Number(option.value) * (option.unit === "MINUTES" ? 60 : 1);
      if (!Number.isInteger(seconds) || seconds < 0 || seconds > 2147483) throw sqlError(5005, [seconds, 2147483]);
      return set("targetRecoveryTimeSeconds", seconds);
    }
    case "CONTAINMENT": {
      const containment = choice(option, ["NONE", "PARTIAL"]);
      if (containment === "PARTIAL" && server.configurations.get("contained database authentication")?.inUse !== 1)
        throw sqlError(12824, ["contained database authentication", "alter"]);
      return set("containment", containment);
    }
    case "READ_ONLY":
    case "READ_WRITE":
      return set("readOnly", name === "READ_ONLY");
    case "SINGLE_USER":
    case "RESTRICTED_USER":
    case "MULTI_USER":
      return set("userAccess", name);
    case "ONLINE":
    case "OFFLINE":
    case "EMERGENCY":
      return set("state", name);
    case "ENABLE_BROKER":
    case "DISABLE_BROKER":
    case "NEW_BROKER":
    case "ERROR_BROKER_CONVERSATIONS":
      return switchBroker(name, database, execution);
    case "QUERY_STORE":
      return setQueryStore(option, database, execution);
    case "CHANGE_TRACKING":
      return setChangeTracking(option, database, execution);
    case "FILESTREAM":
      throw sqlError(5591);
    case "ENCRYPTION":
      if (!onOff(option) && !options.encryption) return;
      throw notImplemented("ALTER DATABASE ... SET ENCRYPTION");
    default:
      throw notImplemented(`ALTER DATABASE ... SET ${option.name}`);
  }
}

const minutesOf = { DAYS: 1440, HOURS: 60, MINUTES: 1 } as const;

function setChangeTracking(option: Option, database: Database, execution: Execution): void {
  const { transaction } = execution.session;
  if (isSystemDatabase(database)) throw sqlError(5090, [database.name]);
  const word = wordOf(option);
  const current = database.options.changeTracking;
  if (word === "OFF") {
    if (!current) return;
    for (const object of database.objects.values())
      if (object.type === "U" && object.changeTracking) throw sqlError(22115, [database.name]);
    return transaction.set(database.options, "changeTracking", undefined);
  }
  if (word === "ON" && current) throw sqlError(5088, [database.name]);
  if (word !== "ON" && !current) throw sqlError(5089, [database.name]);
  const next = { ...(current ?? { retentionPeriod: 2, retentionUnit: "DAYS" as const, autoCleanup: true }) };
  for (const one of Array.isArray(option.value) ? option.value : []) {
    const name = one.name.toUpperCase();
    if (name === "ON") continue;
    if (name === "AUTO_CLEANUP") next.autoCleanup = onOff(one);
    else if (name === "CHANGE_RETENTION") {
      const unit = (one.unit ?? "DAYS").replace(/S?$/, "S") as keyof typeof minutesOf;
      const period = Number(one.value);
      if (!(unit in minutesOf)) throw sqlError(102, [unit]);
      if (period * minutesOf[unit] < 1 || period * minutesOf[unit] > 133651200)
        throw sqlError(5092, ["CHANGE_RETENTION", 1, 133651200]);
      next.retentionPeriod = period;
      next.retentionUnit = unit;
    } else throw sqlError(102, [one.name]);
  }
  transaction.set(database.options, "changeTracking", next);
}
