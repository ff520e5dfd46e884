/** Facts about constraints, renames, stored expressions and SWITCH. */
import { ok, rows, type Fact, type Sheet } from "./fact";

const stored = (label: string, column: string, type: string, text: string, shown: string): Fact => [
  `${label} ${text} is stored as ${shown}`,
  [
    `CREATE TABLE dbo.t (c ${type}, d datetime, ${column})`,
    "SELECT definition FROM sys.default_constraints UNION ALL SELECT definition FROM sys.check_constraints UNION ALL SELECT definition FROM sys.computed_columns",
  ],
  rows([shown]),
];
const byDefault = (type: string, text: string, shown: string): Fact =>
  stored("DEFAULT", `e ${type} DEFAULT ${text}`, "int", text, shown);
const byCheck = (type: string, text: string, shown: string): Fact =>
  stored("CHECK", `CHECK (${text})`, type, text, shown);

export const constraintFacts: readonly Sheet[] = [
  {
    sheet: "tables 1.9: constraints",
    setup: [
      "CREATE TABLE dbo.p (id int NOT NULL CONSTRAINT pk_p PRIMARY KEY, code varchar(10) NOT NULL CONSTRAINT uq_p UNIQUE, n int NULL, big bigint NOT NULL, CONSTRAINT uq_two UNIQUE (id, big))",
      "CREATE TABLE dbo.t (id int NOT NULL IDENTITY(1, 1) CONSTRAINT pk_t PRIMARY KEY, p int NULL CONSTRAINT fk_t REFERENCES dbo.p (id), a int NULL CONSTRAINT ck_t CHECK (a > 0), nn int NOT NULL CONSTRAINT df_t DEFAULT 1, code varchar(10) COLLATE Latin1_General_BIN2 NULL, code20 varchar(20) NULL, b bigint NULL)",
      "INSERT dbo.p VALUES (1, 'one', NULL, 1); INSERT dbo.t (p, a) VALUES (1, 1)",
    ],
    facts: [
      [
        "FK to a missing table is 1767",
        "ALTER TABLE dbo.t ADD CONSTRAINT f FOREIGN KEY (p) REFERENCES dbo.z (id)",
        [1767, 1750],
      ],
      [
        "FK of a missing column is 1769",
        "ALTER TABLE dbo.t ADD CONSTRAINT f FOREIGN KEY (z) REFERENCES dbo.p (id)",
        [1769, 1750],
      ],
      [
        "FK to a missing column is 1770",
        "ALTER TABLE dbo.t ADD CONSTRAINT f FOREIGN KEY (p) REFERENCES dbo.p (z)",
        [1770, 1750],
      ],
      [
        "FK without columns to a table without a PK is 1773",
        ["CREATE TABLE dbo.q (id int)", "ALTER TABLE dbo.t ADD CONSTRAINT f FOREIGN KEY (p) REFERENCES dbo.q"],
        [1773, 1750],
      ],
      ["FK to no key is 1776", "ALTER TABLE dbo.t ADD CONSTRAINT f FOREIGN KEY (p) REFERENCES dbo.p (n)", [1776, 1750]],
      [
        "FK of another type is 1778",
        "ALTER TABLE dbo.t ADD CONSTRAINT f FOREIGN KEY (b) REFERENCES dbo.p (id)",
        [1778, 1750],
      ],
      [
        "FK of another length is 1753",
        "ALTER TABLE dbo.t ADD CONSTRAINT f FOREIGN KEY (code20) REFERENCES dbo.p (code)",
        [1753, 1750],
      ],
      [
        "FK of another collation is 1757",
        "ALTER TABLE dbo.t ADD CONSTRAINT f FOREIGN KEY (code) REFERENCES dbo.p (code)",
        [1757, 1750],
      ],
      [
        "SET NULL of a NOT NULL column is 1761",
        "ALTER TABLE dbo.t ADD CONSTRAINT f FOREIGN KEY (nn) REFERENCES dbo.p (id) ON DELETE SET NULL",
        [1761, 1750],
      ],
      [
        "SET DEFAULT without a default is 1762",
        [
          "ALTER TABLE dbo.t ADD r int NOT NULL CONSTRAINT dx DEFAULT 1; ALTER TABLE dbo.t DROP CONSTRAINT dx",
          "ALTER TABLE dbo.t ADD CONSTRAINT f FOREIGN KEY (r) REFERENCES dbo.p (id) ON DELETE SET DEFAULT",
        ],
        [1762, 1750],
      ],
      [
        "FK across databases is 1763",
        "ALTER TABLE dbo.t ADD CONSTRAINT f FOREIGN KEY (p) REFERENCES master.dbo.p (id)",
        [1763, 1750],
      ],
      [
        "a second cascade path is 1785",
        [
          "ALTER TABLE dbo.t ADD CONSTRAINT f FOREIGN KEY (p) REFERENCES dbo.p (id) ON DELETE CASCADE",
          "ALTER TABLE dbo.t ADD CONSTRAINT g FOREIGN KEY (a) REFERENCES dbo.p (id) ON DELETE CASCADE",
        ],
        [1785, 1750],
      ],
      [
        "a self-reference does not cascade (1785)",
        "ALTER TABLE dbo.t ADD CONSTRAINT f FOREIGN KEY (p) REFERENCES dbo.t (id) ON DELETE CASCADE",
        [1785, 1750],
      ],
      [
        "ON UPDATE CASCADE of an identity column is 1788",
        "ALTER TABLE dbo.t ADD CONSTRAINT f FOREIGN KEY (id) REFERENCES dbo.p (id) ON UPDATE CASCADE",
        [1788, 1750],
      ],
      [
        "ON DELETE CASCADE beside an INSTEAD OF DELETE trigger is 1787",
        [
          "CREATE TRIGGER dbo.tr ON dbo.t INSTEAD OF DELETE AS RETURN",
          "ALTER TABLE dbo.t ADD CONSTRAINT f FOREIGN KEY (nn) REFERENCES dbo.p (id) ON DELETE CASCADE",
        ],
        [1787, 1750],
      ],
      [
        "FK that the rows break is 547",
        [
          "INSERT dbo.t (p, a, nn) VALUES (NULL, 5, 5)",
          "ALTER TABLE dbo.t ADD CONSTRAINT f FOREIGN KEY (nn) REFERENCES dbo.p (id)",
        ],
        [547],
      ],
      ["CHECK that the rows break is 547", "ALTER TABLE dbo.t ADD CONSTRAINT c CHECK (a > 5)", [547]],
      [
        "UNIQUE that the rows break is 1505",
        ["INSERT dbo.t (a) VALUES (1)", "ALTER TABLE dbo.t ADD CONSTRAINT u UNIQUE (a)"],
        [1505, 1750],
      ],
      [
        "PRIMARY KEY of a nullable column is 8111",
        ["ALTER TABLE dbo.t DROP CONSTRAINT pk_t", "ALTER TABLE dbo.t ADD CONSTRAINT k PRIMARY KEY (a)"],
        [8111, 1750],
      ],
      ["a second DEFAULT of a column is 1781", "ALTER TABLE dbo.t ADD CONSTRAINT d2 DEFAULT 5 FOR nn", [1781, 1750]],
      ["DEFAULT for a missing column is 1752", "ALTER TABLE dbo.t ADD CONSTRAINT d2 DEFAULT 5 FOR z", [1752, 1750]],
      ["a taken constraint name is 2714", "ALTER TABLE dbo.t ADD CONSTRAINT ck_t CHECK (a > 0)", [2714, 1750]],
      [
        "CHECK WITH NOCHECK is enabled and not trusted",
        [
          "ALTER TABLE dbo.t WITH NOCHECK ADD CONSTRAINT c CHECK (a > 5)",
          "SELECT is_disabled, is_not_trusted FROM sys.check_constraints WHERE name = 'c'",
        ],
        rows([0, 1]),
      ],
      [
        "NOCHECK CONSTRAINT disables and distrusts",
        ["ALTER TABLE dbo.t NOCHECK CONSTRAINT ck_t", "SELECT is_disabled, is_not_trusted FROM sys.check_constraints"],
        rows([1, 1]),
      ],
      [
        "a plain CHECK CONSTRAINT leaves it untrusted",
        [
          "ALTER TABLE dbo.t NOCHECK CONSTRAINT fk_t; ALTER TABLE dbo.t CHECK CONSTRAINT fk_t",
          "SELECT is_disabled, is_not_trusted FROM sys.foreign_keys",
        ],
        rows([0, 1]),
      ],
      [
        "WITH CHECK CHECK CONSTRAINT trusts again",
        [
          "ALTER TABLE dbo.t NOCHECK CONSTRAINT ALL; ALTER TABLE dbo.t WITH CHECK CHECK CONSTRAINT ALL",
          "SELECT is_disabled, is_not_trusted FROM sys.foreign_keys",
        ],
        rows([0, 0]),
      ],
      [
        "WITH CHECK CHECK CONSTRAINT finds bad rows (547)",
        [
          "ALTER TABLE dbo.t NOCHECK CONSTRAINT ck_t; INSERT dbo.t (a) VALUES (-1)",
          "ALTER TABLE dbo.t WITH CHECK CHECK CONSTRAINT ck_t",
        ],
        [547],
      ],
      [
        "a NOT FOR REPLICATION constraint is never trusted",
        [
          "ALTER TABLE dbo.t ADD CONSTRAINT c CHECK NOT FOR REPLICATION (a > 0)",
          "SELECT is_not_for_replication, is_not_trusted FROM sys.check_constraints WHERE name = 'c'",
        ],
        rows([1, 1]),
      ],
      ["NOCHECK of a primary key is 11415", "ALTER TABLE dbo.t NOCHECK CONSTRAINT pk_t", [11415, 4916]],
      ["NOCHECK of a missing constraint is 4917", "ALTER TABLE dbo.t NOCHECK CONSTRAINT z", [4917, 4916]],
      ["DROP INDEX of a primary key is 3723", "DROP INDEX pk_t ON dbo.t", [3723]],
      ["IF EXISTS does not hide 3723", "DROP INDEX IF EXISTS pk_t ON dbo.t", [3723]],
      ["DROP of a referenced primary key is 3725", "ALTER TABLE dbo.p DROP CONSTRAINT pk_p", [3725, 3727]],
      ["IGNORE_DUP_KEY of a key's index is 1979", "ALTER INDEX pk_t ON dbo.t SET (IGNORE_DUP_KEY = ON)", [1979]],
      [
        "a key's index is not rebuilt over other columns (1907)",
        "CREATE UNIQUE CLUSTERED INDEX pk_t ON dbo.t (id, a) WITH (DROP_EXISTING = ON)",
        [1907],
      ],
      [
        "a foreign key picks a unique index and blocks it (3723)",
        [
          "CREATE UNIQUE INDEX ux ON dbo.p (big); ALTER TABLE dbo.t ADD CONSTRAINT f FOREIGN KEY (b) REFERENCES dbo.p (big)",
          "DROP INDEX ux ON dbo.p",
        ],
        [3723],
      ],
      [
        "a filtered unique index is no key (1776)",
        [
          "CREATE UNIQUE INDEX ux ON dbo.p (big) WHERE n IS NULL",
          "ALTER TABLE dbo.t ADD CONSTRAINT f FOREIGN KEY (b) REFERENCES dbo.p (big)",
        ],
        [1776, 1750],
      ],
      [
        "is_system_named tells who named it",
        [
          "CREATE TABLE dbo.s (a int CHECK (a > 0), b int CONSTRAINT named CHECK (b > 0))",
          "SELECT is_system_named FROM sys.check_constraints WHERE parent_object_id = OBJECT_ID('dbo.s') ORDER BY parent_column_id",
        ],
        rows([1], [0]),
      ],
      [
        "a table-level CHECK has no parent column",
        [
          "CREATE TABLE dbo.s (a int, CHECK (a > 0))",
          "SELECT parent_column_id FROM sys.check_constraints WHERE parent_object_id = OBJECT_ID('dbo.s')",
        ],
        rows([0]),
      ],
    ],
  },
  {
    sheet: "tables 1.10: sp_rename",
    setup: [
      "CREATE TABLE dbo.t (id int NOT NULL CONSTRAINT pk_t PRIMARY KEY, a int CONSTRAINT ck_t CHECK (a > 0), b int CONSTRAINT df_t DEFAULT 1, c int, calc AS c + 1, f int, s int)",
      "CREATE INDEX ix_t ON dbo.t (b) WHERE f > 1",
      "CREATE TABLE dbo.bound (x int, y int)",
      "CREATE VIEW dbo.v WITH SCHEMABINDING AS SELECT x FROM dbo.bound",
      "CREATE PROCEDURE dbo.reader AS SELECT id FROM dbo.t",
      "CREATE TYPE dbo.ty FROM varchar(10)",
    ],
    facts: [
      [
        "success prints 15477",
        [
          "EXEC sp_rename 'dbo.t', 'u'",
          "SELECT OBJECT_ID('dbo.t'), CASE WHEN OBJECT_ID('dbo.u') IS NULL THEN 0 ELSE 1 END",
        ],
        rows([null, 1]),
      ],
      [
        "the new name is literal",
        ["EXEC sp_rename 'dbo.t', '[u]'", "SELECT name FROM sys.tables WHERE name LIKE '%u]'"],
        rows(["[u]"]),
      ],
      ["a missing object is 15225", "EXEC sp_rename 'dbo.z', 'u'", [15225]],
      ["a missing column is 15248", "EXEC sp_rename 'dbo.t.z', 'u', 'COLUMN'", [15248]],
      ["an unknown type word is 15249", "EXEC sp_rename 'dbo.t', 'u', 'TABLE'", [15249]],
      ["a taken name is 15335", "EXEC sp_rename 'dbo.t', 'bound'", [15335]],
      ["a taken column name is 15335", "EXEC sp_rename 'dbo.t.b', 'id', 'COLUMN'", [15335]],
      ["a table under a schema-bound view is 15336", "EXEC sp_rename 'dbo.bound', 'u'", [15336]],
      ["a column under a schema-bound view is 15336", "EXEC sp_rename 'dbo.bound.x', 'u', 'COLUMN'", [15336]],
      [
        "a column that the view does not read is renamed",
        ["EXEC sp_rename 'dbo.bound.y', 'u', 'COLUMN'", "SELECT COL_NAME(OBJECT_ID('dbo.bound'), 2)"],
        rows(["u"]),
      ],
      ["a column that a CHECK reads is 15336", "EXEC sp_rename 'dbo.t.a', 'u', 'COLUMN'", [15336]],
      ["a column that a computed column reads is 15336", "EXEC sp_rename 'dbo.t.c', 'u', 'COLUMN'", [15336]],
      ["a computed column is 4928", "EXEC sp_rename 'dbo.t.calc', 'u', 'COLUMN'", [4928]],
      ["a column of a filter is 5074 and 4922", "EXEC sp_rename 'dbo.t.f', 'u', 'COLUMN'", [5074, 4922]],
      [
        "a DEFAULT, an index key and a primary key do not block",
        [
          "EXEC sp_rename 'dbo.t.b', 'u', 'COLUMN'; EXEC sp_rename 'dbo.t.id', 'key', 'COLUMN'",
          "SELECT COL_NAME(OBJECT_ID('dbo.t'), 1), COL_NAME(OBJECT_ID('dbo.t'), 3)",
        ],
        rows(["key", "u"]),
      ],
      [
        "a primary key's index renames the constraint",
        ["EXEC sp_rename 'dbo.t.pk_t', 'pk_u', 'INDEX'", "SELECT name FROM sys.key_constraints"],
        rows(["pk_u"]),
      ],
      [
        "a constraint renames its index",
        ["EXEC sp_rename 'dbo.pk_t', 'pk_u', 'OBJECT'", "SELECT name FROM sys.indexes WHERE is_primary_key = 1"],
        rows(["pk_u"]),
      ],
      [
        "an index renames its statistics",
        ["EXEC sp_rename 'dbo.t.ix_t', 'ix_u', 'INDEX'", "SELECT name FROM sys.stats WHERE stats_id = 2"],
        rows(["ix_u"]),
      ],
      [
        "a module keeps its text",
        ["EXEC sp_rename 'dbo.reader', 'renamed'", "SELECT OBJECT_DEFINITION(OBJECT_ID('dbo.renamed'))"],
        rows(["CREATE PROCEDURE dbo.reader AS SELECT id FROM dbo.t"]),
      ],
      ["a reader of a renamed table fails with 208", ["EXEC sp_rename 'dbo.t', 'u'", "EXEC dbo.reader"], [208]],
      [
        "an alias type is renamed",
        ["EXEC sp_rename 'dbo.ty', 'tz', 'USERDATATYPE'", "SELECT COUNT(*) FROM sys.types WHERE name = 'tz'"],
        rows([1]),
      ],
      [
        "a case-only rename is legal",
        ["EXEC sp_rename 'dbo.t', 'T'", "SELECT name FROM sys.tables WHERE name COLLATE Latin1_General_BIN2 = 'T'"],
        rows(["T"]),
      ],
      [
        "is undone by ROLLBACK",
        ["BEGIN TRAN; EXEC sp_rename 'dbo.t', 'u'; ROLLBACK", "SELECT OBJECT_ID('dbo.u')"],
        rows([null]),
      ],
    ],
  },
  {
    sheet: "tables 1.13: stored expressions",
    facts: [
      byDefault("int", "0", "((0))"),
      byDefault("int", "((0))", "((0))"),
      byDefault("int", "-1", "((-1))"),
      byDefault("float", "1.5", "((1.5))"),
      byDefault("float", "1.5E0", "((1.5000000000000000e+000))"),
      byDefault("bigint", "9000000000", "((9000000000.))"),
      byDefault("bigint", "-2147483648", "((-2147483648))"),
      byDefault("varchar(5)", "'x'", "('x')"),
      byDefault("nvarchar(5)", "N'x'", "(N'x')"),
      byDefault("int", "NULL", "(NULL)"),
      byDefault("datetime", "GETDATE()", "(getdate())"),
      byDefault("datetime2", "SYSUTCDATETIME()", "(sysutcdatetime())"),
      byDefault("datetime", "CURRENT_TIMESTAMP", "(getdate())"),
      byDefault("sysname", "USER", "(user_name())"),
      byDefault("bit", "CAST(1 AS bit)", "(CONVERT([bit],(1)))"),
      byDefault("int", "IIF(1 = 1, 2, 3)", "(case when (1)=(1) then (2) else (3) end)"),
      byCheck("int", "c > 0 AND c != 1", "([c]>(0) AND [c]<>(1))"),
      byCheck("varchar(5)", "c IN ('a', 'b', 'c')", "([c]='c' OR [c]='b' OR [c]='a')"),
      byCheck("varchar(5)", "c NOT IN ('a', 'b')", "(NOT ([c]='b' OR [c]='a'))"),
      byCheck("int", "c BETWEEN 1 AND 9", "([c]>=(1) AND [c]<=(9))"),
      byCheck("int", "c NOT BETWEEN 1 AND 9", "(NOT ([c]>=(1) AND [c]<=(9)))"),
      byCheck("int", "NOT (c = 0)", "(NOT [c]=(0))"),
      byCheck("varchar(5)", "c LIKE 'x%'", "([c] like 'x%')"),
      byCheck("int", "c IS NOT NULL", "([c] IS NOT NULL)"),
      byCheck("int", "YEAR(d) > 2000", "(datepart(year,[d])>(2000))"),
      byCheck("varchar(5)", "TRY_CAST(c AS tinyint) > 1", "(TRY_CAST([c] AS [tinyint])>(1))"),
      byCheck("varchar(5)", "LEN(c) > 1 OR ISNULL(c, '') = ''", "(len([c])>(1) OR isnull([c],'')='')"),
      stored(
        "AS",
        "e AS CONVERT(nvarchar(30), d, 126)",
        "int",
        "CONVERT(.., 126)",
        "(CONVERT([nvarchar](30),[d],(126)))",
      ),
      stored(
        "AS",
        "e AS CAST(c AS decimal(18, 2))",
        "int",
        "CAST(c AS decimal(18, 2))",
        "(CONVERT([decimal](18,2),[c]))",
      ),
    ],
  },
  {
    sheet: "tables 6: SWITCH",
    setup: [
      "CREATE TABLE dbo.a (id int NOT NULL CONSTRAINT pk_a PRIMARY KEY, n varchar(10) NULL)",
      "INSERT dbo.a VALUES (1, 'x')",
    ],
    facts: [
      [
        "moves the rows",
        [
          "CREATE TABLE dbo.b (id int NOT NULL CONSTRAINT pk_b PRIMARY KEY, n varchar(10) NULL)",
          "ALTER TABLE dbo.a SWITCH TO dbo.b",
          "SELECT (SELECT COUNT(*) FROM dbo.a), (SELECT COUNT(*) FROM dbo.b)",
        ],
        rows([0, 1]),
      ],
      [
        "into a table with rows is 4905",
        [
          "CREATE TABLE dbo.b (id int NOT NULL CONSTRAINT pk_b PRIMARY KEY, n varchar(10) NULL); INSERT dbo.b VALUES (2, 'y')",
          "ALTER TABLE dbo.a SWITCH TO dbo.b",
        ],
        [4905],
      ],
      [
        "of another column name is 4942",
        [
          "CREATE TABLE dbo.b (id int NOT NULL CONSTRAINT pk_b PRIMARY KEY, m varchar(10) NULL)",
          "ALTER TABLE dbo.a SWITCH TO dbo.b",
        ],
        [4942],
      ],
      [
        "of another column count is 4943",
        ["CREATE TABLE dbo.b (id int NOT NULL CONSTRAINT pk_b PRIMARY KEY)", "ALTER TABLE dbo.a SWITCH TO dbo.b"],
        [4943],
      ],
      [
        "of another type is 4944",
        [
          "CREATE TABLE dbo.b (id int NOT NULL CONSTRAINT pk_b PRIMARY KEY, n varchar(11) NULL)",
          "ALTER TABLE dbo.a SWITCH TO dbo.b",
        ],
        [4944],
      ],
      [
        "of another nullability is 4985-class",
        [
          "CREATE TABLE dbo.b (id int NOT NULL CONSTRAINT pk_b PRIMARY KEY, n varchar(10) NOT NULL)",
          "ALTER TABLE dbo.a SWITCH TO dbo.b",
        ],
        "refused",
      ],
      [
        "of another collation is 4945",
        [
          "CREATE TABLE dbo.b (id int NOT NULL CONSTRAINT pk_b PRIMARY KEY, n varchar(10) COLLATE Latin1_General_BIN2 NULL)",
          "ALTER TABLE dbo.a SWITCH TO dbo.b",
        ],
        [4945],
      ],
      [
        "into a table without the clustered index is 4913",
        ["CREATE TABLE dbo.b (id int NOT NULL, n varchar(10) NULL)", "ALTER TABLE dbo.a SWITCH TO dbo.b"],
        [4913],
      ],
      [
        "into an index that the source lacks is 4947",
        [
          "CREATE TABLE dbo.b (id int NOT NULL CONSTRAINT pk_b PRIMARY KEY, n varchar(10) NULL); CREATE INDEX ix ON dbo.b (n)",
          "ALTER TABLE dbo.a SWITCH TO dbo.b",
        ],
        [4947],
      ],
      [
        "of a table that a foreign key references is 4967",
        [
          "CREATE TABLE dbo.b (id int NOT NULL CONSTRAINT pk_b PRIMARY KEY, n varchar(10) NULL); CREATE TABLE dbo.c (x int REFERENCES dbo.a (id))",
          "ALTER TABLE dbo.a SWITCH TO dbo.b",
        ],
        [4967],
      ],
      ["to a missing table is 4902-class", "ALTER TABLE dbo.a SWITCH TO dbo.z", "refused"],
      [
        "the identity property may differ",
        [
          "CREATE TABLE dbo.b (id int NOT NULL IDENTITY CONSTRAINT pk_b PRIMARY KEY, n varchar(10) NULL)",
          "ALTER TABLE dbo.a SWITCH TO dbo.b",
        ],
        ok,
      ],
      [
        "into a table with a CHECK that the source lacks is 4982-class",
        [
          "CREATE TABLE dbo.b (id int NOT NULL CONSTRAINT pk_b PRIMARY KEY, n varchar(10) NULL CHECK (n > 'a'))",
          "ALTER TABLE dbo.a SWITCH TO dbo.b",
        ],
        "refused",
      ],
    ],
  },
];
