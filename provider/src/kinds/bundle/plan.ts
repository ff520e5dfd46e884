/**
 * The plan of a bundle: refusals first, then in one sequence: unbind, create and alter in the order of need, refresh, drop.
 * Pure. https://learn.microsoft.com/sql/t-sql/statements/alter-procedure-transact-sql
 */
import type { ObjectName, OwnedObject, Plan, PlanContext, Refusal, Requirement, Statement } from "../../contract";
import { changesOf, type Change } from "./changes";
import type { BundleDesired } from "./desired";
import { findDependencies, type Dependencies } from "./dependencies";
import { checkExternalModules } from "./external-modules";
import { emitModule } from "./emit";
import { findOwnedModule, moduleName, type LiveModule } from "./live-module";
import { ModuleIndex, nounOf, placeOf } from "./module-index";
import { orderOf } from "./order";
import { boundReferrersOf, describeReferrer } from "./releases";
import { finishRotations, spreadRotations } from "./rotations";
import { removalHazards, removeModules } from "./removal";
import { wholeNumber } from "./shape";
import { dropModule, refreshModule, releaseModule } from "./statements";

/** A plan of thousands of lines about other databases helps nobody. */
const shownElsewhere = 20;

export function planBundle(desired: BundleDesired, context: PlanContext): Plan {
  const catalog = context.catalog.database;
  const { database, modules } = desired;
  const refusals: Refusal[] = [];
  const refuse = (reason: string, property = "directory"): void => void refusals.push({ property, reason });
  const index = new ModuleIndex(modules, context.names);
  for (const { first, second } of index.duplicates)
    refuse(
      `${nounOf(modules[second]!)} is defined twice: ${placeOf(modules[first]!)} and ${placeOf(modules[second]!)}`,
    );
  if (refusals.length > 0) return { statements: [], refusals, notes: [], owns: context.owned };

  const external = checkExternalModules(desired, context);
  for (const { module, reason } of external.findings) refuse(`${placeOf(module)}: ${reason}`);
  const changes = changesOf(modules, context);
  const gone = removedModules(index, context);
  const removed = desired.removeMissing ? gone.map(({ live }) => live) : [];
  const dependencies = findDependencies(desired, index, removed, context);
  const order = orderOf(dependencies.hard, dependencies.soft, startOrder(desired));
  refuseConflicts();
  refuseBrokenReferences();
  spreadRotations(changes, dependencies, order.positions);
  const releases = releaseBound();

  const statements: Statement[] = [...releases.statements];
  const replacedColumns = new Set<number>();
  const touched = new Set<number>();
  for (const position of order.positions) {
    const change = changes[position]!;
    if (change.action === "keep") {
      if (change.module.selectsStar && dependencies.hard[position]!.some((each) => replacedColumns.has(each))) {
        replacedColumns.add(position);
        // Schema-bound modules cannot select *, so that every one met here may be refreshed.
        statements.push(refreshModule(database, change.module));
      }
      continue;
    }
    if (change.action !== "create" && hasColumns(change)) replacedColumns.add(position);
    if (change.live?.object) touched.add(change.live.object.objectId);
    const { statements: own, refusal } = emitModule(
      change,
      releases.dropped.has(position),
      releases.unbound.has(position),
      (type) => index.find("type", type.schemaName, type.name) !== undefined,
      context,
      database,
    );
    statements.push(...own);
    if (refusal !== undefined) refuse(`${placeOf(change.module)}: ${refusal}`);
  }
  statements.push(...finishRotations(changes, touched, removed, context, database));
  const removal = removeModules(
    catalog,
    database,
    removed.filter((live) => !releases.removed.has(live)),
    new Set([...touched, ...[...releases.removed].map((live) => live.object!.objectId)]),
    removalHazards,
  );
  refusals.push(...removal.refusals);
  statements.push(...removal.statements);

  const kept: OwnedObject[] = desired.removeMissing ? [] : gone.map(({ row }) => row);
  return {
    statements: refusals.length > 0 ? [] : statements,
    refusals,
    notes: notesOf(),
    observations: sequenceStarts(changes),
    owns: [
      ...changes.map((change) => ({
        type: change.module.kind,
        name: moduleName(change.module),
        definitionHash: change.definitionHash,
      })),
      ...kept,
    ],
    requires: [...requirementsOf(changes, dependencies, context), ...external.requires],
  };

  function refuseConflicts(): void {
    const owned = new Set(context.owned.map((row) => `${row.type}\0${context.names.key(row.name)}`));
    const isOwned = (object: ObjectName): boolean => owned.has(`${object.type}\0${context.names.key(object.name)}`);
    for (const { module, live } of changes) {
      const where = `${placeOf(module)}: ${nounOf(module)}`;
      if (!live) {
        const other =
          module.kind === "type" || module.schema === ""
            ? undefined
            : (catalog.findTable(module.schema, module.name) ?? catalog.findObject(module.schema, module.name));
        if (other) refuse(`${where}: a ${"type" in other ? "different object" : "table"} has this name already`);
        continue;
      }
      // Ownership of the same kind of object is the runtime's. Another kind would have to be dropped, which needs its owner.
      const object = { type: live.kind, name: moduleName(live) };
      if (live.kind === module.kind || isOwned(object)) continue;
      const owner = catalog.ownerOf(object.type, object.name)?.owner;
      refuse(
        `${where}: ${nounOf(live)} has this name and ${owner === undefined ? "no stack owns it" : `belongs to ${owner}`}: drop it there first`,
      );
    }
  }

  function refuseBrokenReferences(): void {
    for (const cycle of order.cycles)
      refuse(
        `these need one another at creation, so that none can be first: ${cycle.map((each) => `${nounOf(modules[each]!)} (${placeOf(modules[each]!)})`).join(", ")}`,
      );
    for (const { position, reference, name, binds } of dependencies.removed) {
      const module = modules[position]!;
      if (binds || desired.missingReferences === "refuse")
        refuse(
          `${placeOf(module, reference.line)}: ${nounOf(module)} mentions ${name}, which this plan drops because its definition left the directory`,
        );
    }
  }

  /** Everything that is bound to what changes lets go first, those that nobody is bound to before the others. */
  function releaseBound(): {
    statements: Statement[];
    dropped: Set<number>;
    unbound: Set<number>;
    removed: Set<LiveModule>;
  } {
    const result = {
      statements: [] as Statement[],
      dropped: new Set<number>(),
      unbound: new Set<number>(),
      removed: new Set<LiveModule>(),
    };
    const changing = changes.flatMap(({ action, live }) =>
      live && (action === "alter" || action === "recreate" || action === "rotate") ? [live] : [],
    );
    const bound = boundReferrersOf(catalog, changing);
    const seen = new Set<string>();
    for (const { row, referenced } of bound.others) {
      const reason = `${referenced ? nounOf(referenced) : row.referencedName} cannot change while ${describeReferrer(row)} is bound to it (the server's error 3729): give the new definition a new name, or take the binding away first`;
      if (!seen.has(reason)) refuse(reason);
      seen.add(reason);
    }
    const byId = new Map(
      changes.flatMap((change, position) =>
        change.live?.object ? [[change.live.object.objectId, position] as const] : [],
      ),
    );
    const removedById = new Map(
      removed.flatMap((live) => (live.object ? [[live.object.objectId, live] as const] : [])),
    );
    for (const id of bound.modules) {
      const position = byId.get(id);
      const leaving = removedById.get(id);
      if (leaving) {
        result.removed.add(leaving);
        result.statements.push(dropModule(database, leaving, removalHazards(leaving)));
      } else if (position === undefined) {
        const referrer = catalog.objectById(id)!;
        refuse(
          `${moduleName({ schema: referrer.schemaName, name: referrer.name })} is schema-bound to what changes and is not in this bundle: add its definition, or unbind it first`,
        );
      } else {
        const change = changes[position]!;
        // A natively compiled module is always bound: it can only be dropped and made again.
        if (change.live!.object!.isNativelyCompiled) change.action = "recreate";
        else if (change.action === "keep" || change.action === "enable") change.action = "alter";
        const drops = change.action === "recreate";
        (drops ? result.dropped : result.unbound).add(position);
        result.statements.push(drops ? dropModule(database, change.live!, []) : releaseModule(database, change.live!));
      }
    }
    restoreTriggers();
    return result;
  }

  /** A trigger falls with its view. */
  function restoreTriggers(): void {
    const recreated = new Set(
      changes.flatMap((change, position) =>
        change.action === "recreate" && change.live?.kind === "view" ? [position] : [],
      ),
    );
    if (recreated.size === 0) return;
    changes.forEach((change, position) => {
      const { module } = change;
      const parent = module.parent && index.find("object", module.parent.schema, module.parent.name);
      if (parent === undefined || !recreated.has(parent) || !change.live) return;
      changes[position] = { ...change, action: "create" };
    });
    for (const row of catalog.objects) {
      const parent = row.parentName === null ? undefined : index.find("object", row.parentSchema ?? "", row.parentName);
      if (
        parent === undefined ||
        !recreated.has(parent) ||
        index.find("object", row.schemaName, row.name) !== undefined
      )
        continue;
      if (!removed.some((live) => live.object === row))
        refuse(
          `${nounOf(modules[parent]!)} becomes another kind of object, and trigger ${moduleName({ schema: row.schemaName, name: row.name })} on it would be lost: add it to the bundle, or drop it first`,
        );
    }
  }

  function notesOf(): string[] {
    const notes = new Set<string>();
    for (const { position, reference } of dependencies.elsewhere)
      notes.add(
        `not checked: ${reference.parts.join(".")}, outside the database (${placeOf(modules[position]!, reference.line)})`,
      );
    const shown = [...notes].slice(0, shownElsewhere);
    if (notes.size > shown.length)
      shown.push(`not checked: ${notes.size - shown.length} more mentions of objects outside the database`);
    shown.push(...external.notes);
    if (changes.some(({ action }) => action === "rotate"))
      shown.push(
        "a type is replaced: if something that the catalog does not show still uses it, DROP TYPE stops with error 3732 and the whole change is rolled back",
      );
    return shown;
  }
}

