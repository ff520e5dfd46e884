import assert from "node:assert/strict";
import { session } from "./query-client";

describe("data modification", () => {
  const { client } = session();
  const tables = `CREATE TABLE dbo.parent (id int NOT NULL CONSTRAINT pk_parent PRIMARY KEY, name varchar(5) NOT NULL CONSTRAINT uq_parent UNIQUE, qty int NOT NULL CONSTRAINT df_qty DEFAULT 3 CONSTRAINT ck_qty CHECK (qty > 0), twice AS qty * 2);
    CREATE TABLE dbo.child (id int IDENTITY(1,1) PRIMARY KEY, parent int NULL CONSTRAINT fk_child REFERENCES dbo.parent (id), note nvarchar(max) NULL);
    INSERT dbo.parent (id, name) VALUES (1, 'a'), (2, 'b'), (3, 'c');
    INSERT dbo.child (parent, note) VALUES (1, N'hello'), (NULL, NULL);`;
  beforeEach(() => client().run(tables));

  it("returns columns of the joined tables beside the changed ones", async () => {
    assert.deepEqual(
      await client().rows(
        "UPDATE p SET qty = 8 OUTPUT c.note, deleted.qty, inserted.qty FROM dbo.child c JOIN dbo.parent p ON p.id = c.parent",
      ),
      [["hello", 3, 8]],
    );
    assert.deepEqual(
      await client().rows(
        "MERGE dbo.parent t USING (VALUES (2, 'm'), (7, 'n')) s (id, w) ON s.id = t.id WHEN MATCHED THEN UPDATE SET name = s.w WHEN NOT MATCHED THEN INSERT (id, name) VALUES (s.id, s.w) OUTPUT $action, s.w, inserted.id, deleted.name;",
      ),
      [
        ["UPDATE", "m", 2, "b"],
        ["INSERT", "n", 7, null],
      ],
    );
  });

  it("returns a view's own column names when it is changed through the view", async () => {
    await client().run("EXEC ('CREATE VIEW dbo.named AS SELECT id AS k, qty AS n FROM dbo.parent')");
    assert.deepEqual(
      await client().rows("UPDATE dbo.named SET n = n + 1 OUTPUT inserted.k, inserted.n, deleted.n WHERE k = 2"),
      [[2, 4, 3]],
    );
  });

  it("shows no statement its own changes", async () => {
    await client().run(
      "CREATE TABLE dbo.g (id int); INSERT dbo.g VALUES (1), (2); INSERT dbo.g SELECT id + 10 FROM dbo.g; DELETE dbo.g WHERE EXISTS (SELECT 1 FROM dbo.g x WHERE x.id = dbo.g.id - 10)",
    );
    assert.deepEqual(await client().rows("SELECT id FROM dbo.g"), [[1], [2]]);
  });

  it("draws a sequence's next number for each row's default", async () => {
    await client().run(
      "CREATE SEQUENCE dbo.sq AS int START WITH 1; CREATE TABLE dbo.q (n int DEFAULT NEXT VALUE FOR dbo.sq, v int); INSERT dbo.q (v) VALUES (7), (8), (9)",
    );
    assert.deepEqual(await client().rows("SELECT n, v FROM dbo.q"), [
      [1, 7],
      [2, 8],
      [3, 9],
    ]);
  });

  const cases: [behaviour: string, sql: string, expected: unknown[][]][] = [
    [
      "fills defaults, identity and computed columns",
      "INSERT dbo.parent (id, name, qty) VALUES (9, 'z', DEFAULT); SELECT qty, twice FROM dbo.parent WHERE id = 9",
      [[3, 6]],
    ],
    [
      "inserts defaults only",
      "CREATE TABLE dbo.d (a int DEFAULT 4, b int); INSERT dbo.d DEFAULT VALUES; SELECT a, b FROM dbo.d",
      [[4, null]],
    ],
    [
      "inserts what a procedure selects",
      "EXEC ('CREATE PROCEDURE dbo.two AS SELECT 7, ''p7'' UNION ALL SELECT 8, ''p8'''); INSERT dbo.parent (id, name) EXEC dbo.two; SELECT id FROM dbo.parent WHERE id > 3 ORDER BY id",
      [[7], [8]],
    ],
    [
      "tells the identity of this scope",
      "INSERT dbo.child (parent) VALUES (2); SELECT SCOPE_IDENTITY(), @@IDENTITY",
      [["3", "3"]],
    ],
    [
      "takes identity values when asked to",
      "SET IDENTITY_INSERT dbo.child ON; INSERT dbo.child (id, parent) VALUES (50, 1); SET IDENTITY_INSERT dbo.child OFF; INSERT dbo.child (parent) VALUES (1); SELECT MAX(id) FROM dbo.child",
      [[51]],
    ],
    [
      "returns inserted and deleted values",
      "UPDATE dbo.parent SET qty += 1 OUTPUT deleted.qty, inserted.qty, inserted.twice WHERE id = 2",
      [[3, 4, 8]],
    ],
    [
      "puts OUTPUT into a table variable",
      "DECLARE @t TABLE (id int); DELETE dbo.parent OUTPUT deleted.id INTO @t WHERE id = 3; SELECT id FROM @t",
      [[3]],
    ],
    [
      "updates from a join",
      "UPDATE p SET qty = 10 + c.id FROM dbo.parent p JOIN dbo.child c ON c.parent = p.id; SELECT id, qty FROM dbo.parent ORDER BY id",
      [
        [1, 11],
        [2, 3],
        [3, 3],
      ],
    ],
    [
      "sets a variable beside the column",
      "DECLARE @v int; UPDATE dbo.parent SET @v = qty = qty + 5 WHERE id = 1; SELECT @v, qty FROM dbo.parent WHERE id = 1",
      [[8, 8]],
    ],
    [
      "lets keys change places",
      "UPDATE dbo.parent SET name = CASE name WHEN 'b' THEN 'c' ELSE 'b' END WHERE id IN (2, 3); SELECT name FROM dbo.parent ORDER BY id",
      [["a"], ["c"], ["b"]],
    ],
    [
      "writes into the middle of a long text",
      "UPDATE dbo.child SET note.WRITE(N'J', 0, 1) WHERE id = 1; UPDATE dbo.child SET note.WRITE(N'!', NULL, 0) WHERE id = 1; SELECT note FROM dbo.child WHERE id = 1",
      [["Jello!"]],
    ],
    [
      "changes no more than TOP rows",
      "UPDATE TOP (2) dbo.parent SET qty = 9; SELECT @@ROWCOUNT, (SELECT COUNT(*) FROM dbo.parent WHERE qty = 9)",
      [[2, 2]],
    ],
    [
      "deletes through a common table expression",
      "INSERT dbo.child (parent) VALUES (1), (1); WITH d AS (SELECT id, ROW_NUMBER() OVER (PARTITION BY parent ORDER BY id) AS n FROM dbo.child) DELETE d WHERE n > 1; SELECT id FROM dbo.child ORDER BY id",
      [[1], [2]],
    ],
    [
      "merges updates, inserts and deletes",
      `MERGE dbo.parent AS t USING (VALUES (2, 'bb'), (9, 'z')) AS s (id, name) ON s.id = t.id
        WHEN MATCHED THEN UPDATE SET name = s.name WHEN NOT MATCHED THEN INSERT (id, name) VALUES (s.id, s.name)
        WHEN NOT MATCHED BY SOURCE AND t.id = 3 THEN DELETE; SELECT id, name FROM dbo.parent ORDER BY id`,
      [
        [1, "a"],
        [2, "bb"],
        [9, "z"],
      ],
    ],
    [
      "names the action of a merged row",
      "MERGE dbo.parent AS t USING (VALUES (2), (9)) AS s (id) ON s.id = t.id WHEN MATCHED THEN DELETE WHEN NOT MATCHED THEN INSERT (id, name) VALUES (s.id, 'n') OUTPUT $action, inserted.id, deleted.id;",
      [
        ["DELETE", null, 2],
        ["INSERT", 9, null],
      ],
    ],
    [
      "starts identity again after TRUNCATE",
      "TRUNCATE TABLE dbo.child; INSERT dbo.child (parent) VALUES (2); SELECT id FROM dbo.child",
      [[1]],
    ],
    [
      "gives each change a new row version",
      "CREATE TABLE dbo.v (id int, r rowversion); INSERT dbo.v (id) VALUES (1); DECLARE @old binary(8) = (SELECT r FROM dbo.v); UPDATE dbo.v SET id = 1; SELECT CASE WHEN r > @old THEN 1 ELSE 0 END FROM dbo.v",
      [[1]],
    ],
    [
      "drops duplicate rows under IGNORE_DUP_KEY",
      "CREATE TABLE dbo.u (id int NOT NULL); CREATE UNIQUE INDEX ux ON dbo.u (id) WITH (IGNORE_DUP_KEY = ON); INSERT dbo.u VALUES (1), (1), (2); SELECT COUNT(*) FROM dbo.u",
      [[2]],
    ],
    [
      "cascades deletes and updates",
      "CREATE TABLE dbo.k (p int REFERENCES dbo.parent (id) ON DELETE CASCADE ON UPDATE CASCADE); INSERT dbo.k VALUES (2), (3); UPDATE dbo.parent SET id = 30 WHERE id = 3; DELETE dbo.parent WHERE id = 2; SELECT p FROM dbo.k",
      [[30]],
    ],
    [
      "sets references to NULL or to the default",
      "CREATE TABLE dbo.k (a int REFERENCES dbo.parent (id) ON DELETE SET NULL); CREATE TABLE dbo.l (b int DEFAULT 2 REFERENCES dbo.parent (id) ON DELETE SET DEFAULT); INSERT dbo.k VALUES (3); INSERT dbo.l VALUES (3); DELETE dbo.parent WHERE id = 3; SELECT a, b FROM dbo.k CROSS JOIN dbo.l",
      [[null, 2]],
    ],
    [
      "deletes a whole tree of one table at once",
      "CREATE TABLE dbo.tree (id int PRIMARY KEY, up int REFERENCES dbo.tree (id)); INSERT dbo.tree VALUES (1, NULL), (2, 1); DELETE dbo.tree; SELECT COUNT(*) FROM dbo.tree",
      [[0]],
    ],
    [
      "writes through a view",
      "EXEC ('CREATE VIEW dbo.few AS SELECT id, name AS label FROM dbo.parent WHERE id < 3'); UPDATE dbo.few SET label = 'vv' WHERE id = 1; INSERT dbo.few (id, label) VALUES (8, 'w'); DELETE dbo.few WHERE id = 2; SELECT id, name FROM dbo.parent ORDER BY id",
      [
        [1, "vv"],
        [3, "c"],
        [8, "w"],
      ],
    ],
    [
      "fires AFTER triggers once a statement, with both tables",
      `CREATE TABLE dbo.log (n int, o int); EXEC ('CREATE TRIGGER dbo.tr ON dbo.parent AFTER UPDATE AS INSERT dbo.log SELECT i.qty, d.qty FROM inserted i JOIN deleted d ON d.id = i.id');
        UPDATE dbo.parent SET qty = 5 WHERE id < 3; SELECT n, o FROM dbo.log`,
      [
        [5, 3],
        [5, 3],
      ],
    ],
    [
      "lets an INSTEAD OF trigger do the work",
      "EXEC ('CREATE VIEW dbo.joined AS SELECT p.id, p.name, c.note FROM dbo.parent p JOIN dbo.child c ON c.parent = p.id'); EXEC ('CREATE TRIGGER dbo.io ON dbo.joined INSTEAD OF INSERT AS INSERT dbo.parent (id, name) SELECT id, name FROM inserted'); INSERT dbo.joined (id, name) VALUES (6, 'f'); SELECT name FROM dbo.parent WHERE id = 6",
      [["f"]],
    ],
    [
      "modifies temporary tables",
      "SELECT id INTO #t FROM dbo.parent; DELETE #t WHERE id = 1; UPDATE #t SET id = id + 1; SELECT id FROM #t ORDER BY id",
      [[3], [4]],
    ],
  ];
  for (const [behaviour, sql, expected] of cases)
    it(behaviour, async () => assert.deepEqual(await client().rows(sql), expected));

  const errors: [error: number, why: string, sql: string][] = [
    [515, "a NULL in a column that takes none", "INSERT dbo.parent (id, name) VALUES (9, NULL)"],
    [544, "an identity value while IDENTITY_INSERT is off", "INSERT dbo.child (id, parent) VALUES (9, 1)"],
    [
      545,
      "a missing identity value while IDENTITY_INSERT is on",
      "SET IDENTITY_INSERT dbo.child ON; INSERT dbo.child (parent) VALUES (1)",
    ],
    [8101, "an identity value without a column list", "INSERT dbo.child VALUES (9, 1, NULL)"],
    [8102, "an update of identity", "UPDATE dbo.child SET id = 9"],
    [547, "a row that a CHECK excludes", "UPDATE dbo.parent SET qty = 0"],
    [547, "a reference to nothing", "INSERT dbo.child (parent) VALUES (99)"],
    [547, "the deletion of what is referred to", "DELETE dbo.parent WHERE id = 1"],
    [547, "a new key for what is referred to", "UPDATE dbo.parent SET id = 10 WHERE id = 1"],
    [2627, "a second row with one key", "INSERT dbo.parent (id, name) VALUES (1, 'q')"],
    [2627, "text that differs in case only under a unique key", "INSERT dbo.parent (id, name) VALUES (9, 'A')"],
    [
      2601,
      "a duplicate in a unique index",
      "CREATE UNIQUE INDEX ux ON dbo.child (parent) WHERE parent IS NOT NULL; INSERT dbo.child (parent) VALUES (1)",
    ],
    [2628, "text that is too long", "INSERT dbo.parent (id, name) VALUES (9, 'toolong')"],
    [271, "a value for a computed column", "INSERT dbo.parent (id, name, twice) VALUES (9, 'q', 1)"],
    [272, "an update of a row version", "CREATE TABLE dbo.v (id int, r rowversion); UPDATE dbo.v SET r = 0x00"],
    [273, "a value for a row version", "CREATE TABLE dbo.v (id int, r rowversion); INSERT dbo.v VALUES (1, 0x00)"],
    [264, "a column that is set twice", "UPDATE dbo.parent SET qty = 1, qty = 2"],
    [109, "fewer values than columns", "INSERT dbo.parent (id, name) VALUES (9)"],
    [110, "more values than columns", "INSERT dbo.parent (id, name) VALUES (9, 'q', 1)"],
    [120, "fewer selected items than columns", "INSERT dbo.parent (id, name) SELECT 9"],
    [213, "a wrong number of values without a list", "INSERT dbo.parent VALUES (9, 'q')"],
    [
      5324,
      "a condition that can never be reached",
      "MERGE dbo.parent t USING (VALUES (1)) s (id) ON s.id = t.id WHEN MATCHED THEN DELETE WHEN MATCHED AND t.id = 1 THEN UPDATE SET qty = 4;",
    ],
    [
      10714,
      "two actions of one kind",
      "MERGE dbo.parent t USING (VALUES (1)) s (id) ON s.id = t.id WHEN MATCHED AND t.id = 1 THEN DELETE WHEN MATCHED THEN DELETE;",
    ],
    [
      8672,
      "a row that is merged twice",
      "MERGE dbo.parent t USING (VALUES (1), (1)) s (id) ON s.id = t.id WHEN MATCHED THEN UPDATE SET qty = 4;",
    ],
    [4712, "TRUNCATE of a table that is referred to", "TRUNCATE TABLE dbo.parent"],
    [4701, "TRUNCATE of nothing", "TRUNCATE TABLE dbo.nope"],
    [
      334,
      "OUTPUT to the client from a table with triggers",
      "EXEC ('CREATE TRIGGER dbo.tr ON dbo.parent AFTER INSERT AS RETURN'); INSERT dbo.parent (id, name) OUTPUT inserted.id VALUES (9, 'q')",
    ],
    [
      4405,
      "a change of two tables through a view",
      "EXEC ('CREATE VIEW dbo.j AS SELECT p.id, c.note FROM dbo.parent p JOIN dbo.child c ON c.parent = p.id'); DELETE dbo.j",
    ],
    [
      4406,
      "a change of a view's computed column",
      "EXEC ('CREATE VIEW dbo.x AS SELECT id, qty + 1 AS more FROM dbo.parent'); UPDATE dbo.x SET more = 1",
    ],
    [
      4421,
      "a change of a derived table's computed column",
      "UPDATE d SET more = 1 FROM (SELECT id, qty + 1 AS more FROM dbo.parent) d",
    ],
    [
      4403,
      "a change through a view that groups",
      "EXEC ('CREATE VIEW dbo.g AS SELECT qty FROM dbo.parent GROUP BY qty'); UPDATE dbo.g SET qty = 1",
    ],
    [
      550,
      "a row that leaves a view with CHECK OPTION",
      "EXEC ('CREATE VIEW dbo.low AS SELECT id, name FROM dbo.parent WHERE id < 5 WITH CHECK OPTION'); INSERT dbo.low (id, name) VALUES (9, 'q')",
    ],
    [259, "a change of a catalog view", "DELETE sys.objects"],
    [
      331,
      "OUTPUT into a table with triggers",
      "CREATE TABLE dbo.o (id int); EXEC ('CREATE TRIGGER dbo.tr ON dbo.o AFTER INSERT AS RETURN'); DELETE dbo.child OUTPUT deleted.id INTO dbo.o",
    ],
  ];
  for (const [error, why, sql] of errors)
    it(`refuses ${why} with ${error}`, async () => assert.equal(await client().error(sql), error));

  it("says what conflicts, where and in which column", async () => {
    assert.equal(
      await client().complaint("DELETE dbo.parent WHERE id = 1"),
      `The DELETE statement conflicted with the REFERENCE constraint "fk_child". The conflict occurred in database "shop", table "dbo.child", column 'parent'.`,
    );
    assert.equal(
      await client().complaint("INSERT dbo.parent (id, name) VALUES (1, 'q')"),
      "Violation of PRIMARY KEY constraint 'pk_parent'. Cannot insert duplicate key in object 'dbo.parent'. The duplicate key value is (1).",
    );
  });

  it("tells that a duplicate was ignored", async () => {
    const { messages } = await client().run(
      "CREATE TABLE dbo.u (id int NOT NULL); CREATE UNIQUE INDEX ux ON dbo.u (id) WITH (IGNORE_DUP_KEY = ON); INSERT dbo.u VALUES (1), (1)",
    );
    assert.deepEqual(
      messages.map((message) => [message.number, message.severity]),
      [[3604, 0]],
    );
  });

  it("takes back all of a statement that fails at its last row, and nothing of the one before", async () => {
    await client().error(
      "BEGIN TRANSACTION; INSERT dbo.parent (id, name) VALUES (10, 'ok'); INSERT dbo.parent (id, name) VALUES (11, 'x'), (1, 'y'); COMMIT",
    );
    assert.deepEqual(await client().rows("SELECT id FROM dbo.parent WHERE id > 3"), [[10]]);
  });

  it("gives back rows and keys on rollback", async () => {
    await client().run(
      "BEGIN TRANSACTION; DELETE dbo.parent WHERE id = 2; UPDATE dbo.parent SET name = 'n' WHERE id = 3; INSERT dbo.parent (id, name) VALUES (4, 'b'); ROLLBACK",
    );
    assert.deepEqual(await client().rows("SELECT id, name FROM dbo.parent ORDER BY id"), [
      [1, "a"],
      [2, "b"],
      [3, "c"],
    ]);
    assert.deepEqual(await client().rows("SELECT id FROM dbo.parent"), [[1], [2], [3]]);
    assert.equal(await client().error("INSERT dbo.parent (id, name) VALUES (5, 'b')"), 2627);
  });
});

