/** Objects that were there first: who may take them, who keeps them, and what a state of another version still does. */
import assert from "node:assert/strict";
import { unique } from "../server";
import { Project } from "./project";

const name = unique("Legacy");

interface Legacy {
  readonly adopt?: boolean;
  readonly nameLength?: number;
  readonly tableOptions?: object;
  readonly bundleOptions?: object;
  readonly without?: "table" | "bundle";
}

function program({ adopt, nameLength = 100, tableOptions = {}, bundleOptions = {}, without }: Legacy): string {
  const common = adopt === undefined ? "" : `adopt: ${adopt},`;
  const table = `new sqlserver.Table("customers", { server, database, ${common} name: "Customers", columns: [{ name: "Id", type: "int" }, { name: "Name", type: "nvarchar(${nameLength})" }], primaryKey: { columns: ["Id"] } }, ${JSON.stringify(tableOptions)});`;
  const bundle = `new sqlserver.ProcedureBundle("modules", { server, database, ${common} directory: "sql" }, ${JSON.stringify(bundleOptions)});`;
  return `const database = new sqlserver.Database("legacy", { server, ${common} name: "${name}" });
${without === "table" ? "" : table}
${without === "bundle" ? "" : bundle}`;
}

describe("pulumi up on objects that exist already", function () {
  this.timeout(300_000);
  let project: Project;
  const rows = () => project.sql("SELECT Id, Name FROM dbo.Customers ORDER BY Id;", name);
  const people = [
    { Id: 1, Name: "Ada" },
    { Id: 2, Name: "Grace" },
  ];
  before(async () => {
    project = await Project.create("adopt");
    await project.addStack("other");
    await project.sql(`CREATE DATABASE ${name};`);
    await project.sql(
      "CREATE TABLE dbo.Customers (Id int NOT NULL CONSTRAINT PK_Customers PRIMARY KEY, Name nvarchar(50) NOT NULL);",
      name,
    );
    await project.sql("INSERT INTO dbo.Customers (Id, Name) VALUES (1, N'Ada'), (2, N'Grace');", name);
    await project.sql(
      "CREATE PROCEDURE dbo.GetCustomer @Id int AS SELECT Name FROM dbo.Customers WHERE Id = @Id;",
      name,
    );
    project.write(
      "sql/get-customer.sql",
      "CREATE PROCEDURE dbo.GetCustomer @Id int AS SELECT Name FROM dbo.Customers WHERE Id = @Id;\n",
    );
  });
  after(() => project.close());

  it("refuses an object that exists, naming the option that takes it over", async () => {
    project.program(program({}));
    const text = await project.refusedPreview();
    assert.match(text, /ObjectExistsError/);
    assert.match(text, /adopt: true/);
    assert.deepEqual(await project.sql("SELECT name FROM sys.schemas WHERE name = N'iac';", name), []);
  });

  it("takes it over with adopt, changes only what differs and keeps the rows", async () => {
    project.program(program({ adopt: true }));
    const { plans } = await project.preview();
    assert.equal(plans["legacy"], "");
    assert.equal(plans["modules"], "");
    assert.match(
      plans["customers"]!,
      /^--: [^\n]*\nALTER TABLE \[dbo\]\.\[Customers\] ALTER COLUMN \[Name\] nvarchar\(100\) COLLATE \w+ NOT NULL;\nGO$/,
    );
    await project.up();
    assert.deepEqual(await rows(), people);
    await project.preview("--expect-no-changes");
    await project.refresh("--expect-no-changes");
  });

  it("never gives one object to two stacks, with adopt or without", async () => {
    for (const adopt of [true, false]) {
      project.program(program({ adopt }));
      const { code, text } = await project.run(["preview", "--stack", "other"]);
      assert.notEqual(code, 0, text);
      assert.match(text, /ObjectOwnedError/);
      assert.match(text, /belongs to adopt\/test\/Database\/legacy/);
    }
    assert.deepEqual(
      await project.sql("SELECT DISTINCT owner FROM iac.[object] WHERE owner NOT LIKE N'adopt/test/%';", name),
      [],
    );
  });

  it("keeps a protected table although the program no longer has it", async () => {
    project.program(program({ tableOptions: { protect: true } }));
    await project.up();
    project.program(program({ without: "table" }));
    assert.match(await project.refusedUp(), /protect/);
    assert.deepEqual(await rows(), people);
    assert.equal((await project.resources())["customers"]?.protect, true);
    project.program(program({ tableOptions: { protect: false } }));
    await project.up();
  });

  it("refuses to drop a table with rows that left the program, naming the consent", async () => {
    project.program(program({ without: "table" }));
    assert.match(await project.refusedUp(), /data-loss:dbo\.Customers/);
    assert.deepEqual(await rows(), people);
    project.program(program({}));
    await project.up();
    await project.preview("--expect-no-changes");
  });

  it("leaves an object with retainOnDelete on the server, and the same resource may have it back", async () => {
    project.program(program({ bundleOptions: { retainOnDelete: true } }));
    await project.up();
    project.program(program({ without: "bundle" }));
    await project.up();
    assert.equal((await project.resources())["modules"], undefined);
    assert.equal((await project.sql("SELECT name FROM sys.procedures WHERE name = N'GetCustomer';", name)).length, 1);
    project.program(program({}));
    await project.up();
    assert.ok((await project.resources())["modules"]);
    await project.preview("--expect-no-changes");
  });

  it("refreshes, updates and destroys from a state that an older version wrote", async () => {
    const checkpoint = await project.export();
    for (const resource of checkpoint.deployment.resources ?? []) {
      delete resource.outputs?.["identity"];
      delete resource.outputs?.["definitionHash"];
    }
    await project.import(checkpoint);
    assert.equal(
      (await project.resources())["customers"]?.outputs?.["identity"],
      undefined,
      "the state is not an old one",
    );
    await project.preview("--expect-no-changes");
    await project.refresh();
    assert.equal(Object.keys(await project.resources()).length, 3);
    await project.import(checkpoint);
    project.program(program({ nameLength: 120 }));
    project.write(
      "sql/get-customer.sql",
      "CREATE PROCEDURE dbo.GetCustomer @Id int AS SELECT Id, Name FROM dbo.Customers WHERE Id = @Id;\n",
    );
    await project.up();
    assert.deepEqual(await rows(), people);
    assert.deepEqual(
      await project.sql(
        "SELECT max_length FROM sys.columns WHERE object_id = OBJECT_ID(N'dbo.Customers') AND name = N'Name';",
        name,
      ),
      [{ max_length: 240 }],
    );
    await project.preview("--expect-no-changes");
    const changed = await project.export();
    for (const resource of changed.deployment.resources ?? []) delete resource.outputs?.["identity"];
    await project.import(changed);
    await project.config("sqlserver:allow", JSON.stringify(["data-loss:*"]));
    await project.destroy("--run-program");
    assert.deepEqual(await project.sql(`SELECT name FROM sys.databases WHERE name = N'${name}';`), []);
  });

  it("never shows or keeps the password", () => project.assertNoSecret());
});
