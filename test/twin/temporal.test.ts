import { checkFacts } from "./check-facts";
import { ok, rows } from "./facts/fact";
import { STAFF } from "./temporal-staff";

/** An ordinary table with rows, and one in the shape of its history. */
const PLAIN = [
  "CREATE TABLE dbo.p (id int NOT NULL CONSTRAINT pk_p PRIMARY KEY, v int NULL, f datetime2 NOT NULL, t datetime2 NOT NULL)",
  "CREATE TABLE dbo.ph (id int NOT NULL, v int NULL, f datetime2 NOT NULL, t datetime2 NOT NULL)",
  "INSERT dbo.p VALUES (1, 5, '2020-01-01', '9999-12-31 23:59:59.9999999')",
];
const PERIOD = "ALTER TABLE dbo.p ADD PERIOD FOR SYSTEM_TIME (f, t)";
const adopt = (more = ""): string => `ALTER TABLE dbo.p SET (SYSTEM_VERSIONING = ON (HISTORY_TABLE = dbo.ph${more}))`;
const columns = (middle: string, period = "PERIOD FOR SYSTEM_TIME (f, t)"): string =>
  `CREATE TABLE dbo.x (id int NOT NULL PRIMARY KEY, ${middle}${period ? `, ${period}` : ""})`;
const START = "f datetime2 GENERATED ALWAYS AS ROW START";
const END = "t datetime2 GENERATED ALWAYS AS ROW END";
const VERSIONED = (options: string): string =>
  `${columns(`${START}, ${END}`)} WITH (SYSTEM_VERSIONING = ON${options ? ` (${options})` : ""})`;