describe("permissions of data modification", () => {
  const { client } = session();
  beforeEach(() =>
    client().run(`CREATE TABLE dbo.t (id int, v int); INSERT dbo.t VALUES (1, 1);
      EXEC ('CREATE VIEW dbo.w AS SELECT id, v FROM dbo.t');
      CREATE USER ann WITHOUT LOGIN; GRANT UPDATE, DELETE ON dbo.t TO ann; GRANT INSERT ON dbo.w TO ann`),
  );

  it("asks for SELECT only where the statement reads", async () => {
    assert.equal(await client().error("EXECUTE AS USER = 'ann'; UPDATE dbo.t SET v = 2; REVERT"), undefined);
    assert.equal(await client().error("EXECUTE AS USER = 'ann'; UPDATE dbo.t SET v = 3 WHERE id = 1"), 229);
  });

  it("asks on the view that is named, not on the table below it", async () => {
    assert.equal(await client().error("EXECUTE AS USER = 'ann'; INSERT dbo.t VALUES (2, 2)"), 229);
    assert.equal(
      await client().error("REVERT; EXECUTE AS USER = 'ann'; INSERT dbo.w VALUES (2, 2); REVERT"),
      undefined,
    );
    assert.deepEqual(await client().rows("SELECT id FROM dbo.t WHERE v = 2"), [[2]]);
  });
});
