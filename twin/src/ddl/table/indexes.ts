/** Building indexes on a table: keys of constraints and CREATE INDEX share this. */
import type { IndexColumn, IndexDefinition } from "../../language/ast";
import { buildEntries, DuplicateKey } from "../../storage/rows";
import { sqlError } from "../../session/messages";
import { notImplemented } from "../../session/sql-error";
import type { Column, Index, Table } from "../../storage/model";
import type { SqlType } from "../../types/sql-type";
import { typeFacts } from "../../catalog/system-types";
import { at, qualified } from "../naming";
import { printDefinition } from "../print-expression";
import { findColumn } from "../registry";
import { requireHistoryIndex } from "../temporal/history-index";
import {
  hasClusteredColumnstore,
  requireAligned,
  requireColumnstoreColumn,
  requireColumnstoreWords,
  requireNoTriggersBeside,
  requireOnline,
  requireOnlyColumnstore,
  requireOrder,
  requireRowstoreBeside,
} from "./columnstore";
import { partitionCount, placement } from "./data-space";
import { applyCompression, readIndexOptions, requireIndexSetOptions, type IndexOptions } from "./index-options";
import { isNondeterministic, settingOf } from "./determinism";
import { requireFilter } from "./filter";
import { requireCompressibleIndex } from "./sparse-compression";
import { clusteredIndex, nextIndexId, transactionOf, type TableTarget } from "./target";

export interface KeySpecification {
  readonly name: string;
  readonly clustered: boolean;
  readonly unique: boolean;
  readonly primaryKey: boolean;
  readonly uniqueConstraint: boolean;
  readonly columns: readonly IndexColumn[];
  readonly include: readonly string[];
  readonly columnstore: boolean;
  readonly filter?: IndexDefinition["where"];
  readonly order?: readonly string[];
  readonly options: IndexOptions;
  readonly on?: IndexDefinition["on"];
  readonly line: number;
  /** Keeps its id: DROP_EXISTING. */
  readonly replaces?: Index;
}

const maxKeyColumns = 32;
const notInKeys = new Set(["text", "ntext", "image", "xml", "geometry", "geography", "json", "vector"]);

export function heap(dataSpaceId: number, partitions: number, partitionColumnId?: number): Index {
  return {
    id: 0,
    name: null,
    type: "HEAP",
    unique: false,
    primaryKey: false,
    uniqueConstraint: false,
    columns:
      partitionColumnId === undefined
        ? []
        : [
            {
              columnId: partitionColumnId,
              descending: false,
              included: true,
              partitionOrdinal: 1,
              columnstoreOrder: 0,
            },
          ],
    dataSpaceId,
    ...(partitionColumnId !== undefined && { partitionColumnId }),
    fillFactor: 0,
    padded: false,
    ignoreDupKey: false,
    allowRowLocks: true,
    allowPageLocks: true,
    optimizeForSequentialKey: false,
    disabled: false,
    noRecompute: false,
    compression: Array.from({ length: partitions }, () => "NONE" as const),
  };
}

