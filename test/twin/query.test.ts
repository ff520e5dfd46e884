import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { session, startServer } from "./query-client";

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
      "draws one number of a sequence for each row",
      "CREATE SEQUENCE dbo.sq AS int START WITH 5; SELECT NEXT VALUE FOR dbo.sq, NEXT VALUE FOR dbo.sq, id FROM dbo.staff WHERE id < 3",
      [
        [5, 5, 1],
        [6, 6, 2],
      ],
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
