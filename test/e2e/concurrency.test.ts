/** An `up` that is killed, and several at once on one database. A session that holds a row keeps an `up` in the middle of its transaction. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { unique } from "../server";
import { Project } from "./project";

const busy = unique("Busy");
/** The name of the project, which the names of its sessions hold. */
const owner = unique("concurrency");
const ofDatabase = `FROM sys.dm_tran_locks WHERE resource_database_id = DB_ID(N'${busy}')`;
/** The lock of a deployment lies in master. */
const ofDeployments = `FROM sys.dm_tran_locks WHERE resource_type = N'APPLICATION' AND request_session_id IN (SELECT session_id FROM sys.dm_exec_sessions WHERE program_name LIKE N'pulumi-sqlserver ${owner}/%')`;
const waitsForRow = `SELECT 1 AS yes ${ofDatabase} AND request_status = N'WAIT';`;
/** For the lock of the other's deployment, or for the end of its transaction, which the catalog is read after. */
const waitsForDeployment = `SELECT 1 AS yes FROM sys.dm_tran_locks WHERE request_status = N'WAIT' AND request_session_id IN (SELECT session_id FROM sys.dm_exec_sessions WHERE program_name LIKE N'pulumi-sqlserver ${owner}/second');`;
const deploymentLocks = `SELECT request_status AS status ${ofDeployments};`;

