/** What stands in FROM: tables, views, table variables, derived tables, functions. */
import { historyTable } from "../ddl/temporal/tables";
import type { Name, TableSource, TemporalClause } from "../language/ast";
import type { CatalogView, Row } from "../session/runtime";
import type { Database, Module, Table } from "../storage/model";
import { notImplemented } from "../session/sql-error";
import { isByColumn } from "../security/permissions";
import { sqlError } from "../session/messages";
import { type Relation, type RelationColumn, type Run, childContext } from "./context";
import { noteCatalogRead } from "./catalog-reads";
import { requireEnabledClusteredIndex } from "./dml/usable-indexes";
import { displayName, findObject, nameContext } from "./objects";
import { compilePivot, compileUnpivot } from "./pivot";
import { compileQuery, keptRows } from "./query";
import type { RowQuery } from "./compiler";
import { fromFurtherOut, levelsBetween, referTo, renameColumns } from "./table-expressions";
import { compileTableFunction } from "./table-functions";
import { at, Scope } from "./scope";
import { compileSystemTime, versionsRelation } from "./system-time";
import { rowIdColumn, tableRelation } from "./table-rows";

export interface NamedRelation {
  readonly name: string;
  readonly schema?: string;
  readonly database?: string;
  readonly relation: Relation;
}

type SourceOf<K extends TableSource["kind"]> = Extract<TableSource, { kind: K }>;
type Compile<K extends TableSource["kind"]> = (source: SourceOf<K>, scope: Scope, around: Scope) => NamedRelation;

const compilers: { [K in Exclude<TableSource["kind"], "join" | "apply">]: Compile<K> } = {
  table: compileTable,
  "table-variable": (source, scope, around) => {
    const table = requireTableVariable(source.variable, source.line, scope);
    return {
      name: source.alias ?? source.variable,
      relation: tableRelation(table, around.database, around, around.compiler.rowSources.has(source)),
    };
  },
  derived: (source, scope, around) => {
    const marked = around.compiler.rowSources.get(source);
    if (marked?.query) return { name: source.alias, relation: rowQueryRelation(marked.query) };
    const plan = compileQuery(source.query, around, "nested");
    const columns = renameColumns(plan.columns, source.columns, source.alias, scope, source.line);
    const owner = {};
    return {
      name: source.alias,
      relation: { columns, cacheable: plan.cacheable, rows: (run, context) => keptRows(plan, owner, run, context) },
    };
  },
  dml: (source) => {
    throw at(notImplemented("a data modification statement in FROM"), source.line);
  },
  function: (source, scope, around) => compileTableFunction(source, scope, around),
  pivot: (source, scope, around) => compilePivot(source, scope, around),
  unpivot: (source, scope, around) => compileUnpivot(source, scope, around),
};

export function compileSource(source: TableSource, scope: Scope, around: Scope | undefined): NamedRelation {
  if (!around) throw new Error("a query level has no level around it");
  if (source.kind === "join" || source.kind === "apply") throw new Error("joins are planned by from.ts");
  return (compilers[source.kind] as Compile<typeof source.kind>)(source as never, scope, around);
}

export function requireTableVariable(variable: string, line: number, scope: Pick<Scope, "execution">): Table {
  const table = scope.execution.frame.tables.get(variable.toLowerCase());
  if (!table) throw at(sqlError(1087, [variable]), line);
  return table;
}

function compileTable(source: SourceOf<"table">, scope: Scope, around: Scope): NamedRelation {
  if (source.temporal) return compileVersions(source, source.temporal, scope, around);
  if (source.sample) throw at(notImplemented("TABLESAMPLE"), source.line);
  const { parts } = source.name;
  const own = parts.at(-1)!;
  const name = source.alias ?? own;
  const { compiler } = around;
  const marked = compiler.rowSources.get(source);
  if (marked?.query) return { name, relation: rowQueryRelation(marked.query) };
  for (const hint of source.hints) requireHint(hint.name, source.line);
  const before = compiler.hints;
  if (source.hints.length)
    compiler.hints = new Set([...before, ...source.hints.map((hint) => hint.name.toUpperCase())]);
  try {
    return namedTable(source, scope, around, name, marked !== undefined);
  } finally {
    compiler.hints = before;
  }
}

