/** Facts about CREATE, ALTER and DROP TABLE. */
import { ok, rows, type Sheet } from "./fact";

const long = "x".repeat(128);
const columns = (count: number): string => Array.from({ length: count }, (_, at) => `c${at} int`).join(", ");

/** A filled table whose columns each have one kind of dependent. */
const dependents = [
  `CREATE TABLE dbo.parent (id int NOT NULL CONSTRAINT pk_parent PRIMARY KEY, code varchar(10) NOT NULL CONSTRAINT uq_parent UNIQUE)`,
  `CREATE TABLE dbo.t (
    pk varchar(10) NOT NULL CONSTRAINT pk_t PRIMARY KEY,
    fk varchar(10) NULL CONSTRAINT fk_t REFERENCES dbo.parent (code),
    uq varchar(10) NOT NULL CONSTRAINT uq_t UNIQUE,
    ix varchar(10) NULL, inc varchar(10) NULL, flt varchar(10) NULL,
    ck varchar(10) NULL CONSTRAINT ck_t CHECK (ck <> 'x'),
    df varchar(10) NULL CONSTRAINT df_t DEFAULT 'a',
    dn decimal(8, 2) NOT NULL CONSTRAINT dn_t DEFAULT 1,
    st varchar(10) NULL, cc varchar(10) NULL, calc AS cc + 'x', bound varchar(10) NULL, free varchar(10) NULL)`,
  `CREATE INDEX ix_t ON dbo.t (ix) INCLUDE (inc)`,
  `CREATE INDEX flt_t ON dbo.t (free) WHERE flt > 'a'`,
  `CREATE STATISTICS st_t ON dbo.t (st)`,
  `CREATE VIEW dbo.v WITH SCHEMABINDING AS SELECT bound FROM dbo.t`,
];
const refused = [5074, 4922];

