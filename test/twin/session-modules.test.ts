/** Procedures, functions and triggers as a connection sees them. */
import assert from "node:assert/strict";
import type { SqlServerEngine } from "../../twin/src/session/engine";
import { call, Collector, loginAs, makeTable, must, newEngine, numbersOf, query, scalarOf } from "./collector";

type Session = Awaited<ReturnType<typeof loginAs>>;
const int = { name: "int" } as const;
const nvarchar = { name: "nvarchar", length: 4000 } as const;

describe("twin modules", () => {
  let engine: SqlServerEngine;
  let session: Session;

  beforeEach(async () => {
    engine = newEngine();
    session = await loginAs(engine);
  });

  const value = (sql: string, on: Session = session): Promise<unknown> => scalarOf(on, sql);
  const numbers = (sql: string, on: Session = session): Promise<number[]> => numbersOf(on, sql);
  const table = (): Promise<void> => makeTable(session);

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
    it("answers an RPC that leaves a transaction open with its values and 266", async () => {
      const result = await call(session, "sp_executesql", [
        { name: "", type: nvarchar, value: "SET @o = 3; BEGIN TRAN", output: false },
        { name: "", type: nvarchar, value: "@o int OUTPUT", output: false },
        { name: "@o", type: int, value: null, output: true },
      ]);
      assert.deepEqual([result.returned, result.numbers], [[{ name: "@o", value: 3 }], [266]]);
      assert.equal(await value("SELECT @@TRANCOUNT"), 1);
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
});
