/** What schema `iac` of the databases remembers. Every query gives text and numbers only. */
import { z } from "zod";
import type { VerificationCheck } from "../contract";
import type { ManagedDatabase } from "../engine/managed-database";
import { quoteName, quoteText } from "../engine/quoting";
import type { ResultRow } from "../engine/connection";
import { CatalogReadError, PartialCatalogError } from "../errors";
import { writesSomething } from "../kinds/verification/read-only";

const timeoutSeconds = 120;

export interface DeploymentRow {
  readonly deploymentId: number;
  readonly startedAt: string;
  readonly milliseconds: number;
  readonly owner: string;
  readonly action: string;
  readonly outcome: string;
  readonly statements: number;
  readonly planHash: string;
  readonly gitCommit: string | null;
  readonly login: string;
  readonly host: string | null;
  readonly errorNumber: number | null;
  readonly errorText: string | null;
}

export interface ResultOfCheck {
  readonly owner: string;
  readonly name: string;
  readonly outcome: string;
  readonly milliseconds: number;
  readonly at: string;
  readonly detail: string | null;
}

async function ask(target: ManagedDatabase, database: string, query: string): Promise<readonly ResultRow[]> {
  return (await target.request(database, query, timeoutSeconds))[0]?.rows ?? [];
}

/** Databases that are open to this login and have the table. */
export async function databasesWith(target: ManagedDatabase, table: string): Promise<string[]> {
  const rows = await ask(
    target,
    "master",
    `SELECT d.name FROM sys.databases AS d
WHERE d.state = 0 AND HAS_DBACCESS(d.name) = 1 AND OBJECT_ID(QUOTENAME(d.name) + N'.iac.' + ${quoteText(table)}, N'U') IS NOT NULL
ORDER BY d.name;`,
  );
  return rows.map((row) => String(row["name"]));
}

/** False where nothing was ever deployed. Throws PartialCatalogError where the login could not see it. */
export async function hasTable(target: ManagedDatabase, database: string, table: string): Promise<boolean> {
  const [row] = await ask(
    target,
    database,
    `SELECT OBJECT_ID(N'iac.' + ${quoteText(quoteName(table))}, N'U') AS id, HAS_PERMS_BY_NAME(QUOTENAME(DB_NAME()), N'DATABASE', N'VIEW DEFINITION') AS sight, USER_NAME() AS userName;`,
  );
  if (typeof row?.["id"] === "number") return true;
  if (row?.["sight"] !== 1)
    throw new PartialCatalogError(
      `database "${database}": this login sees no books of deployments, which may be there all the same. A DBA can allow it:\n  USE ${quoteName(database)};\n  GRANT SELECT ON SCHEMA::[iac] TO ${quoteName(String(row?.["userName"]))};`,
    );
  return false;
}

/** Newest first. */
export async function deployments(
  target: ManagedDatabase,
  database: string,
  limit: number,
  onlyFailed: boolean,
): Promise<DeploymentRow[]> {
  const rows = await ask(
    target,
    database,
    `SELECT TOP (${limit}) CONVERT(int, d.deployment_id) AS deploymentId, CONVERT(nvarchar(23), d.started_at, 126) AS startedAt, d.duration_ms AS milliseconds, d.owner, d.action,
  d.outcome, d.statements, d.plan_hash AS planHash, d.git_commit AS gitCommit, d.login, d.host, d.error_number AS errorNumber, d.error_text AS errorText
FROM iac.deployment AS d${onlyFailed ? "\nWHERE d.outcome = 'failed'" : ""}
ORDER BY d.deployment_id DESC;`,
  );
  return rows as unknown as DeploymentRow[];
}

/** Of the last run of each verification that is still deployed; a run of generated checks may have found nothing to ask of. */
export async function lastResults(
  target: ManagedDatabase,
  database: string,
  onlyFailed: boolean,
): Promise<ResultOfCheck[]> {
  const rows = await ask(
    target,
    database,
    `SELECT v.owner, v.name, v.outcome, v.milliseconds, CONVERT(nvarchar(23), v.at, 126) AS at, v.detail
FROM iac.verification AS v
INNER JOIN (
  SELECT d.owner, MAX(d.started_at) AS at FROM iac.deployment AS d WHERE d.action = 'verify' GROUP BY d.owner
) AS l ON l.owner = v.owner AND l.at = v.at
WHERE EXISTS (SELECT 1 AS there FROM iac.verification_check AS c WHERE c.owner = v.owner)${onlyFailed ? " AND v.outcome = 'failed'" : ""}
ORDER BY v.owner, v.verification_id;`,
  );
  return rows as unknown as ResultOfCheck[];
}

/** What a deployment wrote; a table that somebody wrote into must not run anything by surprise, so the form is checked. */
const storedChecks = z.array(
  z.object({
    name: z.string(),
    query: z.string(),
    timeoutSeconds: z.number().int().min(1).max(3600),
    expect: z.union([
      z.strictObject({
        scalar: z.union([z.string(), z.number(), z.boolean(), z.null()]),
        tolerance: z.number().optional(),
      }),
      z.strictObject({ rows: z.array(z.array(z.union([z.string(), z.number(), z.boolean(), z.null()]))) }),
      z.strictObject({ rowCount: z.number() }),
      z.strictObject({ empty: z.literal(true) }),
      z.strictObject({ error: z.number() }),
      z.strictObject({ each: z.literal(true) }),
    ]),
  }),
);

function readChecks(text: string, owner: string): VerificationCheck[] {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    value = undefined;
  }
  const result = storedChecks.safeParse(value);
  const writing = result.data?.find(({ query, expect }) => !("each" in expect) && writesSomething(query) !== undefined);
  if (!result.success || writing !== undefined)
    throw new CatalogReadError(
      `the checks of ${owner} in iac.verification_check are not as a deployment writes them; deploy the verification again`,
    );
  return result.data;
}

export async function checksOf(
  target: ManagedDatabase,
  database: string,
): Promise<{ owner: string; checks: VerificationCheck[] }[]> {
  const rows = await ask(
    target,
    database,
    "SELECT c.owner, c.checks FROM iac.verification_check AS c ORDER BY c.owner;",
  );
  return rows.map((row) => ({
    owner: String(row["owner"]),
    checks: readChecks(String(row["checks"]), String(row["owner"])),
  }));
}
