/**
 * What the serialised class requires by package name: the way of one resource from inputs to state. Runs in Pulumi's
 * provider process, one process for all resources of a deployment.
 */
import { isDeepStrictEqual } from "node:util";
import { setFlagsFromString } from "node:v8";
import type { AnyKind, CatalogSnapshot, JsonValue, Plan, VerificationCheck } from "./contract";
import { applyPlan, type Applied } from "./engine/apply";
import { Ownership } from "./engine/bookkeeping";
import { readConfiguration, type Configuration, type ConfigurationSource } from "./engine/configuration";
import type { ManagedDatabase } from "./engine/managed-database";
import { ManagedServer } from "./engine/managed-server";
import { gitCommit } from "./engine/source-control";
import { forgetVerification, verify, type Verified } from "./engine/verification";
import {
  InvalidInputsError,
  NotConvergedError,
  MissingRequirementError,
  ProviderError,
  StalePlanError,
  StatementError,
  UnsafeChangeError,
  VerificationFailedError,
  type InputIssue,
} from "./errors";
import { bindingText, planHash, planText } from "./plan-text";
import { ownedBy } from "./ownership-conflicts";
import {
  carried,
  identityIn,
  identityProperty,
  inputsAmong,
  parseInputs,
  providerProperty,
  plain,
  unknownPaths,
  withoutPlan,
  type Properties,
} from "./properties";
import { kindOf } from "./registry";
import { abandoned, reading, rememberedOf, ResourcePlanner, type Planned } from "./resource-planner";

/** Outputs of every resource that tell of its last change; nothing on the server tells them again. */
const historyOutputs = ["planHash", "deploymentId", "verified", "checksPassed", "checksFailed"] as const;

// ---- The process's state ----------------------------------------------------------------------------------------------

let configuration: Configuration = readConfiguration({ get: () => undefined }, process.env);
let planner = new ResourcePlanner(configuration);
const servers = new Map<string, ManagedServer>();

/** Needs that a preview names one by one; an apply names all of them. */
const shownNeeds = 5;

/** Lines on stderr reach the person as diagnostics of the deployment. */
function progress(text: string): void {
  process.stderr.write(`sqlserver: ${text}\n`);
}

export function configure(_kind: string, request: { readonly config: ConfigurationSource }): Promise<void> {
  return boundary(() => {
    configuration = readConfiguration(request.config, process.env);
    planner = new ResourcePlanner(configuration);
    return Promise.resolve();
  });
}

/** Gives the object from the state its operations; Pulumi calls it once per kind and process, before all others. */
export function begin(
  provider: { readonly kind: string },
  request: { readonly config: ConfigurationSource },
): Promise<void> {
  // The process is the provider's own: the collector waits for a share of the machine's memory, which lets a catalog of 50,000 modules
  // take half as much again as it needs. Programs that call the runtime themselves keep their own settings.
  setFlagsFromString("--optimize-for-size");
  const { kind } = provider;
  Object.assign(provider, {
    check: (olds: Properties, news: Properties) => check(kind, olds, news),
    diff: (id: string, olds: Properties, news: Properties) => diff(kind, id, olds, news),
    create: (properties: Properties) => create(kind, properties),
    read: (id: string, properties: Properties) => read(kind, id, properties),
    update: (id: string, olds: Properties, news: Properties) => update(kind, id, olds, news),
    delete: (id: string, properties: Properties) => remove(kind, id, properties),
  });
  return configure(kind, request);
}

/** Closes all connections: for programs that use the runtime without Pulumi. */
export async function shutdown(): Promise<void> {
  await Promise.all([...servers.values()].map((server) => server.close()));
  servers.clear();
  planner = new ResourcePlanner(configuration);
}

async function managedDatabase(kind: AnyKind, inputs: Properties): Promise<ManagedDatabase> {
  const name = String(inputs["server"]);
  let server = servers.get(name);
  if (!server) {
    const program = String(inputs["owner"]).split("/").slice(0, 2).join("/");
    server = new ManagedServer(name, configuration.server(name), program, progress);
    servers.set(name, server);
  }
  const managed = await server.database(kind.database(inputs));
  const former = kind.formerDatabase?.(inputs);
  if (former !== undefined) managed.wasNamed(former);
  return managed;
}

