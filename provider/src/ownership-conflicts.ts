/** Whose an object is: what iac.object and the state say, and what that forbids. Pure. */
import type { AnyKind, CatalogSnapshot, JsonValue, ObjectName, OwnedObject, Plan } from "./contract";
import { InvalidInputsError, ObjectExistsError, ObjectOwnedError, type ProviderError } from "./errors";
import { carried, identityIn, type Properties } from "./properties";

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
  const unclaimed = existing.filter(({ type, name }) => catalog.database.ownerOf(type, name) === undefined);
  const known = unclaimed.length === 0 ? [] : knownToState(kind, catalog, owned, inputs, olds);
  for (const object of unclaimed) {
    if (known.some(({ type, name }) => type === object.type && name === object.name)) continue;
    conflicts.push(
      new ObjectExistsError(
        `${object.type} "${object.name}" exists already and no stack owns it; set adopt: true to take it over as it is and change what differs`,
      ),
    );
  }
  return conflicts;
}

/**
 * The server itself and a read-only database keep no books, and a lost connection may have cut them off: then the state says what is
 * this resource's own. Of it Pulumi gives a check the inputs only.
 */
function knownToState(
  kind: AnyKind,
  catalog: CatalogSnapshot,
  owned: readonly OwnedObject[],
  inputs: Properties,
  olds: Properties,
): readonly ObjectName[] {
  if (olds["owner"] !== inputs["owner"]) return [];
  // A first deployment that broke did not remember what only the state tells; nothing's name depends on it.
  const identity = formerIdentity(kind, { ...carried(inputs, kind.remembered ?? []), ...olds });
  const live = identity === undefined ? undefined : kind.read(catalog, identity, owned);
  return live === undefined ? [] : kind.existing(live);
}

/** undefined: inputs of another version, or source files that are gone. */
function formerIdentity(kind: AnyKind, olds: Properties): JsonValue | undefined {
  try {
    return identityIn(kind, olds);
  } catch (error) {
    if (error instanceof InvalidInputsError) return undefined;
    throw error;
  }
}
