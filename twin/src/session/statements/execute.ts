/** EXECUTE as a statement, and INSERT, which may take its rows from one. */
import type { Execute, Insert } from "../../language/ast";
import { execute } from "../execute";
import { requireSameCount } from "../interpreter";
import { sqlError } from "../messages";
import { own } from "../own";
import type { Execution, StatementResult, Work } from "../runtime";

export function* executeProcedure(statement: Execute, execution: Execution): Work<void> {
  const before = execution.session.transactionCount;
  yield* execute(statement, execution);
  requireSameCount(before, execution);
}

export function* insert(statement: Insert, execution: Execution): Work<StatementResult> {
  if (statement.source.kind !== "execute") return yield* execution.parts.query.insert(statement, execution);
  const session = own(execution);
  if (session.insertExecDepth > 0) throw sqlError(8164);
  session.insertExecDepth++;
  try {
    return yield* execution.parts.query.insert(statement, execution);
  } finally {
    session.insertExecDepth--;
  }
}
