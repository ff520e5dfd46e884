/**
 * What a module or constraint refers to, read from its syntax tree: sys.sql_expression_dependencies, the
 * dynamic management functions on dependencies, and the refusals 3729 and 5074.
 */
import type { Name, TypeReference } from "../language/ast";
import type { Column, Database, DbObject, Module, Table } from "../storage/model";
import { systemTypes } from "../catalog/system-types";
import { findIn, schemaOf } from "./naming";
import { isModule } from "./registry";
import { findUserType } from "./resolve-type";
import { columnNames } from "./table/columns";

export interface Reference {
  /** As written. */
  readonly name: Name;
  readonly what: "object" | "function" | "procedure" | "type" | "sequence";
  readonly selected: boolean;
  readonly updated: boolean;
}

type Node = Record<string, unknown>;

function isNode(value: unknown): value is Node {
  return typeof value === "object" && value !== null && !(value instanceof Uint8Array);
}

function isName(value: unknown): value is Name {
  return isNode(value) && Array.isArray(value["parts"]) && typeof value["line"] === "number";
}

/** Every reference in a tree, in the order of the text. Names of common table expressions are left out. */
export function references(tree: unknown): Reference[] {
  const found: Reference[] = [];
  walk(tree, new Set(), found);
  return found;
}

function walk(value: unknown, tables: ReadonlySet<string>, found: Reference[]): void {
  if (Array.isArray(value)) {
    for (const item of value) walk(item, tables, found);
    return;
  }
  if (!isNode(value)) return;
  const node = value;
  if (isTypeReference(node)) {
    if (isUserTypeName(node)) found.push({ name: node.name, what: "type", selected: false, updated: false });
    return;
  }
  const own = node["with"];
  let visible = tables;
  if (Array.isArray(own) && own.some((item) => isNode(item) && "query" in item)) {
    const next = new Set(tables);
    for (const item of own as Node[]) if (typeof item["name"] === "string") next.add(item["name"].toLowerCase());
    visible = next;
  }
  note(node, visible, found);
  for (const [key, child] of Object.entries(node)) if (key !== "line" && key !== "text") walk(child, visible, found);
}

function note(node: Node, tables: ReadonlySet<string>, found: Reference[]): void {
  const { kind, name } = node;
  if (kind === "table" && isName(name)) {
    const { parts } = name;
    if (parts.length === 1 && (tables.has(parts[0]!.toLowerCase()) || isPseudo(parts[0]!))) return;
    found.push({ name, what: "object", selected: true, updated: false });
  } else if (kind === "function" && isName(name) && name.parts.length > 1)
    found.push({ name, what: "function", selected: true, updated: false });
  else if (kind === "call" && isName(name) && name.parts.length > 1)
    found.push({ name, what: "function", selected: true, updated: false });
  else if (kind === "next-value" && isName(node["sequence"]))
    found.push({ name: node["sequence"], what: "sequence", selected: true, updated: false });
  else if (kind === "execute" && isNode(node["target"]) && node["target"]["kind"] === "name") {
    const target = node["target"]["name"] as Name;
    found.push({ name: target, what: "procedure", selected: false, updated: false });
  } else if (
    (kind === "insert" || kind === "update" || kind === "delete" || kind === "merge") &&
    isNode(node["target"])
  ) {
    const target = node["target"];
    if (target["kind"] === "name" && isName(target["name"]) && !isAlias(node, target["name"], tables))
      found.push({ name: target["name"], what: "object", selected: false, updated: true });
  } else if (kind === "truncate" && isName(node["table"]))
    found.push({ name: node["table"], what: "object", selected: false, updated: true });
  else if (kind === "trigger" && isNode(node["on"]) && isName(node["on"]["name"]))
    found.push({ name: node["on"]["name"], what: "object", selected: false, updated: false });
}

function isPseudo(name: string): boolean {
  const lower = name.toLowerCase();
  return lower === "inserted" || lower === "deleted" || name.startsWith("#");
}

/** UPDATE a SET ... FROM t AS a: `a` is no object. */
function isAlias(node: Node, name: Name, tables: ReadonlySet<string>): boolean {
  if (name.parts.length !== 1) return false;
  const own = name.parts[0]!.toLowerCase();
  if (tables.has(own) || isPseudo(own)) return true;
  return aliases(node["from"]).has(own);
}

function aliases(value: unknown, found = new Set<string>()): Set<string> {
  if (Array.isArray(value)) for (const item of value) aliases(item, found);
  else if (isNode(value)) {
    if (typeof value["alias"] === "string") found.add(value["alias"].toLowerCase());
    if (value["kind"] === "join" || value["kind"] === "apply") {
      aliases(value["left"], found);
      aliases(value["right"], found);
    }
  }
  return found;
}

function isTypeReference(node: Node): node is Node & TypeReference {
  return !("kind" in node) && isName(node["name"]) && Array.isArray(node["arguments"]);
}

const synonymsOfTypes = new Set([
  "sysname",
  "integer",
  "dec",
  "rowversion",
  "cursor",
  "table",
  "character",
  "double precision",
]);

function isUserTypeName(reference: TypeReference): boolean {
  const { parts } = reference.name;
  if (parts.length > 1) return parts[0]!.toLowerCase() !== "sys";
  const name = parts[0]!.toLowerCase();
  return !systemTypes.has(name as never) && !synonymsOfTypes.has(name) && !name.includes(" ");
}

export interface ResolvedReference extends Reference {
  readonly server: string | null;
  readonly databaseName: string | null;
  readonly schemaName: string | null;
  readonly entity: string;
  /** undefined: missing, in another database, or depends on the caller. */
  readonly id: number | undefined;
  readonly callerDependent: boolean;
  /** 1 object, 6 type. */
  readonly classId: 1 | 6;
}