/** Creates the index, checks the rows and stores it in the table (replacing the heap or the clustered index). */
export function buildIndex(target: TableTarget, spec: KeySpecification): Index {
  const { table, database } = target;
  const transaction = transactionOf(target);
  requireFreeName(target, spec);
  const clustered = clusteredIndex(table);
  requireHistoryIndex(spec, target);
  if (spec.clustered && clustered && clustered !== spec.replaces) {
    if (spec.columnstore || hasClusteredColumnstore(table))
      throw at(sqlError(35372, ["table", target.shownName]), spec.line);
    throw at(sqlError(1902, [target.shownName, clustered.name ?? ""]), spec.line);
  }
  if (spec.columnstore) {
    requireOnlyColumnstore(table, spec.replaces);
    requireNoTriggersBeside(spec.clustered, target);
    if (spec.options.online) requireOnline(spec.clustered, spec.name, table);
  }
  const columns = keyColumns(target, spec);
  const base = table.indexes[0];
  const place = placement(
    spec.on,
    table,
    database,
    spec.replaces
      ? { dataSpaceId: spec.replaces.dataSpaceId, ...partition(spec.replaces) }
      : base && { dataSpaceId: base.dataSpaceId, ...partition(base) },
  );
  if (place.partitionColumnId !== undefined) addPartitionColumn(columns, place.partitionColumnId, spec, table);
  const index: Index = {
    id: spec.clustered ? 1 : (spec.replaces?.id ?? nextIndexId(table)),
    name: spec.name,
    type: spec.columnstore
      ? spec.clustered
        ? "CLUSTERED COLUMNSTORE"
        : "NONCLUSTERED COLUMNSTORE"
      : spec.clustered
        ? "CLUSTERED"
        : "NONCLUSTERED",
    unique: spec.unique,
    primaryKey: spec.primaryKey,
    uniqueConstraint: spec.uniqueConstraint,
    columns,
    dataSpaceId: place.dataSpaceId,
    ...(place.partitionColumnId !== undefined && { partitionColumnId: place.partitionColumnId }),
    fillFactor: spec.options.fillFactor ?? 0,
    padded: spec.options.padded ?? false,
    ignoreDupKey: spec.options.ignoreDupKey ?? false,
    allowRowLocks: spec.columnstore ? false : (spec.options.allowRowLocks ?? true),
    allowPageLocks: spec.columnstore ? false : (spec.options.allowPageLocks ?? true),
    optimizeForSequentialKey: spec.options.optimizeForSequentialKey ?? false,
    disabled: false,
    noRecompute: spec.options.noRecompute ?? false,
    compression: applyCompression(
      spec.options,
      partitionCount(database, place.dataSpaceId),
      undefined,
      spec.columnstore,
      { statement: "INDEX", object: spec.name },
    ),
    ...(spec.columnstore &&
      spec.options.compressionDelay !== undefined && { compressionDelay: spec.options.compressionDelay }),
  };
  requireCompressibleIndex(target.table.columns, spec.name, index.compression);
  requireRowstoreBeside(index, target);
  requireAligned(index, base, target);
  if (spec.filter) {
    if (spec.clustered) throw at(sqlError(1900), spec.line);
    requireIndexSetOptions(target.execution, "CREATE INDEX");
    if (spec.options.ignoreDupKey) throw at(sqlError(10618, ["create", spec.name, target.shownName]), spec.line);
    requireFilter(spec.filter.expression, {
      what: "index",
      name: spec.name,
      tableName: target.shownName,
      columns: table.columns,
      database,
    });
    target.execution.parts.query.compileCondition(spec.filter.expression, table, database, target.execution);
    index.filter = {
      definition: printDefinition(spec.filter.expression, "filter"),
      expression: spec.filter.expression,
    };
  }
  if (index.unique) fillEntries(target, index);
  const next = table.indexes.filter((other) => other !== spec.replaces && !(index.id === 1 && other.id === 0));
  const position = next.findIndex((other) => other.id > index.id);
  next.splice(position === -1 ? next.length : position, 0, index);
  if (next[0]!.id > 1 || next.length === 0) next.unshift(heap(base?.dataSpaceId ?? place.dataSpaceId, 1));
  transaction.set(table, "indexes", next);
  return index;
}

function partition(index: Index): { partitionColumnId?: number } {
  return index.partitionColumnId === undefined ? {} : { partitionColumnId: index.partitionColumnId };
}

function requireFreeName(target: TableTarget, spec: KeySpecification): void {
  const { table, database } = target;
  const key = database.key(spec.name);
  const taken = (name: string | null): boolean => name !== null && database.key(name) === key;
  if (
    table.indexes.some((index) => index !== spec.replaces && taken(index.name)) ||
    table.statistics.some((statistic) => taken(statistic.name))
  )
    throw at(
      sqlError(1913, [spec.name, qualified(database, { schemaId: table.schemaId, name: target.shownName })]),
      spec.line,
    );
}

function addPartitionColumn(columns: Index["columns"], columnId: number, spec: KeySpecification, table: Table): void {
  const existing = columns.findIndex((column) => column.columnId === columnId && !column.included);
  if (existing >= 0) columns[existing] = { ...columns[existing]!, partitionOrdinal: 1 };
  else if (spec.unique)
    throw at(sqlError(1908, [table.columns.find((column) => column.id === columnId)!.name, spec.name]), spec.line);
  else {
    const rest = columns.filter((column) => column.columnId !== columnId);
    columns.splice(0, columns.length, ...rest, {
      columnId,
      descending: false,
      included: true,
      partitionOrdinal: 1,
      columnstoreOrder: 0,
    });
  }
}

