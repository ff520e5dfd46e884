/** Inputs of the kind ClrAssembly, what a change of each means, and their normal form. */
import { z } from "zod";
import { isKnownToServer } from "../../../clr/framework";
import { loadAssembly, pathProblem, type LoadedAssembly } from "../../../clr/load-assembly";
import { checkReferences } from "../../../clr/references";
import { unloadable } from "../../../clr/safety";
import { commonChanges, commonInputs, databaseChange, databaseInput, type ChangeRule } from "../../../contract";
import { InputIssues } from "../../input-issues";
import { nameInput } from "../../name-input";

// ---- Inputs ----------------------------------------------------------------------------------------------------------

export const dllInput = z.string().min(1).refine((path) => pathProblem(path) === undefined, {
  message: "must be relative to the directory of the Pulumi program: state is shared between machines",
}); // prettier-ignore

export const permissionSets = ["SAFE", "EXTERNAL_ACCESS", "UNSAFE"] as const;
export type PermissionSet = (typeof permissionSets)[number];

export const ClrAssemblyInputs = z.strictObject({
  ...commonInputs,
  database: databaseInput,
  name: nameInput("Name of the assembly in the database, as EXTERNAL NAME says it. Cannot change."),
  file: dllInput.describe("The DLL, relative to the Pulumi program. Its bytes are sent when they differ from the server's, and are never in the state."),
  references: z
    .array(dllInput)
    .optional()
    .describe("DLLs that it needs, directly or through one another, without those of the server itself; uploaded first, under their .NET names. Default none."),
  deployedElsewhere: z
    .array(dllInput)
    .optional()
    .describe("DLLs that it needs and that another ClrAssembly deploys, on which this one depends (dependsOn): checked, not uploaded. Default none."),
  permissionSet: z
    .enum(permissionSets)
    .optional()
    .describe('What the code may do, for it and its references. Others than SAFE need the consent unsafe-code and a server on Windows. Default "SAFE".'),
  trust: z
    .enum(["hash", "signature"])
    .optional()
    .describe(
      'Why the server may load it under clr strict security: "hash" keeps the SHA2-512 of each DLL in sys.trusted_assemblies, "signature" leaves it to a certificate or key whose login has UNSAFE ASSEMBLY. Default "hash".',
    ),
  authorization: nameInput("Database user or role that owns it and its references. Default: left alone; a new one belongs to the login that makes it.").optional(),
}); // prettier-ignore
export type ClrAssemblyInputs = z.infer<typeof ClrAssemblyInputs>;

// ---- Change rules ----------------------------------------------------------------------------------------------------

export const renameRefusal =
  "SQL Server renames no assemblies: make a second one under the new name from a new build, bind to it, and then remove this one";

export const changes = {
  ...commonChanges,
  database: databaseChange,
  name: { refuse: renameRefusal },
  file: "plan",
  references: "plan",
  deployedElsewhere: "plan",
  permissionSet: "plan",
  trust: "plan",
  authorization: "plan",
} as const satisfies Record<keyof ClrAssemblyInputs, ChangeRule>;

// ---- Desired ---------------------------------------------------------------------------------------------------------

export interface DesiredAssembly extends LoadedAssembly {
  /** In the database. */
  readonly name: string;
}

export interface DesiredAssemblies {
  readonly database: string;
  readonly name: string;
  /** The resource, for the entries of sys.trusted_assemblies. */
  readonly owner: string;
  /** The first is the one that the resource is about. */
  readonly assemblies: readonly DesiredAssembly[];
  /** What another resource uploads. */
  readonly elsewhere: readonly LoadedAssembly[];
  readonly permissionSet: PermissionSet;
  readonly trust: "hash" | "signature";
  readonly authorization: string | undefined;
}

export function desired(inputs: ClrAssemblyInputs): DesiredAssemblies {
  const issues = new InputIssues();
  const assemblies: DesiredAssembly[] = [];
  const load = (file: string, property: string, sqlName: string | undefined): void => {
    const loaded = loadAssembly(file);
    if (typeof loaded === "string") return issues.add(property, loaded);
    const { metadata } = loaded;
    for (const reason of unloadable(metadata)) issues.add(property, `${file}: ${reason}`);
    if (isKnownToServer(metadata))
      issues.add(property, `${file}: the server has ${metadata.name} itself and refuses another (6540); take it away`);
    const name = sqlName ?? metadata.name;
    const twin = assemblies.find((each) => each.metadata.name.toLowerCase() === metadata.name.toLowerCase() || each.name.toLowerCase() === name.toLowerCase());
    if (twin !== undefined) issues.add(property, `${file}: assembly ${name} is there already, from ${twin.file}`);
    assemblies.push({ ...loaded, name });
  }; // prettier-ignore
  load(inputs.file, "file", inputs.name);
  inputs.references?.forEach((file, index) => load(file, `references[${index}]`, undefined));
  const elsewhere: LoadedAssembly[] = [];
  inputs.deployedElsewhere?.forEach((file, index) => {
    const loaded = loadAssembly(file);
    if (typeof loaded === "string") issues.add(`deployedElsewhere[${index}]`, loaded);
    else elsewhere.push(loaded);
  });
  issues.throwIfAny();
  for (const { file, metadata } of checkReferences(assemblies, []).unused)
    issues.add(
      "references",
      `${file}: nothing here refers to ${metadata.name}; take it away, or make a ClrAssembly of its own for it`,
    );
  issues.throwIfAny();
  return {
    database: inputs.database,
    name: inputs.name,
    owner: inputs.owner,
    assemblies,
    elsewhere,
    permissionSet: inputs.permissionSet ?? "SAFE",
    trust: inputs.trust ?? "hash",
    authorization: inputs.authorization,
  };
}
