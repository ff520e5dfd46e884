/**
 * Kind Verification: questions that are asked once everything it depends on is deployed. A wrong answer fails the deployment, and
 * is asked again by the next one. Results are in iac.verification, one row for each check and run.
 */
import { z } from "zod";
import {
  commonChanges,
  commonInputs,
  databaseChange,
  databaseInput,
  type ChangeRule,
  type Expectation,
  type Kind,
  type OwnedObject,
  type VerificationCheck,
} from "../../contract";
import { InputIssues } from "../input-issues";
import { nameInput } from "../name-input";
import { generatedCheck, generatedSorts, type GeneratedSort } from "./generated";
import { writesSomething } from "./read-only";

// ---- Inputs ----------------------------------------------------------------------------------------------------------

const value = z.union([z.string(), z.number(), z.boolean(), z.null()]);
const timeout = z.number().int().min(1).max(3600);
const defaultTimeoutSeconds = 30;
/** One query that compiles every procedure of a large database. */
const generatedTimeoutSeconds = 600;

const ExpectationInputs = z
  .strictObject({
    scalar: value
      .optional()
      .describe("First column of the first row of the first result. null = NULL. Dates as 2025-01-31T00:00:00.000Z."),
    tolerance: z.number().min(0).optional().describe("How far a number may be off. Only with scalar. Default 0."),
    rows: z.array(z.array(value)).optional().describe("All rows of the first result, in order."),
    rowCount: z.number().int().min(0).optional().describe("How many rows the first result has."),
    empty: z.literal(true).optional().describe("The first result has no row."),
    error: z.number().int().min(1).optional().describe("Number of the error that must come."),
  })
  .describe("What must come: exactly one of scalar, rows, rowCount, empty and error.");

const CheckInputs = z.strictObject({
  name: nameInput("What is checked, in words; unique in the resource."),
  query: z
    .string()
    .min(1)
    .max(1_000_000)
    .describe(
      "One batch that only asks: SELECT, or EXECUTE of a procedure. It runs in a transaction that is rolled back.",
    ),
  expect: ExpectationInputs,
  timeoutSeconds: timeout.optional().describe(`Time limit in seconds. Default ${defaultTimeoutSeconds}.`),
});

const VerificationInputs = z.strictObject({
  ...commonInputs,
  database: databaseInput,
  name: nameInput("Name of the verification. Cannot change."),
  checks: z.array(CheckInputs).max(1000).optional().describe("Questions and their answers. Default none."),
  generate: z
    .array(z.enum(generatedSorts))
    .optional()
    .describe(
      "Checks without writing: procedures compile, CLR functions and procedures are bound to their assembly and compile, queues are enabled and have their activation procedure. Default none.",
    ),
  schemas: z
    .array(nameInput("Schema."))
    .min(1)
    .optional()
    .describe("Generated checks look only here. Default: all schemas."),
  after: z
    .array(z.json())
    .optional()
    .describe(
      "Any values, such as outputs planHash of other resources: when one changes, all is checked again. Default: only changed checks are a reason.",
    ),
});
export type VerificationInputs = z.infer<typeof VerificationInputs>;

// ---- Change rules ----------------------------------------------------------------------------------------------------

const changes = {
  ...commonChanges,
  database: databaseChange,
  name: { refuse: "make a second verification and remove this one" },
  checks: "plan",
  generate: "plan",
  schemas: "plan",
  after: "provider",
} as const satisfies Record<keyof VerificationInputs, ChangeRule>;

// ---- Desired ---------------------------------------------------------------------------------------------------------

export interface DesiredVerification {
  readonly database: string;
  readonly name: string;
  readonly checks: readonly VerificationCheck[];
}

