/** DELETE. https://learn.microsoft.com/sql/t-sql/statements/delete-transact-sql */
import type { Delete } from "../../language/ast";
import type { Execution, StatementResult, Work } from "../../session/runtime";
import { Run } from "../context";
import type { Scope } from "../scope";
import { findRows, locate } from "./located";
import { compileOutput, deliverOutput } from "./output";
import { atomic, compileTop, conclude, fireInstead, requireNoTriggers, settled } from "./statement";
import { beforeOf } from "./update";
import { TableWriter } from "./writer";

export function* deleteRows(statement: Delete, execution: Execution): Work<StatementResult> {
  return yield* atomic(execution, function* () {
    const { compiled, locks } = yield* settled(execution, (root) => compileDelete(statement, root));
    const result = yield* runDelete(compiled, execution);
    locks.release();
    return result;
  });
}

type DeletePlan = ReturnType<typeof compileDelete>;

function compileDelete(statement: Delete, root: Scope) {
  const located = locate(statement, "DELETE", "rows", root);
  const { scope, target, columns, source } = located;
  if (statement.output && !statement.output.into) requireNoTriggers(target, "DELETE", statement.line);
  const output =
    statement.output &&
    compileOutput(
      statement.output,
      {
        target,
        columns,
        event: "DELETE",
        others: located.others.filter((other) => other !== source),
        width: scope.width,
      },
      root,
      statement.line,
    );
  return { located, output, limit: compileTop(statement.top, root), root };
}

function* runDelete(plan: DeletePlan, execution: Execution): Work<StatementResult> {
  const { located, output, root } = plan;
  const { target, scope } = located;
  const { table, database } = target;
  const run = new Run(execution);
  const rows = yield* findRows(located, plan.limit, run);
  if (!target.isVariable) {
    const drafts = () => ({ inserted: [], deleted: rows.map((found) => beforeOf(located, found)) });
    if (yield* fireInstead(located.view ?? table, table, database, "DELETE", drafts, new Set(), execution))
      return { rowCount: rows.length, hasResult: false };
  }
  const writer = new TableWriter(target, root, run, "DELETE");
  const changes = writer.delete(rows.map(({ rowId }) => rowId));
  yield* conclude(
    { writer, checks: [], events: [{ event: "DELETE", changes }], updatedColumns: new Set() },
    scope,
    run,
  );
  if (output)
    yield* deliverOutput(
      output,
      changes.map(({ before }, i) => ({ before, after: undefined, source: rows[i]!.row, action: "DELETE" as const })),
      root,
      run,
    );
  return { rowCount: changes.length, hasResult: output !== undefined && !output.into };
}
