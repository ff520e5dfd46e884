import assert from "node:assert/strict";
import type { ProbeRow } from "../../../provider/src/contract";
import { tableSetKind, type TableBody } from "../../../provider/src/kinds/table";
import { assertGrammar, golden } from "../../golden";
import { batches, catalogOf, hazards, inputsOf, owner, planOf, situation, type Case } from "./table-rows";

const orders: TableBody = {
  columns: [
    { name: "Id", type: "int" },
    { name: "Code", type: "nvarchar(100)", nullable: true },
    { name: "Note", type: "nvarchar(50)", nullable: true },
    { name: "Total", type: "decimal(18,2)", default: "0" },
  ],
  primaryKey: { columns: ["Id"] },
  indexes: [{ columns: ["Code"] }],
  checks: { CK_Total: "Total >= 0" },
};
const lines: TableBody = {
  columns: [
    { name: "OrderId", type: "int" },
    { name: "Line", type: "int" },
  ],
  primaryKey: { columns: ["OrderId", "Line"] },
  foreignKeys: [{ columns: ["OrderId"], references: { table: "Orders" } }],
};

type Column = TableBody["columns"][number];
/** `orders` with some columns changed; undefined takes one away. */
function withColumns(changes: Record<string, Partial<Column> | undefined>, ...added: Column[]): TableBody {
  const columns = orders.columns.flatMap((column) =>
    column.name in changes ? (changes[column.name] ? [{ ...column, ...changes[column.name] }] : []) : [column],
  );
  return { ...orders, columns: [...columns, ...added] };
}
const one = (body: TableBody): ReturnType<typeof inputsOf> => inputsOf({ Orders: body });
const alter = (to: TableBody, given: Case = {}, from = orders): ReturnType<typeof planOf> =>
  planOf(one(from), one(to), { rows: 10, ...given });
/** Object ids of the builder: the first table in order of name is 1000. */
const answers = (key: string, row: ProbeRow, table = 1000): Record<string, ProbeRow> => ({
  [key.replace("#", String(table))]: row,
});
const refusals = (plan: ReturnType<typeof planOf>): string[] =>
  plan.refusals.map((refusal) => `${refusal.property}: ${refusal.reason}`);

interface Change {
  readonly what: string;
  readonly golden?: string;
  readonly from?: TableBody;
  readonly to: TableBody;
  readonly given?: Case;
  readonly batches: readonly string[];
  readonly hazards?: readonly string[];
}

