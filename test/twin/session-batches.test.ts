/** Batches: control flow, errors, transactions. */
import assert from "node:assert/strict";
import type { SqlServerEngine } from "../../twin/src/session/engine";
import { loginAs, makeTable, must, newEngine, numbersOf, query, scalarOf } from "./collector";

type Session = Awaited<ReturnType<typeof loginAs>>;

describe("twin batches", () => {
  let engine: SqlServerEngine;
  let session: Session;

  beforeEach(async () => {
    engine = newEngine();
    session = await loginAs(engine);
  });

  const value = (sql: string, on: Session = session): Promise<unknown> => scalarOf(on, sql);
  const numbers = (sql: string, on: Session = session): Promise<number[]> => numbersOf(on, sql);
  const table = (): Promise<void> => makeTable(session);

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
    it("refuses a state above 255 with 2756", async () => {
      assert.deepEqual(await numbers("RAISERROR('x', 16, 300)"), [2756]);
      assert.deepEqual(await numbers("THROW 50001, 'x', 300"), [2756]);
    });
    it("closes the session at severity 20", async () => {
      await query(session, "RAISERROR('end', 20, 1) WITH LOG");
      assert.deepEqual(await numbers("SELECT 1"), [596]);
    });
  });
});
