/** Who may do what: two roles, and a user without login for each program, so that no password is needed to try them. */
import type { DatabaseDefinition } from "pulumi-sqlserver-components";

export const users: NonNullable<DatabaseDefinition["users"]> = {
  HartonomousReports: { withoutLogin: true },
  HartonomousApi: { withoutLogin: true, defaultSchema: "dbo" },
};

export const roles: NonNullable<DatabaseDefinition["roles"]> = {
  /** Reads everything but weights and the keys of tenants. */
  HartonomousReader: {
    members: ["HartonomousReports"],
    permissions: [
      ...["dbo", "graph", "provenance", "billing"].map((name) => ({
        permissions: ["SELECT"],
        on: { class: "schema" as const, name },
      })),
      { permissions: ["SELECT"], on: { schema: "dbo", name: "LayerWeight" }, deny: true },
      { permissions: ["SELECT"], on: { schema: "billing", name: "Tenant" }, columns: ["TenantKey"], deny: true },
    ],
  },
  /** Works through procedures only; the ownership chain gives it the tables. */
  HartonomousOperator: {
    members: ["HartonomousApi"],
    permissions: [
      ...["dbo", "graph", "provenance", "billing", "broker"].map((name) => ({
        permissions: ["EXECUTE"],
        on: { class: "schema" as const, name },
      })),
      { permissions: ["SELECT"], on: { schema: "dbo", name: "ModelCatalog" } },
      { permissions: ["SELECT"], on: { schema: "dbo", name: "InferenceQueue" } },
    ],
  },
};
