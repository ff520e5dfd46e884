import { checkFacts } from "./check-facts";
import { ok, rows } from "./facts/fact";

const FACTS =
  "CREATE TABLE dbo.f (id int NOT NULL, day date NOT NULL, code varchar(10) NULL, amount decimal(18,2) NULL); INSERT dbo.f VALUES (1, '2020-01-01', 'a', 1), (2, '2021-01-01', 'b', 2)";
const CLUSTERED = "CREATE CLUSTERED COLUMNSTORE INDEX cci ON dbo.f";
const read =
  "SELECT i.name, i.type_desc, p.data_compression_desc, i.compression_delay FROM sys.indexes i JOIN sys.partitions p ON p.object_id = i.object_id AND p.index_id = i.index_id WHERE i.object_id = OBJECT_ID('dbo.f') ORDER BY i.index_id, p.partition_number";

describe("twin columnstore indexes", () => {
  describe("clustered", () => {
    checkFacts(
      [FACTS],
      [
        [
          "hold every column as included, without a key",
          [
            CLUSTERED,
            "SELECT column_id, key_ordinal, is_included_column FROM sys.index_columns WHERE object_id = OBJECT_ID('dbo.f') ORDER BY column_id",
          ],
          rows([1, 0, 1], [2, 0, 1], [3, 0, 1], [4, 0, 1]),
        ],
        ["are compressed as COLUMNSTORE", [CLUSTERED, read], rows(["cci", "CLUSTERED COLUMNSTORE", "COLUMNSTORE", 0])],
        [
          "may be archived",
          [`${CLUSTERED} WITH (DATA_COMPRESSION = COLUMNSTORE_ARCHIVE)`, read],
          rows(["cci", "CLUSTERED COLUMNSTORE", "COLUMNSTORE_ARCHIVE", 0]),
        ],
        [
          "are archived and back by ALTER INDEX REBUILD",
          [
            CLUSTERED,
            "ALTER INDEX cci ON dbo.f REBUILD WITH (DATA_COMPRESSION = COLUMNSTORE_ARCHIVE)",
            "ALTER INDEX cci ON dbo.f REBUILD WITH (DATA_COMPRESSION = COLUMNSTORE)",
            read,
          ],
          rows(["cci", "CLUSTERED COLUMNSTORE", "COLUMNSTORE", 0]),
        ],
        [
          "keep COMPRESSION_DELAY",
          [`${CLUSTERED} WITH (COMPRESSION_DELAY = 60 MINUTES)`, read],
          rows(["cci", "CLUSTERED COLUMNSTORE", "COLUMNSTORE", 60]),
        ],
        [
          "change COMPRESSION_DELAY in place",
          [CLUSTERED, "ALTER INDEX cci ON dbo.f SET (COMPRESSION_DELAY = 30)", read],
          rows(["cci", "CLUSTERED COLUMNSTORE", "COLUMNSTORE", 30]),
        ],
        ["refuse a delay beyond a week: 35382", `${CLUSTERED} WITH (COMPRESSION_DELAY = 10081)`, [35382]],
        [
          "keep ORDER",
          [
            `${CLUSTERED} ORDER (day, id)`,
            "SELECT column_id, column_store_order_ordinal FROM sys.index_columns WHERE object_id = OBJECT_ID('dbo.f') AND column_store_order_ordinal > 0 ORDER BY 2",
          ],
          rows([2, 1], [1, 2]),
        ],
        ["refuse a column twice in ORDER: 35331", `${CLUSTERED} ORDER (day, day)`, [35331]],
        ["refuse an unknown column in ORDER: 1911", `${CLUSTERED} ORDER (nope)`, [1911]],
        ["refuse a key list: 35335", `${CLUSTERED} (id)`, [35335]],
        ["refuse to be unique: 35301", "CREATE UNIQUE CLUSTERED COLUMNSTORE INDEX cci ON dbo.f", [35301]],
        ["refuse ROW and PAGE compression: 155", `${CLUSTERED} WITH (DATA_COMPRESSION = PAGE)`, [155]],
        ["refuse FILLFACTOR: 35317", `${CLUSTERED} WITH (FILLFACTOR = 80)`, [35317]],
        ["refuse other options of rowstore indexes: 35318", `${CLUSTERED} WITH (PAD_INDEX = ON)`, [35318]],
        [
          "refuse FILLFACTOR on REBUILD: 35327",
          [CLUSTERED, "ALTER INDEX cci ON dbo.f REBUILD WITH (FILLFACTOR = 80)"],
          [35327],
        ],
        ["refuse a second clustered index: 35372", [CLUSTERED, "CREATE CLUSTERED INDEX c ON dbo.f (id)"], [35372]],
        [
          "replace a clustered rowstore index of their name with DROP_EXISTING",
          ["CREATE CLUSTERED INDEX cci ON dbo.f (id)", `${CLUSTERED} WITH (DROP_EXISTING = ON)`, read],
          rows(["cci", "CLUSTERED COLUMNSTORE", "COLUMNSTORE", 0]),
        ],
        [
          "stand beside a nonclustered primary key and other indexes",
          [
            CLUSTERED,
            "ALTER TABLE dbo.f ADD CONSTRAINT pk PRIMARY KEY NONCLUSTERED (id); CREATE INDEX ix ON dbo.f (day)",
          ],
          ok,
        ],
        [
          "make a primary key nonclustered that says nothing",
          [
            CLUSTERED,
            "ALTER TABLE dbo.f ADD CONSTRAINT pk PRIMARY KEY (id)",
            "SELECT type_desc FROM sys.indexes WHERE name = 'pk'",
          ],
          rows(["NONCLUSTERED"]),
        ],
        [
          "leave a heap when they are dropped",
          [CLUSTERED, "DROP INDEX cci ON dbo.f", read],
          rows([null, "HEAP", "NONE", null]),
        ],
        ["refuse xml columns: 35343", ["ALTER TABLE dbo.f ADD x xml", CLUSTERED], [35343]],
        ["take MAX columns", ["ALTER TABLE dbo.f ADD x nvarchar(max)", CLUSTERED], ok],
        ["refuse sparse columns: 35309", ["ALTER TABLE dbo.f ADD x int SPARSE NULL", CLUSTERED], [35309]],
        [
          "refuse persisted computed columns: 35307",
          ["ALTER TABLE dbo.f ADD x AS id + 1 PERSISTED", CLUSTERED],
          [35307],
        ],
        [
          "take added columns",
          [
            CLUSTERED,
            "ALTER TABLE dbo.f ADD x int NULL",
            "SELECT COUNT(*) FROM sys.index_columns WHERE object_id = OBJECT_ID('dbo.f')",
          ],
          rows([5]),
        ],
        [
          "refuse added columns of other types: 35343",
          [CLUSTERED, "ALTER TABLE dbo.f ADD x sql_variant NULL"],
          [35343],
        ],
        ["refuse triggers: 35358", [CLUSTERED, "CREATE TRIGGER dbo.tr ON dbo.f AFTER INSERT AS RETURN"], [35358]],
        [
          "are refused beside triggers: 35359",
          ["CREATE TRIGGER dbo.tr ON dbo.f AFTER INSERT AS RETURN", CLUSTERED],
          [35359],
        ],
        ["come with CREATE TABLE", "CREATE TABLE dbo.g (id int NOT NULL, INDEX cci CLUSTERED COLUMNSTORE)", ok],
        [
          "leave no room for a table compression: 35319",
          "CREATE TABLE dbo.g (id int NOT NULL, INDEX cci CLUSTERED COLUMNSTORE) WITH (DATA_COMPRESSION = PAGE)",
          [35319],
        ],
        [
          "are none of a table variable: 35310",
          "DECLARE @g TABLE (id int NOT NULL, INDEX cci CLUSTERED COLUMNSTORE)",
          [35310],
        ],
        [
          "keep data readable and writable",
          [
            CLUSTERED,
            "UPDATE dbo.f SET amount = 5 WHERE id = 1; DELETE dbo.f WHERE id = 2",
            "SELECT id, amount FROM dbo.f",
          ],
          rows([1, 5]),
        ],
      ],
    );
  });

  describe("nonclustered", () => {
    const index = (rest: string): string => `CREATE NONCLUSTERED COLUMNSTORE INDEX ncci ON dbo.f ${rest}`;
    checkFacts(
      [FACTS],
      [
        [
          "hold the columns that they name",
          [
            index("(day, amount)"),
            "SELECT column_id FROM sys.index_columns WHERE object_id = OBJECT_ID('dbo.f') ORDER BY column_id",
          ],
          rows([2], [4]),
        ],
        [
          "may be filtered",
          [index("(day) WHERE amount > 1"), "SELECT has_filter FROM sys.indexes WHERE name = 'ncci'"],
          rows([1]),
        ],
        ["refuse DESC: 35302", index("(day DESC)"), [35302]],
        ["refuse INCLUDE: 35311", index("(day) INCLUDE (id)"), [35311]],
        ["want columns: 35336", index(""), [35336]],
        ["refuse ORDER before 2025: 35342", index("(day) ORDER (day)"), [35342]],
        [
          "are one a table: 35339",
          [index("(day)"), "CREATE NONCLUSTERED COLUMNSTORE INDEX other ON dbo.f (id)"],
          [35339],
        ],
        ["refuse MAX columns: 35343", ["ALTER TABLE dbo.f ADD x varchar(max)", index("(x)")], [35343]],
        ["refuse computed columns: 35307", ["ALTER TABLE dbo.f ADD x AS id + 1", index("(x)")], [35307]],
        [
          "take other indexes beside them, clustered ones too",
          [index("(day)"), "CREATE UNIQUE CLUSTERED INDEX c ON dbo.f (id)"],
          ok,
        ],
        [
          "hold back a column that is dropped: 5074, 4922",
          [index("(code)"), "ALTER TABLE dbo.f DROP COLUMN code"],
          [5074, 4922],
        ],
        ["are refused at a column: 35306", "CREATE TABLE dbo.g (id int INDEX i NONCLUSTERED COLUMNSTORE)", [35306]],
        ["leave ORDER to columnstore indexes: 35329", "CREATE INDEX i ON dbo.f (id) ORDER (id)", [35329]],
        [
          "leave COMPRESSION_DELAY to columnstore indexes: 35364",
          ["CREATE INDEX i ON dbo.f (id)", "ALTER INDEX i ON dbo.f SET (COMPRESSION_DELAY = 5)"],
          [35364],
        ],
      ],
    );
  });
});

