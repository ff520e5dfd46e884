import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { type Client, startServer, type TestServer } from "./query-client";

/** Each case gets a database session of its own server: what one does is never seen by the next. */
function session(): { readonly client: () => Client; readonly server: () => TestServer } {
  let server: TestServer;
  let client: Client;
  beforeEach(async () => {
    server = startServer();
    client = await server.login();
  });
  return { client: () => client, server: () => server };
}

describe("SELECT", () => {
  const { client } = session();
  const setUp = `CREATE TABLE dbo.staff (id int NOT NULL PRIMARY KEY, boss int NULL, team varchar(10) NULL, pay decimal(9,2) NULL);
    INSERT dbo.staff VALUES (1, NULL, 'ops', 10), (2, 1, 'ops', 20), (3, 1, 'dev', 20), (4, 2, NULL, NULL);`;
  const cases: [behaviour: string, sql: string, expected: unknown[][]][] = [
    ["counts rows and values apart", "SELECT COUNT(*), COUNT(team), COUNT(DISTINCT pay) FROM dbo.staff", [[4, 3, 2]]],
    [
      "keeps unmatched rows of a left join",
      "SELECT s.id, b.id FROM dbo.staff s LEFT JOIN dbo.staff b ON b.id = s.boss ORDER BY s.id",
      [
        [1, null],
        [2, 1],
        [3, 1],
        [4, 2],
      ],
    ],
    [
      "keeps unmatched rows of both sides of a full join",
      "SELECT a.id, b.id FROM dbo.staff a FULL JOIN dbo.staff b ON a.id = b.id + 3 ORDER BY 1, 2",
      [
        [null, 2],
        [null, 3],
        [null, 4],
        [1, null],
        [2, null],
        [3, null],
        [4, 1],
      ],
    ],
    ["never joins NULL to NULL", "SELECT COUNT(*) FROM dbo.staff a JOIN dbo.staff b ON a.team = b.team", [[5]]],
    [
      "leaves UNKNOWN out of WHERE and of its negation",
      "SELECT (SELECT COUNT(*) FROM dbo.staff WHERE pay > 10), (SELECT COUNT(*) FROM dbo.staff WHERE NOT pay > 10)",
      [[2, 1]],
    ],
    [
      "finds nothing with NOT IN when the list holds NULL",
      "SELECT id FROM dbo.staff WHERE id NOT IN (SELECT boss FROM dbo.staff)",
      [],
    ],
    [
      "correlates EXISTS",
      "SELECT id FROM dbo.staff s WHERE EXISTS (SELECT 1 FROM dbo.staff x WHERE x.boss = s.id) ORDER BY id",
      [[1], [2]],
    ],
    [
      "compares with ALL and ANY",
      "SELECT id FROM dbo.staff WHERE pay >= ALL (SELECT pay FROM dbo.staff WHERE pay IS NOT NULL) ORDER BY id",
      [[2], [3]],
    ],
    [
      "walks a recursive common table expression",
      "WITH r AS (SELECT id, 0 AS depth FROM dbo.staff WHERE boss IS NULL UNION ALL SELECT s.id, r.depth + 1 FROM dbo.staff s JOIN r ON r.id = s.boss) SELECT id, depth FROM r ORDER BY id",
      [
        [1, 0],
        [2, 1],
        [3, 1],
        [4, 2],
      ],
    ],
    [
      "applies a correlated query to each row",
      "SELECT s.id, x.n FROM dbo.staff s OUTER APPLY (SELECT TOP (1) y.id AS n FROM dbo.staff y WHERE y.boss = s.id ORDER BY y.id DESC) x ORDER BY s.id",
      [
        [1, 3],
        [2, 4],
        [3, null],
        [4, null],
      ],
    ],
    ["returns ties of TOP", "SELECT TOP (1) WITH TIES id FROM dbo.staff ORDER BY pay DESC", [[2], [3]]],
    [
      "pages with OFFSET and FETCH",
      "SELECT id FROM dbo.staff ORDER BY id OFFSET 1 ROWS FETCH NEXT 2 ROWS ONLY",
      [[2], [3]],
    ],
    ["sorts NULL first", "SELECT team FROM dbo.staff GROUP BY team ORDER BY team", [[null], ["dev"], ["ops"]]],
    ["filters groups", "SELECT team, SUM(pay) FROM dbo.staff GROUP BY team HAVING COUNT(*) > 1", [["ops", "30.00"]]],
    [
      "rolls up",
      "SELECT team, COUNT(*), GROUPING(team) FROM dbo.staff WHERE team IS NOT NULL GROUP BY ROLLUP (team)",
      [
        ["ops", 2, 0],
        ["dev", 1, 0],
        [null, 3, 1],
      ],
    ],
    [
      "numbers rows in partitions",
      "SELECT id, ROW_NUMBER() OVER (PARTITION BY team ORDER BY id DESC) FROM dbo.staff WHERE team = 'ops' ORDER BY id",
      [
        [1, 2],
        [2, 1],
      ],
    ],
    [
      "sums over a running frame",
      "SELECT id, SUM(id) OVER (ORDER BY id ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) FROM dbo.staff ORDER BY id",
      [
        [1, 1],
        [2, 3],
        [3, 5],
        [4, 7],
      ],
    ],
    [
      "looks back and ahead",
      "SELECT id, LAG(id) OVER (ORDER BY id), LEAD(id, 2, 0) OVER (ORDER BY id) FROM dbo.staff ORDER BY id",
      [
        [1, null, 3],
        [2, 1, 4],
        [3, 2, 0],
        [4, 3, 0],
      ],
    ],
    [
      "joins text in order",
      "SELECT STRING_AGG(CAST(id AS varchar(5)), '-') WITHIN GROUP (ORDER BY id DESC) FROM dbo.staff",
      [["4-3-2-1"]],
    ],
    [
      "turns rows into columns",
      "SELECT [1], [2] FROM (SELECT boss, id FROM dbo.staff) s PIVOT (COUNT(id) FOR boss IN ([1], [2])) p",
      [[2, 1]],
    ],
    [
      "removes duplicates over UNION, keeps them over UNION ALL",
      "SELECT COUNT(*) FROM (SELECT 1 AS a UNION SELECT 1 UNION ALL SELECT 1) x",
      [[2]],
    ],
    [
      "takes EXCEPT before the comparison of NULL matters",
      "SELECT boss FROM dbo.staff EXCEPT SELECT NULL ORDER BY 1",
      [[1], [2]],
    ],
    [
      "compares text without case and trailing blanks",
      "SELECT CASE WHEN 'Ops  ' = 'oPS' THEN 1 ELSE 0 END, CASE WHEN 'a' = 'A' COLLATE Latin1_General_BIN2 THEN 1 ELSE 0 END",
      [[1, 0]],
    ],
    ["splits text", "SELECT value FROM STRING_SPLIT('a,b,,c', ',')", [["a"], ["b"], [""], ["c"]]],
    ["generates a series backwards", "SELECT value FROM GENERATE_SERIES(3, 1)", [[3], [2], [1]]],
    [
      "reads JSON with a schema",
      `SELECT a, b FROM OPENJSON('[{"a":1,"b":"x"},{"a":2}]') WITH (a int, b varchar(5))`,
      [
        [1, "x"],
        [2, null],
      ],
    ],
    [
      "writes JSON without the columns that are NULL",
      "SELECT id, team FROM dbo.staff WHERE id > 2 FOR JSON PATH",
      [['[{"id":3,"team":"dev"},{"id":4}]']],
    ],
    [
      "joins text through FOR XML",
      "SELECT STUFF((SELECT ',' + team FROM dbo.staff FOR XML PATH(''), TYPE).value('.', 'nvarchar(max)'), 1, 1, '')",
      [["ops,ops,dev"]],
    ],
    [
      "gives NULL for what does not convert when it is only tried",
      "SELECT TRY_CONVERT(int, 'x'), TRY_CAST('2' AS int)",
      [[null, 2]],
    ],
    [
      "draws RAND once for all rows, NEWID for each",
      "SELECT COUNT(DISTINCT r), COUNT(DISTINCT n) FROM (SELECT RAND() AS r, NEWID() AS n FROM dbo.staff) x",
      [[1, 4]],
    ],
    ["compares greatest and least", "SELECT GREATEST(1, 5, NULL), LEAST('b', 'a')", [[5, "a"]]],
    [
      "formats numbers and dates",
      "SELECT FORMAT(1234.5, 'N2'), FORMAT(7, 'D3'), FORMAT(CAST('2026-03-01 14:05' AS datetime2), 'yyyy-MM-dd HH:mm')",
      [["1,234.50", "007", "2026-03-01 14:05"]],
    ],
    [
      "compresses so that DECOMPRESS gives it back",
      "SELECT CAST(DECOMPRESS(COMPRESS(N'hällo')) AS nvarchar(20))",
      [["hällo"]],
    ],
    [
      "moves a local time to another zone",
      "SELECT CONVERT(varchar(40), CAST('2026-07-01 12:00' AS datetime2(0)) AT TIME ZONE 'Pacific Standard Time' AT TIME ZONE 'UTC')",
      [["2026-07-01 19:00:00 +00:00"]],
    ],
    ["stops at SET ROWCOUNT", "SET ROWCOUNT 2; SELECT id FROM dbo.staff ORDER BY id", [[1], [2]]],
    [
      "assigns the last row's value to a variable",
      "DECLARE @x int; SELECT @x = id FROM dbo.staff ORDER BY id; SELECT @x",
      [[4]],
    ],
    [
      "keeps a variable when no row comes",
      "DECLARE @x int = 7; SELECT @x = id FROM dbo.staff WHERE id > 99; SELECT @x, @@ROWCOUNT",
      [[7, 0]],
    ],
    [
      "makes a table of a result, identity included",
      "CREATE TABLE dbo.n (id int IDENTITY(5,1), v int NOT NULL); INSERT dbo.n VALUES (1); SELECT id, v INTO dbo.m FROM dbo.n; INSERT dbo.m (v) VALUES (2); SELECT id FROM dbo.m ORDER BY id",
      [[5], [6]],
    ],
    [
      "sees through a view and an inline function",
      "EXEC ('CREATE VIEW dbo.ops AS SELECT id, pay FROM dbo.staff WHERE team = ''ops'''); EXEC ('CREATE FUNCTION dbo.above(@p decimal(9,2)) RETURNS TABLE AS RETURN SELECT id FROM dbo.ops WHERE pay > @p'); SELECT id FROM dbo.above(10)",
      [[2]],
    ],
    [
      "calls a scalar function for each row",
      "EXEC ('CREATE FUNCTION dbo.twice(@n int) RETURNS int AS BEGIN RETURN @n * 2 END'); SELECT dbo.twice(id) FROM dbo.staff WHERE id < 3 ORDER BY id",
      [[2], [4]],
    ],
  ];
  for (const [behaviour, sql, expected] of cases)
    it(behaviour, async () => {
      await client().run(setUp);
      assert.deepEqual(await client().rows(sql), expected);
    });

  it("hashes the UTF-16 bytes of nvarchar(max), however long", async () => {
    const text = "CREATE PROCEDURE dbo.p AS SELECT N'ü';\r\n".repeat(500);
    const [[hash]] = (await client().rows(
      `SELECT HASHBYTES('SHA2_256', CAST(N'${text.replaceAll("'", "''")}' AS nvarchar(max)))`,
    )) as [[string]];
    assert.equal(hash, createHash("sha256").update(Buffer.from(text, "utf16le")).digest("hex"));
  });

  const errors: [error: number, why: string, sql: string][] = [
    [207, "an unknown column", "SELECT nope FROM dbo.staff"],
    [208, "an unknown object", "SELECT 1 FROM dbo.nope"],
    [209, "a column of two tables", "SELECT id FROM dbo.staff a JOIN dbo.staff b ON a.id = b.id"],
    [4104, "an unknown qualifier", "SELECT z.id FROM dbo.staff"],
    [8120, "a column that is not grouped", "SELECT id, COUNT(*) FROM dbo.staff"],
    [8117, "a sum of text", "SELECT SUM(team) FROM dbo.staff"],
    [245, "text that is no number", "SELECT id FROM dbo.staff WHERE team = 1"],
    [8134, "a division by zero", "SELECT 1 / (id - 1) FROM dbo.staff"],
    [8115, "an arithmetic overflow", "SELECT 2147483647 + id FROM dbo.staff"],
    [512, "a scalar subquery of two rows", "SELECT (SELECT id FROM dbo.staff)"],
    [205, "a union of different widths", "SELECT 1 UNION SELECT 1, 2"],
    [530, "an endless recursion", "WITH r AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM r) SELECT n FROM r"],
    [1033, "an ORDER BY in a derived table", "SELECT id FROM (SELECT id FROM dbo.staff ORDER BY id) x"],
    [195, "an unknown function", "SELECT NOPE(1)"],
    [
      468,
      "two collations",
      "SELECT 1 FROM dbo.staff WHERE team COLLATE Latin1_General_CI_AS = (team COLLATE Latin1_General_BIN2)",
    ],
    [1038, "a new table's column without a name", "SELECT id + 1 INTO dbo.m FROM dbo.staff"],
    [49999, "a checksum, whose algorithm is not published", "SELECT CHECKSUM(id) FROM dbo.staff"],
    [49999, "a format that is not simple", "SELECT FORMAT(id, 'C', 'de-de') FROM dbo.staff"],
  ];
  for (const [error, why, sql] of errors)
    it(`refuses ${why} with ${error}`, async () => {
      await client().run(setUp);
      assert.equal(await client().error(sql), error);
    });

  it("does not know GREATEST before version 2022", async () => {
    const old = await startServer("2019").login();
    assert.equal(await old.error("SELECT GREATEST(1, 2)"), 195);
  });
});

