/** ALTER DATABASE SCOPED CONFIGURATION. Names, values and versions: reference sheet "databases" 4. */
import { sqlError } from "../../session/messages";
import type { Execution } from "../../session/runtime";
import { notImplemented } from "../../session/sql-error";
import type { SqlServer } from "../../storage/model";
import type { SqlValue } from "../../types/value";
import { requirePermission } from "../permission";

interface ScopedConfiguration {
  readonly id: number;
  readonly name: string;
  readonly since: "2019" | "2022" | "2025";
  readonly initial: number | string;
  /** on-off, number, or the words it takes. */
  readonly values: "on-off" | "number" | readonly string[];
}

const onOff = (
  id: number,
  name: string,
  initial: 0 | 1,
  since: ScopedConfiguration["since"] = "2019",
): ScopedConfiguration => ({ id, name, since, initial, values: "on-off" });
const elevate = ["OFF", "WHEN_SUPPORTED", "FAIL_UNSUPPORTED"];

export const scopedConfigurations: readonly ScopedConfiguration[] = [
  { id: 1, name: "MAXDOP", since: "2019", initial: 0, values: "number" },
  onOff(2, "LEGACY_CARDINALITY_ESTIMATION", 0),
  onOff(3, "PARAMETER_SNIFFING", 1),
  onOff(4, "QUERY_OPTIMIZER_HOTFIXES", 0),
  onOff(6, "IDENTITY_CACHE", 1),
  onOff(7, "INTERLEAVED_EXECUTION_TVF", 1),
  onOff(8, "BATCH_MODE_MEMORY_GRANT_FEEDBACK", 1),
  onOff(9, "BATCH_MODE_ADAPTIVE_JOINS", 1),
  onOff(10, "TSQL_SCALAR_UDF_INLINING", 1),
  { id: 11, name: "ELEVATE_ONLINE", since: "2019", initial: "OFF", values: elevate },
  { id: 12, name: "ELEVATE_RESUMABLE", since: "2019", initial: "OFF", values: elevate },
  onOff(13, "OPTIMIZE_FOR_AD_HOC_WORKLOADS", 0),
  onOff(14, "XTP_PROCEDURE_EXECUTION_STATISTICS", 0),
  onOff(15, "XTP_QUERY_EXECUTION_STATISTICS", 0),
  onOff(16, "ROW_MODE_MEMORY_GRANT_FEEDBACK", 1),
  onOff(17, "ISOLATE_SECURITY_POLICY_CARDINALITY", 0),
  onOff(18, "BATCH_MODE_ON_ROWSTORE", 1),
  onOff(19, "DEFERRED_COMPILATION_TV", 1),
  onOff(20, "ACCELERATED_PLAN_FORCING", 1),
  onOff(21, "GLOBAL_TEMPORARY_TABLE_AUTO_DROP", 1),
  onOff(22, "LIGHTWEIGHT_QUERY_PROFILING", 1),
  onOff(23, "VERBOSE_TRUNCATION_WARNINGS", 1),
  onOff(24, "LAST_QUERY_PLAN_STATS", 0),
  { id: 25, name: "PAUSED_RESUMABLE_INDEX_ABORT_DURATION_MINUTES", since: "2022", initial: 1440, values: "number" },
  onOff(26, "EXEC_QUERY_STATS_FOR_SCALAR_FUNCTIONS", 1, "2022"),
  onOff(27, "PARAMETER_SENSITIVE_PLAN_OPTIMIZATION", 1, "2022"),
  onOff(28, "ASYNC_STATS_UPDATE_WAIT_AT_LOW_PRIORITY", 0, "2022"),
  onOff(31, "CE_FEEDBACK", 1, "2022"),
  onOff(33, "MEMORY_GRANT_FEEDBACK_PERSISTENCE", 1, "2022"),
  onOff(34, "MEMORY_GRANT_FEEDBACK_PERCENTILE_GRANT", 1, "2022"),
  onOff(35, "OPTIMIZED_PLAN_FORCING", 1, "2022"),
  onOff(37, "DOP_FEEDBACK", 0, "2022"),
  { id: 38, name: "LEDGER_DIGEST_STORAGE_ENDPOINT", since: "2022", initial: "OFF", values: ["OFF"] },
  onOff(39, "FORCE_SHOWPLAN_RUNTIME_PARAMETER_COLLECTION", 0, "2022"),
  onOff(40, "OPTIMIZED_SP_EXECUTESQL", 0, "2025"),
  onOff(42, "OPTIONAL_PARAMETER_PLAN_OPTIMIZATION", 1, "2025"),
  { id: 44, name: "FULLTEXT_INDEX_VERSION", since: "2025", initial: 2, values: "number" },
  onOff(46, "PREVIEW_FEATURES", 0, "2025"),
];

/** Those that a server of this version has. */
export function* configurationsOf(server: SqlServer): Iterable<ScopedConfiguration> {
  for (const one of scopedConfigurations) if (one.since <= server.version) yield one;
}

export function setScopedConfiguration(words: readonly string[], execution: Execution): void {
  const { session } = execution;
  const { database } = session;
  const upper = words.map((word) => word.toUpperCase());
  requirePermission("ALTER ANY DATABASE SCOPED CONFIGURATION", { kind: "database", database }, execution);
  if (upper[0] === "CLEAR" && upper[1] === "PROCEDURE_CACHE") return;
  if (upper[0] === "FOR") throw notImplemented("ALTER DATABASE SCOPED CONFIGURATION FOR SECONDARY");
  if (upper[0] !== "SET" || upper[2] !== "=" || upper.length !== 4) throw sqlError(102, [words[0] ?? ""]);
  const [, name, , word] = upper as [string, string, string, string];
  const found = [...configurationsOf(session.server)].find((one) => one.name === name);
  if (!found) throw sqlError(102, [name]);
  session.transaction.put(database.scopedConfigurations, found.name.toLowerCase(), valueOf(found, word));
}

function valueOf(configuration: ScopedConfiguration, word: string): SqlValue {
  if (configuration.values === "on-off") {
    if (word === "ON") return 1;
    if (word === "OFF") return 0;
  } else if (configuration.values === "number") {
    if (/^\d+$/.test(word)) return Number(word);
  } else if (configuration.values.includes(word)) return word;
  throw sqlError(102, [word]);
}
