/** Plans of the kind ClrBindings: types, aggregates, functions, procedures, triggers; what left goes first. */
import { nounOf, type Binding } from "../../../clr/binding";
import { checkBindings } from "../../../clr/check-bindings";
import type { Hazard, OwnedObject, Plan, PlanContext, Refusal, Requirement, Statement } from "../../../contract";
import { quoteNames } from "../../../engine/quoting";
import { statement } from "../../../engine/statement";
import { permissionStatement } from "../../permission-statements";
import { classOfType } from "../assembly/plan";
import { alterBinding, createBinding, dropBinding, ownedBinding } from "../binding-statements";
import { bindingName, usersOf, type LiveBinding } from "../live-binding";
import { clrDisabled, noUserAssemblies } from "../platform";
import type { DesiredBindings } from "./inputs";
import { bindingHash, findBinding, findOwnedBinding, sameBinding, type LiveBindings } from "./live";

// ---- Plan ------------------------------------------------------------------------------------------------------------

export function plan(desired: DesiredBindings, _live: LiveBindings | undefined, context: PlanContext): Plan {
  const { database, bindings, loaded, assembly } = desired;
  const { names } = context;
  const catalog = context.catalog.database;
  const owns = bindings.map((binding): OwnedObject => ({ ...ownedBinding(binding), definitionHash: bindingHash(binding, names) }));
  const declaredTypes = new Map(bindings.filter(({ kind }) => kind === "type").map((each) => [key(each, context), each.className]));
  const classOf = (schema: string, name: string): string | undefined =>
    declaredTypes.get(key({ schema, name }, context)) ?? classOfType(schema, name, context);
  const refusals: Refusal[] = [
    ...noUserAssemblies(context),
    ...checkBindings(bindings, () => loaded.metadata, classOf, (name) => names.key(name)).map(({ binding, reason }) => ({
      property: propertyOf(binding),
      reason,
    })),
  ];
  if (refusals.length > 0) return { statements: [], refusals, notes: [], owns };

  const wanted = new Set(bindings.map((binding) => `${nounOf(binding.kind)}\0${key(binding, context)}`));
  const leaving = context.owned.flatMap((row) => findOwnedBinding(catalog, row) ?? []).filter((live) => !wanted.has(`${nounOf(live.kind)}\0${key(live, context)}`));
  const removal = removeBindings(database, leaving, context, lossOf);
  const statements: Statement[] = [];
  const dropped: Statement[] = [];
  for (const binding of bindings) {
    const noun = nounOf(binding.kind);
    const live = findBinding(catalog, noun, binding.schema, binding.name);
    if (live === undefined) {
      const other = binding.kind === "type" ? catalog.findType(binding.schema, binding.name) : (catalog.findObject(binding.schema, binding.name) ?? catalog.findTable(binding.schema, binding.name));
      if (other !== undefined) refusals.push({ property: propertyOf(binding), reason: `${bindingName(binding)} exists and is no ${noun} of an assembly: drop it there, or give this one another name` });
      else statements.push(createBinding(database, binding));
    } else if (!sameBinding(binding, live, names)) changeBinding(binding, live);
    else if (live.object?.isTriggerDisabled === true) statements.push(enableTrigger(database, binding));
  }
  refusals.push(...removal.refusals);

  return {
    statements: refusals.length > 0 ? [] : [...removal.statements, ...dropped.reverse(), ...statements],
    refusals,
    notes: [],
    observations: [...clrDisabled(context), ...otherBuild(desired, context)],
    owns,
    requires: requirementsOf(desired, assembly, context),
  };

  /** ALTER keeps permissions and id; where there is none, or another kind of function is wanted, it is made anew. */
  function changeBinding(binding: Binding, live: LiveBinding): void {
    const isOnAnotherTable = binding.kind === "trigger" && (!names.equals(binding.trigger!.schema, live.trigger?.schema ?? "") || !names.equals(binding.trigger!.table, live.trigger?.table ?? ""));
    if (live.kind === binding.kind && binding.kind !== "aggregate" && binding.kind !== "type" && !isOnAnotherTable) {
      statements.push(alterBinding(database, binding));
      return;
    }
    const users = usersOf(live, catalog);
    if (users.length > 0) {
      refusals.push({ property: propertyOf(binding), reason: `${nounOf(binding.kind)} ${bindingName(binding)} must be dropped and made again to change, and ${users.join(", ")} use it: take that away first` });
      return;
    }
    dropped.push(dropBinding(database, live, []));
    statements.push(createBinding(database, binding), ...grantsAgain(database, binding, live, context));
  }
} // prettier-ignore

