/** Names in force at one level of a query, and how a column name finds its slot. */
import type { Expression, Query } from "../language/ast";
import type { Database } from "../storage/model";
import type { SqlType } from "../types/sql-type";
import { sqlError } from "../session/messages";
import type { Compiled, Context, Relation, RelationColumn } from "./context";
import type { Compiler, References } from "./compiler";

/** One entry of FROM. Its columns hold the slots from `offset` on. */
export interface Source {
  /** Alias, or the object's own name. */
  readonly name: string;
  /** Set when there is no alias: s.t.a finds it too. */
  readonly schema?: string;
  readonly database?: string;
  readonly offset: number;
  readonly columns: readonly RelationColumn[];
}

/** After GROUP BY a level's rows are groups: columns are reached only through what groups have. */
export interface Grouping {
  /** Slot in the group's row of a base column, or throws 8120 / 8121. */
  columnSlot(slot: number, name: string): number;
  /** Slot of a whole expression that is a GROUP BY item, by its canonical key. */
  expressionSlot(key: string): Compiled | undefined;
  aggregate(call: CallExpression, scope: Scope): Compiled;
  /** GROUPING(x) and GROUPING_ID(x, ...). */
  groupingFunction(call: CallExpression, scope: Scope): Compiled;
}

export type CallExpression = Extract<Expression, { kind: "call" }>;

export interface WindowCollector {
  /** The function's value for a row will be in the slot that the result reads. */
  add(call: CallExpression, scope: Scope): Compiled;
}

export interface TableExpression {
  readonly name: string;
  readonly columns: readonly string[] | undefined;
  readonly query: Query;
  /** Where WITH stands. */
  readonly scope: Scope;
  compiled?: { relation: Relation; references: References };
  /** While its recursive member is compiled: the rows of the step before. */
  working?: Relation;
  workingUses: number;
  compiling: boolean;
}

export interface ColumnReference {
  readonly scope: Scope;
  /** Levels up. */
  readonly up: number;
  /** Slot in that level's base rows. */
  readonly baseSlot: number;
  readonly source: Source;
  readonly column: RelationColumn;
}

export class Scope {
  readonly depth: number;
  readonly sources: Source[] = [];
  width = 0;
  readonly tableExpressions = new Map<string, TableExpression>();
  /** Values of a module's parameters, held in this level's row. */
  parameters?: Map<string, { slot: number; type: SqlType }>;
  grouping: Grouping | undefined;
  /** Collects window functions where they are allowed: the select list and ORDER BY. */
  windows: WindowCollector | undefined;
  /** Only these sources are visible (ON of a nested join, APPLY's right side). */
  visible?: readonly [from: number, to: number];
  /** Schema in which a view's or function's own names are looked up first. */
  schemaId: number | undefined;
  /** Which clause is being compiled, for the words of errors about aggregates. */
  clause: "select" | "where" | "having" | "order" | "on" | "group" | "set" | "output" | "other" = "other";

  constructor(
    readonly compiler: Compiler,
    readonly parent: Scope | undefined,
    readonly database: Database,
    depth?: number,
  ) {
    this.depth = depth ?? (parent ? parent.depth + 1 : 0);
    this.schemaId = parent?.schemaId;
  }

  /** The outermost level of a view's or inline function's own text: it sees its parameters and nothing around it. */
  static forModule(
    around: Scope,
    database: Database,
    schemaId: number,
    parameters: readonly { name: string; type: SqlType }[],
  ): Scope {
    const scope = new Scope(around.compiler, undefined, database, around.depth + 1);
    scope.schemaId = schemaId;
    scope.parameters = new Map(
      parameters.map((parameter, slot) => [parameter.name.toLowerCase(), { slot, type: parameter.type }]),
    );
    return scope;
  }

  get execution(): Compiler["execution"] {
    return this.compiler.execution;
  }

  same(left: string, right: string): boolean {
    return left === right || this.database.key(left) === this.database.key(right);
  }

  addSource(
    name: string,
    columns: readonly RelationColumn[],
    qualifier: { schema?: string; database?: string } = {},
  ): Source {
    const source: Source = { name, ...qualifier, offset: this.width, columns };
    this.sources.push(source);
    this.width += columns.length;
    return source;
  }

