/**
 * Asks the checks of a verification. Each one runs in a transaction that is always rolled back, so that a procedure under test
 * leaves nothing behind but what no rollback undoes (values of sequences and identity columns).
 * https://learn.microsoft.com/sql/t-sql/language-elements/rollback-transaction-transact-sql
 */
import { createHash } from "node:crypto";
import type { Expectation, VerificationCheck } from "../contract";
import { attempts, writeBookkeeping } from "./apply";
import { createBookkeeping, insertDeployment } from "./bookkeeping";
import { RequestError, type DatabaseValue, type ResultSet } from "./connection";
import { isDeadlockVictim } from "./error-numbers";
import type { ManagedDatabase } from "./managed-database";
import { quoteText } from "./quoting";
import {
  createVerification,
  deleteChecks,
  insertResults,
  replaceChecks,
  type CheckResult,
} from "./verification-records";

export interface VerifyRequest {
  readonly database: string;
  readonly owner: string;
  readonly gitCommit: string | undefined;
  readonly checks: readonly VerificationCheck[];
}

/** Outputs of a resource that verifies, and the text for a person when something is wrong. */
export interface Verified {
  readonly verified: boolean;
  readonly checksPassed: number;
  readonly checksFailed: readonly { readonly name: string; readonly detail: string }[];
  readonly deploymentId?: number;
  readonly failure?: string;
}

/** How many failed checks an error tells; iac.verification has them all. */
const told = 20;

/** Asks all checks, also after one that fails, and records them. */
export async function verify(
  target: ManagedDatabase,
  { database, owner, gitCommit, checks }: VerifyRequest,
): Promise<Verified> {
  const startedAt = new Date();
  const results = await askChecks(target, database, checks);
  const failed = results.filter(({ outcome }) => outcome === "failed");
  const failure = failed.length === 0 ? undefined : failureText(failed, results.length);
  const deployment = insertDeployment({
    startedAt,
    durationMs: Date.now() - startedAt.getTime(),
    owner,
    action: "verify",
    outcome: failed.length === 0 ? "succeeded" : "failed",
    statements: checks.length,
    planHash: createHash("sha256").update(JSON.stringify(checks)).digest("hex"),
    gitCommit,
    errorText: failure,
  });
  const rows =
    createBookkeeping +
    createVerification +
    replaceChecks(owner, checks) +
    insertResults(owner, startedAt, results) +
    deployment;
  const applied = await writeBookkeeping(target, database, rows, 0);
  return {
    verified: failed.length === 0,
    checksPassed: results.length - failed.length,
    checksFailed: failed.map(({ name, detail }) => ({ name, detail: detail ?? "" })),
    ...applied,
    ...(failure === undefined ? {} : { failure }),
  };
}

/** The results stay; the checks are asked no more. */
export async function forgetVerification(target: ManagedDatabase, database: string, owner: string): Promise<void> {
  await writeBookkeeping(
    target,
    database,
    `IF OBJECT_ID(N'iac.verification_check', N'U') IS NOT NULL\n${deleteChecks(owner)}`,
    0,
  );
}

function failureText(failed: readonly CheckResult[], count: number): string {
  const lines = failed.slice(0, told).map(({ name, detail }) => `  ${name}: ${detail ?? ""}`);
  const more = failed.length > told ? `\n  and ${failed.length - told} more, all in iac.verification` : "";
  return `${failed.length} of ${count} checks failed; what was deployed stays, and the next deployment checks again\n${lines.join("\n")}${more}`;
}

/** In order, one at a time. */
export async function askChecks(
  target: ManagedDatabase,
  database: string,
  checks: readonly VerificationCheck[],
): Promise<CheckResult[]> {
  const results: CheckResult[] = [];
  for (const check of checks) results.push(...(await ask(target, database, check)));
  return results;
}

async function ask(target: ManagedDatabase, database: string, check: VerificationCheck): Promise<CheckResult[]> {
  const began = Date.now();
  const one = (problem: string | undefined): CheckResult[] => [
    {
      name: check.name,
      outcome: problem === undefined ? "passed" : "failed",
      milliseconds: Date.now() - began,
      detail: problem,
    },
  ];
  let answer: readonly ResultSet[] | undefined;
  for (let attempt = 1; answer === undefined; attempt++)
    try {
      answer = await target.request(database, batchOf(check.query), check.timeoutSeconds);
    } catch (error) {
      if (!(error instanceof RequestError) || error.connectionLost) throw error;
      await target.request(database, "IF @@TRANCOUNT > 0 ROLLBACK TRANSACTION;", 300);
      const problem = problemOfError(error, check);
      // It says nothing of what is asked, and what a check does is always rolled back.
      if (problem !== undefined && attempt < attempts && error.errors.some(isDeadlockVictim)) continue;
      return one(problem);
    }
  const [first] = answer.slice(0, -1);
  const ending = answer.at(-1)?.rows[0];
  if (ending?.[transactions] !== depth)
    return one(
      "it ended a transaction that it did not begin; what it changed is rolled back unless it committed more than once. A check must not commit or roll back",
    );
  // Such a query looks at all objects there are, and passes where it sees none.
  if ("each" in check.expect && ending[sight] !== 1)
    return one("the login does not see all objects; a DBA can allow it: GRANT VIEW DEFINITION in this database");
  if (!("each" in check.expect)) return one(problemOf(check.expect, first));
  const milliseconds = Date.now() - began;
  return (first?.rows ?? []).map((row) => {
    const problem = row["problem"];
    return {
      name: `${check.name}: ${String(row["name"])}`,
      outcome: problem === null ? "passed" : "failed",
      milliseconds,
      detail: problem === null ? undefined : String(problem),
    };
  });
}

