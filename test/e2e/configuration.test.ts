/** Where servers and passwords come from, and what a person sees when something of that, or of the program, is wrong. */
import assert from "node:assert/strict";
import { isOurs, unique } from "../server";
import { Project } from "./project";

const place = unique("Place");
const deployer = unique("deployer");
const program = (more = ""): string => `
const bundle = new sqlserver.ProcedureBundle("modules", { server, database: "${place}", directory: "sql", ${more} });
exports.moduleCount = bundle.moduleCount;
`;
const hello = "CREATE PROCEDURE dbo.Hello AS SELECT 1 AS n;\n";

describe("the configuration of pulumi-sqlserver", function () {
  this.timeout(300_000);
  let project: Project;
  before(async () => {
    project = await Project.create("configuration", { environment: { SQLSERVER_TEST: undefined } });
    await project.sql(`CREATE DATABASE ${place};`);
    await project.sql(
      `CREATE LOGIN ${deployer} WITH PASSWORD = N'F1rst/secret word'; ALTER SERVER ROLE sysadmin ADD MEMBER ${deployer};`,
    );
    project.program(program());
    project.write("sql/hello.sql", hello);
  });
  after(() => project.close());

  const contents = async (): Promise<unknown> => [
    await project.sql(`SELECT name FROM sys.databases WHERE ${isOurs("name")} ORDER BY name;`),
    await project.sql("SELECT o.name, o.type FROM sys.objects AS o WHERE o.is_ms_shipped = 0 ORDER BY o.name;", place),
    await project.sql(
      "SELECT OBJECT_NAME(m.object_id) AS name, m.definition FROM sys.sql_modules AS m ORDER BY name;",
      place,
    ),
  ];
  const servers = (secret: string): string =>
    JSON.stringify({ test: { ...project.settings, user: deployer, password: secret } });
  async function refused(work: () => Promise<string>, ...patterns: readonly RegExp[]): Promise<void> {
    const before = await contents();
    const text = await work();
    for (const pattern of patterns) assert.match(text, pattern);
    assert.deepEqual(await contents(), before, "what was refused has changed the server");
  }

  it("is missing: the error shows the command to type", () =>
    refused(
      () => project.refusedPreview(),
      /ConfigurationError: server "test"/,
      /pulumi config set --secret sqlserver:servers '\{"test":/,
      /SQLSERVER_TEST/,
    ));

  it("has a wrong password: the error says where to look, and not what it was", async () => {
    await refused(
      async () => {
        const { code, text } = await project.run(["preview", "--stack", project.stack], {
          SQLSERVER_TEST: project.urlOf(deployer, "Wr0ng/secret word"),
        });
        assert.notEqual(code, 0, text);
        return text;
      },
      /ConnectionFailedError/,
      /18456/,
    );
    project.assertNoSecret("Wr0ng/secret word", encodeURIComponent("Wr0ng/secret word"));
  });

  it("works as secret stack configuration, from up to destroy", async () => {
    await project.config("sqlserver:servers", servers("F1rst/secret word"), "--secret");
    await project.up();
    assert.deepEqual(await project.outputs(), { moduleCount: 1 });
    await project.preview("--expect-no-changes");
    await project.refresh("--expect-no-changes");
    assert.deepEqual(await project.sql("SELECT DISTINCT login FROM iac.deployment;", place), [{ login: deployer }]);
  });

  it("may get a new password: the next up has it, a refresh only when the program runs", async () => {
    await project.sql(`ALTER LOGIN ${deployer} WITH PASSWORD = N'Sec0nd/secret word';`);
    await project.config("sqlserver:servers", servers("Sec0nd/secret word"), "--secret");
    const { code, text } = await project.run(["refresh", "--yes", "--skip-preview", "--stack", project.stack]);
    assert.notEqual(code, 0, text);
    assert.match(text, /--run-program/);
    await project.refresh("--run-program");
    await project.up();
    await project.refresh("--expect-no-changes");
  });

  it("refuses an option that does not exist, with the property", async () => {
    project.program(program("removeMising: true"));
    await refused(() => project.refusedUp(), /removeMising: no such input, perhaps removeMissing; there are /);
    project.program(program());
  });

  it("reports a syntax error with file and line, and changes nothing", async () => {
    project.write("sql/good.sql", "CREATE PROCEDURE dbo.Good AS SELECT 1 AS n;\n");
    project.write("sql/bad.sql", "-- header\nCREATE PROCEDURE dbo.Bad AS\nBEGIN\n  SELECT 1 FROM WHERE;\nEND;\n");
    await refused(() => project.refusedUp(), /sql\/bad\.sql:4: /, /nothing was changed/);
    project.remove("sql/bad.sql");
    project.remove("sql/good.sql");
    await project.preview("--expect-no-changes");
  });

  it("changes nothing when the connection breaks in the middle of an up, and the next up completes", async () => {
    await project.sql("CREATE TABLE dbo.Held (Id int NOT NULL); INSERT INTO dbo.Held (Id) VALUES (1);", place);
    for (let i = 0; i < 20; i++)
      project.write(`sql/more${i}.sql`, `CREATE PROCEDURE dbo.More_${i} AS SELECT ${i} AS n;\n`);
    project.write("sql/trigger.sql", "CREATE TRIGGER dbo.OnHeld ON dbo.Held AFTER DELETE AS SET NOCOUNT ON;\n");
    await project.whileHeld(place, "UPDATE dbo.Held SET Id = 2;", () =>
      refused(async () => {
        const up = project.start(["up", "--yes", "--skip-preview", "--stack", project.stack]);
        const waiting = `SELECT request_session_id AS id FROM sys.dm_tran_locks WHERE request_status = N'WAIT' AND resource_database_id = DB_ID(N'${place}')`;
        await project.until(`${waiting};`);
        const [session] = await project.sql(`${waiting};`);
        await project.sql(`KILL ${Number(session?.["id"])};`);
        const { code, text } = await up.outcome;
        assert.notEqual(code, 0, text);
        return text;
      }, /batch 21 of 21: create trigger dbo\.OnHeld/),
    );
    await project.up();
    assert.deepEqual(await project.outputs(), { moduleCount: 22 });
  });

  it("is good for a destroy, after which nothing is left but the database", async () => {
    await project.config("sqlserver:allow", JSON.stringify(["data-loss:*"]));
    await project.destroy("--run-program");
    assert.deepEqual(await project.sql("SELECT name FROM sys.procedures;", place), []);
    assert.deepEqual(await project.sql("SELECT object_name FROM iac.[object];", place), []);
  });

  it("never shows or keeps a password", () => project.assertNoSecret("F1rst/secret word", "Sec0nd/secret word"));
});
