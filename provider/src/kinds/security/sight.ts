/**
 * Principals and permissions that a login may not see look like ones that are not there: before anything is planned from their
 * absence, the login must be able to see them all. https://learn.microsoft.com/sql/relational-databases/security/metadata-visibility-configuration
 */
import type { CatalogSnapshot, PlanContext, Probe, Refusal } from "../../contract";
import { quoteName } from "../../engine/quoting";

const key = "sight of principals";

export function sightProbe(catalog: CatalogSnapshot): Probe[] {
  if (!catalog.databaseExists) return [];
  const query =
    "SELECT CONVERT(bit, COALESCE(HAS_PERMS_BY_NAME(QUOTENAME(DB_NAME()), N'DATABASE', N'VIEW DEFINITION'), 0)) AS allowed;";
  return [{ key, query }];
}

export function blindness({ answers, capabilities, catalog }: PlanContext): Refusal[] {
  if (answers.get(key)?.["allowed"] !== false) return [];
  const database = catalog.databaseRow?.name ?? "";
  return [
    {
      property: "database",
      reason: `login "${capabilities.login}" of sqlserver:servers does not see all users, roles and permissions of database "${database}", and what is not seen looks like what is not there; a DBA can allow it in that database: GRANT VIEW DEFINITION TO ${quoteName(capabilities.login)};`,
    },
  ];
}