describe("pulumi up that is not alone", function () {
  this.timeout(300_000);
  let project: Project;
  before(async () => {
    project = await Project.create("concurrency", { project: owner });
    await project.sql(`CREATE DATABASE ${busy};`);
    await project.sql(
      "CREATE TABLE dbo.Work (Id int NOT NULL CONSTRAINT PK_Work PRIMARY KEY, Number int NOT NULL);",
      busy,
    );
    await project.sql("INSERT INTO dbo.Work (Id, Number) VALUES (1, 1);", busy);
    project.program(`
const parts = JSON.parse(process.env.BUNDLES);
for (const part of parts) new sqlserver.ProcedureBundle(part, { server, database: "${busy}", directory: part });
`);
    for (const stack of ["first", "second"]) await project.addStack(stack);
    for (const part of ["first", "second", "killed"]) {
      for (let i = 1; i <= 30; i++)
        project.write(`${part}/p${i}.sql`, `CREATE PROCEDURE dbo.${part}_${i} AS SELECT ${i} AS n;\n`);
      project.write(
        `${part}/trigger.sql`,
        `CREATE TRIGGER dbo.${part}_trigger ON dbo.Work AFTER DELETE AS SET NOCOUNT ON;\n`,
      );
    }
  });
  after(() => project.close());

  /** Runs the work while a session holds the row, so that no trigger can be made on the table. */
  const whileRowIsHeld = (work: (release: () => Promise<void>) => Promise<void>): Promise<void> =>
    project.whileHeld(busy, "UPDATE dbo.Work SET Number = Number + 1;", work);

  const modules = async (part: string): Promise<string[]> =>
    (await project.sql(`SELECT name FROM sys.objects WHERE name LIKE N'${part}[_]%' ORDER BY name;`, busy)).map(
      ({ name }) => String(name),
    );
  const recorded = async (part: string): Promise<string[]> =>
    (await project.sql("SELECT object_name AS name FROM iac.[object];", busy))
      .map(({ name }) => String(name).split(".").at(-1)!)
      .filter((name) => name.startsWith(`${part}_`))
      .sort();
  /** Every object is there and recorded, or none is. */
  async function assertWhole(part: string, count: number): Promise<void> {
    const live = await modules(part);
    assert.equal(live.length, count, live.join());
    const hasBooks = (await project.sql("SELECT OBJECT_ID(N'iac.object') AS id;", busy))[0]?.["id"] !== null;
    assert.deepEqual(hasBooks ? await recorded(part) : [], [...live].sort());
  }
  const up = (stack: string, ...parts: string[]) =>
    project.start(["up", "--yes", "--skip-preview", "--stack", stack], { BUNDLES: JSON.stringify(parts) });

  it("leaves nothing half done when the provider process is killed in the middle, and the next up completes", async () => {
    await whileRowIsHeld(async () => {
      const { child, outcome } = up("test", "killed");
      await project.until(waitsForRow);
      process.kill(providerProcess(child.pid!), "SIGKILL");
      const { code, text } = await outcome;
      assert.notEqual(code, 0, text);
    });
    await project.until(`SELECT 1 AS yes WHERE NOT EXISTS (SELECT 1 ${ofDeployments});`);
    await assertWhole("killed", 0);
    const again = await up("test", "killed").outcome;
    assert.equal(again.code, 0, again.text);
    await assertWhole("killed", 31);
    assert.deepEqual(await project.sql(deploymentLocks), []);
    const { deployment } = await project.export();
    assert.deepEqual(deployment.pending_operations ?? [], []);
  });

  it("lets a second stack wait for the first one when they deploy different objects to one database", async () => {
    await whileRowIsHeld(async (release) => {
      const first = up("first", "first");
      await project.until(waitsForRow);
      const second = up("second", "second");
      await project.until(waitsForDeployment);
      await release();
      for (const { code, text } of await Promise.all([first.outcome, second.outcome])) assert.equal(code, 0, text);
    });
    await assertWhole("first", 31);
    await assertWhole("second", 31);
    const owners = await project.sql(
      "SELECT DISTINCT owner FROM iac.[object] WHERE object_name LIKE N'dbo.first%' OR object_name LIKE N'dbo.second%' ORDER BY owner;",
      busy,
    );
    assert.deepEqual(owners, [
      { owner: `${owner}/first/ProcedureBundle/first` },
      { owner: `${owner}/second/ProcedureBundle/second` },
    ]);
  });

  it("refuses the second stack with the first one's name when it may wait for a second only", async () => {
    const servers = JSON.stringify({ test: { ...project.settings, lockWaitSeconds: 1, objectLockSeconds: 1 } });
    const secret = await project.run(["config", "set", "--secret", "sqlserver:servers", servers, "--stack", "second"]);
    assert.equal(secret.code, 0, secret.text);
    project.write("first/trigger.sql", "CREATE TRIGGER dbo.first_trigger ON dbo.Work AFTER DELETE AS SELECT 1 AS n;\n");
    project.write("second/p1.sql", "CREATE PROCEDURE dbo.second_1 AS SELECT 100 AS n;\n");
    await whileRowIsHeld(async (release) => {
      const first = up("first", "first");
      await project.until(waitsForRow);
      const { code, text } = await up("second", "second").outcome;
      assert.notEqual(code, 0, text);
      assert.match(text, /LockHeldError/);
      assert.match(text, /pulumi-sqlserver concurrency_\w+\/first/);
      await release();
      const done = await first.outcome;
      assert.equal(done.code, 0, done.text);
    });
    await assertWhole("second", 31);
    assert.match(
      String((await project.sql("SELECT OBJECT_DEFINITION(OBJECT_ID(N'dbo.second_1')) AS text;", busy))[0]?.["text"]),
      /SELECT 1 AS n/,
    );
    const again = await up("second", "second").outcome;
    assert.equal(again.code, 0, again.text);
    assert.match(
      String((await project.sql("SELECT OBJECT_DEFINITION(OBJECT_ID(N'dbo.second_1')) AS text;", busy))[0]?.["text"]),
      /SELECT 100 AS n/,
    );
  });

  it("gives objects that two stacks make at once to one of them and refuses the other", async () => {
    for (let i = 1; i <= 3; i++)
      project.write(`both/p${i}.sql`, `CREATE PROCEDURE dbo.both_${i} AS SELECT ${i} AS n;\n`);
    // Both at once, rather than one after the other.
    if (project.server.twin) project.server.twin.faults.latencyMs = 100;
    const outcomes = await Promise.all([up("first", "first", "both").outcome, up("test", "killed", "both").outcome]);
    if (project.server.twin) project.server.twin.faults.latencyMs = 0;
    const losers = outcomes.filter(({ code }) => code !== 0);
    assert.equal(losers.length, 1, outcomes.map(({ text }) => text).join("\n"));
    assert.match(
      losers[0]!.text,
      /belongs to concurrency_\w+\/(first|test)\/ProcedureBundle\/both|exists already and no stack owns it/,
    );
    const winner = outcomes[0]!.code === 0 ? "first" : "test";
    await assertWhole("both", 3);
    assert.deepEqual(
      await project.sql("SELECT DISTINCT owner FROM iac.[object] WHERE object_name LIKE N'dbo.both%';", busy),
      [{ owner: `${owner}/${winner}/ProcedureBundle/both` }],
    );
    assert.equal(
      (await project.resources())["both"] !== undefined,
      winner === "test",
      "the state of the refused stack has the objects, or the other has not",
    );
  });

  it("never shows or keeps the password", () => project.assertNoSecret());
});

/** The plugin process below the CLI's process. */
function providerProcess(cli: number): number {
  const table = execFileSync("ps", ["-eo", "pid=,ppid=,args="], { encoding: "utf8" })
    .split("\n")
    .map((line) => /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line))
    .filter((match) => match !== null)
    .map((match) => ({ pid: Number(match[1]), parent: Number(match[2]), command: match[3]! }));
  const below = new Set([cli]);
  for (let grown = true; grown;) {
    grown = false;
    for (const { pid, parent } of table)
      if (below.has(parent) && !below.has(pid)) {
        below.add(pid);
        grown = true;
      }
  }
  const found = table.filter(({ pid, command }) => below.has(pid) && /dynamic-provider/.test(command));
  assert.equal(found.length, 1, `provider processes: ${JSON.stringify(found)}`);
  return found[0]!.pid;
}
