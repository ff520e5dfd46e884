/** ORDER BY, TOP, OFFSET and FETCH. */
import type { Expression, OrderItem, QuerySpecification } from "../language/ast";
import type { Row } from "../session/runtime";
import type { SqlType } from "../types/sql-type";
import type { SqlValue } from "../types/value";
import { sqlError } from "../session/messages";
import { comparer, valueKey } from "./expressions/comparison";
import { compileExpression } from "./expressions/compile";
import { toNumber } from "./expressions/coercion";
import type { Context, RelationColumn } from "./context";
import { Scope } from "./scope";

export interface Ordering {
  readonly items: readonly OrderItem[];
  readonly offset: Expression | undefined;
  readonly fetch: Expression | undefined;
}

export interface OrderKey {
  readonly type: SqlType;
  readonly descending: boolean;
  /** The key is this column of the result. */
  readonly output?: number;
  /** Or this expression over the source row. */
  readonly evaluate?: (context: Context) => SqlValue;
}

/** A result row beside the values that it is ordered by. */
export interface Sortable {
  readonly row: Row;
  readonly keys: readonly SqlValue[];
}

/** NULL is lowest. Equal rows keep their order. */
export function sortRows(rows: Sortable[], keys: readonly OrderKey[], scope: Scope): void {
  rows.sort(rowComparer(keys, scope));
}

export function rowComparer(keys: readonly OrderKey[], scope: Scope): (left: Sortable, right: Sortable) => number {
  const comparers = keys.map((key) => comparer(key.type, scope));
  return (left, right) => {
    for (let i = 0; i < keys.length; i++) {
      const a = left.keys[i]!;
      const b = right.keys[i]!;
      let order: number;
      if (a === null || b === null) order = a === b ? 0 : a === null ? -1 : 1;
      else order = comparers[i]!(a, b);
      if (order !== 0) return keys[i]!.descending ? -order : order;
    }
    return 0;
  };
}

interface Limit {
  readonly cacheable: boolean;
  /** There is nothing to cut off. */
  readonly none: boolean;
  /** Cuts ordered rows. */
  apply(rows: Iterable<Sortable>, keys: readonly OrderKey[], context: Context): Iterable<Sortable>;
  /** How many rows are enough, when no ordering and no percentage stands in the way. */
  count(context: Context): number;
}

function* take<T>(rows: Iterable<T>, from: number, count: number): Iterable<T> {
  if (count <= 0) return;
  let index = 0;
  for (const row of rows) {
    if (index++ < from) continue;
    yield row;
    if (index >= from + count) return;
  }
}

export function* takeRows(rows: Iterable<Row>, count: number): Iterable<Row> {
  yield* take(rows, 0, count);
}

export function compileLimit(top: QuerySpecification["top"], ordering: Ordering, parent: Scope): Limit {
  // TOP and OFFSET see variables and outer columns, never the columns of their own level.
  const scope = new Scope(parent.compiler, parent, parent.database);
  const compile = (expression: Expression | undefined) => expression && compileExpression(expression, scope);
  const { value, references } = parent.compiler.track(() => ({
    count: compile(top?.count),
    offset: compile(ordering.offset),
    fetch: compile(ordering.fetch),
  }));
  const { count, offset, fetch } = value;
  const read = (context: Context): { from: number; count: number } => {
    const from = offset ? toNumber(offset.evaluate(context)) : 0;
    if (from < 0) throw sqlError(10742);
    const source = fetch ?? count;
    const limit = source ? toNumber(source.evaluate(context)) : Infinity;
    if (fetch && limit < 1) throw sqlError(10744);
    if (limit < 0) throw sqlError(127);
    return { from, count: limit };
  };
  return {
    none: !top && !ordering.offset && !ordering.fetch,
    cacheable: !references.volatile && !references.outer(scope),
    count: (context) => (top?.percent || ordering.offset ? Infinity : read(context).count),
    *apply(rows, keys, context) {
      const limit = read(context);
      if (top?.percent) {
        const all = [...rows];
        limit.count = Math.ceil((all.length * limit.count) / 100);
        yield* cut(all, limit.count, keys);
      } else if (top?.withTies) yield* cut([...rows], limit.count, keys);
      else yield* take(rows, limit.from, limit.count);
    },
  };

  function* cut(rows: Sortable[], wanted: number, keys: readonly OrderKey[]): Iterable<Sortable> {
    yield* take(rows, 0, wanted);
    const last = wanted > 0 ? rows[wanted - 1] : undefined;
    if (!top?.withTies || !last) return;
    const compare = rowComparer(keys, parent);
    for (let index = wanted; index < rows.length && compare(rows[index]!, last) === 0; index++) yield rows[index]!;
  }
}

/** Equal rows have equal keys; NULL equals NULL here. */
export function rowKey(row: Row, columns: readonly Pick<RelationColumn, "type">[]): string {
  let key = "";
  for (let index = 0; index < columns.length; index++) {
    const value = row[index]!;
    const part = value === null ? "" : valueKey(value, columns[index]!.type);
    key += value === null ? "n:" : `${part.length}:${part}`;
  }
  return key;
}
