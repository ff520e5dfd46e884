/** Indexes of history tables. Rules: reference sheet "tables and indexes" 2.3 and 2.4. */
import { sqlError } from "../../session/messages";
import type { Index, Table } from "../../storage/model";
import { isLarge } from "../table/create-table";
import type { TableTarget } from "../table/target";
import { isCleanupIndex } from "./system-versioning";
import { currentTable, fullNameOf } from "./tables";

interface Planned {
  readonly name: string;
  readonly unique: boolean;
  readonly clustered: boolean;
  readonly columnstore: boolean;
}

export function requireHistoryIndex(planned: Planned, { table, database }: TableTarget): void {
  const current = currentTable(database, table);
  if (!current) return;
  const name = fullNameOf(database, table);
  if (planned.unique) throw sqlError(13741, [name]);
  if (!current.versioning?.retention) return;
  if (!planned.clustered && table.indexes[0]!.type === "CLUSTERED COLUMNSTORE") throw sqlError(13772, [name]);
  if (planned.clustered && planned.columnstore && table.columns.some(isLarge))
    throw sqlError(13782, [planned.name, name, fullNameOf(database, current)]);
}

/** An index in place of the clustered one must serve the clean-up of aged rows as well. */
export function requireCleanupKept(before: Index, after: Index, { table, database }: TableTarget): void {
  const current = cleaned(table, before, database);
  if (current && !isCleanupIndex(after, current, table)) throw sqlError(13767, [before.name!]);
}

export function requireNoCleanup(index: Index, { table, database }: TableTarget): void {
  if (cleaned(table, index, database)) throw sqlError(13766, [index.name!]);
}

function cleaned(table: Table, index: Index, database: TableTarget["database"]): Table | undefined {
  const current = currentTable(database, table);
  return index.id === 1 && current?.versioning?.retention ? current : undefined;
}
