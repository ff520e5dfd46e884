/** What a host says about CLR as such. https://learn.microsoft.com/sql/database-engine/configure-windows/clr-enabled-server-configuration-option */
import type { PlanContext, Refusal } from "../../contract";

export const clrHosts = ["Windows", "Linux (SAFE)", "Azure SQL Managed Instance"];

/** Deploying works while the switch is off, and every call fails: shown at each preview, in no plan. */
export function clrDisabled({ catalog }: PlanContext): string[] {
  if (catalog.server.properties.isClrEnabled) return [];
  return [
    "the server's option clr enabled is off, and until it is on every call fails (6263): EXEC sys.sp_configure N'clr enabled', 1; RECONFIGURE;",
  ];
}

export function noUserAssemblies({ capabilities }: PlanContext): Refusal[] {
  if (capabilities.flavor !== "azure-sql-database") return [];
  return [
    { property: "", reason: "Azure SQL Database takes no assemblies of users (10341); leave the resource out there" },
  ];
}
