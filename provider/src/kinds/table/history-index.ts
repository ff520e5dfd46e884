/** The clustered index of a history table. The engine makes one on the end and the start of the period, with page compression. */
import { quoteName, quoteNames } from "../../engine/quoting";
import type { NameComparer } from "../../engine/names";
import type { Rename } from "./match";
import type { DesiredVersioning, LiveHistory } from "./model";
import { compressionOption } from "./render";
import { clusteredIndexOf } from "./versioning-change";

/** The name that the engine gives the index of a history table that it makes; in lower case, as probed on SQL Server 2025. */
export function engineIndexName(history: string): string {
  return `ix_${history}`.slice(0, 128);
}

export function historyIndexChange(
  { index, compression }: DesiredVersioning,
  history: LiveHistory,
  names: NameComparer,
  rename: Rename,
): "keep" | "build" | "recreate" {
  const there = clusteredIndexOf(history);
  if (!there) return "build";
  if (index === "columnstore") return there.columnstore && there.compression === compression ? "keep" : "build";
  if (there.columnstore) return "recreate";
  const sameColumns =
    there.columns.length === index.length &&
    index.every((column, at) => {
      const other = there.columns[at]!;
      return column.descending === other.descending && names.equals(column.name, rename(other.name));
    });
  return sameColumns && there.compression === compression ? "keep" : "build";
}

/** undefined = a new history table has it already. `always`: also what the engine would make by itself. */
export function renderHistoryIndex(
  versioning: DesiredVersioning,
  name: string,
  dropExisting: boolean,
  always = false,
): string | undefined {
  const { index, compression, start, end, history } = versioning;
  const table = quoteNames(history.schema, history.name);
  const existing = dropExisting ? ["DROP_EXISTING = ON"] : [];
  if (index === "columnstore") {
    const options = [...existing, ...(compression === "columnstore" ? [] : [compressionOption(compression)])];
    return `CREATE CLUSTERED COLUMNSTORE INDEX ${quoteName(name)} ON ${table}${options.length === 0 ? "" : ` WITH (${options.join(", ")})`};`;
  }
  const asMade =
    compression === "page" &&
    index.length === 2 &&
    index[0]!.name === end &&
    index[1]!.name === start &&
    index.every((column) => !column.descending);
  if (asMade && !always) return undefined;
  const columns = index.map((column) => `${quoteName(column.name)}${column.descending ? " DESC" : ""}`).join(", ");
  const options = [compressionOption(compression), ...existing];
  return `CREATE CLUSTERED INDEX ${quoteName(name)} ON ${table} (${columns}) WITH (${options.join(", ")});`;
}
