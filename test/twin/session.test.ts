/** What a connection sees of logins, options and its own state. */
import assert from "node:assert/strict";
import type { SqlServerEngine } from "../../twin/src/session/engine";
import { SqlError } from "../../twin/src/session/sql-error";
import { Collector, loginAs, makeTable, must, newEngine, numbersOf, PASSWORD, query, scalarOf } from "./collector";

type Session = Awaited<ReturnType<typeof loginAs>>;

describe("twin sessions", () => {
  let engine: SqlServerEngine;
  let session: Session;

  beforeEach(async () => {
    engine = newEngine();
    session = await loginAs(engine);
  });

  const value = (sql: string, on: Session = session): Promise<unknown> => scalarOf(on, sql);
  const numbers = (sql: string, on: Session = session): Promise<number[]> => numbersOf(on, sql);
  const table = (): Promise<void> => makeTable(session);
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
    it("refuses what old ANSI settings would change, and runs the rest", async () => {
      assert.equal(await value("SET ANSI_NULLS OFF; SELECT 1"), 1);
      assert.deepEqual(await numbers("SELECT 1 WHERE NULL = NULL"), [49999]);
      assert.deepEqual(await numbers("SET ANSI_WARNINGS OFF; SELECT 1/0"), [49999]);
      assert.deepEqual(await numbers("SET CONCAT_NULL_YIELDS_NULL OFF"), [49999]);
    });
    it("refuses IDENTITY_INSERT on a second table with 8107 and on one without identity with 8106", async () => {
      await must(
        session,
        "CREATE TABLE a (i int IDENTITY); CREATE TABLE b (i int IDENTITY); CREATE TABLE c (i int); SET IDENTITY_INSERT a ON",
      );
      assert.deepEqual(await numbers("SET IDENTITY_INSERT b ON"), [8107]);
      assert.deepEqual(await numbers("SET IDENTITY_INSERT c ON"), [8106]);
    });
    it("refuses a DEADLOCK_PRIORITY out of range with 2755", async () =>
      assert.deepEqual(await numbers("SET DEADLOCK_PRIORITY 11"), [2755]));
    it("reseeds an identity column", async () => {
      await must(session, "CREATE TABLE dbo.i (id int IDENTITY, a int); INSERT dbo.i (a) VALUES (1), (2)");
      const result = await must(
        session,
        "DBCC CHECKIDENT ('dbo.i', RESEED, 10); INSERT dbo.i (a) VALUES (3); SELECT MAX(id) FROM dbo.i; DBCC CHECKIDENT ('dbo.i', NORESEED)",
      );
      assert.equal(result.scalar, 11);
      assert.deepEqual(
        [result.texts[0], result.texts[2]],
        [
          "Checking identity information: current identity value '2'.",
          "Checking identity information: current identity value '11', current column value '11'.",
        ],
      );
    });
    it("refuses DBCC commands that are not built", async () =>
      assert.deepEqual(await numbers("DBCC SHRINKDATABASE (master)"), [49999]));
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
});