describe("twin temporal tables", () => {
  describe("definition of a period", () => {
    checkFacts(
      [],
      [
        ["both columns and the period make one", columns(`${START}, ${END}`), ok],
        ["another type than datetime2 is 13501", columns(`f datetime GENERATED ALWAYS AS ROW START, ${END}`), [13501]],
        ["two starts are 13502", columns(`${START}, f2 datetime2 GENERATED ALWAYS AS ROW START, ${END}`), [13502]],
        ["two ends are 13503", columns(`${START}, ${END}, t2 datetime2 GENERATED ALWAYS AS ROW END`), [13503]],
        ["a period without a start is 13504", columns(`f datetime2 NOT NULL, ${END}`), [13504]],
        ["a period without an end is 13505", columns(`${START}, t datetime2 NOT NULL`), [13505]],
        ["a start of another name is 13506", columns(`${START}, ${END}`, "PERIOD FOR SYSTEM_TIME (g, t)"), [13506]],
        ["an end of another name is 13507", columns(`${START}, ${END}`, "PERIOD FOR SYSTEM_TIME (f, u)"), [13507]],
        [
          "two periods are 13508",
          columns(`${START}, ${END}`, "PERIOD FOR SYSTEM_TIME (f, t), PERIOD FOR SYSTEM_TIME (f, t)"),
          [13508],
        ],
        ["generated columns without a period are 13509", columns(`${START}, ${END}`, ""), [13509]],
        [
          "columns of two precisions are 13513",
          columns(`f datetime2(3) GENERATED ALWAYS AS ROW START, ${END}`),
          [13513],
        ],
        ["a column that may be NULL is 13587", columns(`${START} NULL, ${END}`), [13587]],
        [
          "a table variable with a period is 13572",
          `DECLARE @x TABLE (id int PRIMARY KEY, ${START}, ${END}, PERIOD FOR SYSTEM_TIME (f, t))`,
          [13572],
        ],
        [
          "sys.periods names the columns of every period",
          [
            columns(`${START}, ${END}`),
            "SELECT name, period_type_desc, start_column_id, end_column_id FROM sys.periods",
          ],
          rows(["SYSTEM_TIME", "SYSTEM_TIME_PERIOD", 2, 3]),
        ],
        [
          "sys.columns tells generated and hidden columns",
          [
            columns(`${START} HIDDEN, ${END}`),
            "SELECT name, generated_always_type_desc, is_hidden, is_nullable FROM sys.columns WHERE object_id = OBJECT_ID('dbo.x') ORDER BY column_id",
          ],
          rows(["id", "NOT_APPLICABLE", 0, 0], ["f", "AS_ROW_START", 1, 0], ["t", "AS_ROW_END", 0, 0]),
        ],
      ],
    );
  });

  describe("CREATE TABLE with SYSTEM_VERSIONING", () => {
    checkFacts(
      [],
      [
        [
          "makes the named history table, with its clustered index and PAGE compression",
          [
            VERSIONED("HISTORY_TABLE = dbo.xh"),
            `SELECT t.name, t.temporal_type_desc, i.name, i.type_desc, i.is_unique, p.data_compression_desc,
               (SELECT STRING_AGG(c.name, ',') WITHIN GROUP (ORDER BY k.key_ordinal) FROM sys.index_columns k JOIN sys.columns c
                  ON c.object_id = k.object_id AND c.column_id = k.column_id WHERE k.object_id = t.object_id)
             FROM sys.tables t JOIN sys.indexes i ON i.object_id = t.object_id JOIN sys.partitions p ON p.object_id = t.object_id
             WHERE t.name = 'xh'`,
          ],
          rows(["xh", "HISTORY_TABLE", "ix_xh", "CLUSTERED", 0, "PAGE", "t,f"]),
        ],
        [
          "names an anonymous history table after the table's id",
          [
            VERSIONED(""),
            "SELECT h.name FROM sys.tables t JOIN sys.tables h ON h.object_id = t.history_table_id WHERE h.name = CONCAT('MSSQL_TemporalHistoryFor_', t.object_id) AND h.schema_id = t.schema_id AND t.name = 'x'; SELECT @@ROWCOUNT",
          ],
          rows([1]),
        ],
        [
          "gives the history table neither identity, computed columns, defaults nor hidden ones",
          [
            `CREATE TABLE dbo.x (id int IDENTITY NOT NULL PRIMARY KEY, a int NOT NULL DEFAULT 1, b AS a + 1, ${START} HIDDEN, ${END} HIDDEN, PERIOD FOR SYSTEM_TIME (f, t)) WITH (SYSTEM_VERSIONING = ON (HISTORY_TABLE = dbo.xh))`,
            "SELECT name, is_identity, is_computed, default_object_id, is_hidden, generated_always_type FROM sys.columns WHERE object_id = OBJECT_ID('dbo.xh') ORDER BY column_id",
          ],
          rows(
            ["id", 0, 0, 0, 0, 0],
            ["a", 0, 0, 0, 0, 0],
            ["b", 0, 0, 0, 0, 0],
            ["f", 0, 0, 0, 0, 0],
            ["t", 0, 0, 0, 0, 0],
          ),
        ],
        [
          "leaves a history table with sparse columns uncompressed",
          [
            `CREATE TABLE dbo.x (id int NOT NULL PRIMARY KEY, a int SPARSE NULL, ${START}, ${END}, PERIOD FOR SYSTEM_TIME (f, t)) WITH (SYSTEM_VERSIONING = ON (HISTORY_TABLE = dbo.xh))`,
            "SELECT data_compression_desc FROM sys.partitions WHERE object_id = OBJECT_ID('dbo.xh')",
          ],
          rows(["NONE"]),
        ],
        [
          "without a primary key is 13553",
          `CREATE TABLE dbo.x (id int, ${START}, ${END}, PERIOD FOR SYSTEM_TIME (f, t)) WITH (SYSTEM_VERSIONING = ON)`,
          [13553],
        ],
        ["without a period is 13510", "CREATE TABLE dbo.x (id int PRIMARY KEY) WITH (SYSTEM_VERSIONING = ON)", [13510]],
        ["with a history name of one part is 13539", VERSIONED("HISTORY_TABLE = xh"), [13539]],
        ["with a history name of three parts is 13539", VERSIONED("HISTORY_TABLE = facts.dbo.xh"), [13539]],
        ["with a temporary history table is 13567", VERSIONED("HISTORY_TABLE = dbo.[#xh]"), [13567]],
        ["with an unknown schema is 2760", VERSIONED("HISTORY_TABLE = nope.xh"), [2760]],
        [
          "of a temporary table is 13568",
          `CREATE TABLE #x (id int PRIMARY KEY, ${START}, ${END}, PERIOD FOR SYSTEM_TIME (f, t)) WITH (SYSTEM_VERSIONING = ON)`,
          [13568],
        ],
        ["twice in one list is 13512", `${VERSIONED("")}`.replace("= ON)", "= ON, SYSTEM_VERSIONING = ON)"), [13512]],
        ["with an unknown option is 102", VERSIONED("HISTORY = 1"), [102]],
        [
          "lists the table as SYSTEM_VERSIONED_TEMPORAL_TABLE with INFINITE retention",
          [
            VERSIONED(""),
            "SELECT temporal_type, temporal_type_desc, history_retention_period, history_retention_period_unit, history_retention_period_unit_desc, OBJECTPROPERTY(object_id, 'TableTemporalType') FROM sys.tables WHERE name = 'x'",
          ],
          rows([2, "SYSTEM_VERSIONED_TEMPORAL_TABLE", -1, -1, "INFINITE", 2]),
        ],
      ],
    );
  });

  describe("retention", () => {
    const read =
      "SELECT history_retention_period, history_retention_period_unit, history_retention_period_unit_desc FROM sys.tables WHERE temporal_type = 2";
    const set = (what: string): string => `ALTER TABLE dbo.staff SET (SYSTEM_VERSIONING = ON (${what}))`;
    checkFacts(STAFF, [
      ["changes while versioning is ON", [set("HISTORY_RETENTION_PERIOD = 90 DAYS"), read], rows([90, 3, "DAY"])],
      ["counts weeks", [set("HISTORY_RETENTION_PERIOD = 2 WEEK"), read], rows([2, 4, "WEEK"])],
      ["counts months", [set("HISTORY_RETENTION_PERIOD = 6 MONTHS"), read], rows([6, 5, "MONTH"])],
      ["counts years", [set("HISTORY_RETENTION_PERIOD = 1 YEAR"), read], rows([1, 6, "YEAR"])],
      [
        "goes back to INFINITE when the history table is named and no period is",
        [set("HISTORY_RETENTION_PERIOD = 1 YEAR"), set("HISTORY_TABLE = dbo.staff_history"), read],
        rows([-1, -1, "INFINITE"]),
      ],
      ["of nothing is 13743", set("HISTORY_RETENTION_PERIOD = 0 DAYS"), [13743]],
      ["in hours is 13744", set("HISTORY_RETENTION_PERIOD = 5 HOURS"), [13744]],
      ["beyond a thousand years is 13749", set("HISTORY_RETENTION_PERIOD = 1001 YEARS"), [13749]],
      [
        "keeps the clustered index of the history table: dropping it is 13766",
        [set("HISTORY_RETENTION_PERIOD = 1 YEAR"), "DROP INDEX ix_staff_history ON dbo.staff_history"],
        [13766],
      ],
      [
        "does not let the clustered index become one that the clean-up cannot use: 13767",
        [
          set("HISTORY_RETENTION_PERIOD = 1 YEAR"),
          "CREATE CLUSTERED INDEX ix_staff_history ON dbo.staff_history (id) WITH (DROP_EXISTING = ON)",
        ],
        [13767],
      ],
      [
        "goes with a clustered columnstore history, and then with no other index: 13772",
        [
          "CREATE CLUSTERED COLUMNSTORE INDEX ix_staff_history ON dbo.staff_history WITH (DROP_EXISTING = ON)",
          set("HISTORY_RETENTION_PERIOD = 1 YEAR"),
          "CREATE INDEX ix_more ON dbo.staff_history (id)",
        ],
        [13772],
      ],
      [
        "of a history heap is 13765",
        ["DROP INDEX ix_staff_history ON dbo.staff_history", set("HISTORY_RETENTION_PERIOD = 1 YEAR")],
        [13765],
      ],
      [
        "of a columnstore history with another index is 13771",
        [
          "CREATE CLUSTERED COLUMNSTORE INDEX ix_staff_history ON dbo.staff_history WITH (DROP_EXISTING = ON); CREATE INDEX ix_more ON dbo.staff_history (id)",
          set("HISTORY_RETENTION_PERIOD = 1 YEAR"),
        ],
        [13771],
      ],
      [
        "of a columnstore history refuses large columns: 13781",
        [
          "CREATE CLUSTERED COLUMNSTORE INDEX ix_staff_history ON dbo.staff_history WITH (DROP_EXISTING = ON)",
          set("HISTORY_RETENTION_PERIOD = 1 YEAR"),
          "ALTER TABLE dbo.staff ADD notes nvarchar(max) NULL",
        ],
        [13781],
      ],
      [
        "hides aged versions while the database's clean-up is on",
        [
          "UPDATE dbo.staff SET pay = 11 WHERE id = 1; ALTER TABLE dbo.staff SET (SYSTEM_VERSIONING = OFF)",
          "UPDATE dbo.staff_history SET valid_from = '2000-01-01', valid_to = '2000-02-01'",
          set("HISTORY_TABLE = dbo.staff_history, HISTORY_RETENTION_PERIOD = 1 YEAR"),
          "DECLARE @with int = (SELECT COUNT(*) FROM dbo.staff FOR SYSTEM_TIME ALL); ALTER DATABASE facts SET TEMPORAL_HISTORY_RETENTION OFF; SELECT @with, COUNT(*) FROM dbo.staff FOR SYSTEM_TIME ALL",
        ],
        rows([2, 3]),
      ],
    ]);
  });

  describe("an existing table", () => {
    checkFacts(PLAIN, [
      [
        "takes a period over its own columns",
        [
          PERIOD,
          "SELECT generated_always_type FROM sys.columns WHERE object_id = OBJECT_ID('dbo.p') ORDER BY column_id",
        ],
        rows([0], [0], [1], [2]),
      ],
      ["has one period: 13597", [PERIOD, PERIOD], [13597]],
      [
        "has no period over columns that are not there: 13750",
        "ALTER TABLE dbo.p ADD PERIOD FOR SYSTEM_TIME (f, zz)",
        [13750],
      ],
      ["may not begin in the future: 13542", ["UPDATE dbo.p SET f = '2900-01-01'", PERIOD], [13542]],
      ["may not have ended: 13575", ["UPDATE dbo.p SET t = '2021-01-01'", PERIOD], [13575]],
      [
        "gets both columns with defaults and the period in one statement, with rows in it",
        [
          "CREATE TABLE dbo.q (id int PRIMARY KEY); INSERT dbo.q VALUES (1)",
          "ALTER TABLE dbo.q ADD f datetime2 GENERATED ALWAYS AS ROW START HIDDEN CONSTRAINT df_f DEFAULT '2020-01-01', t datetime2 GENERATED ALWAYS AS ROW END HIDDEN CONSTRAINT df_t DEFAULT '9999-12-31 23:59:59.9999999', PERIOD FOR SYSTEM_TIME (f, t)",
          "ALTER TABLE dbo.q SET (SYSTEM_VERSIONING = ON (HISTORY_TABLE = dbo.qh)); ALTER TABLE dbo.q DROP CONSTRAINT df_f, df_t",
          "SELECT id, YEAR(f), YEAR(t) FROM dbo.q",
        ],
        rows([1, 2020, 9999]),
      ],
      [
        "without defaults cannot get the columns: 4901",
        "ALTER TABLE dbo.p ADD a datetime2 GENERATED ALWAYS AS ROW START, b datetime2 GENERATED ALWAYS AS ROW END, PERIOD FOR SYSTEM_TIME (a, b)",
        [4901],
      ],
      ["is not versioned without a period: 13510", adopt(), [13510]],
      [
        "adopts a table of the same shape",
        [PERIOD, adopt(), "SELECT temporal_type FROM sys.tables ORDER BY name"],
        rows([2], [1]),
      ],
      [
        "has one history table at a time: 13757",
        [PERIOD, adopt(), "ALTER TABLE dbo.p SET (SYSTEM_VERSIONING = ON (HISTORY_TABLE = dbo.p))"],
        [13757],
      ],
      [
        "does not adopt a view: 13511",
        ["CREATE VIEW dbo.pv AS SELECT 1 AS a", PERIOD, adopt().replace("dbo.ph", "dbo.pv")],
        [13511],
      ],
      ["does not adopt a table with a period: 13574", [PERIOD, adopt().replace("dbo.ph", "dbo.p")], [13574]],
      ["does not adopt another one's history: 13514", [PERIOD, adopt(), VERSIONED("HISTORY_TABLE = dbo.ph")], [13514]],
      ["does not adopt a temporal table: 13566", [VERSIONED(""), PERIOD, adopt().replace("dbo.ph", "dbo.x")], [13566]],
      [
        "refuses unique keys on the history: 13515",
        ["ALTER TABLE dbo.ph ADD CONSTRAINT u UNIQUE (id)", PERIOD, adopt()],
        [13515],
      ],
      [
        "refuses foreign keys on the history: 13516",
        ["ALTER TABLE dbo.ph ADD CONSTRAINT k FOREIGN KEY (id) REFERENCES dbo.p (id)", PERIOD, adopt()],
        [13516],
      ],
      [
        "refuses CHECK on the history: 13517",
        ["ALTER TABLE dbo.ph ADD CONSTRAINT c CHECK (v > 0)", PERIOD, adopt()],
        [13517],
      ],
      [
        "refuses identity in the history: 13518",
        [
          "DROP TABLE dbo.ph; CREATE TABLE dbo.ph (id int IDENTITY NOT NULL, v int, f datetime2 NOT NULL, t datetime2 NOT NULL)",
          PERIOD,
          adopt(),
        ],
        [13518],
      ],
      ["refuses computed columns in the history: 13519", ["ALTER TABLE dbo.ph ADD z AS id", PERIOD, adopt()], [13519]],
      [
        "refuses triggers on the history: 13522",
        ["CREATE TRIGGER dbo.tr ON dbo.ph AFTER INSERT AS RETURN", PERIOD, adopt()],
        [13522],
      ],
      ["counts columns: 13523", ["ALTER TABLE dbo.ph ADD z int", PERIOD, adopt()], [13523]],
      ["compares names by place: 13524", ["EXEC sp_rename 'dbo.ph.v', 'w', 'COLUMN'", PERIOD, adopt()], [13524]],
      ["compares types: 13525", ["ALTER TABLE dbo.ph ALTER COLUMN v bigint", PERIOD, adopt()], [13525]],
      [
        "compares collations: 13526",
        [
          "ALTER TABLE dbo.p ADD c varchar(5) COLLATE Latin1_General_BIN2; ALTER TABLE dbo.ph ADD c varchar(5)",
          PERIOD,
          adopt(),
        ],
        [13526],
      ],
      [
        "wants period columns NOT NULL in the history: 13530",
        ["ALTER TABLE dbo.ph ALTER COLUMN t datetime2 NULL", PERIOD, adopt()],
        [13530],
      ],
      ["compares nullability: 13531", ["ALTER TABLE dbo.ph ALTER COLUMN v int NOT NULL", PERIOD, adopt()], [13531]],
      ["compares sparse storage: 13533", ["ALTER TABLE dbo.ph ALTER COLUMN v ADD SPARSE", PERIOD, adopt()], [13533]],
      [
        "refuses ROWGUIDCOL in the history: 13580",
        [
          "ALTER TABLE dbo.p ADD g uniqueidentifier; ALTER TABLE dbo.ph ADD g uniqueidentifier ROWGUIDCOL",
          PERIOD,
          adopt(),
        ],
        [13580],
      ],
      [
        "compares masks: 13581",
        ["ALTER TABLE dbo.ph ALTER COLUMN v ADD MASKED WITH (FUNCTION = 'default()')", PERIOD, adopt()],
        [13581],
      ],
      [
        "is not versioned beside an INSTEAD OF trigger: 13774",
        ["CREATE TRIGGER dbo.tr ON dbo.p INSTEAD OF DELETE AS RETURN", PERIOD, adopt()],
        [13774],
      ],
      [
        "finds versions that end before they begin: 13541",
        ["INSERT dbo.ph VALUES (1, 1, '2019-01-01', '2018-01-01')", PERIOD, adopt()],
        [13541],
      ],
      [
        "finds versions that end in the future: 13543",
        ["INSERT dbo.ph VALUES (1, 1, '2019-01-01', '2900-01-01')", PERIOD, adopt()],
        [13543],
      ],
      [
        "finds versions that overlap: 13573",
        [
          "INSERT dbo.ph VALUES (1, 1, '2018-01-01', '2019-06-01'), (1, 2, '2019-01-01', '2020-01-01')",
          PERIOD,
          adopt(),
        ],
        [13573],
      ],
      [
        "takes them all with DATA_CONSISTENCY_CHECK = OFF",
        [
          "INSERT dbo.ph VALUES (1, 1, '2018-01-01', '2019-06-01'), (1, 2, '2019-01-01', '2020-01-01')",
          PERIOD,
          adopt(", DATA_CONSISTENCY_CHECK = OFF"),
        ],
        ok,
      ],
    ]);
  });
});
