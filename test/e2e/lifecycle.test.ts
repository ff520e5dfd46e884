/** What happens to a deployment in its life: values known late, half an apply, objects that somebody dropped, new names. */
import assert from "node:assert/strict";
import { SqlError } from "../../twin/src";
import { unique } from "../server";
import { Project } from "./project";

const life = unique("Life");
const long = unique("Long");

interface Life {
  readonly database?: object;
  readonly table?: object;
}

const columns = [
  { name: "Id", type: "int" },
  { name: "Text", type: "nvarchar(50)", nullable: true },
];
const program = ({ database = {}, table = {} }: Life = {}): string => `
const database = new sqlserver.Database("life", ${JSON.stringify({ name: life, recoveryModel: "SIMPLE", ...database }).replace("{", "{ server,")});
const schema = new sqlserver.Schema("app", { server, database, name: "app" });
// The schema's name comes as an output, so that nothing can be planned before the schema is there.
const table = new sqlserver.Table("notes", { ...${JSON.stringify({ name: "Notes", columns, primaryKey: { columns: ["Id"] }, ...table })}, server, database, schema: schema.schemaId.apply(() => "app") });
`;

describe("the life of a deployment", function () {
  this.timeout(300_000);
  let project: Project;
  before(async () => {
    project = await Project.create("lifecycle");
    project.program(program());
  });
  after(() => project.close());

  const rows = () => project.sql("SELECT Id, Text FROM app.Notes ORDER BY Id;", life);
  const recorded = (database = life) =>
    project.sql(
      "SELECT object_type AS type, object_name AS name FROM iac.[object] ORDER BY object_type, object_name;",
      database,
    );

  it("says at preview which inputs are not known yet, and plans them when they are", async () => {
    const { plans, changes } = await project.preview();
    assert.deepEqual(changes, { create: 4 });
    assert.match(plans["notes"]!, /when these inputs are known: schema/);
  });

  it("keeps in the state what an up that failed half way had made", async function () {
    project.server.ownTwin(this).faults.failOn.push({
      pattern: /SET RECOVERY/,
      error: new SqlError(5069, 16, 1, "ALTER DATABASE statement failed."),
    });
    const text = await project.refusedUp();
    assert.match(text, /error 5069/);
    assert.match(text, /1 batch stays done/);
    assert.deepEqual(Object.keys(await project.resources()), ["life"]);
    // Whatever comes next must find the way to the provider in what the failure left.
    await project.refresh();
    assert.deepEqual(Object.keys(await project.resources()), ["life"]);
  });

  it("goes on from there, and then there is nothing to do", async () => {
    await project.up();
    assert.deepEqual(
      await project.sql(`SELECT recovery_model_desc AS model FROM sys.databases WHERE name = N'${life}';`),
      [{ model: "SIMPLE" }],
    );
    assert.deepEqual(await recorded(), [
      { type: "database", name: life },
      { type: "schema", name: "app" },
      { type: "table", name: "app.Notes" },
    ]);
    await project.preview("--expect-no-changes");
    await project.refresh("--expect-no-changes");
  });

  it("makes a table again that somebody dropped, with a refresh before or without", async () => {
    await project.sql("DROP TABLE app.Notes;", life);
    const { plans } = await project.preview();
    assert.match(plans["notes"]!, /CREATE TABLE \[app\]\.\[Notes\]/);
    await project.up();
    assert.deepEqual(await rows(), []);
    await project.sql("DROP TABLE app.Notes;", life);
    await project.refresh();
    assert.equal((await project.resources())["notes"], undefined);
    await project.up();
    assert.deepEqual(await rows(), []);
    await project.preview("--expect-no-changes");
  });

  it("renames a table in place, rows kept, and refuses a new name that does not say the old one", async () => {
    await project.sql("INSERT INTO app.Notes (Id, Text) VALUES (1, N'one');", life);
    project.program(program({ table: { name: "Remarks", renamedFrom: "Notes" } }));
    await project.up();
    assert.deepEqual(await project.sql("SELECT Id, Text FROM app.Remarks;", life), [{ Id: 1, Text: "one" }]);
    assert.deepEqual((await recorded()).map(({ name }) => name).sort(), [life, "app", "app.Remarks"]);
    await project.preview("--expect-no-changes");
    await project.refresh("--expect-no-changes");
    project.program(program({ table: { name: "Notes" } }));
    assert.match(await project.refusedUp(), /renamedFrom: "Remarks"/);
    assert.deepEqual(await project.sql("SELECT Id, Text FROM app.Remarks;", life), [{ Id: 1, Text: "one" }]);
  });

  it("renames a database in place with all that lies in it, in a preview and in an up", async () => {
    project.program(program({ table: { name: "Remarks" }, database: { name: long, renamedFrom: life } }));
    const { plans } = await project.preview();
    assert.match(plans["life"]!, /ALTER DATABASE \[Life_\w+\] MODIFY NAME = \[Long_\w+\];/);
    await project.up();
    assert.deepEqual(await project.sql("SELECT Id, Text FROM app.Remarks;", long), [{ Id: 1, Text: "one" }]);
    assert.deepEqual((await recorded(long)).map(({ name }) => name).sort(), [long, "app", "app.Remarks"]);
    await project.preview("--expect-no-changes");
    await project.refresh("--expect-no-changes");
    await project.sql(`DROP DATABASE ${long};`);
  });

  it("makes everything again on a server that lost the database", async () => {
    project.program(program());
    await project.refresh();
    assert.deepEqual(await project.resources(), {});
    await project.up();
    assert.deepEqual(await rows(), []);
    await project.preview("--expect-no-changes");
    await project.sql(`DROP DATABASE ${life};`);
    await project.up();
    assert.deepEqual(await rows(), []);
    await project.preview("--expect-no-changes");
  });

  it("never shows or keeps the password", () => project.assertNoSecret());
});
