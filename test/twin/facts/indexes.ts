/** Facts about indexes, statistics, partitions and sequences. */
import { rows, type Sheet } from "./fact";

export const indexFacts: readonly Sheet[] = [
  {
    sheet: "use sparse columns: restrictions",
    setup: [
      "CREATE TABLE dbo.s (id int NOT NULL CONSTRAINT pk_s PRIMARY KEY, a int SPARSE NULL)",
      "CREATE TABLE dbo.c (id int NOT NULL, a int NULL) WITH (DATA_COMPRESSION = PAGE)",
    ],
    facts: [
      [
        "a table with sparse columns is not made compressed",
        "CREATE TABLE dbo.n (a int SPARSE NULL) WITH (DATA_COMPRESSION = ROW)",
        [11418],
      ],
      ["nor compressed later", "ALTER TABLE dbo.s REBUILD WITH (DATA_COMPRESSION = PAGE)", [11418]],
      ["nor an index on it", "CREATE INDEX i ON dbo.s (a) WITH (DATA_COMPRESSION = PAGE)", [10623]],
      ["nor an index of it", "ALTER INDEX pk_s ON dbo.s REBUILD WITH (DATA_COMPRESSION = ROW)", [10623]],
      ["a compressed table takes no sparse column", "ALTER TABLE dbo.c ADD b int SPARSE NULL", [11418]],
      ["and none becomes sparse", "ALTER TABLE dbo.c ALTER COLUMN a ADD SPARSE", [11418]],
      [
        "unless it is compressed no more",
        [
          "ALTER TABLE dbo.c REBUILD WITH (DATA_COMPRESSION = NONE)",
          "ALTER TABLE dbo.c ALTER COLUMN a ADD SPARSE",
          "SELECT is_sparse FROM sys.columns WHERE object_id = OBJECT_ID('dbo.c') AND name = 'a'",
        ],
        rows([1]),
      ],
    ],
  },
  {
    sheet: "tables 5: indexes",
    setup: [
      "CREATE TABLE dbo.t (id int NOT NULL CONSTRAINT pk_t PRIMARY KEY, a int NULL, b varchar(10) NULL, big varchar(2000) NULL, fixed char(1800) NULL, m varchar(max) NULL, x xml NULL, tx text NULL, calc AS a + 1, f float NULL, calcf AS f + 1)",
      "INSERT dbo.t (id, a) VALUES (1, 1), (2, 1)",
      "CREATE INDEX ix ON dbo.t (a) INCLUDE (b)",
    ],
    facts: [
      [
        "a heap keeps the compression of the clustered index that it was",
        [
          "CREATE TABLE dbo.pressed (id int NOT NULL CONSTRAINT pk_pressed PRIMARY KEY WITH (DATA_COMPRESSION = PAGE))",
          "ALTER TABLE dbo.pressed DROP CONSTRAINT pk_pressed",
          "SELECT data_compression_desc FROM sys.partitions WHERE object_id = OBJECT_ID('dbo.pressed')",
        ],
        rows(["PAGE"]),
      ],
      ["a second clustered index is 1902", "CREATE CLUSTERED INDEX c ON dbo.t (a)", [1902]],
      ["a taken index name is 1913", "CREATE INDEX IX ON dbo.t (b)", [1913]],
      ["a duplicate column is 1909", "CREATE INDEX i ON dbo.t (a, a)", [1909]],
      ["a key column in INCLUDE is 1909", "CREATE INDEX i ON dbo.t (a) INCLUDE (a)", [1909]],
      ["a missing column is 1911", "CREATE INDEX i ON dbo.t (z)", [1911]],
      ["a missing table is 1088", "CREATE INDEX i ON dbo.z (a)", [1088]],
      [
        "33 key columns are 1904",
        [
          `CREATE TABLE dbo.w (${Array.from({ length: 33 }, (_, i) => `c${i} int`).join(", ")})`,
          `CREATE INDEX i ON dbo.w (${Array.from({ length: 33 }, (_, i) => `c${i}`).join(", ")})`,
        ],
        [1904],
      ],
      ["a MAX key column is 1919", "CREATE INDEX i ON dbo.t (m)", [1919]],
      ["an xml key column is refused", "CREATE INDEX i ON dbo.t (x)", [1919]],
      ["a text column in INCLUDE is 1999", "CREATE INDEX i ON dbo.t (a) INCLUDE (tx)", [1999]],
      ["a fixed key above 1,700 bytes is 1944", "CREATE INDEX i ON dbo.t (fixed)", [1944]],
      [
        "a variable key above 1,700 bytes only warns",
        ["CREATE INDEX i ON dbo.t (big)", "SELECT COUNT(*) FROM sys.indexes WHERE name = 'i'"],
        rows([1]),
      ],
      ["duplicates under a unique index are 1505", "CREATE UNIQUE INDEX i ON dbo.t (a)", [1505]],
      [
        "a filtered clustered index is refused",
        ["CREATE TABLE dbo.h (a int)", "CREATE CLUSTERED INDEX i ON dbo.h (a) WHERE a > 1"],
        "refused",
      ],
      ["OR in a filter is refused", "CREATE INDEX i ON dbo.t (b) WHERE a = 1 OR a = 2", "refused"],
      ["BETWEEN in a filter is refused", "CREATE INDEX i ON dbo.t (b) WHERE a BETWEEN 1 AND 2", "refused"],
      ["LIKE in a filter is refused", "CREATE INDEX i ON dbo.t (a) WHERE b LIKE 'x%'", "refused"],
      ["a function of the column in a filter is refused", "CREATE INDEX i ON dbo.t (a) WHERE LEN(b) > 1", "refused"],
      ["a computed column in a filter is refused", "CREATE INDEX i ON dbo.t (a) WHERE calc > 1", [10609]],
      [
        "IN in a filter keeps its order",
        ["CREATE INDEX i ON dbo.t (b) WHERE a IN (1, 2)", "SELECT filter_definition FROM sys.indexes WHERE name = 'i'"],
        rows(["([a] IN ((1), (2)))"]),
      ],
      [
        "IGNORE_DUP_KEY of a filtered unique index is 10610-class",
        "CREATE UNIQUE INDEX i ON dbo.t (id) WHERE a > 1 WITH (IGNORE_DUP_KEY = ON)",
        "refused",
      ],
      ["an imprecise computed column is no key (2729/2799-class)", "CREATE INDEX i ON dbo.t (calcf)", "refused"],
      ["ALTER INDEX of a missing index is 2727", "ALTER INDEX z ON dbo.t REBUILD", [2727]],
      ["DROP INDEX of a missing index is 3701", "DROP INDEX z ON dbo.t", [3701]],
      ["IGNORE_DUP_KEY of a non-unique index is 1915", "ALTER INDEX ix ON dbo.t SET (IGNORE_DUP_KEY = ON)", [1915]],
      [
        "REORGANIZE with page locks off is 1943",
        ["ALTER INDEX ix ON dbo.t SET (ALLOW_PAGE_LOCKS = OFF)", "ALTER INDEX ix ON dbo.t REORGANIZE"],
        [1943],
      ],
      [
        "a disabled clustered index makes the table unusable (8655)",
        ["ALTER INDEX pk_t ON dbo.t DISABLE", "SELECT * FROM dbo.t"],
        [8655],
      ],
      [
        "REBUILD enables a disabled index",
        [
          "ALTER INDEX ix ON dbo.t DISABLE; ALTER INDEX ix ON dbo.t REBUILD",
          "SELECT is_disabled FROM sys.indexes WHERE name = 'ix'",
        ],
        rows([0]),
      ],
      [
        "SET of a disabled index is refused",
        ["ALTER INDEX ix ON dbo.t DISABLE", "ALTER INDEX ix ON dbo.t SET (ALLOW_ROW_LOCKS = OFF)"],
        "refused",
      ],
      ["DROP_EXISTING of a missing index is refused", "CREATE INDEX z ON dbo.t (a) WITH (DROP_EXISTING = ON)", [7999]],
      [
        "DROP_EXISTING keeps the index id and changes the columns",
        [
          "CREATE INDEX ix ON dbo.t (b) WITH (DROP_EXISTING = ON)",
          "SELECT i.index_id, COL_NAME(c.object_id, c.column_id) FROM sys.indexes i JOIN sys.index_columns c ON c.object_id = i.object_id AND c.index_id = i.index_id WHERE i.name = 'ix'",
        ],
        rows([2, "b"]),
      ],
      [
        "clustered to nonclustered by DROP_EXISTING is 1925",
        [
          "CREATE TABLE dbo.h (a int); CREATE CLUSTERED INDEX c ON dbo.h (a)",
          "CREATE NONCLUSTERED INDEX c ON dbo.h (a) WITH (DROP_EXISTING = ON)",
        ],
        [1925],
      ],
      [
        "an INCLUDE column of a clustered index is 10601",
        ["CREATE TABLE dbo.h (a int, b int)", "CREATE CLUSTERED INDEX c ON dbo.h (a) INCLUDE (b)"],
        [10601],
      ],
      [
        "QUOTED_IDENTIFIER OFF refuses a filtered index (1934)",
        ["SET QUOTED_IDENTIFIER OFF", "CREATE INDEX i ON dbo.t (b) WHERE a > 1"],
        [1934],
      ],
      [
        "QUOTED_IDENTIFIER OFF refuses DML under a filtered index (1934)",
        ["CREATE INDEX i ON dbo.t (b) WHERE a > 1", "SET QUOTED_IDENTIFIER OFF", "INSERT dbo.t (id) VALUES (9)"],
        [1934],
      ],
      ["statistics take the name space of the table's indexes (1927)", "CREATE STATISTICS ix ON dbo.t (b)", [1927]],
      ["statistics of an index are not dropped (3739)", "DROP STATISTICS dbo.t.ix", [3739]],
      ["DROP STATISTICS of missing ones is 3701", "DROP STATISTICS dbo.t.z", [3701]],
      [
        "a view without schema binding takes no index (1939)",
        ["CREATE VIEW dbo.v AS SELECT id FROM dbo.t", "CREATE UNIQUE CLUSTERED INDEX i ON dbo.v (id)"],
        [1939],
      ],
      [
        "a view's first index is unique (1941)",
        ["CREATE VIEW dbo.v WITH SCHEMABINDING AS SELECT id FROM dbo.t", "CREATE CLUSTERED INDEX i ON dbo.v (id)"],
        [1941],
      ],
      [
        "a view's first index is clustered (1940)",
        ["CREATE VIEW dbo.v WITH SCHEMABINDING AS SELECT id FROM dbo.t", "CREATE INDEX i ON dbo.v (id)"],
        [1940],
      ],
      [
        "an included column is shown as such",
        "SELECT key_ordinal, is_included_column FROM sys.index_columns WHERE object_id = OBJECT_ID('dbo.t') AND index_id = 2 ORDER BY index_column_id",
        rows([1, 0], [0, 1]),
      ],
      ["FILLFACTOR 0 is no value (129-class)", "CREATE INDEX i ON dbo.t (b) WITH (FILLFACTOR = 0)", "refused"],
      ["an unknown option is 155-class", "CREATE INDEX i ON dbo.t (b) WITH (NOSUCH = ON)", "refused"],
    ],
  },
  {
    sheet: "tables 6: partitions",
    setup: [
      "CREATE PARTITION FUNCTION pf (int) AS RANGE RIGHT FOR VALUES (10, 20)",
      "CREATE PARTITION SCHEME ps AS PARTITION pf ALL TO ([PRIMARY])",
      "CREATE TABLE dbo.t (k int NOT NULL, v int) ON ps (k)",
    ],
    facts: [
      ["a function that a scheme uses is not dropped (7706)", "DROP PARTITION FUNCTION pf", [7706]],
      ["a scheme that a table uses is not dropped (7717)", "DROP PARTITION SCHEME ps", [7717]],
      ["duplicate boundaries are 7708", "CREATE PARTITION FUNCTION p2 (int) AS RANGE LEFT FOR VALUES (1, 1)", [7708]],
      ["too few filegroups are 7707", "CREATE PARTITION SCHEME s2 AS PARTITION pf TO ([PRIMARY])", [7707]],
      ["SPLIT at a boundary that exists is 7721", "ALTER PARTITION FUNCTION pf() SPLIT RANGE (10)", [7721]],
      ["MERGE of a boundary that does not exist is 7715", "ALTER PARTITION FUNCTION pf() MERGE RANGE (15)", [7715]],
      [
        "SPLIT without NEXT USED is 7710-class",
        [
          "ALTER PARTITION SCHEME ps NEXT USED [PRIMARY]; ALTER PARTITION FUNCTION pf() SPLIT RANGE (30)",
          "ALTER PARTITION FUNCTION pf() SPLIT RANGE (40)",
        ],
        "refused",
      ],
      [
        "MERGE takes the boundary away",
        ["ALTER PARTITION FUNCTION pf() MERGE RANGE (10)", "SELECT fanout FROM sys.partition_functions"],
        rows([2]),
      ],
      ["a column of another type is 7726", "CREATE TABLE dbo.u (k bigint NOT NULL) ON ps (k)", [7726]],
      ["a unique index holds the partition column (1908)", "CREATE UNIQUE INDEX i ON dbo.t (v)", [1908]],
      ["the partition column's type does not change", "ALTER TABLE dbo.t ALTER COLUMN k bigint NOT NULL", "refused"],
      ["the partition column is not dropped", "ALTER TABLE dbo.t DROP COLUMN k", "refused"],
      [
        "the engine's partition column is neither key nor included",
        [
          "CREATE INDEX i ON dbo.t (v)",
          "SELECT COL_NAME(object_id, column_id), key_ordinal, partition_ordinal, is_included_column FROM sys.index_columns WHERE index_id = 2 AND object_id = OBJECT_ID('dbo.t') ORDER BY index_column_id",
        ],
        rows(["v", 1, 0, 0], ["k", 0, 1, 0]),
      ],
      ["a partition number beyond the last is 7722", "ALTER TABLE dbo.t REBUILD PARTITION = 9", [7722]],
      [
        "a partition number of an unpartitioned table is 7729",
        ["CREATE TABLE dbo.h (a int)", "ALTER TABLE dbo.h REBUILD PARTITION = 1"],
        [7729],
      ],
      [
        "a taken function name is 7705-class 2714",
        "CREATE PARTITION FUNCTION pf (int) AS RANGE LEFT FOR VALUES (1)",
        "refused",
      ],
    ],
  },
  {
    sheet: "tables 7: sequences",
    setup: ["CREATE SEQUENCE dbo.s AS int START WITH 1 INCREMENT BY 1 MINVALUE 1 MAXVALUE 3"],
    facts: [
      [
        "defaults read back in full",
        [
          "CREATE SEQUENCE dbo.d",
          "SELECT start_value, increment, minimum_value, is_cycling, is_cached, cache_size, TYPE_NAME(user_type_id) FROM sys.sequences WHERE name = 'd'",
        ],
        rows([-9223372036854775808, 1, -9223372036854775808, 0, 1, null, "bigint"]),
      ],
      ["INCREMENT BY 0 is 11700", "CREATE SEQUENCE dbo.d INCREMENT BY 0", [11700]],
      ["START outside the range is 11703", "CREATE SEQUENCE dbo.d AS int START WITH 0 MINVALUE 1", [11703]],
      ["MINVALUE above MAXVALUE is 11705", "CREATE SEQUENCE dbo.d AS int MINVALUE 5 MAXVALUE 4", "refused"],
      ["a type with a scale is 11702", "CREATE SEQUENCE dbo.d AS decimal(5, 2)", [11702]],
      ["a varchar is 11702", "CREATE SEQUENCE dbo.d AS varchar(5)", [11702]],
      [
        "exhaustion is 11728",
        "SELECT NEXT VALUE FOR dbo.s; SELECT NEXT VALUE FOR dbo.s; SELECT NEXT VALUE FOR dbo.s; SELECT NEXT VALUE FOR dbo.s",
        [11728],
      ],
      ["the data type is not altered", "ALTER SEQUENCE dbo.s AS bigint", "refused"],
      [
        "a DEFAULT that uses it blocks DROP (3729)",
        ["CREATE TABLE dbo.t (a int DEFAULT NEXT VALUE FOR dbo.s)", "DROP SEQUENCE dbo.s"],
        [3729],
      ],
      [
        "ROLLBACK gives no value back",
        ["BEGIN TRAN; DECLARE @i int = NEXT VALUE FOR dbo.s; ROLLBACK", "SELECT NEXT VALUE FOR dbo.s"],
        rows([2]),
      ],
      [
        "RESTART WITH starts again",
        ["DECLARE @i int = NEXT VALUE FOR dbo.s; ALTER SEQUENCE dbo.s RESTART WITH 3", "SELECT NEXT VALUE FOR dbo.s"],
        rows([3]),
      ],
      [
        "a MAXVALUE below the current value is refused",
        ["DECLARE @i int = NEXT VALUE FOR dbo.s; SET @i = NEXT VALUE FOR dbo.s", "ALTER SEQUENCE dbo.s MAXVALUE 1"],
        "refused",
      ],
      ["NEXT VALUE FOR in a WHERE is 11720", "SELECT 1 WHERE NEXT VALUE FOR dbo.s = 1", [11720]],
      ["NEXT VALUE FOR with DISTINCT is 11721-class", "SELECT DISTINCT NEXT VALUE FOR dbo.s", "refused"],
      ["ALTER of a missing sequence is refused", "ALTER SEQUENCE dbo.z RESTART", [15151]],
    ],
  },
];
