/** What one transaction has changed in the catalog, as other sessions meet it. */
import assert from "node:assert/strict";
import { createEngine, type SqlServerEngine } from "../../twin/src/session/engine";
import { loginAs, makeTable, must, newServer, numbersOf, query, scalarOf } from "./collector";

type Session = Awaited<ReturnType<typeof loginAs>>;

describe("uncommitted definitions on the twin", () => {
  let engine: SqlServerEngine;
  let writer: Session;
  let reader: Session;
  const names = "SELECT COUNT(*) FROM sys.objects WHERE name IN (N'n', N'made', N'v')";

  beforeEach(async () => {
    const server = newServer();
    engine = createEngine(server);
    writer = await loginAs(engine);
    reader = await loginAs(engine);
    await must(writer, "CREATE DATABASE shop; USE shop");
    await makeTable(writer);
    await must(reader, "USE shop; SET LOCK_TIMEOUT 0");
  });

  const changes: [what: string, sql: string][] = [
    ["a table", "CREATE TABLE dbo.n (a int)"],
    ["a column", "ALTER TABLE dbo.t ADD z int NULL"],
    ["a module", "EXEC (N'CREATE VIEW dbo.v AS SELECT 1 AS a')"],
    ["a name", "EXEC sp_rename N'dbo.t', N'n'"],
    ["a description", "EXEC sp_addextendedproperty N'x', N'y'"],
    ["a table of SELECT INTO", "SELECT 1 AS a INTO dbo.made"],
    ["a permission", "GRANT SELECT ON dbo.t TO public"],
    ["what is dropped", "DROP TABLE dbo.t"],
  ];
  for (const [what, sql] of changes)
    it(`keep readers of the catalog waiting: ${what}`, async () => {
      await must(writer, `BEGIN TRAN; ${sql}`);
      assert.deepEqual(await numbersOf(reader, names), [1222]);
      await must(writer, "ROLLBACK");
      assert.equal(await scalarOf(reader, names), 0);
    });

  it("are seen by their own session", async () => {
    await must(writer, "BEGIN TRAN; CREATE TABLE dbo.n (a int)");
    assert.equal(await scalarOf(writer, names), 1);
  });
  it("are seen when they are committed, by those who waited", async () => {
    await must(writer, "BEGIN TRAN; CREATE TABLE dbo.n (a int)");
    await must(reader, "SET LOCK_TIMEOUT -1");
    const waiting = query(reader, names);
    await must(writer, "COMMIT");
    assert.equal((await waiting).scalar, 1);
  });
  it("are not seen when they are rolled back, by those who waited", async () => {
    await must(writer, "BEGIN TRAN; CREATE TABLE dbo.n (a int)");
    await must(reader, "SET LOCK_TIMEOUT -1");
    const waiting = query(reader, names);
    await must(writer, "ROLLBACK");
    assert.equal((await waiting).scalar, 0);
  });
  it("are seen under READ UNCOMMITTED and NOLOCK", async () => {
    await must(writer, "BEGIN TRAN; CREATE TABLE dbo.n (a int)");
    assert.equal(await scalarOf(reader, "SELECT COUNT(*) FROM sys.objects WITH (NOLOCK) WHERE name = N'n'"), 1);
    await must(reader, "SET TRANSACTION ISOLATION LEVEL READ UNCOMMITTED");
    assert.equal(await scalarOf(reader, names), 1);
  });
  it("do not keep other definitions, the server's views and tempdb from anybody", async () => {
    await must(writer, "BEGIN TRAN; CREATE TABLE dbo.n (a int)");
    await must(
      reader,
      "CREATE TABLE dbo.other (a int); SELECT name FROM sys.databases; SELECT session_id FROM sys.dm_exec_sessions",
    );
    await must(reader, "CREATE TABLE #x (a int); SELECT name FROM tempdb.sys.tables");
  });
  it("of #tables keep nobody waiting", async () => {
    await must(writer, "BEGIN TRAN; CREATE TABLE #n (a int); INSERT #n VALUES (1)");
    await must(reader, names);
    await must(reader, "SELECT name FROM tempdb.sys.tables");
  });
  it("are not there to be read or written by others", async () => {
    await must(writer, "BEGIN TRAN; CREATE TABLE dbo.n (a int); INSERT dbo.n VALUES (1)");
    assert.deepEqual(await numbersOf(reader, "SELECT a FROM dbo.n"), [1222]);
    assert.deepEqual(await numbersOf(reader, "INSERT dbo.n VALUES (2)"), [1222]);
  });
  it("of a dropped table leave nothing to others before the end", async () => {
    await must(writer, "BEGIN TRAN; DROP TABLE dbo.t");
    assert.deepEqual(await numbersOf(reader, "SELECT id FROM dbo.t"), [1222]);
    await must(writer, "ROLLBACK");
    await must(reader, "SELECT id FROM dbo.t");
  });
});
