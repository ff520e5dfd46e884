/** Which live part is which wanted part, and whether they are equal. */
import type { NameComparer } from "../../engine/names";
import { canonicalExpression } from "../../tsql/expression";
import { isTrivia, nameOf, tokenize } from "../../tsql/lexer";
import type { CheckModel, ForeignKeyModel, IndexModel } from "./model";

interface Pairs<D, L> {
  readonly both: readonly { readonly desired: D; readonly live: L }[];
  readonly added: readonly D[];
  readonly removed: readonly L[];
}

/** By name first; what is left over by content, so that a part with another name is renamed and not made again. */
export function pairUp<D extends { name: string }, L extends { name: string }>(
  desired: readonly D[],
  live: readonly L[],
  names: NameComparer,
  sameContent: (desired: D, live: L) => boolean,
): Pairs<D, L> {
  const rest = new Map(live.map((part) => [names.key(part.name), part]));
  const partners = new Map<D, L>();
  const match = (wanted: D, partner: L | undefined): void => {
    if (!partner) return;
    partners.set(wanted, partner);
    rest.delete(names.key(partner.name));
  };
  for (const wanted of desired) match(wanted, rest.get(names.key(wanted.name)));
  for (const wanted of desired)
    if (!partners.has(wanted))
      match(
        wanted,
        [...rest.values()].find((part) => sameContent(wanted, part)),
      );
  return {
    both: desired.flatMap((wanted) => {
      const partner = partners.get(wanted);
      return partner ? [{ desired: wanted, live: partner }] : [];
    }),
    added: desired.filter((wanted) => !partners.has(wanted)),
    removed: [...rest.values()],
  };
}

export function sameExpression(left: string | undefined, right: string | undefined, names: NameComparer): boolean {
  if (left === undefined || right === undefined) return left === right;
  return left === right || canonicalExpression(left, names.key) === canonicalExpression(right, names.key);
}

/** Gives the present name of a live column, after renames of the same plan. */
export type Rename = (column: string) => string;

export function sameIndexContent(desired: IndexModel, live: IndexModel, names: NameComparer, rename: Rename): boolean {
  const key = (columns: readonly string[]): string => [...columns].map(names.key).sort().join("\0");
  return (
    desired.role === live.role &&
    desired.unique === live.unique &&
    desired.clustered === live.clustered &&
    desired.columnstore === live.columnstore &&
    desired.orderBy.length === live.orderBy.length &&
    desired.orderBy.every((column, at) => names.equals(column, rename(live.orderBy[at]!))) &&
    desired.columns.length === live.columns.length &&
    desired.columns.every((column, at) => {
      const other = live.columns[at]!;
      return column.descending === other.descending && names.equals(column.name, rename(other.name));
    }) &&
    key(desired.include) === key(live.include.map(rename)) &&
    sameExpression(desired.where, live.where, names)
  );
}

export function sameCheck(desired: CheckModel, live: CheckModel, names: NameComparer): boolean {
  return (
    desired.notForReplication === live.notForReplication && sameExpression(desired.expression, live.expression, names)
  );
}

export function sameForeignKey(desired: ForeignKeyModel, live: ForeignKeyModel, names: NameComparer): boolean {
  if (
    !names.equals(desired.referencedSchema, live.referencedSchema) ||
    !names.equals(desired.referencedTable, live.referencedTable) ||
    desired.onDelete !== live.onDelete ||
    desired.onUpdate !== live.onUpdate ||
    desired.notForReplication !== live.notForReplication
  )
    return false;
  // The order of the pairs means nothing, which column points at which one does.
  const pairs = (key: ForeignKeyModel): string =>
    key.columns
      .map((column, at) => `${names.key(column)}\0${names.key(key.referencedColumns[at] ?? "")}`)
      .sort()
      .join("\0\0");
  return pairs(desired) === pairs(live);
}

/** Every name that stands in an expression: may hold more than its columns, never fewer. */
export function namesIn(expression: string, names: NameComparer): ReadonlySet<string> {
  const found = new Set<string>();
  for (const token of tokenize(expression))
    if (!isTrivia(token) && (token.kind === "word" || token.kind === "bracketed" || token.kind === "double-quoted"))
      found.add(names.key(nameOf(expression, token)));
  return found;
}
