/** A server from what a data directory holds. */
import { collation } from "../types/collation";
import type { SqlValue } from "../types/value";
import { createDatabase } from "./bootstrap";
import type { Database, DbObject, SqlServer, Table } from "./model";
import { DataDirectoryError, type DataDirectory } from "./persistence-directory";
import { decodeValue } from "./persistence-encoding";
import { isTemporary, storedFields } from "./persistence-ownership";
import { storedTables, type Unit } from "./persistence-units";
import { uniqueKey } from "./rows";

/** The server must be new; it stays so when the directory is. */
export function load(directory: DataDirectory, server: SqlServer): void {
  let began = false;
  const byId = new Map<number, Database>();
  for (const frame of directory.read()) {
    if (!began) clear(server);
    began = true;
    for (const unit of Array.isArray(frame) ? (frame as Unit[]) : [frame as Unit])
      apply(unit, server, byId, directory.path);
  }
  if (!began) return;
  const all = [...byId.values(), ...[...server.databases.values()].filter(isTemporary)].sort((a, b) => a.id - b.id);
  server.databases.clear();
  for (const database of all) {
    server.databases.set(server.key(database.name), database);
    if (!isTemporary(database))
      for (const object of database.objects.values()) if (object.type === "U") finishTable(object);
  }
}

/** What a new server has gives way to what was stored; tempdb is always new. */
function clear(server: SqlServer): void {
  for (const [field, value] of storedFields(server)) if (value instanceof Map && field !== "databases") value.clear();
  for (const [key, database] of server.databases) if (!isTemporary(database)) server.databases.delete(key);
}

function apply(unit: Unit, server: SqlServer, databases: Map<number, Database>, path: string): void {
  if (unit.kind === "entry" && unit.database === 0 && unit.field === "databases") {
    const left = new Set(unit.value as number[]);
    for (const id of databases.keys()) if (!left.has(id)) databases.delete(id);
    return;
  }
  if (unit.kind === "fields" && unit.database === 0) return applyServer(unit.fields, server, path);
  const holder =
    unit.database === 0
      ? server
      : (databases.get(unit.database) ?? (unit.kind === "fields" ? emptyDatabase(unit, server, databases) : undefined));
  // Records behind the drop of their database.
  if (!holder) return;
  const record = holder as unknown as Record<string, unknown>;
  if (unit.kind === "fields")
    for (const [field, value] of Object.entries(unit.fields)) record[field] = decodeValue(value);
  else if (unit.kind === "entry") applyEntry((record[unit.field] ??= new Map()) as Map<unknown, unknown>, unit);
  else applyRows(unit, holder as Database);
}

function applyServer(fields: Record<string, unknown>, server: SqlServer, path: string): void {
  const record = server as unknown as Record<string, unknown>;
  for (const [field, value] of Object.entries(fields)) {
    const old = record[field];
    if (field === "collation") {
      if (value !== server.collation)
        throw new DataDirectoryError(
          `data directory ${path} was made with the server collation ${String(value)}, not ${server.collation}; start with that one or take another directory`,
        );
    } else if (Array.isArray(old)) old.splice(0, old.length, ...(decodeValue(value) as unknown[]));
    else record[field] = decodeValue(value);
  }
}

function emptyDatabase(
  unit: Unit & { kind: "fields" },
  server: SqlServer,
  databases: Map<number, Database>,
): Database | undefined {
  const { name, collation: order, ownerSid } = decodeValue(unit.fields) as Partial<Database>;
  if (name === undefined || order === undefined || ownerSid === undefined) return undefined;
  const next = server.nextDatabaseId;
  const database = createDatabase(server, { name, collation: collation(order.name), ownerSid });
  server.nextDatabaseId = next;
  for (const value of Object.values(database)) if (value instanceof Map) value.clear();
  databases.set(unit.database, database);
  return database;
}

function applyEntry(map: Map<unknown, unknown>, unit: Unit & { kind: "entry" }): void {
  if (!("value" in unit)) return void map.delete(unit.key);
  const value = decodeValue(unit.value);
  if (unit.field === "objects" && (value as DbObject).type === "U") {
    const table = value as Table;
    table.rows = (map.get(unit.key) as Table | undefined)?.rows ?? new Map<number, readonly SqlValue[]>();
    table.dirty = new Map();
  }
  map.set(unit.key, value);
}

function applyRows(unit: Unit & { kind: "rows" }, database: Database): void {
  const table = database.objects.get(unit.table) as Table | undefined;
  if (!table) return;
  if (unit.replace) table.rows = new Map();
  for (const [rowId, row] of unit.rows) {
    if (row === undefined) table.rows.delete(rowId);
    else table.rows.set(rowId, decodeValue(row) as readonly SqlValue[]);
  }
  table.nextRowId = unit.nextRowId;
  for (const [columnId, last] of unit.identities) {
    const identity = table.columns.find((column) => column.id === columnId)?.identity;
    if (identity) identity.last = last;
  }
}

/** Unique indexes without a filter get their entries here; filtered ones on first use, because their condition needs a session. */
function finishTable(table: Table): void {
  storedTables.add(table);
  for (const index of table.indexes) {
    if (!index.unique || index.disabled || index.filter) continue;
    const { read } = uniqueKey(table, index);
    index.entries = new Map([...table.rows].map(([rowId, row]): [string, number] => [read(row), rowId]));
  }
}
