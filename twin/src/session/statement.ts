/** One statement: its own transaction when there is none, undo when it fails, its row count and its DONE. */
import type { Expression, Statement } from "../language/ast";
import { requireAnsiNulls, underAnsiWarnings } from "./ansi-settings";
import { atomically } from "./atomic";
import { isModuleKind } from "./module-kinds";
import { cutConnection, effectsOfFaults } from "./faults";
import { sqlError } from "./messages";
import { frameOf, own } from "./own";
import type { Execution, StatementResult, Work } from "./runtime";
import { statementKinds, type StatementKind } from "./statements/registry";

/** TDS command codes in DONE. https://learn.microsoft.com/openspecs/windows_protocols/ms-tds, DONE, CurCmd */
const EXECUTE = 0xe0;

/** An expression outside of a statement that changes things: locks that it takes end with it. */
export function inStatement<T>(execution: Execution, evaluate: () => T): T {
  const { transactions } = own(execution);
  own(execution).beginStatementClock();
  const alone = transactions.beginStatement();
  try {
    return evaluate();
  } catch (error) {
    throw underAnsiWarnings(error, execution.session.options);
  } finally {
    if (alone) transactions.endStatement("commit");
  }
}

/** Waits for the rows that an expression's subqueries look at; a function's body never waits. */
export function* settle(expression: Expression, execution: Execution): Work<void> {
  const { transactions, functionDepth } = own(execution);
  const { query } = execution.parts;
  if (functionDepth > 0 || !query.settle) return;
  const alone = transactions.beginStatement();
  try {
    yield* query.settle(expression, execution);
  } finally {
    if (alone) transactions.endStatement("commit");
  }
}

export function* executeStatement(statement: Statement, execution: Execution): Work<void> {
  const state = own(execution);
  const frame = frameOf(execution);
  const kind = kindOf(statement);
  state.beginStatementClock();
  const isCutAfter = effectsOfFaults(statement, execution);
  if (kind.writes && state.transactions.doomed) throw sqlError(3930);
  const result = kind.transactional
    ? yield* inTransaction(statement, kind, execution)
    : yield* kind.run(statement as never, execution);
  if (isCutAfter) cutConnection(execution);
  frame.lastError = kind.keepsError ? frame.lastError : 0;
  if (result?.rowCount !== undefined) frame.rowCount = BigInt(result.rowCount);
  else if (kind.resetsRowCount) frame.rowCount = 0n;
  finish(kind, result ?? undefined, execution);
}

function kindOf(statement: Statement): StatementKind {
  return statementKinds[isModuleKind(statement.kind) ? "module" : statement.kind] ?? statementKinds.definition!;
}

function* inTransaction(statement: Statement, kind: StatementKind, execution: Execution): Work<StatementResult | void> {
  const { transactions, options, functionDepth } = own(execution);
  if (
    options.implicitTransactions &&
    kind.beginsImplicitly &&
    transactions.count === 0 &&
    !transactions.isOpen &&
    functionDepth === 0
  )
    transactions.begin();
  if (kind.queries) requireAnsiNulls(statement, options);
  try {
    let result: StatementResult | void = undefined;
    for (const unit of unitsOf(statement))
      result = yield* atomically(execution, () => kind.run(unit as never, execution));
    return result;
  } catch (error) {
    throw underAnsiWarnings(error, options);
  }
}

/** DROP of a list drops one by one: what went before the one that fails stays gone. */
function unitsOf(statement: Statement): Statement[] {
  if (statement.kind !== "drop" || statement.names.length < 2) return [statement];
  return statement.names.map((name) => ({ ...statement, names: [name] }));
}

/** DONE of a statement. Inside procedures NOCOUNT leaves out those that say nothing. */
function finish(kind: StatementKind, result: StatementResult | undefined, execution: Execution): void {
  const { output, frame, session } = execution;
  if (kind.command === undefined || !output.done || own(execution).functionDepth > 0) return;
  const inProcedure = frame.level > 0;
  const hasResult = result?.hasResult ?? false;
  const counted = result?.rowCount !== undefined && !session.options.nocount;
  if (inProcedure && !counted && !hasResult) return;
  if (kind.command === EXECUTE && inProcedure) return;
  output.done({ ...(counted ? { count: result!.rowCount! } : {}), command: kind.command, inProcedure, hasResult });
}
