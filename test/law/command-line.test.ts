/** npx pulumi-sqlserver: history and verify, as text and as JSON, with their exit codes. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { unique } from "../server";
import { runCommandLine } from "../../provider/src/command-line";
import { Deployment, type Resource } from "./deployment";

interface Answer {
  readonly code: number;
  readonly out: string;
  readonly error: string;
}

async function run(words: readonly string[], environment: NodeJS.ProcessEnv = {}): Promise<Answer> {
  let out = "";
  let error = "";
  const code = await runCommandLine(words, {
    environment,
    out: (text) => (out += text),
    error: (text) => (error += text),
  });
  return { code, out, error };
}

describe("npx pulumi-sqlserver", () => {
  it("--help says everything and ends with 0", async () => {
    const { code, out } = await run(["--help"]);
    assert.equal(code, 0);
    for (const word of [
      "history",
      "verify",
      "--server",
      "--config",
      "--database",
      "--limit",
      "--failed",
      "--run",
      "--json",
      "Exit codes",
    ])
      assert.ok(out.includes(word), word);
  });

  const wrong: readonly [words: string[], reason: RegExp][] = [
    [[], /a command is missing: history or verify/],
    [["deploy"], /no such command: deploy/],
    [["history", "more"], /one word too many: more/],
    [["history", "--colour"], /Unknown option '--colour'/],
    [["history", "--limit", "0"], /--limit is 0; give 1 to 10000/],
    [["history", "--run"], /--run is for verify/],
    [["verify", "--limit", "3"], /--limit is for history/],
    [["verify", "--database", ""], /--database is empty/],
    [["verify", "--database", "x".repeat(129)], /--database is longer than 128 characters/],
    [["history", "--limit", "ten"], /--limit is ten; give 1 to 10000/],
    [["verify"], /no server: set the environment variable/],
  ];
  for (const [words, reason] of wrong)
    it(`"${words.join(" ")}" ends with 2 and says what is wrong`, async () => {
      const { code, error, out } = await run(words);
      assert.deepEqual([code, out], [2, ""]);
      assert.match(error, reason);
    });

  describe("on a server", () => {
    const books = unique("books");
    const untouched = unique("untouched");
    let deployment: Deployment;
    let directory: string;
    let config: string;
    let verification: Resource;
    before(async () => {
      deployment = await Deployment.start();
      directory = mkdtempSync(join(tmpdir(), "pulumi-sqlserver-"));
      config = join(directory, "servers.json");
      writeFileSync(config, JSON.stringify({ test: deployment.settings }));
      await deployment.sql(`CREATE DATABASE ${books};`);
      await deployment.sql(`CREATE DATABASE ${untouched};`);
      await deployment.sql("CREATE TABLE dbo.T (a int NULL);", books);
      await deployment.create("Schema", "billing", { database: books, name: "billing" });
      verification = await deployment.create("Verification", "after", {
        database: books,
        name: "after",
        checks: [{ name: "the table is empty", query: "SELECT a FROM dbo.T;", expect: { empty: true } }],
      });
    });
    after(async () => {
      rmSync(directory, { recursive: true });
      await deployment.close();
    });
    const cli = (...words: string[]): Promise<Answer> => run([...words, "--config", config]);

    it("history tells the deployments of every database that has books", async () => {
      const { code, out } = await cli("history");
      assert.equal(code, 0);
      assert.match(out, /^database books_\w+\nid\s+started \(UTC\)\s+outcome/);
      assert.match(out, /\n2\s+\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\s+succeeded\s+verify\s+law\/test\/Verification\/after/);
      assert.match(out, /\n1\s.*create\s+law\/test\/Schema\/billing\s+1\s/);
      assert.doesNotMatch(out, /untouched/);
    });

    it("history --json tells the same, newest first, as many as wanted", async () => {
      const { out } = await cli("history", "--json", "--limit", "1", "--database", books);
      const { server, databases } = JSON.parse(out) as {
        server: string;
        databases: { name: string; deployments: Record<string, unknown>[] }[];
      };
      assert.equal(server, "test");
      assert.equal(databases[0]?.deployments.length, 1);
      const { deploymentId, action, outcome, statements } = databases[0]!.deployments[0]!;
      assert.deepEqual(
        { deploymentId, action, outcome, statements },
        { deploymentId: 2, action: "verify", outcome: "succeeded", statements: 1 },
      );
      assert.equal(deploymentId, verification.state["deploymentId"]);
    });

    it("history of a database without books is empty, of one that is not there an error", async () => {
      assert.match((await cli("history", "--database", untouched)).out, /database untouched_\w+\nno deployments/);
      const { code, error } = await cli("history", "--database", "nowhere");
      assert.equal(code, 3);
      assert.match(error, /ConnectionFailedError: .*"nowhere"/);
    });

    it("verify tells the last answers, and with --run asks again: 0, then 1 when a check fails", async () => {
      const first = await cli("verify");
      assert.deepEqual(
        [first.code, /passed\s+law\/test\/Verification\/after\s+the table is empty/.test(first.out)],
        [0, true],
      );
      await deployment.sql("INSERT INTO dbo.T (a) VALUES (1);", books);
      assert.equal((await cli("verify")).code, 0, "nothing was asked");
      const again = await cli("verify", "--run");
      assert.equal(again.code, 1);
      assert.match(
        again.out,
        /failed\s+law\/test\/Verification\/after\s+the table is empty.*no row was expected, 1 row came/,
      );
      assert.match(again.out, /0 passed, 1 failed/);
      const { databases } = JSON.parse((await cli("verify", "--json", "--failed")).out) as {
        databases: { checks: { outcome: string }[] }[];
      };
      assert.deepEqual(
        databases[0]?.checks.map(({ outcome }) => outcome),
        ["failed"],
      );
      assert.match((await cli("history", "--failed")).out, /failed\s+verify/);
      await deployment.sql("DELETE FROM dbo.T;", books);
      assert.equal((await cli("verify", "--run")).code, 0);
      assert.match((await cli("verify", "--failed")).out, /no failed checks/);
    });

    it("refuses to run what somebody wrote into the table of checks", async () => {
      const before = await deployment.sql("SELECT checks FROM iac.verification_check;", books);
      await deployment.sql(
        `UPDATE iac.verification_check SET checks = REPLACE(checks, N'SELECT a FROM', N'DELETE FROM');`,
        books,
      );
      const { code, error } = await cli("verify", "--run");
      assert.equal(code, 3);
      assert.match(error, /not as a deployment writes them/);
      await deployment.sql(
        `UPDATE iac.verification_check SET checks = N'${String(before[0]?.["checks"]).replaceAll("'", "''")}';`,
        books,
      );
    });

    it("forgets what an earlier run of generated checks found in what is gone now", async () => {
      await deployment.sql("CREATE QUEUE dbo.Inbox WITH STATUS = OFF;", books);
      const given = { database: books, name: "queues", generate: ["queues"] };
      const resource: Resource = { kind: "Verification", name: "queues", id: "", state: {} };
      await deployment.failingCreate(resource, given, (apply) => apply());
      assert.match((await cli("verify", "--failed")).out, /queue: dbo\.Inbox/);
      await deployment.sql("DROP QUEUE dbo.Inbox;", books);
      assert.equal((await cli("verify", "--run")).code, 0);
      const after = await cli("verify");
      assert.deepEqual([after.code, /Inbox/.test(after.out)], [0, false]);
      await deployment.delete(resource);
    });

    it("of a login that may not see the books says so, and generated checks do not pass unseen", async () => {
      const login = unique("weak");
      await deployment.sql(`CREATE LOGIN ${login} WITH PASSWORD = N'Str0ng-enough';`);
      await deployment.sql(`CREATE USER weak FOR LOGIN ${login};`, books);
      const weak = join(directory, "weak.json");
      writeFileSync(weak, JSON.stringify({ test: { ...deployment.settings, user: login, password: "Str0ng-enough" } }));
      const asWeak = (...words: string[]): Promise<Answer> => run([...words, "--config", weak]);
      assert.match((await asWeak("verify")).out, /no database .* that this login may see/);
      for (const command of ["verify", "history"]) {
        const { code, error } = await asWeak(command, "--database", books);
        assert.equal(code, 3);
        assert.match(
          error,
          /^PartialCatalogError: .*\n {2}USE \[books_\w+\];\n {2}GRANT SELECT ON SCHEMA::\[iac\] TO \[weak(?:_\w+)?\];/,
        );
      }
      await deployment.sql("GRANT SELECT, INSERT, DELETE ON SCHEMA::[iac] TO [weak];", books);
      await deployment.sql("GRANT SELECT ON dbo.T TO weak;", books);
      assert.equal((await asWeak("verify")).code, 0);
      const given = { database: books, name: "procedures", generate: ["procedures"] };
      const resource = await deployment.create("Verification", "procedures", given);
      const blind = await asWeak("verify", "--run");
      assert.equal(blind.code, 1);
      assert.match(blind.out, /failed .*procedure .*GRANT VIEW DEFINITION/);
      await deployment.sql("GRANT VIEW DEFINITION TO [weak];", books);
      assert.equal((await asWeak("verify", "--run")).code, 0);
      await deployment.delete(resource);
    });

    it("tells of a server that does not answer: which, where, and what to look at", async () => {
      const closed = join(directory, "closed.json");
      writeFileSync(closed, JSON.stringify({ test: { ...deployment.settings, port: 1 } }));
      for (const words of [["history"], ["verify", "--json"], ["verify", "--run"]]) {
        const { code, out, error } = await run([...words, "--config", closed]);
        assert.deepEqual([code, out], [3, ""]);
        assert.match(error, /^ConnectionFailedError: server "test" \(localhost:1\): .*check host, port and firewall/);
        assert.ok(!error.includes(deployment.settings.password!));
      }
    });

    it("never quotes a configuration that is wrong", async () => {
      const file = join(directory, "wrong.json");
      for (const text of [
        '{"test": {"host": "x", "password": "S3cret-here"',
        '{"test": {"host": "x", "password": "S3cret-here", "more": 1}}',
        '{"test": {"host": "x", "password": {"S3cret-here": 1}}}',
        '["S3cret-here"]',
        '"S3cret-here"',
      ]) {
        writeFileSync(file, text);
        const { code, out, error } = await run(["history", "--server", "test", "--config", file]);
        assert.equal(code, 3, text);
        assert.doesNotMatch(`${out}${error}`, /S3cret/);
        assert.ok(error.includes(`The text is that of --config ${file}`), error);
      }
    });

    it("takes the server from the environment, and never shows a password", async () => {
      const { settings } = deployment;
      const password = "Wr0ng-password";
      const url = `mssql://sa:${password}@localhost:${settings.port}?trustServerCertificate=true`;
      const { code, error, out } = await run(["history"], { SQLSERVER_TEST: url });
      assert.equal(code, 3);
      assert.match(error, /Login failed/);
      assert.ok(!`${error}${out}`.includes(password));
      const right = await run(["history"], {
        SQLSERVER_TEST: url.replace(password, encodeURIComponent(settings.password!)),
      });
      assert.equal(right.code, 0);
    });

    it("asks which server is meant when there are two", async () => {
      writeFileSync(join(directory, "two.json"), JSON.stringify({ a: {}, b: {} }));
      const { code, error } = await run(["history", "--config", join(directory, "two.json")]);
      assert.equal(code, 2);
      assert.match(error, /--server is missing; there are a, b/);
      assert.equal((await run(["history", "--config", join(directory, "none.json")])).code, 3);
    });
  });
});
