/** Where Service Broker exists. https://learn.microsoft.com/azure/azure-sql/managed-instance/transact-sql-tsql-differences-sql-server#service-broker */
import type { PlanContext, Refusal } from "../../contract";

/** Every kind but the endpoint: Azure SQL Database has none of it. */
export function refusalsOfPlatform({ capabilities }: PlanContext): Refusal[] {
  if (capabilities.flavor !== "azure-sql-database") return [];
  return [{ property: "", reason: "Azure SQL Database has no Service Broker; leave the resource out there" }];
}

/** Editions that only send and receive on a way that a paid edition is part of. */
export function isClientOnly(edition: string): boolean {
  return /^(express|web)\b/i.test(edition);
}

export const hosts = ["Windows", "Linux", "Azure SQL Managed Instance"];
