/** Types and collations of columns: what fits, what is lost, what must come down around the change. */
import { answers, withColumns, type Change } from "./table-cases";

export const typeCases: readonly Change[] = [
  {
    what: "widens nvarchar under its index as metadata",
    to: withColumns({ Code: { type: "nvarchar(200)" } }),
    batches: ["ALTER TABLE [dbo].[Orders] ALTER COLUMN [Code] nvarchar(200) COLLATE Latin1_General_100_CI_AS NULL;"],
    hazards: [],
  },
  {
    what: "narrows after every value was seen to fit",
    golden: "narrow",
    to: withColumns({ Code: { type: "nvarchar(60)" } }),
    given: { answers: answers("fit:#:Code", { tooLong: 0 }) },
    batches: [
      "DROP INDEX [IX_Orders_Code] ON [dbo].[Orders];",
      "ALTER TABLE [dbo].[Orders] ALTER COLUMN [Code] nvarchar(60) COLLATE Latin1_General_100_CI_AS NULL;",
      "CREATE NONCLUSTERED INDEX [IX_Orders_Code] ON [dbo].[Orders] ([Code]) WITH (ONLINE = ON);",
    ],
    hazards: ["long-lock:dbo.Orders.Code", "index-build:dbo.Orders.IX_Orders_Code=10"],
  },
  {
    what: "cuts values that are too long, as data loss with their count",
    golden: "narrow-with-loss",
    to: withColumns({ Note: { type: "nvarchar(20)" } }),
    given: { answers: answers("fit:#:Note", { tooLong: 3 }) },
    batches: [
      "UPDATE [dbo].[Orders] SET [Note] = LEFT([Note], 20) WHERE DATALENGTH([Note]) / 2 > 20;",
      "ALTER TABLE [dbo].[Orders] ALTER COLUMN [Note] nvarchar(20) COLLATE Latin1_General_100_CI_AS NULL;",
    ],
    hazards: ["data-loss:dbo.Orders.Note=3", "long-lock:dbo.Orders.Note"],
  },
  {
    what: "warns of letters that another code page does not have",
    to: withColumns({ Note: { type: "varchar(50)" } }),
    given: { answers: answers("fit:#:Note", { tooLong: 0, changed: "2" }) },
    batches: ["ALTER TABLE [dbo].[Orders] ALTER COLUMN [Note] varchar(50) COLLATE Latin1_General_100_CI_AS NULL;"],
    hazards: ["data-loss:dbo.Orders.Note=2", "table-rewrite:dbo.Orders.Note=10"],
  },
  {
    what: "does not trust a narrowing that nobody counted",
    to: withColumns({ Note: { type: "nvarchar(20)" } }),
    batches: ["ALTER TABLE [dbo].[Orders] ALTER COLUMN [Note] nvarchar(20) COLLATE Latin1_General_100_CI_AS NULL;"],
    hazards: ["data-loss:dbo.Orders.Note", "long-lock:dbo.Orders.Note"],
  },
  {
    what: "loses digits of a decimal only with consent, around its default and check",
    to: withColumns({ Total: { type: "decimal(18,1)" } }),
    given: { answers: answers("fit:#:Total", { failing: 0, changed: 4 }) },
    batches: [
      "ALTER TABLE [dbo].[Orders] DROP CONSTRAINT [CK_Total];",
      "ALTER TABLE [dbo].[Orders] ALTER COLUMN [Total] decimal(18, 1) NOT NULL;",
      "ALTER TABLE [dbo].[Orders] WITH CHECK ADD CONSTRAINT [CK_Total] CHECK (Total >= 0);",
    ],
    hazards: ["data-loss:dbo.Orders.Total=4", "table-rewrite:dbo.Orders.Total=10", "long-lock:dbo.Orders.CK_Total"],
  },
  {
    what: "changes the type of a column with a default around the default",
    to: withColumns({ Total: { type: "bigint" } }),
    given: { rows: 0, answers: answers("fit:#:Total", { failing: 0, changed: 0 }) },
    batches: [
      "ALTER TABLE [dbo].[Orders] DROP CONSTRAINT [CK_Total];",
      "ALTER TABLE [dbo].[Orders] DROP CONSTRAINT [DF_Orders_Total];",
      "ALTER TABLE [dbo].[Orders] ALTER COLUMN [Total] bigint NOT NULL;",
      "ALTER TABLE [dbo].[Orders] ADD CONSTRAINT [DF_Orders_Total] DEFAULT (0) FOR [Total];",
      "ALTER TABLE [dbo].[Orders] WITH CHECK ADD CONSTRAINT [CK_Total] CHECK (Total >= 0);",
    ],
  },
  {
    what: "changes a collation after the dependents, and states nullability again",
    golden: "collation",
    to: withColumns({ Code: { collation: "Latin1_General_100_BIN2" } }),
    batches: [
      "DROP INDEX [IX_Orders_Code] ON [dbo].[Orders];",
      "ALTER TABLE [dbo].[Orders] ALTER COLUMN [Code] nvarchar(100) COLLATE Latin1_General_100_BIN2 NULL;",
      "CREATE NONCLUSTERED INDEX [IX_Orders_Code] ON [dbo].[Orders] ([Code]) WITH (ONLINE = ON);",
    ],
    hazards: ["index-build:dbo.Orders.IX_Orders_Code=10"],
  },
  {
    what: "makes an identity wider and keeps it counting",
    from: { columns: [{ name: "Id", type: "int", identity: true }] },
    to: { columns: [{ name: "Id", type: "bigint", identity: true }] },
    batches: ["ALTER TABLE [dbo].[Orders] ALTER COLUMN [Id] bigint NOT NULL;"],
    hazards: ["table-rewrite:dbo.Orders.Id=10"],
  },
  {
    what: "turns text of 2005 into nvarchar(max)",
    from: { columns: [{ name: "Body", type: "ntext", nullable: true }] },
    to: { columns: [{ name: "Body", type: "nvarchar(max)", nullable: true }] },
    batches: ["ALTER TABLE [dbo].[Orders] ALTER COLUMN [Body] nvarchar(max) COLLATE Latin1_General_100_CI_AS NULL;"],
    hazards: [],
  },
  {
    what: "turns nvarchar(max) into json after its documents were seen to be valid",
    from: { columns: [{ name: "Doc", type: "nvarchar(max)", nullable: true }] },
    to: { columns: [{ name: "Doc", type: "json", nullable: true }] },
    given: { majorVersion: 17, answers: answers("fit:#:Doc", { failing: 0 }) },
    batches: ["ALTER TABLE [dbo].[Orders] ALTER COLUMN [Doc] json NULL;"],
    hazards: ["table-rewrite:dbo.Orders.Doc=10"],
  },
];
