import assert from "node:assert/strict";
import type { Plan, PlanContext } from "../../../provider/src/contract";
import { capabilities } from "../../../provider/src/engine/capabilities";
import { partitionSchemeKind } from "../../../provider/src/kinds/partition-scheme";
import type { PartitionSchemeInputs } from "../../../provider/src/kinds/partition-scheme/inputs";
import { assertGrammar, golden, record } from "../../golden";
import { batches, catalogOf, hazards, inputsOf, planOf, type MutableRows } from "./table-rows";

const months = (boundaries: readonly string[], filegroups: PartitionSchemeInputs["filegroups"] = "FG1") =>
  ({ server: "s", owner: "shop/test/PartitionScheme/months", database: "sales", name: "Months", type: "date", range: "right", boundaries: [...boundaries], filegroups }) satisfies PartitionSchemeInputs; // prettier-ignore
const inputs = months(["2025-01-01", "2025-02-01"]);
const groups = ["FG1", "FG2"];

/** Months on the server, in FG1, with rows in each of its partitions; more schemes on its function. */
function deploy(rows: MutableRows, counts: readonly number[], ...others: readonly string[]): void {
  const base = { functionId: 1, name: "Months", boundaryOnRight: true, typeName: "date", maxLength: 3, precision: 10, scale: 0, collation: null }; // prettier-ignore
  inputs.boundaries.forEach((boundary, at) =>
    rows.partitionFunctions.push({ ...base, boundaryId: at + 1, boundary: String(boundary) }),
  );
  for (const [at, name] of ["Months", ...others].entries())
    counts.forEach((count, partition) =>
      rows.partitionSchemes.push({ dataSpaceId: 100 + at, name, functionId: 1, partitionNumber: partition + 1, filegroup: "FG1", rows: count }),
    ); // prettier-ignore
}

function situation(change?: (rows: MutableRows) => void) {
  const catalog = catalogOf(undefined, {
    change: (rows) => {
      const primary = rows.filegroups[0]!;
      rows.filegroups.push(...groups.map((name, at) => ({ ...primary, dataSpaceId: 50 + at, filegroupName: name, isDefault: false }))); // prettier-ignore
      change?.(rows);
    },
  });
  const context: PlanContext = {
    catalog, capabilities: capabilities(catalog.server.properties), names: catalog.names, answers: new Map(), allow: [], owned: [{ type: "partition scheme", name: "Months" }], secret: () => "", previous: {},
  }; // prettier-ignore
  const live = partitionSchemeKind.read(catalog, { database: "sales", name: "Months", functionName: "Months" }, []);
  return { context, live };
}

function planned(wanted: PartitionSchemeInputs, change?: (rows: MutableRows) => void): Plan {
  const { context, live } = situation(change);
  return record(wanted.owner, partitionSchemeKind.plan(partitionSchemeKind.desired(wanted), live, context));
}

