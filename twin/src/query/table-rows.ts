/** Rows of a base table as one reader may see them. */
import type { Execution, Row } from "../session/runtime";
import type { Column, Database, Table } from "../storage/model";
import type { SqlValue } from "../types/value";
import type { Compiled, Relation, RelationColumn } from "./context";
import { childContext, Run } from "./context";
import { compileExpression } from "./expressions/compile";
import { convertTo } from "./expressions/coercion";
import { Scope } from "./scope";

export function relationColumn(column: Column): RelationColumn {
  const type = column.collation === null ? column.type : { ...column.type, collation: column.collation };
  return { name: column.name, type, nullable: column.nullable, identity: column.identity !== undefined, hidden: column.hidden, collation: "implicit" };
}

/** Readers see other transactions' uncommitted rows only under READ UNCOMMITTED; with row versions they see the committed image. */
export function seesBeforeImages(execution: Execution, database: Database): boolean {
  const { isolation } = execution.session.options;
  if (isolation === "SNAPSHOT") return true;
  return isolation === "READ COMMITTED" && database.options.readCommittedSnapshot;
}

export function* visibleEntries(table: Table, execution: Execution, database: Database): Iterable<[number, Row]> {
  const own = execution.session.transaction.id;
  const foreign = table.dirty.size > 0 && seesBeforeImages(execution, database);
  if (!foreign) {
    yield* table.rows;
    return;
  }
  for (const [id, row] of table.rows) {
    const dirty = table.dirty.get(id);
    if (!dirty || dirty.transactionId === own) yield [id, row];
    else if (dirty.before) yield [id, dirty.before];
  }
  for (const [id, dirty] of table.dirty) if (!table.rows.has(id) && dirty.transactionId !== own && dirty.before) yield [id, dirty.before];
}

/** Computed columns that are not stored are worked out when a row is read. */
export function virtualColumns(table: Pick<Table, "columns" | "name">, database: Database, scope: Scope): { index: number; compiled: Compiled }[] {
  const found: { index: number; compiled: Compiled }[] = [];
  table.columns.forEach((column, index) => {
    if (!column.computed || column.computed.persisted) return;
    found.push({ index, compiled: compileComputed(column, table, database, scope) });
  });
  return found;
}

/** A column's expression over the row of its own table, converted to the column's type. */
export function compileComputed(column: Column, table: Pick<Table, "columns" | "name">, database: Database, scope: Scope): Compiled {
  const own = tableScope(table, database, scope);
  return scope.compiler.isolate(() => convertTo(compileExpression(column.computed!.expression, own), column.type, own)).value;
}

/** A level whose only source is the table: for its computed columns, constraints and filters. */
export function tableScope(table: Pick<Table, "columns" | "name">, database: Database, around: Scope): Scope {
  const scope = new Scope(around.compiler, Scope.forModule(around, database, 1, []), database);
  scope.addSource(table.name, table.columns.map(relationColumn));
  return scope;
}

export function tableRelation(table: Table, database: Database, scope: Scope, withRowId = false): Relation {
  scope.compiler.tables.add(table);
  scope.compiler.databases.set(table, database);
  const columns = table.columns.map(relationColumn);
  const virtual = virtualColumns(table, database, scope);
  if (withRowId) columns.push({ name: "", type: { name: "bigint" }, nullable: false, hidden: true });
  return {
    columns,
    cacheable: true,
    rows: (run) => readRows(table, database, run, virtual, withRowId),
  };
}

function* readRows(table: Table, database: Database, run: Run, virtual: { index: number; compiled: Compiled }[], withRowId: boolean): Iterable<Row> {
  if (!virtual.length && !withRowId) {
    for (const [, row] of visibleEntries(table, run.execution, database)) yield row;
    return;
  }
  for (const [id, row] of visibleEntries(table, run.execution, database)) {
    const values = [...row];
    fillVirtual(values, virtual, run);
    if (withRowId) values.push(BigInt(id));
    yield values;
  }
}

export function fillVirtual(values: SqlValue[], virtual: readonly { index: number; compiled: Compiled }[], run: Run): void {
  if (!virtual.length) return;
  const context = childContext(run, childContext(run, undefined), values);
  for (const { index, compiled } of virtual) values[index] = compiled.evaluate(context);
}
