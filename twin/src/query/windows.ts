/** Window functions: values that a row gets from its partition, put behind the row's own slots. */
import type { Expression, FrameBound, OrderItem, Window } from "../language/ast";
import type { Row } from "../session/runtime";
import type { SqlType } from "../types/sql-type";
import type { SqlValue } from "../types/value";
import { notImplemented } from "../session/sql-error";
import { sqlError } from "../session/messages";
import { compileAggregate, findUserAggregate, isAggregateName } from "./aggregates";
import { type Compiled, type Context, childContext } from "./context";
import { compileExpression } from "./expressions/compile";
import { valueKey } from "./expressions/comparison";
import { convertTo, toNumber } from "./expressions/coercion";
import { type OrderKey, type Sortable, rowComparer } from "./ordering";
import { at, type CallExpression, type Scope, type WindowCollector } from "./scope";

/** One partition in its order. */
interface Partition {
  readonly rows: readonly Row[];
  readonly compare: (left: number, right: number) => number;
  readonly context: Context;
  readonly ordered: boolean;
}

interface WindowFunction {
  readonly type: SqlType;
  readonly nullable: boolean;
  readonly partition: Compiled[];
  readonly order: OrderKey[];
  values(partition: Partition): SqlValue[];
}

const rankings: Record<string, (partition: Partition) => SqlValue[]> = {
  ROW_NUMBER: ({ rows }) => rows.map((_, index) => BigInt(index + 1)),
  RANK: (partition) => ranked(partition, false),
  DENSE_RANK: (partition) => ranked(partition, true),
  PERCENT_RANK: (partition) =>
    ranked(partition, false).map((rank) =>
      partition.rows.length > 1 ? (Number(rank) - 1) / (partition.rows.length - 1) : 0,
    ),
  CUME_DIST: (partition) => partition.rows.map((_, index) => (lastPeer(partition, index) + 1) / partition.rows.length),
};

function ranked({ rows, compare }: Partition, dense: boolean): SqlValue[] {
  let rank = 0;
  return rows.map((_, index) => {
    if (index === 0 || compare(index - 1, index) !== 0) rank = dense ? rank + 1 : index + 1;
    return BigInt(rank);
  });
}

function lastPeer({ rows, compare }: Partition, index: number): number {
  let last = index;
  while (last + 1 < rows.length && compare(last + 1, index) === 0) last++;
  return last;
}

function firstPeer({ compare }: Partition, index: number): number {
  let first = index;
  while (first > 0 && compare(first - 1, index) === 0) first--;
  return first;
}

export class WindowPlan implements WindowCollector {
  private readonly functions: WindowFunction[] = [];
  private base = 0;

  constructor(
    private readonly scope: Scope,
    private readonly named: readonly { name: string; window: Window }[],
  ) {}

  get used(): boolean {
    return this.functions.length > 0;
  }

  add(call: CallExpression, scope: Scope): Compiled {
    if (scope !== this.scope) throw at(sqlError(4108), call.line);
    // Inside a window function no other one may stand.
    scope.windows = undefined;
    let made: WindowFunction;
    try {
      made = this.compile(call, scope);
    } finally {
      scope.windows = this;
    }
    const index = this.functions.push(made) - 1;
    return {
      type: made.type,
      nullable: made.nullable,
      collation: "default",
      evaluate: (context) => context.row[this.base + index]!,
    };
  }

  private resolve(window: Window): Window {
    if (!window.name) return window;
    const found = this.named.find((item) => this.scope.same(item.name, window.name!));
    if (!found) throw notImplemented(`window name ${window.name} that no WINDOW clause defines`);
    const base = this.resolve(found.window);
    return {
      partitionBy: window.partitionBy.length ? window.partitionBy : base.partitionBy,
      orderBy: window.orderBy.length ? window.orderBy : base.orderBy,
      ...((window.frame ?? base.frame) ? { frame: window.frame ?? base.frame! } : {}),
    };
  }