describe("partition schemes: plans", () => {
  it("makes the function, then the scheme", () => {
    const plan = planned(inputs);
    golden("partition-scheme.create", { title: "a scheme with its function is made", new: inputs }, plan);
    assert.deepEqual(batches(plan), [
      "CREATE PARTITION FUNCTION [Months] (date) AS RANGE RIGHT FOR VALUES (N'2025-01-01', N'2025-02-01');",
      "CREATE PARTITION SCHEME [Months] AS PARTITION [Months] ALL TO ([FG1]);",
    ]);
  });

  it("says nothing once it is there", () => {
    const plan = planned(inputs, (rows) => deploy(rows, [1, 2, 3]));
    assert.deepEqual([batches(plan), plan.refusals], [[], []]);
  });

  it("moves on by a month: the first boundary goes with the rows before it, a new one comes into another filegroup", () => {
    const wanted = months(["2025-02-01", "2025-03-01"], ["FG1", "FG1", "FG2"]);
    const plan = planned(wanted, (rows) => deploy(rows, [5, 7, 0]));
    golden(
      "partition-scheme.boundaries",
      { title: "a window that moves on by a month", old: inputs, new: wanted },
      plan,
    );
    assert.deepEqual(plan.refusals, []);
    assert.deepEqual(batches(plan), [
      "ALTER PARTITION FUNCTION [Months] () MERGE RANGE (N'2025-01-01');",
      "ALTER PARTITION SCHEME [Months] NEXT USED [FG2];",
      "ALTER PARTITION FUNCTION [Months] () SPLIT RANGE (N'2025-03-01');",
    ]);
    assert.deepEqual(hazards(plan), ["table-rewrite:Months=7"]);
  });

  it("names the next filegroup on every scheme of the function, and counts the rows of all of them", () => {
    const wanted = months(["2025-01-01", "2025-02-01", "2025-03-01"]);
    const plan = planned(wanted, (rows) => deploy(rows, [0, 0, 4], "Others"));
    golden(
      "partition-scheme.two-schemes",
      { title: "a boundary of a function with two schemes", old: inputs, new: wanted },
      plan,
    );
    assert.deepEqual(batches(plan), [
      "ALTER PARTITION SCHEME [Months] NEXT USED [FG1];",
      "ALTER PARTITION SCHEME [Others] NEXT USED [FG1];",
      "ALTER PARTITION FUNCTION [Months] () SPLIT RANGE (N'2025-03-01');",
    ]);
    assert.deepEqual(hazards(plan), ["table-rewrite:Months=8"]);
  });

  it("drops the scheme, then the function, which stays where another scheme needs it", () => {
    const alone = situation((rows) => deploy(rows, [0, 0, 0]));
    const plan = record("drop", partitionSchemeKind.planDelete(alone.live!, alone.context));
    golden("partition-scheme.drop", { title: "a scheme and its function are dropped", old: inputs }, plan);
    assert.deepEqual(batches(plan), ["DROP PARTITION SCHEME [Months];", "DROP PARTITION FUNCTION [Months];"]);
    const shared = situation((rows) => deploy(rows, [0, 0, 0], "Others"));
    const kept = partitionSchemeKind.planDelete(shared.live!, shared.context);
    assert.deepEqual(batches(kept), ["DROP PARTITION SCHEME [Months];"]);
    assert.deepEqual(kept.notes, ["Partition function Months stays, because other schemes use it: Others."]);
  });

  it("emits only T-SQL that Microsoft's grammar accepts", function () {
    assertGrammar(this);
  });
});

describe("tables in partitions and columnstore: made", () => {
  const columns = [
    { name: "Id", type: "bigint" },
    { name: "Day", type: "date" },
    { name: "Amount", type: "decimal(18,2)" },
  ];

  it("aligns rows, key and indexes with the partition scheme", () => {
    const tables = {
      Sales: {
        columns,
        primaryKey: { columns: ["Day", "Id"] },
        indexes: [{ columns: ["Amount"] }, { columnstore: true, columns: ["Amount", "Day"] }],
        partitionScheme: { name: "Months", column: "Day" },
      },
    };
    const plan = planOf(undefined, inputsOf(tables));
    golden("table.partitioned-create", { title: "a table in partitions, all its indexes aligned", new: tables }, plan);
    assert.deepEqual(batches(plan).slice(1), [
      "CREATE NONCLUSTERED INDEX [IX_Sales_Amount] ON [dbo].[Sales] ([Amount]) ON [Months] ([Day]);",
      "CREATE NONCLUSTERED COLUMNSTORE INDEX [NCCI_Sales] ON [dbo].[Sales] ([Amount], [Day]) ON [Months] ([Day]);",
    ]);
    assert.match(batches(plan)[0]!, /PRIMARY KEY CLUSTERED \(\[Day\], \[Id\]\) ON \[Months\] \(\[Day\]\) \);$/);
    assert.deepEqual(plan.requires, [{ type: "partition scheme", name: "Months", neededBy: 'table "dbo.Sales"' }]);
  });

  it("stores rows in an ordered columnstore index that waits before it compresses", () => {
    const tables = {
      Facts: {
        columns,
        primaryKey: { columns: ["Id"] },
        indexes: [{ columnstore: true, clustered: true, orderBy: ["Day"], compressionDelayMinutes: 10 }],
      },
    };
    const plan = planOf(undefined, inputsOf(tables));
    golden("table.columnstore-create", { title: "a table whose rows are a columnstore index", new: tables }, plan);
    assert.deepEqual(batches(plan).slice(1), [
      "CREATE CLUSTERED COLUMNSTORE INDEX [CCI_Facts] ON [dbo].[Facts] ORDER ([Day]) WITH (COMPRESSION_DELAY = 10 MINUTES);",
    ]);
  });

  it("emits only T-SQL that Microsoft's grammar accepts", function () {
    assertGrammar(this);
  });
});
