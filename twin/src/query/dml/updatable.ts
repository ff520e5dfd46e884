/**
 * Which base table a data modification statement reaches through a view, common table expression or derived table.
 * Rules: https://learn.microsoft.com/sql/t-sql/statements/create-view-transact-sql#updatable-views
 */
import type { Query, QuerySpecification, TableSource } from "../../language/ast";
import { notImplemented } from "../../session/sql-error";
import { sqlError } from "../../session/messages";
import type { Module, Table } from "../../storage/model";
import type { RowQuery, RowSource } from "../compiler";
import { some } from "../expression-key";
import { isAggregateCall } from "../grouping";
import { displayName, nameContext, requireObject } from "../objects";
import { compileSource, requireTableVariable } from "../sources";
import { at, Scope } from "../scope";
import { declareTableExpressions } from "../table-expressions";
import { rowIdColumn } from "../table-rows";
import { requireWritableVariable, type Target, tableTarget, variableTarget } from "./target";

/** What the statement touches: columns of the source, or whole rows. */
export type Wanted = { readonly columns: readonly string[] } | "rows" | "nothing";

export interface Updatable {
  readonly target: Target;
  /** What permissions are asked on: the view that was named, or the table. */
  readonly securable: Table | Module;
  /** Columns as the statement sees them, with their place in the base table; undefined for what is computed. */
  readonly columns: readonly { readonly name: string; readonly index: number | undefined }[];
  readonly source: RowSource;
  /** Queries of the views whose WITH CHECK OPTION the new rows must pass. */
  readonly checks: readonly RowQuery[];
  /** The view, common table expression or derived table that was named. */
  readonly through: string | undefined;
}

interface Words {
  readonly name: string;
  readonly derived: boolean;
}

const problem = {
  union: (words: Words) => sqlError(words.derived ? 4417 : 4426, [words.name]),
  grouped: (words: Words) => sqlError(words.derived ? 4418 : 4403, [words.name]),
  manyTables: (words: Words, rows: boolean) => sqlError(words.derived && !rows ? 4420 : 4405, [words.name]),
  computed: (words: Words) => sqlError(words.derived ? 4421 : 4406, [words.name]),
};

/** `around` is the level around the FROM that the source stands in. */
export function resolveUpdatable(source: TableSource, around: Scope, wanted: Wanted): Updatable {
  if (source.kind === "table-variable") {
    requireWritableVariable(source.variable, around.execution, source.line);
    return base(
      variableTarget(requireTableVariable(source.variable, source.line, around), source.variable, around.database),
    );
  }
  if (source.kind === "derived")
    return unfold(source.query, around, { name: source.alias, derived: true }, source.columns, wanted);
  if (source.kind !== "table") throw at(notImplemented(`data modification through ${source.kind}`), source.line);
  const { parts } = source.name;
  const own = parts.at(-1)!;
  const expression = parts.length === 1 ? around.findTableExpression(own) : undefined;
  if (expression)
    return unfold(expression.query, expression.scope, { name: own, derived: false }, expression.columns, wanted);
  const trigger = around.execution.frame.trigger;
  if (trigger && parts.length === 1 && /^(inserted|deleted)$/i.test(own)) throw at(sqlError(286), source.line);
  const found = requireObject(source.name, nameContext(around));
  if (found.kind === "catalog")
    throw at(found.queue === undefined ? sqlError(259) : sqlError(416, [found.queue]), source.line);
  if (found.kind === "table") return base(tableTarget(found.table, found.database));
  if (found.kind === "module" && found.module.type === "V " && found.module.parsed.kind === "view") {
    const { module, database } = found;
    const { parsed } = found.module;
    if (parsed.kind !== "view") throw new Error(`${module.name} is no view`);
    const scope = Scope.forModule(around, database, module.schemaId, []);
    const names = module.columns.map((column) => column.name);
    return unfold(parsed.query, scope, { name: displayName(parts), derived: false }, names, wanted, {
      module,
      checkOption: parsed.checkOption,
    });
  }
  throw at(sqlError(208, [displayName(parts)]), source.line);
}

function base(target: Target): Updatable {
  return {
    target,
    securable: target.table,
    columns: target.table.columns.map(({ name }, index) => ({ name, index })),
    source: {},
    checks: [],
    through: undefined,
  };
}

interface Leaf {
  readonly source: TableSource;
  readonly name: string;
  readonly columns: readonly string[];
}