  private compile(call: CallExpression, scope: Scope): WindowFunction {
    const window = this.resolve(call.over!);
    const isOwn = findUserAggregate(call.name, scope) !== undefined;
    const name = isOwn ? "" : call.name.parts.at(-1)!.toUpperCase();
    const partition = window.partitionBy.map((expression) => compileExpression(expression, scope));
    const order = window.orderBy.map((item) => orderKey(item, scope));
    const common = { partition, order };
    const needsOrder = name in rankings || ["NTILE", "LAG", "LEAD", "FIRST_VALUE", "LAST_VALUE"].includes(name);
    if (needsOrder && !order.length) throw at(sqlError(4112, [name]), call.line);
    if (name in rankings) {
      const isFraction = name === "PERCENT_RANK" || name === "CUME_DIST";
      return {
        ...common,
        type: { name: isFraction ? "float" : "bigint" },
        nullable: isFraction,
        values: rankings[name]!,
      };
    }
    const args =
      isOwn || isAggregateName(name) ? [] : call.arguments.map((argument) => compileExpression(argument, scope));
    if (name === "NTILE")
      return { ...common, type: { name: "bigint" }, nullable: true, values: (rows) => tiles(rows, args[0]!) };
    if (name === "LAG" || name === "LEAD")
      return { ...common, ...neighbours(name === "LAG" ? -1 : 1, args, call, scope) };
    if (name === "FIRST_VALUE" || name === "LAST_VALUE")
      return { ...common, ...edges(name === "FIRST_VALUE", args[0]!, call, frameOf(window, scope)) };
    if (!isOwn && !isAggregateName(name))
      throw at(sqlError(195, [call.name.parts.join("."), "built-in function name"]), call.line);
    const aggregate = compileAggregate(call, scope);
    const frame = order.length ? frameOf(window, scope) : wholePartition;
    return {
      ...common,
      type: aggregate.type,
      nullable: aggregate.nullable,
      values: (rows) => {
        const bounds = frame(rows);
        const context = childContext(rows.context.run, rows.context.parent);
        const values: SqlValue[] = [];
        let accumulator = aggregate.start(context);
        let [from, to] = [0, -1];
        let current: SqlValue = accumulator.result();
        for (let index = 0; index < rows.rows.length; index++) {
          const [start, end] = bounds(index);
          // A frame that only grows at its end goes on with the same accumulator.
          if (start !== from || end < to) {
            accumulator = aggregate.start(context);
            [from, to] = [start, start - 1];
            current = accumulator.result();
          }
          const before = to;
          for (; to < end;) {
            context.row = rows.rows[++to]!;
            accumulator.add(context);
          }
          if (to !== before) current = accumulator.result();
          values.push(current);
        }
        return values;
      },
    };
  }

  extend(rows: Iterable<Row>, context: Context): Iterable<Row> {
    const all = [...rows];
    const width = all[0]?.length ?? 0;
    this.base = width;
    const extended = all.map((row) => [...row]);
    for (const made of this.functions) {
      const columns = new Array<SqlValue>(all.length);
      for (const indexes of partitions(all, made, context)) {
        const keys = indexes.map((index) => ({ index, sortable: sortKeys(all[index]!, made.order, context) }));
        const compare = rowComparer(made.order, this.scope);
        keys.sort((left, right) => compare(left.sortable, right.sortable));
        const partition: Partition = {
          rows: keys.map((key) => all[key.index]!),
          compare: (left, right) => compare(keys[left]!.sortable, keys[right]!.sortable),
          context,
          ordered: made.order.length > 0,
        };
        made.values(partition).forEach((value, position) => (columns[keys[position]!.index] = value));
      }
      extended.forEach((row, index) => row.push(columns[index]!));
    }
    return extended;
  }
}

function orderKey(item: OrderItem, scope: Scope): OrderKey {
  const { expression } = item;
  if (expression.kind === "integer") throw at(sqlError(5308), expression.line);
  const compiled = compileExpression(expression, scope);
  return { type: compiled.type, descending: item.descending, evaluate: compiled.evaluate };
}

function sortKeys(row: Row, order: readonly OrderKey[], context: Context): Sortable {
  const own = childContext(context.run, context.parent, row);
  return { row, keys: order.map((key) => key.evaluate!(own)) };
}

function partitions(rows: readonly Row[], made: WindowFunction, context: Context): Iterable<number[]> {
  const found = new Map<string, number[]>();
  const own = childContext(context.run, context.parent);
  rows.forEach((row, index) => {
    own.row = row;
    const key = made.partition
      .map((item) => {
        const value = item.evaluate(own);
        return value === null ? "n:" : `v${valueKey(value, item.type)}`;
      })
      .map((part) => `${part.length}:${part}`)
      .join("");
    const known = found.get(key);
    if (known) known.push(index);
    else found.set(key, [index]);
  });
  return found.values();
}