export const tableFacts: readonly Sheet[] = [
  {
    sheet: "tables 1.1: elements of CREATE TABLE",
    facts: [
      ["a name of 128 characters is accepted", `CREATE TABLE dbo.${long} (a int)`, ok],
      ["a name of 129 characters is 103", `CREATE TABLE dbo.${long}y (a int)`, [103]],
      ["a temporary name of 117 characters is 193", `CREATE TABLE #${"x".repeat(116)} (a int)`, [193]],
      ["a four-part name is 117", "CREATE TABLE s.d.dbo.t (a int)", [117]],
      ["a missing schema is 2760", "CREATE TABLE nowhere.t (a int)", [2760]],
      ["a taken name is 2714", ["CREATE TABLE dbo.t (a int)", "CREATE TABLE dbo.T (a int)"], [2714]],
      ["a view's name is taken too", ["CREATE VIEW dbo.t AS SELECT 1 AS a", "CREATE TABLE dbo.t (a int)"], [2714]],
      [
        "a constraint's name is taken too",
        ["CREATE TABLE dbo.t (a int CONSTRAINT c PRIMARY KEY)", "CREATE TABLE dbo.c (a int)"],
        [2714],
      ],
      ["1,024 columns are accepted", `CREATE TABLE dbo.t (${columns(1024)})`, ok],
      ["1,025 columns are 1702", `CREATE TABLE dbo.t (${columns(1025)})`, [1702]],
      ["a row that cannot fit is 1701", "CREATE TABLE dbo.t (a char(8000), b char(100))", [1701]],
      ["two columns of one name are 2705", "CREATE TABLE dbo.t (a int, A int)", [2705]],
      ["two identity columns are 2744", "CREATE TABLE dbo.t (a int IDENTITY, b int IDENTITY)", [2744]],
      ["two rowversion columns are 2738", "CREATE TABLE dbo.t (a rowversion, b timestamp)", [2738]],
      ["two primary keys are 8110", "CREATE TABLE dbo.t (a int PRIMARY KEY, b int PRIMARY KEY)", [8110]],
      [
        "a second primary key by ALTER is 1779",
        ["CREATE TABLE dbo.t (a int PRIMARY KEY, b int NOT NULL)", "ALTER TABLE dbo.t ADD PRIMARY KEY (b)"],
        [1779, 1750],
      ],
      ["an unknown type is 2715", "CREATE TABLE dbo.t (a nosuch)", [2715]],
      ["an identity of varchar is 2749", "CREATE TABLE dbo.t (a varchar(5) IDENTITY)", [2749]],
      ["a nullable identity is 8147", "CREATE TABLE dbo.t (a int IDENTITY NULL)", [8147]],
      ["a nullable primary key column is 8111", "CREATE TABLE dbo.t (a int NULL, PRIMARY KEY (a))", [8111, 1750]],
      ["a default on an identity column is 1754", "CREATE TABLE dbo.t (a int IDENTITY DEFAULT 1)", [1754, 1750]],
      ["a default on a rowversion column is 1755", "CREATE TABLE dbo.t (a rowversion DEFAULT 1)", [1755, 1750]],
      ["varchar(8001) is 131", "CREATE TABLE dbo.t (a varchar(8001))", [131]],
      ["nvarchar(4001) is refused", "CREATE TABLE dbo.t (a nvarchar(4001))", "refused"],
      ["decimal(39) is 2750", "CREATE TABLE dbo.t (a decimal(39, 0))", [2750]],
      ["a scale above the precision is refused", "CREATE TABLE dbo.t (a decimal(5, 6))", "refused"],
      ["datetime2(8) is 1002", "CREATE TABLE dbo.t (a datetime2(8))", [1002]],
      ["int(5) is 2716", "CREATE TABLE dbo.t (a int(5))", [2716]],
      ["an unknown collation is 448", "CREATE TABLE dbo.t (a varchar(5) COLLATE Nowhere_CI)", [448]],
      ["a collation of an int is 447", "CREATE TABLE dbo.t (a int COLLATE Latin1_General_CI_AS)", [447]],
      ["TEXTIMAGE_ON without a LOB is 1709", "CREATE TABLE dbo.t (a int) TEXTIMAGE_ON [PRIMARY]", [1709]],
      ["an unknown filegroup is 1921", "CREATE TABLE dbo.t (a int) ON nowhere", [1921]],
      ["a computed column needs PERSISTED for NOT NULL", "CREATE TABLE dbo.t (a int, b AS a + 1 NOT NULL)", [8183]],
      [
        "a computed column reads no other computed column (1759)",
        "CREATE TABLE dbo.t (a int, b AS a + 1, c AS b + 1)",
        [1759],
      ],
      ["a computed column of an unknown column is 207", "CREATE TABLE dbo.t (a int, b AS z + 1)", [207]],
      [
        "a persisted computed column is deterministic (4936)",
        "CREATE TABLE dbo.t (a int, b AS getdate() PERSISTED)",
        [4936],
      ],
      [
        "a function without schema binding does not persist (4936)",
        [
          "CREATE FUNCTION dbo.f (@i int) RETURNS int AS BEGIN RETURN @i END",
          "CREATE TABLE dbo.t (a int, b AS dbo.f(a) PERSISTED)",
        ],
        [4936],
      ],
      [
        "nor does an index hold it (2729)",
        [
          "CREATE FUNCTION dbo.f (@i int) RETURNS int AS BEGIN RETURN @i END",
          "CREATE TABLE dbo.t (a int, b AS dbo.f(a))",
          "CREATE INDEX i ON dbo.t (b)",
        ],
        [2729],
      ],
      [
        "a schema-bound function persists",
        [
          "CREATE FUNCTION dbo.f (@i int) RETURNS int WITH SCHEMABINDING AS BEGIN RETURN @i END",
          "CREATE TABLE dbo.t (a int, b AS dbo.f(a) PERSISTED)",
        ],
        ok,
      ],
      ["a subquery in a computed column is 1046", "CREATE TABLE dbo.t (a int, b AS (SELECT 1))", [1046]],
      ["a subquery in a CHECK is 1046", "CREATE TABLE dbo.t (a int CHECK (a > (SELECT 1)))", [1046]],
      ["a column name in a DEFAULT is 128", "CREATE TABLE dbo.t (a int, b int DEFAULT a)", [128]],
      ["a column CHECK that reads another column is 8141", "CREATE TABLE dbo.t (a int, b int CHECK (a > b))", [8141]],
      ["a CHECK of an unknown column is 207", "CREATE TABLE dbo.t (a int, CHECK (z > 1))", [207]],
    ],
  },
  {
    sheet: "tables 1.2: how sys.columns shows a type",
    facts: (
      [
        ["nvarchar(50)", 100, 0, 0],
        ["nvarchar(max)", -1, 0, 0],
        ["varchar", 1, 0, 0],
        ["decimal", 9, 18, 0],
        ["numeric(29, 3)", 17, 29, 3],
        ["decimal(9, 9)", 5, 9, 9],
        ["real", 4, 24, 0],
        ["float(24)", 4, 24, 0],
        ["float(30)", 8, 53, 0],
        ["time(0)", 3, 8, 0],
        ["time", 5, 16, 7],
        ["datetime2(3)", 7, 23, 3],
        ["datetimeoffset", 10, 34, 7],
        ["smalldatetime", 4, 16, 0],
        ["datetime", 8, 23, 3],
        ["rowversion", 8, 0, 0],
        ["sql_variant", 8016, 0, 0],
        ["xml", -1, 0, 0],
        ["hierarchyid", 892, 0, 0],
        ["geometry", -1, 0, 0],
        ["sysname", 256, 0, 0],
        ["text", 16, 0, 0],
        ["money", 8, 19, 4],
        ["date", 3, 10, 0],
        ["uniqueidentifier", 16, 0, 0],
        ["bit", 1, 1, 0],
      ] as const
    ).map(
      ([type, ...shown]) =>
        [
          `${type} is ${shown.join(", ")}`,
          [
            `CREATE TABLE dbo.t (a ${type})`,
            "SELECT max_length, precision, scale FROM sys.columns WHERE object_id = OBJECT_ID('dbo.t')",
          ],
          rows([...shown]),
        ] as const,
    ),
  },
  {
    sheet: "tables 1.5: what can be altered",
    setup: [
      "CREATE TABLE dbo.t (id int NOT NULL IDENTITY(1, 1), a int NULL, b varchar(10) NOT NULL, g uniqueidentifier NOT NULL ROWGUIDCOL, c AS a + 1, s int SPARSE NULL)",
      "INSERT dbo.t (a, b, g) VALUES (1, 'x', NEWID()), (NULL, 'y', NEWID())",
    ],
    facts: [
      ["identity cannot be added to a column (156)", "ALTER TABLE dbo.t ALTER COLUMN a int IDENTITY", [156]],
      [
        "an identity column changes to another integer type and keeps counting",
        [
          "ALTER TABLE dbo.t ALTER COLUMN id bigint NOT NULL",
          "INSERT dbo.t (b, g) VALUES ('z', NEWID()); SELECT MAX(id), (SELECT COUNT(*) FROM sys.identity_columns WHERE object_id = OBJECT_ID('dbo.t')) FROM dbo.t",
        ],
        rows([3, 1]),
      ],
      [
        "an identity column does not become varchar (2749)",
        "ALTER TABLE dbo.t ALTER COLUMN id varchar(10) NOT NULL",
        [2749],
      ],
      ["an identity column does not become nullable", "ALTER TABLE dbo.t ALTER COLUMN id int NULL", [8147]],
      ["a computed column is not altered (4928)", "ALTER TABLE dbo.t ALTER COLUMN c int", [4928]],
      [
        "PERSISTED is added and read back",
        ["ALTER TABLE dbo.t ALTER COLUMN c ADD PERSISTED", "SELECT is_persisted FROM sys.computed_columns"],
        rows([1]),
      ],
      ["PERSISTED of an ordinary column is 4919-class", "ALTER TABLE dbo.t ALTER COLUMN a ADD PERSISTED", [4919]],
      [
        "a second ROWGUIDCOL is 4925",
        ["ALTER TABLE dbo.t ADD h uniqueidentifier NULL", "ALTER TABLE dbo.t ALTER COLUMN h ADD ROWGUIDCOL"],
        [4925],
      ],
      ["SPARSE with NOT NULL is 1731", "ALTER TABLE dbo.t ALTER COLUMN b ADD SPARSE", [1731]],
      [
        "SPARSE is dropped and read back",
        ["ALTER TABLE dbo.t ALTER COLUMN s DROP SPARSE", "SELECT is_sparse FROM sys.columns WHERE name = 's'"],
        rows([0]),
      ],
      [
        "a mask is added and read back",
        [
          "ALTER TABLE dbo.t ALTER COLUMN b ADD MASKED WITH (FUNCTION = 'default()')",
          "SELECT masking_function FROM sys.masked_columns",
        ],
        rows(["default()"]),
      ],
      ["dropping no mask is 16007", "ALTER TABLE dbo.t ALTER COLUMN b DROP MASKED", [16007]],
      ["HIDDEN of an ordinary column is 13735", "ALTER TABLE dbo.t ALTER COLUMN b ADD HIDDEN", [13735]],
      [
        "LOCK_ESCALATION is set and read back",
        ["ALTER TABLE dbo.t SET (LOCK_ESCALATION = DISABLE)", "SELECT lock_escalation_desc FROM sys.tables"],
        rows(["DISABLE"]),
      ],
      [
        "compression is set and read back",
        [
          "ALTER TABLE dbo.t DROP COLUMN s; ALTER TABLE dbo.t REBUILD WITH (DATA_COMPRESSION = PAGE)",
          "SELECT data_compression_desc FROM sys.partitions WHERE object_id = OBJECT_ID('dbo.t')",
        ],
        rows(["PAGE"]),
      ],
      ["an unknown column is 4924", "ALTER TABLE dbo.t ALTER COLUMN z int", [4924]],
      ["an unknown table is 4902", "ALTER TABLE dbo.nowhere ADD z int", [4902]],
      [
        "a rowversion column is not altered (4928)",
        ["ALTER TABLE dbo.t ADD r rowversion", "ALTER TABLE dbo.t ALTER COLUMN r int"],
        [4928],
      ],
      ["no column becomes rowversion (4927)", "ALTER TABLE dbo.t ALTER COLUMN a rowversion", [4927]],
      [
        "omitted nullability means NULL",
        [
          "ALTER TABLE dbo.t ALTER COLUMN b varchar(20)",
          "SELECT is_nullable, max_length FROM sys.columns WHERE name = 'b' AND object_id = OBJECT_ID('dbo.t')",
        ],
        rows([1, 20]),
      ],
      [
        "omitted COLLATE on a new type is the database's",
        [
          "ALTER TABLE dbo.t ALTER COLUMN b varchar(10) COLLATE Latin1_General_BIN2 NOT NULL; ALTER TABLE dbo.t ALTER COLUMN b nvarchar(10) NOT NULL",
          "SELECT collation_name FROM sys.columns WHERE name = 'b' AND object_id = OBJECT_ID('dbo.t')",
        ],
        rows(["SQL_Latin1_General_CP1_CI_AS"]),
      ],
    ],
  },
  {
    sheet: "tables 1.6: data that an ALTER COLUMN does not take",
    setup: [
      "CREATE TABLE dbo.t (n int NULL, i int NOT NULL, v varchar(20) NOT NULL, tx text NULL, im image NULL, d datetime NOT NULL)",
      "INSERT dbo.t VALUES (NULL, 70000, 'abcdefghij', 'x', 0x00, '20200101')",
    ],
    facts: [
      ["NULL present when going NOT NULL is 515", "ALTER TABLE dbo.t ALTER COLUMN n int NOT NULL", [515]],
      ["a value beyond smallint is 220", "ALTER TABLE dbo.t ALTER COLUMN i smallint NOT NULL", [220]],
      ["a value beyond decimal(4, 0) is 8115", "ALTER TABLE dbo.t ALTER COLUMN i decimal(4, 0) NOT NULL", [8115]],
      ["text that would be cut is 2628", "ALTER TABLE dbo.t ALTER COLUMN v varchar(5) NOT NULL", [2628]],
      ["text that is no number is 245", "ALTER TABLE dbo.t ALTER COLUMN v int NOT NULL", [245]],
      ["text that is no date is 241", "ALTER TABLE dbo.t ALTER COLUMN v datetime NOT NULL", [241]],
      ["no implicit conversion is 206", "ALTER TABLE dbo.t ALTER COLUMN d uniqueidentifier NOT NULL", [206]],
      ["text becomes nvarchar(max)", "ALTER TABLE dbo.t ALTER COLUMN tx nvarchar(max)", ok],
      ["image does not become varchar(max)", "ALTER TABLE dbo.t ALTER COLUMN im varchar(max)", "refused"],
      ["image becomes varbinary(max)", "ALTER TABLE dbo.t ALTER COLUMN im varbinary(max)", ok],
      [
        "a failed ALTER COLUMN leaves the column as it was",
        [
          "BEGIN TRY ALTER TABLE dbo.t ALTER COLUMN i smallint NOT NULL END TRY BEGIN CATCH END CATCH",
          "SELECT TYPE_NAME(user_type_id) FROM sys.columns WHERE object_id = OBJECT_ID('dbo.t') AND name = 'i'",
        ],
        rows(["int"]),
      ],
    ],
  },
  {
    sheet: "tables 1.6: what depends on the column",
    setup: dependents,
    facts: [
      ...(["pk", "fk", "uq", "ix", "inc", "flt", "ck", "df", "st", "cc", "bound"] as const).map(
        (name) =>
          [
            `${name}: a type change is refused`,
            `ALTER TABLE dbo.t ALTER COLUMN ${name} int${["pk", "uq"].includes(name) ? " NOT NULL" : ""}`,
            refused,
          ] as const,
      ),
      ...(["pk", "fk", "flt", "cc", "bound"] as const).map(
        (name) =>
          [
            `${name}: widening is refused`,
            `ALTER TABLE dbo.t ALTER COLUMN ${name} varchar(20)${name === "pk" ? " NOT NULL" : ""}`,
            refused,
          ] as const,
      ),
      ...(["uq", "ix", "inc", "ck", "df", "st", "free"] as const).map(
        (name) =>
          [
            `${name}: widening is allowed`,
            `ALTER TABLE dbo.t ALTER COLUMN ${name} varchar(20)${name === "uq" ? " NOT NULL" : ""}`,
            ok,
          ] as const,
      ),
      ...(["fk", "ix", "flt", "ck", "st", "cc", "bound"] as const).map(
        (name) =>
          [
            `${name}: NULL to NOT NULL is refused`,
            `ALTER TABLE dbo.t ALTER COLUMN ${name} varchar(10) NOT NULL`,
            refused,
          ] as const,
      ),
      ["df: NULL to NOT NULL is allowed", "ALTER TABLE dbo.t ALTER COLUMN df varchar(10) NOT NULL", ok],
      ["pk: NOT NULL to NULL is refused", "ALTER TABLE dbo.t ALTER COLUMN pk varchar(10) NULL", refused],
      ["uq: NOT NULL to NULL is refused", "ALTER TABLE dbo.t ALTER COLUMN uq varchar(10) NULL", refused],
      ...(["pk", "fk", "uq", "ix", "inc", "flt", "ck", "st", "cc", "bound"] as const).map(
        (name) =>
          [
            `${name}: another collation is refused`,
            `ALTER TABLE dbo.t ALTER COLUMN ${name} varchar(10) COLLATE Latin1_General_BIN2${["pk", "uq"].includes(name) ? " NOT NULL" : ""}`,
            refused,
          ] as const,
      ),
      [
        "df: another collation is allowed",
        "ALTER TABLE dbo.t ALTER COLUMN df varchar(10) COLLATE Latin1_General_BIN2",
        ok,
      ],
      [
        "dn: more precision of the same type under a default is allowed",
        "ALTER TABLE dbo.t ALTER COLUMN dn decimal(12, 3) NOT NULL",
        ok,
      ],
      [
        "the referenced end of a foreign key is refused as well",
        "ALTER TABLE dbo.parent ALTER COLUMN code varchar(20) NOT NULL",
        refused,
      ],
      ...(["pk", "fk", "uq", "ix", "inc", "flt", "ck", "df", "st", "cc", "bound"] as const).map(
        (name) => [`${name}: DROP COLUMN is refused`, `ALTER TABLE dbo.t DROP COLUMN ${name}`, refused] as const,
      ),
      [
        "one statement drops the constraint and then its column",
        "ALTER TABLE dbo.t DROP CONSTRAINT ck_t, COLUMN ck",
        ok,
      ],
      ["DROP COLUMN IF EXISTS of a missing column is quiet", "ALTER TABLE dbo.t DROP COLUMN IF EXISTS z", ok],
      ["DROP COLUMN of a missing column is 4924", "ALTER TABLE dbo.t DROP COLUMN z", [4924]],
      ["DROP CONSTRAINT of a missing one is 3728 and 3727", "ALTER TABLE dbo.t DROP CONSTRAINT z", [3728, 3727]],
    ],
  },
  {
    sheet: "tables 1.7: ADD COLUMN",
    setup: ["CREATE TABLE dbo.t (a int NOT NULL)", "INSERT dbo.t VALUES (1)"],
    facts: [
      ["NOT NULL without a default on rows is 4901", "ALTER TABLE dbo.t ADD b int NOT NULL", [4901]],
      [
        "NOT NULL without a default on an empty table is allowed",
        ["DELETE dbo.t", "ALTER TABLE dbo.t ADD b int NOT NULL"],
        ok,
      ],
      [
        "identity and rowversion need no default",
        "ALTER TABLE dbo.t ADD b int NOT NULL IDENTITY, r rowversion NOT NULL",
        ok,
      ],
      [
        "NULL with a default keeps NULL in old rows",
        ["ALTER TABLE dbo.t ADD b int NULL DEFAULT 5", "SELECT b FROM dbo.t"],
        rows([null]),
      ],
      [
        "WITH VALUES fills old rows",
        ["ALTER TABLE dbo.t ADD b int NULL DEFAULT 5 WITH VALUES", "SELECT b FROM dbo.t"],
        rows([5]),
      ],
      [
        "NOT NULL with a default fills old rows",
        ["ALTER TABLE dbo.t ADD b int NOT NULL DEFAULT 5", "SELECT b FROM dbo.t"],
        rows([5]),
      ],
      ["a taken column name is 2705", "ALTER TABLE dbo.t ADD A int", [2705]],
      [
        "a column id is never used again",
        [
          "ALTER TABLE dbo.t ADD b int; ALTER TABLE dbo.t DROP COLUMN b; ALTER TABLE dbo.t ADD c int",
          "SELECT c.column_id, t.max_column_id_used FROM sys.columns c JOIN sys.tables t ON t.object_id = c.object_id WHERE c.name = 'c'",
        ],
        rows([3, 3]),
      ],
      [
        "a failed CHECK of a new column leaves no column (547)",
        [
          "BEGIN TRY ALTER TABLE dbo.t ADD b int NOT NULL DEFAULT 5 CHECK (b > 9) END TRY BEGIN CATCH END CATCH",
          "SELECT COUNT(*) FROM sys.columns WHERE object_id = OBJECT_ID('dbo.t')",
        ],
        rows([1]),
      ],
      ["the only column is not dropped (4923)", "ALTER TABLE dbo.t DROP COLUMN a", [4923]],
    ],
  },
  {
    sheet: "tables 1.11: DROP TABLE",
    setup: [
      "CREATE TABLE dbo.p (id int NOT NULL PRIMARY KEY)",
      "CREATE TABLE dbo.c (id int NOT NULL, p int REFERENCES dbo.p (id))",
      "CREATE TABLE dbo.b (id int)",
      "CREATE VIEW dbo.v WITH SCHEMABINDING AS SELECT id FROM dbo.b",
    ],
    facts: [
      ["3726 while a foreign key points here", "DROP TABLE dbo.p", [3726]],
      ["3729 while a schema-bound view reads it", "DROP TABLE dbo.b", [3729]],
      [
        "a list is not one unit",
        [
          "CREATE TABLE dbo.x (a int)",
          "BEGIN TRY DROP TABLE dbo.x, dbo.p END TRY BEGIN CATCH END CATCH",
          "SELECT OBJECT_ID('dbo.x')",
        ],
        rows([null]),
      ],
      ["a missing table is 3701", "DROP TABLE dbo.z", [3701]],
      ["a view is 3705", "DROP TABLE dbo.v", [3705]],
      ["TRUNCATE of a referenced table is 4712", "TRUNCATE TABLE dbo.p", [4712]],
      ["TRUNCATE of a missing table is 4701", "TRUNCATE TABLE dbo.z", [4701]],
    ],
  },
];
