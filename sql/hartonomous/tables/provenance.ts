/** Tables of schema provenance: which operation read and wrote what. Rows are appended; the filegroup Provenance keeps them. */
import type { TableDefinition } from "pulumi-sqlserver";

export const provenance = {
  "provenance.Operation": {
    columns: [
      { name: "OperationId", type: "bigint", identity: true },
      { name: "ParentOperationId", type: "bigint", nullable: true },
      { name: "Kind", type: "varchar(32)" },
      { name: "StartedAt", type: "datetime2(3)", default: "SYSUTCDATETIME()" },
      { name: "EndedAt", type: "datetime2(3)", nullable: true },
      { name: "Outcome", type: "varchar(16)", nullable: true },
      { name: "Detail", type: "nvarchar(2000)", nullable: true },
    ],
    primaryKey: { columns: ["OperationId"] },
    checks: {
      CK_Operation_Outcome: "Outcome IN ('succeeded', 'failed', 'abandoned')",
      CK_Operation_Ended:
        "(EndedAt IS NULL AND Outcome IS NULL) OR (EndedAt IS NOT NULL AND Outcome IS NOT NULL AND EndedAt >= StartedAt)",
      CK_Operation_Parent: "ParentOperationId < OperationId",
    },
    foreignKeys: [{ columns: ["ParentOperationId"], references: { table: "provenance.Operation" } }],
    indexes: [
      { name: "IX_Operation_Open", columns: ["StartedAt"], include: ["Kind"], where: "EndedAt IS NULL" },
      { columns: ["ParentOperationId"], where: "ParentOperationId IS NOT NULL" },
    ],
    filegroup: "Provenance",
  },

  "provenance.OperationInput": {
    columns: [
      { name: "OperationId", type: "bigint" },
      { name: "AtomId", type: "bigint" },
      { name: "Role", type: "varchar(32)", default: "'source'" },
    ],
    primaryKey: { columns: ["OperationId", "AtomId", "Role"] },
    foreignKeys: [
      { columns: ["OperationId"], references: { table: "provenance.Operation" }, onDelete: "cascade" },
      { columns: ["AtomId"], references: { table: "dbo.Atom" } },
    ],
    indexes: [{ columns: ["AtomId"] }],
    filegroup: "Provenance",
  },

  "provenance.OperationOutput": {
    columns: [
      { name: "OperationId", type: "bigint" },
      { name: "AtomId", type: "bigint" },
      { name: "Role", type: "varchar(32)", default: "'result'" },
    ],
    primaryKey: { columns: ["OperationId", "AtomId", "Role"] },
    foreignKeys: [
      { columns: ["OperationId"], references: { table: "provenance.Operation" }, onDelete: "cascade" },
      { columns: ["AtomId"], references: { table: "dbo.Atom" } },
    ],
    indexes: [{ columns: ["AtomId"] }],
    filegroup: "Provenance",
  },

  // Written by the trigger dbo.ModelChanged only.
  "provenance.ModelRevision": {
    columns: [
      { name: "ModelId", type: "int" },
      { name: "Revision", type: "int" },
      { name: "OldStatus", type: "varchar(16)", nullable: true },
      { name: "NewStatus", type: "varchar(16)" },
      { name: "Settings", type: "nvarchar(4000)", nullable: true },
      { name: "RecordedAt", type: "datetime2(3)", default: "SYSUTCDATETIME()" },
    ],
    primaryKey: { columns: ["ModelId", { name: "Revision", descending: true }] },
    foreignKeys: [{ columns: ["ModelId"], references: { table: "dbo.Model" } }],
    filegroup: "Provenance",
  },
} satisfies Record<string, TableDefinition>;
