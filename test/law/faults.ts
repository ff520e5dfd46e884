/** Orders the twin to misbehave at exactly one of the statements that it executes, whatever their texts. */
import { SqlError, type Twin } from "../../twin/src";

/** Counts the statements that the twin is about to execute, and says yes at one of them. */
class Position extends RegExp {
  readonly texts: string[] = [];

  constructor(readonly at: number) {
    super("");
  }

  override [Symbol.search](text: string): number {
    this.texts.push(text);
    return this.texts.length - 1 === this.at ? 0 : -1;
  }
}

export const injected = { number: 50123, severity: 16, state: 7, message: "ordered by a test" } as const;

/**
 * The statement fails; its transaction is a deadlock's victim; the connection breaks before it is done; it is done and the connection
 * breaks before anybody hears of it; the same, and the provider's process dies as well, so that Pulumi hears nothing either; an
 * administrator ends the session (596).
 */
export const faults = [
  "error",
  "lost answer",
  "deadlock",
  "killed process",
  "lost connection",
  "killed session",
] as const;
export type Fault = (typeof faults)[number];

/** Texts of all statements that the twin executes meanwhile; the one at `at` meets the fault. */
export async function withFault(
  twin: Twin,
  at: number,
  fault: Fault,
  work: () => Promise<void>,
): Promise<readonly string[]> {
  const position = new Position(at);
  order(twin, position, fault);
  try {
    await work();
  } finally {
    twin.faults.deadlockOn.length = twin.faults.failOn.length = twin.faults.cutOn.length = 0;
  }
  return position.texts;
}

function order({ faults }: Twin, pattern: Position, fault: Fault): void {
  switch (fault) {
    case "error":
      faults.failOn.push({
        pattern,
        error: new SqlError(injected.number, injected.severity, injected.state, injected.message),
      });
      return;
    case "killed session":
      faults.failOn.push({
        pattern,
        error: new SqlError(596, 21, 1, "Cannot continue the execution because the session is in the kill state."),
      });
      return;
    case "deadlock":
      faults.deadlockOn.push(pattern);
      return;
    case "lost connection":
      faults.cutOn.push({ pattern });
      return;
    case "lost answer":
    case "killed process":
      faults.cutOn.push({ pattern, after: true });
  }
}
