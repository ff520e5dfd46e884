/** How a running request waits, gives the others a turn, and is ended from outside. */
import type { Work } from "./runtime";
import { RequestCancelled } from "./signals";
import { SqlError } from "./sql-error";

/** Longest time that one session runs before the others get a turn, in ms. */
const TURN_MS = 8;

export class Interruption {
  /** The session is to end, not only its request. */
  killed = false;
  waiting = false;
  /** Resolves when the request is to end, for what waits elsewhere. */
  whenEnded: Promise<SqlError> = new Promise(() => undefined);
  private cancelled = false;
  private end: ((error: SqlError) => void) | undefined;
  private turnEnds = 0;

  /** A new request: an attention that came too late for the last one is forgotten. */
  beginRequest(): void {
    this.cancelled = false;
    this.whenEnded = new Promise((resolve) => (this.end = resolve));
    this.turnEnds = performance.now() + TURN_MS;
  }

  cancel(): void {
    this.cancelled = true;
    this.end?.(new SqlError(0, 11, 0, "cancelled"));
  }

  kill(): void {
    this.killed = true;
    this.cancel();
  }

  /** Waits for something that an attention may interrupt. */
  *waitFor(what: Promise<unknown>): Work<void> {
    this.waiting = true;
    try {
      yield what;
    } catch (error) {
      this.check();
      throw error;
    } finally {
      this.waiting = false;
    }
    this.check();
  }

  *sleep(milliseconds: number): Work<void> {
    let timer: NodeJS.Timeout | undefined;
    const elapsed = new Promise<void>((resolve) => (timer = setTimeout(resolve, milliseconds)));
    try {
      yield* this.waitFor(Promise.race([elapsed, this.whenEnded]));
    } finally {
      clearTimeout(timer);
    }
  }

  /** Called between statements: lets other sessions live, and ends a cancelled request. */
  *turn(): Work<void> {
    this.check();
    if (performance.now() < this.turnEnds) return;
    yield new Promise<void>((resolve) => setImmediate(resolve));
    this.turnEnds = performance.now() + TURN_MS;
    this.check();
  }

  private check(): void {
    if (this.cancelled || this.killed) throw new RequestCancelled();
  }
}
