/**
 * What an error ends: its statement, the module or batch that it was compiled for, the batch, or the transaction too.
 * Sources: sql-docs, SET XACT_ABORT, TRY...CATCH, THROW, RAISERROR; reference sheet "modules" D2, D3.
 */
import type { SqlError } from "./sql-error";

/**
 * statement: the next statement runs. raiserror and syntax (of dynamic text): the same, and XACT_ABORT does not look at it.
 * compile: the scope (batch, module) that could not be compiled ends; a TRY at the same level does not see it.
 * batch: the batch ends, the transaction stays. transaction: the batch ends and the transaction is rolled back.
 */
type ErrorEffect = "statement" | "raiserror" | "syntax" | "compile" | "batch" | "transaction";

const marked = new WeakMap<SqlError, ErrorEffect>();
/** Errors that left the scope they were raised in: for those outside they are ordinary run-time errors. */
const crossed = new WeakSet<SqlError>();

/** Conversions, deadlocks, nesting and triggers. */
const TRANSACTION = new Set([
  217, 235, 241, 242, 244, 245, 248, 295, 596, 1205, 3609, 3616, 3930, 3931, 3960, 8114, 8146, 8169,
]);

/** Names and types that do not bind, found when a statement is first compiled. */
const COMPILE = new Set([
  130, 164, 205, 206, 207, 208, 209, 213, 257, 402, 403, 447, 468, 529, 4104, 4108, 4109, 4121, 8117, 8120, 8121, 8127, 8155, 8156, 8158, 8159, 10709,
]); // prettier-ignore

export function markEffect(error: SqlError, effect: ErrorEffect): SqlError {
  marked.set(error, effect);
  return error;
}

/** Called when an error leaves a module or dynamic batch on its way to a caller. */
export function leaveScope(error: SqlError): void {
  crossed.add(error);
}

export function effectOf(error: SqlError): ErrorEffect {
  const own = marked.get(error);
  if (own) return own;
  if (TRANSACTION.has(error.number) || isXmlParsing(error.number)) return "transaction";
  if (error.severity === 15 || COMPILE.has(error.number)) return crossed.has(error) ? "statement" : "compile";
  return "statement";
}

/** Text that is no value of type xml. */
export function isXmlParsing(number: number): boolean {
  return number === 6359 || (number >= 9400 && number <= 9467);
}
