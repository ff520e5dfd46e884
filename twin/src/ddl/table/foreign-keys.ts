/** FOREIGN KEY: binding to a key of the referenced table, rules 1753 to 1788, and the check of existing rows. */
import type { ReferentialAction, TableConstraint } from "../../language/ast";
import { sqlError } from "../../session/messages";
import type { Column, Database, ForeignKey, Index, Table } from "../../storage/model";
import { encodeKey } from "../../storage/rows";
import type { SqlValue } from "../../types/value";
import { findDatabase } from "../../query/objects";
import { isTemporary, lastPart, locate, qualified, shown } from "../naming";
import { constraintsOf, findColumn, newObjectBase, systemName, triggersOf } from "../registry";
import { addConstraintObject, constraintId, defaultOf, type TableTarget } from "./target";

type Definition = Extract<TableConstraint, { kind: "foreign-key" }>;

const actions: Record<ReferentialAction, ForeignKey["onDelete"]> = {
  "no-action": "NO_ACTION",
  cascade: "CASCADE",
  "set-null": "SET_NULL",
  "set-default": "SET_DEFAULT",
};

export function addForeignKey(
  definition: Definition,
  target: TableTarget,
  column: Column | undefined,
  check: boolean,
): void {
  const { table, database, execution } = target;
  const id = constraintId(target);
  const referencedName = shown(definition.references);
  const name = definition.name ?? systemName("FK", target.shownName, column?.name, id);
  if (target.kind !== "base") {
    execution.output.message(sqlError(1756, [name]));
    return;
  }
  if (isTemporary(lastPart(definition.references))) throw sqlError(1766, [name]);
  if (definition.references.parts.length === 3 && findDatabase(execution, definition.references.parts[0]!) !== database)
    throw sqlError(1763, [name]);
  const referenced = referencedTable(definition, target, name);
  if (table.historyOf !== undefined || referenced.historyOf !== undefined) throw sqlError(13565, [name]);
  const own = definition.columns.length > 0 ? definition.columns : column ? [column.name] : [];
  const columns = own.map((one) => {
    const found = findColumn(table, database, one);
    if (!found) throw sqlError(1769, [name, one, target.shownName]);
    if (found.computed && !found.computed.persisted)
      throw sqlError(1764, [found.name, target.shownName, "foreign key"]);
    return found;
  });
  const { key, referencedColumns } = bindKey(definition, referenced, columns, database, name, referencedName);
  for (const [i, one] of columns.entries()) requireSameType(one, referencedColumns[i]!, table, referenced, name);
  const onDelete = actions[definition.onDelete];
  const onUpdate = actions[definition.onUpdate];
  requireActions(columns, onDelete, onUpdate, target, name);
  const object: ForeignKey = {
    ...newObjectBase(database, name, table.schemaId, table.id),
    id,
    type: "F ",
    referencedId: referenced.id,
    keyIndexId: key.id,
    columns: columns.map((one, i) => ({ columnId: one.id, referencedColumnId: referencedColumns[i]!.id })),
    onDelete,
    onUpdate,
    disabled: false,
    notTrusted: !check || definition.notForReplication,
    notForReplication: definition.notForReplication,
    systemNamed: definition.name === undefined,
  };
  if (onDelete !== "NO_ACTION" || onUpdate !== "NO_ACTION") requireNoCycle(object, target, name);
  if (check) checkRows(object, target, referenced);
  addConstraintObject(target, object);
}

function referencedTable(definition: Definition, target: TableTarget, name: string): Table {
  const { references } = definition;
  // Inside CREATE TABLE the table may refer to itself; it is registered by then.
  const found = locate(references, target.execution);
  if (!found) throw sqlError(1767, [name, shown(references)]);
  if (found.object.type !== "U") throw sqlError(1768, [name, shown(references)]);
  return found.object;
}

function bindKey(
  definition: Definition,
  referenced: Table,
  columns: Column[],
  database: Database,
  name: string,
  referencedName: string,
): { key: Index; referencedColumns: Column[] } {
  const keyOf = (index: Index): number[] => index.columns.filter((item) => !item.included).map((item) => item.columnId);
  const byId = (id: number): Column => referenced.columns.find((column) => column.id === id)!;
  if (definition.referencedColumns.length === 0) {
    const key = referenced.indexes.find((index) => index.primaryKey);
    if (!key) throw sqlError(1773, [name, referencedName]);
    const ids = keyOf(key);
    if (ids.length !== columns.length) throw sqlError(1774, [name, referencedName]);
    return { key, referencedColumns: ids.map(byId) };
  }
  if (definition.referencedColumns.length !== columns.length) throw sqlError(8139, [referencedName]);
  const referencedColumns = definition.referencedColumns.map((one) => {
    const found = findColumn(referenced, database, one);
    if (!found) throw sqlError(1770, [name, one, referencedName]);
    return found;
  });
  const wanted = new Set(referencedColumns.map((column) => column.id));
  const candidates = referenced.indexes.filter((index) => {
    if (!index.unique || index.filter || index.disabled) return false;
    const ids = keyOf(index);
    return ids.length === wanted.size && ids.every((id) => wanted.has(id));
  });
  const key =
    candidates.find((index) => index.primaryKey) ?? candidates.find((index) => index.uniqueConstraint) ?? candidates[0];
  if (!key) throw sqlError(1776, [referencedName, name]);
  return { key, referencedColumns };
}

