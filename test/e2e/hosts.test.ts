/** The stacks of the reference database, each on a server of its platform, and the project that reads what they tell. */
import assert from "node:assert/strict";
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";
import type { RequestError } from "../../provider/src/engine/connection";
import { unique } from "../server";
import { Project } from "./project";

const name = unique("Hartonomous");
const root = resolve(__dirname, "..", "..");
const state = join(root, ".local", "e2e", "hosts-state");
const environment = { PULUMI_BACKEND_URL: `file://${state}` };

interface Outputs {
  readonly connection: { readonly server: string; readonly database: string };
  readonly brokerGuid: string;
  readonly databaseGuid: string;
  readonly assemblies: Readonly<Record<string, { readonly sha512: string }>>;
  readonly bundles: Readonly<Record<string, string>>;
  readonly counts: Readonly<Record<string, number>>;
  readonly planHash: string;
  readonly historyId: number;
  readonly leftOut: readonly { readonly what: string; readonly why: string }[];
}

/** The stack's own configuration file, with the salt that `stack init` has just written. */
function useConfiguration(project: Project, from: string): void {
  const file = `Pulumi.${project.stack}.yaml`;
  const salt = /^encryptionsalt: .*$/m.exec(readFileSync(join(project.directory, file), "utf8"))?.[0];
  assert.ok(salt, "stack init wrote no salt");
  const own = readFileSync(join(root, from, file), "utf8").replace(/^encryptionsalt: .*\n/m, "");
  project.write(file, `${own}${salt}\n`);
}

/** A copy of the programs and of sql/, so that nothing is written into the work tree; its database has the name of this run. */
async function hostProject(
  context: Mocha.Context,
  stack: string,
  platform: "linux" | "windows",
  alone = false,
): Promise<Project> {
  const project = await Project.create(alone ? `host-alone-${platform}` : `host-${stack}`, {
    project: "hartonomous",
    stack,
    context,
    needs: {
      platform,
      configuration: { "clr enabled": 1, ...(platform === "windows" ? { "filestream access level": 2 } : {}) },
    },
    ...(alone ? {} : { environment }),
  });
  for (const part of ["stacks", "sql", "Pulumi.yaml", "tsconfig.json"])
    cpSync(join(root, part), join(project.directory, part), { recursive: true });
  const definition = join("sql", "hartonomous", "index.ts");
  const text = readFileSync(join(root, definition), "utf8");
  const declared = 'database = "Hartonomous"';
  assert.ok(text.includes(declared));
  project.write(definition, text.replace(declared, `database = ${JSON.stringify(name)}`));
  useConfiguration(project, ".");
  const servers = { [stack]: project.settings };
  await project.config("sqlserver:servers", JSON.stringify(servers), "--secret");
  const consents = /sqlserver:allow: '(.*)'/.exec(
    readFileSync(join(project.directory, `Pulumi.${stack}.yaml`), "utf8"),
  )?.[1];
  // A stack of a real host consents to no loss; this one ends with its database dropped.
  const given = JSON.parse(consents ?? "[]") as string[];
  const allow = new Set([...given, `data-loss:${name}`, `messages-lost:${name}`]);
  await project.config("sqlserver:allow", JSON.stringify([...allow]));
  return project;
}

async function consumerProject(stack: string): Promise<Project> {
  const project = await Project.create(`consumer-${stack}`, { project: "hartonomous-consumer", stack, environment });
  cpSync(join(root, "stacks", "consumer"), project.directory, { recursive: true });
  project.write("package.json", JSON.stringify({ name: "consumer", private: true, main: "index.ts" }));
  await project.config("hartonomous-consumer:database", `organization/hartonomous/${stack}`);
  return project;
}

const filestreamParts = ["filegroup Payloads", "table dbo.AtomPayload"];

