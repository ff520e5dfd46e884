import assert from "node:assert/strict";
import { assertGrammar, golden } from "../../golden";
import { alter, one, orders, refusals, withColumns } from "./table-cases";
import { batches, hazards, inputsOf, planOf } from "./table-rows";
import { columnstoreCases, indexHistory, temporal, temporalCases } from "./table-temporal-cases";

describe("temporal tables and columnstore indexes: changes", () => {
  for (const change of [...temporalCases, ...columnstoreCases])
    it(change.what, () => {
      const plan = alter(change.to, change.given, change.from);
      if (change.golden !== undefined)
        golden(`table.${change.golden}`, { title: change.what, old: change.from ?? orders, new: change.to }, plan);
      assert.deepEqual(refusals(plan), []);
      assert.deepEqual(batches(plan), change.batches);
      if (change.hazards) assert.deepEqual(hazards(plan), change.hazards);
      assert.ok(plan.statements.every((statement) => statement.inTransaction));
    });
});

describe("temporal tables: made, dropped, repaired, refused", () => {
  const hidden = { ...orders, systemVersioning: { periodColumns: { hidden: true, precision: 3 }, historyTable: "old.Was", historyRetention: { value: 2, unit: "years" }, historyIndex: "columnstore" } } as const; // prettier-ignore

  const zoo = { columns: [{ name: "a", type: "int" }] };

  it("makes the table, its history table and its index", () => {
    const plan = planOf(undefined, one(hidden));
    golden("table.temporal-create", { title: "a table that is made", old: undefined, new: hidden }, plan);
    assert.deepEqual(refusals(plan), []);
    assert.match(batches(plan)[0]!, /PERIOD FOR SYSTEM_TIME \(\[ValidFrom\], \[ValidTo\]\) \) WITH \(SYSTEM_VERSIONING = ON \(HISTORY_TABLE = \[old\]\.\[Was\], HISTORY_RETENTION_PERIOD = 2 YEARS\)\);$/); // prettier-ignore
    assert.deepEqual(plan.owns, [
      { type: "table", name: "dbo.Orders" },
      { type: "history table", name: "old.Was" },
    ]);
  });

  it("drops both tables, and names the rows of both", () => {
    const plan = planOf(inputsOf({ Orders: temporal, Zoo: zoo }), inputsOf({ Zoo: zoo }), { rows: 4, historyRows: 9 }); // prettier-ignore
    assert.deepEqual(batches(plan), [
      "ALTER TABLE [dbo].[Orders] SET (SYSTEM_VERSIONING = OFF);",
      "DROP TABLE [dbo].[Orders];",
      "DROP TABLE [dbo].[OrdersHistory];",
    ]);
    assert.deepEqual(hazards(plan), ["data-loss:dbo.Orders=4", "data-loss:dbo.OrdersHistory=9"]);
  });

  it("keeps history that nobody allows to lose, and says so", () => {
    const plan = alter(withColumns({}, { name: "ValidFrom", type: "datetime2" }, { name: "ValidTo", type: "datetime2" }), { historyRows: 9 }, temporal); // prettier-ignore
    assert.ok(plan.notes.some((note) => /dbo\.OrdersHistory stays as an ordinary table .*data-loss:dbo\.OrdersHistory/.test(note))); // prettier-ignore
    assert.deepEqual(plan.owns, [{ type: "table", name: "dbo.Orders" }]);
  });

  it("switches on again what somebody switched off, with the same history", () => {
    const plan = alter(temporal, { historyRows: 3, change: (rows) => switchOff(rows.tables) }, temporal);
    assert.deepEqual(refusals(plan), []);
    assert.deepEqual(batches(plan), [
      "ALTER TABLE [dbo].[Orders] SET (SYSTEM_VERSIONING = ON (HISTORY_TABLE = [dbo].[OrdersHistory], HISTORY_RETENTION_PERIOD = 90 DAYS));",
    ]);
  });

  it("brings the history table to the columns of its table before it switches on again", () => {
    const wanted = { ...withColumns({}, { name: "b", type: "int", nullable: true }), systemVersioning: temporal.systemVersioning };
    const plan = alter(wanted, { historyRows: 3, change: (rows) => {
      switchOff(rows.tables);
      rows.columns.push({ ...rows.columns.find((row) => row.name === "Id")!, columnId: 9, name: "b", isNullable: true });
    } }, temporal);
    assert.deepEqual(refusals(plan), []);
    assert.deepEqual(batches(plan).slice(0, 1), ["ALTER TABLE [dbo].[OrdersHistory] ADD [b] int NULL;"]);
    assert.equal(plan.statements.length, 2);
  }); // prettier-ignore

  it("does not take over a history table that is there, unless told so", () => {
    const { primaryKey: _key, indexes: _indexes, checks: _checks, ...columns } = orders;
    const moments = [
      { name: "ValidFrom", type: "datetime2" },
      { name: "ValidTo", type: "datetime2" },
    ];
    const there = inputsOf({ OrdersHistory: { columns: [...columns.columns.map(({ default: _default, ...column }) => column), ...moments] } }); // prettier-ignore
    assert.match(refusals(planOf(there, one(temporal), { rows: 5, owned: [] })).join(), /dbo\.OrdersHistory is there already, with 5 rows; give adoptHistory: true/); // prettier-ignore
    const adopting = { ...temporal, systemVersioning: { ...temporal.systemVersioning, adoptHistory: true } };
    const plan = planOf(there, one(adopting), { rows: 5, owned: [] });
    golden("table.temporal-adopt", { title: "a table that is made over a history table that is there", old: there.tables, new: adopting }, plan); // prettier-ignore
    assert.deepEqual(refusals(plan), []);
    assert.deepEqual(batches(plan).slice(1), [
      "CREATE NONCLUSTERED INDEX [IX_Orders_Code] ON [dbo].[Orders] ([Code]);",
      "CREATE CLUSTERED INDEX [ix_OrdersHistory] ON [dbo].[OrdersHistory] ([ValidTo], [ValidFrom]) WITH (DATA_COMPRESSION = PAGE);",
      "ALTER TABLE [dbo].[Orders] SET (SYSTEM_VERSIONING = ON (HISTORY_TABLE = [dbo].[OrdersHistory], HISTORY_RETENTION_PERIOD = 90 DAYS));",
    ]);
  });

  it("says when the database does not clean history up", () => {
    const plan = planOf(undefined, one(temporal), { retention: false });
    assert.ok(plan.notes.some((note) => note.startsWith("TEMPORAL_HISTORY_RETENTION of the database is OFF")));
  });

  const cases: [what: string, from: typeof orders, to: typeof orders, given: Parameters<typeof alter>[1], expected: RegExp][] = [
    ["versioning that the resource never had", temporal, orders, { owned: [{ type: "table", name: "dbo.Orders" }] }, /dbo\.Orders is a system-versioned table, which the inputs do not describe/],
    ["another precision", temporal, { ...orders, systemVersioning: { ...temporal.systemVersioning, periodColumns: { precision: 3 } } }, {}, /precision of a period cannot change; give 7/],
    ["other period columns", temporal, { ...orders, systemVersioning: { ...temporal.systemVersioning, periodColumns: { start: "Since" } } }, {}, /the period of dbo\.Orders is ValidFrom to ValidTo/],
    ["NOT NULL without a default", temporal, { ...withColumns({}, { name: "b", type: "int", backfill: "1" }), systemVersioning: temporal.systemVersioning }, {}, /cannot be filled later; give a default/],
    ["NULL in former versions", temporal, { ...withColumns({ Note: { nullable: false } }), systemVersioning: temporal.systemVersioning }, { answers: { "nulls:1000:Note": { rows: 0 }, "nulls:2000:Note": { rows: 4 } } }, /4 former versions hold NULL, and history cannot be filled/],
    ["former values that are too long", temporal, { ...withColumns({ Note: { type: "nvarchar(5)" } }), systemVersioning: temporal.systemVersioning }, { answers: { "fit:1000:Note": { tooLong: 0 }, "fit:2000:Note": { tooLong: 2 } } }, /2 former versions in dbo\.OrdersHistory do not fit/],
    ["columnstore history beside another index on it", temporal, { ...orders, systemVersioning: { ...temporal.systemVersioning, historyIndex: "columnstore" } }, { change: (rows) => indexHistory(rows, "Note") }, /dbo\.OrdersHistory has index mine, and history in a columnstore index takes no other index where it is aged out/],
    ["another type under an index that somebody put on the history table", temporal, { ...withColumns({ Note: { type: "int" } }), systemVersioning: temporal.systemVersioning }, { change: (rows) => indexHistory(rows, "Note") }, /Note cannot change while it is in index mine of dbo\.OrdersHistory/],
    ["an identity that is added", temporal, { ...withColumns({}, { name: "n", type: "int", identity: true }), systemVersioning: temporal.systemVersioning }, {}, /n is an identity that is added, and nobody can number the former versions/],
    ["an ordered columnstore index on 2019", orders, { ...orders, primaryKey: { columns: ["Id"] }, indexes: [{ columnstore: true, clustered: true, orderBy: ["Id"] }] }, { majorVersion: 15 }, /ordered clustered columnstore index needs SQL Server 2022/],
    ["FILESTREAM on Linux", orders, { ...withColumns({ Id: undefined }, { name: "Id", type: "uniqueidentifier", rowGuid: true }, { name: "Body", type: "varbinary(max)", filestream: true, nullable: true }) }, {}, /Linux has no FILESTREAM/],
    ["another partition scheme", { ...orders, partitionScheme: { name: "ps", column: "Id" }, indexes: [] }, { ...orders, partitionScheme: { name: "other", column: "Id" }, indexes: [] }, {}, /lies on partition scheme ps, and its rows are not moved/],
    ["a table that would become partitioned", orders, { ...orders, partitionScheme: { name: "ps", column: "Id" } }, {}, /lies in a filegroup, and its rows are not moved/],
  ]; // prettier-ignore
  for (const [what, from, to, given, expected] of cases)
    it(`refuses ${what}`, () => assert.match(refusals(alter(to, given, from)).join("\n"), expected));

  it("emits only T-SQL that Microsoft's grammar accepts", function () {
    assertGrammar(this);
  });
});

function switchOff(tables: { objectId: number; temporalType: number; historyTableId: number | null }[]): void {
  for (const row of tables) Object.assign(row, { temporalType: 0, historyTableId: null, historySchema: null, historyName: null, historyRetentionPeriod: null, historyRetentionUnit: null }); // prettier-ignore
}