describe("twin partitions", () => {
  const BY_YEAR = [
    "CREATE PARTITION FUNCTION pf (date) AS RANGE RIGHT FOR VALUES ('2020-01-01', '2021-01-01')",
    "CREATE PARTITION SCHEME ps AS PARTITION pf ALL TO ([PRIMARY])",
    "CREATE TABLE dbo.f (id int NOT NULL, day date NOT NULL, CONSTRAINT pk PRIMARY KEY (day, id)) ON ps (day)",
    "INSERT dbo.f VALUES (1, '2019-05-01'), (2, '2020-01-01'), (3, '2020-12-31'), (4, '2022-01-01')",
  ];
  const counts =
    "SELECT rows FROM sys.partitions WHERE object_id = OBJECT_ID('dbo.f') AND index_id IN (0, 1) ORDER BY partition_number";
  checkFacts(BY_YEAR, [
    [
      "$PARTITION numbers the partition of a value",
      "SELECT $PARTITION.pf('2019-12-31'), $PARTITION.pf('2020-01-01'), $PARTITION.pf(NULL)",
      rows([1, 2, 1]),
    ],
    [
      "$PARTITION groups rows, from another database too",
      "SELECT facts.$PARTITION.pf(day), COUNT(*) FROM dbo.f GROUP BY facts.$PARTITION.pf(day) ORDER BY 1",
      rows([1, 1], [2, 2], [3, 1]),
    ],
    ["$PARTITION of an unknown function is 208", "SELECT $PARTITION.nope(1)", [208]],
    ["$PARTITION takes one value: 174", "SELECT $PARTITION.pf('2020-01-01', 1)", [174]],
    [
      "TRUNCATE empties chosen partitions",
      ["TRUNCATE TABLE dbo.f WITH (PARTITIONS (1, 3 TO 3))", counts],
      rows([0], [2], [0]),
    ],
    ["TRUNCATE of a partition that is not there is 7722", "TRUNCATE TABLE dbo.f WITH (PARTITIONS (4))", [7722]],
    [
      "TRUNCATE of partitions wants a partitioned table: 7729",
      ["CREATE TABLE dbo.g (id int)", "TRUNCATE TABLE dbo.g WITH (PARTITIONS (1))"],
      [7729],
    ],
    ["a range of partitions goes upwards: 7728", "TRUNCATE TABLE dbo.f WITH (PARTITIONS (3 TO 2))", [7728]],
    [
      "compression differs by partition",
      [
        "ALTER TABLE dbo.f REBUILD PARTITION = ALL WITH (DATA_COMPRESSION = PAGE ON PARTITIONS (1 TO 2), DATA_COMPRESSION = ROW ON PARTITIONS (3))",
        "SELECT data_compression_desc FROM sys.partitions WHERE object_id = OBJECT_ID('dbo.f') ORDER BY partition_number",
      ],
      rows(["PAGE"], ["PAGE"], ["ROW"]),
    ],
    [
      "an index follows its table's partitions",
      [
        "CREATE INDEX ix ON dbo.f (id)",
        "SELECT COUNT(*) FROM sys.partitions p JOIN sys.indexes i ON i.object_id = p.object_id AND i.index_id = p.index_id WHERE i.name = 'ix'",
      ],
      rows([3]),
    ],
    ["a unique index has the partitioning column in its key: 1908", "CREATE UNIQUE INDEX ix ON dbo.f (id)", [1908]],
    [
      "a columnstore index is aligned: 35316",
      "CREATE NONCLUSTERED COLUMNSTORE INDEX ix ON dbo.f (id) ON [PRIMARY]",
      [35316],
    ],
    [
      "an aligned columnstore index has a partition for each",
      [
        "CREATE NONCLUSTERED COLUMNSTORE INDEX ix ON dbo.f (id)",
        "SELECT COUNT(*) FROM sys.partitions p JOIN sys.indexes i ON i.object_id = p.object_id AND i.index_id = p.index_id WHERE i.name = 'ix'",
      ],
      rows([3]),
    ],
    [
      "a full partition under a columnstore index is not split: 35346",
      [
        "CREATE NONCLUSTERED COLUMNSTORE INDEX ix ON dbo.f (id); ALTER PARTITION SCHEME ps NEXT USED [PRIMARY]",
        "ALTER PARTITION FUNCTION pf () SPLIT RANGE ('2020-06-01')",
      ],
      [35346],
    ],
    [
      "nor are two full ones merged: 35344",
      [
        "CREATE NONCLUSTERED COLUMNSTORE INDEX ix ON dbo.f (id)",
        "ALTER PARTITION FUNCTION pf () MERGE RANGE ('2020-01-01')",
      ],
      [35344],
    ],
    [
      "a disabled clustered index stops SPLIT: 7725",
      [
        "ALTER INDEX pk ON dbo.f DISABLE; ALTER PARTITION SCHEME ps NEXT USED [PRIMARY]",
        "ALTER PARTITION FUNCTION pf () SPLIT RANGE ('2025-01-01')",
      ],
      [7725],
    ],
    ["the column has the function's type: 7726", "CREATE TABLE dbo.g (day datetime) ON ps (day)", [7726]],
    [
      "a computed column is persisted to partition by it: 7724",
      "CREATE TABLE dbo.g (a date, day AS a) ON ps (day)",
      [7724],
    ],
    [
      "text has the function's collation: 7727",
      [
        "CREATE PARTITION FUNCTION pc (varchar(5)) AS RANGE LEFT FOR VALUES ('m'); CREATE PARTITION SCHEME sc AS PARTITION pc ALL TO ([PRIMARY])",
        "CREATE TABLE dbo.g (c varchar(5) COLLATE Latin1_General_BIN2) ON sc (c)",
      ],
      [7727],
    ],
    [
      "a boundary that would be cut is 7720",
      "CREATE PARTITION FUNCTION pc (varchar(2)) AS RANGE LEFT FOR VALUES ('a', 'abc')",
      [7720],
    ],
    ["a function over xml is 7704", "CREATE PARTITION FUNCTION pc (xml) AS RANGE LEFT FOR VALUES ('a')", [7704]],
    [
      "ALL takes one filegroup: 7723",
      "CREATE PARTITION SCHEME s2 AS PARTITION pf ALL TO ([PRIMARY], [PRIMARY])",
      [7723],
    ],
    [
      "a partition goes out to a table whose CHECK its range proves",
      [
        "CREATE TABLE dbo.out (id int NOT NULL, day date NOT NULL, CONSTRAINT pk_out PRIMARY KEY (day, id), CONSTRAINT c CHECK (day < '2020-01-01'))",
        "ALTER TABLE dbo.f SWITCH PARTITION 1 TO dbo.out",
        "SELECT id FROM dbo.out",
      ],
      rows([1]),
    ],
    [
      "and not to one whose CHECK it does not: 4972",
      [
        "CREATE TABLE dbo.out (id int NOT NULL, day date NOT NULL, CONSTRAINT pk_out PRIMARY KEY (day, id), CONSTRAINT c CHECK (day < '2019-01-01'))",
        "ALTER TABLE dbo.f SWITCH PARTITION 1 TO dbo.out",
      ],
      [4972],
    ],
    [
      "the history of a partitioned table is not partitioned",
      [
        "CREATE TABLE dbo.t (day date NOT NULL PRIMARY KEY, f datetime2 GENERATED ALWAYS AS ROW START, t datetime2 GENERATED ALWAYS AS ROW END, PERIOD FOR SYSTEM_TIME (f, t)) ON ps (day) WITH (SYSTEM_VERSIONING = ON (HISTORY_TABLE = dbo.th))",
        "SELECT (SELECT COUNT(*) FROM sys.partitions WHERE object_id = OBJECT_ID('dbo.t')), (SELECT COUNT(*) FROM sys.partitions WHERE object_id = OBJECT_ID('dbo.th'))",
      ],
      rows([3, 1]),
    ],
  ]);
});
