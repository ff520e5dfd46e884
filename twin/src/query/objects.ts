/** What an object name in a statement stands for. */
import { queueView } from "../broker/queue-rows";
import type { Name } from "../language/ast";
import type { CatalogView, Execution } from "../session/runtime";
import type { Database, DbObject, Module, Sequence, Table } from "../storage/model";
import { sqlError } from "../session/messages";
import { at, type Scope } from "./scope";

export type Found =
  | { kind: "table"; table: Table; database: Database; schema: string }
  | { kind: "module"; module: Module; database: Database; schema: string }
  | { kind: "sequence"; sequence: Sequence; database: Database; schema: string }
  /** A view of the catalog, or a queue, which is read like one. */
  | { kind: "catalog"; view: CatalogView; database: Database; schema: string; queue?: string };

/** Where names without a schema are looked up. */
interface NameContext {
  readonly execution: Execution;
  readonly database: Database;
  readonly schemaId?: number | undefined;
}

export function nameContext(scope: Scope): NameContext {
  return { execution: scope.execution, database: scope.database, schemaId: scope.schemaId };
}

export function displayName(parts: readonly string[]): string {
  return parts.join(".");
}

export function schemaByName(database: Database, name: string): number | undefined {
  const key = database.key(name);
  for (const schema of database.schemas.values()) if (database.key(schema.name) === key) return schema.id;
  return undefined;
}

export function schemaName(database: Database, id: number): string {
  return database.schemas.get(id)?.name ?? "dbo";
}

/** Schemas in which an unqualified name may be: the module's own or the user's default, then dbo. */
function searchedSchemas(context: NameContext): number[] {
  const { execution, database } = context;
  const ids: number[] = [];
  const module = execution.frame.module;
  if (context.schemaId !== undefined) ids.push(context.schemaId);
  else if (module && execution.frame.database === database && module.schemaId !== 0) ids.push(module.schemaId);
  else if (execution.session.user.defaultSchema && execution.session.database === database) {
    const id = schemaByName(database, execution.session.user.defaultSchema);
    if (id !== undefined) ids.push(id);
  }
  if (!ids.includes(1)) ids.push(1);
  return ids;
}

export function findDatabase(execution: Execution, name: string): Database | undefined {
  const { server } = execution.session;
  return server.databases.get(server.key(name));
}

export function findTemporaryTable(execution: Execution, name: string): Table | undefined {
  const tempdb = findDatabase(execution, "tempdb");
  const key = tempdb ? tempdb.key(name) : name.toLowerCase();
  for (let frame: Execution["frame"] | undefined = execution.frame; frame; frame = frame.parent) {
    const found = frame.temporaryTables.get(key) ?? frame.temporaryTables.get(name.toLowerCase());
    if (found) return found;
  }
  if (!tempdb || !name.startsWith("##")) return undefined;
  const id = tempdb.objectNames.get(`1.${key}`);
  const object = id === undefined ? undefined : tempdb.objects.get(id);
  return object?.type === "U" ? object : undefined;
}

interface Split {
  readonly database: Database;
  readonly schema: string | undefined;
  readonly name: string;
}

function split(name: Name, context: NameContext): Split {
  const { parts } = name;
  // The twin has no linked servers.
  if (parts.length > 3) throw at(sqlError(7202, [parts[0]!], 2), name.line);
  const databaseName = parts.at(-3);
  const database = databaseName ? findDatabase(context.execution, databaseName) : context.database;
  if (!database) throw at(sqlError(208, [displayName(parts)]), name.line);
  return { database, schema: parts.at(-2) || undefined, name: parts.at(-1)! };
}

/** A schema-scoped object by name; follows no synonym. */
export function lookUp(name: Name, context: NameContext): { object: DbObject; database: Database } | undefined {
  const target = split(name, context);
  const { database } = target;
  const key = database.key(target.name);
  let schemas: number[];
  if (target.schema === undefined) schemas = searchedSchemas({ ...context, database });
  else {
    const id = schemaByName(database, target.schema);
    schemas = id === undefined ? [] : [id];
  }
  for (const schema of schemas) {
    const id = database.objectNames.get(`${schema}.${key}`);
    const object = id === undefined ? undefined : database.objects.get(id);
    if (object) return { object, database };
  }
  return undefined;
}

/** A table, view, table-valued function, sequence or catalog view; undefined when there is none. */
export function findObject(name: Name, context: NameContext): Found | undefined {
  const { parts } = name;
  const last = parts.at(-1)!;
  if (last.startsWith("#")) {
    const table = findTemporaryTable(context.execution, last);
    return (
      table && {
        kind: "table",
        table,
        database: findDatabase(context.execution, "tempdb") ?? context.database,
        schema: "dbo",
      }
    );
  }
  const found = lookUp(name, context);
  if (found) {
    const { object, database } = found;
    const schema = schemaName(database, object.schemaId);
    if (object.type === "U") return { kind: "table", table: object, database, schema };
    if (object.type === "SQ")
      return { kind: "catalog", view: queueView(object, database), database, schema, queue: object.name };
    if (object.type === "SO") return { kind: "sequence", sequence: object, database, schema };
    if (
      object.type === "V " ||
      object.type === "IF" ||
      object.type === "TF" ||
      object.type === "FN" ||
      object.type === "FS" ||
      object.type === "FT" ||
      object.type === "PC" ||
      object.type === "P "
    )
      return { kind: "module", module: object, database, schema };
    if (object.type === "SN") {
      const base: Name = { parts: object.target, line: name.line };
      const inner =
        object.target.length > 3 ? undefined : lookUp(base, { ...context, database, schemaId: object.schemaId });
      if (inner?.object.type === "SN")
        throw at(sqlError(470, [displayName(parts), displayName(object.target)]), name.line);
      const target = findObject(base, { ...context, database, schemaId: object.schemaId });
      if (!target) throw at(sqlError(5313, [last]), name.line);
      return target;
    }
    return undefined;
  }
  const target = split(name, context);
  const view =
    target.schema === undefined ? undefined : context.execution.parts.catalog.view(target.schema, target.name);
  if (!view) return undefined;
  // Catalog names follow the collation of the database, too.
  const { database } = target;
  const schema = /^sys$/i.test(target.schema!) ? "sys" : "INFORMATION_SCHEMA";
  if (database.key(target.name) !== database.key(view.name) || database.key(target.schema!) !== database.key(schema))
    return undefined;
  return { kind: "catalog", view, database, schema: target.schema! };
}

export function requireObject(name: Name, context: NameContext): Found {
  const found = findObject(name, context);
  if (!found) throw at(sqlError(208, [displayName(name.parts)]), name.line);
  return found;
}
