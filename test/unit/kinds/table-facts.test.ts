import assert from "node:assert/strict";
import { tableSetKind, type TableBody } from "../../../provider/src/kinds/table";
import { assertGrammar } from "../../golden";
import { alter, one, orders, refusals, withColumns } from "./table-cases";
import { batches, catalogOf, inputsOf, planOf, situation, type Case } from "./table-rows";

describe("tables: what is read, asked and required", () => {
  it("lists what must exist and does not", () => {
    const plan = planOf(undefined, inputsOf({
      "new.T": { columns: [{ name: "a", type: "dbo.Kind" }], filegroup: "FG9", foreignKeys: [{ columns: ["a"], references: { table: "dbo.Elsewhere", columns: ["Id"] } }] },
    })); // prettier-ignore
    assert.deepEqual(plan.requires?.map((requirement) => `${requirement.type} ${requirement.name} ${requirement.neededBy}`), [
      'schema new table "new.T"', 'filegroup FG9 table "new.T"', 'type dbo.Kind table "new.T"', 'object dbo.Elsewhere table "new.T"',
    ]); // prettier-ignore
  });

  it("asks the table only what the plan depends on", () => {
    const probes = (to: TableBody): string[] => {
      const { desired, live, context } = situation(one(orders), one(to));
      return tableSetKind.probes(desired, live, context.catalog).map((probe) => `${probe.key} ${probe.query}`);
    };
    assert.deepEqual(probes(orders), []);
    assert.deepEqual(probes(withColumns({ Note: undefined })), [
      "values:1000:Note SELECT COUNT_BIG(*) AS [rows] FROM [dbo].[Orders] WHERE [Note] IS NOT NULL;",
    ]);
    assert.deepEqual(probes(withColumns({ Note: { nullable: false } })), [
      "nulls:1000:Note SELECT COUNT_BIG(*) AS [rows] FROM [dbo].[Orders] WHERE [Note] IS NULL;",
    ]);
    assert.deepEqual(probes(withColumns({ Note: { type: "nvarchar(20)" } })), [
      "fit:1000:Note SELECT COUNT_BIG(CASE WHEN DATALENGTH([Note]) / 2 > 20 THEN 1 END) AS [tooLong] FROM [dbo].[Orders];",
    ]);
    assert.match(
      probes(withColumns({ Total: { type: "int" } })).join(),
      /TRY_CONVERT\(int, \[Total\]\) IS NULL .*AS \[failing\].*AS \[changed\]/,
    );
    assert.deepEqual(probes(withColumns({ Note: { type: "nvarchar(80)" } })), []);
    assert.match(probes(withColumns({}, { name: "n", type: "int" })).join(), /^rows:1000: /);
  });

  it("reads the server's own print of expressions as equal", () => {
    const change: Case["change"] = (rows) => {
      Object.assign(rows.columns[3]!, { defaultDefinition: "((0))" });
      Object.assign(rows.checkConstraints[0]!, { definition: "([Total]>=(0))" });
    };
    assert.deepEqual(batches(alter(orders, { change })), []);
  });

  it("compares names as the database does", () => {
    const upper = {
      ...orders,
      columns: orders.columns.map((column) => ({ ...column, name: column.name.toUpperCase() })),
    };
    assert.deepEqual(batches(alter({ ...upper, checks: { ck_total: "TOTAL >= 0" } })), []);
    const sensitive = alter({ ...orders, indexes: [{ columns: ["code"] }] }, { collation: "Latin1_General_100_CS_AS" });
    assert.match(refusals(sensitive).join(), /indexes\[0\]\.columns\[0\]: dbo\.Orders has no column code/);
    const twins: TableBody = {
      columns: [
        { name: "a", type: "int" },
        { name: "A", type: "int" },
      ],
    };
    assert.deepEqual(refusals(planOf(undefined, one(twins), { collation: "Latin1_General_100_CS_AS" })), []);
    assert.match(refusals(planOf(undefined, one(twins))).join(), /two columns A/);
  });

  it("is never surprised by a rename that another resource's table made possible", () => {
    const wanted = inputsOf({ Sales: { ...orders, renamedFrom: "Orders" } });
    const change: Case["change"] = (rows) => void (rows.ownership[0] = { ...rows.ownership[0]!, owner: "another" });
    assert.match(
      batches(planOf(one(orders), wanted, { change, owned: [] })).join(),
      /^CREATE TABLE \[dbo\]\.\[Sales\]/,
    );
  });

  it("shows in a refresh what somebody changed by hand, and nothing else", () => {
    const inputs = inputsOf({ Orders: { ...orders, indexes: [{ columns: ["Code"] }] } });
    const catalog = catalogOf(inputs, {
      change: (rows) => {
        Object.assign(rows.columns[2]!, { maxLength: 160, isNullable: false });
        rows.indexes
          .filter((row) => row.name === "IX_Orders_Code")
          .forEach((row) => Object.assign(row, { fillFactor: 70 }));
        rows.checkConstraints[0]!.definition = "([Total]>(1))";
        rows.columns.push({ ...rows.columns[0]!, columnId: 9, name: "Extra" });
      },
    });
    const live = tableSetKind.read(catalog, tableSetKind.identity(tableSetKind.desired(inputs)), [
      { type: "table", name: "dbo.Orders" },
    ]);
    const seen = tableSetKind.inputsFromLive(live!, inputs).tables.Orders!;
    assert.deepEqual(seen.columns, [
      orders.columns[0],
      orders.columns[1],
      { name: "Note", type: "nvarchar(80)" },
      orders.columns[3],
      { name: "Extra", type: "int" },
    ]);
    assert.equal(seen.indexes?.[0]?.fillFactor, 70);
    assert.deepEqual(seen.checks, { CK_Total: "([Total]>(1))" });
    assert.equal(seen.primaryKey, inputs.tables.Orders!.primaryKey);
    assert.ok(live);
  });

  it("emits only T-SQL that Microsoft's grammar accepts", function () {
    assertGrammar(this);
  });
});