const changes: Change[] = [
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
    what: "moves a table by its clustered primary key",
    to: { ...orders, filegroup: "FG2" },
    batches: [
      "CREATE UNIQUE CLUSTERED INDEX [PK_Orders] ON [dbo].[Orders] ([Id]) WITH (DROP_EXISTING = ON, ONLINE = ON) ON [FG2];",
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

describe("tables: changes", () => {
  for (const change of changes)
    it(change.what, () => {
      const plan = alter(change.to, change.given, change.from);
      if (change.golden !== undefined)
        golden(`table.${change.golden}`, { title: change.what, old: change.from ?? orders, new: change.to }, plan);
      assert.deepEqual(refusals(plan), []);
      assert.deepEqual(batches(plan), change.batches);
      if (change.hazards) assert.deepEqual(hazards(plan), change.hazards);
      assert.deepEqual(
        plan.statements.map((statement) => statement.object),
        plan.statements.map(() => ({ type: "table", name: "dbo.Orders" })),
      );
    });

  it("widens both sides of a foreign key in one plan, whole keys and all", () => {
    const wide = (body: TableBody, name: string): TableBody => ({
      ...body,
      columns: body.columns.map((column) => (column.name === name ? { ...column, type: "bigint" } : column)),
    });
    const [old, wanted] = [
      inputsOf({ Orders: orders, Lines: lines }),
      inputsOf({ Orders: wide(orders, "Id"), Lines: wide(lines, "OrderId") }),
    ];
    const plan = planOf(old, wanted, { rows: 10 });
    golden(
      "table.both-sides-of-a-key",
      { title: "int becomes bigint on both sides of a foreign key.", old: old.tables, new: wanted.tables },
      plan,
    );
    assert.deepEqual(batches(plan), [
      "ALTER TABLE [dbo].[Lines] DROP CONSTRAINT [FK_Lines_OrderId];",
      "ALTER TABLE [dbo].[Lines] DROP CONSTRAINT [PK_Lines];",
      "ALTER TABLE [dbo].[Orders] DROP CONSTRAINT [PK_Orders];",
      "ALTER TABLE [dbo].[Lines] ALTER COLUMN [OrderId] bigint NOT NULL;",
      "ALTER TABLE [dbo].[Orders] ALTER COLUMN [Id] bigint NOT NULL;",
      "ALTER TABLE [dbo].[Lines] ADD CONSTRAINT [PK_Lines] PRIMARY KEY CLUSTERED ([OrderId], [Line]) WITH (ONLINE = ON);",
      "ALTER TABLE [dbo].[Orders] ADD CONSTRAINT [PK_Orders] PRIMARY KEY CLUSTERED ([Id]) WITH (ONLINE = ON);",
      "ALTER TABLE [dbo].[Lines] WITH CHECK ADD CONSTRAINT [FK_Lines_OrderId] FOREIGN KEY ([OrderId]) REFERENCES [dbo].[Orders] ([Id]);",
    ]);
    assert.ok(
      hazards(plan).includes("table-rewrite:dbo.Orders.Id=10") &&
        hazards(plan).includes("long-lock:dbo.Lines.FK_Lines_OrderId"),
    );
  });

  it("changes the action of a foreign key in one transaction", () => {
    const cascade = { ...lines, foreignKeys: [{ ...lines.foreignKeys![0]!, onDelete: "cascade" as const }] };
    const plan = planOf(inputsOf({ Orders: orders, Lines: lines }), inputsOf({ Orders: orders, Lines: cascade }), {
      rows: 10,
    });
    assert.deepEqual(batches(plan), [
      "ALTER TABLE [dbo].[Lines] DROP CONSTRAINT [FK_Lines_OrderId];",
      "ALTER TABLE [dbo].[Lines] WITH CHECK ADD CONSTRAINT [FK_Lines_OrderId] FOREIGN KEY ([OrderId]) REFERENCES [dbo].[Orders] ([Id]) ON DELETE CASCADE;",
    ]);
    assert.ok(plan.statements.every((statement) => statement.inTransaction && statement.reverse !== undefined));
  });

  it("validates a foreign key that is not trusted, unless replication keeps it so", () => {
    const inputs = inputsOf({ Orders: orders, Lines: lines });
    const change: Case["change"] = (rows) =>
      rows.foreignKeys.forEach((row) => Object.assign(row, { isNotTrusted: true, isDisabled: true }));
    assert.deepEqual(batches(planOf(inputs, inputs, { change })), [
      "ALTER TABLE [dbo].[Lines] WITH CHECK CHECK CONSTRAINT [FK_Lines_OrderId];",
    ]);
    const replicated = inputsOf({
      Orders: orders,
      Lines: { ...lines, foreignKeys: [{ ...lines.foreignKeys![0]!, notForReplication: true }] },
    });
    assert.deepEqual(batches(planOf(replicated, replicated)), []);
  });

  it("renames a table with its constraints, and follows it in foreign keys", () => {
    const old = inputsOf({ Orders: orders, Lines: lines });
    const wanted = inputsOf({
      Sales: { ...orders, renamedFrom: "Orders" },
      Lines: { ...lines, foreignKeys: [{ columns: ["OrderId"], references: { table: "Sales" } }] },
    });
    const plan = planOf(old, wanted, { rows: 10 });
    golden("table.rename", { title: "A table is renamed with its data.", old: old.tables, new: wanted.tables }, plan);
    assert.deepEqual(batches(plan), [
      "EXEC sys.sp_rename @objname = N'[dbo].[Orders]', @newname = N'Sales', @objtype = N'OBJECT';",
      "EXEC sys.sp_rename @objname = N'[dbo].[PK_Orders]', @newname = N'PK_Sales', @objtype = N'OBJECT';",
      "EXEC sys.sp_rename @objname = N'[dbo].[Sales].[IX_Orders_Code]', @newname = N'IX_Sales_Code', @objtype = N'INDEX';",
      "EXEC sys.sp_rename @objname = N'[dbo].[DF_Orders_Total]', @newname = N'DF_Sales_Total', @objtype = N'OBJECT';",
    ]);
    assert.deepEqual(batches(planOf(wanted, wanted)), []);
  });

  it("renames a table away and makes a new one under its old name", () => {
    const plan = planOf(
      inputsOf({ T: { columns: [{ name: "a", type: "int" }] } }),
      inputsOf({
        T: { columns: [{ name: "b", type: "int" }] },
        Old: { columns: [{ name: "a", type: "int" }], renamedFrom: "T" },
      }),
    );
    assert.deepEqual(batches(plan), [
      "EXEC sys.sp_rename @objname = N'[dbo].[T]', @newname = N'Old', @objtype = N'OBJECT';",
      "CREATE TABLE [dbo].[T] ( [b] int NOT NULL );",
    ]);
  });

  it("moves a table to another schema and grants again what the move drops", () => {
    const permission = {
      class: 1,
      majorId: 1000,
      minorId: 0,
      columnName: null,
      permission: "SELECT",
      state: "GRANT_WITH_GRANT_OPTION",
      grantee: "o'reader]",
      grantor: "dbo",
    };
    const wanted = inputsOf({ "sales.Orders": { ...orders, movedFrom: "dbo" } });
    const change: Case["change"] = (rows) =>
      rows.permissions.push(permission, {
        ...permission,
        minorId: 2,
        columnName: "Code",
        permission: "UPDATE",
        state: "DENY",
      });
    const plan = planOf(one(orders), wanted, { change });
    golden(
      "table.move",
      {
        title: "A table moves to another schema and keeps its permissions.",
        old: { Orders: orders },
        new: wanted.tables,
      },
      plan,
    );
    assert.deepEqual(batches(plan), [
      "ALTER SCHEMA [sales] TRANSFER OBJECT::[dbo].[Orders];",
      "GRANT SELECT ON OBJECT::[sales].[Orders] TO [o'reader]]] WITH GRANT OPTION;",
      "DENY UPDATE ON OBJECT::[sales].[Orders] ([Code]) TO [o'reader]]];",
    ]);
    assert.ok(plan.notes.some((note) => note.includes("permissions")));
  });

  it("drops a table that left the set, with the rows at stake, foreign keys first", () => {
    const plan = planOf(inputsOf({ Orders: orders, Lines: lines }), one(orders), {
      rows: 10,
      answers: answers("rows:#:", { rows: 12 }),
    });
    assert.deepEqual(batches(plan), ["DROP TABLE [dbo].[Lines];"]);
    assert.deepEqual(hazards(plan), ["data-loss:dbo.Lines=12"]);
    assert.deepEqual(plan.owns, [{ type: "table", name: "dbo.Orders" }]);
  });

  it("drops an empty table without asking, and leaves tables alone that it does not own", () => {
    const old = inputsOf({ Orders: orders, Lines: lines });
    assert.deepEqual(hazards(planOf(old, one(orders), { rows: 0 })), []);
    assert.deepEqual(batches(planOf(old, one(orders), { owned: [{ type: "table", name: "dbo.Orders" }] })), []);
  });

  it("drops two tables that refer to each other", () => {
    const cycle = (other: string): TableBody => ({
      columns: [{ name: "Id", type: "int" }],
      primaryKey: { columns: ["Id"] },
      foreignKeys: [{ columns: ["Id"], references: { table: other } }],
    });
    const plan = planOf(inputsOf({ A: cycle("B"), B: cycle("A"), Keep: orders }), inputsOf({ Keep: orders }));
    assert.deepEqual(batches(plan), [
      "ALTER TABLE [dbo].[A] DROP CONSTRAINT [FK_A_Id];",
      "ALTER TABLE [dbo].[B] DROP CONSTRAINT [FK_B_Id];",
      "DROP TABLE [dbo].[A];",
      "DROP TABLE [dbo].[B];",
    ]);
  });

  it("asks whether a table that goes and one that comes are the same", () => {
    const plan = planOf(one(orders), inputsOf({ Sales: orders }), { rows: 10 });
    assert.ok(plan.notes.some((note) => note.includes("renamedFrom")));
    assert.deepEqual(hazards(plan), ["data-loss:dbo.Orders=10"]);
  });

  it("takes a foreign key of another resource down and puts it back as it was around a new primary key", () => {
    const change: Case["change"] = (rows) => {
      rows.tables.push({ ...rows.tables[0]!, objectId: 7, name: "Other" });
      const { columnName: _, ...key } = { columnName: "", objectId: 8, tableId: 7, schemaName: "dbo", name: "FK_Other", referencedTableId: 1000, referencedSchema: "dbo", referencedTable: "Orders", referencedIndexId: 1, deleteAction: 1, updateAction: 0, isDisabled: true, isNotTrusted: true, isNotForReplication: false, isSystemNamed: false, ordinal: 1 }; // prettier-ignore
      rows.foreignKeys.push({ ...key, columnName: "OrderId", referencedColumnName: "Id" });
    };
    const plan = alter({ ...orders, primaryKey: { columns: ["Id"], clustered: false } }, { change });
    assert.deepEqual(
      batches(plan).filter((batch) => batch.includes("Other")),
      [
        "ALTER TABLE [dbo].[Other] DROP CONSTRAINT [FK_Other];",
        "ALTER TABLE [dbo].[Other] WITH NOCHECK ADD CONSTRAINT [FK_Other] FOREIGN KEY ([OrderId]) REFERENCES [dbo].[Orders] ([Id]) ON DELETE CASCADE;",
        "ALTER TABLE [dbo].[Other] NOCHECK CONSTRAINT [FK_Other];",
      ],
    );
    assert.match(refusals(alter(withColumns({ Id: { type: "bigint" } }), { change })).join(), /FK_Other of dbo\.Other/);
    assert.match(
      refusals(alter({ ...orders, primaryKey: undefined }, { change })).join(),
      /FK_Other of dbo\.Other.*drop it there first/,
    );
    assert.match(
      refusals(planOf(one(orders), inputsOf({ Lines: { columns: lines.columns } }), { change })).join(),
      /dbo\.Orders cannot be dropped: foreign key FK_Other of dbo\.Other/,
    );
  });

  it("lists what must exist and does not", () => {
    const plan = planOf(undefined, inputsOf({
      "new.T": { columns: [{ name: "a", type: "dbo.Kind" }], filegroup: "FG9", foreignKeys: [{ columns: ["a"], references: { table: "dbo.Elsewhere", columns: ["Id"] } }] },
    })); // prettier-ignore
    assert.deepEqual(plan.requires?.map((requirement) => `${requirement.type} ${requirement.name} ${requirement.neededBy}`), [
      'schema new table "new.T"', 'filegroup FG9 table "new.T"', 'type dbo.Kind table "new.T"', 'object dbo.Elsewhere table "new.T"',
    ]); // prettier-ignore
  });

  it("asks the table only what the plan depends on", () => {
    const probes = (to: TableBody): string[] => {
      const { desired, live, context } = situation(one(orders), one(to));
      return tableSetKind.probes(desired, live, context.catalog).map((probe) => `${probe.key} ${probe.query}`);
    };
    assert.deepEqual(probes(orders), []);
    assert.deepEqual(probes(withColumns({ Note: undefined })), [
      "values:1000:Note SELECT COUNT_BIG(*) AS [rows] FROM [dbo].[Orders] WHERE [Note] IS NOT NULL;",
    ]);
    assert.deepEqual(probes(withColumns({ Note: { nullable: false } })), [
      "nulls:1000:Note SELECT COUNT_BIG(*) AS [rows] FROM [dbo].[Orders] WHERE [Note] IS NULL;",
    ]);
    assert.deepEqual(probes(withColumns({ Note: { type: "nvarchar(20)" } })), [
      "fit:1000:Note SELECT COUNT_BIG(CASE WHEN DATALENGTH([Note]) / 2 > 20 THEN 1 END) AS [tooLong] FROM [dbo].[Orders];",
    ]);
    assert.match(
      probes(withColumns({ Total: { type: "int" } })).join(),
      /TRY_CONVERT\(int, \[Total\]\) IS NULL .*AS \[failing\].*AS \[changed\]/,
    );
    assert.deepEqual(probes(withColumns({ Note: { type: "nvarchar(80)" } })), []);
    assert.match(probes(withColumns({}, { name: "n", type: "int" })).join(), /^rows:1000: /);
  });

  it("reads the server's own print of expressions as equal", () => {
    const change: Case["change"] = (rows) => {
      Object.assign(rows.columns[3]!, { defaultDefinition: "((0))" });
      Object.assign(rows.checkConstraints[0]!, { definition: "([Total]>=(0))" });
    };
    assert.deepEqual(batches(alter(orders, { change })), []);
  });

  it("compares names as the database does", () => {
    const upper = {
      ...orders,
      columns: orders.columns.map((column) => ({ ...column, name: column.name.toUpperCase() })),
    };
    assert.deepEqual(batches(alter({ ...upper, checks: { ck_total: "TOTAL >= 0" } })), []);
    const sensitive = alter({ ...orders, indexes: [{ columns: ["code"] }] }, { collation: "Latin1_General_100_CS_AS" });
    assert.match(refusals(sensitive).join(), /indexes\[0\]\.columns\[0\]: dbo\.Orders has no column code/);
    const twins: TableBody = {
      columns: [
        { name: "a", type: "int" },
        { name: "A", type: "int" },
      ],
    };
    assert.deepEqual(refusals(planOf(undefined, one(twins), { collation: "Latin1_General_100_CS_AS" })), []);
    assert.match(refusals(planOf(undefined, one(twins))).join(), /two columns A/);
  });

  it("is never surprised by a rename that another resource's table made possible", () => {
    const wanted = inputsOf({ Sales: { ...orders, renamedFrom: "Orders" } });
    const change: Case["change"] = (rows) => void (rows.ownership[0] = { ...rows.ownership[0]!, owner: "another" });
    assert.match(
      batches(planOf(one(orders), wanted, { change, owned: [] })).join(),
      /^CREATE TABLE \[dbo\]\.\[Sales\]/,
    );
  });

  it("shows in a refresh what somebody changed by hand, and nothing else", () => {
    const inputs = inputsOf({ Orders: { ...orders, indexes: [{ columns: ["Code"] }] } });
    const catalog = catalogOf(inputs, {
      change: (rows) => {
        Object.assign(rows.columns[2]!, { maxLength: 160, isNullable: false });
        rows.indexes
          .filter((row) => row.name === "IX_Orders_Code")
          .forEach((row) => Object.assign(row, { fillFactor: 70 }));
        rows.checkConstraints[0]!.definition = "([Total]>(1))";
        rows.columns.push({ ...rows.columns[0]!, columnId: 9, name: "Extra" });
      },
    });
    const live = tableSetKind.read(catalog, tableSetKind.identity(tableSetKind.desired(inputs)), [
      { type: "table", name: "dbo.Orders" },
    ]);
    const seen = tableSetKind.inputsFromLive(live!, inputs).tables.Orders!;
    assert.deepEqual(seen.columns, [
      orders.columns[0],
      orders.columns[1],
      { name: "Note", type: "nvarchar(80)" },
      orders.columns[3],
      { name: "Extra", type: "int" },
    ]);
    assert.equal(seen.indexes?.[0]?.fillFactor, 70);
    assert.deepEqual(seen.checks, { CK_Total: "([Total]>(1))" });
    assert.equal(seen.primaryKey, inputs.tables.Orders!.primaryKey);
    assert.ok(live && owner);
  });

  it("emits only T-SQL that Microsoft's grammar accepts", function () {
    assertGrammar(this);
  });
});