// ---- check and diff ---------------------------------------------------------------------------------------------------

interface CheckResult {
  inputs: Record<string, unknown>;
  failures?: { property: string; reason: string }[];
}

/** Puts the T-SQL into the input `plan`. A refusal of any sort is a failure of the check, so it shows at preview. */
export function check(kindName: string, olds: Properties, news: Properties): Promise<CheckResult> {
  return boundary(async () => {
    const old = olds ?? {};
    const given: Record<string, unknown> = { ...news };
    try {
      const kind = kindOf(kindName);
      const unknown = unknownPaths(inputsAmong(kind, news));
      if (unknown.length > 0) {
        given["plan"] = `--: the plan is made when these inputs are known: ${unknown.join(", ")}`;
        return { inputs: given };
      }
      const inputs = parseInputs(kind, news);
      const forbidden = forbiddenChanges(kind, old, inputs);
      const followsRename = forbidden.length === 1 && forbidden[0]?.property === "database";
      if (forbidden.length > 0 && !followsRename) throw new InvalidInputsError(forbidden);
      const target = await managedDatabase(kind, inputs);
      return await target.exclusively(async () => {
        // What lies in a database goes with it when the database is renamed.
        if (followsRename && !(await target.isRenamedFrom(String(old["database"]), String(inputs["owner"]))))
          throw new InvalidInputsError(forbidden);
        const { plan, identity, issues, missing } = await planner.plan(kind, inputs, target, old, (planned) => {
          const reviewed = planner.reviewed(kind, planned, old);
          return { ...reviewed, issues: [...reviewed.issues, ...abandoned(kind, old, planned)] };
        });
        if (issues.length > 0) throw new InvalidInputsError(issues);
        const what = kind.describe(identity);
        for (const observation of plan.observations ?? []) progress(`${what}: ${observation}`);
        if (missing.length > 0)
          progress(
            `${what}: ${missing.slice(0, shownNeeds).join("; ")}${missing.length > shownNeeds ? `; and ${missing.length - shownNeeds} more` : ""}. Another resource must make that before this one`,
          );
        const text = planText(plan);
        // Nothing to do: the old text stays, so that nothing shows as changed.
        given["plan"] = text === "" ? String(old["plan"] ?? "") : text;
        return { inputs: given };
      });
    } catch (error) {
      if (error instanceof InvalidInputsError) return { inputs: given, failures: error.issues.map(failure) };
      if (error instanceof ProviderError)
        return { inputs: given, failures: [{ property: "", reason: `${error.name}: ${error.message}` }] };
      throw error;
    }
  });
}

/** The path is part of the text: of a property that it is told, Pulumi prints the value, which may be long or secret. */
function failure({ property, reason }: InputIssue): { property: string; reason: string } {
  return { property: "", reason: property === "" ? reason : `${property}: ${reason}` };
}

function forbiddenChanges(kind: AnyKind, olds: Properties, news: Properties): InputIssue[] {
  return Object.entries(kind.changes).flatMap(([property, rule]) => {
    if (typeof rule === "string" || olds[property] === undefined || isDeepStrictEqual(olds[property], news[property]))
      return [];
    return [
      {
        property,
        reason: `cannot change from ${JSON.stringify(olds[property])} to ${JSON.stringify(news[property])}: ${rule.refuse}`,
      },
    ];
  });
}

