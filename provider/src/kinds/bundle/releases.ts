/**
 * Schema binding: what the server will not alter or drop (3729) before its referrers let go of it.
 * https://learn.microsoft.com/sql/relational-databases/system-catalog-views/sys-sql-expression-dependencies-transact-sql
 */
import type { DatabaseCatalog } from "../../contract";
import { displayName } from "../../engine/quoting";
import type { BoundReferenceRow, ObjectRow } from "../../engine/snapshot/modules";
import type { LiveModule } from "./live-module";

interface BoundReferrers {
  /** Object ids of modules that are bound to the given ones, directly or not: those that nobody is bound to come first. */
  readonly modules: readonly number[];
  /** Constraints, computed columns, policies: not modules, so that a bundle cannot let them go. */
  readonly others: readonly { readonly row: BoundReferenceRow; readonly referenced: LiveModule | undefined }[];
}

export function boundReferrersOf(catalog: DatabaseCatalog, touched: readonly LiveModule[]): BoundReferrers {
  const order: number[] = [];
  const visited = new Set<number>();
  const others: BoundReferrers["others"][number][] = [];
  const roots = new Set<number>();
  const reached = new Set<number>();
  for (const live of touched) {
    const id = live.object?.objectId ?? live.type?.userTypeId;
    if (id === undefined) continue;
    roots.add(id);
    visit(id, live.type ? 6 : 1, live);
  }
  return { modules: order.filter((id) => reached.has(id)), others };

  function visit(id: number, referencedClass: number, live: LiveModule | undefined): void {
    if (visited.has(id)) return;
    visited.add(id);
    for (const row of catalog.referencesTo(id)) {
      if (row.referencedClass !== referencedClass || row.referencingId === id) continue;
      const referrer = catalog.objectById(row.referencingId);
      // The catalog shows all users of a type, bound or not; those that are not bound only need a new compilation.
      if (referrer && referencedClass === 6 && !referrer.isSchemaBound) continue;
      if (referrer) {
        reached.add(row.referencingId);
        visit(row.referencingId, 1, live);
      } else if (!isColumnOfType(row)) others.push({ row, referenced: live });
    }
    order.push(id);
  }
}

/** Modules that mention a type and are not bound to it. */
export function looseUsersOf(catalog: DatabaseCatalog, type: LiveModule): readonly ObjectRow[] {
  const users = new Map<number, ObjectRow>();
  for (const row of catalog.referencesTo(type.type?.userTypeId ?? 0)) {
    const user = row.referencedClass === 6 ? catalog.objectById(row.referencingId) : undefined;
    if (user && !user.isSchemaBound) users.set(user.objectId, user);
  }
  return [...users.values()];
}

/** A table or a table type that has a column of an alias type is found by its columns, not here. */
function isColumnOfType(row: BoundReferenceRow): boolean {
  const type = row.referencingType.trim();
  return row.referencedClass === 6 && (type === "U" || type === "TT" || type === "");
}

/** Words for a referrer that is no module. */
export function describeReferrer(row: BoundReferenceRow): string {
  const name =
    row.referencingSchema === null ? row.referencingName : displayName(row.referencingSchema, row.referencingName);
  switch (row.referencingType.trim()) {
    case "C":
      return `check constraint ${name}`;
    case "D":
      return `default constraint ${name}`;
    case "U":
      return `a computed column or index filter of table ${name}`;
    case "SP":
      return `security policy ${name}`;
    default:
      return name;
  }
}
