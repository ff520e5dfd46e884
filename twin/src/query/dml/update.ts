/** UPDATE. https://learn.microsoft.com/sql/t-sql/queries/update-transact-sql */
import type { Update } from "../../language/ast";
import type { Execution, Row, StatementResult, Work } from "../../session/runtime";
import type { SqlValue } from "../../types/value";
import { childContext, Run } from "../context";
import { outermost } from "../locks";
import type { Scope } from "../scope";
import { columnNames, compileAssignments } from "./assignments";
import { findRows, type FoundRow, type Located, locate } from "./located";
import { compileOutput, deliverOutput } from "./output";
import { atomic, compileTop, conclude, fireInstead, requireNoTriggers, settled } from "./statement";
import { TableWriter } from "./writer";

export function* update(statement: Update, execution: Execution): Work<StatementResult> {
  return yield* atomic(execution, function* () {
    const { compiled, locks } = yield* settled(execution, (root) => compileUpdate(statement, root));
    const result = yield* runUpdate(compiled, execution);
    locks.release();
    return result;
  });
}

type UpdatePlan = ReturnType<typeof compileUpdate>;

function compileUpdate(statement: Update, root: Scope) {
  const located = locate(statement, "UPDATE", { columns: columnNames(statement.set) }, root);
  const { scope, target, columns, source } = located;
  const assignments = compileAssignments(statement.set, { target, columns, source }, scope);
  if (statement.output && !statement.output.into) requireNoTriggers(target, "UPDATE", statement.line);
  const output =
    statement.output &&
    compileOutput(
      statement.output,
      {
        target,
        columns,
        event: "UPDATE",
        others: located.others.filter((other) => other !== source),
        width: scope.width,
      },
      root,
      statement.line,
    );
  return { located, assignments, output, limit: compileTop(statement.top, root), root };
}

function* runUpdate(plan: UpdatePlan, execution: Execution): Work<StatementResult> {
  const { located, assignments, output, root } = plan;
  const { target, scope } = located;
  const { table, database } = target;
  const run = new Run(execution);
  const rows = yield* findRows(located, plan.limit, run);
  const writer = new TableWriter(target, root, run, "UPDATE");
  const context = childContext(run, outermost(run));
  const made = rows.map(({ rowId, row }) => {
    context.row = row;
    const before = beforeOf(located, { rowId, row });
    const values = [...before];
    assignments.apply(context, values, writer);
    return { rowId, before, values };
  });
  const updatedColumns = new Set(assignments.places.map((place) => table.columns[place]!.id));
  if (!target.isVariable) {
    const drafts = () => ({
      deleted: made.map(({ before }) => before),
      inserted: made.map(({ values }) => drafted(values, writer, located.view !== undefined)),
    });
    if (yield* fireInstead(located.view ?? table, table, database, "UPDATE", drafts, updatedColumns, execution))
      return { rowCount: made.length, hasResult: false };
  }
  const changes = writer.update(made);
  yield* conclude(
    { writer, checks: located.checks, events: [{ event: "UPDATE", changes }], updatedColumns },
    scope,
    run,
  );
  if (output)
    yield* deliverOutput(
      output,
      changes.map(({ before, after }, i) => ({ before, after, source: rows[i]!.row, action: "UPDATE" as const })),
      root,
      run,
    );
  return { rowCount: changes.length, hasResult: output !== undefined && !output.into };
}

function drafted(values: readonly SqlValue[], writer: TableWriter, isView: boolean): SqlValue[] {
  const copy = [...values];
  if (!isView) writer.draft(copy);
  return copy;
}

export function beforeOf(located: Located, { rowId, row }: FoundRow): Row {
  if (!located.view) return located.target.table.rows.get(rowId)!;
  const { offset, columns } = located.source;
  return row.slice(offset, offset + columns.length);
}
