/**
 * FROM and WHERE of one level as a left-deep chain. Conjuncts are tested as soon as their columns are there; equalities
 * between the rows so far and the next input become hash lookups. The slots keep the written order of the sources.
 */
import type { Expression } from "../language/ast";
import type { Row } from "../session/runtime";
import type { Column } from "../storage/model";
import { keyPart, uniqueKey } from "../storage/rows";
import type { Collation } from "../types/collation";
import { isCharacter } from "../types/format-type";
import type { SqlType } from "../types/sql-type";
import type { SqlValue } from "../types/value";
import { type BaseTable, type Condition, type Context, childContext } from "./context";
import type { References } from "./compiler";
import type { Scope } from "./scope";
import { compileCondition } from "./expressions/condition";
import { compileEquality, type EqualitySide } from "./expressions/comparison";

/** Rows that hold the slots [offset, offset + width) of their scope. */
export interface Input {
  readonly offset: number;
  readonly width: number;
  /** False when the rows depend on what is around the scope, or change between evaluations. */
  readonly cacheable: boolean;
  /** The context is the scope's own; its row means something only for the right side of an APPLY. */
  rows(context: Context): Iterable<Row>;
  readonly base?: BaseTable;
}

export interface Step {
  readonly kind: "inner" | "left" | "apply" | "outer-apply";
  readonly input: Input;
  /** ON of a left join: it belongs to this step alone. */
  readonly on: readonly Conjunct[];
}

export interface Conjunct {
  readonly test: Condition;
  readonly references: References;
  /** Both sides of an equality, and what their keys are made by. */
  readonly equality?: readonly [EqualitySide, EqualitySide];
  readonly type?: SqlType;
  readonly collation?: Collation;
}

/** Splits at AND and compiles each part. */
export function compileConjuncts(expression: Expression | undefined, scope: Scope): Conjunct[] {
  if (!expression) return [];
  if (expression.kind === "and")
    return [...compileConjuncts(expression.left, scope), ...compileConjuncts(expression.right, scope)];
  const { value, references } = scope.compiler.track(() => {
    if (expression.kind === "comparison" && expression.operator === "=") return compileEquality(expression, scope);
    return { test: compileCondition(expression, scope) };
  });
  return [{ ...value, references }];
}

function within(references: References, scope: Scope, from: number, to: number): boolean {
  for (const slot of references.local(scope)) if (slot < from || slot >= to) return false;
  return true;
}

function touches(references: References, scope: Scope): boolean {
  return references.local(scope).size > 0;
}

/** Only conditions that do not look outside may be tested when rows are read ahead. */
function all(tests: readonly Condition[]): (context: Context) => boolean {
  if (tests.length === 1) {
    const only = tests[0]!;
    return (context) => only(context) === true;
  }
  return (context) => {
    for (const test of tests) if (test(context) !== true) return false;
    return true;
  };
}

function* filtered(input: Input, tests: readonly Condition[], context: Context): Iterable<Row> {
  const passes = all(tests);
  const inner = childContext(context.run, context.parent, undefined, input.offset);
  for (const row of input.rows(context)) {
    inner.row = row;
    if (passes(inner)) yield row;
  }
}

/** The conjuncts fix every column of a unique key: one lookup gives the row. */
function seek(input: Input, conjuncts: readonly Conjunct[], scope: Scope): Input {
  const { base, offset } = input;
  if (!base) return input;
  for (const index of base.table.indexes) {
    if (!index.unique || index.disabled || index.filter || !index.entries) continue;
    const key = uniqueKey(base.table, index);
    const sides = key.positions.map((position) =>
      fixedBy(conjuncts, offset + position, base.table.columns[position]!, scope),
    );
    if (sides.length === 0 || sides.includes(undefined)) continue;
    const given = sides as EqualitySide[];
    const keyFor = (context: Context): string | undefined => {
      let text = "";
      for (const side of given) {
        const part = side.key(context);
        if (part === undefined) return undefined;
        text += keyPart(part);
      }
      return text;
    };
    if (given.every((side) => !side.references.outer(scope)))
      base.read.seek = { key: (run) => keyFor(childContext(run, childContext(run, undefined))), read: key.read };
    return {
      ...input,
      rows: (context) => {
        const found = keyFor(childContext(context.run, context.parent));
        return found === undefined ? [] : base.byKey(index, found, context.run);
      },
    };
  }
  return input;
}

