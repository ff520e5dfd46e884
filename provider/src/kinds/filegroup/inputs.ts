/** Inputs of the kind Filegroup, what a change of each means, and their normal form. */
import { z } from "zod";
import { commonChanges, commonInputs, databaseChange, databaseInput, type ChangeRule } from "../../contract";
import { desiredFiles, FileInputs, type DesiredFile, type FileContent } from "../data-files";
import { disconnectInput } from "../exclusive-access";
import { InputIssues } from "../input-issues";
import { nameInput } from "../name-input";

// ---- Inputs ----------------------------------------------------------------------------------------------------------

export const FilegroupInputs = z.strictObject({
  ...commonInputs,
  database: databaseInput,
  name: nameInput("Name of the filegroup. A change needs renamedFrom."),
  renamedFrom: nameInput("Earlier name: the filegroup is renamed in place. Default none.").optional(),
  contains: z
    .enum(["rows", "filestream", "memory-optimized"])
    .optional()
    .describe(
      'What its files hold. Cannot change. A memory-optimized filegroup stays for the life of the database. Default "rows".',
    ),
  files: z
    .array(FileInputs)
    .optional()
    .describe(
      "All files of the filegroup: new ones are added, a file that is taken away is emptied and removed. Default: files are left alone.",
    ),
  isDefault: z
    .boolean()
    .optional()
    .describe(
      "New tables go here unless they say otherwise. false gives the default back to PRIMARY. Default: left alone.",
    ),
  readOnly: z
    .boolean()
    .optional()
    .describe(
      "Nothing in the filegroup can be written. A change needs exclusive access to the database. Default: left alone.",
    ),
  autogrowAllFiles: z
    .boolean()
    .optional()
    .describe(
      "All files grow together instead of one at a time. A change needs exclusive access to the database. Default: left alone.",
    ),
  disconnectSessionsAfterSeconds: disconnectInput,
});
export type FilegroupInputs = z.infer<typeof FilegroupInputs>;

// ---- Change rules ----------------------------------------------------------------------------------------------------

export const changes = {
  ...commonChanges,
  database: databaseChange,
  name: "plan",
  renamedFrom: "plan",
  contains: { refuse: "a filegroup never changes what it holds: make a second filegroup and move the objects there" },
  files: "plan",
  isDefault: "plan",
  readOnly: "plan",
  autogrowAllFiles: "plan",
  disconnectSessionsAfterSeconds: "provider",
} as const satisfies Record<keyof FilegroupInputs, ChangeRule>;

// ---- Desired ---------------------------------------------------------------------------------------------------------

export type Contents = Exclude<FileContent, "log">;

export interface DesiredFilegroup {
  readonly database: string;
  readonly name: string;
  readonly renamedFrom: string | undefined;
  readonly contains: Contents;
  /** undefined = files are left alone. */
  readonly files: readonly DesiredFile[] | undefined;
  readonly isDefault: boolean | undefined;
  readonly readOnly: boolean | undefined;
  readonly autogrowAllFiles: boolean | undefined;
  readonly disconnectAfterSeconds: number | undefined;
}

export const reservedNames = ["primary", "primary_log", "default"];

export function desired(inputs: FilegroupInputs): DesiredFilegroup {
  const issues = new InputIssues();
  const contains = inputs.contains ?? "rows";
  for (const property of ["name", "renamedFrom"] as const) {
    const name = inputs[property];
    if (name === undefined || !reservedNames.includes(name.toLowerCase())) continue;
    issues.add(
      property,
      `"${name}" is SQL Server's own word; the files of PRIMARY are the input files of the kind Database`,
    );
  }
  if (inputs.renamedFrom === inputs.name) issues.add("renamedFrom", "is the same as the name; leave it out");
  const files = inputs.files === undefined ? undefined : desiredFiles(inputs.files, contains, "files", issues);
  if (files?.length === 0 && inputs.isDefault === true)
    issues.add("isDefault", "needs at least one file (5050); add one to files");
  if (files?.length === 0 && inputs.readOnly === true)
    issues.add("readOnly", "needs at least one file (5050); add one to files");
  if (contains !== "rows" && inputs.autogrowAllFiles !== undefined) {
    issues.add(
      "autogrowAllFiles",
      `exists only where rows are kept (5017), and this filegroup is ${contains}; leave it out`,
    );
  }
  if (contains === "memory-optimized" && inputs.readOnly !== undefined) {
    issues.add("readOnly", "a memory-optimized filegroup is always writable (41361); leave it out");
  }
  if (contains === "memory-optimized" && inputs.isDefault !== undefined) {
    issues.add("isDefault", "the one memory-optimized filegroup needs no default; leave it out");
  }
  issues.throwIfAny();
  return {
    database: inputs.database,
    name: inputs.name,
    renamedFrom: inputs.renamedFrom,
    contains,
    files,
    isDefault: inputs.isDefault,
    readOnly: inputs.readOnly,
    autogrowAllFiles: inputs.autogrowAllFiles,
    disconnectAfterSeconds: inputs.disconnectSessionsAfterSeconds,
  };
}
