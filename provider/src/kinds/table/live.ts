/** Catalog rows to the shape that is compared. Reads the snapshot only. */
import type { CatalogSnapshot, OwnedObject } from "../../contract";
import { displayName } from "../../engine/quoting";
import type { DatabaseCatalog } from "../../engine/catalog-snapshot";
import type { ColumnRow, ForeignKeyEntry, IndexEntry, TableRow } from "../../engine/snapshot/tables";
import { columnType } from "./data-type";
import type { Compression, LiveColumn, LiveForeignKey, LiveIndex, LiveSet, LiveTable, SetIdentity } from "./model";
import { referentialActions } from "./model";
import { parseTableName } from "./table-name";

/** Tables under their names, else under the old names of the inputs, and those that iac.object calls ours. */
export function readSet(
  catalog: CatalogSnapshot,
  identity: SetIdentity,
  owned: readonly OwnedObject[],
): LiveSet | undefined {
  const found = new Map<number, LiveTable>();
  const take = (schema: string, name: string, foundBy: LiveTable["foundBy"]): boolean => {
    const row = catalog.database.findTable(schema, name);
    if (row && !found.has(row.objectId)) found.set(row.objectId, readTable(catalog.database, row, foundBy));
    return row !== undefined;
  };
  const missing = identity.tables.filter((table) => !take(table.schema, table.name, "name"));
  for (const table of identity.tables) {
    if (table.fromName === undefined || table.fromSchema === undefined) continue;
    const display = displayName(table.fromSchema, table.fromName);
    // The old name may long belong to somebody else's table.
    const othersTable =
      catalog.database.ownerOf("table", display) && !owned.some((object) => catalog.names.equals(object.name, display));
    if (missing.includes(table) && !othersTable) take(table.fromSchema, table.fromName, "old-name");
  }
  for (const object of owned) {
    if (object.type !== "table") continue;
    const name = ownedName(catalog.database, object.name);
    if (name) take(name.schema, name.name, "ownership");
  }
  if (found.size === 0) return undefined;
  return {
    database: identity.database,
    databaseCollation: catalog.databaseRow?.collation ?? undefined,
    tables: [...found.values()],
    names: catalog.names,
  };
}

/** "a.b.c" may be schema "a" with "b.c" or "a.b" with "c": the catalog knows which one is there. */
function ownedName(database: DatabaseCatalog, display: string): { schema: string; name: string } | undefined {
  for (let dot = display.indexOf("."); dot > 0; dot = display.indexOf(".", dot + 1)) {
    const parts = { schema: display.slice(0, dot), name: display.slice(dot + 1) };
    if (database.findTable(parts.schema, parts.name)) return parts;
  }
  return parseTableName(display);
}

export function readTable(database: DatabaseCatalog, row: TableRow, foundBy: LiveTable["foundBy"]): LiveTable {
  const entries = database.indexesOf(row.objectId);
  return {
    row,
    objectId: row.objectId,
    schema: row.schemaName,
    name: row.name,
    display: displayName(row.schemaName, row.name),
    foundBy,
    columns: database.columnsOf(row.objectId).map(readColumn),
    indexes: entries.filter((entry) => entry.type === 1 || entry.type === 2).map(readIndex),
    otherIndexes: entries.filter((entry) => entry.type > 2),
    heap: entries.find((entry) => entry.type === 0),
    checks: database.checksOf(row.objectId).map((check) => ({
      row: check,
      name: check.name,
      expression: check.definition,
      notForReplication: check.isNotForReplication,
    })),
    foreignKeys: database.foreignKeysOf(row.objectId).map(readForeignKey),
    referencedBy: database.foreignKeysTo(row.objectId).map(readForeignKey),
    bound: database
      .referencesTo(row.objectId)
      .filter((reference) => !["C", "D", "U"].includes(reference.referencingType.trim())),
    permissions: database.permissionsOn(1, row.objectId),
  };
}

function readColumn(row: ColumnRow): LiveColumn {
  return {
    row,
    name: row.name,
    type: columnType(row),
    nullable: row.isNullable,
    collation: row.collation ?? undefined,
    identity: row.isIdentity
      ? {
          seed: row.identitySeed ?? "1",
          increment: row.identityIncrement ?? "1",
          notForReplication: row.identityNotForReplication,
        }
      : undefined,
    default:
      row.defaultDefinition === null ? undefined : { name: row.defaultName ?? "", expression: row.defaultDefinition },
    computed: row.isComputed
      ? {
          expression: row.computedDefinition ?? "",
          persisted: row.isPersisted,
          notNull: row.isPersisted && !row.isNullable,
        }
      : undefined,
    sparse: row.isSparse,
    rowGuid: row.isRowGuid,
  };
}

function readIndex(entry: IndexEntry): LiveIndex {
  return {
    entry,
    role: entry.isPrimaryKey ? "primary-key" : entry.isUniqueConstraint ? "unique" : "index",
    name: entry.name ?? "",
    columns: entry.columns.filter((c) => c.keyOrdinal > 0).map((c) => ({ name: c.name, descending: c.isDescending })),
    // A partitioning column that the engine added is neither key nor included.
    include: entry.columns.filter((c) => c.isIncluded).map((c) => c.name),
    where: entry.filterDefinition ?? undefined,
    unique: entry.isUnique,
    clustered: entry.type === 1,
    fillFactor: entry.fillFactor === 100 ? 0 : entry.fillFactor,
    padIndex: entry.isPadded,
    ignoreDuplicateKey: entry.ignoreDupKey,
    allowRowLocks: entry.allowRowLocks,
    allowPageLocks: entry.allowPageLocks,
    compression: compressionOf(entry),
    filegroup: entry.dataSpace ?? undefined,
    systemNamed: entry.isSystemNamed,
    disabled: entry.isDisabled,
  };
}

export function compressionOf(entry: IndexEntry): Compression {
  return entry.compressionLow === "ROW" ? "row" : entry.compressionLow === "PAGE" ? "page" : "none";
}

export function readForeignKey(entry: ForeignKeyEntry): LiveForeignKey {
  return {
    entry,
    name: entry.name,
    columns: entry.columns.map((pair) => pair.name),
    referencedSchema: entry.referencedSchema,
    referencedTable: entry.referencedTable,
    referencedColumns: entry.columns.map((pair) => pair.referencedName),
    onDelete: referentialActions[entry.deleteAction] ?? "no action",
    onUpdate: referentialActions[entry.updateAction] ?? "no action",
    notForReplication: entry.isNotForReplication,
  };
}
