/**
 * Modules AS EXTERNAL NAME against the metadata of the assemblies that they name: the same check as ClrBindings makes.
 * https://learn.microsoft.com/sql/t-sql/statements/create-procedure-transact-sql
 */
import type { Binding } from "../../clr/binding";
import { checkBindings } from "../../clr/check-bindings";
import type { AssemblyMetadata } from "../../clr/model";
import { nearestName } from "../../clr/nearest-name";
import type { PlanContext, Requirement } from "../../contract";
import { readExternalModule } from "../../tsql/external-module";
import type { ModuleSource } from "../../tsql/module-source";
import { classOfType, registeredAssemblies } from "../clr/assembly/plan";
import type { BundleDesired } from "./desired";
import { nounOf } from "./module-index";

interface ExternalModules {
  readonly findings: readonly { readonly module: ModuleSource; readonly reason: string }[];
  readonly requires: readonly Requirement[];
  readonly notes: readonly string[];
}

export function checkExternalModules(desired: BundleDesired, context: PlanContext): ExternalModules {
  const modules = desired.modules.filter((module) => module.external);
  if (modules.length === 0) return { findings: [], requires: [], notes: [] };
  const findings: { module: ModuleSource; reason: string }[] = [];
  const requires = new Map<string, Requirement>();
  const unchecked = new Set<string>();
  const bindings = new Map<Binding, ModuleSource>();
  for (const module of modules) {
    const binding = readExternalModule(module, desired.defaultSchema);
    if (typeof binding === "string") findings.push({ module, reason: `${nounOf(module)}: ${binding}` });
    else bindings.set(binding, module);
  }
  const metadata = metadataByName(desired, context);
  for (const [binding, module] of bindings) {
    const name = context.names.key(binding.assembly);
    if (context.catalog.database.findAssembly(binding.assembly) === undefined) requires.set(name, { type: "assembly", name: binding.assembly, neededBy: nounOf(module) });
    if (metadata.has(name)) continue;
    unchecked.add(binding.assembly);
    if (desired.assemblies.length === 0 || context.catalog.database.findAssembly(binding.assembly) !== undefined) continue;
    const nearest = nearestName(binding.assembly, [...desired.assemblies.map((each) => each.metadata.name), ...context.catalog.database.rows.assemblies.map((row) => row.name)]);
    findings.push({ module, reason: `${nounOf(module)}: assembly ${binding.assembly} is neither in the database nor among \`assemblies\` (6528)${nearest === undefined ? "" : `; did you mean ${nearest}?`}` });
  }
  const checked = checkBindings(
    [...bindings.keys()],
    (assembly) => metadata.get(context.names.key(assembly)),
    (schema, name) => classOfType(schema, name, context),
    (name) => context.names.key(name),
  );
  findings.push(...checked.map(({ binding, reason }) => ({ module: bindings.get(binding)!, reason })));
  return {
    findings,
    requires: [...requires.values()],
    notes: [...unchecked].map((name) => `not checked: what is bound to assembly ${name}, whose DLL is not among \`assemblies\``),
  };
} // prettier-ignore

/** A DLL counts under its .NET name, and under the name that the database has it under. */
function metadataByName({ assemblies }: BundleDesired, context: PlanContext): Map<string, AssemblyMetadata> {
  const found = new Map(assemblies.map(({ metadata }) => [context.names.key(metadata.name), metadata]));
  for (const registered of registeredAssemblies(context)) {
    const known = assemblies.find(({ metadata }) => metadata.name.toLowerCase() === registered.name.toLowerCase());
    if (known !== undefined) found.set(context.names.key(registered.sqlName), known.metadata);
  }
  return found;
}
