/** Orders the twin to misbehave at exactly one of the statements that it executes, whatever their texts. */
import { SqlError, type Faults, type Twin } from "../../twin/src";

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

export type Fault = "error" | "deadlock" | "lost connection";

/** Texts of all statements that the twin executes meanwhile; the one at `at` meets the fault. */
export async function withFault(
  twin: Twin,
  at: number,
  fault: Fault,
  work: () => Promise<void>,
): Promise<readonly string[]> {
  const position = new Position(fault === "lost connection" ? -1 : at);
  const { faults } = twin;
  if (fault === "deadlock") faults.deadlockOn.push(position);
  else
    faults.failOn.push({
      pattern: position,
      error: new SqlError(injected.number, injected.severity, injected.state, injected.message),
    });
  if (fault === "lost connection" && at >= 0) faults.dropAfterStatements = at;
  try {
    await work();
  } finally {
    withoutFaults(faults);
  }
  return position.texts;
}

function withoutFaults(faults: Faults): void {
  faults.deadlockOn.length = 0;
  faults.failOn.length = 0;
  delete faults.dropAfterStatements;
}
