/** FROM: walks the table sources of one level in written order, gives them slots, and plans their joins. */
import type { Expression, TableSource } from "../language/ast";
import { type Input, type Step, compileConjuncts, keepRight, planChain, type Conjunct } from "./joins";
import { type Context, type Relation, childContext } from "./context";
import { hashRows, keyOf } from "./joins";
import type { EqualitySide } from "./expressions/comparison";
import type { Row } from "../session/runtime";
import { sqlError } from "../session/messages";
import { at, type Scope } from "./scope";
import { compileSource, type NamedRelation } from "./sources";

interface Chain {
  readonly steps: Step[];
  readonly conjuncts: Conjunct[];
}

function isJoin(source: TableSource): source is Extract<TableSource, { kind: "join" | "apply" }> {
  return source.kind === "join" || source.kind === "apply";
}

/** The rows of one source that is not a join. Its relation is compiled around the scope, or inside it for APPLY. */
function leaf(source: TableSource, scope: Scope, applied: boolean): Input {
  const named = compileSource(source, scope, applied ? scope : scope.parent);
  requireOwnName(source, named, scope);
  const entry = scope.addSource(named.name, named.relation.columns, named);
  return inputOfRelation(named.relation, entry.offset, applied);
}

/** Two sources of one level that nothing tells apart: 1011 for correlation names, 1013 for tables. */
function requireOwnName(source: TableSource, named: NamedRelation, scope: Scope): void {
  for (const other of scope.sources) {
    if (!scope.same(other.name, named.name)) continue;
    const alike = (one: string | undefined, two: string | undefined): boolean =>
      one === two || (one !== undefined && two !== undefined && scope.same(one, two));
    if (!alike(other.schema, named.schema) || !alike(other.database, named.database)) continue;
    const correlation = "alias" in source && source.alias !== undefined;
    throw at(sqlError(correlation ? 1011 : 1013, [named.name, named.name]), source.line);
  }
}

function inputOfRelation(relation: Relation, offset: number, applied = false): Input {
  const rows = applied
    ? (context: Context) => relation.rows(context.run, context)
    : (context: Context) => relation.rows(context.run, context.parent);
  return {
    offset,
    width: relation.columns.length,
    cacheable: relation.cacheable,
    rows,
    ...(relation.base && !applied ? { base: relation.base } : {}),
  };
}

/** Adds a source to a chain. `from` is the first source that its conditions may see. */
function collect(source: TableSource, scope: Scope, chain: Chain, from: number): void {
  if (!isJoin(source)) {
    chain.steps.push({ kind: "inner", input: leaf(source, scope, false), on: [] });
    return;
  }
  const start = scope.sources.length;
  if (source.kind === "apply") {
    collect(source.left, scope, chain, from);
    const input = scope.seeing(from, scope.sources.length, () => leaf(source.right, scope, true));
    chain.steps.push({ kind: source.type === "outer" ? "outer-apply" : "apply", input, on: [] });
    return;
  }
  const on = (): Conjunct[] => scope.seeing(start, scope.sources.length, () => compileConjuncts(source.on, scope));
  if (source.type === "inner" || source.type === "cross") {
    collect(source.left, scope, chain, from);
    collect(source.right, scope, chain, from);
    chain.conjuncts.push(...on());
  } else if (source.type === "left") {
    // Left-deep as written; behind other inputs the pair is joined on its own first, to avoid their product.
    if (chain.steps.length) chain.steps.push({ kind: "inner", input: nested(source.left, scope), on: [] });
    else collect(source.left, scope, chain, from);
    const right = nested(source.right, scope);
    chain.steps.push({ kind: "left", input: right, on: on() });
  } else {
    const left = nested(source.left, scope);
    const right = nested(source.right, scope);
    chain.steps.push({ kind: "inner", input: keepRight(left, right, source.type, on(), scope), on: [] });
  }
}

/** A join tree as one input. */
function nested(source: TableSource, scope: Scope): Input {
  const chain: Chain = { steps: [], conjuncts: [] };
  collect(source, scope, chain, scope.sources.length);
  return planChain(chain.steps, chain.conjuncts, scope);
}

