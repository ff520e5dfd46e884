/** The clustered index of a history table. The engine makes one on the end and the start of the period, with page compression. */
import { quoteName, quoteNames } from "../../engine/quoting";
import type { NameComparer } from "../../engine/names";
import { blocks, type ColumnEffect } from "./diff";
import type { Rename } from "./match";
import type { DesiredVersioning, LiveHistory, LiveIndex } from "./model";
import { compressionOption } from "./render";

/** The name that the engine gives the index of a history table that it makes; in lower case, as probed on SQL Server 2025. */
export function engineIndexName(history: string): string {
  return `ix_${history}`.slice(0, 128);
}

export function clusteredIndexOf(history: LiveHistory): LiveIndex | undefined {
  return history.indexes.find((index) => index.clustered);
}

/** Of the columns of the table. */
interface ColumnChanges {
  readonly names: NameComparer;
  readonly rename: Rename;
  /** By the key of the present name. */
  readonly effects: ReadonlyMap<string, ColumnEffect>;
}

/**
 * recreate: a drop and a build, which the clean-up of aged rows lets nobody do while versioning is on. A columnstore index gives way to
 * rows by it, and an index in rows to a column that cannot change under it.
 */
export function historyIndexChange(
  { index, compression, filegroup }: DesiredVersioning,
  history: LiveHistory,
  { names, rename, effects }: ColumnChanges,
): "keep" | "build" | "recreate" {
  const there = clusteredIndexOf(history);
  if (!there) return "build";
  const stays =
    there.compression === compression &&
    (filegroup === undefined || (there.filegroup !== undefined && names.equals(there.filegroup, filegroup)));
  if (there.columnstore) return index !== "columnstore" ? "recreate" : stays ? "keep" : "build";
  const stands = there.columns.some(({ name }) => {
    const effect = effects.get(names.key(name));
    return effect !== undefined && blocks("index", effect);
  });
  if (stands) return "recreate";
  if (index === "columnstore") return "build";
  const sameColumns =
    there.columns.length === index.length &&
    index.every((column, at) => {
      const other = there.columns[at]!;
      return column.descending === other.descending && names.equals(column.name, rename(other.name));
    });
  return sameColumns && stays ? "keep" : "build";
}

/** undefined = a new history table has it already. `always`: also what the engine would make by itself. */
export function renderHistoryIndex(
  versioning: DesiredVersioning,
  name: string,
  dropExisting: boolean,
  always = false,
): string | undefined {
  const { index, compression, filegroup, start, end, history } = versioning;
  const on = filegroup === undefined ? "" : ` ON ${quoteName(filegroup)}`;
  const table = quoteNames(history.schema, history.name);
  const existing = dropExisting ? ["DROP_EXISTING = ON"] : [];
  if (index === "columnstore") {
    const options = [...existing, ...(compression === "columnstore" ? [] : [compressionOption(compression)])];
    return `CREATE CLUSTERED COLUMNSTORE INDEX ${quoteName(name)} ON ${table}${options.length === 0 ? "" : ` WITH (${options.join(", ")})`}${on};`;
  }
  const asMade =
    compression === "page" &&
    filegroup === undefined &&
    index.length === 2 &&
    index[0]!.name === end &&
    index[1]!.name === start &&
    index.every((column) => !column.descending);
  if (asMade && !always) return undefined;
  const columns = index.map((column) => `${quoteName(column.name)}${column.descending ? " DESC" : ""}`).join(", ");
  const options = [compressionOption(compression), ...existing];
  return `CREATE CLUSTERED INDEX ${quoteName(name)} ON ${table} (${columns}) WITH (${options.join(", ")})${on};`;
}
