/**
 * ProcedureBundle: procedures, functions, views, triggers, types, synonyms and sequences from a directory of .sql files, as
 * one resource. Reads sys.sql_modules (by hash), sys.types, sys.synonyms and sys.sequences. Only what changed is sent, in
 * the order of need; a definition that left the directory is dropped, with consent.
 * https://learn.microsoft.com/sql/relational-databases/system-catalog-views/sys-sql-modules-transact-sql
 */
import { createHash } from "node:crypto";
import { loadAssembly, type LoadedAssembly } from "../../clr/load-assembly";
import type { CatalogSnapshot, Kind, ObjectName, OwnedObject, Plan, PlanContext } from "../../contract";
import { InvalidInputsError } from "../../errors";
import type { ModuleKind } from "../../tsql/module-header";
import type { BundleDesired } from "./desired";
import { BundleInputs, bundleChanges } from "./inputs";
import { driftOf, findLiveModule, findOwnedModule, moduleName, type Drift, type LiveModule } from "./live-module";
import { planBundle } from "./plan";
import { removeModules, sequenceHazards } from "./removal";
import { readDirectory } from "./source-directory";

// === Identity and live state ===

/** The names are here so that a first `up` sees which of them exist already. */
type BundleIdentity = {
  readonly database: string;
  readonly bundle: string;
  /** Kind, schema, name; the schema is empty for database triggers. */
  readonly modules: readonly (readonly [kind: string, schema: string, name: string])[];
};

export interface BundleLive {
  readonly modules: readonly LiveModule[];
  readonly owned: readonly OwnedObject[];
  readonly drift: Readonly<Record<string, Drift>>;
}

function read(
  catalog: CatalogSnapshot,
  identity: BundleIdentity,
  owned: readonly OwnedObject[],
): BundleLive | undefined {
  if (!catalog.databaseExists) return undefined;
  const found = new Map<object, LiveModule>();
  const add = (live: LiveModule | undefined): void => {
    const row = live?.object ?? live?.type;
    if (live && row) found.set(row, live);
  };
  for (const [kind, schema, name] of identity.modules)
    add(findLiveModule(catalog.database, kind as ModuleKind, schema, name));
  for (const row of owned) add(findOwnedModule(catalog.database, row));
  if (found.size === 0 && owned.length === 0) return undefined;
  return { modules: [...found.values()], owned, drift: driftOf(catalog.database, owned) };
}

function existing(live: BundleLive): ObjectName[] {
  const owned = new Set(live.owned.map((row) => `${row.type}\0${row.name}`));
  return live.modules
    .map((module) => ({ type: module.kind, name: moduleName(module) }))
    .filter(({ type, name }) => !owned.has(`${type}\0${name}`));
}

// === Desired ===

function desired(inputs: BundleInputs): BundleDesired {
  const defaultSchema = inputs.defaultSchema ?? "dbo";
  const { modules, issues } = readDirectory({
    directories: typeof inputs.directory === "string" ? [inputs.directory] : inputs.directory,
    include: inputs.include ?? ["**/*.sql"],
    exclude: inputs.exclude ?? [],
    defaultSchema,
    variables: inputs.variables,
  });
  const assemblies: LoadedAssembly[] = [];
  inputs.assemblies?.forEach((file, index) => {
    const loaded = loadAssembly(file);
    if (typeof loaded === "string") issues.push({ property: `assemblies[${index}]`, reason: loaded });
    else assemblies.push(loaded);
  });
  if (issues.length > 0) throw new InvalidInputsError(issues);
  return {
    database: inputs.database,
    bundle: inputs.owner.split("/").at(-1)!,
    defaultSchema,
    removeMissing: inputs.removeMissing ?? true,
    missingReferences: inputs.missingReferences ?? "refuse",
    modules,
    assemblies,
  };
}

// === Delete ===

function planDelete(_live: BundleLive, context: PlanContext): Plan {
  const catalog = context.catalog.database;
  const database = context.catalog.databaseName ?? "";
  const mine = context.owned.flatMap((row) => {
    const module = findOwnedModule(catalog, row);
    return module?.kind === row.type ? [module] : [];
  });
  const { statements, refusals } = removeModules(catalog, database, mine, new Set(), sequenceHazards);
  return { statements: refusals.length > 0 ? [] : statements, refusals, notes: [], owns: [] };
}

// === Outputs ===

/** From the rows of iac.object, so that refresh, which has no files, says the same as the apply. */
function definitionHash(owned: readonly OwnedObject[]): string {
  const lines = owned.map((row) => `${row.type} ${row.name} ${row.definitionHash ?? ""}`).sort();
  return createHash("sha256").update(lines.join("\n")).digest("hex");
}

export const procedureBundleKind: Kind<BundleInputs, BundleDesired, BundleIdentity, BundleLive> = {
  name: "ProcedureBundle",
  inputs: BundleInputs,
  changes: bundleChanges,
  documentation: {
    summary: "Procedures, functions, views, triggers, types, synonyms and sequences from a directory of .sql files.",
    changesInPlace: [
      "definitions, by ALTER: permissions and object ids stay",
      "the kind of an object, by drop and create in one transaction, permissions given again",
      "types, by setting the old one aside until its users have moved over",
      "sequence options, never the position",
      "schema-bound chains, unbound and bound again in order",
    ],
    refused: [
      "an alias type while a table column has it",
      "the type of a sequence",
      "a function while a constraint, a computed column or a security policy is bound to it",
      "a module AS EXTERNAL NAME that does not fit its assembly, where `assemblies` names the DLL",
      "statements that define none of these objects: the refusal names the kind to use",
    ],
    hosts: ["Windows", "Linux", "Azure SQL Managed Instance", "Azure SQL Database"],
  },
  database: (inputs) => inputs.database,
  desired,
  identity: (bundle) => ({
    database: bundle.database,
    bundle: bundle.bundle,
    modules: bundle.modules.map(({ kind, schema, name }) => [kind, schema, name] as const),
  }),
  key: (identity) => `${identity.database}/${identity.bundle}`,
  describe: (identity) => `procedure bundle "${identity.bundle}" in database "${identity.database}"`,
  read,
  existing,
  probes: () => [],
  plan: (bundle, _live, context) => planBundle(bundle, context),
  planDelete,
  // The definitions are files, which the server cannot change: drift is told by the output of that name.
  inputsFromLive: (_live, old) => old,
  outputNames: ["moduleCount", "definitionHash", "drift"],
  outputs: (_bundle, live) => ({
    moduleCount: live.owned.length,
    definitionHash: definitionHash(live.owned),
    drift: live.drift,
  }),
};
