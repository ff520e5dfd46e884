/** Inputs of ProcedureBundle and what a change of each means. */
import { isAbsolute } from "node:path";
import { z } from "zod";
import { commonChanges, commonInputs, databaseChange, databaseInput, type ChangeRule } from "../../contract";
import { dllInput } from "../clr/assembly/inputs";

/** Absolute on any system: a state written on Windows is read on Linux. */
function isMachinePath(path: string): boolean {
  return isAbsolute(path) || /^[A-Za-z]:/.test(path) || path.startsWith("\\");
}

const relativeDirectory = z
  .string()
  .min(1)
  .refine((path) => !isMachinePath(path), {
    message: "must be relative to the directory of the Pulumi program: state is shared between machines",
  });

export const BundleInputs = z.strictObject({
  ...commonInputs,
  database: databaseInput,
  directory: z
    .union([relativeDirectory, z.array(relativeDirectory).min(1)])
    .describe("Directory of the .sql files, or several, relative to the Pulumi program. Sub-directories are read too."),
  include: z
    .array(z.string().min(1))
    .min(1)
    .optional()
    .describe('Which files belong to the bundle, as globs below `directory`. Default ["**/*.sql"].'),
  exclude: z
    .array(z.string().min(1))
    .optional()
    .describe("Files to leave out, as globs below `directory`. Default none."),
  defaultSchema: z
    .string()
    .min(1)
    .max(128)
    .optional()
    .describe("Schema of objects whose name is written without one. Default dbo."),
  removeMissing: z
    .boolean()
    .optional()
    .describe(
      "Drop objects of this bundle whose definition has left the directory; each drop needs consent (data-loss). false keeps them. Default true.",
    ),
  missingReferences: z
    .enum(["refuse", "ignore"])
    .optional()
    .describe(
      'What to do when a procedure, trigger or function mentions an object that is nowhere: "refuse" it at apply, or "ignore" it, as the server does until the code runs. What the server checks at once (views, schema binding, types) is always refused. Default refuse.',
    ),
  variables: z
    .record(
      z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, "a name has letters, digits and _, and begins with no digit"),
      z.string().regex(/^[^\r\n]*$/, "must be one line"),
    )
    .optional()
    .describe("Texts for $(Name) in the files, as sqlcmd has them. Without this input $(Name) is left alone."),
  assemblies: z
    .array(dllInput)
    .min(1)
    .optional()
    .describe(
      "DLLs, relative to the Pulumi program, against whose metadata modules AS EXTERNAL NAME are checked. Default none: the server checks at apply.",
    ),
});
export type BundleInputs = z.infer<typeof BundleInputs>;

export const bundleChanges = {
  ...commonChanges,
  database: databaseChange,
  directory: "plan",
  include: "plan",
  exclude: "plan",
  defaultSchema: "plan",
  removeMissing: "provider",
  missingReferences: "provider",
  variables: "plan",
  assemblies: "plan",
} as const satisfies Record<keyof BundleInputs, ChangeRule>;
