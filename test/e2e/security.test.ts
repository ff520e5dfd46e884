/** Principals, permissions and verifications through the CLI: secrets stay secret, and a failed check leaves an honest state. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { connect } from "../../provider/src/engine/connection";
import { unique } from "../server";
import { Project } from "./project";

const first = "F1rst-p@ss'word/77";
const second = "Sec0nd-p@ss'word/77";

const shop = unique("Shop");
const app = unique("app");
const program = (expected: string): string => `
const database = new sqlserver.Database("shop", { server, name: "${shop}" });
const orders = new sqlserver.Table("orders", { server, database, name: "Orders", columns: [{ name: "Id", type: "int" }, { name: "Note", type: "nvarchar(50)", nullable: true }] });
const login = new sqlserver.Login("app", { server, name: "${app}", passwordFrom: "app", defaultDatabase: "master" });
const user = new sqlserver.User("app-user", { server, database, name: "app", login: login.name });
const role = new sqlserver.DatabaseRole("reader", { server, database, name: "reader", members: [user.name] });
const grants = new sqlserver.Grants("reader-grants", { server, database, principal: role.name, permissions: [{ permissions: ["SELECT"], on: { name: "Orders" }, columns: ["Id"] }] }, { dependsOn: [orders] });
const verification = new sqlserver.Verification("after", { server, database, name: "after",
  generate: ["procedures", "clr", "queues"],
  checks: [
    { name: "no note", query: "SELECT MAX(Note) FROM dbo.Orders;", expect: { scalar: null } },
    { name: "a row with NULL", query: "SELECT 1, CONVERT(int, NULL);", expect: { rows: [[1, null]] } },
    { name: "orders", query: "SELECT COUNT(*) FROM dbo.Orders;", expect: ${expected} },
  ],
  after: [grants.planHash, null],
}, { dependsOn: [orders, grants] });
exports.verified = verification.verified;
exports.failed = verification.checksFailed;
`;

describe("principals, permissions and verifications through the CLI", function () {
  this.timeout(300_000);
  let project: Project;
  before(async () => {
    project = await Project.create("security");
    project.program(program("{ scalar: 0 }"));
    await project.config("sqlserver:passwords.app", first, "--secret", "--path");
  });
  after(() => project.close());

  async function enters(password: string, batch = "SELECT Id FROM dbo.Orders;"): Promise<number | "fails" | undefined> {
    const settings = { ...project.settings, user: app, password };
    let client;
    try {
      client = await connect("test", settings, shop, "app");
    } catch {
      return "fails";
    }
    try {
      await client.request(batch, 30);
      return undefined;
    } catch (error) {
      return (error as { errors: { number: number }[] }).errors[0]?.number;
    } finally {
      await client.close();
    }
  }

  const commandLine = async (...words: string[]): Promise<{ code: number | null; text: string }> => {
    const config = join(project.directory, "servers.json");
    writeFileSync(config, JSON.stringify({ test: project.settings }));
    const cli = join(__dirname, "..", "..", "provider", "dist", "cli.js");
    const child = spawn(process.execPath, [cli, ...words, "--database", shop, "--config", config]);
    let text = "";
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding("utf8").on("data", (data: string) => (text += data));
    const code = await new Promise<number | null>((done) => child.on("close", done));
    rmSync(config);
    assert.ok(!text.includes(project.settings.password!), "the command line shows the password");
    return { code, text };
  };

  it("are deployed, verified, and then at rest", async () => {
    const { plans } = await project.preview();
    assert.match(plans["app"]!, /CREATE LOGIN \[app_\w+\] WITH PASSWORD = N'<secret>'/);
    await project.up();
    const { verified, failed } = await project.outputs();
    assert.deepEqual([verified, failed], [true, []]);
    assert.deepEqual(
      [
        await enters(first),
        await enters(first, "SELECT Note FROM dbo.Orders;"),
        await enters(first, "DELETE dbo.Orders;"),
      ],
      [undefined, 230, 229],
    );
    await project.preview("--expect-no-changes");
    await project.refresh("--expect-no-changes");
  });

  it("get another password when only the secret changes, which is written down nowhere", async () => {
    await project.config("sqlserver:passwords.app", second, "--secret", "--path");
    const { plans } = await project.preview();
    assert.deepEqual(Object.keys(plans), ["app"]);
    assert.match(plans["app"]!, /ALTER LOGIN \[app_\w+\] WITH PASSWORD = N'<secret>';/);
    await project.up();
    assert.deepEqual([await enters(first), await enters(second)], ["fails", undefined]);
    await project.preview("--expect-no-changes");
  });

  it("are repaired when somebody changed them by hand", async () => {
    await project.sql(
      "GRANT DELETE TO app; REVOKE SELECT ON dbo.Orders (Id) FROM reader; ALTER ROLE reader DROP MEMBER app;",
      shop,
    );
    await project.sql(`ALTER LOGIN ${app} DISABLE; ALTER LOGIN ${app} WITH DEFAULT_DATABASE = tempdb;`);
    const { plans } = await project.preview();
    assert.match(plans["reader"]!, /ALTER ROLE \[reader\] ADD MEMBER \[app\];/);
    assert.match(plans["reader-grants"]!, /GRANT SELECT ON OBJECT::\[dbo\]\.\[Orders\] \(\[Id\]\) TO \[reader\];/);
    assert.match(plans["app"]!, /ALTER LOGIN \[app_\w+\] WITH DEFAULT_DATABASE = \[master\];/);
    await project.sql(`ALTER LOGIN ${app} ENABLE;`);
    await project.up();
    assert.equal(await enters(second), undefined);
    await project.preview("--expect-no-changes");
  });

  it("a failing check fails the up, the state says so, and the next up asks again", async () => {
    project.program(program("{ scalar: 1 }"));
    const text = await project.refusedUp();
    assert.match(text, /VerificationFailedError: verification "after" in database "Shop_\w+": 1 of 3 checks failed/);
    assert.match(text, /orders: 1 was expected, 0 came/);
    const { outputs } = (await project.resources())["after"]!;
    assert.deepEqual(
      [outputs?.["verified"], outputs?.["checksPassed"], outputs?.["checksFailed"]],
      [false, 2, [{ name: "orders", detail: "1 was expected, 0 came" }]],
    );
    const asked = await commandLine("verify");
    assert.equal(asked.code, 1, asked.text);
    assert.match(asked.text, /failed\s+security\/test\/Verification\/after\s+orders/);
    // Nothing changed in the program: what failed is a reason of its own.
    await project.refusedUp();
    await project.sql("INSERT INTO dbo.Orders (Id) VALUES (1);", shop);
    await project.up();
    assert.deepEqual((await project.outputs())["verified"], true);
    await project.preview("--expect-no-changes");
    assert.equal((await commandLine("verify", "--json")).code, 0);
    const history = JSON.parse((await commandLine("history", "--json")).text) as {
      databases: { deployments: { action: string; outcome: string }[] }[];
    };
    assert.deepEqual(
      history.databases[0]?.deployments.filter(({ action }) => action === "verify").map(({ outcome }) => outcome),
      ["succeeded", "failed", "failed", "succeeded"],
    );
  });

  it("go in the end, and no secret stands anywhere", async () => {
    project.program(
      program("{ scalar: 1 }")
        .replace("new sqlserver.Table(", "new sqlserver.Table(")
        .replaceAll('name: "Orders", columns', 'name: "Orders", allow: ["data-loss:*"], columns')
        .replace(`name: "${shop}" }`, `name: "${shop}", allow: ["data-loss:*"] }`),
    );
    await project.up();
    await project.destroy();
    assert.deepEqual(await project.sql(`SELECT name FROM sys.server_principals WHERE name = N'${app}';`), []);
    project.assertNoSecret(
      first,
      second,
      encodeURIComponent(first),
      first.replaceAll("'", "''"),
      second.replaceAll("'", "''"),
    );
  });
});