/** table or view FOR SYSTEM_TIME ... */
function compileVersions(
  source: SourceOf<"table">,
  clause: TemporalClause,
  scope: Scope,
  around: Scope,
): NamedRelation {
  const { compiler } = around;
  const own = source.name.parts.at(-1)!;
  if (compiler.systemTime) throw at(sqlError(13590, [own]), source.line);
  if (compiler.rowSources.has(source))
    throw at(notImplemented("data modification of a table FOR SYSTEM_TIME"), source.line);
  const time = compileSystemTime(clause, around);
  compiler.systemTime = time;
  try {
    const { temporal: _, ...plain } = source;
    const named = compileTable(plain, scope, around);
    if (!time.used) throw at(sqlError(13544, [fullNameOfSource(source.name, around)]), source.line);
    const { relation } = named;
    return {
      ...named,
      relation: {
        columns: relation.columns,
        cacheable: relation.cacheable && time.fixed,
        rows: (run, context) => {
          time.evaluate(run, context);
          return relation.rows(run, context);
        },
      },
    };
  } finally {
    compiler.systemTime = undefined;
  }
}

function fullNameOfSource(name: Name, around: Scope): string {
  const found = findObject(name, nameContext(around));
  return found ? `${found.database.name}.${found.schema}.${name.parts.at(-1)!}` : displayName(name.parts);
}

const knownHints = new Set(
  "NOLOCK READUNCOMMITTED READCOMMITTED READCOMMITTEDLOCK REPEATABLEREAD SERIALIZABLE HOLDLOCK ROWLOCK PAGLOCK TABLOCK TABLOCKX UPDLOCK XLOCK READPAST NOWAIT INDEX FORCESEEK FORCESCAN NOEXPAND SNAPSHOT KEEPIDENTITY KEEPDEFAULTS IGNORE_CONSTRAINTS IGNORE_TRIGGERS".split(
    " ",
  ),
);

function requireHint(hint: string, line: number): void {
  if (!knownHints.has(hint.toUpperCase())) throw at(sqlError(321, [hint]), line);
}

/** A view or common table expression as a data modification statement sees it. */
export function rowQueryRelation({ query, scope, names }: RowQuery): Relation {
  const { value: plan } = scope.compiler.isolate(() => compileQuery(query, scope, "nested"));
  const owner = {};
  const columns = plan.columns.map((column, index) =>
    index < names.length ? { ...column, name: names[index]! } : { ...column, name: rowIdColumn, hidden: true },
  );
  return {
    columns,
    cacheable: plan.cacheable,
    rows: (run) => keptRows(plan, owner, run, childContext(run, undefined)),
  };
}

function namedTable(
  source: SourceOf<"table">,
  scope: Scope,
  around: Scope,
  name: string,
  withRowId: boolean,
): NamedRelation {
  const { parts } = source.name;
  const own = parts.at(-1)!;
  if (parts.length === 1) {
    const expression = around.findTableExpression(own);
    if (expression)
      return { name, relation: fromFurtherOut(referTo(expression, scope), levelsBetween(around, expression.scope)) };
    const trigger = scope.execution.frame.trigger;
    const pseudo =
      trigger && !scope.insideModule
        ? { inserted: trigger.inserted, deleted: trigger.deleted }[own.toLowerCase()]
        : undefined;
    if (pseudo) return { name, relation: tableRelation(pseudo, around.database, around) };
  }
  const named = relationOfObject(source.name, around, withRowId);
  return source.alias ? { name, relation: named.relation } : { ...named, name };
}

/** The relation of a table or view by name. */
function relationOfObject(objectName: Name, around: Scope, withRowId: boolean): Required<NamedRelation> {
  const found = findObject(objectName, nameContext(around));
  if (!found) throw at(sqlError(208, [displayName(objectName.parts)]), objectName.line);
  const named = { name: objectName.parts.at(-1)!, schema: found.schema, database: found.database.name };
  if (found.kind === "catalog") {
    if (found.queue === undefined) noteCatalogRead(found.view, found.database, around);
    return { ...named, relation: catalogRelation(found.view, found.database) };
  }
  if (found.kind === "table") {
    // The target of a statement that changes it needs SELECT only where it is read; dml/ asks for that.
    requireEnabledClusteredIndex(found.table, found.database);
    const isByColumn = !withRowId && demandSelect(found.table, found.database, around, true);
    const whole = tableRelation(found.table, found.database, around, withRowId);
    const relation = isByColumn ? guarded(whole, found.table, found.database, around) : whole;
    const history = historyTable(found.database, found.table);
    const time = around.compiler.systemTime;
    if (!time || !history) return { ...named, relation };
    time.used = true;
    demandSelect(history, found.database, around);
    const past = tableRelation(history, found.database, around);
    return { ...named, relation: versionsRelation(relation, past, found.table, found.database, time) };
  }
  if (found.kind === "sequence") throw at(sqlError(208, [displayName(objectName.parts)]), objectName.line);
  if (found.module.type === "V ") {
    demandSelect(found.module, found.database, around);
    return { ...named, relation: viewRelation(found.module, found.database, around) };
  }
  if (found.module.type === "IF" || found.module.type === "TF" || found.module.type === "FT")
    throw at(sqlError(216, [displayName(objectName.parts)]), objectName.line);
  throw at(sqlError(208, [displayName(objectName.parts)]), objectName.line);
}

