/** Adding and removing objects of a database, with the by-parent index that keeps constraint lookups O(1). */
import { sqlError } from "../session/messages";
import type { Execution } from "../session/runtime";
import type { Column, Constraint, Database, DbObject, Module, Table } from "../storage/model";
import type { Transaction } from "../storage/transaction";
import { now } from "../types/date-time";

/** parent object_id -> its constraints and triggers. Built on first use, then kept in step through the transaction. */
const children = new WeakMap<Database, Map<number, Map<number, DbObject>>>();

function childIndex(database: Database): Map<number, Map<number, DbObject>> {
  let index = children.get(database);
  if (!index) {
    index = new Map();
    for (const object of database.objects.values()) {
      if (!isChild(object)) continue;
      const list = index.get(object.parentId);
      if (list) list.set(object.id, object);
      else index.set(object.parentId, new Map([[object.id, object]]));
    }
    children.set(database, index);
  }
  return index;
}

/** Database triggers stand under 0. */
function isChild(object: DbObject): boolean {
  return object.parentId !== 0 || object.type === "TR" || object.type === "TA";
}

const none: ReadonlyMap<number, DbObject> = new Map();

export function childrenOf(database: Database, parentId: number): Iterable<DbObject> {
  return (childIndex(database).get(parentId) ?? none).values();
}

export function constraintsOf(database: Database, tableId: number): Constraint[] {
  const list: Constraint[] = [];
  for (const child of childrenOf(database, tableId)) if (isConstraint(child)) list.push(child);
  return list;
}

export function triggersOf(database: Database, tableId: number): Module[] {
  const list: Module[] = [];
  for (const child of childrenOf(database, tableId)) if (child.type === "TR" || child.type === "TA") list.push(child);
  return list;
}

export function isConstraint(object: DbObject): object is Constraint {
  return (
    object.type === "PK" || object.type === "UQ" || object.type === "F " || object.type === "C " || object.type === "D "
  );
}

export function isModule(object: DbObject): object is Module {
  return "parsed" in object;
}

export function nameKey(database: Database, schemaId: number, name: string): string {
  return `${schemaId}.${database.key(name)}`;
}

/** The server spreads ids with this step, so that generated constraint names differ at sight. */
export function newObjectId(database: Database): number {
  let id = database.nextObjectId;
  while (database.objects.has(id) || id <= 0) id = (id + 16000057) % 2147483647;
  database.nextObjectId = (id + 16000057) % 2147483647 || 1;
  return id;
}

export function newObjectBase(
  database: Database,
  name: string,
  schemaId: number,
  parentId = 0,
): Pick<Table, "id" | "name" | "schemaId" | "parentId" | "principalId" | "created" | "modified" | "isMsShipped"> {
  const time = now();
  return {
    id: newObjectId(database),
    name,
    schemaId,
    parentId,
    principalId: null,
    created: time,
    modified: time,
    isMsShipped: false,
  };
}

/** Throws 2714 when the name is taken in its schema. */
export function register(database: Database, object: DbObject, transaction: Transaction): void {
  const key = nameKey(database, object.schemaId, object.name);
  if (database.objectNames.has(key)) throw sqlError(2714, [object.name]);
  transaction.put(database.objectNames, key, object.id);
  transaction.put(database.objects, object.id, object);
  if (isChild(object)) {
    const index = childIndex(database);
    const list = index.get(object.parentId);
    // childIndex may just have been built from objects and then holds it already.
    if (list) transaction.put(list, object.id, object);
    else transaction.put(index, object.parentId, new Map([[object.id, object]]));
  }
}

export function unregister(database: Database, object: DbObject, transaction: Transaction): void {
  transaction.remove(database.objectNames, nameKey(database, object.schemaId, object.name));
  transaction.remove(database.objects, object.id);
  if (isChild(object)) {
    const list = childIndex(database).get(object.parentId);
    if (list) transaction.remove(list, object.id);
  }
  dropDetails(database, object.id, transaction);
}

/** Permissions and extended properties go with their object. */
export function dropDetails(database: Database, objectId: number, transaction: Transaction): void {
  for (let i = database.permissions.length - 1; i >= 0; i--) {
    const permission = database.permissions[i]!;
    if (permission.classId === 1 && permission.majorId === objectId) transaction.splice(database.permissions, i, 1);
  }
  for (let i = database.extendedProperties.length - 1; i >= 0; i--) {
    const property = database.extendedProperties[i]!;
    if ((property.classId === 1 || property.classId === 2 || property.classId === 7) && property.majorId === objectId)
      transaction.splice(database.extendedProperties, i, 1);
  }
}

/** Moves an object to another name or schema; its children follow when the schema changes. */
export function rename(
  database: Database,
  object: DbObject,
  name: string,
  schemaId: number,
  transaction: Transaction,
): void {
  transaction.remove(database.objectNames, nameKey(database, object.schemaId, object.name));
  transaction.put(database.objectNames, nameKey(database, schemaId, name), object.id);
  transaction.set(object, "name", name);
  const moved = object.schemaId !== schemaId;
  transaction.set(object, "schemaId", schemaId);
  transaction.set(object, "modified", now());
  if (!moved) return;
  for (const child of [...childrenOf(database, object.id)]) rename(database, child, child.name, schemaId, transaction);
}

export function touch(object: { modified: Table["modified"] }, execution: Execution): void {
  execution.session.transaction.set(object, "modified", now());
}

/** PK__Orders__3214EC07A1B2C3D4, DF__Orders__Status__1A2B3C4D ...: type, nine letters of the table, id in hex. */
export function systemName(
  prefix: "PK" | "UQ" | "FK" | "CK" | "DF",
  table: string,
  column: string | undefined,
  id: number,
): string {
  const hex = (id >>> 0).toString(16).toUpperCase().padStart(8, "0");
  if (prefix === "PK" || prefix === "UQ") {
    const salt = (Math.imul(id, 2654435761) >>> 0).toString(16).toUpperCase().padStart(8, "0");
    return `${prefix}__${table.slice(0, 8)}__${salt}${hex}`;
  }
  const nine = table.slice(0, 9);
  return column === undefined ? `${prefix}__${nine}__${hex}` : `${prefix}__${nine}__${column.slice(0, 5)}__${hex}`;
}

export function findColumn(table: { columns: Column[] }, database: Database, name: string): Column | undefined {
  const key = database.key(name);
  return table.columns.find((column) => column.name === name || database.key(column.name) === key);
}
