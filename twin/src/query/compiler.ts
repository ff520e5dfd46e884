/** State of one compilation: what it may see, what it read, and which column references it met. */
import type { Execution } from "../session/runtime";
import type { Database, Table } from "../storage/model";
import type { Scope } from "./scope";

/** Column references met while one expression or query is compiled. */
export class References {
  private readonly slots = new Map<Scope, Set<number>>();
  /** Its value may differ from one evaluation to the next (NEWID, a recursive member's working table). */
  volatile = false;

  add(scope: Scope, slot: number): void {
    const known = this.slots.get(scope);
    if (known) known.add(slot);
    else this.slots.set(scope, new Set([slot]));
  }

  /** Slots of this very scope. */
  local(scope: Scope): ReadonlySet<number> {
    return this.slots.get(scope) ?? noSlots;
  }

  /** Scopes further out that are referred to, with their slots. */
  *outside(scope: Scope): Iterable<[Scope, number]> {
    for (const [other, slots] of this.slots) if (other.depth < scope.depth) for (const slot of slots) yield [other, slot];
  }

  /** True when something around the scope is referred to. */
  outer(scope: Scope): boolean {
    for (const other of this.slots.keys()) if (other.depth < scope.depth) return true;
    return false;
  }
}

const noSlots: ReadonlySet<number> = new Set();

export class Compiler {
  private readonly trackers: References[] = [];
  /** Base tables read, for locks. */
  readonly tables = new Set<Table>();
  readonly databases = new Map<Table, Database>();
  /** Nested views and inline functions. */
  nesting = 0;
  /** OPTION (MAXRECURSION n); 0 = no limit. */
  maximumRecursion = 100;

  constructor(readonly execution: Execution) {}

  track<T>(compile: () => T): { value: T; references: References } {
    const references = new References();
    this.trackers.push(references);
    try {
      return { value: compile(), references };
    } finally {
      this.trackers.pop();
    }
  }

  /** Compiles something whose references do not belong to what is around it. */
  isolate<T>(compile: () => T): { value: T; references: References } {
    const around = this.trackers.splice(0);
    try {
      return this.track(compile);
    } finally {
      this.trackers.push(...around);
    }
  }

  refer(scope: Scope, slot: number): void {
    for (const tracker of this.trackers) tracker.add(scope, slot);
  }

  markVolatile(): void {
    for (const tracker of this.trackers) tracker.volatile = true;
  }
}
