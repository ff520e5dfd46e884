/** ON filegroup / ON scheme(column) of a table or index. */
import type { DataSpaceReference } from "../../language/ast";
import { sqlError } from "../../session/messages";
import type { DataSpace, Database, PartitionFunction, Table } from "../../storage/model";
import { typeDisplay } from "../../types/format-type";
import { findColumn } from "../registry";

export function defaultFilegroup(database: Database): DataSpace {
  for (const space of database.dataSpaces.values()) if (space.type === "FG" && space.isDefault) return space;
  throw new Error(`database ${database.name} has no default filegroup`);
}

export function findDataSpace(database: Database, name: string): DataSpace | undefined {
  const key = database.key(name);
  for (const space of database.dataSpaces.values()) if (database.key(space.name) === key) return space;
  return undefined;
}

export function partitionFunctionOf(database: Database, dataSpaceId: number): PartitionFunction | undefined {
  const space = database.dataSpaces.get(dataSpaceId);
  return space?.type === "PS" ? database.partitionFunctions.get(space.functionId) : undefined;
}

export function partitionCount(database: Database, dataSpaceId: number): number {
  const partition = partitionFunctionOf(database, dataSpaceId);
  return partition ? partition.values.length + 1 : 1;
}

/** Throws 1921, 1922, 1924 when rows cannot be stored in the filegroup. */
export function requireWritable(database: Database, space: DataSpace): void {
  if (space.type === "PS") {
    for (const id of space.filegroupIds) requireWritable(database, database.dataSpaces.get(id)!);
    return;
  }
  if (space.type !== "FG") throw sqlError(1921, [space.name]);
  if (space.readOnly) throw sqlError(1924, [space.name]);
  for (const file of database.files.values()) if (file.dataSpaceId === space.id) return;
  throw sqlError(1922, [space.name]);
}

/** The filegroup, or one of those of the scheme, takes no changes. */
export function isReadOnlySpace(database: Database, dataSpaceId: number): boolean {
  const space = database.dataSpaces.get(dataSpaceId);
  if (space?.type === "PS") return space.filegroupIds.some((id) => isReadOnlySpace(database, id));
  return space?.readOnly ?? false;
}

export interface Placement {
  readonly dataSpaceId: number;
  readonly partitionColumnId?: number;
}

/** `base` decides where nothing is written: an index follows its table's partitioning or filegroup. */
export function placement(
  reference: DataSpaceReference | undefined,
  table: Pick<Table, "columns" | "name">,
  database: Database,
  base?: Placement,
): Placement {
  if (!reference) return base ?? { dataSpaceId: defaultFilegroup(database).id };
  const space =
    reference.name.toLowerCase() === "default" ? defaultFilegroup(database) : findDataSpace(database, reference.name);
  if (!space) {
    if (reference.column) throw sqlError(2704, [reference.name]);
    throw sqlError(1921, [reference.name]);
  }
  requireWritable(database, space);
  if (space.type !== "PS") {
    if (reference.column) throw sqlError(2704, [reference.name]);
    return { dataSpaceId: space.id };
  }
  if (!reference.column) throw sqlError(2726, [partitionFunctionOf(database, space.id)!.name, 1]);
  const column = findColumn(table, database, reference.column);
  if (!column) throw sqlError(1911, [reference.column]);
  if (column.computed && !column.computed.persisted) throw sqlError(7724, [column.name, table.name]);
  const bounds = database.partitionFunctions.get(space.functionId)!;
  const expected = bounds.type;
  const same =
    expected.name === column.type.name &&
    expected.length === column.type.length &&
    expected.precision === column.type.precision &&
    expected.scale === column.type.scale;
  if (!same) throw sqlError(7726, [column.name, typeDisplay(column.type), bounds.name, typeDisplay(expected)]);
  if (column.collation !== null && column.collation !== (expected.collation ?? database.collation.name))
    throw sqlError(7727, [column.name, bounds.name]);
  return { dataSpaceId: space.id, partitionColumnId: column.id };
}
