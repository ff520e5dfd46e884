import assert from "node:assert/strict";
import { databaseReferences, moduleReferences, objectReferences } from "../../twin/src/ddl/dependency-rows";
import { refreshModule } from "../../twin/src/ddl/module/define-module";
import { renameObject, type RenameKind } from "../../twin/src/ddl/rename";
import { Bench } from "./ddl-harness";

describe("twin modules", () => {
  let bench: Bench;
  beforeEach(() => {
    bench = new Bench();
    bench.run("CREATE TABLE dbo.t (id int NOT NULL CONSTRAINT pk_t PRIMARY KEY, a int NULL, s varchar(10) NULL)");
    bench.run("INSERT dbo.t VALUES (1, 10, 'x'), (2, 20, 'y')");
  });

  describe("definitions", () => {
    it("keep the batch as it was sent", () => {
      const sql = "-- why\nCREATE   procedure dbo.p AS SELECT 1 -- end\n";
      bench.run(sql);
      assert.equal(bench.module("p").definition, sql);
    });
    it("say CREATE after ALTER, and lose OR ALTER with the blanks kept", () => {
      bench.run("create or alter PROC dbo.p AS SELECT 1");
      assert.equal(bench.module("p").definition, "create   PROC dbo.p AS SELECT 1");
      bench.run("/* x */ alter proc dbo.p AS SELECT 2");
      assert.equal(bench.module("p").definition, "/* x */ CREATE proc dbo.p AS SELECT 2");
    });
    it("are NULL under ENCRYPTION", () => {
      bench.run("CREATE PROCEDURE dbo.p WITH ENCRYPTION AS SELECT 1");
      assert.equal(bench.module("p").definition, null);
    });
    it("capture QUOTED_IDENTIFIER and ANSI_NULLS of the session", () => {
      bench.options.ansiNulls = false;
      bench.options.quotedIdentifier = false;
      bench.run("CREATE PROCEDURE dbo.p AS SELECT 1");
      const { usesAnsiNulls, usesQuotedIdentifier } = bench.module("p");
      assert.deepEqual([usesAnsiNulls, usesQuotedIdentifier], [false, false]);
    });
    it("must be the first statement of their batch", () => {
      assert.deepEqual(bench.numbers("SELECT 1; CREATE PROCEDURE dbo.p AS SELECT 1"), [111]);
    });
  });

  describe("CREATE, ALTER and CREATE OR ALTER", () => {
    it("keep the id, the creation date and the permissions of what they change", () => {
      bench.run("CREATE PROCEDURE dbo.p AS SELECT 1");
      const before = bench.module("p");
      bench.transaction.push(bench.database.permissions, {
        classId: 1,
        majorId: before.id,
        minorId: 0,
        granteeId: 0,
        grantorId: 1,
        name: "EXECUTE",
        state: "G",
      });
      const { id, created } = before;
      bench.run("CREATE OR ALTER PROCEDURE dbo.p @a int AS SELECT 2");
      const after = bench.module("p");
      assert.deepEqual([after.id, after.created, after.parameters.length], [id, created, 1]);
      assert.ok(bench.database.permissions.some((permission) => permission.majorId === id));
    });
    it("refuse a name that is taken, a missing one and another kind", () => {
      bench.run("CREATE PROCEDURE dbo.p AS SELECT 1");
      assert.deepEqual(bench.numbers("CREATE PROCEDURE dbo.p AS SELECT 1"), [2714]);
      assert.deepEqual(bench.numbers("ALTER PROCEDURE dbo.nope AS SELECT 1"), [208]);
      assert.deepEqual(bench.numbers("ALTER VIEW dbo.p AS SELECT 1 AS a"), [2010]);
      assert.deepEqual(bench.numbers("CREATE OR ALTER VIEW dbo.t AS SELECT 1 AS a"), [2010]);
      bench.run("CREATE FUNCTION dbo.f () RETURNS int AS BEGIN RETURN 1 END");
      assert.deepEqual(bench.numbers("ALTER FUNCTION dbo.f () RETURNS TABLE AS RETURN SELECT 1 AS a"), [2010]);
    });
    it("refuse unknown types, doubled parameters, and table parameters without READONLY", () => {
      bench.run("CREATE TYPE dbo.list AS TABLE (a int)");
      assert.deepEqual(bench.numbers("CREATE PROCEDURE dbo.p @a dbo.nope AS SELECT 1"), [2715]);
      assert.deepEqual(bench.numbers("CREATE PROCEDURE dbo.p @a int, @A int AS SELECT 1"), [134]);
      assert.deepEqual(bench.numbers("CREATE PROCEDURE dbo.p @a dbo.list AS SELECT 1"), [352]);
      assert.deepEqual(bench.numbers("CREATE PROCEDURE dbo.p @a int READONLY AS SELECT 1"), [346]);
      bench.run("CREATE PROCEDURE dbo.p @a dbo.list READONLY, @b int = 5, @c int OUTPUT AS SELECT a FROM @a");
      assert.deepEqual(
        bench.module("p").parameters.map(({ readOnly, hasDefault, output }) => [readOnly, hasDefault, output]),
        [
          [true, false, false],
          [false, true, false],
          [false, false, true],
        ],
      );
    });
    it("keep EXECUTE AS as a principal, and refuse it where the kind has none", () => {
      bench.run("CREATE PROCEDURE dbo.p WITH EXECUTE AS OWNER, RECOMPILE AS SELECT 1");
      assert.deepEqual([bench.module("p").executeAsPrincipalId, bench.module("p").recompiled], [-2, true]);
      bench.run("ALTER PROCEDURE dbo.p WITH EXECUTE AS SELF AS SELECT 1");
      assert.deepEqual([bench.module("p").executeAsPrincipalId, bench.module("p").recompiled], [1, false]);
      assert.deepEqual(bench.numbers("ALTER PROCEDURE dbo.p WITH EXECUTE AS 'nobody' AS SELECT 1"), [15151]);
      assert.deepEqual(bench.numbers("CREATE VIEW dbo.v WITH RECOMPILE AS SELECT 1 AS a"), [487]);
    });
    it("are undone by rollback", () => {
      bench.run("CREATE PROCEDURE dbo.p AS SELECT 1");
      const mark = bench.transaction.mark;
      bench.run("ALTER PROCEDURE dbo.p @a int AS SELECT 2");
      bench.transaction.rollbackTo(mark);
      assert.equal(bench.module("p").definition, "CREATE PROCEDURE dbo.p AS SELECT 1");
      assert.equal(bench.module("p").parameters.length, 0);
    });
  });

  describe("deferred name resolution", () => {
    it("lets a procedure name tables that are not there", () => {
      bench.run(
        "CREATE PROCEDURE dbo.p AS SELECT nope FROM dbo.later; INSERT dbo.later (x) VALUES (1); UPDATE dbo.later SET x = 1",
      );
    });
    const wrong = [
      "SELECT nope FROM dbo.t",
      "SELECT nope INTO #x FROM dbo.t",
      "INSERT dbo.t (id, nope) VALUES (1, 2)",
      "UPDATE dbo.t SET nope = 1",
      "UPDATE x SET a = nope FROM dbo.t AS x",
      "DELETE dbo.t WHERE nope = 1",
      "IF EXISTS (SELECT 1 FROM dbo.t WHERE nope = 1) PRINT 'x'",
      "DECLARE @v int; SELECT @v = nope FROM dbo.t",
      "DECLARE c CURSOR FOR SELECT nope FROM dbo.t",
      "BEGIN TRY WHILE 1 = 1 BEGIN SELECT nope FROM dbo.t END END TRY BEGIN CATCH PRINT 'x' END CATCH",
    ];
    for (const body of wrong)
      it(`finds a missing column of a table that is there: ${body}`, () => {
        const [error] = bench.failure(() => bench.run(`CREATE PROCEDURE dbo.p AS ${body}`));
        assert.deepEqual([error?.number, error?.procedure], [207, "p"]);
        assert.equal(bench.object("p"), undefined);
      });
    it("leaves alone what it cannot know: temporary tables, aliases, table expressions and table variables", () => {
      bench.run(`CREATE PROCEDURE dbo.p AS
        CREATE TABLE #w (k int); INSERT #w (k) SELECT a FROM dbo.t; SELECT k, zzz FROM #w;
        DECLARE @v TABLE (m int); INSERT @v (m) SELECT id FROM dbo.t; UPDATE x SET m = 1 FROM @v AS x;
        WITH c AS (SELECT id AS q FROM dbo.t) SELECT q FROM c;
        UPDATE y SET s = 'z' FROM dbo.t AS y JOIN @v AS x ON x.m = y.id;
        MERGE dbo.t AS g USING @v AS x ON x.m = g.id WHEN MATCHED THEN UPDATE SET a = 1;`);
    });
    it("says 2007 for a procedure that is not there yet, and creates the caller", () => {
      bench.run("CREATE PROCEDURE dbo.p AS EXEC dbo.later; EXEC sp_executesql N'SELECT 1'");
      assert.deepEqual(
        bench.messages.map(({ number, severity }) => [number, severity]),
        [[2007, 10]],
      );
    });
    it("finds undeclared and doubled variables", () => {
      assert.deepEqual(bench.numbers("CREATE PROCEDURE dbo.p AS SET @x = 1"), [137]);
      assert.deepEqual(bench.numbers("CREATE PROCEDURE dbo.p @x int AS DECLARE @x int"), [134]);
      assert.deepEqual(bench.numbers("CREATE PROCEDURE dbo.p AS SELECT * FROM @t"), [1087]);
    });
  });

  describe("views and inline functions", () => {
    it("bind when they are made", () => {
      assert.deepEqual(bench.numbers("CREATE VIEW dbo.v AS SELECT a FROM dbo.later"), [208]);
      assert.deepEqual(bench.numbers("CREATE VIEW dbo.v AS SELECT nope FROM dbo.t"), [207]);
      assert.deepEqual(
        bench.numbers("CREATE FUNCTION dbo.f () RETURNS TABLE AS RETURN SELECT a FROM dbo.later"),
        [208],
      );
    });
    it("need a name for every column, once", () => {
      assert.deepEqual(bench.numbers("CREATE VIEW dbo.v AS SELECT a + 1 FROM dbo.t"), [4511]);
      assert.deepEqual(
        bench.numbers("CREATE FUNCTION dbo.f () RETURNS TABLE AS RETURN SELECT a + 1 FROM dbo.t"),
        [4514],
      );
      assert.deepEqual(bench.numbers("CREATE VIEW dbo.v AS SELECT a, id AS A FROM dbo.t"), [4506]);
      assert.deepEqual(bench.numbers("CREATE VIEW dbo.v (x, y) AS SELECT a FROM dbo.t"), [8159]);
      assert.deepEqual(bench.numbers("CREATE VIEW dbo.v (x) AS SELECT a, id FROM dbo.t"), [8158]);
    });
    it("refuse ORDER BY without TOP, INTO and temporary tables", () => {
      assert.deepEqual(bench.numbers("CREATE VIEW dbo.v AS SELECT a FROM dbo.t ORDER BY a"), [1033]);
      assert.deepEqual(bench.numbers("CREATE VIEW dbo.v AS SELECT a FROM #t"), [4508]);
      bench.run("CREATE VIEW dbo.v AS SELECT TOP (5) a FROM dbo.t ORDER BY a");
    });
    it("take names from the column list and types from the query", () => {
      bench.run("CREATE VIEW dbo.v (x, y) AS SELECT id, s FROM dbo.t");
      assert.deepEqual(
        bench.module("v").columns.map(({ name, type, nullable }) => [name, type.name, nullable]),
        [
          ["x", "int", false],
          ["y", "varchar", true],
        ],
      );
      bench.run("CREATE FUNCTION dbo.f (@k int) RETURNS TABLE AS RETURN SELECT id FROM dbo.t WHERE a > @k");
      assert.deepEqual(bench.rows("SELECT id FROM dbo.f(15)"), [[2]]);
    });
    it("show a changed table only after the refresh", () => {
      bench.run("CREATE VIEW dbo.v AS SELECT * FROM dbo.t");
      bench.run("ALTER TABLE dbo.t ADD extra int NULL");
      assert.equal(bench.module("v").columns.length, 3);
      refreshModule(bench.module("v"), bench.database, bench.context);
      assert.equal(bench.module("v").columns.length, 4);
      bench.run("ALTER TABLE dbo.t DROP COLUMN extra; CREATE TABLE dbo.u (k int)");
      bench.run("CREATE VIEW dbo.w AS SELECT k FROM dbo.u");
      bench.run("DROP TABLE dbo.u");
      assert.deepEqual(
        bench
          .failure(() => refreshModule(bench.module("w"), bench.database, bench.context))
          .map(({ number }) => number),
        [208],
      );
    });
  });

  describe("functions", () => {
    const refused: [body: string, number: number][] = [
      ["INSERT dbo.t (id) VALUES (1) RETURN 1", 443],
      ["EXEC ('SELECT 1') RETURN 1", 443],
      ["PRINT 'x' RETURN 1", 443],
      ["SELECT 1 RETURN 1", 444],
      ["DECLARE @g uniqueidentifier = newid() RETURN 1", 443],
      ["IF 1 = 1 RETURN 1", 455],
      ["SELECT nope FROM dbo.t RETURN 1", 444],
      ["DECLARE @v int; SELECT @v = nope FROM dbo.t RETURN 1", 207],
    ];
    for (const [body, number] of refused)
      it(`refuse the body ${body}`, () => {
        assert.deepEqual(bench.numbers(`CREATE FUNCTION dbo.f () RETURNS int AS BEGIN ${body} END`), [number]);
      });
    it("may write to their own table variable", () => {
      bench.run(
        "CREATE FUNCTION dbo.f () RETURNS @r TABLE (k int NOT NULL) AS BEGIN INSERT @r (k) SELECT id FROM dbo.t RETURN END",
      );
      assert.deepEqual(
        bench.module("f").columns.map(({ name }) => name),
        ["k"],
      );
    });
  });

  describe("schema binding", () => {
    it("asks for two-part names, no star, no synonym and bound references", () => {
      bench.run("CREATE SYNONYM dbo.syn FOR dbo.t");
      bench.run("CREATE VIEW dbo.plain AS SELECT id FROM dbo.t");
      assert.deepEqual(bench.numbers("CREATE VIEW dbo.v WITH SCHEMABINDING AS SELECT id FROM t"), [4512]);
      assert.deepEqual(bench.numbers("CREATE VIEW dbo.v WITH SCHEMABINDING AS SELECT id FROM shop.dbo.t"), [4512]);
      assert.deepEqual(bench.numbers("CREATE VIEW dbo.v WITH SCHEMABINDING AS SELECT * FROM dbo.t"), [1054]);
      assert.deepEqual(bench.numbers("CREATE VIEW dbo.v WITH SCHEMABINDING AS SELECT id FROM dbo.syn"), [2788]);
      assert.deepEqual(bench.numbers("CREATE VIEW dbo.v WITH SCHEMABINDING AS SELECT id FROM dbo.plain"), [4513]);
      assert.deepEqual(bench.numbers("CREATE VIEW dbo.v WITH SCHEMABINDING AS SELECT id FROM dbo.later"), [208]);
    });
    it("holds what it reads against DROP, ALTER, rename and transfer, until it is unbound", () => {
      bench.run("CREATE FUNCTION dbo.f (@x int) RETURNS int WITH SCHEMABINDING AS BEGIN RETURN @x + 1 END");
      bench.run("CREATE VIEW dbo.v WITH SCHEMABINDING AS SELECT id, dbo.f(a) AS b FROM dbo.t");
      bench.run("CREATE SCHEMA sales");
      assert.deepEqual(bench.numbers("DROP TABLE dbo.t"), [3729]);
      assert.deepEqual(bench.numbers("DROP FUNCTION dbo.f"), [3729]);
      assert.deepEqual(
        bench.numbers("ALTER FUNCTION dbo.f (@x int) RETURNS int WITH SCHEMABINDING AS BEGIN RETURN @x + 2 END"),
        [3729],
      );
      assert.deepEqual(bench.numbers("ALTER SCHEMA sales TRANSFER dbo.t"), [15348]);
      assert.deepEqual(rename(bench, "OBJECT", ["dbo", "t"], "t2"), [15336]);
      assert.deepEqual(rename(bench, "COLUMN", ["dbo", "t", "a"], "a2"), [15336]);
      bench.run("ALTER VIEW dbo.v AS SELECT id FROM dbo.t");
      bench.run("DROP FUNCTION dbo.f; DROP TABLE dbo.t");
    });
    it("holds functions of CHECK, DEFAULT and computed columns", () => {
      bench.run("CREATE FUNCTION dbo.f (@x int) RETURNS int AS BEGIN RETURN @x END");
      bench.run("ALTER TABLE dbo.t WITH NOCHECK ADD CONSTRAINT ck CHECK (dbo.f(a) > 0)");
      const [error] = bench.failure(() => bench.run("DROP FUNCTION dbo.f"));
      assert.equal(error?.message, "Cannot DROP FUNCTION 'dbo.f' because it is being referenced by object 'ck'.");
    });
  });

  describe("triggers", () => {
    it("see inserted and deleted, live in the schema of their table and go with it", () => {
      bench.run(
        "CREATE TRIGGER tr ON dbo.t AFTER UPDATE, INSERT AS IF UPDATE(a) SELECT i.id, d.a FROM inserted AS i JOIN deleted AS d ON d.id = i.id",
      );
      assert.deepEqual(bench.module("tr").trigger, {
        disabled: false,
        insteadOf: false,
        events: ["UPDATE", "INSERT"],
        onDatabase: false,
      });
      assert.deepEqual(bench.numbers("CREATE TRIGGER tr2 ON dbo.t AFTER INSERT AS SELECT nope FROM inserted"), [207]);
      bench.run("DROP TABLE dbo.t");
      assert.equal(bench.object("tr"), undefined);
    });
    it("refuse missing parents, AFTER on a view, a second INSTEAD OF, another schema and another table", () => {
      bench.run("CREATE VIEW dbo.v AS SELECT id FROM dbo.t");
      bench.run("CREATE TABLE dbo.u (k int)");
      bench.run("CREATE SCHEMA sales");
      assert.deepEqual(bench.numbers("CREATE TRIGGER dbo.x ON dbo.nope AFTER INSERT AS SELECT 1"), [8197]);
      assert.deepEqual(bench.numbers("CREATE TRIGGER dbo.x ON dbo.v AFTER INSERT AS SELECT 1"), [8197]);
      bench.run("CREATE TRIGGER dbo.x ON dbo.v INSTEAD OF INSERT AS SELECT 1");
      assert.deepEqual(bench.numbers("CREATE TRIGGER dbo.y ON dbo.v INSTEAD OF INSERT, DELETE AS SELECT 1"), [2111]);
      assert.deepEqual(bench.numbers("CREATE TRIGGER sales.y ON dbo.t AFTER INSERT AS SELECT 1"), [2103]);
      bench.run("CREATE TRIGGER dbo.z ON dbo.t AFTER INSERT AS SELECT 1");
      assert.deepEqual(bench.numbers("ALTER TRIGGER dbo.z ON dbo.u AFTER INSERT AS SELECT 1"), [2110]);
    });
    it("on the database fire after the statements that they name", () => {
      bench.run("CREATE TRIGGER guard ON DATABASE FOR DDL_TABLE_EVENTS, CREATE_VIEW AS PRINT 'x'");
      bench.run("CREATE TABLE dbo.u (k int)");
      bench.run("CREATE VIEW dbo.v AS SELECT 1 AS a");
      bench.run("CREATE TABLE #temporary (a int)");
      bench.run("CREATE PROCEDURE dbo.p AS SELECT 1");
      assert.deepEqual(bench.fired, ["CREATE_TABLE", "CREATE_VIEW"]);
      bench.run("DISABLE TRIGGER guard ON DATABASE; DROP TABLE dbo.u");
      assert.equal(bench.fired.length, 2);
      assert.deepEqual(bench.numbers("DROP TRIGGER guard"), [3701]);
      bench.run("DROP TRIGGER guard ON DATABASE");
      assert.deepEqual(bench.numbers("CREATE TRIGGER g ON DATABASE FOR nonsense AS SELECT 1"), [1084]);
      assert.deepEqual(bench.numbers("CREATE TRIGGER g ON ALL SERVER FOR CREATE_LOGIN AS SELECT 1"), [49999]);
    });
  });

  describe("indexed views", () => {
    it("begin with a unique clustered index on a schema-bound view without duplicates", () => {
      bench.run("CREATE VIEW dbo.v WITH SCHEMABINDING AS SELECT id, a FROM dbo.t");
      assert.deepEqual(bench.numbers("CREATE INDEX ix ON dbo.v (a)"), [1940]);
      assert.deepEqual(bench.numbers("CREATE CLUSTERED INDEX ix ON dbo.v (a)"), [1941]);
      bench.run("CREATE UNIQUE CLUSTERED INDEX cx ON dbo.v (id); CREATE INDEX ix ON dbo.v (a)");
      assert.deepEqual(
        bench.module("v").indexes.map(({ name, type }) => [name, type]),
        [
          ["cx", "CLUSTERED"],
          ["ix", "NONCLUSTERED"],
        ],
      );
      bench.run("DROP INDEX cx ON dbo.v");
      assert.deepEqual(bench.module("v").indexes, []);
    });
    it("lose their indexes when the view is altered", () => {
      bench.run("CREATE VIEW dbo.v WITH SCHEMABINDING AS SELECT id, a FROM dbo.t");
      bench.run("CREATE UNIQUE CLUSTERED INDEX cx ON dbo.v (id)");
      bench.run("ALTER VIEW dbo.v WITH SCHEMABINDING AS SELECT id FROM dbo.t");
      assert.equal(bench.module("v").indexes.length, 0);
    });
    const refused: [query: string, number: number][] = [
      ["SELECT 1 AS id FROM dbo.t", 1505],
      ["SELECT x.id FROM dbo.t AS x LEFT JOIN dbo.t AS y ON x.id = y.id", 10113],
      ["SELECT a AS id, COUNT(*) AS n FROM dbo.t GROUP BY a", 10136],
      ["SELECT a AS id, SUM(id) AS n FROM dbo.t GROUP BY a", 10138],
      ["SELECT a AS id, MAX(id) AS n FROM dbo.t GROUP BY a", 10125],
      ["SELECT id FROM dbo.t UNION SELECT a FROM dbo.t", 10116],
      ["SELECT id FROM dbo.t WHERE EXISTS (SELECT 1 AS one FROM dbo.t)", 10127],
    ];
    for (const [query, number] of refused)
      it(`refuse ${query}`, () => {
        bench.run(`CREATE VIEW dbo.v WITH SCHEMABINDING AS ${query}`);
        assert.equal(bench.numbers("CREATE UNIQUE CLUSTERED INDEX cx ON dbo.v (id)")[0], number);
      });
    it("refuse a view that is not bound", () => {
      bench.run("CREATE VIEW dbo.v AS SELECT id FROM dbo.t");
      assert.deepEqual(bench.numbers("CREATE UNIQUE CLUSTERED INDEX cx ON dbo.v (id)"), [1939]);
    });
  });

  describe("dependencies", () => {
    it("of a procedure are by name, with an id where the name leads somewhere", () => {
      bench.run(
        "CREATE PROCEDURE dbo.p AS SELECT a FROM t; UPDATE dbo.later SET x = 1; EXEC helper; SELECT 1 FROM other.dbo.x",
      );
      const rows = moduleReferences(bench.module("p"), bench.database);
      assert.deepEqual(
        rows.map((row) => [
          row.databaseName,
          row.schemaName,
          row.entityName,
          row.referencedId,
          row.isCallerDependent,
          row.isUpdated,
        ]),
        [
          [null, null, "t", bench.table("t").id, false, false],
          [null, "dbo", "later", null, false, true],
          [null, null, "helper", null, true, false],
          ["other", "dbo", "x", null, false, false],
        ],
      );
    });
    it("of a bound view reach its columns, and constraints and computed columns name theirs", () => {
      bench.run("CREATE VIEW dbo.v WITH SCHEMABINDING AS SELECT a FROM dbo.t");
      bench.run("ALTER TABLE dbo.t ADD twice AS a * 2; ALTER TABLE dbo.t ADD CONSTRAINT ck CHECK (a > 0)");
      const { id } = bench.table("t");
      const shape = (name: string): unknown =>
        objectReferences(bench.object(name)!, bench.database).map((row) => [
          row.referencingMinorId,
          row.referencedId,
          row.referencedMinorId,
          row.isSchemaBound,
        ]);
      assert.deepEqual(shape("v"), [
        [0, id, 0, true],
        [0, id, 2, true],
      ]);
      assert.deepEqual(shape("t"), [[4, id, 2, true]]);
      assert.deepEqual(shape("ck"), [[0, id, 2, true]]);
      assert.equal([...databaseReferences(bench.database)].length, 4);
    });
  });
});

function rename(bench: Bench, kind: RenameKind | undefined, parts: string[], newName: string): number[] {
  return bench
    .failure(() => bench.work(renameObject(kind, { parts, line: 1 }, newName, bench.context)))
    .map(({ number }) => number);
}
