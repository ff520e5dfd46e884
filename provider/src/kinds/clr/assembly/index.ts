/**
 * Kind ClrAssembly: a .NET assembly with those that it needs, and why the server may trust it. Reads sys.assemblies,
 * sys.assembly_files, sys.assembly_references and sys.trusted_assemblies. The settings clr enabled, clr strict security and
 * TRUSTWORTHY are never touched. https://learn.microsoft.com/sql/t-sql/statements/create-assembly-transact-sql
 */
import type { Kind } from "../../../contract";
import { clrHosts } from "../platform";
import { changes, ClrAssemblyInputs, desired, type DesiredAssemblies } from "./inputs";
import {
  identity,
  permissionSetOf,
  probes,
  read,
  remains,
  type ClrAssemblyIdentity,
  type LiveAssemblies,
} from "./live";
import { plan, planDelete } from "./plan";
import { ownedAssembly } from "./statements";

// ---- Inputs from live, outputs ---------------------------------------------------------------------------------------

function mainOf({ assemblies, name, names }: LiveAssemblies): LiveAssemblies["assemblies"][number] | undefined {
  return assemblies.find((row) => names.equals(row.name, name));
}

function inputsFromLive(live: LiveAssemblies, old: ClrAssemblyInputs): ClrAssemblyInputs {
  const row = mainOf(live);
  const inputs: ClrAssemblyInputs = { ...old };
  if (row === undefined) return inputs;
  const set = permissionSetOf(row);
  if (set !== (old.permissionSet ?? "SAFE")) inputs.permissionSet = set;
  if (old.authorization !== undefined && row.owner !== null && !live.names.equals(old.authorization, row.owner))
    inputs.authorization = row.owner;
  return inputs;
}

function described(row: LiveAssemblies["assemblies"][number]): Record<string, string> {
  const version = /version=([^,]*)/i.exec(row.clrName ?? "")?.[1] ?? "";
  return { version, mvid: (row.mvid ?? "").toLowerCase(), sha512: (row.contentHash ?? "").toLowerCase() };
}

// ---- Documentation and registration ----------------------------------------------------------------------------------

export const clrAssemblyKind: Kind<ClrAssemblyInputs, DesiredAssemblies, ClrAssemblyIdentity, LiveAssemblies> = {
  name: "ClrAssembly",
  inputs: ClrAssemblyInputs,
  changes,
  documentation: {
    summary: "A .NET assembly with those that it needs, uploaded in order and trusted by hash.",
    changesInPlace: [
      "the build, by ALTER ASSEMBLY; bound objects that the new build breaks are named and dropped by consent",
      "permission set",
      "owner",
      "trust: the new hash in before, the old one out after",
    ],
    refused: [
      "a missing reference, or one of another version, with the chain that leads to it",
      "EXTERNAL_ACCESS and UNSAFE on Linux, and without the consent unsafe-code",
      "code that its permission set does not allow",
      "a build for .NET Core, .NET Standard or with native code",
      "trust without the right, with the T-SQL for a DBA",
      "a change of identity or of the list of references while anything is bound",
      "rename",
      "drop while anything is bound",
    ],
    hosts: clrHosts,
  },
  database: (inputs) => inputs.database,
  desired,
  identity,
  key: ({ database, name }) => `${database}/${name}`,
  describe: ({ database, name }) => `assembly "${name}" in database "${database}"`,
  read,
  remains,
  existing: (live) => live.assemblies.map(({ name }) => ownedAssembly(name)),
  probes,
  plan,
  planDelete,
  inputsFromLive,
  outputs: (_desired, live) => {
    const row = mainOf(live);
    return {
      ...(row === undefined ? {} : described(row)),
      assemblies: Object.fromEntries(live.assemblies.map((each) => [each.name, described(each)])),
    };
  },
  outputNames: ["version", "mvid", "sha512", "assemblies"],
};
