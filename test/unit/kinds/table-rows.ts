/**
 * The catalog rows that SQL Server holds once given tables are deployed, so that planners are tested without a server.
 * Encodings: https://learn.microsoft.com/sql/relational-databases/system-catalog-views/sys-columns-transact-sql
 */
import type { OwnedObject, Plan, PlanContext, ProbeRow } from "../../../provider/src/contract";
import { capabilities } from "../../../provider/src/engine/capabilities";
import {
  catalogSnapshot,
  databaseCatalog,
  serverCatalog,
  type CatalogSnapshot,
  type DatabaseRows,
} from "../../../provider/src/engine/catalog-snapshot";
import { nameComparer } from "../../../provider/src/engine/names";
import type { FilegroupFileRow } from "../../../provider/src/engine/snapshot/database";
import type { TypeRow } from "../../../provider/src/engine/snapshot/modules";
import type { DatabaseRow, ServerRow } from "../../../provider/src/engine/snapshot/server";
import type {
  CheckConstraintRow,
  ColumnRow,
  ForeignKeyColumnRow,
  IndexColumnRow,
  TableRow,
} from "../../../provider/src/engine/snapshot/tables";
import { tableSetKind } from "../../../provider/src/kinds/table";
import type { TableBody, TableSetInputs } from "../../../provider/src/kinds/table";
import type { DataType } from "../../../provider/src/kinds/table/data-type";
import type { DesiredSet, DesiredTable, IndexModel, LiveSet } from "../../../provider/src/kinds/table/model";
import { record } from "../../golden";

export const owner = "shop/test/TableSet/tables";
export const inputsOf = (tables: Record<string, TableBody>): TableSetInputs => ({
  server: "s",
  database: "sales",
  owner,
  tables,
});

export interface Server {
  readonly collation?: string;
  readonly edition?: string;
  readonly majorVersion?: number;
  /** Rows of every table. */
  readonly rows?: number;
  readonly historyRows?: number;
  /** TEMPORAL_HISTORY_RETENTION of the database. */
  readonly retention?: boolean;
  readonly platform?: "Linux" | "Windows";
  readonly types?: readonly TypeRow[];
  /** Last touch on the rows of the catalog: what somebody did by hand. */
  readonly change?: (rows: MutableRows) => void;
}
export type MutableRows = { -readonly [Name in keyof DatabaseRows]: DatabaseRows[Name][number][] };

/** `undefined` = the database is there and empty. */
export function catalogOf(inputs: TableSetInputs | undefined, server: Server = {}): CatalogSnapshot {
  const collation = server.collation ?? "Latin1_General_100_CI_AS";
  const rows = rowsOf(inputs && tableSetKind.desired(inputs), server, collation);
  server.change?.(rows);
  const properties = { engineEdition: 3, majorVersion: server.majorVersion ?? 16, edition: server.edition ?? "Developer Edition (64-bit)", collation, hostPlatform: server.platform ?? "Linux", filestreamLevel: server.platform === "Windows" ? 2 : 0, login: "sa" } as ServerRow; // prettier-ignore
  return catalogSnapshot(
    serverCatalog(
      properties,
      [{ name: "sales", collation, isTemporalHistoryRetention: server.retention ?? true } as DatabaseRow],
      [],
    ),
    "sales",
    rows,
  );
}

