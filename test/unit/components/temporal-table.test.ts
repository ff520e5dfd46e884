import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { tableSetKind } from "../../../provider/src/kinds/table";
import type * as component from "../../../components/src/temporal-table";

const orders = {
  columns: [
    { name: "Id", type: "int" },
    { name: "Note", type: "nvarchar(50)", nullable: true },
  ],
  primaryKey: { columns: ["Id"] },
};

describe("TemporalTable", () => {
  const made: pulumi.runtime.MockResourceArgs[] = [];
  let module: typeof component;
  before(async () => {
    await pulumi.runtime.setMocks({
      newResource: (args) => {
        made.push(args);
        return { id: `${args.name}-id`, state: { ...args.inputs, qualifiedName: "[dbo].[Orders]" } };
      },
      call: ({ inputs }) => inputs as Record<string, unknown>,
    });
    module = await import("../../../components/src/temporal-table");
  });

  it("makes a definition that a TableSet takes: 90 days in a columnstore index behind a hidden period", () => {
    const table = module.temporal(orders);
    assert.deepEqual(table.systemVersioning, {
      periodColumns: { hidden: true },
      historyRetention: { value: 90, unit: "days" },
      historyIndex: "columnstore",
    });
    const { tables } = tableSetKind.desired({ server: "s", owner: "o", database: "d", tables: { Orders: table } });
    assert.equal(tables[0]!.versioning!.historyDisplay, "dbo.OrdersHistory");
  });

  it("refuses arguments that it does not know: a misspelt retention would age history out", () => {
    const misspelt = { retentoin: "infinite" } as component.TemporalPreset;
    assert.throws(
      () => module.temporal(orders, misspelt),
      /there is no argument retentoin; it takes retention, history,/,
    );
    const given = { server: "s", database: "d", name: "Orders", table: orders, ...misspelt };
    assert.throws(
      () => new module.TemporalTable("orders", given),
      /TemporalTable "orders": there is no argument retentoin/,
    );
    const { name: _name, ...nameless } = given;
    assert.throws(() => new module.TemporalTable("orders", nameless as never), /name is missing/);
  });

  it("keeps history in rows where columnstore cannot hold it, or could not age it out", () => {
    const wide = { ...orders, columns: [...orders.columns, { name: "Body", type: "nvarchar(max)", nullable: true }] };
    assert.equal(module.temporal(wide).systemVersioning!.historyIndex, undefined);
    assert.equal(module.temporal(wide, { retention: "infinite" }).systemVersioning!.historyIndex, "columnstore");
    const xml = { ...orders, columns: [...orders.columns, { name: "Body", type: "xml", nullable: true }] };
    assert.equal(module.temporal(xml, { retention: "infinite" }).systemVersioning!.historyIndex, undefined);
  });

  it("refuses a table without a primary key, and one that is versioned already", () => {
    assert.throws(() => module.temporal({ columns: orders.columns }), /needs a primary key/);
    assert.throws(() => module.temporal({ ...orders, systemVersioning: {} }), /says systemVersioning itself/);
  });

  it("makes one table with what the program asked for", async () => {
    const { qualifiedName, historyTable } = new module.TemporalTable("orders", {
      server: "local",
      database: "shop",
      name: "Orders",
      table: orders,
      retention: { value: 2, unit: "years" },
      history: "columnstore-archive",
      historyFilegroup: "Archive",
      periodColumns: { start: "Since", hidden: false },
      allow: ["data-loss:dbo.OrdersHistory"],
    });
    assert.equal(await new Promise((resolve) => qualifiedName.apply(resolve)), "[dbo].[Orders]");
    assert.equal(historyTable, "dbo.OrdersHistory");
    const inputs = made.find(({ type }) => type.endsWith(":Table"))!.inputs as Record<string, unknown>;
    assert.deepEqual(inputs["systemVersioning"], {
      periodColumns: { start: "Since", hidden: false },
      historyRetention: { value: 2, unit: "years" },
      historyIndex: "columnstore",
      historyCompression: "columnstore-archive",
      historyFilegroup: "Archive",
    });
    assert.deepEqual(inputs["allow"], ["data-loss:dbo.OrdersHistory"]);
  });
});
