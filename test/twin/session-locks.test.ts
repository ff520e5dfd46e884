/** Sessions beside one another: locks, bulk load, ordered misbehaviour. */
import assert from "node:assert/strict";
import type { SqlServerEngine } from "../../twin/src/session/engine";
import { noFaults } from "../../twin/src/session/engine";
import { SqlError } from "../../twin/src/session/sql-error";
import { Collector, loginAs, makeTable, must, newEngine, numbersOf, query, scalarOf } from "./collector";

type Session = Awaited<ReturnType<typeof loginAs>>;
const int = { name: "int" } as const;

describe("twin sessions beside one another", () => {
  let engine: SqlServerEngine;
  let session: Session;

  beforeEach(async () => {
    engine = newEngine();
    session = await loginAs(engine);
  });

  const value = (sql: string, on: Session = session): Promise<unknown> => scalarOf(on, sql);
  const numbers = (sql: string, on: Session = session): Promise<number[]> => numbersOf(on, sql);
  const table = (): Promise<void> => makeTable(session);

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
    it("lets the victim of a deadlock roll back in CATCH while the other goes on", async () => {
      await must(session, "BEGIN TRAN; UPDATE dbo.t SET a = 5 WHERE id = 1");
      await must(other, "SET DEADLOCK_PRIORITY LOW; BEGIN TRAN; UPDATE dbo.t SET a = 6 WHERE id = 2");
      const first = query(session, "UPDATE dbo.t SET a = 7 WHERE id = 2; COMMIT");
      const caught = await must(
        other,
        "BEGIN TRY UPDATE dbo.t SET a = 8 WHERE id = 1 END TRY BEGIN CATCH SELECT ERROR_NUMBER(), XACT_STATE(); ROLLBACK END CATCH",
      );
      assert.deepEqual((await first).numbers, []);
      assert.deepEqual(caught.sets.at(-1)!.rows, [[1205, -1]]);
      assert.deepEqual((await must(other, "SELECT a FROM dbo.t ORDER BY id")).rows, [[5], [7]]);
    });
    it("opens a cursor over committed rows only", async () => {
      await must(session, "BEGIN TRAN; UPDATE dbo.t SET a = 9 WHERE id = 1");
      const reading = query(other, "DECLARE c CURSOR FOR SELECT a FROM dbo.t WHERE id = 1; OPEN c; FETCH NEXT FROM c");
      await must(session, "ROLLBACK");
      assert.equal((await reading).scalar, 1);
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