/** Changed when the server differs from what is wanted, or an input from what the state has. */
export function diff(kindName: string, _id: string, olds: Properties, news: Properties): Promise<{ changes: boolean }> {
  return boundary(async () => {
    const kind = kindOf(kindName);
    if (unknownPaths(inputsAmong(kind, news)).length > 0) return { changes: true };
    const inputs = parseInputs(kind, news);
    const changed = Object.keys(kind.changes).some(
      (name) => name !== "plan" && !isDeepStrictEqual(olds[name] ?? undefined, inputs[name]),
    );
    if (changed || (kind.verification && olds["verified"] !== true)) return { changes: true };
    const target = await managedDatabase(kind, inputs);
    return target.exclusively(async () => ({
      changes: await planner.plan(kind, withoutPlan(inputs), target, olds, ({ plan }) => plan.statements.length > 0),
    }));
  });
}

// ---- create, update, delete -------------------------------------------------------------------------------------------

export function create(
  kindName: string,
  properties: Properties,
): Promise<{ id: string; outs: Record<string, unknown> }> {
  return boundary(() => keepingProvider(properties, apply(kindOf(kindName), {}, properties, "create")));
}

export function update(
  kindName: string,
  _id: string,
  olds: Properties,
  news: Properties,
): Promise<{ outs: Record<string, unknown> }> {
  return boundary(async () => ({
    outs: (await keepingProvider(news, apply(kindOf(kindName), olds, news, "update"))).outs,
  }));
}

async function apply(
  kind: AnyKind,
  olds: Properties,
  properties: Properties,
  action: "create" | "update",
): Promise<{ id: string; outs: Record<string, unknown> }> {
  const inputs = parseInputs(kind, properties);
  const target = await managedDatabase(kind, inputs);
  return target.exclusively(async () => {
    await target.lock();
    const before = await planner.plan(kind, withoutPlan(inputs), target, olds, (planned) =>
      planner.reviewed(kind, planned, olds),
    );
    const { issues, missing } = before;
    const what = kind.describe(before.identity);
    if (issues.length > 0)
      throw new UnsafeChangeError(`${what}: ${issues.map((issue) => issue.reason).join("\n")}\nNothing was changed`);
    requireFresh(what, before.plan, String(inputs["plan"] ?? ""));
    if (missing.length > 0)
      throw new MissingRequirementError(
        `${what}: ${missing.join("\n")}\nNothing was changed. Make it with a resource that this one depends on (dependsOn), or correct the name`,
      );
    const id = `${String(inputs["server"])}/${kind.key(before.identity)}`;
    let applied: Applied;
    try {
      applied = await applyPlan(target, {
        plan: before.plan,
        action,
        owner: String(inputs["owner"]),
        gitCommit: gitCommit(),
        database: kind.database(inputs),
        databaseRemains: true,
        ownership: new Ownership(String(inputs["owner"]), before.catalog.names, before.owned),
      });
    } catch (error) {
      target.invalidate();
      throw await partialFailure(kind, olds, inputs, target, id, before.plan, error);
    }
    target.invalidate(written(before.plan, kind.database(inputs)));
    const history = historyOf(olds, before.plan, applied);
    planner.forget(kind, inputs);
    const after = await readBack(kind, inputs, target, id, before.identity);
    const outs = { ...after.state, ...history };
    // A set of nothing has nothing to be read.
    const absent = after.live === undefined && after.plan.owns.length > 0;
    if (after.plan.statements.length > 0 || absent) {
      const left = absent ? "it is not there" : `this is left to do:\n${planText(after.plan)}`;
      throw failureWithState(
        new NotConvergedError(`${what}: applied, but the server does not look as asked for; ${left}`),
        id,
        outs,
      );
    }
    const checks = kind.verification?.(after.desired);
    if (checks === undefined) return { id, outs };
    const { failure, ...outcome } = await verified(target, kind, inputs, checks, id, outs);
    Object.assign(outs, outcome);
    if (failure !== undefined) throw failureWithState(new VerificationFailedError(`${what}: ${failure}`), id, outs);
    return { id, outs };
  });
}

/** A transaction in a database changes nothing that the server's own catalog shows; whatever else there is may. */
function written(plan: Plan | undefined, database: string | undefined): "server" | "contents" {
  const inside = plan?.statements.every((statement) => statement.inTransaction && statement.database === database);
  return inside === false ? "server" : "contents";
}

