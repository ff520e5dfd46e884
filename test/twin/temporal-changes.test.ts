import assert from "node:assert/strict";
import { checkFacts } from "./check-facts";
import { loginAs, must, newEngine, query } from "./collector";
import { ok, rows } from "./facts/fact";
import { HISTORY, OFF, ON, STAFF } from "./temporal-staff";

describe("changes of twin temporal tables", () => {
  const shape = (table: string): string =>
    `SELECT name, TYPE_NAME(user_type_id), max_length, is_nullable FROM sys.columns WHERE object_id = OBJECT_ID('dbo.${table}') ORDER BY column_id`;
  const period = [
    ["valid_from", "datetime2", 8, 0],
    ["valid_to", "datetime2", 8, 0],
  ];

  describe("that go on to the history table", () => {
    checkFacts(
      [...STAFF, "UPDATE dbo.staff SET pay = 11 WHERE id = 1"],
      [
        [
          "a nullable column",
          ["ALTER TABLE dbo.staff ADD mail varchar(30) NULL", shape("staff_history")],
          rows(["id", "int", 4, 0], ["name", "nvarchar", 40, 0], ["pay", "int", 4, 1], ...period, [
            "mail",
            "varchar",
            30,
            1,
          ]),
        ],
        [
          "a NOT NULL column with its default, also for old versions",
          [
            "ALTER TABLE dbo.staff ADD kind int NOT NULL CONSTRAINT df_kind DEFAULT 7",
            "SELECT kind, (SELECT COUNT(*) FROM sys.default_constraints WHERE parent_object_id = OBJECT_ID('dbo.staff_history')) FROM dbo.staff_history",
          ],
          rows([7, 1]),
        ],
        [
          "a dropped column",
          ["ALTER TABLE dbo.staff DROP COLUMN pay", shape("staff_history")],
          rows(["id", "int", 4, 0], ["name", "nvarchar", 40, 0], ...period),
        ],
        [
          "a wider type",
          ["ALTER TABLE dbo.staff ALTER COLUMN name nvarchar(50) NOT NULL", shape("staff_history")],
          rows(["id", "int", 4, 0], ["name", "nvarchar", 100, 0], ["pay", "int", 4, 1], ...period),
        ],
        [
          "another type",
          ["ALTER TABLE dbo.staff ALTER COLUMN pay bigint NULL", shape("staff_history")],
          rows(["id", "int", 4, 0], ["name", "nvarchar", 40, 0], ["pay", "bigint", 8, 1], ...period),
        ],
        [
          "a new name",
          [
            "EXEC sp_rename 'dbo.staff.pay', 'salary', 'COLUMN'",
            "SELECT name FROM sys.columns WHERE object_id = OBJECT_ID('dbo.staff_history') AND column_id = 3",
          ],
          rows(["salary"]),
        ],
        [
          "a mask",
          [
            "ALTER TABLE dbo.staff ALTER COLUMN pay ADD MASKED WITH (FUNCTION = 'default()')",
            "SELECT COUNT(*) FROM sys.columns WHERE is_masked = 1",
          ],
          rows([2]),
        ],
        [
          "NOT NULL, unless an old version is NULL: 515",
          [
            "UPDATE dbo.staff SET pay = NULL WHERE id = 1; UPDATE dbo.staff SET pay = 5 WHERE id = 1",
            "ALTER TABLE dbo.staff ALTER COLUMN pay int NOT NULL",
          ],
          [515],
        ],
        [
          "and nothing of it after a ROLLBACK",
          [
            "BEGIN TRAN; ALTER TABLE dbo.staff ADD mail varchar(30) NULL; ROLLBACK",
            "SELECT COUNT(*) FROM sys.columns WHERE object_id = OBJECT_ID('dbo.staff_history')",
          ],
          rows([5]),
        ],
      ],
    );
  });

  describe("that stay on the current table or are refused", () => {
    checkFacts(STAFF, [
      [
        "HIDDEN goes and comes",
        [
          "ALTER TABLE dbo.staff ALTER COLUMN valid_from DROP HIDDEN",
          "SELECT name FROM sys.columns WHERE is_hidden = 1",
        ],
        rows(["valid_to"]),
      ],
      ["HIDDEN belongs to period columns: 13735", "ALTER TABLE dbo.staff ALTER COLUMN pay ADD HIDDEN", [13735]],
      ["a computed column is 13724", "ALTER TABLE dbo.staff ADD twice AS pay * 2", [13724]],
      ["an identity column is 13704", "ALTER TABLE dbo.staff ADD n int IDENTITY", [13704]],
      [
        "a sparse column is 11418 while the history is compressed",
        "ALTER TABLE dbo.staff ADD s int SPARSE NULL",
        [11418],
      ],
      [
        "a sparse column goes on to an uncompressed history",
        [
          "ALTER TABLE dbo.staff_history REBUILD WITH (DATA_COMPRESSION = NONE)",
          "ALTER TABLE dbo.staff ADD s int SPARSE NULL",
        ],
        ok,
      ],
      ["a ROWGUIDCOL is 13723", "ALTER TABLE dbo.staff ADD g uniqueidentifier ROWGUIDCOL", [13723]],
      ["a period column is not altered: 13599", "ALTER TABLE dbo.staff ALTER COLUMN valid_from datetime2(3)", [13599]],
      ["a period column is not dropped: 13588", "ALTER TABLE dbo.staff DROP COLUMN valid_to", [13588]],
      ["the period is not dropped while ON: 13592", "ALTER TABLE dbo.staff DROP PERIOD FOR SYSTEM_TIME", [13592]],
      [
        "no period is dropped where none is: 13593",
        ["CREATE TABLE dbo.p (id int)", "ALTER TABLE dbo.p DROP PERIOD FOR SYSTEM_TIME"],
        [13593],
      ],
      ["the primary key is not dropped: 13557", "ALTER TABLE dbo.staff DROP CONSTRAINT pk_staff", [13557, 3727]],
      ["neither table is dropped: 13552", "DROP TABLE dbo.staff", [13552]],
      ["nor the history: 13552", "DROP TABLE dbo.staff_history", [13552]],
      ["columns are not added to the history: 13550", "ALTER TABLE dbo.staff_history ADD a int", [13550]],
      ["columns of the history are not dropped: 13551", "ALTER TABLE dbo.staff_history DROP COLUMN pay", [13551]],
      [
        "columns of the history are not altered: 13548",
        "ALTER TABLE dbo.staff_history ALTER COLUMN pay bigint",
        [13548],
      ],
      [
        "columns of the history are not renamed: 13759",
        "EXEC sp_rename 'dbo.staff_history.pay', 'x', 'COLUMN'",
        [13759],
      ],
      [
        "the history gets no primary key: 13558",
        "ALTER TABLE dbo.staff_history ADD CONSTRAINT k PRIMARY KEY (id)",
        [13558, 1750],
      ],
      [
        "the history gets no unique key: 13583",
        "ALTER TABLE dbo.staff_history ADD CONSTRAINT k UNIQUE (id)",
        [13583, 1750],
      ],
      [
        "the history gets no CHECK: 13564",
        "ALTER TABLE dbo.staff_history ADD CONSTRAINT k CHECK (pay > 0)",
        [13564, 1750],
      ],
      [
        "the history gets no foreign key: 13565",
        "ALTER TABLE dbo.staff_history ADD CONSTRAINT k FOREIGN KEY (id) REFERENCES dbo.staff (id)",
        [13565, 1750],
      ],
      [
        "the history gets no period: 13598",
        "ALTER TABLE dbo.staff_history ADD PERIOD FOR SYSTEM_TIME (valid_from, valid_to)",
        [13598],
      ],
      [
        "the history gets no trigger: 13569",
        "CREATE TRIGGER dbo.tr ON dbo.staff_history AFTER INSERT AS RETURN",
        [13569],
      ],
      ["the history gets no unique index: 13741", "CREATE UNIQUE INDEX ix ON dbo.staff_history (id)", [13741]],
      ["the history gets other indexes", "CREATE INDEX ix ON dbo.staff_history (id)", ok],
      [
        "the history gets no change tracking: 13563",
        ["ALTER DATABASE facts SET CHANGE_TRACKING = ON", "ALTER TABLE dbo.staff_history ENABLE CHANGE_TRACKING"],
        [13563],
      ],
      [
        "the current table gets no INSTEAD OF trigger: 13569",
        "CREATE TRIGGER dbo.tr ON dbo.staff INSTEAD OF INSERT AS RETURN",
        [13569],
      ],
      [
        "the current table gets AFTER triggers, indexes and checks",
        [
          "CREATE TRIGGER dbo.tr ON dbo.staff AFTER UPDATE AS RETURN",
          "CREATE UNIQUE INDEX ix ON dbo.staff (name); ALTER TABLE dbo.staff ADD CONSTRAINT c CHECK (pay > 0)",
        ],
        ok,
      ],
      ["ON twice is 13596", "ALTER TABLE dbo.staff SET (SYSTEM_VERSIONING = ON)", [13596]],
      ["OFF twice is 13591", [OFF, OFF], [13591]],
      [
        "OFF leaves two ordinary tables, the current one with its period",
        [
          OFF,
          "SELECT name, temporal_type, (SELECT COUNT(*) FROM sys.periods p WHERE p.object_id = t.object_id) FROM sys.tables t ORDER BY name",
        ],
        rows(["staff", 0, 1], ["staff_history", 0, 0]),
      ],
      [
        "DROP PERIOD leaves plain columns that everybody sees",
        [
          OFF,
          "ALTER TABLE dbo.staff DROP PERIOD FOR SYSTEM_TIME",
          "UPDATE dbo.staff SET valid_from = '2020-01-01'; SELECT name FROM sys.columns WHERE object_id = OBJECT_ID('dbo.staff') AND (is_hidden = 1 OR generated_always_type > 0)",
        ],
        rows(),
      ],
      [
        "DROP PERIOD and the columns go in one statement",
        [
          OFF,
          "ALTER TABLE dbo.staff DROP PERIOD FOR SYSTEM_TIME, COLUMN valid_from, COLUMN valid_to; DROP TABLE dbo.staff_history",
          "SELECT * FROM dbo.staff ORDER BY id",
        ],
        rows([1, "Ann", 10], [2, "Bob", 20]),
      ],
      [
        "a refused change is done with versioning OFF for a moment",
        [
          "BEGIN TRAN; ALTER TABLE dbo.staff SET (SYSTEM_VERSIONING = OFF); ALTER TABLE dbo.staff ADD n int IDENTITY; ALTER TABLE dbo.staff_history ADD n int NOT NULL DEFAULT 0; ALTER TABLE dbo.staff SET (SYSTEM_VERSIONING = ON (HISTORY_TABLE = dbo.staff_history)); COMMIT",
          "SELECT temporal_type FROM sys.tables ORDER BY name",
        ],
        rows([2], [1]),
      ],
      [
        "a schema-bound view keeps versioning ON: 3729",
        ["CREATE VIEW dbo.bound WITH SCHEMABINDING AS SELECT id FROM dbo.staff", OFF],
        [3729],
      ],
      [
        "a default that the history table got holds its column: 5074, 4922",
        [
          "ALTER TABLE dbo.staff ADD kind int NOT NULL CONSTRAINT df DEFAULT 1; ALTER TABLE dbo.staff DROP CONSTRAINT df",
          "ALTER TABLE dbo.staff DROP COLUMN kind",
        ],
        [5074, 4922],
      ],
      [
        "that default may be dropped from the history table, and the column then goes from both",
        [
          "ALTER TABLE dbo.staff ADD kind int NOT NULL CONSTRAINT df DEFAULT 1; ALTER TABLE dbo.staff DROP CONSTRAINT df",
          "DECLARE @drop nvarchar(max) = (SELECT CONCAT('ALTER TABLE dbo.staff_history DROP CONSTRAINT ', QUOTENAME(name)) FROM sys.default_constraints WHERE parent_object_id = OBJECT_ID('dbo.staff_history')); EXEC (@drop)",
          "ALTER TABLE dbo.staff DROP COLUMN kind",
        ],
        ok,
      ],
      ["versioning comes back after OFF", [OFF, ON, "DELETE dbo.staff WHERE id = 2", HISTORY], rows([2, "Bob", 20])],
      [
        "a ROLLBACK brings versioning back",
        [
          "BEGIN TRAN; ALTER TABLE dbo.staff SET (SYSTEM_VERSIONING = OFF); ROLLBACK",
          "SELECT temporal_type FROM sys.tables ORDER BY name",
        ],
        rows([2], [1]),
      ],
      [
        "who may only alter the table does not set versioning: 13538",
        ["CREATE USER low WITHOUT LOGIN; GRANT ALTER ON dbo.staff TO low", `EXECUTE AS USER = 'low'; ${OFF}`],
        [13538],
      ],
      [
        "a partition is not switched out of the current table: 13546",
        [
          "CREATE TABLE dbo.s (id int NOT NULL PRIMARY KEY, name nvarchar(20) NOT NULL, pay int, valid_from datetime2 NOT NULL, valid_to datetime2 NOT NULL)",
          "ALTER TABLE dbo.staff SWITCH TO dbo.s",
        ],
        [13546],
      ],
      [
        "nor into the history table: 13547",
        [
          "CREATE TABLE dbo.s (id int NOT NULL, name nvarchar(20) NOT NULL, pay int, valid_from datetime2 NOT NULL, valid_to datetime2 NOT NULL)",
          "ALTER TABLE dbo.s SWITCH TO dbo.staff_history",
        ],
        [13547],
      ],
    ]);
  });

  describe("as other tools write them", () => {
    const schema = "DECLARE @s sysname = SCHEMA_NAME(); ";
    checkFacts(
      [],
      [
        [
          "a table of EF Core's migrations",
          [
            `${schema}EXEC(N'CREATE TABLE [Customers] ([Id] int NOT NULL IDENTITY, [Name] nvarchar(max) NULL, [PeriodEnd] datetime2 GENERATED ALWAYS AS ROW END HIDDEN NOT NULL, [PeriodStart] datetime2 GENERATED ALWAYS AS ROW START HIDDEN NOT NULL, CONSTRAINT [PK_Customers] PRIMARY KEY ([Id]), PERIOD FOR SYSTEM_TIME([PeriodStart], [PeriodEnd])) WITH (SYSTEM_VERSIONING = ON (HISTORY_TABLE = [' + @s + N'].[CustomersHistory]))')`,
            "INSERT [Customers] ([Name]) VALUES (N'a'); UPDATE [Customers] SET [Name] = N'b'",
            "SELECT [Id], [Name], IIF([PeriodStart] < [PeriodEnd], 1, 0) FROM [CustomersHistory]",
          ],
          rows([1, "a", 1]),
        ],
        [
          "a table that EF Core makes temporal",
          [
            "CREATE TABLE [C] ([Id] int NOT NULL PRIMARY KEY); INSERT [C] VALUES (1)",
            "ALTER TABLE [C] ADD [PeriodEnd] datetime2 NOT NULL DEFAULT '9999-12-31T23:59:59.9999999'; ALTER TABLE [C] ADD [PeriodStart] datetime2 NOT NULL DEFAULT '0001-01-01T00:00:00.0000000'",
            "ALTER TABLE [C] ADD PERIOD FOR SYSTEM_TIME ([PeriodStart], [PeriodEnd]); ALTER TABLE [C] ALTER COLUMN [PeriodStart] ADD HIDDEN; ALTER TABLE [C] ALTER COLUMN [PeriodEnd] ADD HIDDEN",
            `${schema}EXEC(N'ALTER TABLE [C] SET (SYSTEM_VERSIONING = ON (HISTORY_TABLE = [' + @s + '].[CHistory]))')`,
            "DELETE [C]; SELECT [Id], YEAR([PeriodStart]) FROM [CHistory]",
          ],
          rows([1, 1]),
        ],
        [
          "names that need brackets",
          [
            "CREATE SCHEMA [o'dd]",
            "CREATE TABLE [o'dd].[a]]b c] ([i d] int NOT NULL PRIMARY KEY, [f.f] datetime2 GENERATED ALWAYS AS ROW START, [t]]t] datetime2 GENERATED ALWAYS AS ROW END, PERIOD FOR SYSTEM_TIME ([f.f], [t]]t])) WITH (SYSTEM_VERSIONING = ON (HISTORY_TABLE = [o'dd].[h]]x.y]))",
            "SELECT h.name FROM sys.tables t JOIN sys.tables h ON h.object_id = t.history_table_id",
          ],
          rows(["h]x.y"]),
        ],
        [
          "a history table in another schema",
          [
            "CREATE SCHEMA history",
            `${STAFF[0]!.replace("dbo.staff_history", "history.staff")}`,
            "EXEC sp_rename 'dbo.staff', 'crew'; EXEC sp_rename 'history.staff', 'crew'",
            "INSERT dbo.crew VALUES (1, N'Ann', 1); DELETE dbo.crew; SELECT id FROM history.crew",
          ],
          rows([1]),
        ],
      ],
    );
  });

  it("a temporal table that could not be made leaves neither table", async () => {
    const session = await loginAs(newEngine());
    await must(session, "CREATE DATABASE facts");
    await must(session, "USE facts");
    const result = await query(
      session,
      "CREATE TABLE dbo.x (id int, f datetime2 GENERATED ALWAYS AS ROW START, t datetime2 GENERATED ALWAYS AS ROW END, PERIOD FOR SYSTEM_TIME (f, t)) WITH (SYSTEM_VERSIONING = ON)",
    );
    assert.deepEqual(result.numbers, [13553]);
    assert.equal((await must(session, "SELECT COUNT(*) FROM sys.tables")).scalar, 0);
  });
});