function rowsOf(desired: DesiredSet | undefined, server: Server, collation: string): MutableRows {
  const none = Object.keys(databaseCatalog({}, nameComparer(collation)).rows).map((name) => [name, []] as const);
  const rows: MutableRows = {
    ...(Object.fromEntries(none) as unknown as MutableRows),
    tables: [], columns: [], checkConstraints: [], indexes: [], foreignKeys: [], objects: [], types: [...(server.types ?? [])], boundReferences: [],
    permissions: [], ownership: [], queryStore: [],
    schemas: ["dbo", "sales", "old"].map((name, at) => ({ schemaId: at + 1, name, owner: "dbo" })),
    filegroups: ["PRIMARY", "FG2", "FG3"].map((filegroupName, at) => ({ dataSpaceId: at + 1, filegroupName, filegroupType: "FG", isDefault: at === 0 }) as FilegroupFileRow),
  }; // prettier-ignore
  const tables = desired?.tables ?? [];
  const ids = new Map(tables.map((table, at) => [table.display.toLowerCase(), 1000 + at]));
  let historyId = 2000;
  tables.forEach((table, at) => {
    rows.tables.push(tableRow(table, 1000 + at, server.rows ?? 0));
    table.columns.forEach((column, index) =>
      rows.columns.push(columnRow(column, 1000 + at, index + 1, collation, server.types ?? [])),
    );
    table.checks.forEach(
      (check) =>
      rows.checkConstraints.push({ tableId: 1000 + at, name: check.name, definition: stored(check.expression), isDisabled: false, isNotTrusted: check.notForReplication, isNotForReplication: check.notForReplication, isSystemNamed: false, parentColumnId: 0 } satisfies CheckConstraintRow), // prettier-ignore
    );
    rows.indexes.push(...indexRows(table, 1000 + at, server.rows ?? 0));
    if (table.versioning) addHistory(rows, table, 1000 + at, historyId++, server, collation);
    rows.ownership.push({ objectType: "table", objectName: table.display, owner, definitionHash: null });
  });
  let objectId = 50000;
  for (const table of tables)
    for (const key of table.foreignKeys) {
      const referencedTableId = ids.get(`${key.referencedSchema}.${key.referencedTable}`.toLowerCase()) ?? 999;
      const target = tables.find((other) => ids.get(other.display.toLowerCase()) === referencedTableId);
      const actions = ["no action", "cascade", "set null", "set default"];
      objectId++;
      key.columns.forEach(
        (columnName, at) =>
        rows.foreignKeys.push({
          objectId, tableId: ids.get(table.display.toLowerCase())!, schemaName: table.schema, name: key.name, referencedTableId,
          referencedSchema: key.referencedSchema, referencedTable: key.referencedTable,
          referencedIndexId: target ? indexIdOf(target, key.referencedColumns) : null,
          deleteAction: actions.indexOf(key.onDelete), updateAction: actions.indexOf(key.onUpdate), isDisabled: false,
          isNotTrusted: key.notForReplication, isNotForReplication: key.notForReplication, isSystemNamed: false,
          ordinal: at + 1, columnName, referencedColumnName: key.referencedColumns[at]!,
        } satisfies ForeignKeyColumnRow), // prettier-ignore
      );
    }
  return rows;
}

