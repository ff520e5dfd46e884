/** Rows of a base table as one reader may see them. */
import type { Execution, Row } from "../session/runtime";
import type { Column, Database, Table } from "../storage/model";
import { scanRows } from "../storage/rows";
import type { SqlValue } from "../types/value";
import type { TableRead } from "./compiler";
import type { Compiled, Relation, RelationColumn } from "./context";
import { childContext, Run } from "./context";
import { compileExpression } from "./expressions/compile";
import { convertTo } from "./expressions/coercion";
import { Scope } from "./scope";

export function relationColumn(column: Column): RelationColumn {
  const type = column.collation === null ? column.type : { ...column.type, collation: column.collation };
  return {
    name: column.name,
    type,
    nullable: column.nullable,
    identity: column.identity !== undefined,
    hidden: column.hidden,
    collation: "implicit",
  };
}

/** Readers see other transactions' uncommitted rows only under READ UNCOMMITTED; with row versions they see the committed image. */
function seesBeforeImages(execution: Execution, database: Database): boolean {
  const { isolation } = execution.session.options;
  if (isolation === "SNAPSHOT") return true;
  return isolation === "READ COMMITTED" && database.options.readCommittedSnapshot;
}

const lockingHints = [
  "READCOMMITTEDLOCK",
  "UPDLOCK",
  "XLOCK",
  "HOLDLOCK",
  "SERIALIZABLE",
  "REPEATABLEREAD",
  "TABLOCK",
  "TABLOCKX",
];

/** How rows that others have changed and not committed appear to a reader. */
export function accessOf(read: TableRead, execution: Execution): "current" | "committed" | "skip" {
  if (read.hints.has("READPAST")) return "skip";
  if (
    read.update ||
    read.hints.has("NOLOCK") ||
    read.hints.has("READUNCOMMITTED") ||
    lockingHints.some((hint) => read.hints.has(hint))
  )
    return "current";
  return seesBeforeImages(execution, read.database) ? "committed" : "current";
}

function* visibleEntries(table: Table, execution: Execution, read: TableRead): Iterable<[number, Row]> {
  const own = execution.session.transaction.id;
  const access = table.dirty.size > 0 ? accessOf(read, execution) : "current";
  if (access === "current") {
    yield* scanRows(table);
    return;
  }
  for (const [id, row] of scanRows(table)) {
    const dirty = table.dirty.get(id);
    if (!dirty || dirty.transactionId === own) yield [id, row];
    else if (dirty.before && access === "committed") yield [id, dirty.before];
  }
  if (access === "skip") return;
  for (const [id, dirty] of table.dirty)
    if (!table.rows.has(id) && dirty.transactionId !== own && dirty.before) yield [id, dirty.before];
}

/** Computed columns that are not stored are worked out when a row is read. */
function virtualColumns(
  table: Pick<Table, "columns" | "name">,
  database: Database,
  scope: Scope,
): { index: number; compiled: Compiled }[] {
  const found: { index: number; compiled: Compiled }[] = [];
  table.columns.forEach((column, index) => {
    if (!column.computed || column.computed.persisted) return;
    found.push({ index, compiled: compileComputed(column, table, database, scope) });
  });
  return found;
}

/** A column's expression over the row of its own table, converted to the column's type. */
export function compileComputed(
  column: Column,
  table: Pick<Table, "columns" | "name">,
  database: Database,
  scope: Scope,
): Compiled {
  const own = tableScope(table, database, scope);
  return scope.compiler.isolate(() => convertTo(compileExpression(column.computed!.expression, own), column.type, own))
    .value;
}

/** A level whose only source is the table: for its computed columns, constraints and filters. */
export function tableScope(table: Pick<Table, "columns" | "name">, database: Database, around: Scope): Scope {
  const scope = new Scope(around.compiler, Scope.forModule(around, database, 1, []), database);
  scope.addSource(table.name, table.columns.map(relationColumn));
  return scope;
}

/** Name of the column that says which row of the base table a row is; no query can spell it. */
export const rowIdColumn = "\0row";

export function tableRelation(table: Table, database: Database, scope: Scope, withRowId = false): Relation {
  const { compiler } = scope;
  compiler.tables.add(table);
  let read = compiler.reads.get(table);
  if (!read)
    compiler.reads.set(table, (read = { database, hints: new Set(), seek: undefined, uses: 0, update: false }));
  read.uses++;
  for (const hint of compiler.hints) read.hints.add(hint);
  if (withRowId) read.update = true;
  const known = read;
  const columns = table.columns.map(relationColumn);
  const virtual = virtualColumns(table, database, scope);
  if (withRowId) columns.push({ name: rowIdColumn, type: { name: "bigint" }, nullable: false, hidden: true });
  const complete = function* (entries: Iterable<[number, Row]>, run: Run): Iterable<Row> {
    for (const [id, row] of entries) {
      if (!virtual.length && !withRowId) {
        yield row;
        continue;
      }
      const values = [...row];
      fillVirtual(values, virtual, run);
      if (withRowId) values.push(BigInt(id));
      yield values;
    }
  };
  return {
    columns,
    cacheable: true,
    rows: (run) => complete(visibleEntries(table, run.execution, known), run),
    base: {
      table,
      read: known,
      byKey: (index, key, run) => {
        if (table.dirty.size > 0 && accessOf(known, run.execution) !== "current")
          return complete(visibleEntries(table, run.execution, known), run);
        const id = index.entries!.get(key);
        const row = id === undefined ? undefined : table.rows.get(id);
        return row ? complete([[id!, row]], run) : [];
      },
    },
  };
}

function fillVirtual(values: SqlValue[], virtual: readonly { index: number; compiled: Compiled }[], run: Run): void {
  if (!virtual.length) return;
  const context = childContext(run, childContext(run, undefined), values);
  for (const { index, compiled } of virtual) values[index] = compiled.evaluate(context);
}
