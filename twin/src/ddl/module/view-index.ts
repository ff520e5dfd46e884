/**
 * Indexes on schema-bound views. A view keeps no rows of its own here: its unique keys are looked at when an index is made (1505) and
 * after every statement that adds rows to its tables (2601). https://learn.microsoft.com/sql/relational-databases/views/create-indexed-views
 */
import type { Definition, Query } from "../../language/ast";
import { sqlError } from "../../session/messages";
import type { Execution, Row } from "../../session/runtime";
import { notImplemented } from "../../session/sql-error";
import type { Database, Index, Module, Table } from "../../storage/model";
import { buildEntries, DuplicateKey } from "../../storage/rows";
import { referencesInModule, resolveReferences } from "../dependencies";
import { at, qualified } from "../naming";
import { touch } from "../registry";
import { newTable } from "../table/create-table";
import { defaultFilegroup } from "../table/data-space";
import { readIndexOptions, requireIndexSetOptions } from "../table/index-options";
import { buildIndex, heap, specificationOf } from "../table/indexes";
import { bindingExecution } from "./binding-frame";
import { requireIndexable } from "./indexable-view";

export function createViewIndex(
  statement: Extract<Definition, { kind: "create-index" }>,
  view: Module,
  database: Database,
  execution: Execution,
): void {
  const { index: definition } = statement;
  requireIndexSetOptions(execution, "CREATE INDEX");
  if (!view.schemaBound || view.parsed.kind !== "view") throw at(sqlError(1939, [view.name]), statement.line);
  if (definition.where) throw at(sqlError(10610, [definition.name, view.name]), statement.line);
  if (definition.type === "clustered-columnstore") throw at(sqlError(35305), statement.line);
  const clustered = definition.type === "clustered";
  if (clustered && !definition.unique) throw at(sqlError(1941, [view.name]), statement.line);
  if (!clustered && !view.indexes.some((one) => one.id === 1)) throw at(sqlError(1940, [view.name]), statement.line);
  if (readIndexOptions(definition.options, execution).ignoreDupKey)
    throw at(notImplemented("IGNORE_DUP_KEY of an index on a view"), statement.line);
  if (clustered) requireIndexable(definition, view, database, execution, statement.line);
  const facade = materialized(view, view.parsed.query, database, execution);
  buildIndex(
    { table: facade, database, execution, kind: "base", shownName: view.name },
    specificationOf(definition, { table: facade, database, execution, kind: "base", shownName: view.name }),
  );
  const { transaction } = execution.session;
  for (const index of facade.indexes) delete index.entries;
  transaction.set(
    view,
    "indexes",
    facade.indexes.filter((one) => one.id > 0),
  );
  transaction.put(indexedViews(database), view.id, view);
  touch(view, execution);
}

/** Views with indexes: every statement that writes asks for them. Built on first use, then kept in step through the transaction. */
const viewsOf = new WeakMap<Database, Map<number, Module>>();

function indexedViews(database: Database): Map<number, Module> {
  let views = viewsOf.get(database);
  if (!views) {
    views = new Map();
    for (const object of database.objects.values())
      if (object.type === "V " && object.indexes.length > 0) views.set(object.id, object);
    viewsOf.set(database, views);
  }
  return views;
}

/** Those that read a table. */
export function indexedViewsOn(table: Table, database: Database): Module[] {
  const found: Module[] = [];
  for (const view of indexedViews(database).values())
    if (
      view.indexes.length > 0 &&
      database.objects.get(view.id) === view &&
      resolveReferences(referencesInModule(view), database, view.schemaId).some(({ id }) => id === table.id)
    )
      found.push(view);
  return found;
}

/** 2601 when rows that a statement has written give an indexed view a key twice. */
export function requireIndexedViews(table: Table, database: Database, execution: Execution): void {
  for (const view of indexedViewsOn(table, database)) {
    if (view.parsed.kind !== "view") continue;
    const facade = materialized(view, view.parsed.query, database, execution);
    for (const index of view.indexes) {
      if (!index.unique) continue;
      try {
        buildEntries(facade, index, database, execution);
      } catch (error) {
        if (!(error instanceof DuplicateKey)) throw error;
        throw sqlError(2601, [qualified(database, view), index.name ?? "", error.shownKey]);
      }
    }
  }
}

/** The view as if it were a table: its columns, its rows of this moment, its indexes. */
function materialized(view: Module, query: Query, database: Database, execution: Execution): Table {
  const binding = bindingExecution(view, database, execution, undefined);
  const rows = new Map<number, Row>();
  let id = 1;
  for (const row of execution.parts.query.compileQuery(query, binding).rows(binding)) rows.set(id++, row);
  return {
    ...newTable(database, view.name, view.schemaId, execution),
    id: view.id,
    columns: view.columns,
    rows,
    indexes: view.indexes.length > 0 ? [...view.indexes] : [heap(defaultFilegroup(database).id, 1)],
  };
}

/** Dropping the clustered index takes the others with it. */
export function dropViewIndex(view: Module, index: Index, execution: Execution): void {
  execution.session.transaction.set(
    view,
    "indexes",
    index.id === 1 ? [] : view.indexes.filter((other) => other !== index),
  );
  touch(view, execution);
}
