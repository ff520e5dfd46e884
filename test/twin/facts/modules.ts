/** Facts about modules, binding, schema binding, triggers, transactions around definition statements. */
import { ok, rows, type Sheet } from "./fact";

const text = (name: string): string =>
  `SELECT definition FROM sys.sql_modules WHERE object_id = OBJECT_ID('dbo.${name}')`;
const hash = (name: string): string => `SELECT HASHBYTES('SHA2_256', OBJECT_DEFINITION(OBJECT_ID('dbo.${name}')))`;

export const moduleFacts: readonly Sheet[] = [
  {
    sheet: "modules A2: CREATE, ALTER and DROP",
    setup: [
      "CREATE TABLE dbo.t (a int)",
      "CREATE PROCEDURE dbo.p AS SELECT a FROM dbo.t",
      "CREATE FUNCTION dbo.f () RETURNS int AS BEGIN RETURN 1 END",
      "CREATE VIEW dbo.v AS SELECT a FROM dbo.t",
      "CREATE TRIGGER dbo.tr ON dbo.t AFTER INSERT AS RETURN",
      "CREATE FUNCTION dbo.itf () RETURNS TABLE AS RETURN SELECT a FROM dbo.t",
    ],
    facts: [
      ["CREATE PROCEDURE second in a batch is 111", "SELECT 1; CREATE PROCEDURE dbo.q AS SELECT 1", [111]],
      ["CREATE VIEW second in a batch is 111", "SELECT 1; CREATE VIEW dbo.q AS SELECT 1 AS a", [111]],
      ["CREATE VIEW inside IF BEGIN END is 156", "IF 1 = 1 BEGIN CREATE VIEW dbo.q AS SELECT 1 AS a END", [156]],
      ["ALTER PROCEDURE second in a batch is 111", "SELECT 1; ALTER PROCEDURE dbo.p AS SELECT 1", [111]],
      ["a database prefix is 166", "CREATE VIEW master.dbo.q AS SELECT 1 AS a", [166]],
      ["CREATE of a name that exists is 2714", "CREATE PROCEDURE dbo.p AS SELECT 1", [2714]],
      ["CREATE of a table's name is 2714", "CREATE VIEW dbo.t AS SELECT 1 AS a", [2714]],
      ["ALTER of a missing procedure is 208", "ALTER PROCEDURE dbo.q AS SELECT 1", [208]],
      ["ALTER of another kind is 2010", "ALTER PROCEDURE dbo.v AS SELECT 1", [2010]],
      ["CREATE OR ALTER of another kind is 2010", "CREATE OR ALTER VIEW dbo.p AS SELECT 1 AS a", [2010]],
      [
        "CREATE OR ALTER of another function kind is 2010",
        "CREATE OR ALTER FUNCTION dbo.f () RETURNS TABLE AS RETURN SELECT 1 AS a",
        [2010],
      ],
      [
        "a trailing GRANT becomes part of the procedure",
        [
          "CREATE PROCEDURE dbo.q AS SELECT 1\nGRANT EXECUTE ON dbo.q TO public",
          "SELECT COUNT(*) FROM sys.database_permissions WHERE major_id = OBJECT_ID('dbo.q')",
        ],
        rows([0]),
      ],
      ["DROP VIEW of a table is 3705", "DROP VIEW dbo.t", [3705]],
      ["DROP PROCEDURE of a missing one is 3701", "DROP PROCEDURE dbo.q", [3701]],
      ["DROP PROCEDURE IF EXISTS of a missing one is quiet", "DROP PROCEDURE IF EXISTS dbo.q", ok],
      ["USE in a procedure is 154", "CREATE PROCEDURE dbo.q AS USE master", [154]],
      ["CREATE VIEW in a procedure is 156", "CREATE PROCEDURE dbo.q AS CREATE VIEW dbo.z AS SELECT 1 AS a", "refused"],
      [
        "an INSERT in a function is 443",
        "CREATE FUNCTION dbo.g () RETURNS int AS BEGIN INSERT dbo.t VALUES (1); RETURN 1 END",
        [443],
      ],
      [
        "EXEC of text in a function is 443",
        "CREATE FUNCTION dbo.g () RETURNS int AS BEGIN EXEC('SELECT 1'); RETURN 1 END",
        [443],
      ],
      [
        "TRY in a function is 443",
        "CREATE FUNCTION dbo.g () RETURNS int AS BEGIN BEGIN TRY SET NOCOUNT ON END TRY BEGIN CATCH END CATCH; RETURN 1 END",
        "refused",
      ],
      [
        "a SELECT that returns rows in a function is 444",
        "CREATE FUNCTION dbo.g () RETURNS int AS BEGIN SELECT 1; RETURN 1 END",
        [444],
      ],
      [
        "a function that does not end with RETURN is 455",
        "CREATE FUNCTION dbo.g () RETURNS int AS BEGIN DECLARE @i int END",
        [455],
      ],
      [
        "NEWID() in a function is 443",
        "CREATE FUNCTION dbo.g () RETURNS uniqueidentifier AS BEGIN RETURN NEWID() END",
        [443],
      ],
      ["ORDER BY in a view is 1033", "CREATE VIEW dbo.q AS SELECT a FROM dbo.t ORDER BY a", [1033]],
      ["a view's column without a name is 4511", "CREATE VIEW dbo.q AS SELECT a + 1 FROM dbo.t", [4511]],
      ["a view's column name twice is 4506", "CREATE VIEW dbo.q AS SELECT a, a FROM dbo.t", [4506]],
      [
        "a view over a temporary table is 4508",
        ["CREATE TABLE #x (a int)", "CREATE VIEW dbo.q AS SELECT a FROM #x"],
        [4508],
      ],
      ["a variable in a view is refused", "CREATE VIEW dbo.q AS SELECT @a AS a", [137]],
      ["INTO in a view is refused", "CREATE VIEW dbo.q AS SELECT a INTO dbo.z FROM dbo.t", "refused"],
      ["a view with more names than columns is 8159", "CREATE VIEW dbo.q (a, b) AS SELECT a FROM dbo.t", [8159]],
      [
        "EXECUTE AS in an inline function is refused",
        "CREATE FUNCTION dbo.g () RETURNS TABLE WITH EXECUTE AS OWNER AS RETURN SELECT 1 AS a",
        "refused",
      ],
      ["EXECUTE AS in a view is refused", "CREATE VIEW dbo.q WITH EXECUTE AS OWNER AS SELECT 1 AS a", "refused"],
      [
        "EXECUTE AS of a missing user is 15151-class",
        "CREATE PROCEDURE dbo.q WITH EXECUTE AS 'nobody' AS SELECT 1",
        "refused",
      ],
      ["a trigger on a missing table is 8197", "CREATE TRIGGER dbo.q ON dbo.z AFTER INSERT AS RETURN", [8197]],
      ["an AFTER trigger on a view is 8197-class", "CREATE TRIGGER dbo.q ON dbo.v AFTER INSERT AS RETURN", "refused"],
      [
        "a second INSTEAD OF trigger of an action is 2111",
        [
          "CREATE TRIGGER dbo.q ON dbo.t INSTEAD OF DELETE AS RETURN",
          "CREATE TRIGGER dbo.r ON dbo.t INSTEAD OF DELETE AS RETURN",
        ],
        [2111],
      ],
      [
        "a trigger does not move to another table",
        ["CREATE TABLE dbo.u (a int)", "CREATE OR ALTER TRIGGER dbo.tr ON dbo.u AFTER INSERT AS RETURN"],
        "refused",
      ],
      ["CREATE OR ALTER TABLE is a syntax error", "CREATE OR ALTER TABLE dbo.q (a int)", "refused"],
      ["a duplicate parameter is 134", "CREATE PROCEDURE dbo.q @a int, @A int AS SELECT 1", [134]],
      ["an undeclared variable is 137", "CREATE PROCEDURE dbo.q AS SELECT @z", [137]],
      ["a missing label is 133", "CREATE PROCEDURE dbo.q AS GOTO nowhere", [133]],
      ["a type that does not exist is 2715", "CREATE PROCEDURE dbo.q @a nosuch AS SELECT 1", [2715]],
      [
        "a second CREATE TABLE of one #table is 2714",
        "CREATE PROCEDURE dbo.q AS IF 1 = 1 CREATE TABLE #a (i int) ELSE CREATE TABLE #a (j int)",
        [2714],
      ],
    ],
  },
  {
    sheet: "modules A3: stored text",
    setup: ["CREATE PROCEDURE dbo.p AS SELECT 1 AS a"],
    facts: [
      [
        "CREATE keeps the batch with its comments",
        ["-- before\nCREATE   VIEW dbo.v AS SELECT 1 AS a -- after", text("v")],
        rows(["-- before\nCREATE   VIEW dbo.v AS SELECT 1 AS a -- after"]),
      ],
      [
        "ALTER is stored as CREATE in capitals",
        ["/* x */ alter procedure dbo.p AS SELECT 2 AS a", text("p")],
        rows(["/* x */ CREATE procedure dbo.p AS SELECT 2 AS a"]),
      ],
      [
        "CREATE OR ALTER loses OR ALTER and keeps the blanks",
        ["CREATE OR ALTER PROCEDURE dbo.p AS SELECT 3 AS a", text("p")],
        rows(["CREATE   PROCEDURE dbo.p AS SELECT 3 AS a"]),
      ],
      [
        "sp_rename keeps the old text",
        ["EXEC sp_rename 'dbo.p', 'q'", text("q")],
        rows(["CREATE PROCEDURE dbo.p AS SELECT 1 AS a"]),
      ],
      [
        "TRANSFER keeps the old text",
        ["CREATE SCHEMA s", "ALTER SCHEMA s TRANSFER dbo.p", "SELECT OBJECT_DEFINITION(OBJECT_ID('s.p'))"],
        rows(["CREATE PROCEDURE dbo.p AS SELECT 1 AS a"]),
      ],
      [
        "ENCRYPTION hides the text",
        [
          "CREATE PROCEDURE dbo.e WITH ENCRYPTION AS SELECT 1 AS a",
          "SELECT OBJECT_DEFINITION(OBJECT_ID('dbo.e')), OBJECTPROPERTY(OBJECT_ID('dbo.e'), 'IsEncrypted')",
        ],
        rows([null, 1]),
      ],
      [
        "the hash of the text is the same after CREATE OR ALTER again, and another after ALTER",
        [
          "CREATE TABLE dbo.h (n int, h varbinary(32))",
          "CREATE OR ALTER PROCEDURE dbo.p AS SELECT 9 AS a",
          `INSERT dbo.h ${hash("p").replace("SELECT ", "SELECT 1, ")}`,
          "CREATE OR ALTER PROCEDURE dbo.p AS SELECT 9 AS a",
          `INSERT dbo.h ${hash("p").replace("SELECT ", "SELECT 2, ")}`,
          "ALTER PROCEDURE dbo.p AS SELECT 9 AS a",
          `INSERT dbo.h ${hash("p").replace("SELECT ", "SELECT 3, ")}`,
          "SELECT COUNT(DISTINCT h) FROM dbo.h WHERE n < 3 UNION ALL SELECT COUNT(DISTINCT h) FROM dbo.h",
        ],
        rows([1], [2]),
      ],
      [
        "ALTER keeps id, creation date and permissions",
        [
          "CREATE USER u WITHOUT LOGIN; GRANT EXECUTE ON dbo.p TO u; CREATE TABLE dbo.k (id int); INSERT dbo.k SELECT OBJECT_ID('dbo.p')",
          "ALTER PROCEDURE dbo.p AS SELECT 2 AS a",
          "SELECT COUNT(*) FROM dbo.k JOIN sys.database_permissions d ON d.major_id = dbo.k.id",
        ],
        rows([1]),
      ],
      [
        "ALTER without RECOMPILE drops it",
        [
          "CREATE OR ALTER PROCEDURE dbo.p WITH RECOMPILE AS SELECT 1 AS a",
          "CREATE OR ALTER PROCEDURE dbo.p AS SELECT 1 AS a",
          "SELECT is_recompiled FROM sys.sql_modules WHERE object_id = OBJECT_ID('dbo.p')",
        ],
        rows([0]),
      ],
      [
        "QUOTED_IDENTIFIER and ANSI_NULLS are captured",
        [
          "SET QUOTED_IDENTIFIER OFF; SET ANSI_NULLS OFF",
          "CREATE VIEW dbo.v AS SELECT 1 AS a",
          "SELECT uses_quoted_identifier, uses_ansi_nulls FROM sys.sql_modules WHERE object_id = OBJECT_ID('dbo.v')",
        ],
        rows([0, 0]),
      ],
      [
        "EXECUTE AS OWNER is stored as -2",
        [
          "CREATE OR ALTER PROCEDURE dbo.p WITH EXECUTE AS OWNER AS SELECT 1 AS a",
          "SELECT execute_as_principal_id FROM sys.sql_modules WHERE object_id = OBJECT_ID('dbo.p')",
        ],
        rows([-2]),
      ],
      [
        "EXECUTE AS CALLER is stored as NULL",
        "SELECT execute_as_principal_id FROM sys.sql_modules WHERE object_id = OBJECT_ID('dbo.p')",
        rows([null]),
      ],
    ],
  },
  {
    sheet: "modules A5: schema binding",
    setup: [
      "CREATE TABLE dbo.t (a int, b int, c int)",
      "CREATE VIEW dbo.v WITH SCHEMABINDING AS SELECT a FROM dbo.t",
      "CREATE FUNCTION dbo.f (@x int) RETURNS int WITH SCHEMABINDING AS BEGIN RETURN @x END",
      "CREATE TABLE dbo.u (a int CHECK (dbo.f(a) > 0), d int DEFAULT dbo.f(1))",
    ],
    facts: [
      ...(
        [
          ["DISTINCT", "SELECT DISTINCT a FROM dbo.t", 10100],
          ["TOP", "SELECT TOP 5 a FROM dbo.t", 10101],
          ["a derived table", "SELECT x.a FROM (SELECT a FROM dbo.t) AS x", 10109],
          ["an outer join", "SELECT t.a FROM dbo.t AS t LEFT JOIN dbo.u AS u ON u.a = t.a", 10113],
          ["UNION", "SELECT a FROM dbo.t UNION ALL SELECT a FROM dbo.u", 10116],
          ["ROLLUP", "SELECT a, COUNT_BIG(*) AS n FROM dbo.t GROUP BY ROLLUP (a)", 10119],
          ["COUNT", "SELECT a, COUNT(*) AS n FROM dbo.t GROUP BY a", 10136],
          ["MAX", "SELECT a, MAX(b) AS m, COUNT_BIG(*) AS n FROM dbo.t GROUP BY a", 10125],
          ["a self join", "SELECT x.a FROM dbo.t AS x JOIN dbo.t AS y ON y.a = x.a", 1947],
        ] as const
      ).map(
        ([what, query, number]) =>
          [
            `an indexed view with ${what} is ${number}`,
            [`CREATE VIEW dbo.w WITH SCHEMABINDING AS ${query}`, "CREATE UNIQUE CLUSTERED INDEX i ON dbo.w (a)"],
            [number],
          ] as const,
      ),
      [
        "RETURN with a value in a multi-statement function is 178",
        "CREATE FUNCTION dbo.g () RETURNS @r TABLE (a int) AS BEGIN RETURN 1 END",
        [178],
      ],
      [
        "CREATE DATABASE in a trigger is 287",
        "CREATE TRIGGER dbo.tr ON dbo.t AFTER INSERT AS CREATE DATABASE z",
        [287],
      ],
      ["SELECT * is 1054", "CREATE VIEW dbo.w WITH SCHEMABINDING AS SELECT * FROM dbo.t", [1054]],
      ["a one-part name is 4512", "CREATE VIEW dbo.w WITH SCHEMABINDING AS SELECT a FROM t", [4512]],
      ["a three-part name is 4512", "CREATE VIEW dbo.w WITH SCHEMABINDING AS SELECT a FROM facts.dbo.t", [4512]],
      [
        "an unbound view is 4513",
        ["CREATE VIEW dbo.x AS SELECT a FROM dbo.t", "CREATE VIEW dbo.w WITH SCHEMABINDING AS SELECT a FROM dbo.x"],
        [4513],
      ],
      ["DROP TABLE is 3729", "DROP TABLE dbo.t", [3729]],
      ["ALTER COLUMN of a bound column is 5074 and 4922", "ALTER TABLE dbo.t ALTER COLUMN a bigint", [5074, 4922]],
      ["ALTER COLUMN of another column is allowed", "ALTER TABLE dbo.t ALTER COLUMN b bigint", ok],
      ["ADD of a column is allowed", "ALTER TABLE dbo.t ADD d int", ok],
      [
        "ALTER FUNCTION under a CHECK is 3729",
        "ALTER FUNCTION dbo.f (@x int) RETURNS int WITH SCHEMABINDING AS BEGIN RETURN @x + 1 END",
        [3729],
      ],
      ["DROP FUNCTION under a CHECK is 3729", "DROP FUNCTION dbo.f", [3729]],
      [
        "ALTER VIEW without the option unbinds",
        [
          "ALTER VIEW dbo.v AS SELECT a FROM dbo.t",
          "ALTER TABLE dbo.t ALTER COLUMN a bigint",
          "SELECT is_schema_bound FROM sys.sql_modules WHERE object_id = OBJECT_ID('dbo.v')",
        ],
        rows([0]),
      ],
      [
        "ALTER VIEW drops the view's indexes",
        [
          "CREATE UNIQUE CLUSTERED INDEX i ON dbo.v (a)",
          "ALTER VIEW dbo.v WITH SCHEMABINDING AS SELECT a FROM dbo.t",
          "SELECT COUNT(*) FROM sys.indexes WHERE object_id = OBJECT_ID('dbo.v')",
        ],
        rows([0]),
      ],
      [
        "SWITCH of a table under an indexed view is 4937",
        [
          "CREATE UNIQUE CLUSTERED INDEX i ON dbo.v (a)",
          "CREATE TABLE dbo.s (a int, b int, c int)",
          "ALTER TABLE dbo.t SWITCH TO dbo.s",
        ],
        [4937],
      ],
      [
        "a DML trigger takes no schema binding",
        "CREATE TRIGGER dbo.tr ON dbo.t WITH SCHEMABINDING AFTER INSERT AS RETURN",
        "refused",
      ],
      [
        "a procedure takes no schema binding",
        "CREATE PROCEDURE dbo.p WITH SCHEMABINDING AS SELECT a FROM dbo.t",
        "refused",
      ],
    ],
  },
  {
    sheet: "modules B1: what CREATE checks",
    setup: ["CREATE TABLE dbo.t (a int)"],
    facts: [
      ["a procedure over a missing table is made", "CREATE PROCEDURE dbo.p AS SELECT a FROM dbo.missing", ok],
      ["and fails when it runs (208)", ["CREATE PROCEDURE dbo.p AS SELECT a FROM dbo.missing", "EXEC dbo.p"], [208]],
      [
        "a procedure with a missing column of a table that is there is 207",
        "CREATE PROCEDURE dbo.p AS SELECT z FROM dbo.t",
        [207],
      ],
      [
        "with a missing table beside it the column is not checked",
        "CREATE PROCEDURE dbo.p AS SELECT t.z FROM dbo.t AS t JOIN dbo.missing AS m ON m.a = t.a",
        ok,
      ],
      ["an INSERT column that is missing is 207", "CREATE PROCEDURE dbo.p AS INSERT dbo.t (z) VALUES (1)", [207]],
      ["an UPDATE column that is missing is 207", "CREATE PROCEDURE dbo.p AS UPDATE dbo.t SET z = 1", [207]],
      ["a view over a missing table is 208", "CREATE VIEW dbo.v AS SELECT a FROM dbo.missing", [208]],
      [
        "an inline function over a missing table is 208",
        "CREATE FUNCTION dbo.f () RETURNS TABLE AS RETURN SELECT a FROM dbo.missing",
        [208],
      ],
      ["a missing called procedure is only a message", "CREATE PROCEDURE dbo.p AS EXEC dbo.missing", ok],
      ["EXEC of a missing procedure is 2812", "EXEC dbo.missing", [2812]],
      ["a missing function in a view is refused", "CREATE VIEW dbo.v AS SELECT dbo.missing(1) AS a", [4121]],
      ["a missing argument is 201", ["CREATE PROCEDURE dbo.p @a int AS SELECT @a", "EXEC dbo.p"], [201]],
      ["too many arguments are 8144", ["CREATE PROCEDURE dbo.p @a int AS SELECT @a", "EXEC dbo.p 1, 2"], [8144]],
      ["an unknown argument name is 8145", ["CREATE PROCEDURE dbo.p @a int AS SELECT @a", "EXEC dbo.p @b = 2"], [8145]],
      [
        "a trigger stands on a table that is there",
        "CREATE TRIGGER dbo.tr ON dbo.missing AFTER INSERT AS RETURN",
        [8197],
      ],
      [
        "sys.sql_expression_dependencies names the missing object",
        [
          "CREATE PROCEDURE dbo.p AS SELECT a FROM dbo.missing",
          "SELECT referenced_schema_name, referenced_entity_name, referenced_id, is_caller_dependent FROM sys.sql_expression_dependencies WHERE referencing_id = OBJECT_ID('dbo.p')",
        ],
        rows(["dbo", "missing", null, 0]),
      ],
      [
        "EXEC without a schema is caller dependent",
        [
          "CREATE PROCEDURE dbo.p AS EXEC missing",
          "SELECT referenced_schema_name, is_caller_dependent FROM sys.sql_expression_dependencies WHERE referencing_id = OBJECT_ID('dbo.p')",
        ],
        rows([null, 1]),
      ],
      [
        "ALTER TABLE ADD and use of the column in one batch is 207",
        "ALTER TABLE dbo.t ADD c int; UPDATE dbo.t SET c = 1",
        [207],
      ],
      [
        "and nothing of that batch ran",
        [
          "BEGIN TRY EXEC('ALTER TABLE dbo.t ADD c int; UPDATE dbo.t SET c = 1') END TRY BEGIN CATCH END CATCH",
          "SELECT COL_LENGTH('dbo.t', 'c')",
        ],
        rows([null]),
      ],
      [
        "CREATE TABLE and its use in one batch is deferred",
        "CREATE TABLE dbo.n (a int); INSERT dbo.n VALUES (1); SELECT a FROM dbo.n",
        rows([1]),
      ],
      [
        "ALTER TABLE ADD and EXEC of text that uses the column is allowed",
        "ALTER TABLE dbo.t ADD c int; EXEC('UPDATE dbo.t SET c = 1')",
        ok,
      ],
    ],
  },
  {
    sheet: "modules A11: triggers",
    setup: [
      "CREATE TABLE dbo.t (a int)",
      "CREATE TRIGGER dbo.tr ON dbo.t AFTER INSERT AS INSERT dbo.log SELECT a FROM inserted",
      "CREATE TABLE dbo.log (a int)",
    ],
    facts: [
      [
        "fires with the rows of the statement",
        ["INSERT dbo.t VALUES (1), (2)", "SELECT COUNT(*) FROM dbo.log"],
        rows([2]),
      ],
      [
        "DISABLE TRIGGER stops it",
        ["DISABLE TRIGGER dbo.tr ON dbo.t", "INSERT dbo.t VALUES (1)", "SELECT COUNT(*) FROM dbo.log"],
        rows([0]),
      ],
      [
        "ALTER TRIGGER enables it again",
        [
          "DISABLE TRIGGER dbo.tr ON dbo.t",
          "ALTER TRIGGER dbo.tr ON dbo.t AFTER INSERT AS RETURN",
          "SELECT is_disabled FROM sys.triggers",
        ],
        rows([0]),
      ],
      [
        "ALTER TABLE DISABLE TRIGGER ALL is read back",
        ["ALTER TABLE dbo.t DISABLE TRIGGER ALL", "SELECT is_disabled FROM sys.triggers"],
        rows([1]),
      ],
      ["a missing one is 4920", "ALTER TABLE dbo.t DISABLE TRIGGER z", [4920]],
      [
        "TRUNCATE fires none",
        [
          "CREATE TRIGGER dbo.td ON dbo.t AFTER DELETE AS INSERT dbo.log VALUES (0)",
          "TRUNCATE TABLE dbo.t",
          "SELECT COUNT(*) FROM dbo.log",
        ],
        rows([0]),
      ],
      [
        "ROLLBACK in one ends the batch (3609)",
        ["CREATE OR ALTER TRIGGER dbo.tr ON dbo.t AFTER INSERT AS ROLLBACK", "INSERT dbo.t VALUES (1); SELECT 1"],
        [3609],
      ],
      ["DROP TABLE takes them along", ["DROP TABLE dbo.t", "SELECT COUNT(*) FROM sys.triggers"], rows([0])],
      [
        "a database trigger rejects a change",
        [
          "CREATE TRIGGER guard ON DATABASE FOR CREATE_TABLE AS BEGIN ROLLBACK; THROW 50001, 'no', 1 END",
          "BEGIN TRY EXEC('CREATE TABLE dbo.x (a int)') END TRY BEGIN CATCH END CATCH",
          "SELECT OBJECT_ID('dbo.x')",
        ],
        rows([null]),
      ],
      [
        "a database trigger is dropped ON DATABASE only",
        ["CREATE TRIGGER guard ON DATABASE FOR CREATE_TABLE AS RETURN", "DROP TRIGGER guard"],
        [3701],
      ],
    ],
  },
  {
    sheet: "modules D1: definition statements in transactions",
    setup: ["CREATE TABLE dbo.t (a int)", "INSERT dbo.t VALUES (1)"],
    facts: [
      ...(
        [
          ["CREATE TABLE dbo.x (a int)", "SELECT OBJECT_ID('dbo.x')", null],
          ["ALTER TABLE dbo.t ADD b int", "SELECT COL_LENGTH('dbo.t', 'b')", null],
          ["DROP TABLE dbo.t", "SELECT COUNT(*) FROM dbo.t", 1],
          ["TRUNCATE TABLE dbo.t", "SELECT COUNT(*) FROM dbo.t", 1],
          ["CREATE INDEX i ON dbo.t (a)", "SELECT COUNT(*) FROM sys.indexes WHERE name = 'i'", 0],
          ["CREATE SEQUENCE dbo.s", "SELECT OBJECT_ID('dbo.s')", null],
          ["CREATE TYPE dbo.y FROM int", "SELECT TYPE_ID('dbo.y')", null],
          ["CREATE SYNONYM dbo.n FOR dbo.t", "SELECT OBJECT_ID('dbo.n')", null],
          ["CREATE USER u WITHOUT LOGIN", "SELECT USER_ID('u')", null],
          ["CREATE ROLE r", "SELECT DATABASE_PRINCIPAL_ID('r')", null],
          [
            "GRANT SELECT ON dbo.t TO public",
            "SELECT COUNT(*) FROM sys.database_permissions WHERE major_id = OBJECT_ID('dbo.t')",
            0,
          ],
          ["CREATE STATISTICS st ON dbo.t (a)", "SELECT COUNT(*) FROM sys.stats WHERE name = 'st'", 0],
          ["EXEC('CREATE SCHEMA z')", "SELECT SCHEMA_ID('z')", null],
          ["EXEC('CREATE VIEW dbo.v AS SELECT a FROM dbo.t')", "SELECT OBJECT_ID('dbo.v')", null],
          [
            "CREATE PARTITION FUNCTION pf (int) AS RANGE LEFT FOR VALUES (1)",
            "SELECT COUNT(*) FROM sys.partition_functions",
            0,
          ],
        ] as const
      ).map(
        ([statement, probe, expected]) =>
          [`ROLLBACK undoes ${statement}`, [`BEGIN TRAN; ${statement}; ROLLBACK`, probe], rows([expected])] as const,
      ),
      [
        "a savepoint undoes only what follows it",
        [
          "BEGIN TRAN; CREATE TABLE dbo.x (a int); SAVE TRAN s; CREATE TABLE dbo.y (a int); ROLLBACK TRAN s; COMMIT",
          "SELECT CASE WHEN OBJECT_ID('dbo.x') IS NULL THEN 0 ELSE 1 END, OBJECT_ID('dbo.y')",
        ],
        rows([1, null]),
      ],
      [
        "an inner COMMIT keeps nothing when the outer rolls back",
        ["BEGIN TRAN; BEGIN TRAN; CREATE TABLE dbo.x (a int); COMMIT; ROLLBACK", "SELECT OBJECT_ID('dbo.x')"],
        rows([null]),
      ],
      ["ROLLBACK to an unknown name is 6401", "BEGIN TRAN; ROLLBACK TRAN z", [6401]],
      ["COMMIT without a transaction is 3902", "COMMIT", [3902]],
      ["ROLLBACK without a transaction is 3903", "ROLLBACK", [3903]],
      ...(
        [
          "CREATE DATABASE x",
          "DROP DATABASE x",
          "ALTER DATABASE facts SET RECOVERY SIMPLE",
          "ALTER DATABASE facts ADD FILEGROUP g",
        ] as const
      ).map((statement) => [`${statement} in a transaction is 226`, `BEGIN TRAN; ${statement}`, [226]] as const),
      ["RECONFIGURE in a transaction is 574", "BEGIN TRAN; RECONFIGURE", [574]],
      [
        "a statement that fails is undone, the transaction stays",
        [
          "BEGIN TRAN; CREATE TABLE dbo.x (a int); BEGIN TRY EXEC('ALTER TABLE dbo.x ADD b int, c int CHECK (zz > 1)') END TRY BEGIN CATCH END CATCH; SELECT @@TRANCOUNT, XACT_STATE(), COL_LENGTH('dbo.x', 'b')",
        ],
        rows([1, 1, null]),
      ],
    ],
  },
];
