import assert from "node:assert/strict";
import { unique } from "../server";
import { Deployment } from "./deployment";
import { proveLaw } from "./law";
import { partitionCases } from "./partition-cases";

proveLaw("partition schemes", partitionCases);

describe("partition schemes in use", () => {
  let deployment: Deployment;
  let count = 0;
  before(async () => {
    deployment = await Deployment.start();
  });
  after(() => deployment.close());

  const inputs = (database: string, boundaries: readonly string[], more: object = {}) => ({
    database,
    name: "Years",
    type: "date",
    range: "right",
    boundaries: [...boundaries],
    filegroups: "PRIMARY",
    ...more,
  });
  const table = (database: string, more: object = {}) => ({
    database,
    name: "Sales",
    columns: [
      { name: "Id", type: "int" },
      { name: "Day", type: "date" },
    ],
    primaryKey: { columns: ["Day", "Id"] },
    partitionScheme: { name: "Years", column: "Day" },
    ...more,
  });

  async function sales() {
    const database = unique(`partitions_${++count}`);
    await deployment.sql(`CREATE DATABASE ${database};`);
    await deployment.configure();
    const scheme = await deployment.create("PartitionScheme", "years", inputs(database, ["2024-01-01", "2025-01-01"]));
    await deployment.configure();
    await deployment.create("Table", "sales", table(database));
    await deployment.sql("INSERT INTO dbo.Sales (Id, Day) VALUES (1, '2023-05-01'), (2, '2025-05-01'), (3, '2025-06-01');", database); // prettier-ignore
    await deployment.configure();
    return { database, scheme };
  }

  const counts = (database: string) =>
    deployment.sql("SELECT p.partition_number AS n, p.rows FROM sys.partitions AS p WHERE p.object_id = OBJECT_ID(N'dbo.Sales') AND p.index_id = 1 ORDER BY p.partition_number", database); // prettier-ignore

  it("spread the rows of a table, and a boundary that moves rows asks for consent", async () => {
    const { database, scheme } = await sales();
    assert.deepEqual(
      (await counts(database)).map((row) => Number(row["rows"])),
      [1, 0, 2],
    );
    const wanted = inputs(database, ["2024-01-01", "2025-01-01", "2025-06-01"]);
    await assert.rejects(deployment.update(scheme, wanted), /table-rewrite Years \(2 rows\)/);
    await deployment.configure();
    assert.equal(await deployment.update(scheme, { ...wanted, allow: ["table-rewrite:Years"] }), true);
    assert.deepEqual(
      (await counts(database)).map((row) => Number(row["rows"])),
      [1, 0, 1, 1],
    );
  });

  it("show a boundary that somebody added, and take it away again", async () => {
    const { database, scheme } = await sales();
    await deployment.sql("ALTER PARTITION SCHEME Years NEXT USED [PRIMARY]; ALTER PARTITION FUNCTION Years () SPLIT RANGE ('2030-01-01');", database); // prettier-ignore
    await deployment.configure();
    assert.deepEqual((await deployment.refresh(scheme))!["boundaries"], ["2024-01-01", "2025-01-01", "2030-01-01"]);
    assert.equal(await deployment.update(scheme, inputs(database, ["2024-01-01", "2025-01-01"])), true);
    await deployment.configure();
    await deployment.assertUnchanged(scheme, inputs(database, ["2024-01-01", "2025-01-01"]));
  });

  it("are made anew where only the function is left", async () => {
    const { database, scheme } = await sales();
    await deployment.sql("DROP TABLE dbo.Sales;", database);
    await deployment.sql("DROP PARTITION SCHEME Years;", database);
    await deployment.configure();
    const wanted = inputs(database, ["2024-01-01"]);
    assert.equal(await deployment.update(scheme, wanted), true);
    await deployment.configure();
    await deployment.assertUnchanged(scheme, wanted);
  });

  it("are not dropped while a table lies on them, and not changed in what the engine keeps", async () => {
    const { database, scheme } = await sales();
    await assert.rejects(
      deployment.delete(scheme),
      /partition scheme "Years" holds dbo\.Sales; drop or move them first/,
    );
    await deployment.configure();
    const boundaries = ["2024-01-01", "2025-01-01"];
    for (const [more, expected] of [
      [{ type: "datetime" }, /type of a partition function cannot change/],
      [{ range: "left" }, /LEFT and RIGHT of a partition function cannot change/],
      [{ functionName: "Other" }, /stands on function Years and cannot change it/],
      [{ filegroups: ["PRIMARY", "Other", "PRIMARY"] }, /partition 2 lies in filegroup PRIMARY and stays there/],
      [{ boundaries: ["2025-01-01", "2024-01-01"] }, /2024-01-01 comes before 2025-01-01/],
      [{ boundaries: ["2024-13"] }, /"2024-13" is no value of date/],
      [{ boundaries: ["2024-01-01", "2024-01-01"] }, /stands there twice/],
      [{ filegroups: ["PRIMARY"] }, /2 boundaries make 3 partitions; give 3 filegroups/],
    ] as const)
      await assert.rejects(deployment.update(scheme, inputs(database, boundaries, more)), expected);
  });

  it("are refused for a table whose column has another type than the function", async () => {
    const { database } = await sales();
    const other = table(database, { name: "Other", columns: [{ name: "Id", type: "int" }, { name: "Day", type: "datetime2(0)" }] }); // prettier-ignore
    await deployment.configure();
    assert.match(
      (await deployment.preview("Table", "other", other)).failures.join("\n"),
      /partitionScheme\.column: column Day of dbo\.Other is datetime2\(0\), and partition scheme Years spreads rows by date \(7726\)/,
    );
  });

  it("refuse to split what a columnstore index fills", async () => {
    const { database, scheme } = await sales();
    await deployment.sql("CREATE NONCLUSTERED COLUMNSTORE INDEX c ON dbo.Sales (Id, Day);", database);
    await deployment.configure();
    const split = inputs(database, ["2024-01-01", "2025-01-01", "2025-06-01"], { allow: ["table-rewrite:Years"] });
    await assert.rejects(deployment.update(scheme, split), /columnstore index c lets only an empty partition be split/);
  });
});