/** The side that a column must equal; its value is known before the row is. */
function fixedBy(conjuncts: readonly Conjunct[], slot: number, column: Column, scope: Scope): EqualitySide | undefined {
  for (const { equality, type, collation } of conjuncts) {
    if (!equality || !type) continue;
    const [a, b] = equality;
    const other = a.column === slot ? b : b.column === slot ? a : undefined;
    if (!other || touches(other.references, scope) || other.references.volatile) continue;
    if (
      isCharacter(type)
        ? isCharacter(column.type) && collation!.name === column.collation
        : type.name === column.type.name
    )
      return other;
  }
  return undefined;
}

function filter(input: Input, conjuncts: readonly Conjunct[], scope: Scope): Input {
  if (!conjuncts.length) return input;
  const tests = conjuncts.map((conjunct) => conjunct.test);
  const cacheable =
    input.cacheable &&
    conjuncts.every((conjunct) => !conjunct.references.outer(scope) && !conjunct.references.volatile);
  const found = seek(input, conjuncts, scope);
  return { offset: input.offset, width: input.width, cacheable, rows: (context) => filtered(found, tests, context) };
}

/** One string for the values of a key; undefined when one of them is NULL, which equals nothing. */
export function keyOf(sides: readonly EqualitySide[], context: Context): string | undefined {
  if (sides.length === 1) return sides[0]!.key(context);
  let key = "";
  for (const side of sides) {
    const part = side.key(context);
    if (part === undefined) return undefined;
    key += `${part.length}:${part}`;
  }
  return key;
}

export function hashRows(rows: Iterable<Row>, sides: readonly EqualitySide[], context: Context): Map<string, Row[]> {
  const table = new Map<string, Row[]>();
  for (const row of rows) {
    context.row = row;
    const key = keyOf(sides, context);
    if (key === undefined) continue;
    const bucket = table.get(key);
    if (bucket) bucket.push(row);
    else table.set(key, [row]);
  }
  return table;
}

interface JoinKeys {
  readonly left: EqualitySide[];
  readonly right: EqualitySide[];
  readonly rest: Conjunct[];
}

/** Which conjuncts are equalities between slots [leftFrom, middle) and [middle, end). */
function splitKeys(
  conjuncts: readonly Conjunct[],
  scope: Scope,
  leftFrom: number,
  middle: number,
  end: number,
): JoinKeys {
  const keys: JoinKeys = { left: [], right: [], rest: [] };
  const isLeft = (side: EqualitySide) =>
    touches(side.references, scope) && within(side.references, scope, leftFrom, middle);
  const isRight = (side: EqualitySide) =>
    touches(side.references, scope) && within(side.references, scope, middle, end);
  for (const conjunct of conjuncts) {
    const [a, b] = conjunct.equality ?? [];
    if (a && b && isLeft(a) && isRight(b)) {
      keys.left.push(a);
      keys.right.push(b);
    } else if (a && b && isLeft(b) && isRight(a)) {
      keys.left.push(b);
      keys.right.push(a);
    } else keys.rest.push(conjunct);
  }
  return keys;
}

const nulls = (count: number): SqlValue[] => new Array<SqlValue>(count).fill(null);

/** Joins what is there with the next step. */
function joinStep(left: Input, step: Step, tests: readonly Conjunct[], scope: Scope): Input {
  const { input } = step;
  const offset = left.offset;
  const width = left.width + input.width;
  const middle = input.offset;
  const outer = step.kind === "left";
  const conjuncts = outer ? step.on : tests;
  const rightOnly = conjuncts.filter(
    (conjunct) =>
      touches(conjunct.references, scope) && within(conjunct.references, scope, middle, middle + input.width),
  );
  const right = filter(input, rightOnly, scope);
  const keys = splitKeys(
    conjuncts.filter((conjunct) => !rightOnly.includes(conjunct)),
    scope,
    offset,
    middle,
    middle + input.width,
  );
  const rest = all(keys.rest.map((conjunct) => conjunct.test));
  const hasRest = keys.rest.length > 0;
  const hashed = keys.left.length > 0;
  const hashOwner = {};
  const listOwner = {};
  const padding = nulls(input.width);
  const cacheable =
    left.cacheable &&
    right.cacheable &&
    conjuncts.every((conjunct) => !conjunct.references.outer(scope) && !conjunct.references.volatile);
  const fixedRight = keys.right.every((side) => !side.references.outer(scope) && !side.references.volatile);
  function* rows(context: Context): Iterable<Row> {
    const probe = childContext(context.run, context.parent, undefined, offset);
    let table: Map<string, Row[]> | undefined;
    let list: Row[] | undefined;
    for (const leftRow of left.rows(context)) {
      let candidates: readonly Row[];
      if (hashed) {
        const build = () =>
          hashRows(right.rows(context), keys.right, childContext(context.run, context.parent, undefined, middle));
        table ??= right.cacheable && fixedRight ? context.run.once(hashOwner, build) : build();
        probe.row = leftRow;
        const key = keyOf(keys.left, probe);
        candidates = key === undefined ? [] : (table.get(key) ?? []);
      } else
        candidates = list ??= right.cacheable
          ? context.run.once(listOwner, () => [...right.rows(context)])
          : [...right.rows(context)];
      let matched = false;
      for (const rightRow of candidates) {
        const row = leftRow.concat(rightRow);
        if (hasRest) {
          probe.row = row;
          if (!rest(probe)) continue;
        }
        matched = true;
        yield row;
      }
      if (outer && !matched) yield leftRow.concat(padding);
    }
  }
  return { offset, width, cacheable, rows };
}

