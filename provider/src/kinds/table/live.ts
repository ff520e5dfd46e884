/** Catalog rows to the shape that is compared. Reads the snapshot only. */
import type { CatalogSnapshot, OwnedObject } from "../../contract";
import { displayName } from "../../engine/quoting";
import type { DatabaseCatalog } from "../../engine/catalog-snapshot";
import type { ColumnRow, ForeignKeyEntry, IndexEntry, TableRow } from "../../engine/snapshot/tables";
import { columnType } from "./data-type";
import type {
  Compression,
  LiveColumn,
  LiveForeignKey,
  LiveHistory,
  LiveIndex,
  LiveSet,
  LiveTable,
  Retention,
  SetIdentity,
  TableIdentity,
} from "./model";
import { referentialActions } from "./model";
import { parseTableName } from "./table-name";

/** Tables under their names, else under the old names of the inputs, and those that iac.object calls ours. */
export function readSet(
  catalog: CatalogSnapshot,
  identity: SetIdentity,
  owned: readonly OwnedObject[],
): LiveSet | undefined {
  const found = new Map<number, LiveTable>();
  const take = (schema: string, name: string, foundBy: LiveTable["foundBy"], history?: TableIdentity): boolean => {
    const row = catalog.database.findTable(schema, name);
    if (row && !found.has(row.objectId)) found.set(row.objectId, readTable(catalog, row, foundBy, history));
    return row !== undefined;
  };
  const historyOf = (table: SetIdentity["tables"][number]): TableIdentity | undefined =>
    table.historySchema === undefined || table.historyName === undefined
      ? undefined
      : { schema: table.historySchema, name: table.historyName };
  const missing = identity.tables.filter((table) => !take(table.schema, table.name, "name", historyOf(table)));
  for (const table of identity.tables) {
    if (table.fromName === undefined || table.fromSchema === undefined) continue;
    const display = displayName(table.fromSchema, table.fromName);
    // The old name may long belong to somebody else's table.
    const othersTable =
      catalog.database.ownerOf("table", display) && !owned.some((object) => catalog.names.equals(object.name, display));
    if (missing.includes(table) && !othersTable) take(table.fromSchema, table.fromName, "old-name", historyOf(table));
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

export function readTable(
  { database, databaseRow }: CatalogSnapshot,
  row: TableRow,
  foundBy: LiveTable["foundBy"],
  historyName?: TableIdentity,
): LiveTable {
  const entries = database.indexesOf(row.objectId);
  const columns = database.columnsOf(row.objectId).map(readColumn);
  const nameOf = (columnId: number | null): string | undefined =>
    columns.find((column) => column.row.columnId === columnId)?.name;
  const [start, end] = [nameOf(row.periodStartColumnId), nameOf(row.periodEndColumnId)];
  const history =
    row.temporalType === 2 && row.historyTableId !== null
      ? database.tableById(row.historyTableId)
      : historyName && database.findTable(historyName.schema, historyName.name);
  return {
    row,
    objectId: row.objectId,
    schema: row.schemaName,
    name: row.name,
    display: displayName(row.schemaName, row.name),
    foundBy,
    columns,
    period: start !== undefined && end !== undefined ? { start, end } : undefined,
    history: history && history.objectId !== row.objectId ? readHistory(database, history) : undefined,
    versioned: row.temporalType === 2,
    retention: retentionOf(row),
    retentionEnabled: databaseRow?.isTemporalHistoryRetention ?? true,
    indexes: entries.filter(isManaged).map(readIndex),
    otherIndexes: entries.filter((entry) => entry.type > 2 && !isManaged(entry)),
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

/** Row-store and columnstore. */
const isManaged = ({ type }: IndexEntry): boolean => [1, 2, 5, 6].includes(type);

export function readHistory(database: DatabaseCatalog, row: TableRow): LiveHistory {
  return {
    schema: row.schemaName,
    name: row.name,
    display: displayName(row.schemaName, row.name),
    row,
    columns: database.columnsOf(row.objectId).map(readColumn),
    indexes: database.indexesOf(row.objectId).filter(isManaged).map(readIndex),
  };
}

const units = { DAY: "days", WEEK: "weeks", MONTH: "months", YEAR: "years" } as const;

function retentionOf(row: TableRow): Retention {
  const unit = units[(row.historyRetentionUnit ?? "") as keyof typeof units];
  if (row.temporalType !== 2 || row.historyRetentionPeriod === null || !unit) return "infinite";
  return { value: row.historyRetentionPeriod, unit };
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
    filestream: row.isFilestream,
    period: row.generatedAlwaysType === 1 ? "start" : row.generatedAlwaysType === 2 ? "end" : undefined,
    hidden: row.isHidden,
  };
}

function readIndex(entry: IndexEntry): LiveIndex {
  const columnstore = entry.type === 5 || entry.type === 6;
  const clustered = entry.type === 1 || entry.type === 5;
  const partitioned = entry.dataSpaceType?.trim() === "PS";
  const partitionColumn = entry.columns.find((column) => column.partitionOrdinal > 0);
  const ordered = entry.columns.filter((column) => column.columnstoreOrder > 0);
  return {
    entry,
    role: entry.isPrimaryKey ? "primary-key" : entry.isUniqueConstraint ? "unique" : "index",
    name: entry.name ?? "",
    columns: entry.columns.filter((c) => c.keyOrdinal > 0).map((c) => ({ name: c.name, descending: c.isDescending })),
    // A partitioning column that the engine added is neither key nor included.
    include: clustered ? [] : entry.columns.filter((c) => c.isIncluded).map((c) => c.name),
    where: entry.filterDefinition ?? undefined,
    unique: entry.isUnique,
    clustered,
    fillFactor: columnstore || entry.fillFactor === 100 ? 0 : entry.fillFactor,
    padIndex: entry.isPadded,
    ignoreDuplicateKey: entry.ignoreDupKey,
    // A columnstore index always says no here, and cannot be told otherwise.
    allowRowLocks: columnstore || entry.allowRowLocks,
    allowPageLocks: columnstore || entry.allowPageLocks,
    compression: compressionOf(entry),
    filegroup: partitioned ? undefined : (entry.dataSpace ?? undefined),
    partition:
      partitioned && partitionColumn ? { scheme: entry.dataSpace ?? "", column: partitionColumn.name } : undefined,
    columnstore,
    orderBy: ordered.sort((left, right) => left.columnstoreOrder - right.columnstoreOrder).map((c) => c.name),
    compressionDelay: entry.compressionDelay ?? 0,
    systemNamed: entry.isSystemNamed,
    disabled: entry.isDisabled,
  };
}

const compressions: Readonly<Record<string, Compression>> = {
  ROW: "row",
  PAGE: "page",
  COLUMNSTORE: "columnstore",
  COLUMNSTORE_ARCHIVE: "columnstore-archive",
};

export function compressionOf(entry: IndexEntry): Compression {
  return compressions[entry.compressionLow ?? ""] ?? "none";
}

function readForeignKey(entry: ForeignKeyEntry): LiveForeignKey {
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
