/** A database from an empty server to an empty server, with the edits and the drift of its life between. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { isOurs } from "../server";
import { Project } from "./project";
import { shopName, total, writeShop } from "./shop";

const note = { name: "Note", type: "nvarchar(200)", nullable: true };
const dropsView = "data-loss:sales.OrdersOfToday";

describe("pulumi up of a database, from an empty server to an empty server", function () {
  this.timeout(300_000);
  let project: Project;
  before(async () => {
    project = await Project.create("deploy");
    writeShop(project);
  });
  after(() => project.close());

  /** What exists on the server besides the system's own. */
  const serverContents = async (): Promise<unknown> => [
    await project.sql(`SELECT name FROM sys.databases WHERE ${isOurs("name")} ORDER BY name;`),
    await project.sql(
      `SELECT DB_NAME(database_id) AS owner, name, physical_name FROM sys.master_files WHERE ${isOurs("physical_name")} ORDER BY physical_name;`,
    ),
    await project.sql("SELECT name, type FROM sys.server_principals ORDER BY name;"),
    await project.sql("SELECT name FROM sys.objects WHERE is_ms_shipped = 0 ORDER BY name;"),
  ];
  const orders = () => project.sql("SELECT OrderId, Customer FROM sales.Orders ORDER BY OrderId;", shopName);
  const definition = async (name: string): Promise<string> =>
    String((await project.sql(`SELECT OBJECT_DEFINITION(OBJECT_ID(N'${name}')) AS text;`, shopName))[0]?.["text"]);
  let empty: unknown;

  it("makes database, filegroup, schema, tables and modules, and hands out what the server says of them", async () => {
    empty = await serverContents();
    const preview = await project.preview();
    assert.deepEqual(preview.changes, { create: 6 });
    assert.match(
      preview.plans["tables"]!,
      /CREATE TABLE \[sales\]\.\[Orders\]/,
      "a preview must show the T-SQL although the database does not exist yet",
    );
    await project.up();
    const [facts] = await project.sql(
      "SELECT d.service_broker_guid AS guid, d.recovery_model_desc AS recovery, SCHEMA_ID(N'sales') AS schemaId, (SELECT f.data_space_id FROM sys.filegroups AS f WHERE f.name = N'ShopData') AS dataSpaceId FROM sys.databases AS d WHERE d.name = DB_NAME();",
      shopName,
    );
    assert.equal(facts?.["recovery"], "SIMPLE");
    assert.deepEqual(await project.outputs(), {
      databaseName: shopName,
      brokerGuid: facts?.["guid"],
      schemaId: facts?.["schemaId"],
      dataSpaceId: facts?.["dataSpaceId"],
      tableNames: ["sales.Lines", "sales.Orders"],
      moduleCount: 3,
    });
    await project.sql("EXEC sales.AddOrder N'Ada'; EXEC sales.AddOrder N'Grace';", shopName);
    assert.equal((await orders()).length, 2, "the procedure that was deployed does not work");
  });

  it("finds nothing to do a second time, neither in a preview nor in a refresh", async () => {
    const before = await project.resources();
    assert.deepEqual((await project.preview("--expect-no-changes")).changes, { same: 6 });
    await project.refresh("--expect-no-changes");
    const after = await project.resources();
    for (const [name, resource] of Object.entries(before))
      assert.deepEqual(after[name]?.inputs, resource.inputs, `a refresh changed the inputs of ${name}`);
    await project.preview("--expect-no-changes");
  });

  it("keeps provider text in the state that is short, names no machine, and runs in a plain Node process", async () => {
    const { modules } = await project.resources();
    const text = String(modules?.inputs?.["__provider"]);
    assert.ok(text.length < 2000, `${text.length} characters of provider text`);
    assert.doesNotMatch(text, /\/work|\/home|\/root|[A-Z]:\\|node_modules|dist\//);
    assert.ok(!text.includes(join(__dirname, "..", "..")));
    const script = `
const Module = require("node:module");
const path = require("node:path");
const file = path.join(process.cwd(), "state.js");
const module_ = new Module(file);
module_.paths = Module._nodeModulePaths(process.cwd());
module_._compile(process.env.PROVIDER, file);
const provider = module_.exports.handler();
(async () => {
  await provider.configure({ config: { get: () => undefined } });
  const { __provider, ...inputs } = JSON.parse(process.env.INPUTS);
  const result = await provider.check(inputs, inputs);
  process.stdout.write(JSON.stringify(result), () => process.exit(0));
})();`;
    const run = await project.node(script, { PROVIDER: text, INPUTS: JSON.stringify(modules?.inputs) });
    const result = JSON.parse(run) as { inputs: Record<string, unknown>; failures?: unknown[] };
    assert.deepEqual(result.failures ?? [], []);
    assert.equal(result.inputs["plan"], modules?.inputs?.["plan"]);
  });

  it("refuses to drop a view that left the directory, naming the option that allows it", async () => {
    writeShop(project, { columns: [note] });
    project.write("sql/order-total.sql", total("COALESCE(SUM(l.Quantity * l.Price), 0)"));
    project.remove("sql/orders-of-today.sql");
    const text = await project.refusedPreview();
    assert.ok(text.includes(dropsView), text);
    assert.match(text, /allow/);
    assert.deepEqual(
      (await project.sql("SELECT name FROM sys.views WHERE name = N'OrdersOfToday';", shopName)).length,
      1,
    );
  });

  it("plans exactly one ADD, one ALTER PROCEDURE and one DROP VIEW with its hazard", async () => {
    writeShop(project, { columns: [note], bundle: { allow: [dropsView] } });
    project.write("sql/order-total.sql", total("COALESCE(SUM(l.Quantity * l.Price), 0)"));
    project.remove("sql/orders-of-today.sql");
    const { plans, changes } = await project.preview();
    assert.deepEqual(changes, { same: 4, update: 2 });
    assert.deepEqual(Object.keys(plans).sort(), ["modules", "tables"]);
    assert.deepEqual(batches(plans["tables"]!), ["ALTER TABLE [sales].[Orders] ADD [Note] nvarchar(200) NULL;"]);
    assert.deepEqual(batches(plans["modules"]!), [
      total("COALESCE(SUM(l.Quantity * l.Price), 0)").replace("CREATE", "ALTER").trimEnd(),
      "DROP VIEW [sales].[OrdersOfToday];",
    ]);
    assert.deepEqual(hazards(plans["tables"]!), []);
    assert.equal(hazards(plans["modules"]!).length, 1);
    assert.match(hazards(plans["modules"]!)[0]!, /^data-loss sales\.OrdersOfToday/);
  });

  it("applies that plan and keeps every row of the changed table", async () => {
    const rows = await orders();
    await project.up();
    assert.deepEqual(await orders(), rows);
    assert.deepEqual(await project.sql("SELECT Note FROM sales.Orders;", shopName), [{ Note: null }, { Note: null }]);
    assert.match(await definition("sales.OrderTotal"), /COALESCE/);
    assert.equal((await project.sql("SELECT name FROM sys.views WHERE name = N'OrdersOfToday';", shopName)).length, 0);
    assert.equal((await project.outputs())["moduleCount"], 2);
    await project.preview("--expect-no-changes");
  });

  it("shows a procedure that was changed by hand in a refresh and in a preview, and repairs it", async () => {
    const wanted = await definition("sales.AddOrder");
    await project.sql("ALTER PROCEDURE sales.AddOrder @Customer nvarchar(100)\nAS\nSELECT 1 AS ByHand;", shopName);
    assert.ok(await project.refreshFindsDrift(), "a preview of a refresh does not see the change");
    const { plans } = await project.preview();
    assert.deepEqual(Object.keys(plans), ["modules"]);
    assert.equal(batches(plans["modules"]!).length, 1);
    assert.match(batches(plans["modules"]!)[0]!, /^ALTER PROCEDURE sales\.AddOrder/);
    await project.refresh();
    assert.match(JSON.stringify((await project.resources())["modules"]?.outputs?.["drift"]), /AddOrder/);
    await project.up();
    assert.deepEqual((await project.resources())["modules"]?.outputs?.["drift"], {});
    assert.equal((await definition("sales.AddOrder")).replace(/^CREATE/, "ALTER"), wanted.replace(/^CREATE/, "ALTER"));
    await project.preview("--expect-no-changes");
  });

  it("repairs drift that a refresh has already written into the state", async () => {
    await project.sql("ALTER TABLE sales.Lines DROP CONSTRAINT CK_Lines_Quantity;", shopName);
    await project.refresh();
    const { tables } = await project.resources();
    assert.doesNotMatch(JSON.stringify(tables?.inputs?.["tables"]), /CK_Lines_Quantity/);
    const { plans } = await project.preview();
    assert.match(batches(plans["tables"]!).join("\n"), /ADD CONSTRAINT \[CK_Lines_Quantity\]/);
    await project.up();
    await project.preview("--expect-no-changes");
    await project.refresh("--expect-no-changes");
  });

  it("refuses a saved plan when the server changed after it was made", async () => {
    const experimental = { PULUMI_EXPERIMENTAL: "true" };
    project.write("sql/order-total.sql", total("MAX(l.Price)"));
    const saved = await project.run(["preview", "--save-plan", "plan.json", "--stack", project.stack], experimental);
    assert.equal(saved.code, 0, saved.text);
    const byHand = "ALTER PROCEDURE sales.AddOrder @Customer nvarchar(100)\nAS\nSELECT 2 AS ByHand;";
    await project.sql(byHand, shopName);
    const before = await definition("sales.OrderTotal");
    const late = await project.run(
      ["up", "--yes", "--skip-preview", "--plan", "plan.json", "--stack", project.stack],
      experimental,
    );
    assert.notEqual(late.code, 0, late.text);
    assert.match(late.text, /plan/);
    assert.equal(await definition("sales.OrderTotal"), before);
    assert.match(await definition("sales.AddOrder"), /ByHand/);
    const again = await project.run(["preview", "--save-plan", "plan.json", "--stack", project.stack], experimental);
    assert.equal(again.code, 0, again.text);
    const applied = await project.run(
      ["up", "--yes", "--skip-preview", "--plan", "plan.json", "--stack", project.stack],
      experimental,
    );
    assert.equal(applied.code, 0, applied.text);
    assert.match(await definition("sales.OrderTotal"), /MAX\(l\.Price\)/);
    assert.doesNotMatch(await definition("sales.AddOrder"), /ByHand/);
  });

  it("writes one row of history for each apply that changed something, and none for the others", async () => {
    const rows = await project.sql(
      "SELECT owner, action, outcome, statements FROM iac.deployment WHERE owner LIKE N'deploy/test/ProcedureBundle/%' ORDER BY deployment_id;",
      shopName,
    );
    assert.deepEqual(
      rows.map(({ action, outcome, statements }) => ({ action, outcome, statements })),
      [
        { action: "create", outcome: "succeeded", statements: 3 },
        { action: "update", outcome: "succeeded", statements: 2 },
        { action: "update", outcome: "succeeded", statements: 1 },
        { action: "update", outcome: "succeeded", statements: 2 },
      ],
    );
  });

  it("refuses to destroy what holds rows, and destroys it with consent until the server is as before", async () => {
    const text = await project.refusedDestroy();
    assert.match(text, /data-loss:sales\.Orders/);
    assert.equal((await orders()).length, 2, "rows were lost by a destroy that was refused");
    await project.config("sqlserver:allow", JSON.stringify(["data-loss:*"]));
    // A destroy has the configuration of the last up, unless the program runs.
    await project.destroy("--run-program");
    assert.deepEqual(await serverContents(), empty);
    assert.deepEqual(await project.resources(), {});
  });

  it("never shows or keeps the password", () => project.assertNoSecret());
});

/** The statements of a plan's text, without its comments. */
function batches(plan: string): string[] {
  return plan
    .split("\n")
    .filter((line) => !line.startsWith("--: ") && !line.startsWith("--! "))
    .join("\n")
    .split(/^GO$/m)
    .map((batch) => batch.trim())
    .filter(Boolean);
}

function hazards(plan: string): string[] {
  return plan
    .split("\n")
    .filter((line) => line.startsWith("--! "))
    .map((line) => line.slice("--! ".length));
}
