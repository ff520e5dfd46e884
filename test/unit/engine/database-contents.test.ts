import assert from "node:assert/strict";
import { databaseCatalog } from "../../../provider/src/engine/catalog-snapshot";
import { DatabaseContents, Interests, RowsNotRead } from "../../../provider/src/engine/database-contents";
import { nameComparer } from "../../../provider/src/engine/names";

const dbo = { schemaId: 1, name: "dbo", owner: "dbo" };

describe("the contents of a database as far as they are read", () => {
  it("stop who looks at what was not read, and let him go on once it was", () => {
    const contents = new DatabaseContents(new Interests());
    const catalog = databaseCatalog(contents.rows, nameComparer("Latin1_General_100_CI_AS"));
    assert.throws(() => catalog.findSchema("DBO"), RowsNotRead);
    contents.add({ schemas: [dbo] });
    assert.equal(catalog.findSchema("DBO"), dbo);
    assert.throws(() => catalog.findTable("dbo", "Orders"), /catalog query tables were not read/);
  });

  it("note what each reader looks at, also through what an earlier reader has indexed", async () => {
    const interests = new Interests();
    const contents = new DatabaseContents(interests);
    contents.add({ schemas: [dbo], tables: [], objects: [] });
    const catalog = databaseCatalog(contents.rows, nameComparer("Latin1_General_100_CI_AS"));
    const looks = {
      Schema: () => catalog.findSchema("dbo"),
      Table: () => [catalog.findSchema("dbo"), catalog.findTable("dbo", "Orders")],
    };
    for (const [reader, look] of Object.entries(looks)) await interests.during(reader, () => Promise.resolve(look()));
    catalog.findObject("dbo", "total");
    assert.deepEqual([...interests.of("Schema")!], ["schemas"]);
    assert.deepEqual([...interests.of("Table")!].sort(), ["schemas", "tables"]);
    assert.equal(interests.of("Grants"), undefined);
  });

  it("tell what is still to be read", () => {
    const contents = new DatabaseContents(new Interests());
    contents.add({ schemas: [], tables: [] });
    assert.deepEqual(contents.missing(["schemas", "columns"]), ["columns"]);
    assert.ok(contents.missing().length > 25 && !contents.missing().includes("tables"));
  });
});