function desired(inputs: VerificationInputs): DesiredVerification {
  const issues = new InputIssues();
  const given = inputs.checks ?? [];
  const generate: readonly GeneratedSort[] = [...new Set(inputs.generate ?? [])];
  if (given.length === 0 && generate.length === 0) issues.add("checks", "nothing is checked; give checks or generate");
  if (inputs.schemas !== undefined && generate.length === 0)
    issues.add("schemas", "is for generated checks; give generate too");
  const checks = given.flatMap((check, index): VerificationCheck[] => {
    const at = `checks[${index}]`;
    if (given.findIndex(({ name }) => name === check.name) !== index)
      issues.add(`${at}.name`, `"${check.name}" is the name of two checks`);
    const problem = writesSomething(check.query);
    if (problem !== undefined) issues.add(`${at}.query`, problem);
    const expect = expectation(check.expect, `${at}.expect`, issues);
    return expect === undefined
      ? []
      : [
          {
            name: check.name,
            query: check.query,
            expect,
            timeoutSeconds: check.timeoutSeconds ?? defaultTimeoutSeconds,
          },
        ];
  });
  issues.throwIfAny();
  return {
    database: inputs.database,
    name: inputs.name,
    checks: [...checks, ...generate.map((sort) => generatedCheck(sort, inputs.schemas, generatedTimeoutSeconds))],
  };
}

function expectation(
  given: z.infer<typeof ExpectationInputs>,
  at: string,
  issues: InputIssues,
): Expectation | undefined {
  const { scalar, tolerance, rows, rowCount, empty, error } = given;
  const found: Expectation[] = [
    ...(scalar === undefined ? [] : [{ scalar, ...(tolerance === undefined ? {} : { tolerance }) }]),
    ...(rows === undefined ? [] : [{ rows }]),
    ...(rowCount === undefined ? [] : [{ rowCount }]),
    ...(empty === undefined ? [] : [{ empty }]),
    ...(error === undefined ? [] : [{ error }]),
  ];
  if (tolerance !== undefined && typeof scalar !== "number")
    issues.add(`${at}.tolerance`, "is for a scalar that is a number");
  if (found.length === 1) return found[0];
  issues.add(at, "give exactly one of scalar, rows, rowCount, empty and error");
  return undefined;
}

// ---- Identity and live -----------------------------------------------------------------------------------------------

type VerificationIdentity = { readonly database: string; readonly name: string };

/** The server has nothing of it but rows of schema iac: it is there as long as its database is. */
export interface LiveVerification {
  readonly name: string;
}

function owned(name: string): OwnedObject {
  return { type: "verification", name };
}

// ---- Documentation and registration ----------------------------------------------------------------------------------

export const verificationKind: Kind<VerificationInputs, DesiredVerification, VerificationIdentity, LiveVerification> = {
  name: "Verification",
  inputs: VerificationInputs,
  changes,
  documentation: {
    summary:
      "Read-only checks after the deploy, written or generated; a wrong answer fails the deployment, and the next one asks again.",
    changesInPlace: ["checks", "generate", "after"],
    refused: ["whatever is not a question: a check that writes, runs dynamic T-SQL or leaves the database"],
    hosts: ["Windows", "Linux", "Azure SQL Managed Instance", "Azure SQL Database"],
  },
  database: (inputs) => inputs.database,
  desired,
  identity: ({ database, name }) => ({ database, name }),
  key: ({ database, name }) => `${database}/${name}`,
  describe: ({ database, name }) => `verification "${name}" in database "${database}"`,
  // A read-only database keeps no books and can be verified all the same.
  read: (catalog, { name }) => (catalog.databaseExists ? { name } : undefined),
  existing: () => [],
  probes: () => [],
  plan: ({ name }) => ({ statements: [], refusals: [], notes: [], owns: [owned(name)] }),
  planDelete: () => ({ statements: [], refusals: [], notes: [], owns: [] }),
  verification: ({ checks }) => checks,
  inputsFromLive: (_live, old) => old,
  // What the checks found is written by the runtime, once they were asked.
  outputs: () => ({}),
  outputNames: ["verified", "checksPassed", "checksFailed"],
};
