/** How a plan of one resource is made: catalog, what is live, what the plan needs to know, and all that stands against it. Only reads. */
import { isDeepStrictEqual } from "node:util";
import type { AnyKind, CatalogSnapshot, JsonValue, OwnedObject, Plan, PlanContext, Probe } from "./contract";
import { capabilities } from "./engine/capabilities";
import type { Configuration } from "./engine/configuration";
import { missingConsents } from "./engine/consent";
import type { ManagedDatabase } from "./engine/managed-database";
import { unmetRequirements } from "./engine/requirements";
import { CatalogReadError, type InputIssue } from "./errors";
import { ownedBy, ownershipConflicts } from "./ownership-conflicts";
import { carried, identityIn, resourceKey, type Properties } from "./properties";

export interface Planned {
  readonly inputs: Properties;
  readonly desired: unknown;
  readonly identity: JsonValue;
  readonly live: unknown;
  readonly catalog: CatalogSnapshot;
  readonly plan: Plan;
  readonly owned: readonly OwnedObject[];
  readonly previous: Properties;
}

interface Reviewed extends Planned {
  /** Everything that stands against applying it. */
  readonly issues: readonly InputIssue[];
  /** What it needs and what is not there, a sentence each. */
  readonly missing: readonly string[];
}

/** Inputs that only the state tells: see Kind.remembered. */
export function rememberedOf(kind: AnyKind, olds: Properties): Properties {
  return carried(olds, kind.remembered ?? []);
}

/**
 * Whatever looks at the catalog, which it may do twice. Throws CatalogReadError: what is in a database that is not open cannot be
 * told from what is not there.
 */
export function reading<T>(
  kind: AnyKind,
  target: ManagedDatabase,
  work: (catalog: CatalogSnapshot) => T | Promise<T>,
): Promise<T> {
  return target.read(kind.name, async (catalog) => {
    const row = kind.isDatabase ? undefined : catalog.databaseRow;
    if (row !== undefined && row.state !== "ONLINE")
      throw new CatalogReadError(
        `database "${row.name}" on server "${target.server}" is ${row.state}, so that nothing can be said of what is in it; bring it ONLINE first`,
      );
    return work(catalog);
  });
}

export class ResourcePlanner {
  /** The last plan of each resource: `diff` asks for what `check` has just made. */
  private readonly planned = new Map<string, Planned>();

  constructor(private readonly configuration: Configuration) {}

  /** `olds` is what the last deployment left: its inputs at least. `look` sees the plan and the catalog together. */
  async plan<T>(
    kind: AnyKind,
    inputs: Properties,
    target: ManagedDatabase,
    olds: Properties,
    look: (planned: Planned) => T,
  ): Promise<T> {
    // Bad inputs are refused before anybody asks the server. What is wanted may come from files, so equal inputs are not enough.
    const desired = kind.desired(inputs);
    return reading(kind, target, async (catalog) => {
      const previous = rememberedOf(kind, olds);
      const key = resourceKey(kind, inputs);
      const before = this.planned.get(key);
      const isSame =
        before?.catalog === catalog &&
        isDeepStrictEqual([before.inputs, before.desired, before.previous], [inputs, desired, previous]);
      if (isSame) return look(before);
      const owned = ownedBy(catalog, String(inputs["owner"]));
      const identity = kind.identity(desired);
      const live = kind.read(catalog, identity, owned);
      const probes = kind.probes(desired, live, catalog, this.configuration.secret);
      const context = await this.context(target, catalog, inputs, owned, previous, probes);
      const plan = kind.plan(desired, live, context);
      const planned = { inputs, desired, identity, live, catalog, plan, owned, previous };
      this.planned.set(key, planned);
      return look(planned);
    });
  }

  /** No plan where there is nothing to delete. */
  planDelete(
    kind: AnyKind,
    properties: Properties,
    inputs: Properties,
    target: ManagedDatabase,
  ): Promise<Pick<Planned, "catalog" | "owned"> & { readonly plan: Plan | undefined }> {
    return reading(kind, target, async (catalog) => {
      const owned = ownedBy(catalog, String(inputs["owner"]));
      const identity = identityIn(kind, properties);
      const live = kind.read(catalog, identity, owned) ?? kind.remains?.(catalog, identity);
      if (live === undefined) return { catalog, owned, plan: undefined };
      const probes = kind.probes(undefined, live, catalog);
      const previous = rememberedOf(kind, properties);
      const context = await this.context(target, catalog, inputs, owned, previous, probes);
      return { catalog, owned, plan: kind.planDelete(live, context) };
    });
  }

  /** What was planned from is done with: a large catalog is not held twice. */
  forget(kind: AnyKind, inputs: Properties): void {
    this.planned.delete(resourceKey(kind, inputs));
  }

  /** What must be known of a plan, besides itself, before it is applied. */
  reviewed(kind: AnyKind, planned: Planned, olds: Properties): Reviewed {
    return {
      ...planned,
      issues: this.refusals(kind, planned, olds),
      missing: unmetRequirements(planned.plan, planned.catalog),
    };
  }

  /** Everything that stands against applying a plan, with the input that it is about. */
  private refusals(kind: AnyKind, planned: Planned, olds: Properties): InputIssue[] {
    return [
      ...ownershipConflicts(kind, planned, olds).map((error) => ({
        property: "",
        reason: `${error.name}: ${error.message}`,
      })),
      ...planned.plan.refusals,
      ...this.missingConsents(planned.plan, planned.inputs).map((reason) => ({ property: "allow", reason })),
    ];
  }

  missingConsents(plan: Plan, inputs: Properties): string[] {
    return missingConsents(plan, this.consents(inputs));
  }

  private consents(inputs: Properties): string[] {
    return [...((inputs["allow"] as string[] | undefined) ?? []), ...this.configuration.allow];
  }

  private async context(
    target: ManagedDatabase,
    catalog: CatalogSnapshot,
    inputs: Properties,
    owned: readonly OwnedObject[],
    previous: Properties,
    probes: readonly Probe[],
  ): Promise<PlanContext> {
    return {
      catalog,
      capabilities: capabilities(catalog.server.properties),
      names: catalog.names,
      answers: await target.ask(probes),
      allow: this.consents(inputs),
      owned,
      secret: this.configuration.secret,
      previous,
    };
  }
}

/** A new name or schema under which nothing is found would leave the old object behind, or drop it; kinds that see it say so themselves. */
export function abandoned(kind: AnyKind, olds: Properties, { inputs, identity, catalog, plan }: Planned): InputIssue[] {
  const origins = { name: "renamedFrom", schema: "movedFrom" } as const;
  return Object.entries(origins).flatMap(([property, origin]) => {
    const [from, to] = [olds[property], inputs[property]];
    if (
      typeof from !== "string" ||
      from === to ||
      inputs[origin] !== undefined ||
      plan.refusals.some((refusal) => refusal.property === property)
    )
      return [];
    if (kind.read(catalog, identity, []) !== undefined) return [];
    const change = `changed from "${from}" to "${String(to)}", where nothing is: that would give up "${from}" and make an empty one`;
    return [{ property, reason: `${change}. ${origin}: ${JSON.stringify(from)} keeps what it holds` }];
  });
}
