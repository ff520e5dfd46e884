/** Whose an object is: what iac.object and the state say, and what that forbids. Pure. */
import type { AnyKind, CatalogSnapshot, JsonValue, ObjectName, OwnedObject, Plan } from "./contract";
import { ObjectExistsError, ObjectOwnedError, type ProviderError } from "./errors";
import { identityProperty, type Properties } from "./properties";

/** What a plan was made from. */
interface Ground {
  readonly inputs: Properties;
  readonly desired: unknown;
  readonly live: unknown;
  readonly catalog: CatalogSnapshot;
  readonly plan: Plan;
  readonly owned: readonly OwnedObject[];
}

export function ownedBy(catalog: CatalogSnapshot, owner: string): OwnedObject[] {
  return catalog.database.ownedBy(owner).map((row) => ({
    type: row.objectType,
    name: row.objectName,
    ...(row.definitionHash === null ? {} : { definitionHash: row.definitionHash }),
  }));
}

/** Two stacks never own one object; what exists is taken over only when that is asked for. */
export function ownershipConflicts(
  kind: AnyKind,
  { plan, live, catalog, inputs, desired, owned }: Ground,
  olds: Properties,
): ProviderError[] {
  const owner = String(inputs["owner"]);
  const existing = live === undefined ? [] : kind.existing(live);
  const conflicts: ProviderError[] = [];
  // What exists under an earlier name is not among what will be owned.
  for (const object of new Map(
    [...plan.owns, ...existing].map((each) => [`${each.type}\0${each.name}`, each]),
  ).values()) {
    const row = catalog.database.ownerOf(object.type, object.name);
    if (row && row.owner !== owner)
      conflicts.push(
        new ObjectOwnedError(
          `${object.type} "${object.name}" belongs to ${row.owner} (iac.object in this database). To hand it over, remove it there with retainOnDelete, then delete its row of iac.object`,
        ),
      );
  }
  if (conflicts.length > 0 || inputs["adopt"] === true) return conflicts;
  const former = kind.interruptedRename?.(desired, catalog);
  if (former && catalog.database.ownerOf(former.type, former.name)?.owner === owner) return conflicts;
  const known = knownToState(kind, catalog, owned, owner, olds);
  for (const object of existing) {
    if (
      catalog.database.ownerOf(object.type, object.name) ||
      known.some(({ type, name }) => type === object.type && name === object.name)
    )
      continue;
    conflicts.push(
      new ObjectExistsError(
        `${object.type} "${object.name}" exists already and no stack owns it; set adopt: true to take it over as it is and change what differs`,
      ),
    );
  }
  return conflicts;
}

/** A read-only database keeps no books, and a lost connection may have cut them off: then the state says what is this resource's own. */
function knownToState(
  kind: AnyKind,
  catalog: CatalogSnapshot,
  owned: readonly OwnedObject[],
  owner: string,
  olds: Properties,
): readonly ObjectName[] {
  const identity = olds[identityProperty];
  if (identity === undefined || olds["owner"] !== owner) return [];
  const live = kind.read(catalog, identity as JsonValue, owned);
  return live === undefined ? [] : kind.existing(live);
}