describe("data modification", () => {
  const { client } = session();
  const tables = `CREATE TABLE dbo.parent (id int NOT NULL CONSTRAINT pk_parent PRIMARY KEY, name varchar(5) NOT NULL CONSTRAINT uq_parent UNIQUE, qty int NOT NULL CONSTRAINT df_qty DEFAULT 3 CONSTRAINT ck_qty CHECK (qty > 0), twice AS qty * 2);
    CREATE TABLE dbo.child (id int IDENTITY(1,1) PRIMARY KEY, parent int NULL CONSTRAINT fk_child REFERENCES dbo.parent (id), note nvarchar(max) NULL);
    INSERT dbo.parent (id, name) VALUES (1, 'a'), (2, 'b'), (3, 'c');
    INSERT dbo.child (parent, note) VALUES (1, N'hello'), (NULL, NULL);`;
  beforeEach(() => client().run(tables));

  const cases: [behaviour: string, sql: string, expected: unknown[][]][] = [
    [
      "fills defaults, identity and computed columns",
      "INSERT dbo.parent (id, name, qty) VALUES (9, 'z', DEFAULT); SELECT qty, twice FROM dbo.parent WHERE id = 9",
      [[3, 6]],
    ],
    [
      "inserts defaults only",
      "CREATE TABLE dbo.d (a int DEFAULT 4, b int); INSERT dbo.d DEFAULT VALUES; SELECT a, b FROM dbo.d",
      [[4, null]],
    ],
    [
      "inserts what a procedure selects",
      "EXEC ('CREATE PROCEDURE dbo.two AS SELECT 7, ''p7'' UNION ALL SELECT 8, ''p8'''); INSERT dbo.parent (id, name) EXEC dbo.two; SELECT id FROM dbo.parent WHERE id > 3 ORDER BY id",
      [[7], [8]],
    ],
    [
      "tells the identity of this scope",
      "INSERT dbo.child (parent) VALUES (2); SELECT SCOPE_IDENTITY(), @@IDENTITY",
      [["3", "3"]],
    ],
    [
      "takes identity values when asked to",
      "SET IDENTITY_INSERT dbo.child ON; INSERT dbo.child (id, parent) VALUES (50, 1); SET IDENTITY_INSERT dbo.child OFF; INSERT dbo.child (parent) VALUES (1); SELECT MAX(id) FROM dbo.child",
      [[51]],
    ],
    [
      "returns inserted and deleted values",
      "UPDATE dbo.parent SET qty += 1 OUTPUT deleted.qty, inserted.qty, inserted.twice WHERE id = 2",
      [[3, 4, 8]],
    ],
    [
      "puts OUTPUT into a table variable",
      "DECLARE @t TABLE (id int); DELETE dbo.parent OUTPUT deleted.id INTO @t WHERE id = 3; SELECT id FROM @t",
      [[3]],
    ],
    [
      "updates from a join",
      "UPDATE p SET qty = 10 + c.id FROM dbo.parent p JOIN dbo.child c ON c.parent = p.id; SELECT id, qty FROM dbo.parent ORDER BY id",
      [
        [1, 11],
        [2, 3],
        [3, 3],
      ],
    ],
    [
      "sets a variable beside the column",
      "DECLARE @v int; UPDATE dbo.parent SET @v = qty = qty + 5 WHERE id = 1; SELECT @v, qty FROM dbo.parent WHERE id = 1",
      [[8, 8]],
    ],
    [
      "lets keys change places",
      "UPDATE dbo.parent SET name = CASE name WHEN 'b' THEN 'c' ELSE 'b' END WHERE id IN (2, 3); SELECT name FROM dbo.parent ORDER BY id",
      [["a"], ["c"], ["b"]],
    ],
    [
      "writes into the middle of a long text",
      "UPDATE dbo.child SET note.WRITE(N'J', 0, 1) WHERE id = 1; UPDATE dbo.child SET note.WRITE(N'!', NULL, 0) WHERE id = 1; SELECT note FROM dbo.child WHERE id = 1",
      [["Jello!"]],
    ],
    [
      "changes no more than TOP rows",
      "UPDATE TOP (2) dbo.parent SET qty = 9; SELECT @@ROWCOUNT, (SELECT COUNT(*) FROM dbo.parent WHERE qty = 9)",
      [[2, 2]],
    ],
    [
      "deletes through a common table expression",
      "INSERT dbo.child (parent) VALUES (1), (1); WITH d AS (SELECT id, ROW_NUMBER() OVER (PARTITION BY parent ORDER BY id) AS n FROM dbo.child) DELETE d WHERE n > 1; SELECT id FROM dbo.child ORDER BY id",
      [[1], [2]],
    ],
    [
      "merges updates, inserts and deletes",
      `MERGE dbo.parent AS t USING (VALUES (2, 'bb'), (9, 'z')) AS s (id, name) ON s.id = t.id
        WHEN MATCHED THEN UPDATE SET name = s.name WHEN NOT MATCHED THEN INSERT (id, name) VALUES (s.id, s.name)
        WHEN NOT MATCHED BY SOURCE AND t.id = 3 THEN DELETE; SELECT id, name FROM dbo.parent ORDER BY id`,
      [
        [1, "a"],
        [2, "bb"],
        [9, "z"],
      ],
    ],
    [
      "names the action of a merged row",
      "MERGE dbo.parent AS t USING (VALUES (2), (9)) AS s (id) ON s.id = t.id WHEN MATCHED THEN DELETE WHEN NOT MATCHED THEN INSERT (id, name) VALUES (s.id, 'n') OUTPUT $action, inserted.id, deleted.id;",
      [
        ["DELETE", null, 2],
        ["INSERT", 9, null],
      ],
    ],
    [
      "starts identity again after TRUNCATE",
      "TRUNCATE TABLE dbo.child; INSERT dbo.child (parent) VALUES (2); SELECT id FROM dbo.child",
      [[1]],
    ],
    [
      "gives each change a new row version",
      "CREATE TABLE dbo.v (id int, r rowversion); INSERT dbo.v (id) VALUES (1); DECLARE @old binary(8) = (SELECT r FROM dbo.v); UPDATE dbo.v SET id = 1; SELECT CASE WHEN r > @old THEN 1 ELSE 0 END FROM dbo.v",
      [[1]],
    ],
    [
      "drops duplicate rows under IGNORE_DUP_KEY",
      "CREATE TABLE dbo.u (id int NOT NULL); CREATE UNIQUE INDEX ux ON dbo.u (id) WITH (IGNORE_DUP_KEY = ON); INSERT dbo.u VALUES (1), (1), (2); SELECT COUNT(*) FROM dbo.u",
      [[2]],
    ],
    [
      "cascades deletes and updates",
      "CREATE TABLE dbo.k (p int REFERENCES dbo.parent (id) ON DELETE CASCADE ON UPDATE CASCADE); INSERT dbo.k VALUES (2), (3); UPDATE dbo.parent SET id = 30 WHERE id = 3; DELETE dbo.parent WHERE id = 2; SELECT p FROM dbo.k",
      [[30]],
    ],
    [
      "sets references to NULL or to the default",
      "CREATE TABLE dbo.k (a int REFERENCES dbo.parent (id) ON DELETE SET NULL); CREATE TABLE dbo.l (b int DEFAULT 2 REFERENCES dbo.parent (id) ON DELETE SET DEFAULT); INSERT dbo.k VALUES (3); INSERT dbo.l VALUES (3); DELETE dbo.parent WHERE id = 3; SELECT a, b FROM dbo.k CROSS JOIN dbo.l",
      [[null, 2]],
    ],
    [
      "deletes a whole tree of one table at once",
      "CREATE TABLE dbo.tree (id int PRIMARY KEY, up int REFERENCES dbo.tree (id)); INSERT dbo.tree VALUES (1, NULL), (2, 1); DELETE dbo.tree; SELECT COUNT(*) FROM dbo.tree",
      [[0]],
    ],
    [
      "writes through a view",
      "EXEC ('CREATE VIEW dbo.few AS SELECT id, name AS label FROM dbo.parent WHERE id < 3'); UPDATE dbo.few SET label = 'vv' WHERE id = 1; INSERT dbo.few (id, label) VALUES (8, 'w'); DELETE dbo.few WHERE id = 2; SELECT id, name FROM dbo.parent ORDER BY id",
      [
        [1, "vv"],
        [3, "c"],
        [8, "w"],
      ],
    ],
    [
      "fires AFTER triggers once a statement, with both tables",
      `CREATE TABLE dbo.log (n int, o int); EXEC ('CREATE TRIGGER dbo.tr ON dbo.parent AFTER UPDATE AS INSERT dbo.log SELECT i.qty, d.qty FROM inserted i JOIN deleted d ON d.id = i.id');
        UPDATE dbo.parent SET qty = 5 WHERE id < 3; SELECT n, o FROM dbo.log`,
      [
        [5, 3],
        [5, 3],
      ],
    ],
    [
      "lets an INSTEAD OF trigger do the work",
      "EXEC ('CREATE VIEW dbo.joined AS SELECT p.id, p.name, c.note FROM dbo.parent p JOIN dbo.child c ON c.parent = p.id'); EXEC ('CREATE TRIGGER dbo.io ON dbo.joined INSTEAD OF INSERT AS INSERT dbo.parent (id, name) SELECT id, name FROM inserted'); INSERT dbo.joined (id, name) VALUES (6, 'f'); SELECT name FROM dbo.parent WHERE id = 6",
      [["f"]],
    ],
    [
      "modifies temporary tables",
      "SELECT id INTO #t FROM dbo.parent; DELETE #t WHERE id = 1; UPDATE #t SET id = id + 1; SELECT id FROM #t ORDER BY id",
      [[3], [4]],
    ],
  ];
  for (const [behaviour, sql, expected] of cases)
    it(behaviour, async () => assert.deepEqual(await client().rows(sql), expected));

  const errors: [error: number, why: string, sql: string][] = [
    [515, "a NULL in a column that takes none", "INSERT dbo.parent (id, name) VALUES (9, NULL)"],
    [544, "an identity value while IDENTITY_INSERT is off", "INSERT dbo.child (id, parent) VALUES (9, 1)"],
    [
      545,
      "a missing identity value while IDENTITY_INSERT is on",
      "SET IDENTITY_INSERT dbo.child ON; INSERT dbo.child (parent) VALUES (1)",
    ],
    [8101, "an identity value without a column list", "INSERT dbo.child VALUES (9, 1, NULL)"],
    [8102, "an update of identity", "UPDATE dbo.child SET id = 9"],
    [547, "a row that a CHECK excludes", "UPDATE dbo.parent SET qty = 0"],
    [547, "a reference to nothing", "INSERT dbo.child (parent) VALUES (99)"],
    [547, "the deletion of what is referred to", "DELETE dbo.parent WHERE id = 1"],
    [547, "a new key for what is referred to", "UPDATE dbo.parent SET id = 10 WHERE id = 1"],
    [2627, "a second row with one key", "INSERT dbo.parent (id, name) VALUES (1, 'q')"],
    [2627, "text that differs in case only under a unique key", "INSERT dbo.parent (id, name) VALUES (9, 'A')"],
    [
      2601,
      "a duplicate in a unique index",
      "CREATE UNIQUE INDEX ux ON dbo.child (parent) WHERE parent IS NOT NULL; INSERT dbo.child (parent) VALUES (1)",
    ],
    [2628, "text that is too long", "INSERT dbo.parent (id, name) VALUES (9, 'toolong')"],
    [271, "a value for a computed column", "INSERT dbo.parent (id, name, twice) VALUES (9, 'q', 1)"],
    [272, "an update of a row version", "CREATE TABLE dbo.v (id int, r rowversion); UPDATE dbo.v SET r = 0x00"],
    [273, "a value for a row version", "CREATE TABLE dbo.v (id int, r rowversion); INSERT dbo.v VALUES (1, 0x00)"],
    [264, "a column that is set twice", "UPDATE dbo.parent SET qty = 1, qty = 2"],
    [109, "fewer values than columns", "INSERT dbo.parent (id, name) VALUES (9)"],
    [110, "more values than columns", "INSERT dbo.parent (id, name) VALUES (9, 'q', 1)"],
    [120, "fewer selected items than columns", "INSERT dbo.parent (id, name) SELECT 9"],
    [213, "a wrong number of values without a list", "INSERT dbo.parent VALUES (9, 'q')"],
    [
      8672,
      "a row that is merged twice",
      "MERGE dbo.parent t USING (VALUES (1), (1)) s (id) ON s.id = t.id WHEN MATCHED THEN UPDATE SET qty = 4;",
    ],
    [4712, "TRUNCATE of a table that is referred to", "TRUNCATE TABLE dbo.parent"],
    [4701, "TRUNCATE of nothing", "TRUNCATE TABLE dbo.nope"],
    [
      334,
      "OUTPUT to the client from a table with triggers",
      "EXEC ('CREATE TRIGGER dbo.tr ON dbo.parent AFTER INSERT AS RETURN'); INSERT dbo.parent (id, name) OUTPUT inserted.id VALUES (9, 'q')",
    ],
    [
      4405,
      "a change of two tables through a view",
      "EXEC ('CREATE VIEW dbo.j AS SELECT p.id, c.note FROM dbo.parent p JOIN dbo.child c ON c.parent = p.id'); DELETE dbo.j",
    ],
    [
      4406,
      "a change of a view's computed column",
      "EXEC ('CREATE VIEW dbo.x AS SELECT id, qty + 1 AS more FROM dbo.parent'); UPDATE dbo.x SET more = 1",
    ],
    [
      4421,
      "a change of a derived table's computed column",
      "UPDATE d SET more = 1 FROM (SELECT id, qty + 1 AS more FROM dbo.parent) d",
    ],
    [
      4403,
      "a change through a view that groups",
      "EXEC ('CREATE VIEW dbo.g AS SELECT qty FROM dbo.parent GROUP BY qty'); UPDATE dbo.g SET qty = 1",
    ],
    [
      550,
      "a row that leaves a view with CHECK OPTION",
      "EXEC ('CREATE VIEW dbo.low AS SELECT id, name FROM dbo.parent WHERE id < 5 WITH CHECK OPTION'); INSERT dbo.low (id, name) VALUES (9, 'q')",
    ],
    [259, "a change of a catalog view", "DELETE sys.objects"],
    [
      331,
      "OUTPUT into a table with triggers",
      "CREATE TABLE dbo.o (id int); EXEC ('CREATE TRIGGER dbo.tr ON dbo.o AFTER INSERT AS RETURN'); DELETE dbo.child OUTPUT deleted.id INTO dbo.o",
    ],
  ];
  for (const [error, why, sql] of errors)
    it(`refuses ${why} with ${error}`, async () => assert.equal(await client().error(sql), error));

  it("says what conflicts, where and in which column", async () => {
    assert.equal(
      await client().complaint("DELETE dbo.parent WHERE id = 1"),
      `The DELETE statement conflicted with the REFERENCE constraint "fk_child". The conflict occurred in database "shop", table "dbo.child", column 'parent'.`,
    );
    assert.equal(
      await client().complaint("INSERT dbo.parent (id, name) VALUES (1, 'q')"),
      "Violation of PRIMARY KEY constraint 'pk_parent'. Cannot insert duplicate key in object 'dbo.parent'. The duplicate key value is (1).",
    );
  });

  it("tells that a duplicate was ignored", async () => {
    const { messages } = await client().run(
      "CREATE TABLE dbo.u (id int NOT NULL); CREATE UNIQUE INDEX ux ON dbo.u (id) WITH (IGNORE_DUP_KEY = ON); INSERT dbo.u VALUES (1), (1)",
    );
    assert.deepEqual(
      messages.map((message) => [message.number, message.severity]),
      [[3604, 0]],
    );
  });

  it("takes back all of a statement that fails at its last row, and nothing of the one before", async () => {
    await client().error(
      "BEGIN TRANSACTION; INSERT dbo.parent (id, name) VALUES (10, 'ok'); INSERT dbo.parent (id, name) VALUES (11, 'x'), (1, 'y'); COMMIT",
    );
    assert.deepEqual(await client().rows("SELECT id FROM dbo.parent WHERE id > 3"), [[10]]);
  });

  it("gives back rows and keys on rollback", async () => {
    await client().run(
      "BEGIN TRANSACTION; DELETE dbo.parent WHERE id = 2; UPDATE dbo.parent SET name = 'n' WHERE id = 3; INSERT dbo.parent (id, name) VALUES (4, 'b'); ROLLBACK",
    );
    assert.deepEqual(await client().rows("SELECT id, name FROM dbo.parent ORDER BY id"), [
      [1, "a"],
      [2, "b"],
      [3, "c"],
    ]);
    assert.deepEqual(await client().rows("SELECT id FROM dbo.parent"), [[1], [2], [3]]);
    assert.equal(await client().error("INSERT dbo.parent (id, name) VALUES (5, 'b')"), 2627);
  });
});

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

describe("equality joins", () => {
  it("cost in proportion to their rows, not to the product", async () => {
    const client = await startServer().login();
    await client.run(
      "CREATE TABLE dbo.a (id int NOT NULL, v int); INSERT dbo.a SELECT value, value % 10 FROM GENERATE_SERIES(1, 50000)",
    );
    // Each of these would take 2.5 thousand million steps without a hash.
    const queries = [
      "SELECT COUNT(*) FROM dbo.a x JOIN dbo.a y ON x.id = y.id",
      "SELECT COUNT(y.id) FROM dbo.a x LEFT JOIN dbo.a y ON x.id = y.id AND y.v = x.v",
      "SELECT COUNT(*) FROM dbo.a x WHERE EXISTS (SELECT 1 FROM dbo.a y WHERE y.id = x.id)",
      "SELECT COUNT(*) FROM dbo.a x WHERE x.v IN (SELECT y.v FROM dbo.a y WHERE y.id = x.id)",
      "SELECT COUNT(z.id) FROM dbo.a x OUTER APPLY (SELECT TOP (1) id FROM dbo.a y WHERE y.id = x.id) z",
    ];
    for (const query of queries) assert.deepEqual(await client.rows(query), [[50000]]);
  });
});
