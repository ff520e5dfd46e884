/**
 * Which permissions there are, by what they are on: the server's own list, asked only for what is not granted or denied yet.
 * https://learn.microsoft.com/sql/relational-databases/system-functions/sys-fn-builtin-permissions-transact-sql
 */
import { nearestName } from "../../../clr/nearest-name";
import type { CatalogSnapshot, PlanContext, Probe, Refusal } from "../../../contract";
import { quoteText } from "../../../engine/quoting";
import { keyOf, livePermissions, type WantedPermission } from "./permission";
import { classWords, type Securable } from "./securable";

const key = (securableClass: Securable["class"]): string => `permissions on ${securableClass}`;

export function permissionProbes(wanted: readonly WantedPermission[], catalog: CatalogSnapshot): Probe[] {
  const live = new Set(livePermissions(catalog).map((one) => keyOf(one, catalog.names)));
  const fresh = wanted.filter((one) => !live.has(keyOf(one, catalog.names)));
  return [...new Set(fresh.map(({ securable }) => securable.class))].map((securableClass) => ({
    key: key(securableClass),
    query: `SELECT STRING_AGG(CONVERT(nvarchar(max), p.permission_name), N',') AS names FROM sys.fn_builtin_permissions(${quoteText(classWords(securableClass))}) AS p;`,
  }));
}

/** One for each permission that this server does not have on such a thing: 102 for a word that it does not know, 4606 for another. */
export function unknownPermissions(wanted: readonly WantedPermission[], { answers }: PlanContext): Refusal[] {
  const refusals = new Map<string, Refusal>();
  for (const { permission, securable } of wanted) {
    const names = answers.get(key(securable.class))?.["names"];
    if (typeof names !== "string" || names.split(",").includes(permission)) continue;
    const nearest = nearestName(permission, names.split(","));
    refusals.set(`${permission} ${securable.class}`, {
      property: "permissions",
      reason: `this server has no permission ${permission} for class "${securable.class}"${nearest === undefined ? "" : `; ${nearest} is there`}. All: SELECT permission_name FROM sys.fn_builtin_permissions(${quoteText(classWords(securable.class))});`,
    });
  }
  return [...refusals.values()];
}