export interface FromPlan {
  readonly cacheable: boolean;
  rows(context: Context): Iterable<Row>;
}

/** FROM and WHERE. Without FROM there is one empty row. */
export function planFrom(sources: readonly TableSource[], where: Expression | undefined, scope: Scope): FromPlan {
  const chain: Chain = { steps: [], conjuncts: [] };
  for (const source of sources) collect(source, scope, chain, 0);
  if (!chain.steps.length)
    chain.steps.push({ kind: "inner", input: { offset: 0, width: 0, cacheable: true, rows: () => [[]] }, on: [] });
  const clause = scope.clause;
  scope.clause = "where";
  const conditions = compileConjuncts(where, scope);
  scope.clause = clause;
  return finishFrom(chain.steps, chain.conjuncts, conditions, scope);
}

/**
 * A correlated level runs once for each row around it. What does not look outside is read once and kept; equalities with
 * the outside become lookups in a hash of it.
 */
function finishFrom(
  steps: readonly Step[],
  joins: readonly Conjunct[],
  conditions: readonly Conjunct[],
  scope: Scope,
): FromPlan {
  const correlated = conditions.some((conjunct) => conjunct.references.outer(scope));
  if (!correlated) return planChain(steps, [...joins, ...conditions], scope);
  const looksOut = (conjunct: Conjunct) => conjunct.references.outer(scope) || conjunct.references.volatile;
  const inside = conditions.filter((conjunct) => !looksOut(conjunct));
  const outside = conditions.filter(looksOut);
  const base = planChain(steps, [...joins, ...inside], scope);
  if (!base.cacheable) return planChain(steps, [...joins, ...conditions], scope);
  const innerKeys: EqualitySide[] = [];
  const outerKeys: EqualitySide[] = [];
  const rest: Conjunct[] = [];
  for (const conjunct of outside) {
    const [a, b] = conjunct.equality ?? [];
    const inner = (side: EqualitySide) =>
      side.references.local(scope).size > 0 && !side.references.outer(scope) && !side.references.volatile;
    const outer = (side: EqualitySide) => side.references.local(scope).size === 0 && !side.references.volatile;
    if (a && b && inner(a) && outer(b)) {
      innerKeys.push(a);
      outerKeys.push(b);
    } else if (a && b && inner(b) && outer(a)) {
      innerKeys.push(b);
      outerKeys.push(a);
    } else rest.push(conjunct);
  }
  const baseOwner = {};
  const hashOwner = {};
  function* rows(context: Context): Iterable<Row> {
    const { run } = context;
    const kept = run.once(baseOwner, () => [...base.rows(context)]);
    const probe = childContext(run, context.parent);
    let candidates: readonly Row[] = kept;
    if (innerKeys.length) {
      const table = run.once(hashOwner, () => hashRows(kept, innerKeys, childContext(run, context.parent)));
      const key = keyOf(outerKeys, probe);
      candidates = key === undefined ? [] : (table.get(key) ?? []);
    }
    next: for (const row of candidates) {
      probe.row = row;
      for (const conjunct of rest) if (conjunct.test(probe) !== true) continue next;
      yield row;
    }
  }
  return { cacheable: false, rows };
}

/** Target and source of MERGE, every row of both; the last slot is NULL where no source row was found. */
export function planMerge(
  target: TableSource,
  using: TableSource,
  on: Expression,
  scope: Scope,
): FromPlan & { readonly presentSlot: number } {
  const left = leaf(target, scope, false);
  const right = nested(using, scope);
  const presentSlot = scope.width;
  scope.addSource("\0using", [{ name: "\0present", type: { name: "int" }, nullable: true, hidden: true }]);
  const marked: Input = {
    offset: right.offset,
    width: right.width + 1,
    cacheable: right.cacheable,
    *rows(context) {
      for (const row of right.rows(context)) yield [...row, 1];
    },
  };
  const clause = scope.clause;
  scope.clause = "on";
  const conjuncts = compileConjuncts(on, scope);
  scope.clause = clause;
  return { ...keepRight(left, marked, "full", conjuncts, scope), presentSlot };
}
