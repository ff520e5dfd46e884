/** BEGIN, COMMIT, ROLLBACK and SAVE TRANSACTION. */
import type { Statement } from "../../language/ast";
import { sqlError } from "../messages";
import { own } from "../own";
import type { Execution, Work } from "../runtime";

type Begin = Extract<Statement, { kind: "begin-transaction" }>;
type End = Extract<Statement, { kind: "commit" | "rollback" | "save-transaction" }>;

/** At most 32 characters of a name count. */
function nameOf(name: string | { variable: string } | undefined, execution: Execution): string | undefined {
  if (name === undefined) return undefined;
  const text = typeof name === "string" ? name : execution.frame.variables.get(name.variable.toLowerCase())?.value;
  return typeof text === "string" ? text.slice(0, 32) : undefined;
}

/* eslint-disable require-yield -- every statement is driven as a generator */
export function* beginTransaction(statement: Begin, execution: Execution): Work<void> {
  own(execution).transactions.begin(nameOf(statement.name, execution));
}

export function* commit(_statement: End, execution: Execution): Work<void> {
  own(execution).transactions.commit();
}

export function* rollback(statement: End, execution: Execution): Work<void> {
  const session = own(execution);
  if (session.insertExecDepth > 0) throw sqlError(3915);
  session.rollback(nameOf(statement.name, execution));
}

export function* saveTransaction(statement: End, execution: Execution): Work<void> {
  own(execution).transactions.save(nameOf(statement.name, execution) ?? "");
}
