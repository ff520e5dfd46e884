/** State of one compilation: what it may see, what it read, and which column references it met. */
import type { Query, TableSource } from "../language/ast";
import type { Execution, Row } from "../session/runtime";
import type { Database, Table } from "../storage/model";
import type { Run } from "./context";
import type { Scope } from "./scope";
import type { SystemTime } from "./system-time";

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
    for (const [other, slots] of this.slots)
      if (other.depth < scope.depth) for (const slot of slots) yield [other, slot];
  }

  /** True when something around the scope is referred to. */
  outer(scope: Scope): boolean {
    for (const other of this.slots.keys()) if (other.depth < scope.depth) return true;
    return false;
  }
}

const noSlots: ReadonlySet<number> = new Set();

const noHints: ReadonlySet<string> = new Set();

/** What one statement does with the rows of one table. */
export interface TableRead {
  readonly database: Database;
  readonly hints: Set<string>;
  /** Keys of the only rows that are looked at; undefined = every row is. */
  seek: KeySeek | undefined;
  /** References to the table in the statement. */
  uses: number;
  /** The statement changes the rows that it finds. */
  update: boolean;
}

interface KeySeek {
  /** Key that is looked for, in the form of storage/rows.ts; undefined when a part is NULL. */
  key(run: Run): string | undefined;
  /** Key of a row. */
  read(row: Row): string | undefined;
}

/** The query that a view or common table expression stands for, with a last column that says the base row. */
export interface RowQuery {
  readonly query: Query;
  /** The level around the query. */
  readonly scope: Scope;
  /** Names of the columns before the last one. */
  readonly names: readonly string[];
}

export interface RowSource {
  /** Undefined: the source is the base table itself. */

  readonly query?: RowQuery;
}

export class Compiler {
  private readonly trackers: References[] = [];
  /** Base tables read, for locks. */
  readonly tables = new Set<Table>();
  /** How each table is read, for locks. */
  readonly reads = new Map<Table, TableRead>();
  /** Databases whose catalog is read, but for reads that see what is not committed. */
  readonly catalogs = new Set<Database>();
  /** Upper-case table hints in force while a source is compiled: a view hands them on to its tables. */
  hints: ReadonlySet<string> = noHints;
  /** FOR SYSTEM_TIME of the table or view that is compiled now. */
  systemTime: SystemTime | undefined;
  /** Sources of a data modification statement that must tell which row of the base table each of their rows is. */
  readonly rowSources = new Map<TableSource, RowSource>();
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
