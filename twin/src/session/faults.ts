/** Misbehaviour that a test has ordered: matched against the text of the request, once for each entry. */
import type { Statement } from "../language/ast";
import { sqlError } from "./messages";
import { frameOf, own } from "./own";
import type { Execution } from "./runtime";
import { RequestCancelled } from "./signals";
import { SqlError } from "./sql-error";

/** True when the connection is to be cut once the statement is done. */
export function effectsOfFaults(statement: Statement, execution: Execution): boolean {
  const { faults, spid } = execution.session;
  if (faults.deadlockOn.length === 0 && faults.failOn.length === 0 && faults.cutOn.length === 0) return false;
  const text = textOf(statement, execution);
  const deadlock = faults.deadlockOn.findIndex((pattern) => text.search(pattern) >= 0);
  if (deadlock >= 0) {
    faults.deadlockOn.splice(deadlock, 1);
    throw sqlError(1205, [spid, "lock"], 51);
  }
  const failure = faults.failOn.findIndex(({ pattern }) => text.search(pattern) >= 0);
  if (failure >= 0) {
    const [{ error } = { error: undefined }] = faults.failOn.splice(failure, 1);
    throw new SqlError(error!.number, error!.severity, error!.state, error!.message);
  }
  const cut = faults.cutOn.findIndex(({ pattern }) => text.search(pattern) >= 0);
  if (cut < 0) return false;
  const [{ after } = { after: false }] = faults.cutOn.splice(cut, 1);
  if (!after) cutConnection(execution);
  return after === true;
}

/** The request ends here and says nothing more; the session ends with its socket. */
export function cutConnection(execution: Execution): never {
  own(execution).cut();
  throw new RequestCancelled();
}

/** The lines from the statement's to the next statement's of its text. */
function textOf(statement: Statement, execution: Execution): string {
  const frame = frameOf(execution);
  const whole = frame.module?.parsed.text ?? frame.text;
  const next = frame.lines.find((line) => line > statement.line);
  return whole
    .split("\n")
    .slice(statement.line - 1, next === undefined ? undefined : next - 1)
    .join("\n");
}