function applyStep(left: Input, step: Step): Input {
  const padding = nulls(step.input.width);
  const outer = step.kind === "outer-apply";
  function* rows(context: Context): Iterable<Row> {
    for (const leftRow of left.rows(context)) {
      let matched = false;
      // A context of its own: the consumer of this row may move `context` on before the next one is asked for.
      for (const rightRow of step.input.rows(childContext(context.run, context.parent, leftRow, left.offset))) {
        matched = true;
        yield leftRow.concat(rightRow);
      }
      if (outer && !matched) yield leftRow.concat(padding);
    }
  }
  return {
    offset: left.offset,
    width: left.width + step.input.width,
    cacheable: left.cacheable && step.input.cacheable,
    rows,
  };
}

/** FULL and RIGHT joins keep all rows of the right side. */
export function keepRight(
  left: Input,
  right: Input,
  kind: "right" | "full",
  on: readonly Conjunct[],
  scope: Scope,
): Input {
  const offset = left.offset;
  const middle = right.offset;
  const end = middle + right.width;
  const keys = splitKeys(on, scope, offset, middle, end);
  const rest = all(keys.rest.map((conjunct) => conjunct.test));
  const hashed = keys.left.length > 0;
  const leftPadding = nulls(left.width);
  const rightPadding = nulls(right.width);
  const cacheable =
    left.cacheable &&
    right.cacheable &&
    on.every((conjunct) => !conjunct.references.outer(scope) && !conjunct.references.volatile);
  function* rows(context: Context): Iterable<Row> {
    const leftRows = [...left.rows(context)];
    const matchedLeft = new Set<Row>();
    const table = hashed
      ? hashRows(leftRows, keys.left, childContext(context.run, context.parent, undefined, offset))
      : undefined;
    const probe = childContext(context.run, context.parent, undefined, middle);
    const both = childContext(context.run, context.parent, undefined, offset);
    for (const rightRow of right.rows(context)) {
      let candidates: readonly Row[] = leftRows;
      if (table) {
        probe.row = rightRow;
        const key = keyOf(keys.right, probe);
        candidates = key === undefined ? [] : (table.get(key) ?? []);
      }
      let matched = false;
      for (const leftRow of candidates) {
        const row = leftRow.concat(rightRow);
        both.row = row;
        if (!rest(both)) continue;
        matched = true;
        matchedLeft.add(leftRow);
        yield row;
      }
      if (!matched) yield leftPadding.concat(rightRow);
    }
    if (kind === "full")
      for (const leftRow of leftRows) if (!matchedLeft.has(leftRow)) yield leftRow.concat(rightPadding);
  }
  return { offset, width: left.width + right.width, cacheable, rows };
}

/** Runs the steps in order; every conjunct is used exactly once, as early as its columns allow. */
export function planChain(steps: readonly Step[], conjuncts: readonly Conjunct[], scope: Scope): Input {
  const first = steps[0]!;
  let open = [...conjuncts];
  const take = (to: number, from = first.input.offset): Conjunct[] => {
    const ready = open.filter((conjunct) => within(conjunct.references, scope, from, to));
    open = open.filter((conjunct) => !ready.includes(conjunct));
    return ready;
  };
  let current = filter(first.input, take(first.input.offset + first.input.width), scope);
  for (const step of steps.slice(1)) {
    const end = step.input.offset + step.input.width;
    if (step.kind === "inner") current = joinStep(current, step, take(end), scope);
    else if (step.kind === "left") current = filter(joinStep(current, step, [], scope), take(end), scope);
    else current = filter(applyStep(current, step), take(end), scope);
  }
  return current;
}