/** What the engine makes beside a system-versioned table: same columns, none of them computed, numbered or hidden. */
function addHistory(rows: MutableRows, table: DesiredTable, objectId: number, historyId: number, server: Server, collation: string): void {
  const { history, retention, index, compression } = table.versioning!;
  const current = rows.tables.find((row) => row.objectId === objectId)!;
  const position = (name: string): number => table.columns.findIndex((column) => column.name === name) + 1;
  Object.assign(current, {
    temporalType: 2, historySchema: history.schema, historyName: history.name, historyTableId: historyId,
    historyRetentionPeriod: retention === "infinite" ? -1 : retention.value,
    historyRetentionUnit: retention === "infinite" ? "INFINITE" : retention.unit.slice(0, -1).toUpperCase(),
  } satisfies Partial<TableRow>);
  rows.tables.push({ ...current, objectId: historyId, schemaName: history.schema, name: history.name, temporalType: 1, historySchema: null, historyName: null, historyTableId: null, historyRetentionPeriod: null, historyRetentionUnit: null, periodStartColumnId: null, periodEndColumnId: null, rows: server.historyRows ?? 0 });
  table.columns.forEach((column, at) => rows.columns.push({ ...columnRow({ ...column, computed: undefined, identity: undefined, default: undefined, rowGuid: false, period: undefined, hidden: false }, historyId, at + 1, collation, server.types ?? []) }));
  const base = { tableId: historyId, indexId: 1, name: `ix_${history.name}`, isUnique: false, isPrimaryKey: false, isUniqueConstraint: false, isDisabled: false, isSystemNamed: false, fillFactor: 0, isPadded: false, ignoreDupKey: false, allowRowLocks: index !== "columnstore", allowPageLocks: index !== "columnstore", filterDefinition: null, dataSpace: "PRIMARY", dataSpaceType: "FG", partitionCount: 1, compressionLow: compression.replace("-", "_").toUpperCase(), compressionHigh: compression.replace("-", "_").toUpperCase(), rows: server.historyRows ?? 0 };
  const used = index === "columnstore" ? table.columns.map(({ name }) => ({ name, descending: false })) : index;
  rows.indexes.push(...used.map((column, at): IndexColumnRow => ({ ...base, type: index === "columnstore" ? 5 : 1, columnId: position(column.name), columnName: column.name, keyOrdinal: index === "columnstore" ? 0 : at + 1, partitionOrdinal: 0, isDescending: column.descending, isIncluded: index === "columnstore", indexColumnId: at + 1, columnstoreOrder: 0, compressionDelay: index === "columnstore" ? 0 : null })));
  rows.ownership.push({ objectType: "history table", objectName: table.versioning!.historyDisplay, owner, definitionHash: null });
} // prettier-ignore

function tableRow(table: DesiredTable, objectId: number, rows: number): TableRow {
  const large = table.columns.some((column) => column.type?.length === -1);
  return {
    objectId, schemaName: table.schema, name: table.name, temporalType: 0, historySchema: null, historyName: null, historyTableId: null, historyRetentionPeriod: null, historyRetentionUnit: null,
    periodStartColumnId: columnNumber(table, "start"), periodEndColumnId: columnNumber(table, "end"), isMemoryOptimized: false,
    durability: 0, isNode: false, isEdge: false, isExternal: false, isFiletable: false, lockEscalation: table.lockEscalation.toUpperCase(),
    lobDataSpace: large ? (table.textFilegroup ?? "PRIMARY") : null, filestreamDataSpace: table.columns.some((column) => column.filestream) ? (table.filestreamFilegroup ?? "Streams") : null, isReplicated: false, isTrackedByCdc: false, rows,
  }; // prettier-ignore
}

function columnNumber(table: DesiredTable, period: "start" | "end"): number | null {
  const at = table.columns.findIndex((column) => column.period === period);
  return at < 0 ? null : at + 1;
}

/** How the server prints an expression back, in its simplest: one more bracket, two around a number. */
function stored(expression: string): string {
  return /^-?\d+$/.test(expression) ? `((${expression}))` : `(${expression})`;
}

const fixed: Record<string, [maxLength: number, precision: number, scale: number]> = {
  bit: [1, 1, 0], tinyint: [1, 3, 0], smallint: [2, 5, 0], int: [4, 10, 0], bigint: [8, 19, 0], smallmoney: [4, 10, 4], money: [8, 19, 4],
  real: [4, 24, 0], float: [8, 53, 0], date: [3, 10, 0], smalldatetime: [4, 16, 0], datetime: [8, 23, 3], uniqueidentifier: [16, 0, 0],
  rowversion: [8, 0, 0], text: [16, 0, 0], ntext: [16, 0, 0], image: [16, 0, 0], xml: [-1, 0, 0], json: [-1, 0, 0], sql_variant: [8016, 0, 0],
  hierarchyid: [892, 0, 0], geometry: [-1, 0, 0], geography: [-1, 0, 0], sysname: [256, 0, 0],
}; // prettier-ignore

