/**
 * Runs statements: one loop over a flat program, with what an error does to the statement, the batch and the transaction.
 * https://learn.microsoft.com/sql/t-sql/language-elements/try-catch-transact-sql, set-xact-abort-transact-sql
 */
import type { Expression, Statement } from "../language/ast";
import type { SqlValue } from "../types/value";
import { requireAnsiNulls } from "./ansi-settings";
import { effectOf, markEffect } from "./error-effects";
import { callProcedure, callScalarFunction, callTableFunction, executeText, fireTriggers } from "./modules";
import { frameOf, own } from "./own";
import { bindBatch } from "./bind-batch";
import { programOf, type CatchScope, type Instruction } from "./program";
import type { Execution, InterpreterPart, Work } from "./runtime";
import { BatchAborted, ScopeAborted } from "./signals";
import { SqlError } from "./sql-error";
import { sqlError } from "./messages";
import { executeStatement, inStatement, settle } from "./statement";
import { execute } from "./execute";
import { prepareFrame } from "./prepare-frame";

const stamped = new WeakSet<SqlError>();

/** Line and module where an error arose; whoever caught it first knows them best. */
function stamp(error: SqlError, line: number, execution: Execution): void {
  for (const one of [...error.preceding, error]) {
    if (stamped.has(one)) continue;
    stamped.add(one);
    one.line ??= line;
    const { module } = execution.frame;
    if (module) one.procedure ??= module.name;
  }
}

export function report(error: SqlError, line: number, execution: Execution): void {
  stamp(error, line, execution);
  for (const one of error.preceding) execution.output.message(one);
  execution.output.message(error);
}

export function* run(statements: readonly Statement[], execution: Execution): Work<SqlValue | undefined> {
  prepareFrame(statements, execution);
  // The bodies of modules were bound when they were made.
  if (!execution.frame.module) bindBatch(statements, execution);
  return yield* runProgram(programOf(statements), execution);
}

function* runProgram(program: readonly Instruction[], execution: Execution): Work<SqlValue | undefined> {
  const { frame, session } = execution;
  const state = own(execution);
  const inherited = frame.caught;
  const caught = new Map<CatchScope, SqlError>();
  for (let pc = 0; pc < program.length;) {
    const instruction = program[pc]!;
    if (state.functionDepth === 0) yield* state.interruption.turn();
    frame.caught = instruction.scope ? caught.get(instruction.scope) : inherited;
    if (session.options.noexec && !(instruction.op === "statement" && instruction.statement.kind === "set-option")) {
      pc++;
      continue;
    }
    if (instruction.region) state.tryDepth++;
    try {
      if (instruction.op === "statement") {
        yield* executeStatement(instruction.statement, execution);
        pc++;
      } else if (instruction.op === "jump") pc = instruction.target;
      else if (instruction.op === "branch") {
        yield* settle(instruction.condition, execution);
        requireAnsiNulls(instruction.condition, session.options);
        const holds = inStatement(execution, () => execution.parts.query.condition(instruction.condition, execution));
        frame.lastError = 0;
        frame.rowCount = 0n;
        pc = holds ? pc + 1 : instruction.target;
      } else {
        const { value } = instruction;
        return value === undefined ? undefined : inStatement(execution, () => returnValue(value, execution));
      }
      if (instruction.region) state.tryDepth--;
    } catch (thrown) {
      if (instruction.region) state.tryDepth--;
      if (!(thrown instanceof SqlError)) throw thrown;
      stamp(thrown, instruction.line, execution);
      frame.lastError = thrown.number;
      if (instruction.region && catchable(thrown)) {
        doom(thrown, execution);
        caught.set(instruction.region.scope, thrown);
        pc = instruction.region.handler;
      } else {
        uncaught(thrown, instruction.line, execution);
        pc++;
      }
    }
  }
  frame.caught = inherited;
  return undefined;
}

/** In a function in the type that it returns, in a procedure an int. */
function returnValue(value: Expression, execution: Execution): SqlValue {
  const { module } = execution.frame;
  return execution.parts.query.typedScalar(value, execution, module?.type === "FN" ? module.returns : { name: "int" })
    .value;
}

function catchable(error: SqlError): boolean {
  return error.severity < 20 && error.severity > 10 && effectOf(error) !== "compile";
}

/** An error that would have ended the transaction leaves it uncommittable in CATCH. */
function doom(error: SqlError, execution: Execution): void {
  const { transactions, options, locks, spid } = own(execution);
  if (transactions.count === 0) return;
  const effect = effectOf(error);
  if (effect !== "transaction" && !(options.xactAbort && effect !== "raiserror")) return;
  transactions.doom(error.number === 1205);
  if (error.number === 1205) locks.releaseTransaction(spid, transactions.transaction.id);
}

/** No TRY of this frame takes it. Returns when the next statement runs; otherwise throws. */
function uncaught(error: SqlError, line: number, execution: Execution): void {
  const state = own(execution);
  const fatal = error.severity >= 20;
  if (state.functionDepth > 0 || (state.tryDepth > 0 && !fatal)) throw error;
  const effect = effectOf(error);
  if (state.triggerDepth > 0 && effect !== "raiserror") throw markEffect(error, "transaction");
  report(error, line, execution);
  if (fatal) {
    report(sqlError(2745, [state.spid, error.number, error.severity]), line, execution);
    state.rollbackAll();
    state.kill();
    throw new BatchAborted();
  }
  if (effect === "transaction" || (state.options.xactAbort && effect !== "raiserror" && effect !== "syntax")) {
    state.rollbackAll();
    throw new BatchAborted();
  }
  if (effect === "batch") throw new BatchAborted();
  if (effect === "compile") throw new ScopeAborted();
}

/** 266 when a module leaves another number of transactions than it found. */
export function requireSameCount(before: number, execution: Execution): void {
  const after = execution.session.transactionCount;
  if (before !== after) throw markEffect(sqlError(266, [before, after], 2), "raiserror");
}

export const interpreterPart: InterpreterPart = {
  run,
  execute,
  callProcedure,
  callScalarFunction,
  callTableFunction,
  fireTriggers,
  *executeText(sql, frame, execution) {
    yield* executeText(sql, frame ? frameOf({ frame }) : undefined, execution);
  },
};
