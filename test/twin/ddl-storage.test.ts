import assert from "node:assert/strict";
import { Bench } from "./ddl-harness";

describe("twin indexes, partitions, sequences and files", () => {
  let bench: Bench;
  beforeEach(() => {
    bench = new Bench();
    bench.run("CREATE TABLE dbo.t (id int NOT NULL CONSTRAINT pk PRIMARY KEY, a int NULL, b int NULL)");
    bench.run(
      "CREATE UNIQUE INDEX ux ON dbo.t (a); CREATE INDEX ix ON dbo.t (b) INCLUDE (a) WHERE b > 0 WITH (FILLFACTOR = 80)",
    );
  });
  const index = (name: string) => bench.table("t").indexes.find((one) => one.name === name)!;

  describe("ALTER INDEX", () => {
    it("disables and rebuilds, and finds on the way the duplicates that came meanwhile", () => {
      bench.run("ALTER INDEX ux ON dbo.t DISABLE; INSERT dbo.t VALUES (1, 5, 1), (2, 5, 1)");
      assert.deepEqual(bench.numbers("ALTER INDEX ux ON dbo.t REORGANIZE"), [1973]);
      assert.deepEqual(bench.numbers("ALTER INDEX ux ON dbo.t REBUILD"), [1505]);
      bench.run("DELETE dbo.t WHERE id = 2; ALTER INDEX ux ON dbo.t REBUILD");
      assert.equal(index("ux").disabled, false);
      assert.deepEqual(bench.numbers("INSERT dbo.t VALUES (3, 5, 1)"), [2601]);
    });
    it("keeps options that are set and refuses IGNORE_DUP_KEY where it has no sense", () => {
      bench.run(
        "ALTER INDEX ix ON dbo.t SET (ALLOW_PAGE_LOCKS = OFF); ALTER INDEX ALL ON dbo.t REBUILD WITH (DATA_COMPRESSION = ROW, FILLFACTOR = 70)",
      );
      assert.deepEqual(
        [index("ix").allowPageLocks, index("ix").fillFactor, index("ix").compression],
        [false, 70, ["ROW"]],
      );
      assert.deepEqual(bench.numbers("ALTER INDEX pk ON dbo.t SET (IGNORE_DUP_KEY = ON)"), [1979]);
      assert.deepEqual(bench.numbers("ALTER INDEX ix ON dbo.t SET (IGNORE_DUP_KEY = ON)"), [1915]);
      assert.deepEqual(bench.numbers("ALTER INDEX ix ON dbo.t REORGANIZE"), [1943]);
      assert.deepEqual(bench.numbers("ALTER INDEX nope ON dbo.t REBUILD"), [2727]);
      assert.deepEqual(bench.numbers("ALTER INDEX ix ON dbo.t REBUILD PARTITION = 2"), [7729]);
    });
    it("recreates with DROP_EXISTING, under the same id, and keeps to what a key is", () => {
      const { id } = index("ix");
      bench.run("CREATE INDEX ix ON dbo.t (b, a) WITH (DROP_EXISTING = ON)");
      assert.deepEqual([index("ix").id, index("ix").filter, index("ix").columns.length], [id, undefined, 2]);
      assert.deepEqual(bench.numbers("CREATE UNIQUE INDEX pk ON dbo.t (a) WITH (DROP_EXISTING = ON)"), [1925]);
      assert.deepEqual(
        bench.numbers("CREATE UNIQUE CLUSTERED INDEX pk ON dbo.t (a) WITH (DROP_EXISTING = ON)"),
        [1907],
      );
    });
    it("is undone by rollback with its entries", () => {
      bench.run("INSERT dbo.t VALUES (1, 5, 1)");
      const mark = bench.transaction.mark;
      bench.run("DROP INDEX ux ON dbo.t; INSERT dbo.t VALUES (2, 5, 1)");
      bench.transaction.rollbackTo(mark);
      assert.deepEqual(bench.numbers("INSERT dbo.t VALUES (3, 5, 1)"), [2601]);
    });
    it("of a filtered index asks for the right SET options", () => {
      bench.options.quotedIdentifier = false;
      assert.deepEqual(bench.numbers("CREATE INDEX i2 ON dbo.t (a) WHERE a > 1"), [1934]);
    });
  });

  describe("partition functions and schemes", () => {
    beforeEach(() => {
      bench.run(
        "ALTER DATABASE shop ADD FILEGROUP fg2; ALTER DATABASE shop ADD FILE (NAME = f2, FILENAME = '/var/opt/mssql/data/f2.ndf') TO FILEGROUP fg2",
      );
      bench.run(
        "CREATE PARTITION FUNCTION pf (int) AS RANGE RIGHT FOR VALUES (10, 20); CREATE PARTITION SCHEME ps AS PARTITION pf TO ([PRIMARY], fg2, [PRIMARY])",
      );
      bench.run(
        "CREATE TABLE dbo.p (id int NOT NULL PRIMARY KEY, v int) ON ps (id); INSERT dbo.p VALUES (1, 1), (12, 1), (25, 1)",
      );
    });
    it("split only with a next filegroup, each time", () => {
      assert.deepEqual(bench.numbers("ALTER PARTITION FUNCTION pf () SPLIT RANGE (30)"), [7710]);
      bench.run("ALTER PARTITION SCHEME ps NEXT USED fg2; ALTER PARTITION FUNCTION pf () SPLIT RANGE (30)");
      assert.deepEqual([...bench.database.partitionFunctions.values()][0]!.values, [10, 20, 30]);
      assert.equal(bench.table("p").indexes[0]!.compression.length, 4);
      assert.deepEqual(bench.numbers("ALTER PARTITION FUNCTION pf () SPLIT RANGE (40)"), [7710]);
    });
    it("merge what is there, and refuse what is not or is twice", () => {
      bench.run("ALTER PARTITION FUNCTION pf () MERGE RANGE (10)");
      assert.deepEqual(bench.numbers("ALTER PARTITION FUNCTION pf () MERGE RANGE (10)"), [7715]);
      assert.deepEqual(bench.numbers("ALTER PARTITION FUNCTION pf () SPLIT RANGE (20)"), [7721]);
      assert.deepEqual(bench.numbers("CREATE PARTITION FUNCTION p2 (int) AS RANGE LEFT FOR VALUES (1, 1)"), [7708]);
    });
    it("are held by what uses them", () => {
      assert.deepEqual(bench.numbers("DROP PARTITION FUNCTION pf"), [7706]);
      assert.deepEqual(bench.numbers("DROP PARTITION SCHEME ps"), [7717]);
      bench.run("DROP TABLE dbo.p; DROP PARTITION SCHEME ps; DROP PARTITION FUNCTION pf");
    });
    it("ask for the column's very type, and forbid another one afterwards", () => {
      assert.deepEqual(bench.numbers("CREATE TABLE dbo.q (id bigint NOT NULL) ON ps (id)"), [7726]);
      bench.run("CREATE TABLE dbo.q (id int NOT NULL) ON ps (id)");
      assert.deepEqual(bench.numbers("ALTER TABLE dbo.q ALTER COLUMN id bigint NOT NULL"), [5074, 4922]);
      assert.deepEqual(bench.numbers("ALTER TABLE dbo.q DROP COLUMN id"), [5074, 4922]);
    });
    it("compress by partition", () => {
      bench.run("ALTER TABLE dbo.p REBUILD PARTITION = 2 WITH (DATA_COMPRESSION = PAGE)");
      assert.deepEqual(bench.table("p").indexes[0]!.compression, ["NONE", "PAGE", "NONE"]);
      assert.deepEqual(bench.numbers("ALTER TABLE dbo.p REBUILD PARTITION = 9 WITH (DATA_COMPRESSION = PAGE)"), [7722]);
    });
  });

  it("alters a sequence within its bounds", () => {
    bench.run(
      "CREATE SEQUENCE dbo.s AS int START WITH 5 INCREMENT BY 2 MAXVALUE 100; ALTER SEQUENCE dbo.s RESTART WITH 50 NO CACHE",
    );
    const sequence = bench.object("s");
    assert.deepEqual(sequence?.type === "SO" && [sequence.current, sequence.increment, sequence.cached], [
      50n,
      2n,
      false,
    ]);
    assert.deepEqual(bench.numbers("ALTER SEQUENCE dbo.s RESTART WITH 500"), [11703]);
    assert.deepEqual(bench.numbers("ALTER SEQUENCE dbo.s MAXVALUE 10"), [11704]);
    assert.deepEqual(bench.numbers("ALTER SEQUENCE dbo.nope RESTART"), [15151]);
  });
  it("keeps filegroups that hold files, and files that are the last ones", () => {
    bench.run(
      "ALTER DATABASE shop ADD FILEGROUP g; ALTER DATABASE shop ADD FILE (NAME = g1, FILENAME = '/var/opt/mssql/data/g1.ndf') TO FILEGROUP g",
    );
    assert.equal(bench.numbers("ALTER DATABASE shop REMOVE FILEGROUP g")[0], 5042);
    assert.equal(bench.numbers("ALTER DATABASE shop REMOVE FILE shop")[0], 5020);
    assert.equal(bench.numbers("ALTER DATABASE shop ADD FILEGROUP g")[0], 5035);
    bench.run("CREATE TABLE dbo.g (a int) ON g");
    assert.equal(bench.numbers("ALTER DATABASE shop REMOVE FILE g1")[0], 5042);
  });
});
