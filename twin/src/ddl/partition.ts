/** Partition functions and schemes. Rules: reference sheet "tables and indexes" 6. */
import type { Definition } from "../language/ast";
import { sqlError } from "../session/messages";
import type { Execution, Work } from "../session/runtime";
import type { Database, DataSpace, Index, PartitionFunction, Table } from "../storage/model";
import { compareValues } from "../types/compare";
import { isCharacter } from "../types/format-type";
import { now } from "../types/date-time";
import type { SqlValue } from "../types/value";
import { lockObject } from "./locking";
import { at, lastPart } from "./naming";
import { requirePermission } from "./permission";
import { resolveType } from "./resolve-type";
import { isColumnstore } from "./table/columnstore";
import { findDataSpace } from "./table/data-space";

type Scheme = Extract<DataSpace, { type: "PS" }>;
type StatementOf<K extends Definition["kind"]> = Extract<Definition, { kind: K }>;

export function findFunction(database: Database, name: string): PartitionFunction | undefined {
  const key = database.key(name);
  for (const one of database.partitionFunctions.values()) if (database.key(one.name) === key) return one;
  return undefined;
}

function findScheme(database: Database, name: string): Scheme | undefined {
  const space = findDataSpace(database, name);
  return space?.type === "PS" ? space : undefined;
}

function* schemesOf(database: Database, functionId: number): Iterable<Scheme> {
  for (const space of database.dataSpaces.values())
    if (space.type === "PS" && space.functionId === functionId) yield space;
}

export function createPartitionFunction(
  statement: StatementOf<"create-partition-function">,
  execution: Execution,
): void {
  const { database } = execution.frame;
  requirePermission("ALTER ANY DATASPACE", { kind: "database", database }, execution);
  if (findFunction(database, statement.name)) throw sqlError(2714, [statement.name]);
  const { type } = resolveType(statement.type, database, 1, execution.session.server.version);
  if (notInFunctions.has(type.name) || type.length === -1 || type.userTypeId !== undefined)
    throw at(sqlError(7704, [lastPart(statement.type.name)]), statement.line);
  if (statement.values.length >= mostPartitions) throw sqlError(7719, [mostPartitions]);
  const values = statement.values.map((value, i) => boundary(value, type, i + 1, execution));
  const compare = (a: SqlValue, b: SqlValue): number => comparison(a, b, type, database);
  const sorted = [...values].sort(compare);
  for (let i = 1; i < sorted.length; i++)
    if (compare(sorted[i - 1]!, sorted[i]!) === 0) throw sqlError(7708, [i, i + 1]);
  if (values.some((value, i) => value !== sorted[i])) execution.output.message(sqlError(7709, [statement.name]));
  // Function ids share the space above 65535, as on the server.
  const id = Math.max(65535, ...database.partitionFunctions.keys()) + 1;
  execution.session.transaction.put(database.partitionFunctions, id, {
    id,
    name: statement.name,
    type,
    boundaryOnRight: statement.range === "right",
    values: sorted,
    created: now(),
  });
}

const mostPartitions = 15_000;

/** Source: sql-docs, CREATE PARTITION FUNCTION, input_parameter_type. */
const notInFunctions = new Set([
  "text",
  "ntext",
  "image",
  "xml",
  "timestamp",
  "json",
  "vector",
  "hierarchyid",
  "geometry",
  "geography",
]);

/** A value in the parameter's type; text that would be cut is refused. */
function boundary(
  value: StatementOf<"create-partition-function">["values"][number],
  type: PartitionFunction["type"],
  ordinal: number,
  execution: Execution,
): SqlValue {
  const { query } = execution.parts;
  if (isCharacter(type) || type.name === "binary" || type.name === "varbinary") {
    const whole = query.typedScalar(value, execution).value;
    if ((typeof whole === "string" || whole instanceof Uint8Array) && whole.length > (type.length ?? 1))
      throw sqlError(7720, [ordinal]);
  }
  return query.typedScalar(value, execution, type).value;
}

function comparison(a: SqlValue, b: SqlValue, type: PartitionFunction["type"], database: Database): number {
  if (a === null || b === null) return a === b ? 0 : a === null ? -1 : 1;
  return compareValues(a, b, type, database.collation);
}

