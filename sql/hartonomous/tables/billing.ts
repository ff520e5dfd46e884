/** Tables of schema billing: who uses what, at which price, and what was invoiced. Money is decimal(19, 4). */
import type { TableDefinition } from "pulumi-sqlserver";
import { temporal } from "pulumi-sqlserver-components";

export const billing = {
  "billing.UsageKind": {
    columns: [
      { name: "UsageKindId", type: "tinyint" },
      { name: "Name", type: "varchar(32)" },
      { name: "Unit", type: "varchar(16)" },
    ],
    primaryKey: { columns: ["UsageKindId"] },
    uniques: [{ columns: ["Name"] }],
  },

  "billing.RatePlan": temporal({
    columns: [
      { name: "RatePlanId", type: "int", identity: true },
      { name: "Code", type: "varchar(32)", collation: "Latin1_General_BIN2" },
      { name: "Name", type: "nvarchar(100)" },
      { name: "MonthlyFee", type: "decimal(19, 4)", default: "0" },
      { name: "Currency", type: "char(3)", default: "'USD'" },
      { name: "IsOpen", type: "bit", default: "1" },
    ],
    primaryKey: { columns: ["RatePlanId"] },
    uniques: [{ columns: ["Code"] }],
    checks: { CK_RatePlan_MonthlyFee: "MonthlyFee >= 0" },
  }),

  "billing.Tenant": {
    columns: [
      { name: "TenantId", type: "int", identity: true },
      { name: "TenantKey", type: "uniqueidentifier", default: "NEWID()" },
      { name: "DisplayName", type: "nvarchar(200)" },
      { name: "RatePlanId", type: "int" },
      { name: "CreatedAt", type: "datetime2(3)", default: "SYSUTCDATETIME()" },
      { name: "ClosedAt", type: "datetime2(3)", nullable: true },
      {
        name: "IsOpen",
        computed: "CONVERT(bit, CASE WHEN ClosedAt IS NULL THEN 1 ELSE 0 END)",
      },
    ],
    primaryKey: { columns: ["TenantId"] },
    uniques: [{ columns: ["TenantKey"] }, { columns: ["DisplayName"] }],
    foreignKeys: [{ columns: ["RatePlanId"], references: { table: "billing.RatePlan" } }],
    indexes: [{ columns: ["RatePlanId"], include: ["DisplayName"], where: "ClosedAt IS NULL" }],
  },

  "billing.Invoice": {
    columns: [
      { name: "InvoiceId", type: "int", identity: true },
      { name: "InvoiceNumber", type: "bigint" },
      { name: "TenantId", type: "int" },
      { name: "PeriodStart", type: "date" },
      { name: "PeriodEnd", type: "date" },
      { name: "Status", type: "varchar(16)", default: "'draft'" },
      { name: "Currency", type: "char(3)" },
      { name: "Total", type: "decimal(19, 4)", default: "0" },
      { name: "IssuedAt", type: "datetime2(3)", nullable: true },
      { name: "SettledAt", type: "datetime2(3)", nullable: true },
    ],
    primaryKey: { columns: ["InvoiceId"] },
    uniques: [{ columns: ["InvoiceNumber"] }],
    checks: {
      CK_Invoice_Status: "Status IN ('draft', 'issued', 'paid', 'void')",
      CK_Invoice_Period: "PeriodEnd > PeriodStart",
      CK_Invoice_Total: "Total >= 0",
      CK_Invoice_Paid: "Status <> 'paid' OR SettledAt IS NOT NULL",
    },
    foreignKeys: [{ columns: ["TenantId"], references: { table: "billing.Tenant" } }],
    indexes: [
      { name: "UX_Invoice_Period", columns: ["TenantId", "PeriodStart"], unique: true, where: "Status <> 'void'" },
      { name: "IX_Invoice_Unpaid", columns: ["IssuedAt"], include: ["TenantId", "Total"], where: "Status = 'issued'" },
    ],
  },

  "billing.InvoiceLine": {
    columns: [
      { name: "InvoiceId", type: "int" },
      { name: "LineNumber", type: "smallint" },
      { name: "UsageKindId", type: "tinyint", nullable: true },
      { name: "Description", type: "nvarchar(200)" },
      { name: "Quantity", type: "decimal(19, 4)" },
      { name: "UnitPrice", type: "decimal(19, 8)" },
      {
        name: "Amount",
        computed: { expression: "CONVERT(decimal(19, 4), ROUND(Quantity * UnitPrice, 4))", persisted: true },
      },
    ],
    primaryKey: { columns: ["InvoiceId", "LineNumber"] },
    checks: { CK_InvoiceLine_Quantity: "Quantity >= 0" },
    foreignKeys: [
      { columns: ["InvoiceId"], references: { table: "billing.Invoice" }, onDelete: "cascade" },
      { columns: ["UsageKindId"], references: { table: "billing.UsageKind" } },
    ],
  },

  // InvoiceId is NULL until an invoice takes the row; the filtered index is all that billing.RateTenant reads.
  "billing.Usage": {
    columns: [
      { name: "UsageId", type: "bigint" },
      { name: "TenantId", type: "int" },
      { name: "UsageKindId", type: "tinyint" },
      { name: "Quantity", type: "decimal(19, 4)" },
      { name: "OccurredAt", type: "datetime2(3)", default: "SYSUTCDATETIME()" },
      { name: "InferenceRequestId", type: "bigint", nullable: true },
      { name: "InvoiceId", type: "int", nullable: true },
    ],
    primaryKey: { columns: ["UsageId"], clustered: false },
    checks: { CK_Usage_Quantity: "Quantity > 0" },
    foreignKeys: [
      { columns: ["TenantId"], references: { table: "billing.Tenant" } },
      { columns: ["UsageKindId"], references: { table: "billing.UsageKind" } },
      { columns: ["InferenceRequestId"], references: { table: "dbo.InferenceRequest" } },
      { columns: ["InvoiceId"], references: { table: "billing.Invoice" } },
    ],
    indexes: [
      { columns: ["TenantId", "OccurredAt", "UsageId"], unique: true, clustered: true, compression: "page" },
      {
        name: "IX_Usage_Unbilled",
        columns: ["TenantId", "UsageKindId"],
        include: ["Quantity", "OccurredAt"],
        where: "InvoiceId IS NULL",
      },
    ],
    compression: "page",
  },
} satisfies Record<string, TableDefinition>;

/** What a unit of usage costs in a rate plan. No other table refers to it, so that it is a resource of its own. */
export const ratePlanPrice: TableDefinition = {
  columns: [
    { name: "RatePlanId", type: "int" },
    { name: "UsageKindId", type: "tinyint" },
    { name: "IncludedQuantity", type: "decimal(19, 4)", default: "0" },
    { name: "UnitPrice", type: "decimal(19, 8)" },
  ],
  primaryKey: { columns: ["RatePlanId", "UsageKindId"] },
  checks: { CK_RatePlanPrice_Values: "IncludedQuantity >= 0 AND UnitPrice >= 0" },
  foreignKeys: [
    {
      columns: ["RatePlanId"],
      references: { table: "billing.RatePlan", columns: ["RatePlanId"] },
      onDelete: "cascade",
    },
    { columns: ["UsageKindId"], references: { table: "billing.UsageKind", columns: ["UsageKindId"] } },
  ],
};
