/**
 * Drops modules. What a drop costs: the text is in source control, but the permissions, the extended properties and the
 * object's id are not, and callers fail from then on. That is a loss which no second deployment brings back, so the drop
 * of a definition that left the directory carries the hazard data-loss. When the whole bundle is deleted, the deletion of
 * the resource is the consent (`protect` and `retainOnDelete` guard it); only a sequence that was used keeps its hazard,
 * because its position is data.
 */
import type { DatabaseCatalog, Hazard, Refusal, Statement } from "../../contract";
import { displayName } from "../../engine/quoting";
import type { TypeRow } from "../../engine/snapshot/modules";
import type { ModuleKind } from "../../tsql/module-header";
import { moduleName, type LiveModule } from "./live-module";
import { nounOf } from "./module-index";
import { boundReferrersOf, describeReferrer, looseUsersOf } from "./releases";
import { dropModule } from "./statements";

export interface Removal {
  readonly statements: readonly Statement[];
  readonly refusals: readonly Refusal[];
}

/** Users before what they use. */
const rank: Readonly<Record<ModuleKind, number>> = {
  trigger: 0,
  procedure: 1,
  view: 2,
  function: 2,
  synonym: 3,
  sequence: 4,
  type: 5,
};

export function removalHazards(live: LiveModule): readonly Hazard[] {
  const lost =
    live.kind === "sequence" ? "its position and the permissions on it" : "its definition and the permissions on it";
  return [{ type: "data-loss", object: moduleName(live), detail: `${lost} are lost, and whoever calls it fails` }];
}

export function sequenceHazards(live: LiveModule): readonly Hazard[] {
  const used = live.kind === "sequence" && live.object?.sequenceCurrent !== live.object?.sequenceStart;
  return used ? [{ type: "data-loss", object: moduleName(live), detail: "the position of the sequence is lost" }] : [];
}

/** `freed`: objects whose new definition, earlier in the plan, may have let go of what is dropped here. */
export function removeModules(
  catalog: DatabaseCatalog,
  database: string,
  modules: readonly LiveModule[],
  freed: ReadonlySet<number>,
  hazardsOf: (live: LiveModule) => readonly Hazard[],
): Removal {
  const refusals: Refusal[] = [];
  const ids = new Map(modules.flatMap((live) => (live.object ? [[live.object.objectId, live] as const] : [])));
  const bound = boundReferrersOf(catalog, modules);
  for (const { row, referenced } of bound.others) refuse(referenced, describeReferrer(row));
  for (const id of bound.modules) {
    if (ids.has(id) || freed.has(id)) continue;
    const referrer = catalog.objectById(id)!;
    const referenced = modules.find((live) =>
      catalog.referencesTo(live.object?.objectId ?? live.type?.userTypeId ?? 0).some((row) => row.referencingId === id),
    );
    refuse(referenced, displayName(referrer.schemaName, referrer.name));
  }
  const leaving = new Set(modules.map((live) => live.type?.userTypeId));
  for (const live of modules) {
    for (const user of looseUsersOf(catalog, live))
      if (!ids.has(user.objectId) && !freed.has(user.objectId)) refuse(live, displayName(user.schemaName, user.name));
    for (const user of columnsOfType(catalog, live, (type) => leaving.has(type.userTypeId))) refuse(live, user);
  }

  const bindingOrder = new Map(bound.modules.map((id, place) => [id, place]));
  const ordered = modules
    .map((live, place) => ({
      live,
      place,
      binding: bindingOrder.get(live.object?.objectId ?? 0) ?? Number.MAX_SAFE_INTEGER,
    }))
    .sort(
      (left, right) =>
        rank[left.live.kind] - rank[right.live.kind] ||
        left.binding - right.binding ||
        Number(right.live.type?.isTableType ?? false) - Number(left.live.type?.isTableType ?? false) ||
        compare(moduleName(left.live), moduleName(right.live)),
    );
  return { statements: ordered.map(({ live }) => dropModule(database, live, hazardsOf(live))), refusals };

  function refuse(live: LiveModule | undefined, user: string): void {
    if (!live) return;
    refusals.push({
      property: "directory",
      reason: `${nounOf(live)} cannot be dropped: ${user} uses it; change that first`,
    });
  }
}

/** Columns of an alias type in tables, and in table types that are not dealt with anyway. */
export function columnsOfType(
  catalog: DatabaseCatalog,
  live: LiveModule,
  handled: (type: TypeRow) => boolean,
): readonly string[] {
  if (!live.type || live.type.isTableType) return [];
  const { schemaName, name } = live.type;
  const users: string[] = [];
  for (const column of catalog.rows.columns) {
    if (!column.isUserDefinedType || column.typeName !== name || column.typeSchema !== schemaName) continue;
    const owner =
      catalog.tableById(column.objectId) ??
      catalog.types.find((type) => type.tableObjectId === column.objectId && !handled(type));
    if (owner) users.push(`column ${displayName(owner.schemaName, owner.name)}.${column.name}`);
  }
  return users;
}

function compare(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}