/** 0-based partition of a value; NULL goes to the first. */
export function partitionOf(value: SqlValue, partition: PartitionFunction, database: Database): number {
  let index = 0;
  for (const boundary of partition.values) {
    const order = comparison(value, boundary, partition.type, database);
    if (partition.boundaryOnRight ? order < 0 : order <= 0) break;
    index++;
  }
  return index;
}

/** Row counts by partition of a table or index. */
export function rowsByPartition(table: Table, index: Index, database: Database): number[] {
  const space = database.dataSpaces.get(index.dataSpaceId);
  if (space?.type !== "PS" || index.partitionColumnId === undefined) return [table.rows.size];
  const partition = database.partitionFunctions.get(space.functionId)!;
  const counts: number[] = Array.from({ length: partition.values.length + 1 }, () => 0);
  const position = table.columns.findIndex((column) => column.id === index.partitionColumnId);
  for (const row of table.rows.values()) counts[partitionOf(row[position]!, partition, database)]!++;
  return counts;
}

export function createPartitionScheme(statement: StatementOf<"create-partition-scheme">, execution: Execution): void {
  const { database } = execution.frame;
  requirePermission("ALTER ANY DATASPACE", { kind: "database", database }, execution);
  if (findDataSpace(database, statement.name)) throw sqlError(2714, [statement.name]);
  const partition = findFunction(database, statement.function);
  if (!partition) throw sqlError(7733, [statement.function]);
  if (statement.all && statement.filegroups.length > 1) throw sqlError(7723);
  const ids = statement.filegroups.map((name) => requireFilegroup(database, name));
  const count = partition.values.length + 1;
  const filegroupIds = statement.all ? Array.from({ length: count }, () => ids[0]!) : ids.slice(0, count);
  if (filegroupIds.length < count) throw sqlError(7707, [partition.name, statement.name]);
  const nextUsedId = statement.all ? ids[0] : ids[count];
  if (!statement.all && ids.length > count + 1) execution.output.message(sqlError(7713, [ids.length - count - 1]));
  const id = Math.max(65600, ...database.dataSpaces.keys()) + 1;
  execution.session.transaction.put(database.dataSpaces, id, {
    id,
    name: statement.name,
    type: "PS",
    isDefault: false,
    functionId: partition.id,
    filegroupIds,
    ...(nextUsedId !== undefined && { nextUsedId }),
  });
}

function requireFilegroup(database: Database, name: string): number {
  const key = database.key(name);
  for (const space of database.dataSpaces.values()) {
    if (
      space.type === "FG" &&
      (database.key(space.name) === key || (name.toLowerCase() === "default" && space.isDefault))
    )
      return space.id;
  }
  throw sqlError(1921, [name]);
}

export function alterPartitionScheme(statement: StatementOf<"alter-partition-scheme">, execution: Execution): void {
  const { database } = execution.frame;
  requirePermission("ALTER ANY DATASPACE", { kind: "database", database }, execution);
  const scheme = findScheme(database, statement.name);
  if (!scheme) throw sqlError(2704, [statement.name]);
  if (statement.nextUsed === undefined) execution.session.transaction.set(scheme, "nextUsedId", undefined);
  else execution.session.transaction.set(scheme, "nextUsedId", requireFilegroup(database, statement.nextUsed));
}

