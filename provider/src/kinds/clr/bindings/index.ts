/**
 * Kind ClrBindings: functions, procedures, aggregates, types and triggers that run code of one assembly, from the attributes in
 * its DLL or declared. Reads sys.assembly_modules, sys.assembly_types, sys.parameters; CLR modules have no text in the catalog.
 * https://learn.microsoft.com/sql/relational-databases/clr-integration/database-objects/getting-started-with-clr-integration
 */
import { createHash } from "node:crypto";
import type { Kind, ObjectName } from "../../../contract";
import { ownedBinding } from "../binding-statements";
import { clrHosts } from "../platform";
import { changes, ClrBindingsInputs, desired, type DesiredBindings } from "./inputs";
import { identity, read, type ClrBindingsIdentity, type LiveBindings } from "./live";
import { plan, planDelete } from "./plan";

// ---- Outputs ---------------------------------------------------------------------------------------------------------

function existing(live: LiveBindings): ObjectName[] {
  return live.bindings.map(ownedBinding);
}

/** From the rows of iac.object, so that a refresh, which has no DLL, says the same as the apply. */
function definitionHash({ owned }: LiveBindings): string {
  const lines = owned.map((row) => `${row.type} ${row.name} ${row.definitionHash ?? ""}`).sort();
  return createHash("sha256").update(lines.join("\n")).digest("hex");
}

// ---- Documentation and registration ----------------------------------------------------------------------------------

export const clrBindingsKind: Kind<ClrBindingsInputs, DesiredBindings, ClrBindingsIdentity, LiveBindings> = {
  name: "ClrBindings",
  inputs: ClrBindingsInputs,
  changes,
  documentation: {
    summary: "Functions, procedures, aggregates, types and triggers that run code of an assembly, checked against its metadata.",
    changesInPlace: [
      "functions, procedures and triggers, by ALTER: permissions and object ids stay",
      "aggregates and types that nothing uses, by drop and create in one transaction, permissions given again",
    ],
    refused: [
      "a class or method that is missing, hidden, overloaded, generic or not static, with the nearest name",
      "parameters, results and columns that do not fit the method, NULL included",
      "one name or one method bound twice",
      "a type or aggregate while a column or a bound object uses it",
    ],
    hosts: clrHosts,
  }, // prettier-ignore
  database: (inputs) => inputs.database,
  desired,
  identity,
  key: ({ database, resource }) => `${database}/${resource}`,
  describe: ({ database, resource, assembly }) =>
    `bindings "${resource}" of assembly "${assembly}" in database "${database}"`,
  read,
  existing,
  probes: () => [],
  plan,
  planDelete,
  // The declarations are in the program and the DLL, which the server cannot change: drift is told by the output of that name.
  inputsFromLive: (_live, old) => old,
  outputs: (_desired, live) => ({
    bindingCount: live.owned.length,
    definitionHash: definitionHash(live),
    drift: live.drift,
    objects: live.owned.map((row) => row.name).sort(),
  }),
  outputNames: ["bindingCount", "definitionHash", "drift", "objects"],
};
