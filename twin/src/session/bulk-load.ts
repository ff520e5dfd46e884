/**
 * Rows of a bulk-copy client. CHECK and FOREIGN KEY constraints and triggers are looked at only when the client asked for it.
 * https://learn.microsoft.com/sql/t-sql/statements/bulk-insert-transact-sql, CHECK_CONSTRAINTS, FIRE_TRIGGERS, KEEP_NULLS
 */
import type { Insert, Query } from "../language/ast";
import { constraintsOf, triggersOf } from "../ddl/registry";
import { defaultOf } from "../ddl/table/target";
import { findObject } from "../query/objects";
import { pseudoTable } from "../query/dml/target";
import type { Column } from "../storage/model";
import type { SqlValue } from "../types/value";
import { report } from "./interpreter";
import { sqlError } from "./messages";
import { ExecutionFrame } from "./frames";
import type { ResultColumn, Sink } from "./port";
import type { Execution, Work } from "./runtime";
import type { EngineSession } from "./session";
import { SqlError } from "./sql-error";
import { now } from "../types/date-time";

const ROWS = "@rows";

export function* bulkInsert(
  columns: readonly ResultColumn[],
  rows: readonly (readonly SqlValue[])[],
  session: EngineSession,
  sink: Sink,
): Work<void> {
  const bulk = session.pendingBulk;
  session.pendingBulk = undefined;
  if (!bulk) throw sqlError(4022);
  const frame = new ExecutionFrame({
    database: session.database,
    temporaryTables: session.temporaryTables,
    quotedIdentifier: true,
    ansiNulls: true,
  });
  session.frame = frame;
  const execution = session.execution(frame, sink);
  const { transactions } = session;
  const alone = transactions.beginStatement();
  const { transaction } = transactions;
  const { mark } = transaction;
  const identityInsert = session.identityInsert;
  try {
    const count = yield* load(bulk, columns, rows, execution, session);
    if (alone) transactions.endStatement("commit");
    sink.done({ count, command: 0xf0, inProcedure: false, hasResult: false });
  } catch (error) {
    if (!(error instanceof SqlError)) throw error;
    if (alone) transactions.endStatement("rollback");
    else if (transactions.transaction === transaction) transaction.rollbackTo(mark);
    report(error, bulk.line, execution);
    if (session.options.xactAbort) session.rollbackAll();
  } finally {
    session.identityInsert = identityInsert;
  }
}

function* load(
  bulk: NonNullable<EngineSession["pendingBulk"]>,
  columns: readonly ResultColumn[],
  rows: readonly (readonly SqlValue[])[],
  execution: Execution,
  session: EngineSession,
): Work<number> {
  const found = findObject(bulk.table, { execution, database: execution.frame.database });
  if (found?.kind !== "table") throw sqlError(208, [bulk.table.parts.join(".")]);
  const { table, database } = found;
  const names = bulk.columns.map(({ name }) => name);
  const targets = names.map((name) => table.columns.find((column) => database.key(column.name) === database.key(name)));
  const missing = names.find((_, i) => !targets[i]);
  if (missing !== undefined) throw sqlError(207, [missing]);
  // A client that sends the identity column keeps its values.
  if (targets.some((column) => column?.identity)) session.identityInsert = table;
  const { transaction } = session;
  const unchecked = bulk.options.includes("CHECK_CONSTRAINTS")
    ? []
    : constraintsOf(database, table.id)
        .filter((constraint) => constraint.type === "C " || constraint.type === "F ")
        .filter(({ disabled }) => !disabled);
  for (const constraint of unchecked) transaction.set(constraint, "disabled", true);
  const silenced = bulk.options.includes("FIRE_TRIGGERS")
    ? []
    : triggersOf(database, table.id).filter((trigger) => trigger.trigger && !trigger.trigger.disabled);
  for (const trigger of silenced) transaction.set(trigger.trigger!, "disabled", true);
  const keepNulls = bulk.options.includes("KEEP_NULLS");
  const time = now();
  const source = pseudoTable(
    ROWS,
    columns.map((column, i): Column => ({
      ...targets[i]!,
      id: i + 1,
      name: `c${i}`,
      type: column.type,
      nullable: true,
    })),
    { id: 0, schemaId: 1, created: time, modified: time },
  );
  rows.forEach((row, i) => source.rows.set(i + 1, row));
  source.nextRowId = rows.length + 1;
  execution.frame.tables.set(ROWS, source);
  const { line } = bulk;
  const query: Query = {
    with: [],
    body: {
      kind: "select",
      distinct: false,
      items: names.map((_, i) => {
        const column = { kind: "column" as const, name: { parts: [`c${i}`], line }, line };
        const constraint = keepNulls ? undefined : defaultOf(database, table, targets[i]!);
        const expression = constraint
          ? {
              kind: "call" as const,
              name: { parts: ["COALESCE"], line },
              arguments: [column, constraint.expression],
              line,
            }
          : column;
        return { kind: "expression" as const, expression, line };
      }),
      from: [{ kind: "table-variable", variable: ROWS, line }],
      line,
    },
    orderBy: [],
    options: [],
    line,
  };
  const statement: Insert = {
    kind: "insert",
    with: [],
    target: { kind: "name", name: bulk.table, hints: [] },
    columns: names,
    source: { kind: "query", query },
    line,
  };
  const result = yield* execution.parts.query.insert(statement, execution);
  for (const trigger of silenced) transaction.set(trigger.trigger!, "disabled", false);
  for (const constraint of unchecked) {
    transaction.set(constraint, "disabled", false);
    if (rows.length > 0) transaction.set(constraint, "notTrusted", true);
  }
  return result.rowCount ?? rows.length;
}