export function* alterPartitionFunction(
  statement: StatementOf<"alter-partition-function">,
  execution: Execution,
): Work<void> {
  const { database } = execution.frame;
  const { transaction } = execution.session;
  requirePermission("ALTER ANY DATASPACE", { kind: "database", database }, execution);
  const partition = findFunction(database, statement.name);
  if (!partition) throw sqlError(7733, [statement.name]);
  const schemes = [...schemesOf(database, partition.id)];
  for (const table of tablesOn(database, schemes)) yield* lockObject(execution, database, table.id, "Sch-M");
  const value = boundary(statement.value, partition.type, 1, execution);
  requireEnabledIndexes(database, schemes, partition.name);
  const found = partition.values.findIndex((one) => comparison(one, value, partition.type, database) === 0);
  if (statement.action === "split") {
    if (found >= 0) throw sqlError(7721, [found + 1]);
    for (const scheme of schemes) if (scheme.nextUsedId === undefined) throw sqlError(7710, [scheme.name]);
    if (partition.values.length + 2 > mostPartitions) throw sqlError(7719, [mostPartitions]);
    const position = partitionOf(value, partition, database);
    for (const table of columnstoresOn(database, schemes))
      if (rowsByPartition(table, table.indexes[0]!, database)[position]! > 0) throw sqlError(35346, [table.name]);
    const values = [...partition.values];
    values.splice(position, 0, value);
    transaction.set(partition, "values", values);
    for (const scheme of schemes) {
      const ids = [...scheme.filegroupIds];
      // The new partition holds the values on the new boundary's side.
      ids.splice(partition.boundaryOnRight ? position + 1 : position, 0, scheme.nextUsedId!);
      transaction.set(scheme, "filegroupIds", ids);
      transaction.set(scheme, "nextUsedId", undefined);
    }
    eachIndex(database, schemes, (index) => {
      const list = [...index.compression];
      list.splice(position, 0, list[position] ?? "NONE");
      transaction.set(index, "compression", list);
    });
    return;
  }
  if (found < 0) throw sqlError(7715);
  for (const table of columnstoresOn(database, schemes)) {
    const counts = rowsByPartition(table, table.indexes[0]!, database);
    if (counts[found]! > 0 && counts[found + 1]! > 0) throw sqlError(35344, [table.name]);
  }
  transaction.set(
    partition,
    "values",
    partition.values.filter((_, i) => i !== found),
  );
  // RANGE RIGHT drops the partition that begins at the boundary, RANGE LEFT the one that ends there.
  const dropped = partition.boundaryOnRight ? found + 1 : found;
  for (const scheme of schemes)
    transaction.set(
      scheme,
      "filegroupIds",
      scheme.filegroupIds.filter((_, i) => i !== dropped),
    );
  eachIndex(database, schemes, (index) =>
    transaction.set(
      index,
      "compression",
      index.compression.filter((_, i) => i !== dropped),
    ),
  );
}

function requireEnabledIndexes(database: Database, schemes: readonly Scheme[], name: string): void {
  for (const table of tablesOn(database, schemes)) {
    const [base] = table.indexes;
    if (base?.disabled) throw sqlError(7725, [table.name, name, base.name ?? ""]);
  }
}

/** Rows of a columnstore index do not move between partitions. */
function* columnstoresOn(database: Database, schemes: readonly Scheme[]): Iterable<Table> {
  for (const table of tablesOn(database, schemes)) if (table.indexes.some(isColumnstore)) yield table;
}

function* tablesOn(database: Database, schemes: readonly Scheme[]): Iterable<Table> {
  const ids = new Set(schemes.map((scheme) => scheme.id));
  for (const object of database.objects.values())
    if (object.type === "U" && object.indexes.some((index) => ids.has(index.dataSpaceId))) yield object;
}

function eachIndex(database: Database, schemes: readonly Scheme[], change: (index: Index) => void): void {
  const ids = new Set(schemes.map((scheme) => scheme.id));
  for (const table of tablesOn(database, schemes))
    for (const index of table.indexes) if (ids.has(index.dataSpaceId)) change(index);
}

export function dropPartitionFunction(name: string, execution: Execution): void {
  const { database } = execution.frame;
  const partition = findFunction(database, name);
  if (!partition) throw sqlError(3701, ["drop", "partition function", name]);
  if ([...schemesOf(database, partition.id)].length > 0) throw sqlError(7706, [name]);
  execution.session.transaction.remove(database.partitionFunctions, partition.id);
}

export function dropPartitionScheme(name: string, execution: Execution): void {
  const { database } = execution.frame;
  const scheme = findScheme(database, name);
  if (!scheme) throw sqlError(3701, ["drop", "partition scheme", name]);
  for (const _ of tablesOn(database, [scheme])) throw sqlError(7717, [name]);
  execution.session.transaction.remove(database.dataSpaces, scheme.id);
}
