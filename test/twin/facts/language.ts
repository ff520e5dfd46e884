/** Facts about batches, errors, names, EF Core scripts and settings. */
import { ok, rows, type Sheet } from "./fact";

const name128 = "n".repeat(128);

export const languageFacts: readonly Sheet[] = [
  {
    sheet: "modules C: batches and names",
    setup: ["CREATE TABLE dbo.t (a int)", "INSERT dbo.t VALUES (1)"],
    facts: [
      ["GO sent to the server is 102", "INSERT dbo.t VALUES (2)\nGO\nSELECT 1", [102]],
      ["an alias of 129 characters is 103", `SELECT 1 AS ${name128}x`, [103]],
      ["an alias of 128 characters is accepted", `SELECT 1 AS ${name128}`, rows([1])],
      ["a bracketed name of 129 characters is 103", `SELECT 1 AS [${name128}x]`, [103]],
      ["a column of 129 characters is 103", `CREATE TABLE dbo.x (${name128}x int)`, [103]],
      ["a variable of 129 characters is 103", `DECLARE @${name128} int`, [103]],
      ["nested block comments need their own ends (113)", "/* a /* b */ SELECT 1", [113]],
      ["an open string is 105", "SELECT 'abc", "refused"],
      [
        "a syntax error anywhere runs nothing",
        [
          "BEGIN TRY EXEC('INSERT dbo.t VALUES (2); SELECT FROM') END TRY BEGIN CATCH END CATCH",
          "SELECT COUNT(*) FROM dbo.t",
        ],
        rows([1]),
      ],
      [
        "MERGE without a semicolon is 10713",
        "MERGE dbo.t AS t USING (SELECT 1 AS a) AS s ON t.a = s.a WHEN MATCHED THEN DELETE",
        [10713],
      ],
      [
        "WITH after a statement without a semicolon is 319",
        "SELECT 1 WITH c AS (SELECT 1 AS a) SELECT a FROM c",
        "refused",
      ],
      ["THROW after a statement without a semicolon is refused", "PRINT 'x' THROW 50001, 'm', 1", "refused"],
      ["an unknown table is 208", "SELECT a FROM dbo.z", [208]],
      ["an unknown column is 207", "SELECT z FROM dbo.t", [207]],
      ["a wrong column in a branch that does not run is 207", "IF 1 = 0 SELECT z FROM dbo.t; SELECT 1", [207]],
      ["a missing table in a branch that does not run is quiet", "IF 1 = 0 SELECT z FROM dbo.z; SELECT 1", rows([1])],
      [
        "a wrong column fails the statements before it too",
        [
          "BEGIN TRY EXEC('INSERT dbo.t VALUES (2); SELECT z FROM dbo.t') END TRY BEGIN CATCH END CATCH",
          "SELECT COUNT(*) FROM dbo.t",
        ],
        rows([1]),
      ],
      [
        "a missing table fails only its own statement",
        [
          "BEGIN TRY EXEC('INSERT dbo.t VALUES (2); SELECT z FROM dbo.z') END TRY BEGIN CATCH END CATCH",
          "SELECT COUNT(*) FROM dbo.t",
        ],
        rows([2]),
      ],
      ["USE and SELECT in one batch", "USE master; SELECT DB_NAME()", rows(["master"])],
      ["USE lasts", ["USE master", "SELECT DB_NAME()"], rows(["master"])],
      ["USE in EXEC does not last", ["EXEC('USE master')", "SELECT DB_NAME()"], rows(["facts"])],
      ["USE of a missing database is 911", "USE nowhere", [911]],
      [
        "a three-part name reaches another database",
        ["CREATE DATABASE d", "CREATE TABLE d.dbo.x (a int); INSERT d.dbo.x VALUES (5); SELECT a FROM d.dbo.x"],
        rows([5]),
      ],
      [
        "a two-dot name has the default schema",
        ["CREATE DATABASE d", "CREATE TABLE d.dbo.x (a int)", "SELECT COUNT(*) FROM d..x"],
        rows([0]),
      ],
      ["a missing database in a name is 208", "SELECT a FROM nowhere.dbo.t", [208]],
      ["an unknown alias is 4104", "SELECT z.a FROM dbo.t", [4104]],
      ["an ambiguous column is 209", "SELECT a FROM dbo.t AS x, dbo.t AS y", [209]],
      ["a name twice in FROM is 1013", "SELECT 1 FROM dbo.t, dbo.t", [1013]],
      ["a variable ends with its batch (137)", ["DECLARE @a int = 1", "SELECT @a"], [137]],
      ["a #table lasts over batches", ["CREATE TABLE #x (a int)", "SELECT COUNT(*) FROM #x"], rows([0])],
      ["a #table of EXEC ends with it", ["EXEC('CREATE TABLE #x (a int)')", "SELECT a FROM #x"], [208]],
      ["DECLARE of one name twice is 134", "DECLARE @a int; DECLARE @A int", [134]],
      ["an unknown built-in function is 195", "SELECT NOSUCH(1)", [195]],
      [
        "a function needs two parts",
        ["CREATE FUNCTION dbo.f () RETURNS int AS BEGIN RETURN 1 END", "SELECT f()"],
        [195],
      ],
      ["an INSERT with fewer values is 109-class", "INSERT dbo.t (a) VALUES (1, 2)", [110]],
      ["an INSERT of a column twice is 264", "INSERT dbo.t (a, a) VALUES (1, 2)", [264]],
      ["an aggregate in WHERE is 147", "SELECT a FROM dbo.t WHERE COUNT(*) > 1", [147]],
      ["a column outside GROUP BY is 8120", "SELECT a, COUNT(*) FROM dbo.t", [8120]],
      ["UNION of other widths is 205", "SELECT 1 UNION SELECT 1, 2", [205]],
      ["a subquery with two rows is 512", ["INSERT dbo.t VALUES (2)", "SELECT (SELECT a FROM dbo.t)"], [512]],
      ["division by zero is 8134", "SELECT 1 / 0", [8134]],
    ],
  },
  {
    sheet: "databases 1.1: a case-sensitive database",
    setup: ["CREATE DATABASE cs COLLATE Latin1_General_BIN2", "USE cs", "CREATE TABLE dbo.T (a int, A int)"],
    facts: [
      [
        "two columns of other case are two columns",
        "SELECT COUNT(*) FROM sys.columns WHERE object_id = OBJECT_ID('dbo.T')",
        rows([2]),
      ],
      ["a table name of other case is 208", "SELECT a FROM dbo.t", [208]],
      [
        "a second table of other case is another table",
        ["CREATE TABLE dbo.t (b int)", "SELECT COUNT(*) FROM sys.tables"],
        rows([2]),
      ],
      ["a column of other case is 207", ["CREATE TABLE dbo.x (b int)", "SELECT B FROM dbo.x"], [207]],
      ["a schema of other case is 208", "SELECT a FROM DBO.T", [208]],
      ["a catalog view in capitals is 208", "SELECT name FROM sys.TABLES", [208]],
      ["keywords and functions have no case", "select count(*) from dbo.T where isnull(a, 0) = 1", rows([0])],
      ["variables follow the case of the server", "DECLARE @a int = 1; SELECT @A", rows([1])],
      ["OBJECT_ID follows the database", "SELECT OBJECT_ID('dbo.t')", rows([null])],
    ],
  },
  {
    sheet: "modules D: errors, TRY and XACT_ABORT",
    setup: ["CREATE TABLE dbo.t (a int NOT NULL PRIMARY KEY)"],
    facts: [
      ["a syntax error in EXEC does not end the batch", "EXEC('SELECT FROM'); SELECT @@ERROR", [156]],
      [
        "@@ERROR of it is the number",
        [
          "SET NOCOUNT ON",
          "BEGIN TRY EXEC('SELECT FROM') END TRY BEGIN CATCH SELECT ERROR_NUMBER(), XACT_STATE() END CATCH",
        ],
        rows([156, 0]),
      ],
      [
        "a syntax error in EXEC under XACT_ABORT dooms no transaction",
        "SET XACT_ABORT ON; BEGIN TRAN; BEGIN TRY EXEC('SELECT FROM') END TRY BEGIN CATCH SELECT ERROR_NUMBER(), @@TRANCOUNT END CATCH; IF @@TRANCOUNT > 0 ROLLBACK",
        rows([156, 1]),
      ],
      [
        "208 is not caught at its own level",
        "BEGIN TRY SELECT a FROM dbo.z END TRY BEGIN CATCH SELECT 'caught' END CATCH",
        [208],
      ],
      [
        "208 is caught one level up",
        "BEGIN TRY EXEC('SELECT a FROM dbo.z') END TRY BEGIN CATCH SELECT ERROR_NUMBER() END CATCH",
        rows([208]),
      ],
      [
        "a key violation keeps the transaction and the batch",
        "BEGIN TRAN; INSERT dbo.t VALUES (1); BEGIN TRY INSERT dbo.t VALUES (1) END TRY BEGIN CATCH SELECT ERROR_NUMBER(), XACT_STATE() END CATCH; COMMIT",
        rows([2627, 1]),
      ],
      [
        "XACT_ABORT dooms the transaction",
        "SET XACT_ABORT ON; BEGIN TRAN; INSERT dbo.t VALUES (1); BEGIN TRY INSERT dbo.t VALUES (1) END TRY BEGIN CATCH SELECT XACT_STATE(); ROLLBACK END CATCH",
        rows([-1]),
      ],
      [
        "a write in a doomed transaction is 3930",
        "SET XACT_ABORT ON; BEGIN TRAN; INSERT dbo.t VALUES (1); BEGIN TRY INSERT dbo.t VALUES (1) END TRY BEGIN CATCH INSERT dbo.t VALUES (2) END CATCH",
        [3930],
      ],
      [
        "a doomed transaction at the end of the batch is 3998",
        "SET XACT_ABORT ON; BEGIN TRAN; INSERT dbo.t VALUES (1); BEGIN TRY INSERT dbo.t VALUES (1) END TRY BEGIN CATCH END CATCH",
        [3998],
      ],
      [
        "XACT_ABORT without TRY ends the batch and rolls back",
        ["SET XACT_ABORT ON; BEGIN TRAN; INSERT dbo.t VALUES (1)", "INSERT dbo.t VALUES (1); INSERT dbo.t VALUES (2)"],
        [2627],
      ],
      [
        "and nothing is left",
        [
          "BEGIN TRY EXEC('SET XACT_ABORT ON; BEGIN TRAN; INSERT dbo.t VALUES (1); INSERT dbo.t VALUES (NULL)') END TRY BEGIN CATCH IF @@TRANCOUNT > 0 ROLLBACK END CATCH",
          "SELECT COUNT(*) FROM dbo.t",
        ],
        rows([0]),
      ],
      [
        "without XACT_ABORT the next statement runs",
        "INSERT dbo.t VALUES (1); INSERT dbo.t VALUES (1); INSERT dbo.t VALUES (2)",
        [2627],
      ],
      ["a conversion error ends the batch", "SELECT CAST('x' AS int); SELECT 1 / 0", [245]],
      ["RAISERROR does not end the batch", "RAISERROR('a', 16, 1); RAISERROR('b', 16, 1)", [50000, 50000]],
      ["THROW ends the batch", "THROW 50001, 'a', 1; THROW 50002, 'b', 1", [50001]],
      ["THROW of a number below 50000 is 35100", "THROW 100, 'a', 1", [35100]],
      ["THROW alone outside CATCH is 10704", "THROW", [10704]],
      ["a transaction left open by a procedure is 266", ["CREATE PROCEDURE dbo.p AS BEGIN TRAN", "EXEC dbo.p"], [266]],
      [
        "ERROR_NUMBER of a failed constraint is 1750",
        "BEGIN TRY ALTER TABLE dbo.t ADD CONSTRAINT f FOREIGN KEY (a) REFERENCES dbo.z (a) END TRY BEGIN CATCH SELECT ERROR_NUMBER(), ERROR_SEVERITY() END CATCH",
        rows([1750, 16]),
      ],
      [
        "ERROR_NUMBER of a blocked column is 4922",
        [
          "CREATE INDEX i ON dbo.t (a)",
          "BEGIN TRY ALTER TABLE dbo.t DROP COLUMN a END TRY BEGIN CATCH SELECT ERROR_NUMBER() END CATCH",
        ],
        rows([4922]),
      ],
      [
        "SET in EXEC does not last",
        ["SET QUOTED_IDENTIFIER ON; EXEC('SET QUOTED_IDENTIFIER OFF')", "SELECT @@OPTIONS & 256"],
        rows([256]),
      ],
      [
        "SET in a procedure does not last",
        ["CREATE PROCEDURE dbo.p AS SET XACT_ABORT ON", "EXEC dbo.p; SELECT @@OPTIONS & 16384"],
        rows([0]),
      ],
      ["SET QUOTED_IDENTIFIER acts while the text is read", 'SET QUOTED_IDENTIFIER OFF; SELECT "x"', "refused"],
      [
        "NOEXEC runs nothing",
        ["SET NOEXEC ON", "CREATE TABLE dbo.x (a int)", "SET NOEXEC OFF", "SELECT OBJECT_ID('dbo.x')"],
        rows([null]),
      ],
      [
        "sp_getapplock without a transaction answers -999",
        "DECLARE @r int; EXEC @r = sp_getapplock 'x', 'Exclusive', 'Transaction'; SELECT @r",
        rows([-999]),
      ],
      [
        "sp_getapplock for the session answers 0",
        "DECLARE @r int; EXEC @r = sp_getapplock 'x', 'Exclusive', 'Session', 0; SELECT @r",
        rows([0]),
      ],
      ["sp_releaseapplock of none is 1223", "EXEC sp_releaseapplock 'x', 'Session'", [1223]],
      [
        "IDENTITY values do not come back",
        [
          "CREATE TABLE dbo.i (id int IDENTITY, a int); BEGIN TRAN; INSERT dbo.i (a) VALUES (1); ROLLBACK; INSERT dbo.i (a) VALUES (1)",
          "SELECT id FROM dbo.i",
        ],
        rows([2]),
      ],
      [
        "table variables keep their rows",
        "DECLARE @t TABLE (a int); BEGIN TRAN; INSERT @t VALUES (1); ROLLBACK; SELECT COUNT(*) FROM @t",
        rows([1]),
      ],
      [
        "an explicit identity value is 544",
        ["CREATE TABLE dbo.i (id int IDENTITY, a int)", "INSERT dbo.i (id, a) VALUES (1, 1)"],
        [544],
      ],
      [
        "IDENTITY_INSERT on a second table is 8107",
        [
          "CREATE TABLE dbo.i (id int IDENTITY); CREATE TABLE dbo.j (id int IDENTITY); SET IDENTITY_INSERT dbo.i ON",
          "SET IDENTITY_INSERT dbo.j ON",
        ],
        [8107],
      ],
      ["IDENTITY_INSERT of a table without identity is 8106", "SET IDENTITY_INSERT dbo.t ON", [8106]],
      ["a NULL in a NOT NULL column is 515", "INSERT dbo.t VALUES (NULL)", [515]],
      [
        "a value that does not fit is 2628",
        ["CREATE TABLE dbo.v (a varchar(2))", "INSERT dbo.v VALUES ('abc')"],
        [2628],
      ],
      [
        "an UPDATE of a computed column is 271",
        ["CREATE TABLE dbo.c (a int, b AS a + 1)", "UPDATE dbo.c SET b = 1"],
        [271],
      ],
      [
        "an INSERT into a rowversion column is 273",
        ["CREATE TABLE dbo.c (a int, b rowversion)", "INSERT dbo.c (a, b) VALUES (1, 0x00)"],
        [273],
      ],
      [
        "a foreign key is enforced (547)",
        ["CREATE TABLE dbo.c (a int REFERENCES dbo.t (a))", "INSERT dbo.c VALUES (9)"],
        [547],
      ],
      [
        "a delete of a referenced row is 547",
        [
          "CREATE TABLE dbo.c (a int REFERENCES dbo.t (a)); INSERT dbo.t VALUES (1); INSERT dbo.c VALUES (1)",
          "DELETE dbo.t",
        ],
        [547],
      ],
    ],
  },
];