/** Throws StalePlanError. An empty plan is never stale: another input changed, or an earlier run got further than it recorded. */
function requireFresh(what: string, plan: Plan, reviewed: string): void {
  const text = planText(plan);
  if (text === "" || text === reviewed || bindingText(text) === bindingText(reviewed)) return;
  throw new StalePlanError(
    `${what}: the server changed since the plan was made; nothing was changed. Preview again. It would now run:\n${text}`,
  );
}

/** Of the change that was just made, or of the last one when there was nothing to do. */
function historyOf(olds: Properties, plan: Plan, applied: Applied): Properties {
  const isFirst = olds["planHash"] === undefined;
  return {
    ...(plan.statements.length > 0 || isFirst ? { planHash: planHash(plan) } : { planHash: olds["planHash"] }),
    ...(applied.deploymentId === undefined ? carried(olds, ["deploymentId"]) : applied),
  };
}

/** What cannot be asked is not verified, and the state says so. */
async function verified(
  target: ManagedDatabase,
  kind: AnyKind,
  inputs: Properties,
  checks: readonly VerificationCheck[],
  id: string,
  outs: Record<string, unknown>,
): Promise<Verified> {
  try {
    return await verify(target, {
      database: kind.database(inputs)!,
      owner: String(inputs["owner"]),
      gitCommit: gitCommit(),
      checks,
    });
  } catch (error) {
    const explained = target.explained(error);
    throw explained instanceof ProviderError
      ? failureWithState(explained, id, { ...outs, verified: false })
      : explained;
  }
}

/** What was applied stays applied, so the state must know of it although it could not be read back. */
async function readBack(
  kind: AnyKind,
  inputs: Properties,
  target: ManagedDatabase,
  id: string,
  identity: JsonValue,
): Promise<Planned & { readonly state: Record<string, unknown> }> {
  try {
    return await planner.plan(kind, withoutPlan(inputs), target, inputs, (planned) => ({
      ...planned,
      state: state(kind, inputs, planned),
    }));
  } catch (error) {
    const explained = target.explained(error);
    throw explained instanceof ProviderError
      ? failureWithState(explained, id, plain({ ...inputs, [identityProperty]: identity }))
      : explained;
  }
}

/** The whole state: inputs as given, outputs as read. */
function state(kind: AnyKind, inputs: Properties, { desired, identity, live }: Planned): Record<string, unknown> {
  const outputs = live === undefined ? {} : kind.outputs(desired, live);
  return plain({ ...inputs, ...outputs, [identityProperty]: identity });
}

/** Tells Pulumi that the object exists although the apply failed, when something of it does. */
async function partialFailure(
  kind: AnyKind,
  olds: Properties,
  inputs: Properties,
  target: ManagedDatabase,
  id: string,
  plan: Plan,
  error: unknown,
): Promise<unknown> {
  if (!(error instanceof StatementError) || (error.committed === 0 && !error.isOutcomeUnknown)) return error;
  // Whether a remembered input was acted on is not known, so the state keeps the old one, and the next deployment does it.
  const kept: Properties = {
    ...Object.fromEntries(Object.entries(inputs).filter(([name]) => kind.remembered?.includes(name) !== true)),
    ...rememberedOf(kind, olds),
  };
  try {
    const reached = await planner.plan(kind, withoutPlan(inputs), target, olds, (planned) => ({
      isUntouched: error.committed === 0 && planText(planned.plan) === planText(plan),
      state: state(kind, kept, planned),
    }));
    // Everything is still to be done, so nothing was.
    if (reached.isUntouched) return error;
    return failureWithState(error, id, { ...reached.state, ...carried(olds, historyOutputs) });
  } catch (again) {
    // What was committed is known from the statements; what the server holds now could not be read.
    if (target.explained(again) instanceof ProviderError)
      return failureWithState(error, id, plain({ ...kept, [identityProperty]: kind.identity(kind.desired(inputs)) }));
    return again;
  }
}