/**
 * Inside a module its owner's rights reach the objects (an unbroken ownership chain), so nothing is demanded. True: the columns
 * that are used decide, and each of them must be demanded.
 */
function demandSelect(object: Table | Module, database: Database, around: Scope, mayBeByColumn = false): boolean {
  const { session, frame } = around.execution;
  if (around.insideModule || frame.module || object.name.startsWith("#")) return false;
  const { id, schemaId, name } = object;
  const target = { kind: "object" as const, objectId: id, schemaId, name, database };
  if (mayBeByColumn && isByColumn(session, "SELECT", target)) return true;
  session.demand("SELECT", target);
  return false;
}

/** A table whose columns ask for permission where they are used. */
function guarded(
  relation: Relation,
  { id, schemaId, name, columns }: Table,
  database: Database,
  around: Scope,
): Relation {
  const { session } = around.execution;
  let used = false;
  return {
    ...relation,
    columns: relation.columns.map((column, index) => {
      const known = columns[index];
      if (!known) return column;
      return {
        ...column,
        demand: () => {
          used = true;
          session.demand("SELECT", { kind: "object", objectId: id, schemaId, name, database, columnIds: [known.id] });
        },
      };
    }),
    rows: (run, context) => {
      if (!used) throw notImplemented(`column permissions on ${name} in a statement that uses none of its columns`);
      return relation.rows(run, context);
    },
  };
}

function catalogRelation(view: CatalogView, database: Database): Relation {
  const columns = view.columns.map((column): RelationColumn => ({ ...column, collation: "implicit" }));
  const owner = {};
  return {
    columns,
    cacheable: true,
    rows: (run: Run) =>
      run.get<Row[] | undefined>(owner) ?? remembered(view.rows(run.execution.session, database), owner, run),
  };
}

/** Rows as they come; EXISTS may stop at the first. Who reads them all leaves them for the next reader of the statement. */
function* remembered(rows: Iterable<Row>, owner: object, run: Run): Iterable<Row> {
  const kept: Row[] = [];
  for (const row of rows) {
    kept.push(row);
    yield row;
  }
  run.put(owner, kept);
}

const maximumNesting = 32;

/** Compiles a module's query out of sight of what is around it; its rows take the parameters' values. */
export function moduleQuery(
  module: Module,
  database: Database,
  parameters: readonly { name: string; type: import("../types/sql-type").SqlType }[],
  around: Scope,
) {
  const { compiler } = around;
  if (module.parsed.kind !== "view" && module.parsed.kind !== "inline-function")
    throw new Error(`${module.name} has no query`);
  const { query } = module.parsed;
  if (++compiler.nesting > maximumNesting) throw sqlError(217, [maximumNesting]);
  const scope = Scope.forModule(around, database, module.schemaId, parameters);
  try {
    return compiler.isolate(() => compileQuery(query, scope, "nested"));
  } finally {
    compiler.nesting--;
  }
}

/** A view keeps the columns that it had when it was made; a changed table shows after sp_refreshview. */
export function moduleColumns(module: Module, columns: readonly RelationColumn[]): RelationColumn[] {
  if (module.columns.length > columns.length) throw sqlError(4502, [module.name]);
  return module.columns.map((column, index) => ({ ...columns[index]!, name: column.name }));
}

function viewRelation(module: Module, database: Database, around: Scope): Relation {
  const { value: plan } = moduleQuery(module, database, [], around);
  const columns = moduleColumns(module, plan.columns);
  const owner = {};
  const trimmed = columns.length < plan.columns.length;
  const fixed = around.compiler.systemTime?.fixed ?? true;
  const read = (run: Run): Row[] => {
    const rows = [...plan.rows(run, childContext(run, undefined))];
    return trimmed ? rows.map((row) => row.slice(0, columns.length)) : rows;
  };
  return { columns, cacheable: fixed, rows: (run) => (fixed ? run.once(owner, () => read(run)) : read(run)) };
}
