/** SELECT as a statement: its rows go to the client, into variables, or into a new table. */
import { holdCatalog, lockObject } from "../ddl/locking";
import { placeFor } from "../ddl/naming";
import { requirePermission } from "../ddl/permission";
import { newTable } from "../ddl/table/create-table";
import type { Name, Query, QueryBody, QuerySpecification } from "../language/ast";
import { sqlError } from "../session/messages";
import type { ResultColumn } from "../session/port";
import type { Execution, Row, StatementResult, Work } from "../session/runtime";
import type { Column, Database } from "../storage/model";
import { newColumn } from "../storage/new-column";
import { isCharacter } from "../types/format-type";
import type { SqlType } from "../types/sql-type";
import { type RelationColumn, Run } from "./context";
import { atomic, recordIdentity, settled } from "./dml/statement";
import { tableTarget } from "./dml/target";
import { TableWriter } from "./dml/writer";
import { outermost } from "./locks";
import { compileQuery, type QueryPlan, type QueryRole } from "./query";
import { at, type Scope } from "./scope";

export function resultColumn(column: RelationColumn, database: Database): ResultColumn {
  const { type } = column;
  const withCollation =
    isCharacter(type) && type.collation === undefined ? { ...type, collation: database.collation.name } : type;
  return {
    name: column.name,
    type: withCollation,
    nullable: column.nullable,
    ...(column.identity ? { identity: true } : {}),
  };
}

export function* select(query: Query, execution: Execution): Work<StatementResult> {
  const into = intoOf(query.body);
  if (into) return yield* atomic(execution, () => selectInto(query, into, execution));
  const { compiled: plan, locks } = yield* settled(execution, (root) => compileQuery(query, root, "statement"));
  const { rows, failure } = collect(plan, execution);
  locks.release();
  if (plan.assigns) {
    if (failure) throw failure.error;
    return { rowCount: rows.length, hasResult: false };
  }
  execution.output.columns(plan.columns.map((column) => resultColumn(column, execution.frame.database)));
  for (const row of rows) {
    const pressure = execution.output.row(row);
    if (pressure) yield pressure;
  }
  // Rows before the one that failed have gone to the client already, as on the server.
  if (failure) throw failure.error;
  return { rowCount: rows.length, hasResult: true };
}

/** Reads everything at once: nothing another session does in between can be half seen. */
function collect(plan: QueryPlan, execution: Execution): { rows: Row[]; failure?: { error: unknown } } {
  const { rowcount } = execution.session.options;
  const run = new Run(execution);
  const rows: Row[] = [];
  try {
    for (const row of plan.rows(run, outermost(run))) {
      rows.push(row);
      if (rowcount > 0 && rows.length >= rowcount) break;
    }
  } catch (error) {
    return { rows, failure: { error } };
  }
  return { rows };
}

function leftmost(body: QueryBody): QuerySpecification | undefined {
  if (body.kind === "select") return body;
  return body.kind === "set" ? leftmost(body.left) : undefined;
}

function intoOf(body: QueryBody): Name | undefined {
  return leftmost(body)?.into;
}

function* selectInto(query: Query, into: Name, execution: Execution): Work<StatementResult> {
  const { parts } = execution;
  const place = placeFor(into, execution);
  const { database } = place;
  if (!place.name.startsWith("#")) {
    requirePermission("CREATE TABLE", { kind: "database", database }, execution);
    requirePermission("ALTER", { kind: "schema", schemaId: place.schema.id }, execution);
  }
  const { compiled: plan, root, locks } = yield* settled(execution, (scope) => compileQuery(query, scope, "statement"));
  const table = newTable(database, place.name, place.schema.id, execution);
  table.columns = newColumns(plan.columns, query, place.name, database);
  table.maxColumnId = table.columns.length;
  const { rows, failure } = collect(plan, execution);
  locks.release();
  if (failure) throw failure.error;
  parts.definition.addTable(table, place.schema.id, database, execution);
  yield* lockObject(execution, database, table.id, "Sch-M");
  yield* holdCatalog(execution, database);
  const writer = new TableWriter(tableTarget(table, database), root, new Run(execution), "INSERT");
  for (const row of rows)
    writer.insert(
      writer.prepare(table.columns.map((column, i) => (column.type.name === "timestamp" ? undefined : row[i]!))),
    );
  if (table.columns.some((column) => column.identity)) recordIdentity(writer, execution);
  return { rowCount: rows.length, hasResult: false };
}

function newColumns(columns: readonly RelationColumn[], query: Query, table: string, database: Database): Column[] {
  const seen = new Set<string>();
  const inherits = inheritsIdentity(query.body);
  let identity: string | undefined;
  return columns.map((column, index) => {
    if (column.name === "") throw at(sqlError(1038), query.line);
    const key = database.key(column.name);
    if (seen.has(key)) throw at(sqlError(2705, [column.name, table]), query.line);
    seen.add(key);
    const numbered = inherits && column.identity === true;
    if (numbered && identity !== undefined) throw at(sqlError(8108, [table, identity]), query.line);
    if (numbered) identity = column.name;
    const { collation, ...rest } = column.type;
    const type: SqlType = column.untypedNull ? { name: "int" } : rest;
    return newColumn({
      id: index + 1,
      name: column.name,
      type,
      nullable: column.nullable,
      collation: isCharacter(type) ? (collation ?? database.collation.name) : null,
      ...(numbered ? { identity: { seed: 1n, increment: 1n, last: null, notForReplication: false } } : {}),
      ansiPadded: true,
    });
  });
}

/** The property goes over from one table only: not through joins, unions or groups. */
function inheritsIdentity(body: QueryBody): boolean {
  return (
    body.kind === "select" &&
    body.from.length === 1 &&
    body.from[0]!.kind === "table" &&
    !body.groupBy &&
    !body.distinct
  );
}

export function planColumns(query: Query, root: Scope, role: QueryRole = "nested"): readonly ResultColumn[] {
  return compileQuery(query, root, role).columns.map((column) => resultColumn(column, root.database));
}