function keyColumns(target: TableTarget, spec: KeySpecification): Index["columns"] {
  const { table, database } = target;
  const columns: Index["columns"] = [];
  const seen = new Set<number>();
  const find = (name: string): Column => {
    const column = findColumn(table, database, name);
    if (!column) throw at(sqlError(1911, [name]), spec.line);
    if (seen.has(column.id)) throw at(sqlError(1909, [name]), spec.line);
    seen.add(column.id);
    return column;
  };
  if (spec.columnstore) {
    if (spec.order) requireOrder(spec.order, spec.name, target);
    const names = spec.clustered
      ? table.columns.map((column) => column.name)
      : spec.columns.map((column) => column.name);
    for (const name of names) {
      const column = find(name);
      requireColumnstoreColumn(column, spec.clustered, target);
      const order = (spec.order ?? []).findIndex((other) => database.key(other) === database.key(column.name));
      columns.push({
        columnId: column.id,
        descending: false,
        included: true,
        partitionOrdinal: 0,
        columnstoreOrder: order + 1,
      });
    }
    return columns;
  }
  if (spec.columns.length > maxKeyColumns)
    throw at(sqlError(1904, [spec.name, target.shownName, spec.columns.length, maxKeyColumns]), spec.line);
  for (const { name, descending } of spec.columns) {
    const column = find(name);
    requireKeyType(column, target, spec);
    columns.push({ columnId: column.id, descending, included: false, partitionOrdinal: 0, columnstoreOrder: 0 });
  }
  if (spec.clustered && spec.include.length > 0) throw at(sqlError(10601), spec.line);
  for (const name of spec.include) {
    const column = find(name);
    if (column.type.name === "text" || column.type.name === "ntext" || column.type.name === "image")
      throw at(sqlError(1999, [column.name, target.shownName]), spec.line);
    columns.push({ columnId: column.id, descending: false, included: true, partitionOrdinal: 0, columnstoreOrder: 0 });
  }
  requireKeyLength(target, spec, columns);
  return columns;
}

export function isKeyType(type: SqlType): boolean {
  return !notInKeys.has(type.name) && type.length !== -1;
}

/** Only the bytes of a type that says so can be compared. */
function isUnordered({ type }: Column, { database }: TableTarget): boolean {
  return type.isAssemblyType === true && database.types.get(type.userTypeId ?? 0)?.clr?.isByteOrdered !== true;
}

function requireKeyType(column: Column, target: TableTarget, spec: KeySpecification): void {
  if (!isKeyType(column.type) || isUnordered(column, target))
    throw at(sqlError(1919, [column.name, target.shownName]), spec.line);
  if (!column.computed) return;
  requireIndexSetOptions(target.execution, "CREATE INDEX");
  if (isNondeterministic(column.computed.expression, settingOf(target.table, target.database, target.execution)))
    throw at(sqlError(2729, [column.name, target.shownName]), spec.line);
  if ((column.type.name === "float" || column.type.name === "real") && !column.computed.persisted)
    throw at(sqlError(2799, [spec.name, target.shownName, column.name]), spec.line);
}

function requireKeyLength(target: TableTarget, spec: KeySpecification, columns: Index["columns"]): void {
  const limit = spec.clustered ? 900 : 1700;
  let longest = 0;
  let shortest = 0;
  for (const { columnId, included } of columns) {
    if (included) continue;
    const { type } = target.table.columns.find((column) => column.id === columnId)!;
    const bytes = typeFacts(type).maxLength;
    longest += bytes;
    if (type.name !== "varchar" && type.name !== "nvarchar" && type.name !== "varbinary" && type.name !== "sql_variant")
      shortest += bytes;
  }
  if (shortest > limit) throw at(sqlError(1944, [spec.name, shortest, limit]), spec.line);
  if (longest > limit)
    target.execution.output.message(
      sqlError(1945, [spec.clustered ? "clustered" : "nonclustered", limit, spec.name, longest]),
    );
}

/** Builds the key map of a unique index from the rows; 1505 on a duplicate, with the key as the server shows it. */
export function fillEntries(target: TableTarget, index: Index): void {
  const { table, database } = target;
  try {
    index.entries = buildEntries(table, index, database, target.execution);
  } catch (error) {
    if (!(error instanceof DuplicateKey)) throw error;
    throw sqlError(1505, [
      qualified(database, { schemaId: table.schemaId, name: target.shownName }),
      index.name ?? "",
      error.shownKey,
    ]);
  }
}

/** Inline INDEX of CREATE TABLE and the CREATE INDEX statement. */
export function specificationOf(definition: IndexDefinition, target: TableTarget): KeySpecification {
  const { type } = definition;
  if (type === "hash" || type === "xml" || type === "spatial" || type === "json" || type === "vector")
    throw at(notImplemented(`${type} indexes`), definition.line);
  if (type.endsWith("columnstore")) requireColumnstoreWords(definition, target);
  else if (definition.order) throw at(sqlError(35329, [definition.name, target.shownName]), definition.line);
  return {
    name: definition.name,
    clustered: type === "clustered" || type === "clustered-columnstore",
    columnstore: type.endsWith("columnstore"),
    unique: definition.unique,
    primaryKey: false,
    uniqueConstraint: false,
    columns: definition.columns,
    include: definition.include,
    ...(definition.where && { filter: definition.where }),
    ...(definition.order && { order: definition.order }),
    options: readIndexOptions(definition.options, target.execution),
    ...(definition.on && { on: definition.on }),
    line: definition.line,
  };
}
