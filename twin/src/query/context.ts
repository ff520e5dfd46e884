/**
 * What compiled queries run with. A context is one level of a query at run time: its current row, and the level around
 * it (a subquery's outer row, an APPLY's left row, a function's parameters).
 */
import type { SqlType } from "../types/sql-type";
import type { SqlValue } from "../types/value";
import type { Execution, Row } from "../session/runtime";
import type { Index, Table } from "../storage/model";
import type { TableRead } from "./compiler";

/** Things that are computed once in one execution of a statement, by the plan node that owns them. */
export class Run {
  private readonly cache = new Map<object, unknown>();

  constructor(readonly execution: Execution) {}

  once<T>(owner: object, make: () => T): T {
    if (this.cache.has(owner)) return this.cache.get(owner) as T;
    const value = make();
    this.cache.set(owner, value);
    return value;
  }

  put(owner: object, value: unknown): void {
    this.cache.set(owner, value);
  }

  get<T>(owner: object): T {
    return this.cache.get(owner) as T;
  }
}

export interface Context {
  readonly run: Run;
  readonly execution: Execution;
  readonly parent: Context | undefined;
  /** Slot of the scope that row[0] holds: a row of one join input starts in the middle of its scope. */
  base: number;
  row: Row;
}

const emptyRow: Row = [];

export function childContext(run: Run, parent: Context | undefined, row: Row = emptyRow, base = 0): Context {
  return { run, execution: run.execution, parent, base, row };
}

/** How strongly an operand insists on its collation (collation precedence). */
export type CollationStrength = "default" | "implicit" | "explicit" | "none";

export interface Compiled {
  readonly type: SqlType;
  readonly nullable: boolean;
  readonly collation: CollationStrength;
  /** The literal NULL: takes the type of what it meets. */
  readonly untypedNull?: boolean;
  /** Name of the column that this is, for result metadata. */
  readonly column?: { name: string; identity: boolean };
  /** The result of FOR JSON, or of JSON_QUERY. */
  readonly json?: boolean;
  /** Set for a literal. */
  readonly literal?: boolean;
  evaluate(context: Context): SqlValue;
}

/** true, false, or null for UNKNOWN. */
export type Condition = (context: Context) => boolean | null;

export interface RelationColumn {
  readonly name: string;
  readonly type: SqlType;
  readonly nullable: boolean;
  readonly collation?: CollationStrength;
  readonly identity?: boolean;
  /** NULL without a type: takes the type of the other side of a UNION. */
  readonly untypedNull?: boolean;
  /** Text that FOR JSON made: another FOR JSON takes it as it is. */
  readonly json?: boolean;
  /** Not in `*`. */
  readonly hidden?: boolean;
  /** Called where a query uses the column, when permissions are by column: throws 229 or 230. */
  readonly demand?: () => void;
}

/** Something with rows: a table, a view, a subquery. `around` is the context of the level around it. */
export interface Relation {
  readonly columns: readonly RelationColumn[];
  /** False when its rows differ with the context or from one evaluation to the next. */
  readonly cacheable: boolean;
  rows(run: Run, around: Context | undefined): Iterable<Row>;
  /** The rows are those of one table: a unique key finds one without a scan. */
  readonly base?: BaseTable;
}

export interface BaseTable {
  readonly table: Table;
  readonly read: TableRead;
  /** Row of a unique key; may give more rows than that one. */
  byKey(index: Index, key: string, run: Run): Iterable<Row>;
}
