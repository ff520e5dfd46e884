/** What a connection sees of batches, transactions, errors, procedures and locks. */
import assert from "node:assert/strict";
import type { SqlServerEngine } from "../../twin/src/session/engine";
import { noFaults } from "../../twin/src/session/engine";
import { SqlError } from "../../twin/src/session/sql-error";
import { call, Collector, loginAs, must, newEngine, PASSWORD, query } from "./collector";

type Session = Awaited<ReturnType<typeof loginAs>>;
const int = { name: "int" } as const;
const nvarchar = { name: "nvarchar", length: 4000 } as const;

describe("twin sessions", () => {
  let engine: SqlServerEngine;
  let session: Session;

  beforeEach(async () => {
    engine = newEngine();
    session = await loginAs(engine);
  });

  /** The first value that a batch returns. */
  async function value(sql: string, on: Session = session): Promise<unknown> {
    return (await must(on, sql)).scalar;
  }
  async function numbers(sql: string, on: Session = session): Promise<number[]> {
    return (await query(on, sql)).numbers;
  }
  async function table(): Promise<void> {
    await must(
      session,
      "CREATE TABLE dbo.t (id int NOT NULL CONSTRAINT pk_t PRIMARY KEY, a int NULL CONSTRAINT ck_t CHECK (a >= 0))",
    );
  }
  /** Rejected logins throw. */
  async function refusal(request: Parameters<typeof loginAs>[1]): Promise<SqlError> {
    try {
      await loginAs(engine, request);
    } catch (error) {
      assert.ok(error instanceof SqlError);
      return error;
    }
    throw new Error("the login was accepted");
  }

  describe("login", () => {
    it("refuses a wrong password with 18456", async () =>
      assert.equal((await refusal({ password: "wrong" })).number, 18456));
    it("refuses an unknown login with 18456", async () =>
      assert.equal((await refusal({ user: "nobody" })).number, 18456));
    it("refuses an unknown database with 4060 before 18456", async () => {
      const error = await refusal({ database: "nowhere" });
      assert.deepEqual([...error.preceding.map(({ number }) => number), error.number], [4060, 18456]);
    });
    it("refuses a disabled login with 18470", async () => {
      await must(session, `CREATE LOGIN kim WITH PASSWORD = '${PASSWORD}'; ALTER LOGIN kim DISABLE`);
      assert.equal((await refusal({ user: "kim" })).number, 18470);
    });
    it("opens the login's default database", async () => {
      await must(session, `CREATE DATABASE d`);
      await must(session, `CREATE LOGIN kim WITH PASSWORD = '${PASSWORD}', DEFAULT_DATABASE = d`);
      await must(session, "USE d; CREATE USER kim FOR LOGIN kim");
      assert.equal((await loginAs(engine, { user: "kim" })).database, "d");
    });
    it("gives each session its own @@SPID", async () => {
      const other = await loginAs(engine);
      assert.notEqual(await value("SELECT @@SPID"), await value("SELECT @@SPID", other));
    });
  });

  describe("control flow", () => {
    it("runs WHILE with BREAK and CONTINUE", async () => {
      const result = await must(
        session,
        "DECLARE @i int = 0; WHILE 1 = 1 BEGIN SET @i += 1; IF @i = 2 CONTINUE; IF @i > 4 BREAK; PRINT @i END",
      );
      assert.deepEqual(result.texts, ["1", "3", "4"]);
    });
    it("jumps forward and back with GOTO", async () => {
      const result = await must(
        session,
        "DECLARE @i int = 0; again: SET @i += 1; IF @i < 3 GOTO again; GOTO done; PRINT 'skipped'; done: SELECT @i",
      );
      assert.equal(result.scalar, 3);
      assert.deepEqual(result.texts, []);
    });
    it("refuses GOTO to a label that is not there with 133, running nothing", async () => {
      const result = await query(session, "PRINT 'ran'; GOTO nowhere");
      assert.deepEqual(result.numbers, [133]);
      assert.deepEqual(result.texts, []);
    });
    it("refuses a label twice with 132", async () => assert.deepEqual(await numbers("a: PRINT 1; a: PRINT 2"), [132]));
    it("leaves the batch at RETURN", async () =>
      assert.deepEqual((await must(session, "PRINT 'a'; RETURN; PRINT 'b'")).texts, ["a"]));
    it("takes ELSE when the condition is unknown", async () =>
      assert.deepEqual((await must(session, "IF NULL = 1 PRINT 'then' ELSE PRINT 'else'")).texts, ["else"]));
    it("runs ten thousand iterations", async () =>
      assert.equal(
        await value(
          "DECLARE @i int = 0, @s int = 0; WHILE @i < 10000 BEGIN SET @i += 1; SET @s = @s + @i % 3 END; SELECT @s",
        ),
        10000,
      ));
    it("knows a variable that is declared in a branch that never runs", async () =>
      assert.equal(await value("IF 1 = 0 DECLARE @x int = 5; SELECT COALESCE(@x, -1)"), -1));
    it("refuses a variable before its declaration with 137, running nothing", async () => {
      const result = await query(session, "PRINT 'ran'; SET @x = 1; DECLARE @x int");
      assert.deepEqual(result.numbers, [137]);
      assert.deepEqual(result.texts, []);
    });
    it("refuses a second declaration with 134", async () =>
      assert.deepEqual(await numbers("DECLARE @x int; DECLARE @X int"), [134]));
    it("forgets variables at the end of the batch", async () => {
      await must(session, "DECLARE @x int = 1");
      assert.deepEqual(await numbers("SELECT @x"), [137]);
    });
    it("keeps a table variable through a rollback", async () => {
      assert.equal(
        await value(
          "DECLARE @t TABLE (i int); BEGIN TRAN; INSERT @t VALUES (1), (2); ROLLBACK; SELECT COUNT(*) FROM @t",
        ),
        2,
      );
    });
  });

  describe("errors", () => {
    it("runs nothing of a batch with a syntax error", async () => {
      const result = await query(session, "PRINT 'ran'; SELEC 1");
      assert.equal(result.errors.length, 1);
      assert.deepEqual(result.texts, []);
    });
    it("names the line in the batch", async () =>
      assert.equal((await query(session, "PRINT 1\n\nSELECT 1/0")).errors[0]!.line, 3));
    it("goes on after a constraint error", async () => {
      await table();
      const result = await query(session, "INSERT dbo.t VALUES (1, -1); SELECT @@ERROR");
      assert.deepEqual(result.numbers, [547]);
      assert.equal(result.scalar, 547);
    });
    it("goes on after a duplicate key", async () => {
      await table();
      assert.equal(
        (await query(session, "INSERT dbo.t VALUES (1, 1); INSERT dbo.t VALUES (1, 1); SELECT COUNT(*) FROM dbo.t"))
          .scalar,
        1,
      );
    });
    it("ends the batch and the transaction at a conversion error", async () => {
      const result = await query(session, "BEGIN TRAN; DECLARE @i int = CAST('x' AS int); PRINT 'no'");
      assert.deepEqual(result.numbers, [245]);
      assert.deepEqual(result.texts, []);
      assert.equal(await value("SELECT @@TRANCOUNT"), 0);
    });
    it("runs what stands before a missing object and ends there", async () => {
      const result = await query(session, "PRINT 'before'; SELECT * FROM dbo.missing; PRINT 'after'");
      assert.deepEqual(result.numbers, [208]);
      assert.deepEqual(result.texts, ["before"]);
    });
    it("resets @@ERROR with the next statement", async () =>
      assert.equal((await query(session, "RAISERROR('x', 16, 1); PRINT 'y'; SELECT @@ERROR")).scalar, 0));
    it("counts the rows of the last statement in @@ROWCOUNT", async () => {
      await table();
      assert.deepEqual((await must(session, "INSERT dbo.t VALUES (1, 1), (2, 2); SELECT @@ROWCOUNT")).rows, [[2]]);
    });
    it("sets @@ROWCOUNT to 1 by SET and to 0 by IF", async () =>
      assert.deepEqual(
        (await must(session, "DECLARE @a int; SET @a = 1; DECLARE @b int = @@ROWCOUNT; IF 1 = 1 SELECT @b, @@ROWCOUNT"))
          .rows,
        [[1, 0]],
      ));
    it("counts rows of a statement in DONE, and not under NOCOUNT", async () => {
      await table();
      const result = await must(session, "INSERT dbo.t VALUES (1, 1); SET NOCOUNT ON; INSERT dbo.t VALUES (2, 2)");
      assert.deepEqual(
        result.dones.filter(({ command }) => command === 0xc3).map(({ count }) => count),
        [1, undefined],
      );
    });
  });

  describe("TRY and CATCH", () => {
    it("answers ERROR_ functions in CATCH only", async () => {
      const result = await must(
        session,
        "BEGIN TRY SELECT 1/0 END TRY BEGIN CATCH SELECT ERROR_NUMBER(), ERROR_SEVERITY(), ERROR_LINE() END CATCH; SELECT ERROR_NUMBER()",
      );
      assert.deepEqual(
        result.sets.slice(-2).map(({ rows }) => rows),
        [[[8134, 16, 1]], [[null]]],
      );
    });
    it("does not catch at its own level what cannot be compiled", async () => {
      const result = await query(
        session,
        "BEGIN TRY SELECT * FROM dbo.missing END TRY BEGIN CATCH PRINT 'caught' END CATCH",
      );
      assert.deepEqual(result.numbers, [208]);
      assert.deepEqual(result.texts, []);
    });
    it("catches it from dynamic SQL", async () => {
      assert.deepEqual(
        (
          await must(
            session,
            "BEGIN TRY EXEC('SELECT * FROM dbo.missing') END TRY BEGIN CATCH PRINT ERROR_NUMBER() END CATCH",
          )
        ).texts,
        ["208"],
      );
    });
    it("catches a syntax error of dynamic SQL", async () => {
      assert.deepEqual(
        (await must(session, "BEGIN TRY EXEC('SELEC 1') END TRY BEGIN CATCH PRINT 'caught' END CATCH")).texts,
        ["caught"],
      );
    });
    it("nests: the inner CATCH's error is gone after it", async () => {
      const sql =
        "BEGIN TRY RAISERROR('outer', 16, 1) END TRY BEGIN CATCH BEGIN TRY RAISERROR('inner', 16, 1) END TRY BEGIN CATCH PRINT ERROR_MESSAGE() END CATCH; PRINT ERROR_MESSAGE() END CATCH";
      assert.deepEqual((await must(session, sql)).texts, ["inner", "outer"]);
    });
    it("raises an error in CATCH to the outer CATCH", async () => {
      const sql =
        "BEGIN TRY BEGIN TRY SELECT 1/0 END TRY BEGIN CATCH THROW END CATCH END TRY BEGIN CATCH PRINT ERROR_NUMBER() END CATCH";
      assert.deepEqual((await must(session, sql)).texts, ["8134"]);
    });
    it("leaves a procedure called in TRY at its first error", async () => {
      await must(session, "CREATE PROCEDURE dbo.p AS BEGIN PRINT 'one'; RAISERROR('bad', 16, 1); PRINT 'two' END");
      const result = await must(session, "BEGIN TRY EXEC dbo.p END TRY BEGIN CATCH PRINT ERROR_PROCEDURE() END CATCH");
      assert.deepEqual(result.texts, ["one", "p"]);
    });
    it("dooms the transaction at a conversion error: 3930 on a write", async () => {
      await table();
      const sql =
        "BEGIN TRAN; BEGIN TRY DECLARE @i int = CAST('x' AS int) END TRY BEGIN CATCH SELECT XACT_STATE(); INSERT dbo.t VALUES (1, 1) END CATCH";
      const result = await query(session, sql);
      assert.equal(result.scalar, -1);
      assert.deepEqual(result.numbers, [3930]);
    });
    it("rolls a doomed transaction back at the end of the batch with 3998", async () => {
      assert.deepEqual(
        await numbers(
          "BEGIN TRAN; BEGIN TRY DECLARE @i int = CAST('x' AS int) END TRY BEGIN CATCH PRINT 'c' END CATCH",
        ),
        [3998],
      );
      assert.equal(await value("SELECT @@TRANCOUNT"), 0);
    });
    it("lets a constraint error leave the transaction committable", async () => {
      await table();
      assert.equal(
        await value(
          "BEGIN TRAN; BEGIN TRY INSERT dbo.t VALUES (1, -1) END TRY BEGIN CATCH SELECT XACT_STATE() END CATCH; ROLLBACK",
        ),
        1,
      );
    });
    it("dooms at any error under XACT_ABORT", async () => {
      await table();
      assert.equal(
        (
          await query(
            session,
            "SET XACT_ABORT ON; BEGIN TRAN; BEGIN TRY INSERT dbo.t VALUES (1, -1) END TRY BEGIN CATCH SELECT XACT_STATE(); ROLLBACK END CATCH",
          )
        ).scalar,
        -1,
      );
    });
    it("ends the batch and rolls back under XACT_ABORT without TRY", async () => {
      await table();
      const result = await query(
        session,
        "SET XACT_ABORT ON; BEGIN TRAN; INSERT dbo.t VALUES (1, 1); INSERT dbo.t VALUES (1, 1); PRINT 'no'",
      );
      assert.deepEqual(result.numbers, [2627]);
      assert.deepEqual(result.texts, []);
      assert.equal(await value("SELECT COUNT(*) FROM dbo.t"), 0);
    });
    it("does not let RAISERROR end a batch under XACT_ABORT", async () =>
      assert.deepEqual((await query(session, "SET XACT_ABORT ON; RAISERROR('x', 16, 1); PRINT 'on'")).texts, ["on"]));
  });

  describe("THROW, RAISERROR and PRINT", () => {
    it("ends the batch at THROW and keeps the transaction", async () => {
      const result = await query(session, "BEGIN TRAN; THROW 50001, 'stop', 7; PRINT 'no'");
      assert.deepEqual(
        [result.errors[0]!.number, result.errors[0]!.message, result.errors[0]!.state, result.errors[0]!.severity],
        [50001, "stop", 7, 16],
      );
      assert.deepEqual(result.texts, []);
      assert.equal(await value("SELECT @@TRANCOUNT; ROLLBACK"), 1);
    });
    it("rethrows with the line of the first error", async () => {
      const result = await query(session, "BEGIN TRY\nSELECT 1/0\nEND TRY\nBEGIN CATCH\nTHROW\nEND CATCH");
      assert.deepEqual([result.errors[0]!.number, result.errors[0]!.line], [8134, 2]);
    });
    it("refuses a bare THROW outside CATCH with 10704", async () => assert.deepEqual(await numbers("THROW"), [10704]));
    it("refuses a number below 50000 with 35100", async () =>
      assert.deepEqual(await numbers("THROW 1, 'x', 1"), [35100]));
    it("formats like printf", async () => {
      const [error] = (
        await query(
          session,
          "DECLARE @n int = -5; RAISERROR('%s|%5d|%-5d|%05d|%x|%u|%%', 16, 1, N'é', @n, 7, 42, 255, 3)",
        )
      ).errors;
      assert.equal(error!.message, "é|   -5|7    |00042|ff|3|%");
    });
    it("sends severity 10 as a message of class 0", async () => {
      const result = await must(session, "RAISERROR('note', 10, 1) WITH NOWAIT; SELECT @@ERROR");
      assert.deepEqual([result.texts, result.messages[0]!.severity, result.scalar], [["note"], 0, 0]);
    });
    it("sets @@ERROR by SETERROR", async () =>
      assert.equal(await value("RAISERROR('note', 1, 1) WITH SETERROR; SELECT @@ERROR"), 50000));
    it("refuses severity 19 without LOG with 2754", async () =>
      assert.deepEqual(await numbers("RAISERROR('x', 19, 1)"), [2754]));
    it("refuses a message number that is not in sys.messages with 18054", async () =>
      assert.deepEqual(await numbers("RAISERROR(50005, 16, 1)"), [18054]));
    it("prints numbers as text", async () =>
      assert.deepEqual((await must(session, "PRINT 1 + 1; PRINT 'a' + 'b'")).texts, ["2", "ab"]));
    it("closes the session at severity 20", async () => {
      await query(session, "RAISERROR('end', 20, 1) WITH LOG");
      assert.deepEqual(await numbers("SELECT 1"), [596]);
    });
  });

  describe("transactions", () => {
    beforeEach(table);

    it("counts nested transactions and commits the outermost", async () => {
      assert.deepEqual(
        (
          await must(
            session,
            "BEGIN TRAN; BEGIN TRAN; INSERT dbo.t VALUES (1, 1); COMMIT; SELECT @@TRANCOUNT; ROLLBACK",
          )
        ).scalar,
        1,
      );
      assert.equal(await value("SELECT COUNT(*) FROM dbo.t"), 0);
    });
    it("rolls back to a savepoint", async () => {
      await must(
        session,
        "BEGIN TRAN; INSERT dbo.t VALUES (1, 1); SAVE TRAN s; INSERT dbo.t VALUES (2, 2); ROLLBACK TRAN s; COMMIT",
      );
      assert.deepEqual((await must(session, "SELECT id FROM dbo.t")).rows, [[1]]);
    });
    it("rolls back all by the outermost name", async () =>
      assert.equal(await value("BEGIN TRAN outermost; BEGIN TRAN; ROLLBACK TRAN outermost; SELECT @@TRANCOUNT"), 0));
    it("refuses an unknown name with 6401", async () =>
      assert.deepEqual(await numbers("BEGIN TRAN; ROLLBACK TRAN nosuch; ROLLBACK"), [6401]));
    it("refuses COMMIT and ROLLBACK without a transaction", async () => {
      assert.deepEqual(await numbers("COMMIT"), [3902]);
      assert.deepEqual(await numbers("ROLLBACK"), [3903]);
    });
    it("refuses SAVE without a transaction with 628", async () =>
      assert.deepEqual(await numbers("SAVE TRAN s"), [628]));
    it("keeps a transaction open between batches", async () => {
      await must(session, "BEGIN TRAN; INSERT dbo.t VALUES (1, 1)");
      await must(session, "ROLLBACK");
      assert.equal(await value("SELECT COUNT(*) FROM dbo.t"), 0);
    });
    it("undoes definitions", async () => {
      await must(session, "BEGIN TRAN; CREATE TABLE dbo.u (i int); ROLLBACK");
      assert.equal(await value("SELECT OBJECT_ID(N'dbo.u')"), null);
    });
    it("begins one for a statement under IMPLICIT_TRANSACTIONS", async () => {
      assert.equal(
        await value(
          "SET IMPLICIT_TRANSACTIONS ON; INSERT dbo.t VALUES (1, 1); SELECT @@TRANCOUNT; ROLLBACK; SET IMPLICIT_TRANSACTIONS OFF",
        ),
        1,
      );
    });
    it("undoes a statement that fails half way", async () => {
      await query(session, "INSERT dbo.t VALUES (1, 1), (2, -1)");
      assert.equal(await value("SELECT COUNT(*) FROM dbo.t"), 0);
    });
    it("answers transaction requests of the driver", async () => {
      const sink = new Collector();
      await session.transaction({ kind: "begin", isolation: 4, name: "" }, sink);
      assert.equal(await value("SELECT @@TRANCOUNT"), 1);
      await must(session, "INSERT dbo.t VALUES (1, 1)");
      await session.transaction({ kind: "rollback", name: "", beginNext: false, isolation: 0 }, sink);
      assert.equal(await value("SELECT COUNT(*) FROM dbo.t"), 0);
      assert.deepEqual(
        sink.environments.map(({ kind }) => kind),
        ["begin-transaction", "rollback-transaction"],
      );
    });
    it("rolls back when the connection closes", async () => {
      const other = await loginAs(engine);
      await must(other, "BEGIN TRAN; INSERT dbo.t VALUES (1, 1)");
      other.close();
      assert.equal(await value("SELECT COUNT(*) FROM dbo.t"), 0);
    });
  });

  describe("SET, USE and context", () => {
    it("refuses SHOWPLAN", async () => assert.deepEqual(await numbers("SET SHOWPLAN_XML ON"), [49999]));
    it("refuses IDENTITY_INSERT on a second table with 8107 and on one without identity with 8106", async () => {
      await must(
        session,
        "CREATE TABLE a (i int IDENTITY); CREATE TABLE b (i int IDENTITY); CREATE TABLE c (i int); SET IDENTITY_INSERT a ON",
      );
      assert.deepEqual(await numbers("SET IDENTITY_INSERT b ON"), [8107]);
      assert.deepEqual(await numbers("SET IDENTITY_INSERT c ON"), [8106]);
    });
    it("refuses an unknown database with 911", async () => assert.deepEqual(await numbers("USE nowhere"), [911]));
    it("tells the client about another database", async () => {
      const result = await must(session, "USE tempdb; SELECT DB_NAME()");
      assert.equal(result.scalar, "tempdb");
      assert.deepEqual(result.environments, [{ kind: "database", from: "master", to: "tempdb" }]);
      assert.equal(result.messages[0]!.number, 5701);
    });
    it("refuses a database without a user for the login with 916", async () => {
      await must(session, `CREATE DATABASE d`);
      await must(session, `CREATE LOGIN kim WITH PASSWORD = '${PASSWORD}'`);
      const kim = await loginAs(engine, { user: "kim" });
      assert.deepEqual(await numbers("USE d", kim), [916]);
    });
    it("keeps CONTEXT_INFO and SESSION_CONTEXT", async () => {
      await must(session, "SET CONTEXT_INFO 0x0102; EXEC sp_set_session_context N'k', N'v', @read_only = 1");
      assert.equal(await value("SELECT SESSION_CONTEXT(N'K')"), "v");
      assert.equal(
        await value("SELECT CASE WHEN SUBSTRING(CONTEXT_INFO(), 1, 2) = 0x0102 THEN DATALENGTH(CONTEXT_INFO()) END"),
        128,
      );
      assert.deepEqual(await numbers("EXEC sp_set_session_context N'k', N'w'"), [15664]);
    });
    it("acts as another user until REVERT", async () => {
      await must(session, "CREATE DATABASE d");
      await must(session, "USE d; CREATE USER u WITHOUT LOGIN; CREATE TABLE dbo.x (i int)");
      const result = await query(session, "EXECUTE AS USER = 'u'; SELECT USER_NAME(); SELECT * FROM dbo.x");
      assert.equal(result.scalar, "u");
      assert.deepEqual(result.numbers, [229]);
      assert.equal(await value("REVERT; SELECT USER_NAME()"), "dbo");
    });
    it("restores SET options at the end of a procedure", async () => {
      await must(session, "CREATE PROCEDURE p AS SET LOCK_TIMEOUT 77; SELECT @@LOCK_TIMEOUT");
      const result = await must(session, "EXEC p; SELECT @@LOCK_TIMEOUT");
      assert.deepEqual(
        result.sets.map(({ rows }) => rows[0]![0]),
        [77, -1],
      );
    });
    it("resets a connection as the pool asks", async () => {
      await must(session, "CREATE TABLE #x (i int); SET LOCK_TIMEOUT 5; BEGIN TRAN");
      session.reset(false);
      assert.deepEqual((await must(session, "SELECT @@TRANCOUNT, @@LOCK_TIMEOUT, OBJECT_ID('tempdb..#x')")).rows, [
        [0, -1, null],
      ]);
    });
  });

  describe("cursors", () => {
    beforeEach(() => must(session, "CREATE TABLE n (i int); INSERT n VALUES (1), (2), (3)"));

    it("reads forward until @@FETCH_STATUS is -1", async () => {
      const sql =
        "DECLARE c CURSOR FOR SELECT i FROM n ORDER BY i; DECLARE @i int, @s int = 0; OPEN c; FETCH NEXT FROM c INTO @i; WHILE @@FETCH_STATUS = 0 BEGIN SET @s += @i; FETCH NEXT FROM c INTO @i END; CLOSE c; DEALLOCATE c; SELECT @s";
      assert.equal(await value(sql), 6);
    });
    it("scrolls", async () => {
      const sql =
        "DECLARE c SCROLL CURSOR FOR SELECT i FROM n ORDER BY i; OPEN c; FETCH LAST FROM c; FETCH PRIOR FROM c; FETCH ABSOLUTE 1 FROM c; FETCH RELATIVE 2 FROM c; FETCH ABSOLUTE -2 FROM c";
      assert.deepEqual(
        (await must(session, sql)).sets.map(({ rows }) => rows[0]![0]),
        [3, 2, 1, 3, 2],
      );
    });
    it("refuses what a forward-only cursor cannot with 16911", async () =>
      assert.deepEqual(
        await numbers("DECLARE c CURSOR FORWARD_ONLY FOR SELECT i FROM n; OPEN c; FETCH PRIOR FROM c"),
        [16911],
      ));
    it("refuses unknown, closed and doubled cursors", async () => {
      assert.deepEqual(await numbers("OPEN nosuch"), [16916]);
      assert.deepEqual(await numbers("DECLARE c CURSOR FOR SELECT i FROM n; FETCH NEXT FROM c"), [16917]);
      assert.deepEqual(await numbers("DECLARE c CURSOR FOR SELECT i FROM n"), [16915]);
    });
    it("drops a LOCAL cursor with its batch and keeps a GLOBAL one", async () => {
      await must(session, "DECLARE l CURSOR LOCAL FOR SELECT i FROM n; DECLARE g CURSOR GLOBAL FOR SELECT i FROM n");
      assert.deepEqual(await numbers("OPEN g; OPEN l"), [16916]);
    });
  });

  describe("procedures", () => {
    beforeEach(() =>
      must(
        session,
        "CREATE PROCEDURE dbo.p @a int, @b int = 10, @c int = 0 OUTPUT AS BEGIN SET @c = @a + @b; RETURN 7 END",
      ),
    );

    it("takes positional and named arguments, defaults, OUTPUT and the return status", async () => {
      const result = await must(
        session,
        "DECLARE @r int, @c int; EXEC @r = dbo.p 1, @c = @c OUTPUT; SELECT @r, @c; EXEC dbo.p @b = DEFAULT, @a = 5, @c = @c OUTPUT; SELECT @c",
      );
      assert.deepEqual(
        result.sets.map(({ rows }) => rows),
        [[[7, 11]], [[15]]],
      );
    });
    for (const [sql, number] of [
      ["EXEC dbo.p", 201],
      ["EXEC dbo.p 1, 2, 3, 4", 8144],
      ["EXEC dbo.p @a = 1, @z = 2", 8145],
      ["EXEC dbo.p @a = 1, 2", 119],
      ["EXEC dbo.p @a = 1, @a = 2", 8143],
      ["DECLARE @x int; EXEC dbo.p @a = @x OUTPUT", 8162],
      ["EXEC dbo.nosuch", 2812],
      ["EXEC sp_nosuch", 2812],
      ["EXEC dbo.p 'x'", 8114],
    ] as const)
      it(`answers ${number} to ${sql}`, async () => assert.deepEqual(await numbers(sql), [number]));
    it("answers 8146 to an argument for a procedure without parameters", async () => {
      await must(session, "CREATE PROCEDURE dbo.q AS RETURN 0");
      assert.deepEqual(await numbers("EXEC dbo.q 1"), [8146]);
    });
    it("names the procedure and its line in an error", async () => {
      await must(session, "CREATE PROCEDURE dbo.q AS\nBEGIN\n  SELECT 1/0\nEND");
      const [error] = (await query(session, "EXEC dbo.q")).errors;
      assert.deepEqual([error!.procedure, error!.line], ["q", 3]);
    });
    it("stops nesting at 32 levels with 217", async () => {
      await must(session, "CREATE PROCEDURE dbo.r AS EXEC dbo.r");
      assert.deepEqual(await numbers("EXEC dbo.r"), [217]);
    });
    it("says 266 when a procedure leaves a transaction open", async () => {
      await must(session, "CREATE PROCEDURE dbo.q AS BEGIN TRAN");
      assert.deepEqual(await numbers("EXEC dbo.q; ROLLBACK"), [266]);
    });
    it("drops #tables at the end of the procedure that made them and shows it the caller's", async () => {
      await must(session, "CREATE PROCEDURE dbo.q AS BEGIN CREATE TABLE #own (i int); INSERT #outer VALUES (5) END");
      const result = await query(
        session,
        "CREATE TABLE #outer (i int); EXEC dbo.q; SELECT i FROM #outer; SELECT * FROM #own",
      );
      assert.equal(result.scalar, 5);
      assert.deepEqual(result.numbers, [208]);
    });
    it("hides #tables from other sessions and shows ##tables", async () => {
      await must(session, "CREATE TABLE #mine (i int); CREATE TABLE ##ours (i int)");
      const other = await loginAs(engine);
      assert.deepEqual(await numbers("SELECT * FROM #mine", other), [208]);
      await must(other, "SELECT * FROM ##ours");
    });
    it("goes on in the caller after a scope of dynamic SQL could not be compiled", async () => {
      assert.deepEqual((await query(session, "EXEC('SELECT * FROM dbo.missing; PRINT ''no'''); PRINT 'on'")).texts, [
        "on",
      ]);
    });
    it("inserts what a procedure returns", async () => {
      await must(session, "CREATE TABLE dbo.k (i int)");
      await must(session, "INSERT dbo.k EXEC('SELECT 1; SELECT 2')");
      assert.equal(await value("SELECT SUM(i) FROM dbo.k"), 3);
    });
    it("refuses nested INSERT EXEC with 8164", async () => {
      await must(session, "CREATE TABLE dbo.k (i int)");
      assert.deepEqual(await numbers("INSERT dbo.k EXEC('INSERT dbo.k EXEC(''SELECT 1'')')"), [8164]);
    });
    it("runs with the rights of the principal after WITH EXECUTE AS", async () => {
      await must(session, "CREATE DATABASE d");
      await must(session, "USE d; CREATE USER u WITHOUT LOGIN");
      await must(session, "CREATE PROCEDURE dbo.who WITH EXECUTE AS 'u' AS SELECT USER_NAME()");
      assert.equal(await value("EXEC dbo.who"), "u");
      assert.equal(await value("SELECT USER_NAME()"), "dbo");
    });
  });

  describe("functions and triggers", () => {
    beforeEach(table);

    it("calls a scalar function for each row", async () => {
      await must(
        session,
        "CREATE FUNCTION dbo.f (@x int) RETURNS int AS BEGIN DECLARE @i int = 0; WHILE @i < 2 SET @i += 1; RETURN @x * @i END",
      );
      assert.deepEqual(
        (await must(session, "INSERT dbo.t VALUES (1, 3), (2, 4); SELECT dbo.f(a) FROM dbo.t ORDER BY id")).rows,
        [[6], [8]],
      );
    });
    it("raises a function's error in the statement that called it", async () => {
      await must(session, "CREATE FUNCTION dbo.f (@x int) RETURNS int AS BEGIN RETURN 1 / @x END");
      assert.deepEqual(await numbers("SELECT dbo.f(0)"), [8134]);
    });
    it("fires an AFTER trigger with inserted and deleted", async () => {
      await must(
        session,
        "CREATE TRIGGER dbo.tr ON dbo.t AFTER UPDATE AS SELECT i.a, d.a FROM inserted i JOIN deleted d ON d.id = i.id WHERE UPDATE(a)",
      );
      assert.deepEqual((await must(session, "INSERT dbo.t VALUES (1, 1); UPDATE dbo.t SET a = 2")).rows, [[2, 1]]);
    });
    it("undoes the statement and ends the batch with 3609 after ROLLBACK in a trigger", async () => {
      await must(session, "CREATE TRIGGER dbo.tr ON dbo.t AFTER INSERT AS ROLLBACK");
      const result = await query(session, "INSERT dbo.t VALUES (1, 1); PRINT 'no'");
      assert.deepEqual(result.numbers, [3609]);
      assert.deepEqual(result.texts, []);
      assert.equal(await value("SELECT COUNT(*) FROM dbo.t"), 0);
    });
    it("sees a transaction in a trigger", async () => {
      await must(session, "CREATE TRIGGER dbo.tr ON dbo.t AFTER INSERT AS SELECT @@TRANCOUNT");
      assert.equal(await value("INSERT dbo.t VALUES (1, 1)"), 1);
    });
    it("ends the batch and the transaction at an error in a trigger", async () => {
      await must(session, "CREATE TRIGGER dbo.tr ON dbo.t AFTER INSERT AS INSERT dbo.t VALUES (1, 1)");
      assert.deepEqual(await numbers("BEGIN TRAN; INSERT dbo.t VALUES (1, 1); PRINT 'no'"), [2627]);
      assert.equal(await value("SELECT @@TRANCOUNT"), 0);
    });
    it("does not fire a trigger from itself unless RECURSIVE_TRIGGERS is on", async () => {
      await must(
        session,
        "CREATE TRIGGER dbo.tr ON dbo.t AFTER INSERT AS INSERT dbo.t SELECT id + 1, a FROM inserted WHERE id < 4",
      );
      await must(session, "INSERT dbo.t VALUES (1, 1)");
      assert.equal(await value("SELECT COUNT(*) FROM dbo.t"), 2);
    });
    it("keeps @@ROWCOUNT and SCOPE_IDENTITY of the statement whatever its triggers do", async () => {
      await must(
        session,
        "CREATE TABLE dbo.log (id int IDENTITY(100, 1), x int); CREATE TABLE dbo.i (id int IDENTITY, x int)",
      );
      await must(
        session,
        "CREATE TRIGGER dbo.tr ON dbo.i AFTER INSERT AS INSERT dbo.log (x) SELECT x FROM inserted UNION ALL SELECT x FROM inserted",
      );
      assert.deepEqual(
        (await must(session, "INSERT dbo.i (x) VALUES (1); SELECT @@ROWCOUNT, SCOPE_IDENTITY(), @@IDENTITY")).rows,
        [[1, 1, 101]],
      );
    });
    it("replaces the statement by an INSTEAD OF trigger", async () => {
      await must(
        session,
        "CREATE TRIGGER dbo.tr ON dbo.t INSTEAD OF INSERT AS INSERT dbo.t SELECT id, 42 FROM inserted",
      );
      await must(session, "INSERT dbo.t VALUES (1, 1)");
      assert.equal(await value("SELECT a FROM dbo.t"), 42);
    });
  });

  describe("system procedures", () => {
    it("runs sp_executesql with parameters and OUTPUT", async () => {
      assert.equal(
        await value(
          "DECLARE @o int; EXEC sp_executesql N'SET @o = @i * 2', N'@i int, @o int OUTPUT', @i = 4, @o = @o OUTPUT; SELECT @o",
        ),
        8,
      );
    });
    it("answers 8178 when a parameter of sp_executesql is missing", async () =>
      assert.deepEqual(await numbers("EXEC sp_executesql N'SELECT @i', N'@i int'"), [8178]));
    it("answers an RPC with its status and OUTPUT values", async () => {
      const result = await call(session, "sp_executesql", [
        { name: "", type: nvarchar, value: "SET @o = @i + 1", output: false },
        { name: "", type: nvarchar, value: "@i int, @o int OUTPUT", output: false },
        { name: "@i", type: int, value: 1, output: false },
        { name: "@o", type: int, value: null, output: true },
      ]);
      assert.deepEqual([result.status, result.returned], [0, [{ name: "@o", value: 2 }]]);
    });
    it("prepares, executes and forgets a statement", async () => {
      const made = await call(session, "sp_prepexec", [
        { name: "@handle", type: int, value: null, output: true },
        { name: "@params", type: nvarchar, value: "@i int", output: false },
        { name: "@stmt", type: nvarchar, value: "SELECT @i", output: false },
        { name: "@i", type: int, value: 5, output: false },
      ]);
      const handle = made.returned[0]!.value as number;
      assert.equal(made.scalar, 5);
      const run = (): Promise<Collector> =>
        call(session, "sp_execute", [
          { name: "@handle", type: int, value: handle, output: false },
          { name: "@i", type: int, value: 6, output: false },
        ]);
      assert.equal((await run()).scalar, 6);
      await call(session, "sp_unprepare", [{ name: "@handle", type: int, value: handle, output: false }]);
      assert.deepEqual((await run()).numbers, [8179]);
    });
    it("refuses the cursor procedures of old drivers", async () =>
      assert.deepEqual(await numbers("EXEC sp_cursoropen"), [49999]));
    it("adds, updates and drops extended properties", async () => {
      await table();
      const at = "'SCHEMA', N'dbo', 'TABLE', N't', 'COLUMN', N'a'";
      await must(session, `EXEC sp_addextendedproperty N'd', N'one', ${at}`);
      assert.deepEqual(await numbers(`EXEC sp_addextendedproperty N'd', N'one', ${at}`), [15233]);
      await must(session, `EXEC sp_updateextendedproperty N'd', N'two', ${at}`);
      assert.equal(await value("SELECT value FROM sys.extended_properties"), "two");
      await must(session, `EXEC sp_dropextendedproperty N'd', ${at}`);
      assert.deepEqual(await numbers(`EXEC sp_dropextendedproperty N'd', ${at}`), [15217]);
      assert.deepEqual(
        await numbers("EXEC sp_addextendedproperty N'd', N'x', 'SCHEMA', N'dbo', 'TABLE', N'nosuch'"),
        [15135],
      );
    });
    it("undoes an extended property with its transaction", async () => {
      await must(session, "BEGIN TRAN; EXEC sp_addextendedproperty N'd', N'one'; ROLLBACK");
      assert.equal(await value("SELECT COUNT(*) FROM sys.extended_properties"), 0);
    });
    it("renames with the caution", async () => {
      await table();
      const result = await must(session, "EXEC sp_rename N'dbo.t', N'u'; SELECT OBJECT_ID(N'dbo.u')");
      assert.equal(result.messages[0]!.number, 15477);
      assert.notEqual(result.scalar, null);
    });
    it("needs RECONFIGURE for a value in use, and hides advanced options", async () => {
      assert.deepEqual(await numbers("EXEC sp_configure 'max degree of parallelism', 4"), [15123]);
      const result = await must(
        session,
        "EXEC sp_configure 'clr enabled', 1; EXEC sp_configure 'clr enabled'; RECONFIGURE; EXEC sp_configure 'clr enabled'",
      );
      assert.deepEqual(
        result.sets.map(({ rows }) => rows[0]!.slice(3)),
        [
          [1, 0],
          [1, 1],
        ],
      );
      assert.deepEqual(await numbers("EXEC sp_configure 'clr enabled', 9"), [15129]);
    });
    it("shows the text of a module in lines", async () => {
      await must(session, "CREATE PROCEDURE dbo.p AS\r\nRETURN 1");
      assert.deepEqual((await must(session, "EXEC sp_helptext N'dbo.p'")).rows, [
        ["CREATE PROCEDURE dbo.p AS\r\n"],
        ["RETURN 1"],
      ]);
    });
    it("fires triggers in the order that sp_settriggerorder gave", async () => {
      await table();
      for (const name of ["one", "two"])
        await must(session, `CREATE TRIGGER dbo.${name} ON dbo.t AFTER INSERT AS PRINT '${name}'`);
      await must(session, "EXEC sp_settriggerorder N'dbo.two', 'First', 'INSERT'");
      assert.deepEqual((await must(session, "INSERT dbo.t VALUES (1, 1)")).texts, ["two", "one"]);
    });
    it("changes role members", async () => {
      await must(session, "CREATE DATABASE d");
      assert.equal(
        await value(
          "USE d; CREATE USER u WITHOUT LOGIN; CREATE ROLE r; EXEC sp_addrolemember 'r', 'u'; SELECT COUNT(*) FROM sys.database_role_members m JOIN sys.database_principals p ON p.principal_id = m.role_principal_id WHERE p.name = 'r'",
        ),
        1,
      );
    });
  });

  describe("locks between sessions", () => {
    let other: Session;
    beforeEach(async () => {
      other = await loginAs(engine);
      await table();
      await must(session, "INSERT dbo.t VALUES (1, 1), (2, 2)");
    });

    it("answers 1222 after LOCK_TIMEOUT and keeps the transaction", async () => {
      await must(session, "BEGIN TRAN; UPDATE dbo.t SET a = 9 WHERE id = 1");
      assert.deepEqual(
        await numbers("SET LOCK_TIMEOUT 0; BEGIN TRAN; UPDATE dbo.t SET a = 8 WHERE id = 1", other),
        [1222],
      );
      assert.equal(await value("SELECT @@TRANCOUNT", other), 1);
    });
    it("waits for another session's commit", async () => {
      await must(session, "BEGIN TRAN; UPDATE dbo.t SET a = 9 WHERE id = 1");
      const waiting = query(other, "SELECT a FROM dbo.t WHERE id = 1");
      await must(session, "COMMIT");
      assert.equal((await waiting).scalar, 9);
    });
    it("chooses a deadlock victim, whose transaction is gone", async () => {
      await must(session, "BEGIN TRAN; UPDATE dbo.t SET a = 5 WHERE id = 1");
      await must(other, "SET DEADLOCK_PRIORITY LOW; BEGIN TRAN; UPDATE dbo.t SET a = 6 WHERE id = 2");
      const first = query(session, "UPDATE dbo.t SET a = 7 WHERE id = 2");
      const second = await query(other, "UPDATE dbo.t SET a = 8 WHERE id = 1; PRINT 'no'");
      assert.deepEqual((await first).numbers, []);
      assert.deepEqual(second.numbers, [1205]);
      assert.deepEqual(second.texts, []);
      assert.equal(await value("SELECT @@TRANCOUNT", other), 0);
    });
    it("grants application locks once and says how", async () => {
      const get = "DECLARE @r int; EXEC @r = sp_getapplock N'deploy', 'Exclusive', 'Session', 0; SELECT @r";
      assert.equal(await value(get), 0);
      assert.equal(await value(get, other), -1);
      assert.equal(await value("SELECT APPLOCK_MODE('public', N'deploy', 'Session')"), "Exclusive");
      assert.equal(await value("SELECT APPLOCK_TEST('public', N'deploy', 'Shared', 'Session')", other), 0);
      await must(session, "EXEC sp_releaseapplock N'deploy', 'Session'");
      assert.equal(await value(get, other), 0);
    });
    it("waits for an application lock and answers 1", async () => {
      await must(session, "EXEC sp_getapplock N'deploy', 'Exclusive', 'Session'");
      const waiting = query(
        other,
        "DECLARE @r int; EXEC @r = sp_getapplock N'deploy', 'Exclusive', 'Session', 60000; SELECT @r",
      );
      await must(session, "EXEC sp_releaseapplock N'deploy', 'Session'");
      assert.equal((await waiting).scalar, 1);
    });
    it("drops a transaction's application lock with it, and answers -999 without one", async () => {
      await must(session, "BEGIN TRAN; EXEC sp_getapplock N'deploy', 'Exclusive'; COMMIT");
      assert.equal(await value("SELECT APPLOCK_TEST('public', N'deploy', 'Exclusive', 'Session')", other), 1);
      assert.equal(await value("DECLARE @r int; EXEC @r = sp_getapplock N'deploy', 'Exclusive'; SELECT @r"), -999);
    });
    it("refuses to release what is not held with 1223", async () =>
      assert.deepEqual(await numbers("EXEC sp_releaseapplock N'deploy', 'Session'"), [1223]));
    it("lets others run during a long loop and ends it by attention", async () => {
      const loop = query(session, "DECLARE @i int = 0; WHILE 1 = 1 SET @i = 1");
      assert.equal(await value("SELECT 1", other), 1);
      session.attention();
      assert.deepEqual((await loop).numbers, []);
      assert.equal(await value("SELECT 2"), 2);
    });
    it("ends a lock wait by attention and keeps the transaction", async () => {
      await must(session, "BEGIN TRAN; UPDATE dbo.t SET a = 9 WHERE id = 1");
      await must(other, "BEGIN TRAN");
      const waiting = query(other, "UPDATE dbo.t SET a = 1 WHERE id = 1");
      await must(session, "PRINT 'a turn'");
      other.attention();
      assert.deepEqual((await waiting).numbers, []);
      assert.equal(await value("SELECT @@TRANCOUNT", other), 1);
    });
    it("ends another session by KILL", async () => {
      let ended = false;
      other.onEnd(() => (ended = true));
      await must(other, "BEGIN TRAN; UPDATE dbo.t SET a = 9 WHERE id = 1");
      await must(session, `KILL ${other.spid}`);
      assert.equal(await value("SELECT a FROM dbo.t WHERE id = 1"), 1);
      assert.ok(ended);
      assert.deepEqual(await numbers(`KILL ${session.spid}`), [6104]);
      assert.deepEqual(await numbers("KILL 9999"), [6106]);
    });
    it("lists sessions", async () => {
      assert.deepEqual(
        (
          await must(
            session,
            `SELECT host_name, program_name, status FROM sys.dm_exec_sessions WHERE session_id = ${other.spid}`,
          )
        ).rows,
        [["test", "mocha", "sleeping"]],
      );
    });
  });

  describe("waiting", () => {
    it("waits for a delay", async () =>
      assert.deepEqual((await must(session, "WAITFOR DELAY '00:00:00.010'; PRINT 'on'")).texts, ["on"]));
    it("refuses a bad time with 148", async () => assert.deepEqual(await numbers("WAITFOR DELAY '25:99'"), [148]));
    it("is woken by attention", async () => {
      const waiting = query(session, "WAITFOR DELAY '10:00'");
      await new Promise((resolve) => setImmediate(resolve));
      session.attention();
      assert.deepEqual((await waiting).numbers, []);
    });
  });

  describe("bulk load", () => {
    const columns = [
      { name: "id", type: int, nullable: false },
      { name: "a", type: int, nullable: true },
    ];
    async function load(options: string, rows: number[][]): Promise<Collector> {
      await must(session, `INSERT BULK dbo.t (id int, a int)${options}`);
      const sink = new Collector();
      await session.bulkLoad(columns, rows, sink);
      return sink;
    }
    beforeEach(table);

    it("inserts the rows and counts them", async () => {
      assert.equal(
        (
          await load("", [
            [1, 1],
            [2, 2],
          ])
        ).dones[0]!.count,
        2,
      );
      assert.equal(await value("SELECT COUNT(*) FROM dbo.t"), 2);
    });
    it("checks constraints when asked and distrusts them otherwise", async () => {
      assert.deepEqual((await load(" WITH (CHECK_CONSTRAINTS)", [[1, -1]])).numbers, [547]);
      assert.deepEqual((await load("", [[1, -1]])).numbers, []);
      assert.equal(await value("SELECT CAST(is_not_trusted AS int) FROM sys.check_constraints"), 1);
    });
    it("inserts all or nothing", async () => {
      assert.deepEqual(
        (
          await load("", [
            [1, 1],
            [1, 2],
          ])
        ).numbers,
        [2627],
      );
      assert.equal(await value("SELECT COUNT(*) FROM dbo.t"), 0);
    });
  });

  describe("ordered misbehaviour", () => {
    async function faulty(faults: Partial<ReturnType<typeof noFaults>>): Promise<Session> {
      return loginAs(newEngine({ ...noFaults(), ...faults }));
    }
    it("makes a statement the deadlock victim once", async () => {
      const unlucky = await faulty({ deadlockOn: [/CREATE TABLE/] });
      assert.deepEqual(await numbers("CREATE TABLE t (i int)", unlucky), [1205]);
      assert.deepEqual(await numbers("CREATE TABLE t (i int)", unlucky), []);
    });
    it("fails only the statement that matches", async () => {
      const unlucky = await faulty({ failOn: [{ pattern: /two/, error: new SqlError(1105, 17, 2, "full") }] });
      const result = await query(unlucky, "PRINT 'one'\nPRINT 'two'\nPRINT 'three'");
      assert.deepEqual([result.numbers, result.texts], [[1105], ["one", "three"]]);
    });
    it("fails a metadata read with 701", async () => {
      const unlucky = await faulty({ outOfMemoryReads: 1 });
      assert.deepEqual(await numbers("SELECT name FROM sys.objects", unlucky), [701]);
      assert.deepEqual(await numbers("SELECT name FROM sys.objects", unlucky), []);
    });
  });
});
