/** Defaults, checks, keys, indexes and options of a table. */
import { answers, orders, withColumns, type Change } from "./table-cases";

export const indexCases: readonly Change[] = [
  {
    what: "changes a default by its real name",
    golden: "default",
    to: withColumns({ Total: { default: "1" } }),
    given: {
      change: (rows) =>
        void Object.assign(rows.columns[3]!, { defaultName: "DF__Orders__Total__1A2B", defaultIsSystemNamed: true }),
    },
    batches: [
      "ALTER TABLE [dbo].[Orders] DROP CONSTRAINT [DF__Orders__Total__1A2B];",
      "ALTER TABLE [dbo].[Orders] ADD CONSTRAINT [DF_Orders_Total] DEFAULT (1) FOR [Total];",
    ],
  },
  {
    what: "gives a column a default, and takes one away",
    to: withColumns({ Total: { default: undefined }, Note: { default: "N'x'" } }),
    batches: [
      "ALTER TABLE [dbo].[Orders] DROP CONSTRAINT [DF_Orders_Total];",
      "ALTER TABLE [dbo].[Orders] ADD CONSTRAINT [DF_Orders_Note] DEFAULT (N'x') FOR [Note];",
    ],
  },
  {
    what: "changes a check in one transaction, validated",
    golden: "check",
    to: { ...orders, checks: { CK_Total: "Total > 0" } },
    batches: [
      "ALTER TABLE [dbo].[Orders] DROP CONSTRAINT [CK_Total];",
      "ALTER TABLE [dbo].[Orders] WITH CHECK ADD CONSTRAINT [CK_Total] CHECK (Total > 0);",
    ],
    hazards: ["long-lock:dbo.Orders.CK_Total"],
  },
  {
    what: "renames a check that is equal",
    to: { ...orders, checks: { CK_Positive: "Total >= 0" } },
    batches: ["EXEC sys.sp_rename @objname = N'[dbo].[CK_Total]', @newname = N'CK_Positive', @objtype = N'OBJECT';"],
  },
  {
    what: "validates a check that somebody made untrusted",
    to: orders,
    given: { change: (rows) => void Object.assign(rows.checkConstraints[0]!, { isNotTrusted: true }) },
    batches: ["ALTER TABLE [dbo].[Orders] WITH CHECK CHECK CONSTRAINT [CK_Total];"],
    hazards: ["long-lock:dbo.Orders.CK_Total"],
  },
  {
    what: "adds INCLUDE to an index without a moment that lacks it",
    golden: "index-include",
    to: { ...orders, indexes: [{ columns: ["Code"], include: ["Total"] }] },
    batches: [
      "CREATE NONCLUSTERED INDEX [IX_Orders_Code] ON [dbo].[Orders] ([Code]) INCLUDE ([Total]) WITH (DROP_EXISTING = ON, ONLINE = ON) ON [PRIMARY];",
    ],
    hazards: ["index-build:dbo.Orders.IX_Orders_Code=10"],
  },
  {
    what: "keeps the compression of an index that is built anew",
    from: { ...orders, indexes: [{ columns: ["Code"], compression: "page" }] },
    to: { ...orders, indexes: [{ columns: ["Code"], include: ["Total"], compression: "page" }] },
    given: { edition: "Standard Edition (64-bit)" },
    batches: [
      "CREATE NONCLUSTERED INDEX [IX_Orders_Code] ON [dbo].[Orders] ([Code]) INCLUDE ([Total]) WITH (DATA_COMPRESSION = PAGE, DROP_EXISTING = ON) ON [PRIMARY];",
    ],
  },
  {
    what: "rebuilds an index for its compression",
    to: { ...orders, indexes: [{ columns: ["Code"], compression: "page" }] },
    batches: ["ALTER INDEX [IX_Orders_Code] ON [dbo].[Orders] REBUILD WITH (DATA_COMPRESSION = PAGE, ONLINE = ON);"],
    hazards: ["index-build:dbo.Orders.IX_Orders_Code=10"],
  },
  {
    what: "rebuilds an index for its fill factor",
    golden: "fill-factor",
    to: { ...orders, indexes: [{ columns: ["Code"], fillFactor: 80 }] },
    batches: ["ALTER INDEX [IX_Orders_Code] ON [dbo].[Orders] REBUILD WITH (FILLFACTOR = 80, ONLINE = ON);"],
  },
  {
    what: "sets locks of an index without a rebuild",
    to: { ...orders, indexes: [{ columns: ["Code"], allowPageLocks: false }] },
    batches: ["ALTER INDEX [IX_Orders_Code] ON [dbo].[Orders] SET (ALLOW_PAGE_LOCKS = OFF);"],
    hazards: [],
  },
  {
    what: "enables an index that somebody disabled",
    to: orders,
    given: {
      change: (rows) =>
        void Object.assign(
          rows.indexes.find((row) => row.name === "IX_Orders_Code")!,
          { isDisabled: true },
        ),
    },
    batches: ["ALTER INDEX [IX_Orders_Code] ON [dbo].[Orders] REBUILD;"],
  },
  {
    what: "renames an index that is equal",
    to: { ...orders, indexes: [{ name: "IX_Code", columns: ["Code"] }] },
    batches: [
      "EXEC sys.sp_rename @objname = N'[dbo].[Orders].[IX_Orders_Code]', @newname = N'IX_Code', @objtype = N'INDEX';",
    ],
  },
  {
    what: "moves an index to another filegroup",
    to: { ...orders, indexes: [{ columns: ["Code"], filegroup: "FG2" }] },
    batches: [
      "CREATE NONCLUSTERED INDEX [IX_Orders_Code] ON [dbo].[Orders] ([Code]) WITH (DROP_EXISTING = ON, ONLINE = ON) ON [FG2];",
    ],
  },
  {
    what: "moves a table by its clustered primary key, and its indexes with it",
    to: { ...orders, filegroup: "FG2" },
    batches: [
      "CREATE UNIQUE CLUSTERED INDEX [PK_Orders] ON [dbo].[Orders] ([Id]) WITH (DROP_EXISTING = ON, ONLINE = ON) ON [FG2];",
      "CREATE NONCLUSTERED INDEX [IX_Orders_Code] ON [dbo].[Orders] ([Code]) WITH (DROP_EXISTING = ON, ONLINE = ON) ON [FG2];",
    ],
  },
  {
    what: "compresses a table in place",
    golden: "table-compression",
    to: { ...orders, compression: "page" },
    batches: ["ALTER TABLE [dbo].[Orders] REBUILD WITH (DATA_COMPRESSION = PAGE, ONLINE = ON);"],
    hazards: ["table-rewrite:dbo.Orders=10"],
  },
  {
    what: "sets lock escalation",
    to: { ...orders, lockEscalation: "disable" },
    batches: ["ALTER TABLE [dbo].[Orders] SET (LOCK_ESCALATION = DISABLE);"],
  },
  {
    what: "leaves a primary key alone that the server named",
    to: orders,
    given: {
      change: (rows) =>
        rows.indexes
          .filter((row) => row.isPrimaryKey)
          .forEach((row) => Object.assign(row, { name: "PK__Orders__1A2B", isSystemNamed: true })),
    },
    batches: [],
  },
  {
    what: "gives a primary key the name that a person chose",
    to: { ...orders, primaryKey: { name: "PK_O", columns: ["Id"] } },
    batches: ["EXEC sys.sp_rename @objname = N'[dbo].[PK_Orders]', @newname = N'PK_O', @objtype = N'OBJECT';"],
  },
  {
    what: "changes a primary key, the clustered index first of all",
    golden: "primary-key",
    to: { ...withColumns({ Code: { nullable: false } }), primaryKey: { columns: ["Code", "Id"] }, indexes: [] },
    given: { answers: answers("nulls:#:Code", { rows: 0 }) },
    batches: [
      "DROP INDEX [IX_Orders_Code] ON [dbo].[Orders];",
      "ALTER TABLE [dbo].[Orders] DROP CONSTRAINT [PK_Orders];",
      "ALTER TABLE [dbo].[Orders] ALTER COLUMN [Code] nvarchar(100) COLLATE Latin1_General_100_CI_AS NOT NULL;",
      "ALTER TABLE [dbo].[Orders] ADD CONSTRAINT [PK_Orders] PRIMARY KEY CLUSTERED ([Code], [Id]) WITH (ONLINE = ON);",
    ],
    hazards: ["long-lock:dbo.Orders.Code", "index-build:dbo.Orders.PK_Orders=10"],
  },
];