function tiles(partition: Partition, count: Compiled): SqlValue[] {
  const buckets = toNumber(count.evaluate(partition.context));
  const size = Math.floor(partition.rows.length / buckets);
  const larger = partition.rows.length % buckets;
  return partition.rows.map((_, index) => {
    const inLarger = index < larger * (size + 1);
    return BigInt(
      inLarger ? Math.floor(index / (size + 1)) + 1 : larger + Math.floor((index - larger * (size + 1)) / size) + 1,
    );
  });
}

function neighbours(
  direction: 1 | -1,
  args: readonly Compiled[],
  call: CallExpression,
  scope: Scope,
): Pick<WindowFunction, "type" | "nullable" | "values"> {
  const [value, offset, fallback] = args;
  if (!value) throw at(sqlError(174, [call.name.parts[0]!.toLowerCase(), 1]), call.line);
  const otherwise = fallback && convertTo(fallback, value.type, scope);
  return {
    type: value.type,
    nullable: value.nullable || otherwise === undefined || otherwise.nullable,
    values: ({ rows, context }) => {
      const own = childContext(context.run, context.parent);
      const own2 = childContext(context.run, context.parent);
      return rows.map((row, index) => {
        own.row = row;
        const steps = offset ? toNumber(offset.evaluate(own)) : 1;
        let target = index;
        if (call.nulls === "ignore") {
          let left = steps;
          while (left > 0 && target >= 0 && target < rows.length) {
            target += direction;
            const found = rows[target];
            if (!found) break;
            own2.row = found;
            if (value.evaluate(own2) !== null) left--;
          }
        } else target += direction * steps;
        const found = rows[target];
        if (!found) return otherwise ? otherwise.evaluate(own) : null;
        own2.row = found;
        return value.evaluate(own2);
      });
    },
  };
}

function edges(
  first: boolean,
  value: Compiled,
  call: CallExpression,
  frame: Frame,
): Pick<WindowFunction, "type" | "nullable" | "values"> {
  return {
    type: value.type,
    nullable: true,
    values: (partition) => {
      const own = childContext(partition.context.run, partition.context.parent);
      const all = partition.rows.map((row) => {
        own.row = row;
        return value.evaluate(own);
      });
      const bounds = frame(partition);
      return all.map((_, index) => {
        const [from, to] = bounds(index);
        let inFrame = all.slice(from, to + 1);
        if (call.nulls === "ignore") inFrame = inFrame.filter((item) => item !== null);
        return (first ? inFrame[0] : inFrame.at(-1)) ?? null;
      });
    },
  };
}

/** First and last row of the frame of each row. */
type Frame = (partition: Partition) => (index: number) => [from: number, to: number];

const wholePartition: Frame = ({ rows }) => {
  const last = rows.length - 1;
  return () => [0, last];
};

/** With ORDER BY and no frame: everything up to the row and its peers. */
function frameOf(window: Window, scope: Scope): Frame {
  const frame = window.frame ?? { unit: "range" as const, from: { kind: "unbounded-preceding" as const } };
  const to: FrameBound = frame.to ?? { kind: "current-row" };
  const counts = new Map<Expression, Compiled>();
  for (const bound of [frame.from, to])
    if ("count" in bound) counts.set(bound.count, compileExpression(bound.count, scope));
  if (frame.unit === "range" && counts.size) throw sqlError(4194);
  return (partition) => {
    const last = partition.rows.length - 1;
    const position = (bound: FrameBound, index: number, isEnd: boolean): number => {
      if (bound.kind === "unbounded-preceding") return 0;
      if (bound.kind === "unbounded-following") return last;
      if (bound.kind === "current-row") {
        if (frame.unit === "rows") return index;
        return isEnd ? lastPeer(partition, index) : firstPeer(partition, index);
      }
      const { count: offset } = bound as Extract<FrameBound, { count: Expression }>;
      const count = toNumber(counts.get(offset)!.evaluate(partition.context));
      return bound.kind === "preceding" ? index - count : index + count;
    };
    return (index) => [Math.max(0, position(frame.from, index, false)), Math.min(last, position(to, index, true))];
  };
}
