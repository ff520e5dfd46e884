/** Tables of schema dbo: content, models and inference. Content and vectors live in the filegroup AtomData. */
import type { TableDefinition } from "pulumi-sqlserver";
import { temporal } from "pulumi-sqlserver-components";

export const dbo = {
  "dbo.ContentType": {
    columns: [
      { name: "ContentTypeId", type: "tinyint" },
      { name: "Name", type: "varchar(64)" },
      { name: "IsText", type: "bit" },
    ],
    primaryKey: { columns: ["ContentTypeId"] },
    uniques: [{ columns: ["Name"] }],
  },

  // Content is stored once; ContentHash finds it again. ReferenceCount 0 means that dbo.PurgeUnreferencedAtoms may take it.
  "dbo.Atom": {
    columns: [
      { name: "AtomId", type: "bigint", identity: true },
      { name: "ContentTypeId", type: "tinyint" },
      { name: "ContentHash", type: "binary(32)" },
      { name: "Content", type: "varbinary(max)" },
      { name: "CanonicalText", type: "nvarchar(max)", nullable: true },
      { name: "ReferenceCount", type: "int", default: "1" },
      { name: "CreatedAt", type: "datetime2(3)", default: "SYSUTCDATETIME()" },
      { name: "ByteCount", computed: "CONVERT(bigint, DATALENGTH(Content))" },
    ],
    primaryKey: { columns: ["AtomId"] },
    uniques: [{ columns: ["ContentHash", "ContentTypeId"] }],
    checks: { CK_Atom_ReferenceCount: "ReferenceCount >= 0" },
    foreignKeys: [{ columns: ["ContentTypeId"], references: { table: "dbo.ContentType" } }],
    indexes: [
      { name: "IX_Atom_Unreferenced", columns: ["CreatedAt"], include: ["ContentTypeId"], where: "ReferenceCount = 0" },
    ],
    filegroup: "AtomData",
    textFilegroup: "AtomData",
  },

  "dbo.AtomSource": temporal({
    columns: [
      { name: "AtomSourceId", type: "int", identity: true },
      { name: "Name", type: "nvarchar(200)" },
      { name: "Uri", type: "nvarchar(400)", nullable: true },
      { name: "TrustLevel", type: "tinyint", default: "50" },
      { name: "RegisteredAt", type: "datetime2(3)", default: "SYSUTCDATETIME()" },
    ],
    primaryKey: { columns: ["AtomSourceId"] },
    uniques: [{ columns: ["Name"] }],
    checks: { CK_AtomSource_TrustLevel: "TrustLevel <= 100" },
  }),

  "dbo.AtomOccurrence": {
    columns: [
      { name: "AtomSourceId", type: "int" },
      { name: "Position", type: "bigint" },
      { name: "AtomId", type: "bigint" },
      { name: "SeenAt", type: "datetime2(3)", default: "SYSUTCDATETIME()" },
    ],
    primaryKey: { columns: ["AtomSourceId", "Position"] },
    checks: { CK_AtomOccurrence_Position: "Position >= 0" },
    foreignKeys: [
      { columns: ["AtomSourceId"], references: { table: "dbo.AtomSource" }, onDelete: "cascade" },
      { columns: ["AtomId"], references: { table: "dbo.Atom" } },
    ],
    indexes: [{ columns: ["AtomId"], include: ["SeenAt"], compression: "page" }],
    filegroup: "AtomData",
    compression: "page",
  },

  // OutputLayerId and dbo.ModelLayer.ModelId point at each other: a model names one of its own layers.
  "dbo.Model": temporal({
    columns: [
      { name: "ModelId", type: "int", identity: true },
      { name: "Name", type: "nvarchar(128)" },
      { name: "Version", type: "varchar(32)" },
      { name: "Architecture", type: "varchar(64)" },
      { name: "Status", type: "varchar(16)", default: "'draft'" },
      { name: "OutputLayerId", type: "int", nullable: true },
      { name: "Settings", type: "nvarchar(4000)", nullable: true },
      { name: "CreatedAt", type: "datetime2(3)", default: "SYSUTCDATETIME()" },
      { name: "ActivatedAt", type: "datetime2(3)", nullable: true },
      { name: "RetiredAt", type: "datetime2(3)", nullable: true },
    ],
    primaryKey: { columns: ["ModelId"] },
    uniques: [{ columns: ["Name", "Version"] }],
    checks: {
      CK_Model_Status: "Status IN ('draft', 'active', 'retired')",
      CK_Model_Active: "Status <> 'active' OR (OutputLayerId IS NOT NULL AND ActivatedAt IS NOT NULL)",
      CK_Model_Retired: "RetiredAt IS NULL OR Status = 'retired'",
      CK_Model_Settings: "Settings IS NULL OR ISJSON(Settings) = 1",
    },
    foreignKeys: [{ columns: ["OutputLayerId"], references: { table: "dbo.ModelLayer" } }],
    indexes: [
      { name: "IX_Model_Active", columns: ["Name"], include: ["Version", "Architecture"], where: "Status = 'active'" },
    ],
  }),

  "dbo.ModelLayer": {
    columns: [
      { name: "ModelLayerId", type: "int", identity: true },
      { name: "ModelId", type: "int" },
      { name: "Ordinal", type: "smallint" },
      { name: "Kind", type: "varchar(32)" },
      { name: "InputDimension", type: "int" },
      { name: "OutputDimension", type: "int" },
      { name: "HasBias", type: "bit", default: "1" },
      {
        name: "ParameterCount",
        computed: {
          expression:
            "CONVERT(bigint, InputDimension) * OutputDimension + CASE WHEN HasBias = 1 THEN OutputDimension ELSE 0 END",
          persisted: true,
        },
      },
    ],
    primaryKey: { columns: ["ModelLayerId"] },
    uniques: [{ columns: ["ModelId", "Ordinal"] }],
    checks: { CK_ModelLayer_Dimensions: "InputDimension > 0 AND OutputDimension > 0" },
    foreignKeys: [{ columns: ["ModelId"], references: { table: "dbo.Model" } }],
  },

  "dbo.LayerWeight": {
    columns: [
      { name: "ModelLayerId", type: "int" },
      { name: "ChunkIndex", type: "int" },
      { name: "Weights", type: "varbinary(max)" },
      { name: "ContentHash", type: "binary(32)" },
      { name: "StoredAt", type: "datetime2(3)", default: "SYSUTCDATETIME()" },
    ],
    primaryKey: { columns: ["ModelLayerId", "ChunkIndex"] },
    checks: { CK_LayerWeight_ChunkIndex: "ChunkIndex >= 0" },
    foreignKeys: [{ columns: ["ModelLayerId"], references: { table: "dbo.ModelLayer" }, onDelete: "cascade" }],
    filegroup: "AtomData",
    textFilegroup: "AtomData",
  },

  "dbo.Embedding": {
    columns: [
      { name: "EmbeddingId", type: "bigint", identity: true },
      { name: "AtomId", type: "bigint" },
      { name: "ModelId", type: "int" },
      { name: "Dimension", type: "smallint" },
      { name: "Norm", type: "float" },
      { name: "CreatedAt", type: "datetime2(3)", default: "SYSUTCDATETIME()" },
    ],
    primaryKey: { columns: ["EmbeddingId"] },
    uniques: [{ columns: ["ModelId", "AtomId"] }],
    checks: { CK_Embedding_Dimension: "Dimension BETWEEN 1 AND 8192", CK_Embedding_Norm: "Norm >= 0" },
    foreignKeys: [
      { columns: ["AtomId"], references: { table: "dbo.Atom" } },
      { columns: ["ModelId"], references: { table: "dbo.Model" } },
    ],
    indexes: [{ columns: ["AtomId"] }],
    filegroup: "AtomData",
  },

  "dbo.EmbeddingComponent": {
    columns: [
      { name: "EmbeddingId", type: "bigint" },
      { name: "Ordinal", type: "smallint" },
      { name: "Value", type: "real" },
    ],
    primaryKey: { columns: ["EmbeddingId", "Ordinal"] },
    foreignKeys: [{ columns: ["EmbeddingId"], references: { table: "dbo.Embedding" }, onDelete: "cascade" }],
    filegroup: "AtomData",
    compression: "page",
  },

  "dbo.InferenceRequest": {
    columns: [
      { name: "InferenceRequestId", type: "bigint", identity: { seed: 1000 } },
      { name: "RequestKey", type: "uniqueidentifier", default: "NEWID()" },
      { name: "TenantId", type: "int" },
      { name: "ModelId", type: "int" },
      { name: "PromptAtomId", type: "bigint" },
      { name: "Priority", type: "tinyint", default: "5" },
      { name: "Status", type: "varchar(16)", default: "'queued'" },
      { name: "RequestedAt", type: "datetime2(3)", default: "SYSUTCDATETIME()" },
      { name: "StartedAt", type: "datetime2(3)", nullable: true },
      { name: "EndedAt", type: "datetime2(3)", nullable: true },
      { name: "FailureReason", type: "nvarchar(1000)", nullable: true },
      { name: "DurationMs", computed: "DATEDIFF(millisecond, StartedAt, EndedAt)" },
    ],
    primaryKey: { columns: ["InferenceRequestId"] },
    uniques: [{ columns: ["RequestKey"] }],
    checks: {
      CK_InferenceRequest_Status: "Status IN ('queued', 'running', 'completed', 'failed')",
      CK_InferenceRequest_Priority: "Priority BETWEEN 1 AND 9",
      CK_InferenceRequest_Times: "EndedAt IS NULL OR (StartedAt IS NOT NULL AND EndedAt >= StartedAt)",
    },
    foreignKeys: [
      { columns: ["TenantId"], references: { table: "billing.Tenant" } },
      { columns: ["ModelId"], references: { table: "dbo.Model" } },
      { columns: ["PromptAtomId"], references: { table: "dbo.Atom" } },
    ],
    indexes: [
      {
        name: "IX_InferenceRequest_Queue",
        columns: [{ name: "Priority", descending: true }, "RequestedAt"],
        include: ["ModelId", "TenantId"],
        where: "Status = 'queued'",
      },
      { columns: ["TenantId", { name: "RequestedAt", descending: true }], include: ["Status", "ModelId"] },
    ],
  },

  "dbo.InferenceResult": {
    columns: [
      { name: "InferenceRequestId", type: "bigint" },
      { name: "Ordinal", type: "smallint" },
      { name: "AtomId", type: "bigint" },
      { name: "TokenCount", type: "int" },
      { name: "Score", type: "decimal(9, 6)", nullable: true },
    ],
    primaryKey: { columns: ["InferenceRequestId", "Ordinal"] },
    checks: { CK_InferenceResult_TokenCount: "TokenCount >= 0" },
    foreignKeys: [
      { columns: ["InferenceRequestId"], references: { table: "dbo.InferenceRequest" }, onDelete: "cascade" },
      { columns: ["AtomId"], references: { table: "dbo.Atom" } },
    ],
    indexes: [{ columns: ["AtomId"] }],
  },
} satisfies Record<string, TableDefinition>;
