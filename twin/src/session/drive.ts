/** Runs work: waits for what it yields, or refuses to wait. */
import { notImplemented } from "./sql-error";
import type { Work } from "./runtime";

export async function drive<T>(work: Work<T>): Promise<T> {
  let step = work.next();
  while (!step.done) {
    let value: unknown;
    try {
      value = await step.value;
    } catch (error) {
      step = work.throw(error);
      continue;
    }
    step = work.next(value);
  }
  return step.value;
}

/** Inside an expression nothing can wait: a function's body that would have to is refused. */
export function driveNow<T>(work: Work<T>): T {
  let step = work.next();
  while (!step.done) step = work.throw(notImplemented("waiting inside a function"));
  return step.value;
}
