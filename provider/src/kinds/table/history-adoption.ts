/**
 * What keeps a table that exists from being the history of another one, found before anything is changed.
 * https://learn.microsoft.com/sql/relational-databases/tables/temporal-table-system-consistency-checks
 */
import type { CatalogSnapshot } from "../../contract";
import type { DatabaseCatalog } from "../../engine/catalog-snapshot";
import { displayName } from "../../engine/quoting";
import type { ObjectRow } from "../../engine/snapshot/modules";
import type { TableRow } from "../../engine/snapshot/tables";
import type { DesiredVersioning, LiveHistory, TableIdentity } from "./model";

/** "primary key PK_Was (13515)", and so on; empty = it can be a history table, as far as the catalog tells. */
export function whyNotHistory(
  history: LiveHistory,
  { start, end }: DesiredVersioning,
  { database, names: { equals } }: CatalogSnapshot,
): readonly string[] {
  const { row, columns, indexes } = history;
  const kind =
    row.temporalType === 1 ? "it is the history of another table (13514)"
    : row.temporalType === 2 ? "it is system-versioned itself (13566)"
    : row.periodStartColumnId !== null ? "it has a period of its own (13574)"
    : row.isMemoryOptimized ? "it is memory-optimized (13738)"
    : row.isNode || row.isEdge || row.isExternal || row.isFiletable ? "it is no ordinary table"
    : undefined; // prettier-ignore
  if (kind !== undefined) return [kind];
  const named = (what: string, names: readonly string[], error: number): string[] =>
    names.map((name) => `it has ${what} ${name} (${error})`);
  const columnsThat = (has: (column: LiveHistory["columns"][number]) => boolean): string[] =>
    columns.filter(has).map(({ name }) => name);
  const keysTo = database.foreignKeysTo(row.objectId);
  const missing = [start, end].filter((period) => !columns.some(({ name }) => equals(name, period)));
  return [
    ...missing.map((name) => `it has no column ${name} (13524)`),
    ...indexes
      .filter(({ unique }) => unique)
      .map(({ role, name }) => `it has ${role === "primary-key" ? "primary key" : "unique key"} ${name} (13515)`),
    ...named("foreign key", [...new Set([...database.foreignKeysOf(row.objectId), ...keysTo].map(({ name }) => name))], 13516),
    ...named("check", database.checksOf(row.objectId).map(({ name }) => name), 13517),
    ...named("identity column", columnsThat(({ identity }) => identity !== undefined), 13518),
    ...named("computed column", columnsThat(({ computed }) => computed !== undefined), 13519),
    ...named("ROWGUIDCOL column", columnsThat(({ rowGuid }) => rowGuid), 13580),
    ...named("FILESTREAM column", columnsThat(({ filestream }) => filestream), 13532),
    ...named("trigger", triggersOf(history, database).map(({ name }) => name), 13522),
  ]; // prettier-ignore
}

/** 13774: a system-versioned table has none of them. */
export function insteadOfTriggers(table: TableIdentity, database: DatabaseCatalog): readonly string[] {
  return triggersOf(table, database)
    .filter(({ isInsteadOfTrigger }) => isInsteadOfTrigger)
    .map((trigger) => displayName(trigger.schemaName, trigger.name));
}

export function triggersOf(table: TableIdentity, { objects }: DatabaseCatalog): ObjectRow[] {
  return objects.filter(
    ({ type, parentSchema, parentName }) =>
      ["TR", "TA"].includes(type) && parentSchema === table.schema && parentName === table.name,
  );
}

export function unfitHistory(history: LiveHistory, table: string, reasons: readonly string[]): string {
  return `${history.display} cannot be the history of ${table}: ${reasons.join(", ")}; correct it first, or give another name`;
}

export function takenHistory(history: string, { rows }: TableRow, table: string): string {
  return `${history} is there already, with ${rows} ${rows === 1 ? "row" : "rows"}; give adoptHistory: true to take it over as the history of ${table}, or give another name`;
}