function encode(type: DataType): [number, number, number] {
  if (type.precision !== undefined)
    return [
      type.precision <= 9 ? 5 : type.precision <= 19 ? 9 : type.precision <= 28 ? 13 : 17,
      type.precision,
      type.scale ?? 0,
    ];
  if (type.length !== undefined)
    return [type.length === -1 ? -1 : type.length * (type.name.startsWith("n") ? 2 : 1), 0, 0];
  if (type.dimensions !== undefined) return [8 + type.dimensions * (type.float16 ? 2 : 4), 0, 0];
  if (type.scale !== undefined) {
    const base = type.scale <= 2 ? 3 : type.scale <= 4 ? 4 : 5;
    const precision =
      { time: 9, datetime2: 20, datetimeoffset: 27 }[type.name]! + type.scale - (type.scale === 0 ? 1 : 0);
    return [base + { time: 0, datetime2: 3, datetimeoffset: 5 }[type.name]!, precision, type.scale];
  }
  return fixed[type.name] ?? [0, 0, 0];
}

function columnRow(
  column: DesiredTable["columns"][number],
  objectId: number,
  columnId: number,
  collation: string,
  types: readonly TypeRow[],
): ColumnRow {
  const type = column.type ?? { name: "int" };
  const alias = types.find((row) => row.schemaName === type.schema && row.name === type.name);
  const [maxLength, precision, scale] = alias ? [alias.maxLength, alias.precision, alias.scale] : encode(type);
  const text = ["char", "varchar", "nchar", "nvarchar", "text", "ntext", "sysname"].includes(
    type.schema === undefined ? type.name : (alias?.baseTypeName ?? ""),
  );
  return {
    objectId, columnId, name: column.name, typeSchema: type.schema ?? "sys", typeName: type.name === "rowversion" ? "timestamp" : type.name,
    baseTypeName: alias?.baseTypeName ?? null, isUserDefinedType: type.schema !== undefined, maxLength, precision, scale,
    collation: text ? (column.collation ?? collation) : null, isNullable: column.computed ? !column.computed.notNull : column.nullable,
    isRowGuid: column.rowGuid, isSparse: column.sparse, isColumnSet: false, isFilestream: column.filestream, isHidden: column.hidden, generatedAlwaysType: column.period === "start" ? 1 : column.period === "end" ? 2 : 0, isMasked: false,
    isIdentity: column.identity !== undefined, identitySeed: column.identity?.seed ?? null, identityIncrement: column.identity?.increment ?? null,
    identityLastValue: null, identityNotForReplication: column.identity?.notForReplication ?? false, isComputed: column.computed !== undefined,
    computedDefinition: column.computed ? stored(column.computed.expression) : null, isPersisted: column.computed?.persisted ?? false,
    defaultName: column.default?.name ?? null, defaultDefinition: column.default ? stored(column.default.expression) : null, defaultIsSystemNamed: false,
  }; // prettier-ignore
}

/** Index ids as the server gives them: 0 or 1 for the rows, then from 2 on. */
function numbered(table: DesiredTable): { index: IndexModel | undefined; id: number }[] {
  const all = [table.primaryKey, ...table.uniques, ...table.indexes].filter((index) => index !== undefined);
  const clustered = all.find((index) => index.clustered);
  return [
    { index: clustered, id: clustered ? 1 : 0 },
    ...all.filter((index) => index !== clustered).map((index, at) => ({ index, id: at + 2 })),
  ];
}

function indexIdOf(table: DesiredTable, columns: readonly string[]): number | null {
  const key = (names: readonly string[]): string =>
    names
      .map((name) => name.toLowerCase())
      .sort()
      .join("\0");
  const found = numbered(table).find(
    ({ index }) => index?.unique && key(index.columns.map((column) => column.name)) === key(columns),
  );
  return found?.id ?? null;
}