/** Pulumi adds its text of the provider to results, but not to the state of a failure; without it neither refresh nor delete would find the way here. */
async function keepingProvider<T>(given: Properties, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    const state = (error as { properties?: Record<string, unknown> }).properties;
    if (state !== undefined) state[providerProperty] = given[providerProperty];
    throw error;
  }
}

/** Pulumi's dynamic providers read id, properties and reasons from the error itself. */
function failureWithState(error: ProviderError, id: string, properties: Record<string, unknown>): ProviderError {
  return Object.assign(error, { id, properties, reasons: [`${error.name}: ${error.message}`] });
}

export function remove(kindName: string, _id: string, properties: Properties): Promise<void> {
  return boundary(async () => {
    const kind = kindOf(kindName);
    const inputs = inputsAmong(kind, properties);
    const target = await managedDatabase(kind, inputs);
    await target.exclusively(async () => {
      await target.lock();
      const owner = String(inputs["owner"]);
      const identity = identityIn(kind, properties);
      const what = kind.describe(identity);
      const { catalog, owned, plan } = await planner.planDelete(kind, properties, inputs, target);
      const reasons = plan
        ? [...plan.refusals.map((refusal) => refusal.reason), ...planner.missingConsents(plan, inputs)]
        : [];
      if (reasons.length > 0)
        throw new UnsafeChangeError(
          `${what}: not deleted. ${reasons.join("\n")}\nA delete sees \`allow\` and the configuration as the last pulumi up stored them: run pulumi up first, or pulumi destroy --run-program`,
        );
      if (!catalog.databaseExists && kind.database(inputs) !== undefined) return;
      await applyPlan(target, {
        plan: plan ?? { statements: [], refusals: [], notes: [], owns: [] },
        action: "delete",
        owner,
        gitCommit: gitCommit(),
        database: kind.database(inputs),
        databaseRemains: kind.isDatabase !== true,
        ownership: new Ownership(owner, catalog.names, owned),
      }).finally(() => target.invalidate(written(plan, kind.database(inputs))));
      if (kind.verification) await forgetVerification(target, kind.database(inputs)!, owner);
      const left = await target.read(kind.name, (catalog) => Promise.resolve(kind.read(catalog, identity, [])));
      if (plan && plan.statements.length > 0 && left !== undefined && kind.existing(left).length > 0)
        throw new NotConvergedError(`${what}: deleted, but the server still has it`);
    });
  });
}
export { remove as delete };

// ---- read -------------------------------------------------------------------------------------------------------------

/** For refresh: inputs as the server has them; no id when the object is gone. */
export function read(
  kindName: string,
  id: string,
  properties: Properties,
): Promise<{ id?: string; props?: Record<string, unknown>; inputs?: Record<string, unknown> }> {
  return boundary(async () => {
    const kind = kindOf(kindName);
    const old = inputsAmong(kind, properties);
    const target = await managedDatabase(kind, old);
    const look = (catalog: CatalogSnapshot): Awaited<ReturnType<typeof read>> => {
      const identity = identityIn(kind, properties);
      const live =
        catalog.databaseExists || kind.database(old) === undefined
          ? kind.read(catalog, identity, ownedBy(catalog, String(old["owner"])))
          : undefined;
      if (live === undefined) return {};
      const inputs = plain({
        ...kind.inputsFromLive(live, old),
        ...(old["plan"] === undefined ? {} : { plan: old["plan"] }),
      });
      return {
        id,
        inputs,
        props: plain({
          ...inputs,
          ...kind.outputs(undefined, live),
          ...carried(properties, historyOutputs),
          [identityProperty]: identity,
        }),
      };
    };
    return target.exclusively(() => reading(kind, target, look));
  });
}

// ---- The border to Pulumi ---------------------------------------------------------------------------------------------

/** Our own errors say all that a person needs; Pulumi would print their stack as well. */
async function boundary<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof ProviderError) {
      if (!error.message.startsWith(`${error.name}: `)) error.message = `${error.name}: ${error.message}`;
      error.stack = "";
    }
    throw error;
  }
}
