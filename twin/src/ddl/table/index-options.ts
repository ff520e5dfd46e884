/** WITH (...) of an index, a key constraint or REBUILD. Source: sql-docs, CREATE INDEX and ALTER INDEX. */
import type { Option } from "../../language/ast";
import { sqlError } from "../../session/messages";
import { notImplemented } from "../../session/sql-error";
import type { Execution } from "../../session/runtime";
import type { Index } from "../../storage/model";

export interface IndexOptions {
  fillFactor?: number;
  padded?: boolean;
  ignoreDupKey?: boolean;
  noRecompute?: boolean;
  allowRowLocks?: boolean;
  allowPageLocks?: boolean;
  optimizeForSequentialKey?: boolean;
  dropExisting?: boolean;
  online?: boolean;
  /** Columnstore: minutes. */
  compressionDelay?: number;
  compression?: { value: Index["compression"][number]; partitions: number[] | "all" }[];
}

function flag(option: Option): boolean {
  const word = String(typeof option.value === "object" ? "" : (option.value ?? "ON")).toUpperCase();
  if (word === "ON") return true;
  if (word === "OFF") return false;
  // ONLINE = ON (WAIT_AT_LOW_PRIORITY (...)) arrives with its list as value.
  if (Array.isArray(option.value)) return true;
  throw sqlError(102, [word]);
}

export function readIndexOptions(options: readonly Option[], execution: Execution): IndexOptions {
  const read: IndexOptions = {};
  for (const option of options) {
    switch (option.name.toUpperCase()) {
      case "FILLFACTOR": {
        const value = Number(option.value);
        if (!Number.isInteger(value) || value < 1 || value > 100) throw sqlError(129, [value]);
        read.fillFactor = value;
        break;
      }
      case "PAD_INDEX":
        read.padded = flag(option);
        break;
      case "IGNORE_DUP_KEY":
        read.ignoreDupKey = flag(option);
        break;
      case "STATISTICS_NORECOMPUTE":
        read.noRecompute = flag(option);
        break;
      case "ALLOW_ROW_LOCKS":
        read.allowRowLocks = flag(option);
        break;
      case "ALLOW_PAGE_LOCKS":
        read.allowPageLocks = flag(option);
        break;
      case "OPTIMIZE_FOR_SEQUENTIAL_KEY":
        read.optimizeForSequentialKey = flag(option);
        break;
      case "DROP_EXISTING":
        read.dropExisting = flag(option);
        break;
      case "ONLINE":
        read.online = flag(option);
        if (read.online && !onlineAllowed(execution)) throw sqlError(1712);
        break;
      case "DATA_COMPRESSION":
        (read.compression ??= []).push(compression(option));
        break;
      case "COMPRESSION_DELAY":
        read.compressionDelay = delay(option);
        break;
      case "RESUMABLE":
        if (flag(option)) throw notImplemented("RESUMABLE = ON");
        break;
      case "SORT_IN_TEMPDB":
      case "STATISTICS_INCREMENTAL":
      case "XML_COMPRESSION":
        if (option.name.toUpperCase() !== "SORT_IN_TEMPDB" && flag(option)) throw notImplemented(`${option.name} = ON`);
        break;
      case "MAXDOP":
      case "MAX_DURATION":
      case "LOB_COMPACTION":
      case "COMPRESS_ALL_ROW_GROUPS":
        break;
      default:
        throw sqlError(155, [option.name, "CREATE INDEX"]);
    }
  }
  return read;
}

/** Minutes, a week at most. */
function delay(option: Option): number {
  const minutes = Number(option.value);
  if (!Number.isInteger(minutes) || minutes < 0 || minutes > 10080) throw sqlError(35382, [String(option.value)]);
  return minutes;
}

function onlineAllowed(execution: Execution): boolean {
  const { edition } = execution.session.server;
  return edition === "Developer" || edition === "Enterprise";
}

function compression(option: Option): NonNullable<IndexOptions["compression"]>[number] {
  const word = String(option.value).toUpperCase();
  if (word !== "NONE" && word !== "ROW" && word !== "PAGE" && word !== "COLUMNSTORE" && word !== "COLUMNSTORE_ARCHIVE")
    throw sqlError(102, [word]);
  if (!option.unit) return { value: word, partitions: "all" };
  const partitions: number[] = [];
  for (const [, from, to] of option.unit.matchAll(/(\d+)(?:\s+TO\s+(\d+))?/gi)) {
    if (to !== undefined && Number(to) < Number(from)) throw sqlError(7728, [from!, to]);
    for (let n = Number(from); n <= Number(to ?? from); n++) partitions.push(n);
  }
  return { value: word, partitions };
}

/** Partitions that are not named keep what `before` says. */
export function applyCompression(
  options: IndexOptions,
  count: number,
  before: readonly Index["compression"][number][] | undefined,
  columnstore: boolean,
  where: { statement: string; object: string },
): Index["compression"] {
  const fallback = columnstore ? "COLUMNSTORE" : "NONE";
  const list: Index["compression"] = Array.from({ length: count }, (_, i) => before?.[i] ?? before?.[0] ?? fallback);
  const set = new Set<number>();
  for (const { value, partitions } of options.compression ?? []) {
    if (columnstore !== value.startsWith("COLUMNSTORE")) throw sqlError(155, [value, "DATA_COMPRESSION"]);
    if (partitions !== "all" && count === 1)
      throw sqlError(7729, ["CREATE", where.statement, "table or index", where.object]);
    for (const n of partitions === "all" ? list.keys() : partitions.map((p) => p - 1)) {
      if (set.has(n)) throw sqlError(7711);
      if (n >= count) throw sqlError(7722, [n + 1, "index", where.object]);
      set.add(n);
      list[n] = value;
    }
  }
  return list;
}

/** SET options that filtered indexes and indexes on computed columns or views need. Throws 1934. */
export function requireIndexSetOptions(execution: Execution, statement: string): void {
  const { options } = execution.session;
  // A module keeps the two of them that it was made with.
  const { module } = execution.frame;
  const wrong = [
    [module ? module.usesAnsiNulls : options.ansiNulls, "ANSI_NULLS"],
    [module ? module.usesQuotedIdentifier : options.quotedIdentifier, "QUOTED_IDENTIFIER"],
    [options.concatNullYieldsNull, "CONCAT_NULL_YIELDS_NULL"],
    [options.ansiWarnings, "ANSI_WARNINGS"],
    [options.ansiPadding, "ANSI_PADDING"],
    [!options.numericRoundabort, "NUMERIC_ROUNDABORT"],
  ] as const;
  const names = wrong.filter(([right]) => !right).map(([, name]) => name);
  if (names.length > 0) throw sqlError(1934, [statement, names.join(", ")]);
}