function key({ schema, name }: Pick<Binding, "schema" | "name">, { names }: PlanContext): string {
  return `${names.key(schema)}\0${names.key(name)}`;
}

/** Where a person can mend it: the declaration, or the list of attributes. */
function propertyOf(binding: Binding): string {
  return /^[a-z]+\[\d+\]$/.test(binding.where) ? binding.where : "fromAttributes";
}

function grantsAgain(database: string, binding: Binding, live: LiveBinding, { catalog }: PlanContext): Statement[] {
  const isType = live.type !== undefined;
  const rows = catalog.database.permissionsOn(isType ? 6 : 1, live.object?.objectId ?? live.type?.userTypeId ?? 0);
  const securable = `${isType ? "TYPE" : "OBJECT"}::${quoteNames(binding.schema, binding.name)}`;
  return rows.map((row) => statement(database, `permissions of ${nounOf(binding.kind)} ${bindingName(binding)}`, permissionStatement(row, securable), { idempotent: true }));
} // prettier-ignore

function enableTrigger(database: string, binding: Binding): Statement {
  const { schema, table } = binding.trigger!;
  return statement(
    database,
    `enable trigger ${bindingName(binding)}`,
    `ENABLE TRIGGER ${quoteNames(binding.schema, binding.name)} ON ${quoteNames(schema, table)};`,
    { idempotent: true, object: ownedBinding(binding) },
  );
}

/** A build that the server does not have yet is normal at a preview. */
function otherBuild({ assembly, loaded }: DesiredBindings, { catalog }: PlanContext): string[] {
  const row = catalog.database.findAssembly(assembly);
  if (row?.contentHash == null || row.contentHash.toUpperCase() === loaded.hash) return [];
  return [`assembly ${assembly} on the server is another build than ${loaded.file}, against which everything was checked; its ClrAssembly must be deployed first (dependsOn)`];
} // prettier-ignore

function requirementsOf({ bindings, resource }: DesiredBindings, assembly: string, { catalog }: PlanContext): Requirement[] {
  const requirements: Requirement[] = [{ type: "assembly", name: assembly, neededBy: `ClrBindings "${resource}"` }];
  for (const binding of bindings) {
    const neededBy = `${nounOf(binding.kind)} "${bindingName(binding)}"`;
    if (catalog.database.findSchema(binding.schema) === undefined) requirements.push({ type: "schema", name: binding.schema, neededBy });
    if (binding.trigger !== undefined) requirements.push({ type: "object", name: bindingName({ schema: binding.trigger.schema, name: binding.trigger.table }), neededBy });
    if (binding.executeAs !== undefined && binding.executeAs.toUpperCase() !== "OWNER") requirements.push({ type: "principal", name: binding.executeAs, neededBy });
  }
  return requirements;
} // prettier-ignore

// ---- Removal ---------------------------------------------------------------------------------------------------------

function lossOf(live: LiveBinding): Hazard[] {
  return [{ type: "data-loss", object: bindingName(live), detail: "it is not declared any more: it and the permissions on it go, and whoever calls it fails" }];
} // prettier-ignore

const dropRank = { trigger: 0, procedure: 1, "table-function": 2, function: 3, aggregate: 4, type: 5 } as const;

function removeBindings(database: string, leaving: readonly LiveBinding[], { catalog }: PlanContext, hazards: (live: LiveBinding) => readonly Hazard[]): { statements: Statement[]; refusals: Refusal[] } {
  const names = new Set(leaving.map(bindingName));
  const refusals = leaving.flatMap((live): Refusal[] => {
    const users = usersOf(live, catalog.database).filter((user) => !names.has(user));
    return users.length === 0 ? [] : [{ property: "", reason: `${nounOf(live.kind)} ${bindingName(live)} cannot be dropped: ${users.join(", ")} use it; change that first` }];
  });
  const ordered = [...leaving].sort((left, right) => dropRank[left.kind] - dropRank[right.kind] || (bindingName(left) < bindingName(right) ? -1 : 1));
  return { statements: ordered.map((live) => dropBinding(database, live, hazards(live))), refusals };
} // prettier-ignore

// ---- Plan of the delete ----------------------------------------------------------------------------------------------

export function planDelete(live: LiveBindings, context: PlanContext): Plan {
  const mine = live.owned.flatMap((row) => findOwnedBinding(context.catalog.database, row) ?? []);
  const { statements, refusals } = removeBindings(live.database, mine, context, () => []);
  return { statements: refusals.length > 0 ? [] : statements, refusals, notes: [], owns: [] };
}
