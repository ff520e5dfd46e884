import assert from "node:assert/strict";
import { session } from "./query-client";

describe("locks between sessions", () => {
  const { client, server } = session();
  beforeEach(() => client().run("CREATE TABLE dbo.t (id int PRIMARY KEY, v int); INSERT dbo.t VALUES (1, 1), (2, 2)"));

  it("makes a reader wait for a row that is not committed", async () => {
    const other = await server().login();
    await client().run("BEGIN TRANSACTION; UPDATE dbo.t SET v = 9 WHERE id = 1");
    assert.equal(await other.error("SET LOCK_TIMEOUT 10; SELECT v FROM dbo.t"), 1222);
    assert.deepEqual(await other.rows("SELECT v FROM dbo.t WITH (NOLOCK) WHERE id = 1"), [[9]]);
    assert.deepEqual(await other.rows("SELECT v FROM dbo.t WITH (READPAST)"), [[2]]);
    const waiting = other.rows("SET LOCK_TIMEOUT -1; SELECT v FROM dbo.t WHERE id = 1");
    await client().run("ROLLBACK");
    assert.deepEqual(await waiting, [[1]]);
  });

  it("lets two sessions change different rows, and makes them wait for the same one", async () => {
    const other = await server().login();
    await client().run("BEGIN TRANSACTION; UPDATE dbo.t SET v = 9 WHERE id = 1");
    await other.run("SET LOCK_TIMEOUT 10; UPDATE dbo.t SET v = 8 WHERE id = 2");
    assert.equal(await other.error("UPDATE dbo.t SET v = 8 WHERE id = 1"), 1222);
    await client().run("COMMIT");
    await other.run("UPDATE dbo.t SET v = v + 1 WHERE id = 1");
    assert.deepEqual(await client().rows("SELECT v FROM dbo.t ORDER BY id"), [[10], [8]]);
  });

  it("ends a deadlock by choosing one of the two", async () => {
    const other = await server().login();
    await client().run("BEGIN TRANSACTION; UPDATE dbo.t SET v = 9 WHERE id = 1");
    await other.run("SET DEADLOCK_PRIORITY LOW; BEGIN TRANSACTION; UPDATE dbo.t SET v = 8 WHERE id = 2");
    const waiting = client().error("UPDATE dbo.t SET v = 9 WHERE id = 2");
    assert.equal(await other.error("UPDATE dbo.t SET v = 8 WHERE id = 1"), 1205);
    assert.equal(await waiting, undefined);
    await client().run("COMMIT");
    assert.deepEqual(await other.rows("SELECT v FROM dbo.t ORDER BY id"), [[9], [9]]);
  });

  it("shows the committed image under READ_COMMITTED_SNAPSHOT", async () => {
    await client().run("ALTER DATABASE shop SET READ_COMMITTED_SNAPSHOT ON WITH ROLLBACK IMMEDIATE");
    const other = await server().login();
    await client().run(
      "BEGIN TRANSACTION; UPDATE dbo.t SET v = 9 WHERE id = 1; DELETE dbo.t WHERE id = 2; INSERT dbo.t VALUES (3, 3)",
    );
    assert.deepEqual(await other.rows("SELECT id, v FROM dbo.t ORDER BY id"), [
      [1, 1],
      [2, 2],
    ]);
    await client().run("COMMIT");
    assert.deepEqual(await other.rows("SELECT id, v FROM dbo.t ORDER BY id"), [
      [1, 9],
      [3, 3],
    ]);
  });

  it("makes IF and SET wait for rows that are not committed", async () => {
    const other = await server().login();
    await client().run("BEGIN TRANSACTION; UPDATE dbo.t SET v = 9 WHERE id = 1");
    assert.equal(await other.error("SET LOCK_TIMEOUT 10; IF EXISTS (SELECT 1 FROM dbo.t WHERE v = 9) SELECT 1"), 1222);
    assert.equal(await other.error("DECLARE @v int; SET @v = (SELECT MAX(v) FROM dbo.t)"), 1222);
    assert.deepEqual(await other.rows("DECLARE @v int; SET @v = (SELECT v FROM dbo.t WHERE id = 2); SELECT @v"), [[2]]);
    await client().run("ROLLBACK");
    await other.run("IF EXISTS (SELECT 1 FROM dbo.t) ALTER TABLE dbo.t ADD w int NULL");
  });

  it("waits for a parent row that another session is deleting", async () => {
    await client().run("CREATE TABLE dbo.c (t int REFERENCES dbo.t (id))");
    const other = await server().login();
    await client().run("BEGIN TRANSACTION; DELETE dbo.t WHERE id = 2");
    const waiting = other.error("INSERT dbo.c VALUES (2)");
    await client().run("COMMIT");
    assert.equal(await waiting, 547);
  });

  it("refuses SNAPSHOT where the database does not allow it, and where a transaction would have to keep it", async () => {
    const snapshot = "SET TRANSACTION ISOLATION LEVEL SNAPSHOT; ";
    assert.equal(await client().error(`${snapshot}SELECT v FROM dbo.t`), 3952);
    await client().run("ALTER DATABASE shop SET ALLOW_SNAPSHOT_ISOLATION ON");
    const other = await server().login();
    await client().run(
      "SET TRANSACTION ISOLATION LEVEL READ COMMITTED; BEGIN TRANSACTION; UPDATE dbo.t SET v = 9 WHERE id = 1",
    );
    assert.deepEqual(await other.rows(`${snapshot}SELECT v FROM dbo.t WHERE id = 1`), [[1]]);
    assert.equal(await other.error("BEGIN TRANSACTION; SELECT v FROM dbo.t"), 49999);
    await client().run("ROLLBACK");
  });

  it("decides about a duplicate key only when the other transaction has ended", async () => {
    const other = await server().login();
    await client().run("BEGIN TRANSACTION; INSERT dbo.t VALUES (5, 5)");
    const waiting = other.run("INSERT dbo.t VALUES (5, 6)");
    await client().run("ROLLBACK");
    await waiting;
    assert.deepEqual(await client().rows("SELECT v FROM dbo.t WHERE id = 5"), [[6]]);
  });

  it("keeps what SERIALIZABLE has read from changing", async () => {
    const other = await server().login();
    await client().run("SET TRANSACTION ISOLATION LEVEL SERIALIZABLE; BEGIN TRANSACTION; SELECT COUNT(*) FROM dbo.t");
    assert.equal(await other.error("SET LOCK_TIMEOUT 10; INSERT dbo.t VALUES (7, 7)"), 1222);
    await client().run("COMMIT");
    await other.run("INSERT dbo.t VALUES (7, 7)");
  });

  it("lets READ COMMITTED readers go after each statement", async () => {
    const other = await server().login();
    await client().run("BEGIN TRANSACTION; SELECT COUNT(*) FROM dbo.t");
    await other.run("SET LOCK_TIMEOUT 10; ALTER TABLE dbo.t ADD w int NULL");
    await client().run("COMMIT");
  });
});
