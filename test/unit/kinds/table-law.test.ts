import assert from "node:assert/strict";
import { tableKind, tableSetKind, type TableBody } from "../../../provider/src/kinds/table";
import { assertGrammar, golden } from "../../golden";
import { batches, catalogOf, inputsOf, planOf } from "./table-rows";
import { money, shapes } from "./table-shapes";

describe("tables: the law", () => {
  for (const [what, tables] of Object.entries(shapes)) {
    it(`plans nothing for ${what} once it is there`, () => {
      const plan = planOf(inputsOf(tables), inputsOf(tables), { rows: 5, types: money });
      assert.deepEqual(batches(plan), []);
      assert.deepEqual(plan.refusals, []);
    });
    it(`creates ${what} from nothing`, () => {
      const plan = planOf(undefined, inputsOf(tables), { types: money });
      assert.deepEqual(plan.refusals, []);
      assert.equal(
        plan.statements.filter((statement) => statement.batch.startsWith("CREATE TABLE")).length,
        Object.keys(tables).length,
      );
      assert.equal(plan.owns.length, Object.keys(tables).length);
    });
    it(`drops ${what}`, () => {
      const inputs = inputsOf(tables);
      const catalog = catalogOf(inputs, { rows: 3, types: money });
      const live = tableSetKind.read(catalog, tableSetKind.identity(tableSetKind.desired(inputs)), []);
      const plan = tableSetKind.planDelete(live!, {
        catalog,
        names: catalog.names,
        answers: new Map(),
        allow: [],
        owned: [],
        secret: () => "",
        previous: {},
        capabilities: undefined as never,
      });
      assert.deepEqual(plan.refusals, []);
      const drops = plan.statements.filter((statement) => statement.batch.startsWith("DROP TABLE"));
      assert.equal(drops.length, Object.keys(tables).length);
      assert.ok(
        drops.every((statement) => statement.hazards[0]?.type === "data-loss" && statement.hazards[0].rows === 3),
      );
    });
    it(`gives back the inputs of ${what} as they were written`, () => {
      const inputs = inputsOf(tables);
      const catalog = catalogOf(inputs, { rows: 3, types: money });
      const live = tableSetKind.read(catalog, tableSetKind.identity(tableSetKind.desired(inputs)), []);
      assert.deepEqual(
        JSON.parse(JSON.stringify(tableSetKind.inputsFromLive(live!, inputs))),
        JSON.parse(JSON.stringify(inputs)),
      );
    });
  }

  it("orders every shape: tables before their indexes, foreign keys last", () => {
    const plan = planOf(undefined, inputsOf(shapes["foreign keys in a cycle and to itself"]!));
    assert.deepEqual(
      plan.statements.map((statement) => statement.batch.split(/[ (]/).slice(0, 2).join(" ")),
      ["CREATE TABLE", "CREATE TABLE", "ALTER TABLE", "ALTER TABLE", "ALTER TABLE"],
    );
  });

  it("writes them as a DBA reads them", () => {
    const tables = {
      ...shapes["keys, defaults, checks and indexes"],
      ...shapes["foreign keys in a cycle and to itself"],
    };
    golden(
      "table.create",
      { title: "Tables are made, then their indexes, foreign keys last.", new: tables },
      planOf(undefined, inputsOf(tables)),
    );
  });

  it("treats the single table as the set of one", () => {
    const { Orders } = shapes["keys, defaults, checks and indexes"]!;
    const set = planOf(undefined, inputsOf({ Orders: Orders! }));
    const inputs = { server: "s", database: "sales", owner: "o", name: "Orders", ...Orders! };
    const catalog = catalogOf(undefined);
    const desired = tableKind.desired(inputs);
    const plan = tableKind.plan(desired, undefined, {
      catalog,
      names: catalog.names,
      answers: new Map(),
      allow: [],
      owned: [],
      secret: () => "",
      previous: {},
      capabilities: { edition: "", flavor: "server" } as never,
    });
    assert.deepEqual(batches(plan), batches(set));
    assert.equal(tableKind.key(tableKind.identity(desired)), "sales/dbo.Orders");
  });

  it("says the same for 500 tables of 20 columns, whatever their number", () => {
    const tables = Object.fromEntries(
      Array.from({ length: 500 }, (_, at) => [
        `T${at}`,
        {
          columns: Array.from({ length: 20 }, (_, column) => ({
            name: `c${column}`,
            type: column % 2 ? "int" : "nvarchar(50)",
            default: column % 2 ? "0" : "N''",
          })),
          primaryKey: { columns: ["c1"] },
          indexes: [{ columns: ["c3"], where: "c3 > 0" }],
          ...(at > 0 && { foreignKeys: [{ columns: ["c5"], references: { table: `T${at - 1}` } }] }),
        } satisfies TableBody,
      ]),
    );
    assert.deepEqual(planOf(inputsOf(tables), inputsOf(tables), { rows: 1 }).statements, []);
  });

  it("emits only T-SQL that Microsoft's grammar accepts", function () {
    assertGrammar(this);
  });
});
