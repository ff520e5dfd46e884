/** Tables of schema graph: what is derived from what, as nodes and directed edges. */
import type { TableDefinition } from "pulumi-sqlserver";

export const graph = {
  "graph.EdgeKind": {
    columns: [
      { name: "EdgeKindId", type: "tinyint" },
      { name: "Name", type: "varchar(32)" },
      { name: "IsDerivation", type: "bit" },
    ],
    primaryKey: { columns: ["EdgeKindId"] },
    uniques: [{ columns: ["Name"] }],
  },

  // A node stands for exactly one thing; each filtered index keeps that thing from having two nodes.
  "graph.Node": {
    columns: [
      { name: "NodeId", type: "bigint", identity: true },
      { name: "AtomId", type: "bigint", nullable: true },
      { name: "ModelId", type: "int", nullable: true },
      { name: "InferenceRequestId", type: "bigint", nullable: true },
      { name: "CreatedAt", type: "datetime2(3)", default: "SYSUTCDATETIME()" },
      {
        name: "Kind",
        computed: {
          expression:
            "CASE WHEN AtomId IS NOT NULL THEN 'atom' WHEN ModelId IS NOT NULL THEN 'model' ELSE 'inference' END",
          persisted: true,
          notNull: true,
        },
      },
    ],
    primaryKey: { columns: ["NodeId"] },
    checks: {
      CK_Node_OneThing:
        "CASE WHEN AtomId IS NULL THEN 0 ELSE 1 END + CASE WHEN ModelId IS NULL THEN 0 ELSE 1 END + CASE WHEN InferenceRequestId IS NULL THEN 0 ELSE 1 END = 1",
    },
    foreignKeys: [
      { columns: ["AtomId"], references: { table: "dbo.Atom" } },
      { columns: ["ModelId"], references: { table: "dbo.Model" } },
      { columns: ["InferenceRequestId"], references: { table: "dbo.InferenceRequest" }, onDelete: "cascade" },
    ],
    indexes: [
      { columns: ["AtomId"], unique: true, where: "AtomId IS NOT NULL" },
      { columns: ["ModelId"], unique: true, where: "ModelId IS NOT NULL" },
      { columns: ["InferenceRequestId"], unique: true, where: "InferenceRequestId IS NOT NULL" },
    ],
    filegroup: "Provenance",
  },

  "graph.Edge": {
    columns: [
      { name: "FromNodeId", type: "bigint" },
      { name: "ToNodeId", type: "bigint" },
      { name: "EdgeKindId", type: "tinyint" },
      { name: "Weight", type: "decimal(9, 6)", default: "1" },
      { name: "OperationId", type: "bigint", nullable: true },
      { name: "CreatedAt", type: "datetime2(3)", default: "SYSUTCDATETIME()" },
    ],
    primaryKey: { columns: ["FromNodeId", "ToNodeId", "EdgeKindId"] },
    checks: { CK_Edge_NoLoop: "FromNodeId <> ToNodeId", CK_Edge_Weight: "Weight > 0" },
    foreignKeys: [
      { columns: ["FromNodeId"], references: { table: "graph.Node" }, onDelete: "cascade" },
      { columns: ["ToNodeId"], references: { table: "graph.Node" } },
      { columns: ["EdgeKindId"], references: { table: "graph.EdgeKind" } },
      { columns: ["OperationId"], references: { table: "provenance.Operation" }, onDelete: "set null" },
    ],
    indexes: [
      { columns: ["ToNodeId", "EdgeKindId"], include: ["Weight"] },
      { columns: ["OperationId"], where: "OperationId IS NOT NULL" },
    ],
    filegroup: "Provenance",
  },
} satisfies Record<string, TableDefinition>;
