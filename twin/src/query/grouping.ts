/** GROUP BY, ROLLUP, CUBE, GROUPING SETS and the aggregates over the groups. */
import type { Expression, GroupItem, QuerySpecification } from "../language/ast";
import type { Row } from "../session/runtime";
import type { SqlValue } from "../types/value";
import { sqlError } from "../session/messages";
import {
  type Accumulator,
  type CompiledAggregate,
  compileAggregate,
  findUserAggregate,
  isAggregateName,
} from "./aggregates";
import { type Compiled, type Context, childContext } from "./context";
import { compileExpression } from "./expressions/compile";
import { requireComparable, valueKey } from "./expressions/comparison";
import { expressionKey, isSubquery, some } from "./expression-key";
import { at, type CallExpression, type Grouping, type Scope, slotReader } from "./scope";

export function isAggregateCall(expression: Expression, scope: Scope): boolean {
  if (expression.kind !== "call" || expression.over) return false;
  const { parts } = expression.name;
  return parts.length === 1 ? isAggregateName(parts[0]!) : findUserAggregate(expression.name, scope) !== undefined;
}

interface Item {
  readonly key: string;
  readonly compiled: Compiled;
  readonly column: number | undefined;
}

export interface GroupPlan extends Grouping {
  run(rows: Iterable<Row>, context: Context): Iterable<Row>;
}

/** A group's row: the items' values (NULL where a grouping set leaves one out), the mask of left-out items, the aggregates. */
export function compileGrouping(specification: QuerySpecification, scope: Scope): GroupPlan {
  scope.clause = "group";
  const items: Item[] = [];
  const indexOf = (expression: Expression): number => {
    if (some(expression, (part) => isAggregateCall(part, scope) || isSubquery(part)))
      throw at(sqlError(144), expression.line);
    const key = expressionKey(expression, scope);
    const known = items.findIndex((item) => item.key === key);
    if (known >= 0) return known;
    const { value: compiled, references } = scope.compiler.track(() => compileExpression(expression, scope));
    if (references.local(scope).size === 0) throw at(sqlError(164), expression.line);
    requireComparable(compiled.type, "GROUP BY", expression.line);
    const column =
      expression.kind === "column" ? scope.resolve(expression.name.parts, expression.line).baseSlot : undefined;
    items.push({ key, compiled, column });
    return items.length - 1;
  };
  const sets = groupingSets(specification.groupBy?.items ?? [], indexOf);
  return new Groups(items, sets, scope, specification.groupBy !== undefined);
}

/** Every set of items that rows are grouped by: the product of what the parts of GROUP BY give. */
function groupingSets(parts: readonly GroupItem[], indexOf: (expression: Expression) => number): number[][] {
  let sets: number[][] = [[]];
  for (const part of parts) {
    const choices = partSets(part, indexOf);
    sets = sets.flatMap((set) => choices.map((choice) => [...new Set([...set, ...choice])]));
  }
  return sets;
}

function partSets(part: GroupItem, indexOf: (expression: Expression) => number): number[][] {
  if (part.kind === "expression") return [[indexOf(part.expression)]];
  const sets = part.sets.map((set) => set.map(indexOf));
  if (part.kind === "grouping-sets") return sets;
  if (part.kind === "rollup")
    return Array.from({ length: sets.length + 1 }, (_, left) => sets.slice(0, sets.length - left).flat());
  return Array.from({ length: 2 ** sets.length }, (_, mask) =>
    sets.filter((_set, index) => !(mask & (1 << (sets.length - 1 - index)))).flat(),
  );
}

interface Group {
  readonly values: SqlValue[];
  readonly accumulators: Accumulator[];
}

class Groups implements GroupPlan {
  private readonly aggregates: CompiledAggregate[] = [];
  private readonly aggregateKeys: string[] = [];

  constructor(
    private readonly items: readonly Item[],
    private readonly sets: readonly (readonly number[])[],
    private readonly scope: Scope,
    private readonly grouped: boolean,
  ) {}

  columnSlot(slot: number, name: string): number {
    const index = this.items.findIndex((item) => item.column === slot);
    if (index >= 0) return index;
    const number = { having: 8121, order: 8127 }[this.scope.clause as string] ?? 8120;
    throw sqlError(number, [name]);
  }

