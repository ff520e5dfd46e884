/** Columns added, dropped, renamed, computed, and their nullability. */
import { answers, orders, withColumns, type Change } from "./table-cases";

export const columnCases: readonly Change[] = [
  {
    what: "adds a nullable column as metadata",
    to: withColumns({}, { name: "New", type: "int", nullable: true }),
    batches: ["ALTER TABLE [dbo].[Orders] ADD [New] int NULL;"],
  },
  {
    what: "adds a column declared in the middle at the end, and does not see the order afterwards",
    from: { ...orders, columns: [orders.columns[1]!, orders.columns[0]!, ...orders.columns.slice(2)] },
    to: orders,
    batches: [],
  },
  {
    what: "adds several columns in one statement, NOT NULL with a constant default as metadata on Enterprise",
    golden: "add-columns",
    to: withColumns(
      {},
      { name: "State", type: "char(1)", default: "'N'" },
      { name: "Flag", type: "bit", default: { name: "DF_F", expression: "0" } },
    ),
    batches: [
      "ALTER TABLE [dbo].[Orders] ADD [State] char(1) CONSTRAINT [DF_Orders_State] DEFAULT ('N') NOT NULL, [Flag] bit CONSTRAINT [DF_F] DEFAULT (0) NOT NULL;",
    ],
  },
  {
    what: "warns that a default is written to every row on Standard",
    to: withColumns({}, { name: "State", type: "char(1)", default: "'N'" }),
    given: { edition: "Standard Edition (64-bit)" },
    batches: ["ALTER TABLE [dbo].[Orders] ADD [State] char(1) CONSTRAINT [DF_Orders_State] DEFAULT ('N') NOT NULL;"],
    hazards: ["table-rewrite:dbo.Orders.State=10"],
  },
  {
    what: "warns that NEWID() is written to every row on any edition",
    to: withColumns({}, { name: "Key", type: "uniqueidentifier", default: "newid()" }),
    batches: [
      "ALTER TABLE [dbo].[Orders] ADD [Key] uniqueidentifier CONSTRAINT [DF_Orders_Key] DEFAULT (newid()) NOT NULL;",
    ],
    hazards: ["table-rewrite:dbo.Orders.Key=10"],
  },
  {
    what: "adds NOT NULL without a default to an empty table",
    to: withColumns({}, { name: "State", type: "char(1)" }),
    given: { rows: 0 },
    batches: ["ALTER TABLE [dbo].[Orders] ADD [State] char(1) NOT NULL;"],
  },
  {
    what: "adds NOT NULL without a default in three steps where a backfill is declared",
    golden: "add-with-backfill",
    to: withColumns({}, { name: "State", type: "char(1)", backfill: "CASE WHEN Total > 0 THEN 'P' ELSE 'N' END" }),
    given: { answers: answers("rows:#:", { rows: 10 }) },
    batches: [
      "ALTER TABLE [dbo].[Orders] ADD [State] char(1) NULL;",
      "DECLARE @filled int = 1; WHILE @filled > 0 BEGIN UPDATE TOP (10000) [dbo].[Orders] SET [State] = (CASE WHEN Total > 0 THEN 'P' ELSE 'N' END) WHERE [State] IS NULL AND (CASE WHEN Total > 0 THEN 'P' ELSE 'N' END) IS NOT NULL; SET @filled = @@ROWCOUNT; END;",
      "ALTER TABLE [dbo].[Orders] ALTER COLUMN [State] char(1) COLLATE Latin1_General_100_CI_AS NOT NULL;",
    ],
    hazards: ["long-lock:dbo.Orders.State"],
  },
  {
    what: "drops a column and counts what is lost",
    golden: "drop-column",
    to: withColumns({ Note: undefined }),
    given: { answers: answers("values:#:Note", { rows: 7 }) },
    batches: ["ALTER TABLE [dbo].[Orders] DROP COLUMN [Note];"],
    hazards: ["data-loss:dbo.Orders.Note=7"],
  },
  {
    what: "drops a column that holds NULL only without asking",
    to: withColumns({ Note: undefined }),
    given: { answers: answers("values:#:Note", { rows: 0 }) },
    batches: ["ALTER TABLE [dbo].[Orders] DROP COLUMN [Note];"],
    hazards: [],
  },
  {
    what: "takes down index, check and default before their column",
    to: { columns: orders.columns.slice(0, 1), primaryKey: orders.primaryKey },
    given: { rows: 0 },
    batches: [
      "ALTER TABLE [dbo].[Orders] DROP CONSTRAINT [CK_Total];",
      "ALTER TABLE [dbo].[Orders] DROP CONSTRAINT [DF_Orders_Total];",
      "DROP INDEX [IX_Orders_Code] ON [dbo].[Orders];",
      "ALTER TABLE [dbo].[Orders] DROP COLUMN [Code], [Note], [Total];",
    ],
  },
  {
    what: "makes a column NOT NULL when no row holds NULL",
    to: withColumns({ Note: { nullable: false } }),
    given: { answers: answers("nulls:#:Note", { rows: 0 }) },
    batches: ["ALTER TABLE [dbo].[Orders] ALTER COLUMN [Note] nvarchar(50) COLLATE Latin1_General_100_CI_AS NOT NULL;"],
    hazards: ["long-lock:dbo.Orders.Note"],
  },
  {
    what: "fills NULL from the declared backfill before NOT NULL",
    golden: "not-null-with-backfill",
    to: withColumns({ Note: { nullable: false, backfill: "N'-'" } }),
    given: { answers: answers("nulls:#:Note", { rows: 4 }) },
    batches: [
      "DECLARE @filled int = 1; WHILE @filled > 0 BEGIN UPDATE TOP (10000) [dbo].[Orders] SET [Note] = (N'-') WHERE [Note] IS NULL AND (N'-') IS NOT NULL; SET @filled = @@ROWCOUNT; END;",
      "ALTER TABLE [dbo].[Orders] ALTER COLUMN [Note] nvarchar(50) COLLATE Latin1_General_100_CI_AS NOT NULL;",
    ],
    hazards: ["long-lock:dbo.Orders.Note"],
  },
  {
    what: "makes a column nullable as metadata, its index in place",
    from: withColumns({ Code: { nullable: false } }),
    to: orders,
    batches: ["ALTER TABLE [dbo].[Orders] ALTER COLUMN [Code] nvarchar(100) COLLATE Latin1_General_100_CI_AS NULL;"],
    hazards: [],
  },
  {
    what: "renames a column with its data",
    golden: "rename-column",
    to: {
      ...withColumns({ Code: { name: "Sku", renamedFrom: "Code" } }),
      indexes: [{ name: "IX_Orders_Code", columns: ["Sku"] }],
    },
    batches: ["EXEC sys.sp_rename @objname = N'[dbo].[Orders].[Code]', @newname = N'Sku', @objtype = N'COLUMN';"],
    hazards: [],
  },
  {
    what: "renames generated names together with their column, and takes the check down that reads it",
    to: { ...withColumns({ Total: { name: "Sum", renamedFrom: "Total" } }), checks: { CK_Total: "Sum >= 0" } },
    given: { rows: 0 },
    batches: [
      "EXEC sys.sp_rename @objname = N'[dbo].[DF_Orders_Total]', @newname = N'DF_Orders_Sum', @objtype = N'OBJECT';",
      "ALTER TABLE [dbo].[Orders] DROP CONSTRAINT [CK_Total];",
      "EXEC sys.sp_rename @objname = N'[dbo].[Orders].[Total]', @newname = N'Sum', @objtype = N'COLUMN';",
      "ALTER TABLE [dbo].[Orders] WITH CHECK ADD CONSTRAINT [CK_Total] CHECK (Sum >= 0);",
    ],
  },
  {
    what: "renames in the order that frees the names",
    from: {
      columns: [
        { name: "a", type: "int" },
        { name: "b", type: "int" },
      ],
    },
    to: {
      columns: [
        { name: "b", type: "int", renamedFrom: "a" },
        { name: "c", type: "int", renamedFrom: "b" },
      ],
    },
    batches: [
      "EXEC sys.sp_rename @objname = N'[dbo].[Orders].[b]', @newname = N'c', @objtype = N'COLUMN';",
      "EXEC sys.sp_rename @objname = N'[dbo].[Orders].[a]', @newname = N'b', @objtype = N'COLUMN';",
    ],
  },
  {
    what: "does nothing for a renamedFrom that is long done",
    to: withColumns({ Code: { renamedFrom: "OldCode" } }),
    batches: [],
  },
  {
    what: "drops and adds a computed column with its index when the expression changes",
    golden: "computed",
    from: { ...withColumns({}, { name: "Tax", computed: "Total * 0.19" }), indexes: [{ columns: ["Tax"] }] },
    to: { ...withColumns({}, { name: "Tax", computed: "Total * 0.2" }), indexes: [{ columns: ["Tax"] }] },
    batches: [
      "DROP INDEX [IX_Orders_Tax] ON [dbo].[Orders];",
      "ALTER TABLE [dbo].[Orders] DROP COLUMN [Tax];",
      "ALTER TABLE [dbo].[Orders] ADD [Tax] AS (Total * 0.2);",
      "CREATE NONCLUSTERED INDEX [IX_Orders_Tax] ON [dbo].[Orders] ([Tax]) WITH (ONLINE = ON);",
    ],
    hazards: ["index-build:dbo.Orders.IX_Orders_Tax=10"],
  },
  {
    what: "switches PERSISTED in place",
    from: withColumns({}, { name: "Tax", computed: "Total * 0.19" }),
    to: withColumns({}, { name: "Tax", computed: { expression: "Total * 0.19", persisted: true } }),
    batches: ["ALTER TABLE [dbo].[Orders] ALTER COLUMN [Tax] ADD PERSISTED;"],
    hazards: ["table-rewrite:dbo.Orders.Tax=10"],
  },
  {
    what: "takes a computed column down around a type that it reads",
    from: withColumns({}, { name: "Twice", computed: "Total * 2" }),
    to: withColumns({ Total: { type: "decimal(18,4)" } }, { name: "Twice", computed: "Total * 2" }),
    given: { rows: 0, answers: answers("fit:#:Total", { failing: 0, changed: 0 }) },
    batches: [
      "ALTER TABLE [dbo].[Orders] DROP CONSTRAINT [CK_Total];",
      "ALTER TABLE [dbo].[Orders] DROP COLUMN [Twice];",
      "ALTER TABLE [dbo].[Orders] ALTER COLUMN [Total] decimal(18, 4) NOT NULL;",
      "ALTER TABLE [dbo].[Orders] ADD [Twice] AS (Total * 2);",
      "ALTER TABLE [dbo].[Orders] WITH CHECK ADD CONSTRAINT [CK_Total] CHECK (Total >= 0);",
    ],
  },
  {
    what: "switches SPARSE and ROWGUIDCOL without restating the type",
    from: withColumns({}, { name: "Key", type: "uniqueidentifier" }),
    to: withColumns({ Note: { sparse: true } }, { name: "Key", type: "uniqueidentifier", rowGuid: true }),
    batches: [
      "ALTER TABLE [dbo].[Orders] ALTER COLUMN [Note] ADD SPARSE;",
      "ALTER TABLE [dbo].[Orders] ALTER COLUMN [Key] ADD ROWGUIDCOL;",
    ],
    hazards: ["table-rewrite:dbo.Orders.Note=10"],
  },
];