describe("the stacks of the hosts", function () {
  this.timeout(600_000);
  before(() => {
    rmSync(state, { recursive: true, force: true });
    mkdirSync(state, { recursive: true });
  });

  for (const [stack, platform] of [
    ["hart-server", "linux"],
    ["hart-desktop", "windows"],
    ["local", "linux"],
  ] as const)
    describe(`${stack}, on a server of ${platform}`, () => {
      let project: Project;
      let consumer: Project;
      let outputs: Outputs;
      let trustedBefore: unknown;
      const trusted = (): Promise<unknown> => project.sql("SELECT hash FROM sys.trusted_assemblies ORDER BY hash;");
      before(async function () {
        project = await hostProject(this, stack, platform);
        consumer = await consumerProject(stack);
        trustedBefore = await trusted();
      });
      after(async () => {
        await project?.close();
        await consumer?.close();
      });

      it("shows on an empty server all that it will do, and what it leaves out", async () => {
        const { plans, stdout } = await project.preview();
        assert.match(plans["hartonomous"]!, /^CREATE DATABASE \[Hartonomous_\w+\];$/m);
        assert.match(plans["hartonomous-tables"]!, /CREATE TABLE \[dbo\]\.\[Model\]/);
        assert.match(plans["hartonomous-Hartonomous.Clr-assembly"]!, /CREATE ASSEMBLY \[Hartonomous\.Clr\]/);
        assert.equal(/filegroup Payloads is left out: SQL Server on Linux/.test(stdout), platform === "linux");
      });

      it("goes up, and then there is nothing to do", async () => {
        await project.up();
        outputs = (await project.outputs()) as unknown as Outputs;
        await project.expect(["preview", "--expect-no-changes", "--stack", stack]);
      });

      it("tells what it deployed, as the server has it", async () => {
        assert.deepEqual(outputs.connection, { server: stack, database: name });
        const [row] = await project.sql(
          `SELECT CONVERT(nvarchar(36), service_broker_guid) AS guid, is_broker_enabled AS isEnabled FROM sys.databases WHERE name = N'${name}';`,
        );
        assert.deepEqual(row, { guid: outputs.brokerGuid, isEnabled: true });
        const recovery = await project.sql(
          `SELECT CONVERT(nvarchar(36), database_guid) AS guid FROM sys.database_recovery_status WHERE database_id = DB_ID(N'${name}');`,
        );
        assert.deepEqual(recovery, [{ guid: outputs.databaseGuid }]);
        assert.notEqual(outputs.databaseGuid, outputs.brokerGuid);
        const count = async (query: string): Promise<unknown> =>
          (await project.sql(`SELECT COUNT(*) AS n ${query};`, name))[0]?.["n"];
        const { counts } = outputs;
        assert.equal(
          counts["tables"],
          await count(
            "FROM sys.tables AS t INNER JOIN sys.schemas AS s ON s.schema_id = t.schema_id WHERE s.name <> N'iac' AND t.temporal_type <> 1",
          ),
        );
        assert.equal(counts["queues"], await count("FROM sys.service_queues WHERE is_ms_shipped = 0"));
        assert.equal(counts["assemblies"], await count("FROM sys.assemblies WHERE is_user_defined = 1"));
        assert.equal(
          String(outputs.historyId),
          (await project.sql("SELECT MAX(deployment_id) AS n FROM iac.deployment;", name))[0]?.["n"],
        );
        assert.match(outputs.planHash, /^[0-9a-f]{64}$/);
        assert.match(outputs.bundles["modules"]!, /^[0-9a-f]+$/i);
      });

      it("covers the families of objects", () => {
        const least = { tables: 25, modules: 80, clrObjects: 20, conversations: 3, roles: 2, checks: 30 };
        for (const [kind, number] of Object.entries(least))
          assert.ok(outputs.counts[kind]! >= number, `${kind}: ${outputs.counts[kind]}`);
      });

      it(`says what it leaves out, and why`, async () => {
        const tables = (await project.sql("SELECT name FROM sys.tables WHERE is_filetable = 0;", name)).map(
          ({ name }) => name,
        );
        if (platform === "windows") {
          assert.deepEqual(outputs.leftOut, []);
          assert.ok(tables.includes("AtomPayload"));
          return;
        }
        assert.ok(!tables.includes("AtomPayload"));
        for (const what of filestreamParts)
          assert.match(
            outputs.leftOut.find((part) => part.what === what)?.why ?? "",
            /SQL Server on Linux has no FILESTREAM/,
            what,
          );
      });

      it("keeps history, delivers messages and refuses who has no grant", async () => {
        const sql = (batch: string): Promise<readonly object[]> => project.sql(batch, name);
        await sql(`EXEC dbo.SeedReferenceData;
DECLARE @plan int, @tenant int;
EXEC billing.DefineRatePlan @code = 'basic', @name = N'Basic', @ratePlanId = @plan OUTPUT;
EXEC billing.CreateTenant @displayName = N'Ada', @planCode = 'basic', @tenantId = @tenant OUTPUT;
EXEC broker.SendUsageEvent @tenantId = @tenant, @usageKind = 'tokens', @quantity = 3;`);
        await sql(
          "DECLARE @plan int; EXEC billing.DefineRatePlan @code = 'basic', @name = N'Simple', @ratePlanId = @plan OUTPUT;",
        );
        assert.deepEqual(await sql("SELECT Name FROM billing.RatePlanHistory;"), [{ Name: "Basic" }]);
        await project.until(`SELECT 1 AS yes FROM ${name}.billing.Usage WHERE Quantity = 3;`);
        assert.deepEqual(await sql("SELECT Reason FROM broker.RejectedMessage;"), []);
        const reports = await project.session(name);
        try {
          await reports.request("EXECUTE AS USER = N'HartonomousReports'; SELECT Name FROM dbo.Model;", 60);
          await assert.rejects(
            reports.request("SELECT ModelLayerId FROM dbo.LayerWeight;", 60),
            (error: RequestError) => error.errors[0]?.number === 229,
          );
        } finally {
          await reports.close();
        }
      });

      it("calls its CLR functions", async function () {
        await project.server.runClr(
          {
            "Hartonomous.Clr.Hartonomous.Clr.JsonFunctions.BytesToFloatArrayJson": (bytes: Uint8Array) =>
              JSON.stringify([...new Float32Array(bytes.slice().buffer)]),
          },
          this,
        );
        const rows = await project.sql("SELECT dbo.clr_BytesToFloatArrayJson(0x0000803F000000C0) AS json;", name);
        assert.deepEqual(rows, [{ json: "[1,-2]" }]);
      });

      if (platform === "windows")
        it("keeps payloads in files of the server", async () => {
          await project.sql(
            `DECLARE @atom bigint, @new bit;
EXEC dbo.InsertAtom @content = 0x01, @contentTypeId = 3, @atomId = @atom OUTPUT, @isNew = @new OUTPUT;
INSERT INTO dbo.AtomPayload (AtomId, MediaType, Content) VALUES (@atom, 'image/png', 0xCAFE);`,
            name,
          );
          const [row] = await project.sql(
            "SELECT DATALENGTH(p.Content) AS bytes, d.type AS type FROM dbo.AtomPayload AS p CROSS JOIN sys.tables AS t INNER JOIN sys.data_spaces AS d ON d.data_space_id = t.filestream_data_space_id WHERE t.name = N'AtomPayload';",
            name,
          );
          assert.deepEqual([String(row?.["bytes"]), row?.["type"]], ["2", "FD"]);
        });

      it("finds what was changed by hand, and repairs it", async () => {
        await project.sql("DROP VIEW dbo.InferenceThroughput;", name);
        assert.equal(await project.refreshFindsDrift(), true);
        const { plans } = await project.preview();
        assert.deepEqual(
          Object.keys(plans).filter((name) => plans[name] !== "" && name !== "hartonomous-verification"),
          ["hartonomous-modules"],
        );
        await project.up();
        await project.expect(["preview", "--expect-no-changes", "--stack", stack]);
      });

      it("tells a consumer, which writes the application's settings and container from it", async () => {
        await consumer.up();
        await consumer.expect(["preview", "--expect-no-changes", "--stack", stack]);
        outputs = (await project.outputs()) as unknown as Outputs;
        const read = (file: string): unknown => JSON.parse(readFileSync(join(consumer.directory, "out", file), "utf8"));
        assert.deepEqual(read("appsettings.json"), {
          ConnectionStrings: {
            Hartonomous: `Server=${stack};Database=${name};Encrypt=True;Application Name=hartonomous-api`,
          },
          ServiceBroker: { Instance: outputs.brokerGuid },
          Features: { Payloads: platform === "windows" },
        });
        const { services, secrets } = read("compose.json") as {
          services: Record<string, { labels: Record<string, string>; secrets: string[] }>;
          secrets: object;
        };
        const api = services["hartonomous-api"]!;
        assert.equal(api.labels["hartonomous.plan"], outputs.planHash);
        assert.equal(api.labels["hartonomous.history"], String(outputs.historyId));
        assert.deepEqual(
          Object.keys(api.labels).filter((label) => label.startsWith("hartonomous.assembly.")).length,
          Object.keys(outputs.assemblies).length,
        );
        assert.deepEqual([api.secrets, Object.keys(secrets)], [["hartonomous_password"], ["hartonomous_password"]]);
      });

      it("lets the consumer write a file again that somebody changed, and remove both at the end", async () => {
        consumer.write("out/appsettings.json", "{}");
        await consumer.up();
        assert.match(readFileSync(join(consumer.directory, "out", "appsettings.json"), "utf8"), /ConnectionStrings/);
        await consumer.destroy();
        assert.deepEqual(
          ["appsettings.json", "compose.json"].filter((file) => existsSync(join(consumer.directory, "out", file))),
          [],
        );
      });

      it("goes away whole", async () => {
        await project.destroy();
        assert.deepEqual(await project.sql(`SELECT name FROM sys.databases WHERE name = N'${name}';`), []);
        assert.deepEqual(await trusted(), trustedBefore);
      });

      it("never shows or keeps the password", () => {
        project.assertNoSecret();
        consumer.assertNoSecret();
      });
    });

  describe("hart-desktop", () => {
    const refused = async (
      context: Mocha.Context,
      platform: "linux" | "windows",
      change: (project: Project) => Promise<unknown>,
      pattern: RegExp,
    ): Promise<void> => {
      const project = await hostProject(context, "hart-desktop", platform, true);
      try {
        await change(project);
        assert.match(await project.refusedPreview(), pattern);
        assert.deepEqual(await project.sql(`SELECT name FROM sys.databases WHERE name = N'${name}';`), []);
      } finally {
        await project.close();
      }
    };

    it("is refused at preview by a server on Linux, with the reason", function () {
      // The first of both that Pulumi comes to ends the preview.
      return refused(
        this,
        "linux",
        async () => undefined,
        /SQL Server on Linux has no FILESTREAM; use a server on Windows|SQL Server on Linux runs SAFE assemblies only/,
      );
    });

    it("is refused at preview without consent to UNSAFE code, naming the consent", function () {
      return refused(
        this,
        "windows",
        (project) => project.config("sqlserver:allow", "[]"),
        /unsafe-code:Hartonomous\.Files/,
      );
    });

    it("is refused with everything that is wrong with its profile", function () {
      return refused(
        this,
        "windows",
        (project) => project.config("hartonomous:host.platform", "linux", "--path"),
        /filestream: SQL Server on Linux has no FILESTREAM; take it away\s+unsafeClr: SQL Server on Linux loads SAFE assemblies only; take it away/,
      );
    });
  });
});
