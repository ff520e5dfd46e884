import assert from "node:assert/strict";
import { checkFacts } from "./check-facts";
import { loginAs, must, newEngine, query } from "./collector";
import { ok, rows } from "./facts/fact";
import { HISTORY, OFF, STAFF } from "./temporal-staff";

/** Versions of 2019 and 2020 of row 1, and of the first half of 2020 of row 3, which is gone. */
const PAST = [
  ...STAFF,
  OFF,
  `INSERT dbo.staff_history VALUES (1, N'Ann', 1, '2019-01-01', '2020-01-01'), (1, N'Ann', 2, '2020-01-01', '2021-01-01'),
     (3, N'Cid', 3, '2020-01-01', '2020-07-01'), (1, N'Ann', 9, '2020-03-01', '2020-03-01')`,
  "ALTER TABLE dbo.staff SET (SYSTEM_VERSIONING = ON (HISTORY_TABLE = dbo.staff_history, DATA_CONSISTENCY_CHECK = OFF))",
];
const past = (clause: string): string =>
  `SELECT id, pay FROM dbo.staff FOR SYSTEM_TIME ${clause} WHERE pay < 10 ORDER BY id, pay`;

describe("rows of twin temporal tables", () => {
  describe("data modification", () => {
    checkFacts(STAFF, [
      ["INSERT makes no version", HISTORY, rows()],
      ["UPDATE keeps the row as it was", ["UPDATE dbo.staff SET pay = 11 WHERE id = 1", HISTORY], rows([1, "Ann", 10])],
      [
        "an UPDATE that changes nothing keeps a version too",
        ["UPDATE dbo.staff SET pay = pay WHERE id = 1", HISTORY],
        rows([1, "Ann", 10]),
      ],
      ["DELETE keeps the row", ["DELETE dbo.staff WHERE id = 2", HISTORY], rows([2, "Bob", 20])],
      [
        "MERGE keeps what it updates and deletes",
        [
          "MERGE dbo.staff AS t USING (VALUES (1, N'Eve', 5), (3, N'Cid', 6)) AS s (id, name, pay) ON t.id = s.id WHEN MATCHED THEN UPDATE SET name = s.name WHEN NOT MATCHED THEN INSERT (id, name, pay) VALUES (s.id, s.name, s.pay) WHEN NOT MATCHED BY SOURCE THEN DELETE;",
          HISTORY,
        ],
        rows([1, "Ann", 10], [2, "Bob", 20]),
      ],
      [
        "a version ends when the next one begins",
        [
          "UPDATE dbo.staff SET pay = 11 WHERE id = 1",
          "SELECT COUNT(*) FROM dbo.staff s JOIN dbo.staff_history h ON h.id = s.id AND h.valid_to = s.valid_from AND h.valid_from < h.valid_to",
        ],
        rows([1]),
      ],
      [
        "an open row ends at the last moment of its precision",
        "SELECT DISTINCT CONVERT(varchar(40), valid_to, 121) FROM dbo.staff",
        rows(["9999-12-31 23:59:59.9999999"]),
      ],
      [
        "a transaction has one time for all that it does",
        [
          "BEGIN TRAN; INSERT dbo.staff (id, name) VALUES (3, N'Cid'); WAITFOR DELAY '00:00:00.02'; INSERT dbo.staff (id, name) VALUES (4, N'Dan'); UPDATE dbo.staff SET pay = 1 WHERE id = 1; COMMIT",
          "SELECT COUNT(DISTINCT valid_from) FROM dbo.staff WHERE id <> 2",
        ],
        rows([1]),
      ],
      [
        "a second change in a transaction keeps a version that was never valid",
        [
          "BEGIN TRAN; UPDATE dbo.staff SET pay = 11 WHERE id = 1; UPDATE dbo.staff SET pay = 12 WHERE id = 1; COMMIT",
          "SELECT pay, IIF(valid_from = valid_to, 1, 0) FROM dbo.staff_history ORDER BY pay",
        ],
        rows([10, 0], [11, 1]),
      ],
      ["ROLLBACK takes versions back", ["BEGIN TRAN; DELETE dbo.staff; ROLLBACK", HISTORY], rows()],
      [
        "cascading keys keep versions of the rows that they take away",
        [
          "CREATE TABLE dbo.boss (id int NOT NULL PRIMARY KEY); INSERT dbo.boss VALUES (1), (2)",
          "ALTER TABLE dbo.staff ADD CONSTRAINT fk FOREIGN KEY (id) REFERENCES dbo.boss (id) ON DELETE CASCADE",
          "DELETE dbo.boss WHERE id = 1",
          HISTORY,
        ],
        rows([1, "Ann", 10]),
      ],
      [
        "period columns take no values: 13536",
        "INSERT dbo.staff (id, name, valid_from) VALUES (9, N'x', '2020-01-01')",
        [13536],
      ],
      [
        "period columns take DEFAULT",
        "INSERT dbo.staff (id, name, valid_from, valid_to) VALUES (9, N'x', DEFAULT, DEFAULT)",
        ok,
      ],
      [
        "MERGE gives them no values either: 13536",
        "MERGE dbo.staff AS t USING (VALUES (9)) AS s (id) ON t.id = s.id WHEN NOT MATCHED THEN INSERT (id, name, valid_from) VALUES (s.id, N'x', SYSUTCDATETIME());",
        [13536],
      ],
      ["period columns are not updated: 13537", "UPDATE dbo.staff SET valid_from = '2020-01-01'", [13537]],
      [
        "OUTPUT * leaves hidden columns out and gives them by name",
        "UPDATE dbo.staff SET pay = 1 OUTPUT inserted.*, YEAR(inserted.valid_to) WHERE id = 1",
        rows([1, "Ann", 1, 9999]),
      ],
      ["hidden columns are in no INSERT without a list", "INSERT dbo.staff VALUES (9, N'x', 1)", ok],
      [
        "a history table takes no INSERT: 13559",
        "INSERT dbo.staff_history VALUES (9, N'x', 1, '2020-01-01', '2020-01-02')",
        [13559],
      ],
      ["a history table takes no DELETE: 13560", "DELETE dbo.staff_history", [13560]],
      ["a history table takes no UPDATE: 13561", "UPDATE dbo.staff_history SET pay = 1", [13561]],
      [
        "a history table takes no MERGE: 13562",
        "MERGE dbo.staff_history AS t USING (VALUES (1)) AS s (id) ON t.id = s.id WHEN MATCHED THEN DELETE;",
        [13562],
      ],
      [
        "OUTPUT INTO a history table is 13559",
        "DELETE dbo.staff OUTPUT deleted.id, deleted.name, deleted.pay, deleted.valid_from, deleted.valid_to INTO dbo.staff_history",
        [13559],
      ],
      ["neither table is truncated: 13545", "TRUNCATE TABLE dbo.staff", [13545]],
      ["nor the history: 13545", "TRUNCATE TABLE dbo.staff_history", [13545]],
      [
        "with versioning OFF the start goes on, and nothing is kept",
        [
          OFF,
          "DECLARE @before datetime2 = (SELECT valid_from FROM dbo.staff WHERE id = 1); UPDATE dbo.staff SET pay = 1 WHERE id = 1; SELECT IIF(valid_from > @before, 1, 0), (SELECT COUNT(*) FROM dbo.staff_history) FROM dbo.staff WHERE id = 1",
        ],
        rows([1, 0]),
      ],
      [
        "computed columns are kept with their values",
        [
          `CREATE TABLE dbo.x (id int NOT NULL PRIMARY KEY, a int, b AS a * 2, c AS a * 3 PERSISTED, f datetime2 GENERATED ALWAYS AS ROW START, t datetime2 GENERATED ALWAYS AS ROW END, PERIOD FOR SYSTEM_TIME (f, t)) WITH (SYSTEM_VERSIONING = ON (HISTORY_TABLE = dbo.xh))`,
          "INSERT dbo.x (id, a) VALUES (1, 1); UPDATE dbo.x SET a = 5; SELECT a, b, c FROM dbo.xh",
        ],
        rows([1, 2, 3]),
      ],
      [
        "times of lower precision are cut",
        [
          "CREATE TABLE dbo.x (id int NOT NULL PRIMARY KEY, f datetime2(0) GENERATED ALWAYS AS ROW START, t datetime2(0) GENERATED ALWAYS AS ROW END, PERIOD FOR SYSTEM_TIME (f, t)) WITH (SYSTEM_VERSIONING = ON)",
          "INSERT dbo.x (id) VALUES (1); SELECT IIF(f <= SYSUTCDATETIME(), 1, 0), CONVERT(varchar(40), t, 121) FROM dbo.x",
        ],
        rows([1, "9999-12-31 23:59:59"]),
      ],
      [
        "an UPDATE through a view keeps a version",
        ["CREATE VIEW dbo.v AS SELECT id, pay FROM dbo.staff", "UPDATE dbo.v SET pay = 1 WHERE id = 1", HISTORY],
        rows([1, "Ann", 10]),
      ],
      [
        "a trigger sees the row that was made, and its own changes are versions of the same moment",
        [
          "CREATE TRIGGER dbo.tr ON dbo.staff AFTER INSERT AS UPDATE s SET pay = 99 FROM dbo.staff s JOIN inserted i ON i.id = s.id WHERE YEAR(i.valid_to) = 9999",
          "INSERT dbo.staff VALUES (3, N'Cid', 1); SELECT id, pay, IIF(valid_from = valid_to, 1, 0) FROM dbo.staff_history",
        ],
        rows([3, 1, 1]),
      ],
      [
        "a rowversion is kept as it was",
        [
          "ALTER TABLE dbo.staff ADD v rowversion",
          "DECLARE @v binary(8) = (SELECT v FROM dbo.staff WHERE id = 1); UPDATE dbo.staff SET pay = 1 WHERE id = 1; SELECT IIF(h.v = @v, 1, 0), IIF(s.v = @v, 1, 0) FROM dbo.staff s JOIN dbo.staff_history h ON h.id = s.id",
        ],
        rows([1, 0]),
      ],
    ]);

    it("a transaction that began before the row's last change cannot change it: 13535", async () => {
      const engine = newEngine();
      const early = await loginAs(engine);
      await must(early, "CREATE DATABASE facts");
      const late = await loginAs(engine);
      for (const session of [early, late]) await must(session, "USE facts");
      for (const batch of STAFF) await must(early, batch);
      await must(early, "BEGIN TRAN");
      await must(late, "UPDATE dbo.staff SET pay = 1 WHERE id = 1");
      const result = await query(early, "UPDATE dbo.staff SET pay = 2 WHERE id = 1");
      assert.deepEqual(result.numbers, [13535]);
    });

    it("versions are seen by others when their transaction has ended, and are gone with it", async () => {
      const engine = newEngine();
      const writer = await loginAs(engine);
      await must(writer, "CREATE DATABASE facts");
      await must(writer, "ALTER DATABASE facts SET READ_COMMITTED_SNAPSHOT ON");
      const reader = await loginAs(engine);
      for (const session of [writer, reader]) await must(session, "USE facts");
      for (const batch of STAFF) await must(writer, batch);
      const versions = "SELECT id, pay FROM dbo.staff FOR SYSTEM_TIME ALL ORDER BY id, pay";
      await must(writer, "BEGIN TRAN; UPDATE dbo.staff SET pay = 11 WHERE id = 1; DELETE dbo.staff WHERE id = 2");
      assert.deepEqual((await must(reader, versions)).rows, [
        [1, 10],
        [2, 20],
      ]);
      await must(writer, "ROLLBACK");
      assert.deepEqual((await must(reader, HISTORY)).rows, []);
      await must(writer, "UPDATE dbo.staff SET pay = 11 WHERE id = 1");
      assert.deepEqual((await must(reader, versions)).rows, [
        [1, 10],
        [1, 11],
        [2, 20],
      ]);
    });

    it("a reader with locks waits for the versions of a transaction that goes on", async () => {
      const engine = newEngine();
      const writer = await loginAs(engine);
      await must(writer, "CREATE DATABASE facts");
      const reader = await loginAs(engine);
      for (const session of [writer, reader]) await must(session, "USE facts");
      for (const batch of STAFF) await must(writer, batch);
      await must(writer, "BEGIN TRAN; UPDATE dbo.staff SET pay = 11 WHERE id = 1");
      const waited = await query(reader, "SET LOCK_TIMEOUT 0; SELECT id FROM dbo.staff_history");
      assert.deepEqual(waited.numbers, [1222]);
      await must(writer, "COMMIT");
      assert.deepEqual((await must(reader, HISTORY)).rows, [[1, "Ann", 10]]);
    });

    it("names the table with its database in the errors", async () => {
      const session = await loginAs(newEngine());
      await must(session, "CREATE DATABASE facts");
      await must(session, "USE facts");
      for (const batch of STAFF) await must(session, batch);
      const { errors } = await query(session, "DELETE dbo.staff_history");
      assert.equal(errors[0]!.message, "Cannot delete rows from a temporal history table 'facts.dbo.staff_history'.");
      assert.equal(errors[0]!.severity, 16);
    });
  });

  describe("FOR SYSTEM_TIME", () => {
    checkFacts(PAST, [
      ["AS OF gives what was valid then", past("AS OF '2020-02-01'"), rows([1, 2], [3, 3])],
      ["AS OF the begin of a version gives it, not the one before", past("AS OF '2020-01-01'"), rows([1, 2], [3, 3])],
      ["AS OF takes a variable", `DECLARE @t datetime2 = '2019-06-01'; ${past("AS OF @t")}`, rows([1, 1])],
      ["AS OF NULL gives nothing", `DECLARE @t datetime2; ${past("AS OF @t")}`, rows()],
      ["AS OF an expression is no grammar", past("AS OF SYSUTCDATETIME()"), [102]],
      [
        "AS OF now gives the present rows",
        "DECLARE @t datetime2 = SYSUTCDATETIME(); SELECT id FROM dbo.staff FOR SYSTEM_TIME AS OF @t ORDER BY id",
        rows([1], [2]),
      ],
      ["FROM TO leaves out what begins at the end", past("FROM '2019-06-01' TO '2020-01-01'"), rows([1, 1])],
      [
        "BETWEEN takes what begins at the end",
        past("BETWEEN '2019-06-01' AND '2020-01-01'"),
        rows([1, 1], [1, 2], [3, 3]),
      ],
      ["both leave out what ended at the beginning", past("FROM '2020-01-01' TO '2020-06-01'"), rows([1, 2], [3, 3])],
      [
        "CONTAINED IN takes what began and ended within",
        past("CONTAINED IN ('2020-01-01', '2020-07-01')"),
        rows([3, 3]),
      ],
      [
        "ALL gives both tables, without versions of no duration",
        "SELECT id, pay FROM dbo.staff FOR SYSTEM_TIME ALL ORDER BY id, pay",
        rows([1, 1], [1, 2], [1, 10], [2, 20], [3, 3]),
      ],
      [
        "hidden columns stay out of * and are there by name",
        "SELECT * FROM dbo.staff FOR SYSTEM_TIME AS OF '2019-06-01'",
        rows([1, "Ann", 1]),
      ],
      [
        "each table of a query has a time of its own",
        "SELECT a.pay, b.pay FROM dbo.staff FOR SYSTEM_TIME AS OF '2019-06-01' AS a JOIN dbo.staff FOR SYSTEM_TIME AS OF '2020-06-01' AS b ON a.id = b.id",
        rows([1, 2]),
      ],
      [
        "a view hands the time on to its temporal tables, and to no others",
        [
          "CREATE TABLE dbo.plain (id int); INSERT dbo.plain VALUES (1), (3)",
          "CREATE VIEW dbo.joined AS SELECT s.id, s.pay FROM dbo.staff s JOIN dbo.plain p ON p.id = s.id",
          "SELECT id, pay FROM dbo.joined FOR SYSTEM_TIME AS OF '2020-02-01' ORDER BY id",
        ],
        rows([1, 2], [3, 3]),
      ],
      [
        "a function gives its parameter as time",
        [
          "CREATE FUNCTION dbo.staff_at (@t datetime2) RETURNS TABLE AS RETURN SELECT id, pay FROM dbo.staff FOR SYSTEM_TIME AS OF @t",
          "SELECT t.at, f.pay FROM (VALUES ('2019-06-01'), ('2020-06-01')) AS t (at) CROSS APPLY dbo.staff_at(t.at) AS f WHERE f.id = 1 ORDER BY t.at",
        ],
        rows(["2019-06-01", 1], ["2020-06-01", 2]),
      ],
      [
        "a procedure takes it from a parameter",
        [
          "CREATE PROCEDURE dbo.at_time @t datetime2 AS SELECT pay FROM dbo.staff FOR SYSTEM_TIME AS OF @t",
          "EXEC dbo.at_time '2019-06-01'",
        ],
        rows([1]),
      ],
      [
        "an UPDATE may take values from the past",
        [
          "UPDATE e SET pay = h.pay FROM dbo.staff AS e JOIN dbo.staff FOR SYSTEM_TIME AS OF '2019-06-01' AS h ON h.id = e.id",
          "SELECT id, pay FROM dbo.staff ORDER BY id",
        ],
        rows([1, 1], [2, 20]),
      ],
      [
        "on a table without history is 13544",
        ["CREATE TABLE dbo.plain (id int)", "SELECT * FROM dbo.plain FOR SYSTEM_TIME ALL"],
        [13544],
      ],
      [
        "on a view without temporal tables is 13544",
        ["CREATE VIEW dbo.v AS SELECT 1 AS a", "SELECT * FROM dbo.v FOR SYSTEM_TIME ALL"],
        [13544],
      ],
      ["on the history table is 13544", "SELECT * FROM dbo.staff_history FOR SYSTEM_TIME ALL", [13544]],
      ["with versioning OFF is 13544", [OFF, "SELECT * FROM dbo.staff FOR SYSTEM_TIME ALL"], [13544]],
      [
        "twice over one table is 13590",
        [
          "CREATE VIEW dbo.v AS SELECT id FROM dbo.staff FOR SYSTEM_TIME ALL",
          "SELECT * FROM dbo.v FOR SYSTEM_TIME ALL",
        ],
        [13590],
      ],
      [
        "needs SELECT on the history table too: 229",
        [
          "CREATE USER reader WITHOUT LOGIN; GRANT SELECT ON dbo.staff TO reader",
          "EXECUTE AS USER = 'reader'; SELECT id FROM dbo.staff FOR SYSTEM_TIME ALL",
        ],
        [229],
      ],
    ]);
  });
});