  private get hasSets(): boolean {
    return this.sets.length > 1;
  }

  expressionSlot(key: string): Compiled | undefined {
    const index = this.items.findIndex((item) => item.key === key);
    if (index < 0) return undefined;
    const { compiled } = this.items[index]!;
    this.scope.compiler.refer(this.scope, index);
    return { ...compiled, nullable: compiled.nullable || this.hasSets, literal: false, evaluate: slotReader(index, 0) };
  }

  aggregate(call: CallExpression, scope: Scope): Compiled {
    const key = expressionKey(call, this.scope);
    let index = this.aggregateKeys.indexOf(key);
    if (index < 0) {
      // Arguments are over the rows, not over the groups.
      this.scope.grouping = undefined;
      const { windows } = this.scope;
      this.scope.windows = undefined;
      try {
        if (
          call.arguments.some((argument) => some(argument, (part) => isAggregateCall(part, scope) || isSubquery(part)))
        )
          throw at(sqlError(130), call.line);
        this.aggregates.push(compileAggregate(call, this.scope));
        this.aggregateKeys.push(key);
        index = this.aggregates.length - 1;
      } finally {
        this.scope.grouping = this;
        this.scope.windows = windows;
      }
    }
    const { type, nullable } = this.aggregates[index]!;
    const slot = this.items.length + 1 + index;
    scope.compiler.refer(this.scope, slot);
    return { type, nullable, collation: "default", evaluate: slotReader(slot, scope.depth - this.scope.depth) };
  }

  groupingFunction(call: CallExpression, scope: Scope): Compiled {
    const name = call.name.parts[0]!.toUpperCase();
    const bits = call.arguments.map((argument, position) => {
      const key = expressionKey(argument, scope);
      const index = this.items.findIndex((item) => item.key === key);
      if (index < 0) throw at(sqlError(8161, [position + 1, name]), call.line);
      return index;
    });
    const read = slotReader(this.items.length, 0);
    return {
      type: { name: name === "GROUPING" ? "tinyint" : "int" },
      nullable: false,
      collation: "default",
      evaluate: (context) => {
        const mask = read(context) as number;
        return bits.reduce((result, bit) => result * 2 + ((mask >> bit) & 1), 0);
      },
    };
  }

  *run(rows: Iterable<Row>, context: Context): Iterable<Row> {
    const tables = this.sets.map(() => new Map<string, Group>());
    const start = (): Accumulator[] => this.aggregates.map((aggregate) => aggregate.start(context));
    const evaluateItem = this.items.map((item) => item.compiled.evaluate);
    const row = childContext(context.run, context.parent);
    for (const source of rows) {
      row.row = source;
      const values = evaluateItem.map((evaluate) => evaluate(row));
      const keys = values.map((value, index) =>
        value === null ? "n" : `v${valueKey(value, this.items[index]!.compiled.type)}`,
      );
      for (let s = 0; s < this.sets.length; s++) {
        const set = this.sets[s]!;
        const key =
          set.length === 1 ? keys[set[0]!]! : set.map((index) => `${keys[index]!.length}:${keys[index]!}`).join("");
        let group = tables[s]!.get(key);
        if (!group)
          tables[s]!.set(
            key,
            (group = {
              values: values.map((value, index) => (set.includes(index) ? value : null)),
              accumulators: start(),
            }),
          );
        for (const accumulator of group.accumulators) accumulator.add(row);
      }
    }
    for (let s = 0; s < this.sets.length; s++) {
      const set = this.sets[s]!;
      const table = tables[s]!;
      // No rows still make one group when there is nothing to group by.
      const makesOne = set.length === 0 && (!this.grouped || this.hasSets || this.items.length === 0);
      if (makesOne && table.size === 0) table.set("", { values: this.items.map(() => null), accumulators: start() });
      let mask = 0;
      this.items.forEach((_, index) => (mask |= set.includes(index) ? 0 : 1 << index));
      for (const group of table.values())
        yield [...group.values, mask, ...group.accumulators.map((accumulator) => accumulator.result())];
    }
  }
}