function unfold(
  query: Query,
  around: Scope,
  words: Words,
  names: readonly string[] | undefined,
  wanted: Wanted,
  view?: { readonly module: Module; readonly checkOption: boolean },
): Updatable {
  const scope = new Scope(around.compiler, around, around.database);
  const specification = onlySelect(query, words, scope);
  declareTableExpressions(query.with, scope);
  const leaves = specification.from.flatMap((source) => leavesOf(source, scope));
  if (!leaves.length) throw problem.computed(words);
  const outputs = outputsOf(specification, leaves, scope).map((output, index) => ({
    ...output,
    name: names?.[index] ?? output.name,
  }));
  const chosen = chooseLeaf(outputs, leaves, wanted, words, scope);
  const inner = resolveUpdatable(chosen.source, scope, innerWanted(outputs, chosen, wanted, scope));
  around.compiler.rowSources.set(chosen.source, inner.source);
  const rowQuery: RowQuery = {
    query: { ...query, body: { ...specification, items: [...specification.items, rowIdItem(chosen, query.line)] } },
    scope: around,
    names: outputs.map((output) => output.name),
  };
  return {
    target: inner.target,
    securable: view?.module ?? inner.securable,
    columns: outputs.map(({ name, leaf, column }) => ({
      name,
      index:
        leaf === chosen ? inner.columns.find((candidate) => scope.same(candidate.name, column!))?.index : undefined,
    })),
    source: { query: rowQuery },
    checks: view?.checkOption ? [...inner.checks, rowQuery] : inner.checks,
    through: words.name,
  };
}

function onlySelect(query: Query, words: Words, scope: Scope): QuerySpecification {
  const { body } = query;
  if (body.kind === "set") throw problem.union(words);
  if (body.kind === "parenthesized") return onlySelect(body.query, words, scope);
  if (body.kind === "values") throw problem.computed(words);
  const aggregates = body.items.some(
    (item) => item.kind !== "star" && some(item.expression, (part) => isAggregateCall(part, scope)),
  );
  if (body.distinct || body.groupBy || body.having || aggregates) throw problem.grouped(words);
  return body;
}

function leavesOf(source: TableSource, scope: Scope): Leaf[] {
  if (source.kind === "join") return [...leavesOf(source.left, scope), ...leavesOf(source.right, scope)];
  // What the right side of an APPLY gives is computed: it is never a target.
  if (source.kind === "apply")
    return [
      ...leavesOf(source.left, scope),
      { source: source.right, name: "alias" in source.right ? (source.right.alias ?? "") : "", columns: [] },
    ];
  const named = compileSource(source, new Scope(scope.compiler, scope, scope.database), scope);
  return [
    {
      source,
      name: named.name,
      columns: named.relation.columns.filter((column) => !column.hidden).map((column) => column.name),
    },
  ];
}

interface Output {
  readonly name: string;
  readonly leaf: Leaf | undefined;
  readonly column: string | undefined;
}

function outputsOf(specification: QuerySpecification, leaves: readonly Leaf[], scope: Scope): Output[] {
  const named = (name: string) => leaves.filter((leaf) => scope.same(leaf.name, name));
  return specification.items.flatMap((item): Output[] => {
    if (item.kind === "star") {
      const chosen = item.qualifier ? named(item.qualifier.parts.at(-1)!) : leaves;
      return chosen.flatMap((leaf) => leaf.columns.map((column) => ({ name: column, leaf, column })));
    }
    if (item.kind === "assign") throw at(sqlError(141), item.line);
    const { expression } = item;
    if (expression.kind !== "column") return [{ name: item.alias ?? "", leaf: undefined, column: undefined }];
    const { parts } = expression.name;
    const column = parts.at(-1)!;
    const candidates = parts.length > 1 ? named(parts.at(-2)!) : leaves;
    const leaf = candidates.find((candidate) => candidate.columns.some((own) => scope.same(own, column)));
    return [{ name: item.alias ?? column, leaf, column: leaf ? column : undefined }];
  });
}

function outputNamed(outputs: readonly Output[], name: string, scope: Scope): Output {
  const found = outputs.find((output) => scope.same(output.name, name));
  if (!found) throw sqlError(207, [name]);
  return found;
}

function chooseLeaf(
  outputs: readonly Output[],
  leaves: readonly Leaf[],
  wanted: Wanted,
  words: Words,
  scope: Scope,
): Leaf {
  if (wanted === "nothing") return leaves[0]!;
  if (wanted === "rows" || wanted.columns.length === 0) {
    if (leaves.length > 1) throw problem.manyTables(words, true);
    return leaves[0]!;
  }
  const touched = new Set<Leaf>();
  for (const name of wanted.columns) {
    const { leaf } = outputNamed(outputs, name, scope);
    if (!leaf) throw problem.computed(words);
    touched.add(leaf);
  }
  if (touched.size > 1) throw problem.manyTables(words, false);
  return [...touched][0]!;
}

function innerWanted(outputs: readonly Output[], chosen: Leaf, wanted: Wanted, scope: Scope): Wanted {
  if (typeof wanted === "string" || wanted.columns.length === 0) return wanted;
  return {
    columns: wanted.columns
      .map((name) => outputNamed(outputs, name, scope))
      .flatMap((output) => (output.leaf === chosen ? [output.column!] : [])),
  };
}

function rowIdItem(leaf: Leaf, line: number): QuerySpecification["items"][number] {
  return {
    kind: "expression",
    alias: rowIdColumn,
    expression: { kind: "column", name: { parts: [leaf.name, rowIdColumn], line }, line },
    line,
  };
}