/** Names bound in a database, as the dependency views do it; each entity once. */
export function resolveReferences(
  list: readonly Reference[],
  database: Database,
  homeSchemaId: number,
): ResolvedReference[] {
  const byKey = new Map<string, ResolvedReference>();
  for (const reference of list) {
    const { parts } = reference.name;
    const entity = parts[parts.length - 1]!;
    if (entity.startsWith("#")) continue;
    const schemaName = parts.length > 1 ? parts[parts.length - 2]! || null : null;
    if (schemaName?.toLowerCase() === "sys" || schemaName?.toLowerCase() === "information_schema") continue;
    if (reference.what === "procedure" && schemaName === null && /^(sp|xp)_/i.test(entity)) continue;
    const databaseName = parts.length > 2 ? parts[parts.length - 3]! : null;
    const server = parts.length > 3 ? parts[0]! : null;
    const here = databaseName === null || database.key(databaseName) === database.key(database.name);
    const callerDependent = reference.what === "procedure" && schemaName === null;
    const classId = reference.what === "type" ? 6 : 1;
    let id: number | undefined;
    if (here && server === null) {
      if (classId === 6) id = findUserType(parts, database)?.id;
      else if (!callerDependent) id = boundObject(database, schemaName, entity, homeSchemaId)?.id;
    }
    const key = `${classId}.${server ?? ""}.${databaseName ?? ""}.${schemaName === null ? "" : database.key(schemaName)}.${database.key(entity)}`;
    const known = byKey.get(key);
    byKey.set(key, {
      ...reference,
      selected: reference.selected || (known?.selected ?? false),
      updated: reference.updated || (known?.updated ?? false),
      server,
      databaseName,
      schemaName,
      entity,
      id,
      callerDependent,
      classId,
    });
  }
  return [...byKey.values()];
}

function boundObject(
  database: Database,
  schemaName: string | null,
  entity: string,
  homeSchemaId: number,
): DbObject | undefined {
  if (schemaName !== null) {
    const schema = schemaOf(database, schemaName);
    return schema && findIn(database, schema.id, entity);
  }
  return findIn(database, homeSchemaId, entity) ?? findIn(database, 1, entity);
}

/** Reference lists by object: a module's tree never changes without a new `parsed`. */
const cache = new WeakMap<object, Reference[]>();

export function referencesInModule(module: Module): Reference[] {
  let list = cache.get(module.parsed);
  if (!list) {
    list = references(module.parsed);
    cache.set(module.parsed, list);
  }
  return list;
}

export function referencesInExpression(owner: { expression: unknown }): Reference[] {
  const tree = owner.expression as object;
  let list = cache.get(tree);
  if (!list) {
    list = references(tree);
    cache.set(tree, list);
  }
  return list;
}

/** Objects that enforce their dependency on `id`: schema-bound modules, constraints and computed columns. */
export function schemaBoundReferrers(database: Database, id: number): DbObject[] {
  const found: DbObject[] = [];
  for (const object of database.objects.values()) {
    if (object.id === id) continue;
    if (
      isModule(object)
        ? object.schemaBound && refersTo(referencesInModule(object), database, object.schemaId, id)
        : enforces(object, database, id)
    )
      found.push(object);
  }
  return found;
}

function enforces(object: DbObject, database: Database, id: number): boolean {
  if (object.type === "C " || object.type === "D ")
    return refersTo(referencesInExpression(object), database, object.schemaId, id);
  if (object.type === "U")
    return object.columns.some(
      (column) =>
        column.computed !== undefined &&
        refersTo(referencesInExpression(column.computed), database, object.schemaId, id),
    );
  return false;
}

function refersTo(list: readonly Reference[], database: Database, schemaId: number, id: number): boolean {
  if (list.length === 0) return false;
  return resolveReferences(list, database, schemaId).some(
    (reference) => reference.classId === 1 && reference.id === id,
  );
}

/** Schema-bound modules that read a column of a table (by name, which schema binding makes unambiguous enough). */
export function boundReadersOfColumn(database: Database, table: Table, column: Column): Module[] {
  const key = database.key(column.name);
  const readers: Module[] = [];
  for (const object of database.objects.values()) {
    if (
      !isModule(object) ||
      !object.schemaBound ||
      !refersTo(referencesInModule(object), database, object.schemaId, table.id)
    )
      continue;
    if (columnNames(object.parsed).some((name) => database.key(name) === key)) readers.push(object);
  }
  return readers;
}

const typeNamesOf = new WeakMap<readonly Reference[], readonly Reference[]>();

function typeNames(list: readonly Reference[]): readonly Reference[] {
  let names = typeNamesOf.get(list);
  if (!names) typeNamesOf.set(list, (names = list.filter(({ what }) => what === "type")));
  return names;
}

/** Objects that refer to a user type: columns, parameters and module bodies. */
export function typeUsers(database: Database, typeId: number): DbObject[] {
  const users: DbObject[] = [];
  for (const object of database.objects.values()) {
    if ("columns" in object && object.columns.some((column) => "type" in column && column.type.userTypeId === typeId))
      users.push(object);
    else if (isModule(object)) {
      const byParameter =
        object.parameters.some((parameter) => parameter.type.userTypeId === typeId) ||
        object.returns?.userTypeId === typeId;
      if (
        byParameter ||
        typeNames(referencesInModule(object)).some(({ name }) => findUserType(name.parts, database)?.id === typeId)
      )
        users.push(object);
    }
  }
  return users;
}
