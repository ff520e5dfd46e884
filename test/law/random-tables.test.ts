/**
 * The law on random changes of random tables: refused at preview, or applied with the rows kept, a second plan empty and the catalog as of a new
 * start. LAW_SWEEP=all tries more of them.
 */
import assert from "node:assert/strict";
import type { TableBody } from "../../provider/src/kinds/table";
import { unique } from "../server";
import { dumpCatalog } from "./catalog-dump";
import { Deployment } from "./deployment";
import { insertion, keptColumns, RandomTable } from "./random-table";
import { withoutOrigin } from "./law";

const seeds = Array.from({ length: process.env.LAW_SWEEP === "all" ? 1000 : 60 }, (_, at) => at + 1);
const allow = ["data-loss:*", "table-rewrite:*", "index-build:*", "long-lock:*", "security-window:*"];

describe("the law on random changes of random tables", function () {
  this.timeout(120_000);
  let deployment: Deployment;
  let applied = 0;
  before(async function () {
    deployment = await Deployment.start({}, this);
  });
  after(() => deployment.close());

  for (const seed of seeds)
    it(`number ${seed}`, async () => {
      const random = new RandomTable(seed);
      const from = random.table();
      const to = random.changed(from);
      const database = unique(`random_${seed}`);
      const inputs = (body: TableBody, name = database) => ({ database: name, name: "Random", ...body, allow });
      try {
        await deployment.sql(`CREATE DATABASE ${database};`);
        await deployment.configure();
        if ((await deployment.preview("Table", "one", inputs(from))).failures.length > 0) return;
        const table = await deployment.create("Table", "one", inputs(from));
        await deployment.sql(`${insertion(from, 3)}\nUPDATE dbo.Random SET Base = 2 WHERE Base = 1;`, database);
        const [before, after] = keptColumns(from, to);
        const rows = await deployment.sql(before, database);
        await deployment.configure();
        if ((await deployment.preview("Table", "one", inputs(to), table.state)).failures.length > 0) return;
        if (!(await deployment.update(table, inputs(to)))) return;
        assert.deepEqual(await deployment.sql(after, database), rows);
        await deployment.configure();
        await deployment.assertUnchanged(table, inputs(to));
        const other = unique(`random_${seed}_new`);
        await deployment.sql(`CREATE DATABASE ${other};`);
        await deployment.create("Table", "one", inputs(withoutOrigin(to) as TableBody, other));
        assert.deepEqual(await dumpCatalog(deployment, database), await dumpCatalog(deployment, other));
        applied += 1;
      } catch (error) {
        if (error instanceof Error) error.message += `\nfrom ${JSON.stringify(from)}\nto ${JSON.stringify(to)}`;
        throw error;
      }
    });

  it("applies most of them", () => assert.ok(applied > seeds.length / 2, `${applied} of ${seeds.length}`));
});
