import assert from "node:assert/strict";
import { Bench } from "./ddl-harness";

const setUp = [
  "CREATE TABLE dbo.parent (id int NOT NULL CONSTRAINT pk_parent PRIMARY KEY, code varchar(20) NOT NULL CONSTRAINT uq_code UNIQUE)",
  `CREATE TABLE dbo.t (id int NOT NULL CONSTRAINT pk_t PRIMARY KEY, name varchar(10) NULL, note varchar(20) NULL, qty int NULL,
     parent int NULL CONSTRAINT fk_parent REFERENCES dbo.parent (id), flag bit NOT NULL CONSTRAINT df_flag DEFAULT 1,
     CONSTRAINT ck_qty CHECK (qty > 0))`,
  "INSERT dbo.parent VALUES (1, 'a'), (2, 'b')",
  "INSERT dbo.t (id, name, note, qty, parent) VALUES (1, 'one', 'short', 10, 1), (2, NULL, 'a longer note', 20, NULL)",
];

describe("twin ALTER TABLE", () => {
  let bench: Bench;
  beforeEach(() => {
    bench = new Bench();
    for (const sql of setUp) bench.run(sql);
  });

  describe("ADD of columns", () => {
    it("gives NULL to the rows when the new column is nullable and has a default", () => {
      bench.run("ALTER TABLE dbo.t ADD extra int NULL CONSTRAINT df_extra DEFAULT 7");
      assert.deepEqual(bench.rows("SELECT extra FROM dbo.t"), [[null], [null]]);
    });
    it("gives the default to the rows when WITH VALUES is written", () => {
      bench.run("ALTER TABLE dbo.t ADD extra int NULL CONSTRAINT df_extra DEFAULT 7 WITH VALUES");
      assert.deepEqual(bench.rows("SELECT extra FROM dbo.t"), [[7], [7]]);
    });
    it("gives the default to the rows when the column is NOT NULL", () => {
      bench.run("ALTER TABLE dbo.t ADD extra varchar(5) NOT NULL DEFAULT 'x'");
      assert.deepEqual(bench.rows("SELECT extra FROM dbo.t"), [["x"], ["x"]]);
    });
    it("refuses a NOT NULL column without default on a table with rows, and allows it on an empty one", () => {
      assert.deepEqual(bench.numbers("ALTER TABLE dbo.t ADD extra int NOT NULL"), [4901]);
      bench.run("DELETE dbo.t; ALTER TABLE dbo.t ADD extra int NOT NULL");
      assert.equal(bench.table("t").columns.at(-1)!.nullable, false);
    });
    it("numbers the rows of an identity column", () => {
      bench.run("ALTER TABLE dbo.t ADD seq int IDENTITY(10, 5)");
      assert.deepEqual(bench.rows("SELECT seq FROM dbo.t"), [[10], [15]]);
      bench.run("INSERT dbo.t (id) VALUES (3)");
      assert.deepEqual(bench.rows("SELECT seq FROM dbo.t WHERE id = 3"), [[20]]);
    });
    it("computes a persisted column for the rows", () => {
      bench.run("ALTER TABLE dbo.t ADD twice AS qty * 2 PERSISTED");
      assert.deepEqual(bench.rows("SELECT twice FROM dbo.t"), [[20], [40]]);
      assert.deepEqual(
        [...bench.table("t").rows.values()].map((row) => row.at(-1)),
        [20, 40],
      );
    });
    it("refuses a persisted column over a nondeterministic function and a name that is taken", () => {
      assert.deepEqual(bench.numbers("ALTER TABLE dbo.t ADD d AS getdate() PERSISTED"), [4936]);
      assert.deepEqual(bench.numbers("ALTER TABLE dbo.t ADD NAME int"), [2705]);
    });
    it("checks the rows against a column's constraint unless NOCHECK is written", () => {
      assert.deepEqual(
        bench.numbers("ALTER TABLE dbo.t ADD extra int NOT NULL DEFAULT 0 CONSTRAINT ck_extra CHECK (extra > 0)"),
        [547],
      );
      bench.run(
        "ALTER TABLE dbo.t WITH NOCHECK ADD extra int NOT NULL DEFAULT 0 CONSTRAINT ck_extra CHECK (extra > 0)",
      );
      const check = bench.object("ck_extra");
      assert.equal(check?.type === "C " && check.notTrusted, true);
    });
    it("takes everything back when a later part of the statement fails", () => {
      const before = bench.table("t").columns.length;
      assert.deepEqual(bench.numbers("ALTER TABLE dbo.t ADD a1 int NULL, a2 int NOT NULL"), [4901]);
      assert.deepEqual(
        bench.numbers("ALTER TABLE dbo.t ADD a1 int NOT NULL DEFAULT 1 CONSTRAINT uq_a1 UNIQUE"),
        [1505, 1750],
      );
      assert.equal(bench.table("t").columns.length, before);
      assert.equal(bench.object("uq_a1"), undefined);
      assert.equal([...bench.table("t").rows.values()][0]!.length, before);
    });
  });

  describe("ADD of constraints", () => {
    it("refuses a second primary key, a nullable key column and a second default, each with 1750", () => {
      assert.deepEqual(bench.numbers("ALTER TABLE dbo.t ADD CONSTRAINT pk2 PRIMARY KEY (id)"), [1779, 1750]);
      bench.run("CREATE TABLE dbo.n (a int NULL)");
      assert.deepEqual(bench.numbers("ALTER TABLE dbo.n ADD CONSTRAINT pk_n PRIMARY KEY (a)"), [8111, 1750]);
      assert.deepEqual(bench.numbers("ALTER TABLE dbo.t ADD CONSTRAINT df2 DEFAULT 0 FOR flag"), [1781, 1750]);
    });
    it("refuses a foreign key and a check that rows break", () => {
      assert.deepEqual(bench.numbers("ALTER TABLE dbo.t ADD CONSTRAINT ck CHECK (qty > 15)"), [547]);
      assert.deepEqual(
        bench.numbers("ALTER TABLE dbo.t ADD CONSTRAINT fk FOREIGN KEY (qty) REFERENCES dbo.parent (id)"),
        [547],
      );
    });
  });

  describe("ALTER COLUMN", () => {
    it("widens a string without touching the rows and makes it nullable when nothing is said", () => {
      bench.run("ALTER TABLE dbo.parent ALTER COLUMN code varchar(40) NOT NULL");
      assert.equal(bench.table("parent").columns[1]!.type.length, 40);
      bench.run("CREATE TABLE dbo.n (a varchar(5) NOT NULL); ALTER TABLE dbo.n ALTER COLUMN a varchar(6)");
      assert.equal(bench.table("n").columns[0]!.nullable, true);
    });
    it("converts the rows to the new type", () => {
      bench.run(
        "CREATE TABLE dbo.n (a varchar(10) NULL); INSERT dbo.n VALUES ('12'), (NULL); ALTER TABLE dbo.n ALTER COLUMN a int NULL",
      );
      assert.deepEqual(bench.rows("SELECT a FROM dbo.n"), [[12], [null]]);
    });
    it("refuses NOT NULL where a row has NULL", () => {
      const [error] = bench.failure(() => bench.run("ALTER TABLE dbo.t ALTER COLUMN name varchar(10) NOT NULL"));
      assert.equal(error?.number, 515);
      assert.equal(
        error?.message,
        "Cannot insert the value NULL into column 'name', table 'shop.dbo.t'; column does not allow nulls. UPDATE fails.",
      );
    });
    it("refuses to cut text: 2628, or 8152 below compatibility level 150", () => {
      const [error] = bench.failure(() => bench.run("ALTER TABLE dbo.t ALTER COLUMN note varchar(6) NULL"));
      assert.equal(
        error?.message,
        "String or binary data would be truncated in table 'shop.dbo.t', column 'note'. Truncated value: 'a long'.",
      );
      bench.database.options.compatibilityLevel = 140;
      assert.deepEqual(bench.numbers("ALTER TABLE dbo.t ALTER COLUMN note varchar(6) NULL"), [8152]);
      assert.equal(bench.table("t").columns[2]!.type.length, 20);
    });
    it("reports conversion failures and overflow with the numbers of the conversion", () => {
      bench.run(
        "CREATE TABLE dbo.n (s varchar(10), i int, d decimal(9,2)); INSERT dbo.n VALUES ('x', 70000, 12345.67)",
      );
      assert.deepEqual(bench.numbers("ALTER TABLE dbo.n ALTER COLUMN s int"), [245]);
      assert.deepEqual(bench.numbers("ALTER TABLE dbo.n ALTER COLUMN s decimal(5,1)"), [8114]);
      assert.deepEqual(bench.numbers("ALTER TABLE dbo.n ALTER COLUMN d decimal(5,2)"), [8115]);
      assert.deepEqual(bench.numbers("ALTER TABLE dbo.n ALTER COLUMN i varchar(3)"), [8115]);
      assert.ok([220, 8115].includes(bench.numbers("ALTER TABLE dbo.n ALTER COLUMN i smallint")[0]!));
    });
    it("refuses a type that the old one does not convert to by itself", () => {
      bench.run("CREATE TABLE dbo.n (i int, x xml, v timestamp)");
      assert.deepEqual(bench.numbers("ALTER TABLE dbo.n ALTER COLUMN i date"), [206]);
      assert.deepEqual(bench.numbers("ALTER TABLE dbo.n ALTER COLUMN i timestamp"), [4927]);
      assert.deepEqual(bench.numbers("ALTER TABLE dbo.n ALTER COLUMN v binary(8)"), [4928]);
      assert.deepEqual(bench.numbers("ALTER TABLE dbo.n ALTER COLUMN nope int"), [4924]);
    });
    it("is stopped by keys at both ends, with each dependent named", () => {
      assert.deepEqual(bench.numbers("ALTER TABLE dbo.parent ALTER COLUMN id bigint NOT NULL"), [5074, 5074, 4922]);
      const errors = bench.failure(() => bench.run("ALTER TABLE dbo.t ALTER COLUMN parent bigint NULL"));
      assert.deepEqual(
        errors.map((error) => error.message),
        [
          "The object 'fk_parent' is dependent on column 'parent'.",
          "ALTER TABLE ALTER COLUMN parent failed because one or more objects access this column.",
        ],
      );
    });
    it("lets an indexed string grow and become nullable, but not change its type or become NOT NULL", () => {
      bench.run("UPDATE dbo.t SET name = 'two' WHERE id = 2; CREATE INDEX ix ON dbo.t (name)");
      bench.run("ALTER TABLE dbo.t ALTER COLUMN name varchar(30) NULL");
      assert.deepEqual(bench.numbers("ALTER TABLE dbo.t ALTER COLUMN name varchar(30) NOT NULL"), [5074, 4922]);
      assert.deepEqual(bench.numbers("ALTER TABLE dbo.t ALTER COLUMN name nvarchar(30) NULL"), [5074, 4922]);
      assert.deepEqual(bench.numbers("ALTER TABLE dbo.t ALTER COLUMN name varchar(20) NULL"), [5074, 4922]);
    });
    it("is stopped by CHECK and computed columns, and by a default when the type is another", () => {
      assert.deepEqual(bench.numbers("ALTER TABLE dbo.t ALTER COLUMN qty bigint NULL"), [5074, 4922]);
      bench.run("ALTER TABLE dbo.t ADD up AS upper(note)");
      assert.deepEqual(bench.numbers("ALTER TABLE dbo.t ALTER COLUMN note varchar(30) NULL"), [5074, 4922]);
      assert.deepEqual(bench.numbers("ALTER TABLE dbo.t ALTER COLUMN flag int NOT NULL"), [5074, 4922]);
      bench.run("ALTER TABLE dbo.t ALTER COLUMN flag bit NULL");
      assert.equal(bench.table("t").columns.find((column) => column.name === "flag")!.nullable, true);
    });
    it("is stopped by a schema-bound view that reads the column, and not by a plain one", () => {
      bench.run("CREATE VIEW dbo.plain AS SELECT note FROM dbo.t");
      bench.run("ALTER TABLE dbo.t ALTER COLUMN note varchar(25) NULL");
      bench.run("CREATE VIEW dbo.bound WITH SCHEMABINDING AS SELECT note FROM dbo.t");
      assert.deepEqual(bench.numbers("ALTER TABLE dbo.t ALTER COLUMN note varchar(30) NULL"), [5074, 4922]);
      assert.deepEqual(bench.numbers("ALTER TABLE dbo.t DROP COLUMN note"), [5074, 4922]);
    });
    it("rebuilds a unique index whose column changed, so that a duplicate is still found", () => {
      bench.run(
        "CREATE TABLE dbo.n (a varchar(5) NOT NULL CONSTRAINT uq_n UNIQUE); INSERT dbo.n VALUES ('a'); ALTER TABLE dbo.n ALTER COLUMN a varchar(9) NOT NULL",
      );
      assert.deepEqual(bench.numbers("INSERT dbo.n VALUES ('A')"), [2627]);
    });
    it("keeps identity to the types that can count", () => {
      bench.run(
        "CREATE TABLE dbo.n (a int IDENTITY(1,1) NOT NULL); INSERT dbo.n DEFAULT VALUES; ALTER TABLE dbo.n ALTER COLUMN a bigint NOT NULL; INSERT dbo.n DEFAULT VALUES",
      );
      assert.deepEqual(bench.rows("SELECT a FROM dbo.n"), [[1n], [2n]]);
      assert.deepEqual(bench.numbers("ALTER TABLE dbo.n ALTER COLUMN a varchar(10) NOT NULL"), [2749]);
    });
    it("changes PERSISTED, ROWGUIDCOL and masks, and names what cannot be", () => {
      bench.run(
        "ALTER TABLE dbo.t ADD twice AS qty * 2, g uniqueidentifier NULL; ALTER TABLE dbo.t ALTER COLUMN twice ADD PERSISTED",
      );
      assert.deepEqual(
        [...bench.table("t").rows.values()].map((row) => row[6]),
        [20, 40],
      );
      assert.deepEqual(bench.numbers("ALTER TABLE dbo.t ALTER COLUMN name ADD PERSISTED"), [4919]);
      bench.run("ALTER TABLE dbo.t ALTER COLUMN g ADD ROWGUIDCOL");
      assert.deepEqual(bench.numbers("ALTER TABLE dbo.t ALTER COLUMN g ADD ROWGUIDCOL"), [4925]);
      assert.deepEqual(bench.numbers("ALTER TABLE dbo.t ALTER COLUMN name DROP ROWGUIDCOL"), [4989]);
      assert.deepEqual(bench.numbers("ALTER TABLE dbo.t ALTER COLUMN name DROP MASKED"), [16007]);
      assert.deepEqual(bench.numbers("ALTER TABLE dbo.t ALTER COLUMN name ADD HIDDEN"), [13735]);
      assert.deepEqual(bench.numbers("ALTER TABLE dbo.t ALTER COLUMN name ADD NOT FOR REPLICATION"), [4991]);
      assert.deepEqual(bench.numbers("ALTER TABLE dbo.t ALTER COLUMN flag ADD SPARSE"), [1791]);
    });
  });

  describe("DROP", () => {
    it("drops a column with its values", () => {
      bench.run("ALTER TABLE dbo.t DROP COLUMN note");
      assert.deepEqual(bench.rows("SELECT * FROM dbo.t WHERE id = 1"), [[1, "one", 10, 1, 1]]);
      assert.equal(bench.table("t").maxColumnId, 6);
    });
    it("lists each dependent of the column before 4922", () => {
      bench.run("CREATE INDEX ix ON dbo.t (id) INCLUDE (qty); CREATE STATISTICS st ON dbo.t (qty)");
      const errors = bench.failure(() => bench.run("ALTER TABLE dbo.t DROP COLUMN qty"));
      assert.deepEqual(
        errors.map((error) => error.message),
        [
          "The object 'ck_qty' is dependent on column 'qty'.",
          "The index 'ix' is dependent on column 'qty'.",
          "The statistics 'st' is dependent on column 'qty'.",
          "ALTER TABLE DROP COLUMN qty failed because one or more objects access this column.",
        ],
      );
      assert.deepEqual(bench.numbers("ALTER TABLE dbo.t DROP COLUMN flag"), [5074, 4922]);
    });
    it("drops a constraint and its column in one statement, in the order written", () => {
      bench.run("ALTER TABLE dbo.t DROP CONSTRAINT ck_qty, COLUMN qty");
      assert.equal(bench.object("ck_qty"), undefined);
    });
    it("refuses an unknown column, the last column and lets IF EXISTS pass", () => {
      assert.deepEqual(bench.numbers("ALTER TABLE dbo.t DROP COLUMN nope"), [4924]);
      bench.run("ALTER TABLE dbo.t DROP COLUMN IF EXISTS nope; CREATE TABLE dbo.n (a int)");
      assert.deepEqual(bench.numbers("ALTER TABLE dbo.n DROP COLUMN a"), [4923]);
    });
    it("refuses a constraint that is none, is another table's, or is referenced", () => {
      assert.deepEqual(bench.numbers("ALTER TABLE dbo.t DROP CONSTRAINT nope"), [3728, 3727]);
      assert.deepEqual(bench.numbers("ALTER TABLE dbo.t DROP CONSTRAINT pk_parent"), [3733, 3727]);
      assert.deepEqual(bench.numbers("ALTER TABLE dbo.parent DROP CONSTRAINT pk_parent"), [3725, 3727]);
      bench.run("ALTER TABLE dbo.t DROP CONSTRAINT IF EXISTS nope");
    });
    it("leaves a heap where the clustered key was", () => {
      bench.run("ALTER TABLE dbo.t DROP CONSTRAINT pk_t");
      assert.equal(bench.table("t").indexes[0]!.type, "HEAP");
      assert.equal(bench.table("t").columns[0]!.nullable, false);
    });
  });

  describe("CHECK and NOCHECK CONSTRAINT", () => {
    it("enables without looking at the rows, and WITH CHECK looks", () => {
      bench.run(
        "ALTER TABLE dbo.t NOCHECK CONSTRAINT ck_qty; UPDATE dbo.t SET qty = -1 WHERE id = 1; ALTER TABLE dbo.t CHECK CONSTRAINT ck_qty",
      );
      const check = bench.object("ck_qty")!;
      assert.deepEqual(check.type === "C " && [check.disabled, check.notTrusted], [false, true]);
      assert.deepEqual(bench.numbers("ALTER TABLE dbo.t WITH CHECK CHECK CONSTRAINT ck_qty"), [547]);
      bench.run("UPDATE dbo.t SET qty = 1 WHERE id = 1; ALTER TABLE dbo.t WITH CHECK CHECK CONSTRAINT ALL");
      assert.equal(check.type === "C " && check.notTrusted, false);
    });
    it("names a constraint that is not there, and one that cannot be disabled", () => {
      assert.deepEqual(bench.numbers("ALTER TABLE dbo.t NOCHECK CONSTRAINT nope"), [4917, 4916]);
      assert.deepEqual(bench.numbers("ALTER TABLE dbo.t NOCHECK CONSTRAINT pk_t"), [11415, 4916]);
    });
  });

  it("sets LOCK_ESCALATION and compression, and refuses other table options", () => {
    bench.run(
      "ALTER TABLE dbo.t SET (LOCK_ESCALATION = DISABLE); ALTER TABLE dbo.t REBUILD WITH (DATA_COMPRESSION = PAGE)",
    );
    assert.equal(bench.table("t").lockEscalation, "DISABLE");
    assert.deepEqual(bench.table("t").indexes[0]!.compression, ["PAGE"]);
    assert.deepEqual(bench.numbers("ALTER TABLE dbo.t SET (FILETABLE_DIRECTORY = 'x')"), [49999]);
  });
  it("enables and disables triggers by name and together", () => {
    bench.run("CREATE TRIGGER dbo.tr ON dbo.t AFTER INSERT AS SELECT 1");
    bench.run("ALTER TABLE dbo.t DISABLE TRIGGER tr");
    assert.equal(bench.module("tr").trigger!.disabled, true);
    bench.run("ENABLE TRIGGER ALL ON dbo.t");
    assert.equal(bench.module("tr").trigger!.disabled, false);
    assert.deepEqual(bench.numbers("ALTER TABLE dbo.t DISABLE TRIGGER nope"), [4920]);
  });
  it("answers 4902 for a table that is missing or not permitted, and 4909 for a view", () => {
    assert.deepEqual(bench.numbers("ALTER TABLE dbo.nope ADD a int"), [4902]);
    bench.run("CREATE VIEW dbo.v AS SELECT id FROM dbo.t");
    assert.deepEqual(bench.numbers("ALTER TABLE dbo.v ADD a int"), [4909]);
    bench.denied.add("ALTER");
    assert.deepEqual(bench.numbers("ALTER TABLE dbo.t ADD a int"), [4902]);
  });
  it("asks for change tracking in the database and a primary key first", () => {
    assert.deepEqual(bench.numbers("ALTER TABLE dbo.t ENABLE CHANGE_TRACKING"), [1718]);
    bench.database.options.changeTracking = { retentionPeriod: 2, retentionUnit: "DAYS", autoCleanup: true };
    bench.run("ALTER TABLE dbo.t ENABLE CHANGE_TRACKING WITH (TRACK_COLUMNS_UPDATED = ON)");
    assert.deepEqual(bench.numbers("ALTER TABLE dbo.t DROP CONSTRAINT pk_t"), [3735, 3727]);
    assert.deepEqual(bench.numbers("ALTER TABLE dbo.t ENABLE CHANGE_TRACKING"), [4996]);
  });
  it("locks the table with Sch-M", () => {
    bench.locks.length = 0;
    bench.run("ALTER TABLE dbo.t ADD a int");
    assert.deepEqual(bench.locks, [
      `object:${bench.database.id}:${bench.table("t").id} Sch-M`,
      `catalog:${bench.database.id} IX`,
    ]);
  });
  it("is undone by a rollback of the whole transaction", () => {
    const mark = bench.transaction.mark;
    bench.run(
      "ALTER TABLE dbo.t ADD a int NOT NULL DEFAULT 3; ALTER TABLE dbo.t DROP COLUMN note; ALTER TABLE dbo.t ALTER COLUMN name nvarchar(40) NULL",
    );
    bench.transaction.rollbackTo(mark);
    assert.deepEqual(bench.rows("SELECT * FROM dbo.t WHERE id = 1"), [[1, "one", "short", 10, 1, 1]]);
    assert.equal(bench.table("t").columns[1]!.type.name, "varchar");
  });

  describe("SWITCH", () => {
    it("moves every row to an empty twin, whose identity property may differ", () => {
      bench.run(
        "CREATE TABLE dbo.a (id int NOT NULL PRIMARY KEY, v int NULL); CREATE TABLE dbo.b (id int IDENTITY(1,1) NOT NULL PRIMARY KEY, v int NULL); INSERT dbo.a VALUES (1, 5), (2, 6)",
      );
      bench.run("ALTER TABLE dbo.a SWITCH TO dbo.b");
      assert.deepEqual(bench.rows("SELECT id, v FROM dbo.b"), [
        [1, 5],
        [2, 6],
      ]);
      assert.equal(bench.table("a").rows.size, 0);
      bench.run("INSERT dbo.a VALUES (1, 1)");
      assert.deepEqual(bench.numbers("ALTER TABLE dbo.a SWITCH TO dbo.b"), [4905]);
    });
    const cases: [why: string, target: string, number: number][] = [
      ["another number of columns", "(id int NOT NULL PRIMARY KEY)", 4943],
      ["another column name", "(id int NOT NULL PRIMARY KEY, w int NULL)", 4942],
      ["another type", "(id int NOT NULL PRIMARY KEY, v bigint NULL)", 4944],
      ["another nullability", "(id int NOT NULL PRIMARY KEY, v int NOT NULL)", 4961],
      ["no clustered index", "(id int NOT NULL PRIMARY KEY NONCLUSTERED, v int NULL)", 4913],
      ["an index that the source lacks", "(id int NOT NULL PRIMARY KEY, v int NULL, INDEX ix (v))", 4947],
      [
        "a check that the source lacks",
        "(id int NOT NULL PRIMARY KEY, v int NULL, CONSTRAINT ck_b CHECK (v > 0 AND id > 0))",
        4970,
      ],
    ];
    for (const [why, target, number] of cases)
      it(`refuses a target with ${why}`, () => {
        bench.run(`CREATE TABLE dbo.a (id int NOT NULL PRIMARY KEY, v int NULL); CREATE TABLE dbo.b ${target}`);
        assert.deepEqual(bench.numbers("ALTER TABLE dbo.a SWITCH TO dbo.b"), [number]);
      });
    it("refuses a table that is its own target, is referenced, or has an untrusted check", () => {
      assert.deepEqual(bench.numbers("ALTER TABLE dbo.parent SWITCH TO dbo.parent"), [4955]);
      bench.run("CREATE TABLE dbo.p2 (id int NOT NULL PRIMARY KEY, code varchar(20) NOT NULL UNIQUE)");
      assert.deepEqual(bench.numbers("ALTER TABLE dbo.parent SWITCH TO dbo.p2"), [4967]);
      bench.run(
        "CREATE TABLE dbo.a (v int NULL CONSTRAINT ck_a CHECK (v > 0)); CREATE TABLE dbo.b (v int NULL CONSTRAINT ck_b CHECK (v > 0)); ALTER TABLE dbo.a NOCHECK CONSTRAINT ck_a",
      );
      assert.deepEqual(bench.numbers("ALTER TABLE dbo.a SWITCH TO dbo.b"), [4960]);
    });
    it("moves one partition in and out, and refuses rows outside the range", () => {
      bench.run(`CREATE PARTITION FUNCTION pf (int) AS RANGE LEFT FOR VALUES (10, 20); CREATE PARTITION SCHEME ps AS PARTITION pf ALL TO ([PRIMARY]);
        CREATE TABLE dbo.big (id int NOT NULL CONSTRAINT pk_big PRIMARY KEY, v int NULL) ON ps (id);
        CREATE TABLE dbo.stage (id int NOT NULL CONSTRAINT pk_stage PRIMARY KEY, v int NULL, CONSTRAINT ck_stage CHECK (id > 10 AND id <= 20));
        INSERT dbo.big VALUES (1, 1), (15, 2), (30, 3)`);
      assert.deepEqual(bench.numbers("ALTER TABLE dbo.big SWITCH TO dbo.stage"), [4911]);
      assert.deepEqual(bench.numbers("ALTER TABLE dbo.big SWITCH PARTITION 9 TO dbo.stage"), [4950]);
      bench.run(
        "CREATE TABLE dbo.out2 (id int NOT NULL PRIMARY KEY, v int NULL); ALTER TABLE dbo.big SWITCH PARTITION 2 TO dbo.out2",
      );
      assert.deepEqual(bench.rows("SELECT id FROM dbo.out2"), [[15]]);
      bench.run("INSERT dbo.stage VALUES (12, 9); ALTER TABLE dbo.stage SWITCH TO dbo.big PARTITION 2");
      assert.deepEqual(bench.rows("SELECT id FROM dbo.big ORDER BY id"), [[1], [12], [30]]);
      bench.run("DELETE dbo.big WHERE id < 10; INSERT dbo.stage VALUES (13, 9)");
      assert.deepEqual(bench.numbers("ALTER TABLE dbo.stage SWITCH TO dbo.big PARTITION 1"), [4982]);
    });
  });
});
