import assert from "node:assert/strict";
import { Bench } from "./ddl-harness";

describe("twin CREATE TABLE, CREATE INDEX and their kin", () => {
  let bench: Bench;
  beforeEach(() => {
    bench = new Bench();
    bench.run(
      "CREATE TABLE dbo.p (id int NOT NULL CONSTRAINT pk_p PRIMARY KEY, code varchar(5) NOT NULL CONSTRAINT uq_p UNIQUE, n int NULL, d decimal(9,2) NOT NULL UNIQUE)",
    );
    bench.run("CREATE VIEW dbo.v AS SELECT id FROM dbo.p");
  });

  const foreignKeys: [why: string, clause: string, number: number][] = [
    ["a missing table", "a int REFERENCES dbo.nope (id)", 1767],
    ["a view", "a int REFERENCES dbo.v (id)", 1768],
    ["a missing own column", "a int, CONSTRAINT fk FOREIGN KEY (x) REFERENCES dbo.p (id)", 1769],
    ["a missing referenced column", "a int REFERENCES dbo.p (x)", 1770],
    ["columns without a key", "a int REFERENCES dbo.p (n)", 1776],
    ["another type", "a bigint REFERENCES dbo.p (id)", 1778],
    ["another length", "a varchar(6) REFERENCES dbo.p (code)", 1753],
    ["another scale", "a decimal(9,3) REFERENCES dbo.p (d)", 1753],
    ["another collation", "a varchar(5) COLLATE Latin1_General_BIN REFERENCES dbo.p (code)", 1757],
    ["SET NULL on a NOT NULL column", "a int NOT NULL REFERENCES dbo.p (id) ON DELETE SET NULL", 1761],
    ["SET DEFAULT without a default", "a int NOT NULL REFERENCES dbo.p (id) ON DELETE SET DEFAULT", 1762],
    [
      "two cascading paths",
      "a int REFERENCES dbo.p (id) ON DELETE CASCADE, b int REFERENCES dbo.p (id) ON DELETE CASCADE",
      1785,
    ],
  ];
  for (const [why, clause, number] of foreignKeys)
    it(`refuses a foreign key to ${why}, and ends with 1750`, () => {
      assert.deepEqual(bench.numbers(`CREATE TABLE dbo.c (${clause})`), [number, 1750]);
      assert.equal(bench.object("c"), undefined);
    });

  const tables: [sql: string, numbers: number[]][] = [
    ["CREATE TABLE dbo.p (a int)", [2714]],
    ["CREATE TABLE nope.t (a int)", [2760]],
    ["CREATE TABLE a.b.c.d (a int)", [117]],
    ["CREATE TABLE dbo.t (a int, A int)", [2705]],
    ["CREATE TABLE dbo.t (a nothing)", [2715]],
    ["CREATE TABLE dbo.t (a int(4))", [2716]],
    ["CREATE TABLE dbo.t (a varchar(8001))", [131]],
    ["CREATE TABLE dbo.t (a decimal(39,0))", [2750]],
    ["CREATE TABLE dbo.t (a int IDENTITY, b int IDENTITY)", [2744]],
    ["CREATE TABLE dbo.t (a varchar(5) IDENTITY)", [2749]],
    ["CREATE TABLE dbo.t (a timestamp, b rowversion)", [2738]],
    ["CREATE TABLE dbo.t (a int NULL PRIMARY KEY)", [8111, 1750]],
    ["CREATE TABLE dbo.t (a int PRIMARY KEY, b int PRIMARY KEY)", [8110]],
    ["CREATE TABLE dbo.t (a int, CHECK (nope > 0))", [207]],
    ["CREATE TABLE dbo.t (a int ON_NOTHING)", [102]],
    ["CREATE TABLE dbo.t (a int) ON nowhere", [1921]],
    ["CREATE INDEX ix ON dbo.p (nope)", [1911]],
    ["CREATE INDEX ix ON dbo.nope (a)", [1088]],
    ["CREATE CLUSTERED INDEX ix ON dbo.p (n)", [1902]],
    ["CREATE INDEX uq_p ON dbo.p (n)", [1913]],
    ["CREATE INDEX ix ON dbo.p (n, N)", [1909]],
    ["CREATE INDEX ix ON dbo.p (n) WITH (DROP_EXISTING = ON)", [7999]],
    ["CREATE SCHEMA dbo", [2714, 2759]],
    ["CREATE SEQUENCE dbo.s AS varchar(5)", [11702]],
    ["CREATE SEQUENCE dbo.s AS int INCREMENT BY 0", [11700]],
    ["CREATE TABLE dbo.t (a int) AS NODE", [49999]],
  ];
  for (const [sql, numbers] of tables)
    it(`answers ${numbers.join(" and ")} to ${sql}`, () => {
      assert.deepEqual(bench.numbers(sql), numbers);
    });

  it("refuses a unique index over duplicates, naming the key", () => {
    bench.run("INSERT dbo.p VALUES (1, 'a', 7, 1), (2, 'b', 7, 2)");
    const [error] = bench.failure(() => bench.run("CREATE UNIQUE INDEX ux ON dbo.p (n)"));
    assert.equal(
      error?.message,
      "The CREATE UNIQUE INDEX statement terminated because a duplicate key was found for the object name 'dbo.p' and the index name 'ux'. The duplicate key value is (7).",
    );
  });
  it("holds the new table and what it references to the end of the transaction", () => {
    bench.locks.length = 0;
    bench.run("CREATE TABLE dbo.c (a int REFERENCES dbo.p (id))");
    assert.deepEqual(bench.locks, [
      ...[bench.table("p"), bench.table("c")].map(({ id }) => `object:${bench.database.id}:${id} Sch-M`),
      `catalog:${bench.database.id} IX`,
    ]);
  });
  it("holds what a view reads while it is made", () => {
    bench.locks.length = 0;
    bench.run("CREATE VIEW dbo.w AS SELECT id FROM dbo.p");
    assert.deepEqual(bench.locks[0], `object:${bench.database.id}:${bench.table("p").id} Sch-S`);
  });
  it("creates a schema with its tables in one statement, and refuses a view among them", () => {
    bench.run("CREATE SCHEMA sales AUTHORIZATION dbo CREATE TABLE t (a int)");
    const schemaId = [...bench.database.schemas.values()].find(({ name }) => name === "sales")!.id;
    assert.equal(bench.object("t", schemaId)?.type, "U");
    assert.deepEqual(bench.numbers("CREATE SCHEMA other CREATE VIEW w AS SELECT 1 AS a"), [49999]);
  });
});
