/** Facts about indexed views and about what is deterministic. */
import { ok, rows, type Fact, type Sheet } from "./fact";

const view = (query: string, key = "a"): string[] => [
  `CREATE VIEW dbo.v WITH SCHEMABINDING AS ${query}`,
  `CREATE UNIQUE CLUSTERED INDEX i ON dbo.v (${key})`,
];

function persisted(expression: string, deterministic: boolean): Fact {
  return [
    `${expression} is ${deterministic ? "" : "not "}deterministic`,
    `CREATE TABLE dbo.c (i int, s varchar(30), d datetime, e date, c AS (${expression}) PERSISTED)`,
    deterministic ? ok : [4936],
  ];
}

export const indexedViewFacts: readonly Sheet[] = [
  {
    sheet: "sql-docs: create indexed views",
    setup: [
      "CREATE TABLE dbo.t (id int NOT NULL PRIMARY KEY, a int NULL, m int NOT NULL)",
      "CREATE TABLE dbo.u (id int NOT NULL PRIMARY KEY, a int NULL)",
      "INSERT dbo.t VALUES (1, 1, 1), (2, 2, 2)",
    ],
    facts: [
      ["a second row with the key is 2601", [...view("SELECT a FROM dbo.t"), "INSERT dbo.t VALUES (3, 1, 1)"], [2601]],
      [
        "the row that was refused is not there",
        [
          ...view("SELECT a FROM dbo.t"),
          "BEGIN TRY INSERT dbo.t VALUES (3, 1, 1) END TRY BEGIN CATCH END CATCH",
          "SELECT COUNT(*) FROM dbo.t",
        ],
        rows([2]),
      ],
      [
        "an UPDATE that gives the key twice is 2601",
        [...view("SELECT a FROM dbo.t"), "UPDATE dbo.t SET a = 1"],
        [2601],
      ],
      ["an UPDATE may swap keys", [...view("SELECT a FROM dbo.t"), "UPDATE dbo.t SET a = 3 - a"], ok],
      [
        "a MERGE that gives the key twice is 2601",
        [
          ...view("SELECT a FROM dbo.t"),
          "MERGE dbo.t AS t USING (SELECT 9 AS id) AS s ON t.id = s.id WHEN NOT MATCHED THEN INSERT VALUES (9, 2, 2);",
        ],
        [2601],
      ],
      [
        "a join's other table counts too",
        [
          ...view("SELECT t.a FROM dbo.t AS t JOIN dbo.u AS u ON u.a = t.a"),
          "INSERT dbo.u VALUES (1, 1)",
          "INSERT dbo.u VALUES (2, 1)",
        ],
        [2601],
      ],
      [
        "rows outside the view's WHERE do not count",
        [...view("SELECT a FROM dbo.t WHERE m < 5"), "INSERT dbo.t VALUES (3, 1, 7)"],
        ok,
      ],
      [
        "without its index the view refuses nothing",
        [...view("SELECT a FROM dbo.t"), "DROP INDEX i ON dbo.v", "INSERT dbo.t VALUES (3, 1, 1)"],
        ok,
      ],
      [
        "an index that was rolled back refuses nothing",
        [
          view("SELECT a FROM dbo.t")[0]!,
          "BEGIN TRAN; CREATE UNIQUE CLUSTERED INDEX i ON dbo.v (a); ROLLBACK",
          "INSERT dbo.t VALUES (3, 1, 1)",
        ],
        ok,
      ],
      ["TRUNCATE TABLE under it is refused", [...view("SELECT a FROM dbo.t"), "TRUNCATE TABLE dbo.t"], [3729]],
      [
        "its tables take no changes under other SET options",
        [...view("SELECT a FROM dbo.t"), "SET ARITHABORT OFF; SET ANSI_WARNINGS OFF; INSERT dbo.t VALUES (3, 3, 3)"],
        [1934],
      ],
      [
        "SUM of a nullable column is 8662",
        view("SELECT m, SUM(a) AS s, COUNT_BIG(*) AS n FROM dbo.t GROUP BY m", "m"),
        [8662],
      ],
      [
        "SUM of a column that is not nullable is taken",
        view("SELECT a, SUM(m) AS s, COUNT_BIG(*) AS n FROM dbo.t GROUP BY a"),
        ok,
      ],
      [
        "SUM of ISNULL is taken",
        view("SELECT m, SUM(ISNULL(a, 0)) AS s, COUNT_BIG(*) AS n FROM dbo.t GROUP BY m", "m"),
        ok,
      ],
      [
        "a grouping column that is not shown is 8660",
        view("SELECT a, COUNT_BIG(*) AS n FROM dbo.t GROUP BY a, m"),
        [8660],
      ],
      [
        "a key that is no grouping column is 8661",
        view("SELECT a, COUNT_BIG(*) AS n FROM dbo.t GROUP BY a", "n"),
        [8661],
      ],
      [
        "an expression on an aggregate is 8668",
        view("SELECT a, SUM(m) + 1 AS s, COUNT_BIG(*) AS n FROM dbo.t GROUP BY a"),
        [8668],
      ],
      ["aggregates without COUNT_BIG are 10138", view("SELECT a, SUM(m) AS s FROM dbo.t GROUP BY a"), [10138]],
      ["a table hint is 10140", view("SELECT a FROM dbo.t WITH (NOLOCK)"), [10140]],
      [
        "a view over a view is 1937",
        ["CREATE VIEW dbo.w WITH SCHEMABINDING AS SELECT a FROM dbo.t", ...view("SELECT a FROM dbo.w")],
        [1937],
      ],
      [
        "a table of another owner is 1938",
        ["CREATE USER other WITHOUT LOGIN", "ALTER AUTHORIZATION ON dbo.t TO other", ...view("SELECT a FROM dbo.t")],
        [1938],
      ],
      [
        "a view made under ANSI_NULLS OFF is 1935",
        [
          "SET ANSI_NULLS OFF",
          view("SELECT a FROM dbo.t")[0]!,
          "SET ANSI_NULLS ON",
          "CREATE UNIQUE CLUSTERED INDEX i ON dbo.v (a)",
        ],
        [1935],
      ],
      ["a function that changes is refused", view("SELECT a, GETDATE() AS d FROM dbo.t"), [1949]],
      [
        "IGNORE_DUP_KEY is refused",
        [view("SELECT a FROM dbo.t")[0]!, "CREATE UNIQUE CLUSTERED INDEX i ON dbo.v (a) WITH (IGNORE_DUP_KEY = ON)"],
        [49999],
      ],
    ],
  },
  {
    sheet: "sql-docs: deterministic and nondeterministic functions; CAST and CONVERT",
    setup: [
      "CREATE TABLE dbo.other (i int)",
      "CREATE FUNCTION dbo.bound (@x int) RETURNS int WITH SCHEMABINDING AS BEGIN RETURN @x + 1 END",
      "CREATE FUNCTION dbo.loose (@x int) RETURNS int AS BEGIN RETURN @x + 1 END",
      "CREATE FUNCTION dbo.reads (@x int) RETURNS int WITH SCHEMABINDING AS BEGIN RETURN (SELECT MAX(i) FROM dbo.other) END",
      "CREATE FUNCTION dbo.clock () RETURNS datetime WITH SCHEMABINDING AS BEGIN RETURN GETDATE() END",
      "CREATE FUNCTION dbo.outer_one (@x int) RETURNS int WITH SCHEMABINDING AS BEGIN RETURN dbo.reads(@x) END",
    ],
    facts: [
      persisted("i + 1", true),
      persisted("UPPER(s)", true),
      persisted("ISNULL(i, 0)", true),
      persisted("DATEADD(day, 1, d)", true),
      persisted("DATEDIFF(day, d, e)", true),
      persisted("YEAR(d)", true),
      persisted("DATEPART(year, d)", true),
      persisted("DATEPART(weekday, d)", false),
      persisted("DATENAME(month, d)", false),
      persisted("FORMAT(d, 'd')", false),
      persisted("GETDATE()", false),
      persisted("SYSUTCDATETIME()", false),
      persisted("NEWID()", false),
      persisted("CURRENT_TIMESTAMP", false),
      persisted("SUSER_SNAME()", false),
      persisted("ISDATE(s)", false),
      persisted("@@SPID", false),
      persisted("CAST(s AS int)", true),
      persisted("CAST(d AS date)", true),
      persisted("CAST(s AS datetime)", false),
      persisted("CAST(d AS varchar(30))", false),
      persisted("CONVERT(datetime, s)", false),
      persisted("CONVERT(datetime, s, 126)", true),
      persisted("CONVERT(datetime, s, 112)", true),
      persisted("CONVERT(datetime, s, 106)", false),
      persisted("CONVERT(varchar(30), d, 121)", true),
      persisted("CONVERT(varchar(30), d, 101)", true),
      persisted("CONVERT(varchar(30), d, 100)", false),
      persisted("CONVERT(date, s, 23)", true),
      persisted("dbo.bound(i)", true),
      persisted("dbo.loose(i)", false),
      persisted("dbo.reads(i)", false),
      persisted("dbo.clock()", false),
      persisted("dbo.outer_one(i)", false),
      [
        "OBJECTPROPERTY tells",
        "SELECT OBJECTPROPERTY(OBJECT_ID('dbo.bound'), 'IsDeterministic'), OBJECTPROPERTY(OBJECT_ID('dbo.loose'), 'IsDeterministic'), OBJECTPROPERTYEX(OBJECT_ID('dbo.clock'), 'IsDeterministic'), OBJECTPROPERTY(OBJECT_ID('dbo.other'), 'IsDeterministic')",
        rows([1, 0, 0, null]),
      ],
      [
        "COLUMNPROPERTY tells",
        [
          "CREATE TABLE dbo.c (i int, f float, m varchar(max), a AS i + 1, b AS GETDATE(), c AS f + 1, p AS f + 2 PERSISTED)",
          "SELECT name, COLUMNPROPERTY(object_id, name, 'IsDeterministic'), COLUMNPROPERTY(object_id, name, 'IsPrecise'), COLUMNPROPERTY(object_id, name, 'IsIndexable') FROM sys.columns WHERE object_id = OBJECT_ID('dbo.c') ORDER BY column_id",
        ],
        rows(
          ["i", null, null, 1],
          ["f", null, null, 1],
          ["m", null, null, 0],
          ["a", 1, 1, 1],
          ["b", 0, 1, 0],
          ["c", 1, 0, 0],
          ["p", 1, 0, 1],
        ),
      ],
      [
        "a key over a column that is not deterministic is 2729",
        ["CREATE TABLE dbo.c (s varchar(30), c AS CAST(s AS datetime))", "CREATE INDEX i ON dbo.c (c)"],
        [2729],
      ],
    ],
  },
];