const transactions = "#transactions";
const sight = "#sight";
/** A COMMIT of what is under test ends the inner one only: nothing is committed. */
const depth = 2;

/** The batch of the check stands in an EXEC, so that even a syntax error leaves this one in charge of the transaction. */
function batchOf(query: string): string {
  return `SET NOCOUNT ON;
SET XACT_ABORT OFF;
${"BEGIN TRANSACTION;\n".repeat(depth)}EXEC (${quoteText(query)});
SELECT @@TRANCOUNT AS [${transactions}], HAS_PERMS_BY_NAME(QUOTENAME(DB_NAME()), N'DATABASE', N'VIEW DEFINITION') AS [${sight}];
IF @@TRANCOUNT > 0 ROLLBACK TRANSACTION;`;
}

function problemOfError(error: RequestError, { expect, timeoutSeconds }: VerificationCheck): string | undefined {
  const [first] = error.errors;
  if (first === undefined) return `no answer within ${timeoutSeconds} s`;
  if ("error" in expect)
    return error.errors.some(({ number }) => number === expect.error)
      ? undefined
      : `error ${expect.error} was expected, error ${first.number} came: ${first.text}`;
  return `error ${first.number}: ${first.text}`;
}

/** undefined = as expected. Pure. */
export function problemOf(
  expect: Exclude<Expectation, { each: true }>,
  first: ResultSet | undefined,
): string | undefined {
  if ("error" in expect) return `error ${expect.error} was expected, none came`;
  if (first === undefined) return "it returned no result";
  const count = first.rows.length;
  const rowsWord = (n: number): string => `${n} ${n === 1 ? "row" : "rows"}`;
  if ("empty" in expect)
    return count === 0 ? undefined : `no row was expected, ${rowsWord(count)} came, first ${shown(valuesOf(first, 0))}`;
  if ("rowCount" in expect)
    return count === expect.rowCount ? undefined : `${rowsWord(expect.rowCount)} expected, ${count} came`;
  if ("rows" in expect) {
    if (count !== expect.rows.length) return `${rowsWord(expect.rows.length)} expected, ${count} came`;
    const different = expect.rows.findIndex((row, index) => {
      const values = valuesOf(first, index);
      return values.length !== row.length || row.some((value, column) => !isSame(value, values[column] ?? null, 0));
    });
    return different < 0
      ? undefined
      : `row ${different + 1} is ${shown(valuesOf(first, different))}, ${shown(expect.rows[different]!)} was expected`;
  }
  if (count === 0) return `${shown([expect.scalar])} was expected, no row came`;
  const value = valuesOf(first, 0)[0] ?? null;
  const tolerance = expect.tolerance ?? 0;
  if (isSame(expect.scalar, value, tolerance)) return undefined;
  return `${shown([expect.scalar])}${tolerance > 0 ? ` (tolerance ${tolerance})` : ""} was expected, ${shown([value])} came`;
}

function valuesOf(result: ResultSet, index: number): DatabaseValue[] {
  const row = result.rows[index] ?? {};
  return result.columns.map((column) => row[column] ?? null);
}

/** Numbers compare as numbers whatever the driver makes of their type; bigint and decimal may arrive as text. */
function isSame(expected: string | number | boolean | null, actual: DatabaseValue, tolerance: number): boolean {
  if (expected === null || actual === null) return expected === actual;
  if (typeof expected === "boolean")
    return typeof actual === "boolean" ? actual === expected : Number(actual) === Number(expected);
  if (typeof expected === "number") {
    const number = typeof actual === "string" && actual.trim() === "" ? NaN : Number(actual);
    return Math.abs(number - expected) <= tolerance;
  }
  return textOf(actual) === expected;
}

function textOf(value: DatabaseValue): string {
  if (value instanceof Date) return value.toISOString();
  if (Buffer.isBuffer(value)) return `0x${value.toString("hex").toUpperCase()}`;
  return String(value);
}

function shown(values: readonly DatabaseValue[]): string {
  const text = values
    .map((value) => (value === null ? "NULL" : typeof value === "string" ? `"${value}"` : textOf(value)))
    .join(", ");
  return text.length > 300 ? `${text.slice(0, 300)} ...` : text;
}