/** Rows of iac.object whose definition left the directory and whose object is still there. */
function removedModules(index: ModuleIndex, context: PlanContext): { row: OwnedObject; live: LiveModule }[] {
  return context.owned.flatMap((row) => {
    const live = findOwnedModule(context.catalog.database, row);
    // Somebody put another kind of object in its place: that one is not ours to drop.
    return live && live.kind === row.type && !index.has(live) ? [{ row, live }] : [];
  });
}

const kindRank = { type: 0, sequence: 1, synonym: 2, function: 3, view: 4, procedure: 5, trigger: 6 } as const;

function startOrder({ modules }: BundleDesired): number[] {
  const keys = modules.map((module) => `${kindRank[module.kind]}\0${module.schema}\0${module.name}`);
  return modules
    .map((_, position) => position)
    .sort((left, right) => (keys[left]! < keys[right]! ? -1 : keys[left]! > keys[right]! ? 1 : 0));
}

/** START WITH is used once; a later change of it would look as if it did something. */
function sequenceStarts(changes: readonly Change[]): string[] {
  return changes.flatMap(({ module, live }) => {
    if (module.shape?.shape !== "sequence" || !live?.object || live.kind !== "sequence") return [];
    if (wholeNumber(live.object.sequenceStart) === module.shape.start) return [];
    return [
      `${nounOf(module)} (${placeOf(module)}): START WITH counts only when it is made; it goes on from ${live.object.sequenceCurrent}`,
    ];
  });
}

function hasColumns({ module }: Change): boolean {
  return module.kind === "view" || module.functionKind === "inline" || module.functionKind === "table";
}

function requirementsOf(changes: readonly Change[], dependencies: Dependencies, context: PlanContext): Requirement[] {
  const required = new Map<string, Requirement>();
  const add = (requirement: Requirement): void => {
    const key = `${requirement.type}\0${context.names.key(requirement.name)}`;
    if (!required.has(key)) required.set(key, requirement);
  };
  changes.forEach(({ action, module }, position) => {
    if (action === "keep") return;
    const neededBy = `${nounOf(module)} (${placeOf(module)})`;
    if (module.schema !== "" && !context.catalog.database.findSchema(module.schema))
      add({ type: "schema", name: module.schema, neededBy });
    if (module.executeAs !== undefined) add({ type: "principal", name: module.executeAs, neededBy });
    for (const requirement of dependencies.missing.get(position) ?? []) add(requirement);
  });
  return [...required.values()];
}