function indexRows(table: DesiredTable, tableId: number, rows: number): IndexColumnRow[] {
  const columnId = (name: string): number =>
    table.columns.findIndex((column) => column.name.toLowerCase() === name.toLowerCase()) + 1;
  return numbered(table).flatMap(({ index, id }) => {
    const compression = (index?.compression ?? table.compression).replace("-", "_").toUpperCase();
    const partition = index ? index.partition : table.partition;
    const base = {
      tableId, indexId: id, name: index?.name ?? null, type: index ? (index.clustered ? 1 : 2) + (index.columnstore ? 4 : 0) : 0, isUnique: index?.unique ?? false,
      isPrimaryKey: index?.role === "primary-key", isUniqueConstraint: index?.role === "unique", isDisabled: false, isSystemNamed: false,
      fillFactor: index?.fillFactor ?? 0, isPadded: index?.padIndex ?? false, ignoreDupKey: index?.ignoreDuplicateKey ?? false,
      allowRowLocks: index?.allowRowLocks ?? true, allowPageLocks: index?.allowPageLocks ?? true,
      filterDefinition: index?.where === undefined ? null : stored(index.where), compressionDelay: index?.columnstore ? index.compressionDelay : null, dataSpace: partition?.scheme ?? index?.filegroup ?? table.filegroup ?? "PRIMARY", dataSpaceType: partition ? "PS" : "FG",
      partitionCount: 1, compressionLow: compression, compressionHigh: compression, rows,
    }; // prettier-ignore
    if (!index) return [{ ...base, columnId: null, columnName: null, keyOrdinal: null, partitionOrdinal: null, isDescending: null, isIncluded: null, indexColumnId: null, columnstoreOrder: null } as unknown as IndexColumnRow]; // prettier-ignore
    const used = [
      ...index.columns.map((column) => ({ ...column, included: false })),
      ...(index.columnstore && index.clustered ? table.columns.map((column) => column.name) : index.include).map((name) => ({ name, descending: false, included: true })),
    ]; // prettier-ignore
    return used.map((column, at): IndexColumnRow => ({
      ...base, columnId: columnId(column.name), columnName: column.name, keyOrdinal: column.included ? 0 : at + 1, partitionOrdinal: partition?.column === column.name ? 1 : 0, columnstoreOrder: index.orderBy.indexOf(column.name) + 1,
      isDescending: column.descending, isIncluded: column.included, indexColumnId: at + 1,
    })); // prettier-ignore
  });
}

export interface Case extends Server {
  readonly answers?: Record<string, ProbeRow>;
  readonly owned?: readonly OwnedObject[];
}

/** What the runtime does without a server: catalog, read, plan. Every statement goes to the grammar check. */
export function planOf(old: TableSetInputs | undefined, wanted: TableSetInputs, given: Case = {}): Plan {
  const { desired, live, context } = situation(old, wanted, given);
  return record(wanted.owner, tableSetKind.plan(desired, live, context));
}

export function situation(
  old: TableSetInputs | undefined,
  wanted: TableSetInputs,
  given: Case = {},
): { desired: DesiredSet; live: LiveSet | undefined; context: PlanContext } {
  const catalog = catalogOf(old, given);
  const owned =
    given.owned ?? catalog.database.ownedBy(owner).map((row) => ({ type: row.objectType, name: row.objectName }));
  const desired = tableSetKind.desired(wanted);
  const live = tableSetKind.read(catalog, tableSetKind.identity(desired), owned);
  const context: PlanContext = {
    catalog, capabilities: capabilities(catalog.server.properties), names: catalog.names, answers: new Map(Object.entries(given.answers ?? {})), allow: [], owned, secret: () => "", previous: {},
  }; // prettier-ignore
  return { desired, live, context };
}

/** Each batch on one line. */
export const batches = (plan: Plan): string[] =>
  plan.statements.map((statement) => statement.batch.replace(/\s+/g, " "));
export const hazards = (plan: Plan): string[] =>
  plan.statements.flatMap((statement) =>
    statement.hazards.map(
      (hazard) => `${hazard.type}:${hazard.object}${hazard.rows === undefined ? "" : `=${hazard.rows}`}`,
    ),
  );
