/** What built-in functions ask of a session. */
import { randomUUID } from "node:crypto";
import type { FunctionContext } from "../functions/registry";
import { now, utcNow } from "../types/date-time";
import type { DateTime } from "../types/value";
import type { Session } from "./runtime";

export class SessionFunctions implements FunctionContext {
  private statementTime: DateTime | undefined;
  private nextRandom: () => number = Math.random;

  constructor(readonly session: Session) {}

  /** GETDATE() is the same throughout a statement. */
  beginStatement(): void {
    this.statementTime = undefined;
  }
  now(): DateTime {
    return (this.statementTime ??= now());
  }
  utcNow(): DateTime {
    return utcNow();
  }
  random(seed?: number): number {
    if (seed !== undefined) this.nextRandom = seeded(seed);
    return this.nextRandom();
  }
  newId(): string {
    return randomUUID().toUpperCase();
  }
  get defaultCollation(): string {
    return this.session.database.collation.name;
  }
  option(name: string): unknown {
    return (this.session.options as unknown as Record<string, unknown>)[name];
  }
}

/** RAND(seed) begins a repeatable row of numbers. */
function seeded(seed: number): () => number {
  let state = (Math.abs(Math.trunc(seed)) % 2147483646) + 1;
  return () => {
    state = (state * 48271) % 2147483647;
    return state / 2147483647;
  };
}