  visibleSources(): readonly Source[] {
    return this.visible ? this.sources.slice(this.visible[0], this.visible[1]) : this.sources;
  }

  /** Compiles with fewer sources in sight. */
  seeing<T>(from: number, to: number, compile: () => T): T {
    const before = this.visible;
    this.visible = [from, to];
    try {
      return compile();
    } finally {
      this.visible = before;
    }
  }

  /** Sources that a qualifier (one to three parts) names. */
  qualified(qualifier: readonly string[]): Source[] {
    const name = qualifier.at(-1)!;
    const schema = qualifier.at(-2);
    const database = qualifier.at(-3);
    return this.visibleSources().filter(
      (source) =>
        this.same(source.name, name) &&
        (schema === undefined ||
          (source.schema !== undefined && (schema === "" || this.same(source.schema, schema)))) &&
        (database === undefined || (source.database !== undefined && this.same(source.database, database))),
    );
  }

  /** This scope, then what is around it. */
  private *outward(): Iterable<Scope> {
    yield this;
    if (this.parent) yield* this.parent.outward();
  }

  findTableExpression(name: string): TableExpression | undefined {
    const key = this.database.key(name);
    for (const scope of this.outward()) {
      const found = scope.tableExpressions.get(key);
      if (found) return found;
    }
    return undefined;
  }

  findParameter(name: string): { up: number; slot: number; type: SqlType; scope: Scope } | undefined {
    const key = name.toLowerCase();
    let up = 0;
    for (const scope of this.outward()) {
      const found = scope.parameters?.get(key);
      if (found) return { up, scope, ...found };
      up++;
    }
    return undefined;
  }

  /** True inside a view or inline function: the batch's variables are out of sight. */
  get insideModule(): boolean {
    for (const scope of this.outward()) if (scope.parameters) return true;
    return false;
  }

  private findHere(parts: readonly string[], line: number): { source: Source; index: number } | undefined {
    const column = parts.at(-1)!;
    const candidates = parts.length > 1 ? this.qualified(parts.slice(0, -1)) : this.visibleSources();
    let found: { source: Source; index: number } | undefined;
    const key = this.database.key(column);
    for (const source of candidates) {
      for (let index = 0; index < source.columns.length; index++) {
        const candidate = source.columns[index]!;
        const named = candidate.name === column || this.database.key(candidate.name) === key;
        if (!named && !(column === "$identity" && candidate.identity)) continue;
        if (found) throw at(sqlError(209, [column]), line);
        found = { source, index };
      }
    }
    return found;
  }

  /** Finds a column here or further out; throws 207, 209 or 4104. */
  resolve(parts: readonly string[], line: number): ColumnReference {
    let up = 0;
    for (const scope of this.outward()) {
      const found = scope.findHere(parts, line);
      if (found) {
        const { source, index } = found;
        return { scope, up, source, baseSlot: source.offset + index, column: source.columns[index]! };
      }
      up++;
    }
    if (parts.length === 1) throw at(sqlError(207, [parts[0]!]), line);
    for (const scope of this.outward())
      if (scope.qualified(parts.slice(0, -1)).length) throw at(sqlError(207, [parts.at(-1)!]), line);
    throw at(sqlError(4104, [parts.join(".")]), line);
  }

  /** The same without an error. */
  tryResolve(parts: readonly string[], line: number): ColumnReference | undefined {
    for (const scope of this.outward()) if (scope.findHere(parts, line)) return this.resolve(parts, line);
    return undefined;
  }
}

export function at<E extends { line?: number }>(error: E, line: number): E {
  error.line ??= line;
  return error;
}

/** A reader of one slot, `up` levels out. */
export function slotReader(slot: number, up: number): (context: Context) => ReturnType<Compiled["evaluate"]> {
  if (up === 0) return (context) => context.row[slot - context.base]!;
  if (up === 1)
    return (context) => {
      const outer = context.parent!;
      return outer.row[slot - outer.base]!;
    };
  return (context) => {
    let outer = context;
    for (let i = 0; i < up; i++) outer = outer.parent!;
    return outer.row[slot - outer.base]!;
  };
}