function requireSameType(column: Column, referenced: Column, table: Table, referencedTable: Table, name: string): void {
  const words = [referencedTable.name, referenced.name, table.name, column.name, name];
  const a = column.type;
  const b = referenced.type;
  const family = (type: Column["type"]): string => (type.name === "numeric" ? "decimal" : type.name);
  if (family(a) !== family(b)) throw sqlError(1778, words);
  if (a.precision !== b.precision || a.scale !== b.scale) throw sqlError(1753, words);
  const variable =
    a.name === "varchar" ||
    a.name === "nvarchar" ||
    a.name === "varbinary" ||
    a.name === "char" ||
    a.name === "nchar" ||
    a.name === "binary";
  if (variable && a.length !== b.length) throw sqlError(1753, words);
  if (column.collation !== referenced.collation) throw sqlError(1757, words);
}

function requireActions(
  columns: Column[],
  onDelete: ForeignKey["onDelete"],
  onUpdate: ForeignKey["onUpdate"],
  target: TableTarget,
  name: string,
): void {
  const { table, database } = target;
  const any = (action: ForeignKey["onDelete"]): boolean => onDelete === action || onUpdate === action;
  if (any("SET_NULL") && columns.some((column) => !column.nullable)) throw sqlError(1761, [name]);
  if (any("SET_DEFAULT") && columns.some((column) => !column.nullable && !defaultOf(database, table, column)))
    throw sqlError(1762, [name]);
  const identity = columns.find((column) => column.identity);
  if (identity && (onUpdate !== "NO_ACTION" || any("SET_NULL") || any("SET_DEFAULT")))
    throw sqlError(1788, [name, target.shownName, identity.name]);
  for (const trigger of triggersOf(database, table.id)) {
    const events = trigger.trigger?.insteadOf ? trigger.trigger.events : [];
    if (
      (onDelete !== "NO_ACTION" && events.includes("DELETE")) ||
      (onUpdate !== "NO_ACTION" && events.includes("UPDATE"))
    )
      throw sqlError(1787, [name, target.shownName]);
  }
}

/**
 * 1785: from any table, a delete or update may reach another table along one cascading path only, and never come back.
 * Source: sql-docs, MSSQLSERVER_1785.
 */
function requireNoCycle(added: ForeignKey, target: TableTarget, name: string): void {
  const { database, table } = target;
  const edges = new Map<number, number[]>();
  const edge = (key: ForeignKey): void => {
    if (key.onDelete === "NO_ACTION" && key.onUpdate === "NO_ACTION") return;
    const list = edges.get(key.referencedId);
    if (list) list.push(key.parentId);
    else edges.set(key.referencedId, [key.parentId]);
  };
  for (const object of database.objects.values()) if (object.type === "F ") edge(object);
  edge(added);
  const refuse = (): never => {
    throw sqlError(1785, [name, table.name]);
  };
  for (const start of edges.keys()) {
    const reached = new Set<number>([start]);
    const pending = [start];
    while (pending.length > 0) {
      for (const next of edges.get(pending.pop()!) ?? []) {
        if (reached.has(next)) refuse();
        reached.add(next);
        pending.push(next);
      }
    }
  }
}

/** Throws 547 for the first row whose key is not in the referenced table. */
export function checkRows(key: ForeignKey, target: TableTarget, referenced: Table): void {
  const { table, database } = target;
  if (table.rows.size === 0) return;
  const own = key.columns.map((pair) => table.columns.findIndex((column) => column.id === pair.columnId));
  const other = key.columns.map((pair) =>
    referenced.columns.findIndex((column) => column.id === pair.referencedColumnId),
  );
  const known = new Set<string>();
  for (const row of referenced.rows.values())
    known.add(
      encodeKey(
        other.map((i) => row[i]!),
        other.map((i) => referenced.columns[i]!),
      ),
    );
  for (const row of table.rows.values()) {
    const values: SqlValue[] = own.map((i) => row[i]!);
    if (values.includes(null)) continue;
    if (
      known.has(
        encodeKey(
          values,
          other.map((i) => referenced.columns[i]!),
        ),
      )
    )
      continue;
    const column = key.columns.length === 1 ? `, column '${referenced.columns[other[0]!]!.name}'` : "";
    const self = referenced === table ? "FOREIGN KEY SAME TABLE" : "FOREIGN KEY";
    throw sqlError(547, [
      "ALTER TABLE",
      self,
      key.name,
      database.name,
      qualified(database, referenced),
      column,
      "",
      "",
    ]);
  }
}

/** Foreign keys of any table that point at this one. */
export function referencing(database: Database, tableId: number): ForeignKey[] {
  const found: ForeignKey[] = [];
  for (const object of database.objects.values())
    if (object.type === "F " && object.referencedId === tableId) found.push(object);
  return found;
}

export function foreignKeysOf(database: Database, tableId: number): ForeignKey[] {
  return constraintsOf(database, tableId).filter((constraint): constraint is ForeignKey => constraint.type === "F ");
}
