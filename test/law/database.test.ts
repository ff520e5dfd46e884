/** The law for the kind Database: every option alone and all together, files, owner, collation, sessions in the way, renames, drops. */
import assert from "node:assert/strict";
import { dumpServer } from "./catalog-dump";
import { Deployment, type Properties, type Resource } from "./deployment";
import { isOurs, unique } from "../server";

const ownerLogin = unique("law_owner");
const consent = ["unsafe-code:*", "table-rewrite:PRIMARY.*"];

interface OptionCase {
  readonly option: string;
  readonly first: Properties;
  readonly second: Properties;
}

/** Two values of each option; the first is set when the database is made, the second in place. */
const options: readonly OptionCase[] = [
  { option: "autoClose", first: { autoClose: true }, second: { autoClose: false } },
  { option: "autoShrink", first: { autoShrink: true }, second: { autoShrink: false } },
  { option: "autoCreateStatistics", first: { autoCreateStatistics: false }, second: { autoCreateStatistics: true } },
  {
    option: "autoCreateStatisticsIncremental",
    first: { autoCreateStatistics: true, autoCreateStatisticsIncremental: true },
    second: { autoCreateStatistics: true, autoCreateStatisticsIncremental: false },
  },
  { option: "autoUpdateStatistics", first: { autoUpdateStatistics: false }, second: { autoUpdateStatistics: true } },
  {
    option: "autoUpdateStatisticsAsync",
    first: { autoUpdateStatisticsAsync: true },
    second: { autoUpdateStatisticsAsync: false },
  },
  { option: "compatibilityLevel", first: { compatibilityLevel: 140 }, second: { compatibilityLevel: 150 } },
  { option: "recoveryModel", first: { recoveryModel: "SIMPLE" }, second: { recoveryModel: "BULK_LOGGED" } },
  { option: "pageVerify", first: { pageVerify: "TORN_PAGE_DETECTION" }, second: { pageVerify: "NONE" } },
  { option: "delayedDurability", first: { delayedDurability: "ALLOWED" }, second: { delayedDurability: "FORCED" } },
  {
    option: "targetRecoveryTimeSeconds",
    first: { targetRecoveryTimeSeconds: 0 },
    second: { targetRecoveryTimeSeconds: 120 },
  },
  { option: "trustworthy", first: { trustworthy: true }, second: { trustworthy: false } },
  { option: "databaseChaining", first: { databaseChaining: true }, second: { databaseChaining: false } },
  { option: "containment", first: { containment: "PARTIAL" }, second: { containment: "NONE" } },
  { option: "readCommittedSnapshot", first: { readCommittedSnapshot: true }, second: { readCommittedSnapshot: false } },
  {
    option: "acceleratedDatabaseRecovery",
    first: { acceleratedDatabaseRecovery: true },
    second: { acceleratedDatabaseRecovery: false },
  },
  { option: "brokerEnabled", first: { brokerEnabled: false }, second: { brokerEnabled: true } },
  { option: "honorBrokerPriority", first: { honorBrokerPriority: true }, second: { honorBrokerPriority: false } },
  { option: "snapshotIsolation", first: { snapshotIsolation: true }, second: { snapshotIsolation: false } },
  { option: "readOnly", first: { readOnly: true }, second: { readOnly: false } },
  {
    option: "queryStore off and on",
    first: { queryStore: { mode: "OFF" } },
    second: { queryStore: { mode: "READ_WRITE" } },
  },
  {
    option: "queryStore settings",
    first: {
      queryStore: {
        mode: "READ_WRITE",
        captureMode: "ALL",
        maxStorageSizeMb: 200,
        flushIntervalSeconds: 600,
        intervalLengthMinutes: 15,
        staleQueryThresholdDays: 7,
        maxPlansPerQuery: 50,
        sizeBasedCleanup: "OFF",
        waitStatisticsCapture: false,
      },
    },
    second: {
      queryStore: {
        mode: "READ_ONLY",
        captureMode: "NONE",
        maxStorageSizeMb: 300,
        intervalLengthMinutes: 1440,
        sizeBasedCleanup: "AUTO",
        waitStatisticsCapture: true,
      },
    },
  },
  { option: "ownerLogin", first: { ownerLogin }, second: { ownerLogin: "sa" } },
  {
    option: "collation",
    first: { collation: "Latin1_General_100_CS_AS" },
    second: { collation: "Latin1_General_100_CI_AS_SC_UTF8" },
  },
];

const together = (which: "first" | "second"): Properties =>
  Object.assign(
    {},
    ...options
      .filter(
        ({ option }) =>
          option !== "autoCreateStatistics" &&
          option !== "queryStore off and on" &&
          !(option === "readOnly" && which === "first"),
      )
      .map((one) => one[which]),
  ) as Properties;
const allOptions: OptionCase = {
  option: "all options together",
  // A contained database can neither close nor shrink by itself.
  first: { ...together("first"), autoClose: false, autoShrink: false },
  second: { ...together("second"), containment: "NONE", readOnly: true },
};

const files: readonly OptionCase[] = [
  {
    option: "files that grow, and one more of each sort",
    first: {
      files: [{ name: "data1", sizeMb: 8, growthMb: 8 }],
      logFiles: [{ name: "log1", sizeMb: 8, growthPercent: 10 }],
    },
    second: {
      files: [
        { name: "data1", sizeMb: 32, growthMb: 16, maxSizeMb: 128 },
        { name: "data2", sizeMb: 8, growthMb: 0 },
      ],
      logFiles: [
        { name: "log1", sizeMb: 16, growthMb: 8, maxSizeMb: "unlimited" },
        { name: "log2", sizeMb: 8, growthMb: 8 },
      ],
    },
  },
  {
    option: "files of which one of each sort goes",
    first: {
      files: [{ name: "data1" }, { name: "data2", sizeMb: 8 }],
      logFiles: [{ name: "log1" }, { name: "log2", sizeMb: 8 }],
    },
    second: { files: [{ name: "data1" }], logFiles: [{ name: "log1" }] },
  },
  {
    option: "a ceiling that falls and one that rises",
    first: {
      files: [{ name: "data1", sizeMb: 8, growthMb: 64, maxSizeMb: 512 }],
      logFiles: [{ name: "log1", sizeMb: 8, growthMb: 8, maxSizeMb: 16 }],
    },
    second: {
      files: [{ name: "data1", sizeMb: 8, growthMb: 8, maxSizeMb: 64 }],
      logFiles: [{ name: "log1", sizeMb: 64, growthMb: 32, maxSizeMb: 1024 }],
    },
  },
];

async function allDatabases(deployment: Deployment): Promise<string[]> {
  const databases = await deployment.sql(`SELECT name FROM sys.databases WHERE ${isOurs("name")}`);
  const places = await deployment.sql(
    `SELECT name, physical_name FROM sys.master_files WHERE ${isOurs("physical_name")}`,
  );
  return [...databases, ...places].map((row) => JSON.stringify(row)).sort();
}

for (const settings of [
  { version: "2025" },
  { version: "2022", platform: "windows" },
  { version: "2019", collation: "Latin1_General_100_CS_AS" },
] as const) {
  describe(`the law for databases, server ${JSON.stringify(settings)}`, () => {
    let deployment: Deployment;
    let count = 0;
    before(async function () {
      const configuration = { "contained database authentication": 1 };
      deployment = await Deployment.start({ ...settings, configuration }, this);
      await deployment.sql(`CREATE LOGIN ${ownerLogin} WITH PASSWORD = N'Law-0f-the-twin';`);
    });
    afterEach(() => deployment?.dropDatabases());
    after(async () => {
      await deployment?.sql(`DROP LOGIN ${ownerLogin};`);
      await deployment?.close();
    });

    const next = (): string => unique(`lawdb_${++count}`);
    const asked = (name: string, given: Properties): Properties => ({ name, allow: [...consent], ...given });
    async function make(name: string, given: Properties): Promise<Resource> {
      await deployment.configure();
      return deployment.create("Database", "one", asked(name, given));
    }
    async function drop(resource: Resource): Promise<void> {
      await deployment.configure();
      await deployment.delete({ ...resource, state: { ...resource.state, allow: ["data-loss:*"] } });
    }
    async function assertAsAsked(resource: Resource, given: Properties): Promise<void> {
      await deployment.configure();
      await deployment.assertUnchanged(resource, given);
      const { plan: _plan, owner: _owner, server: _server, ...refreshed } = (await deployment.refresh(resource))!;
      assert.deepEqual(refreshed, given, "a refresh shows drift where there is none");
      await deployment.configure();
    }

    // One by one they say nothing new about another version.
    for (const one of [...(settings.version === "2025" ? options : []), allOptions, ...files]) {
      it(`${one.option}: set when it is made, left alone when not given, changed in place, gone without a trace`, async () => {
        const before = await allDatabases(deployment);
        const name = next();
        const resource = await make(name, one.first);
        await assertAsAsked(resource, asked(name, one.first));
        const first = await dumpServer(deployment, name);

        // Whoever takes an input away wants it left alone.
        await deployment.update(resource, asked(name, {}));
        assert.deepEqual(await dumpServer(deployment, name), first);
        await assertAsAsked(resource, asked(name, {}));

        assert.ok(await deployment.update(resource, asked(name, one.second)), "the change is no change");
        const second = await dumpServer(deployment, name);
        assert.notDeepEqual(second, first);
        await assertAsAsked(resource, asked(name, one.second));
        await drop(resource);
        assert.deepEqual(await allDatabases(deployment), before);
        assert.equal(await deployment.refresh(resource), undefined);

        const other = next();
        const fresh = await make(other, one.second);
        const wanted = await dumpServer(deployment, other);
        await drop(fresh);
        // What was not asked for again is left as it was: only what both inputs name must agree.
        if (sameNames(one)) assert.deepEqual(second, wanted);
      });
    }

    it("a file is renamed logically and keeps its place", async () => {
      const name = next();
      const resource = await make(name, { files: [{ name: "old", sizeMb: 8 }], logFiles: [{ name: "oldlog" }] });
      const paths = await deployment.sql(
        `SELECT physical_name FROM sys.master_files WHERE database_id = DB_ID(N'${name}')`,
      );
      const renamed = asked(name, {
        files: [{ name: "new", renamedFrom: "old", sizeMb: 8 }],
        logFiles: [{ name: "newlog", renamedFrom: "oldlog" }],
      });
      assert.ok(await deployment.update(resource, renamed));
      await assertAsAsked(resource, renamed);
      assert.deepEqual(
        await deployment.sql(`SELECT physical_name FROM sys.master_files WHERE database_id = DB_ID(N'${name}')`),
        paths,
      );
      const settled = asked(name, { files: [{ name: "new", sizeMb: 8 }], logFiles: [{ name: "newlog" }] });
      assert.doesNotMatch((await deployment.preview("Database", "one", settled, resource.state)).plan, /REMOVE|ADD/);
      await deployment.update(resource, settled);
      await assertAsAsked(resource, settled);
      await drop(resource);
    });

    it("a collation is refused once something depends on it, by name", async () => {
      const name = next();
      const resource = await make(name, { collation: "Latin1_General_100_CI_AS" });
      await deployment.sql("CREATE TABLE dbo.T (a nvarchar(10) NOT NULL CONSTRAINT CK_T CHECK (a > N'b'));", name);
      await deployment.configure();
      const { failures } = await deployment.preview(
        "Database",
        "one",
        asked(name, { collation: "Latin1_General_100_CS_AS" }),
        resource.state,
      );
      assert.equal(failures.length, 1);
      assert.match(failures[0]!, /^collation: .*"CK_T" of table dbo\.T/);
      await drop(resource);
    });

    it("containment is refused with the command while the server forbids it", async function () {
      deployment.ownTwin(this, "others on the server may have contained users");
      await deployment.sql("EXEC sp_configure 'contained database authentication', 0; RECONFIGURE;");
      try {
        await deployment.configure();
        const { failures } = await deployment.preview("Database", "one", asked(next(), { containment: "PARTIAL" }));
        assert.deepEqual(failures, [
          "containment: the server forbids contained users; run EXEC sp_configure 'contained database authentication', 1; RECONFIGURE; first",
        ]);
      } finally {
        await deployment.sql("EXEC sp_configure 'contained database authentication', 1; RECONFIGURE;");
      }
    });

    for (const [what, first, second] of [
      ["the broker", { brokerEnabled: true }, { brokerEnabled: false }],
      ["read-only", { readOnly: false }, { readOnly: true }],
      ["the collation", { collation: "Latin1_General_100_CI_AS" }, { collation: "Latin1_General_100_CS_AS" }],
    ] as const) {
      it(`${what} with a session in the database: an error that names it, or the session sent away`, async () => {
        const name = next();
        const resource = await make(name, first);
        await deployment.configure();
        const other = await deployment.other(name);
        try {
          const [{ rows: [session] } = { rows: [] }] = await other.request("SELECT @@SPID AS id;", 10);
          const before = await dumpServer(deployment, name);
          const failure = await deployment.failingUpdate(resource, asked(name, second), (apply) => apply());
          assert.match(failure!.message, /^StatementError: batch 1 of 1: /);
          assert.match(failure!.message, /error 50(70|30), class 16, state \d/);
          assert.match(failure!.message, /somebody's tool/, "the error names the program that is in the way");
          assert.match(failure!.message, /disconnectSessionsAfterSeconds/);
          assert.deepEqual(await dumpServer(deployment, name), before);
          const present = (): Promise<unknown> =>
            deployment.sql(
              `SELECT session_id AS id FROM sys.dm_exec_sessions WHERE session_id = ${String(session!["id"])} AND program_name = N'somebody''s tool'`,
            );
          assert.deepEqual(await present(), [session], "nobody is disconnected who may stay");

          const pressing = asked(name, { ...second, disconnectSessionsAfterSeconds: 1 });
          await deployment.configure();
          assert.ok(await deployment.update(resource, pressing));
          assert.deepEqual(await present(), []);
          await assertAsAsked(resource, pressing);
          assert.deepEqual(
            await deployment.sql(`SELECT user_access_desc AS access FROM sys.databases WHERE name = N'${name}'`),
            [{ access: "MULTI_USER" }],
          );
        } finally {
          await other.close();
        }
        await drop(resource);
      });
    }

    it("a database that becomes read-only keeps the books it had, and takes them up when it is writable again", async () => {
      const name = next();
      const owners = (): Promise<unknown> => deployment.sql("SELECT object_type, object_name FROM iac.[object]", name);
      const resource = await make(name, {});
      assert.deepEqual(await owners(), [{ object_type: "database", object_name: name }]);
      const locked = asked(name, { readOnly: true, recoveryModel: "SIMPLE" });
      assert.ok(await deployment.update(resource, locked));
      await assertAsAsked(resource, locked);
      assert.deepEqual(await owners(), [{ object_type: "database", object_name: name }]);
      const { failures } = await deployment.preview(
        "Database",
        "one",
        asked(name, { readOnly: true, recoveryModel: "FULL" }),
        resource.state,
      );
      assert.match(failures.join("\n"), /^readOnly: database ".*" is read-only; deploy once with readOnly: false/);
      const open = asked(name, { readOnly: false, recoveryModel: "FULL" });
      assert.ok(await deployment.update(resource, open));
      await assertAsAsked(resource, open);
      const deployments = await deployment.sql(
        "SELECT action, outcome FROM iac.deployment ORDER BY deployment_id",
        name,
      );
      assert.deepEqual(deployments.at(-1), { action: "update", outcome: "succeeded" });
      await drop(resource);
    });

    it("a database that was made read-only has its owner written down", async () => {
      const name = next();
      const resource = await make(name, { readOnly: true });
      assert.deepEqual(await deployment.sql("SELECT object_type, object_name FROM iac.[object]", name), [
        { object_type: "database", object_name: name },
      ]);
      await drop(resource);
    });

    it("a new name with renamedFrom renames in place, and stays quiet when renamedFrom is gone", async () => {
      const name = next();
      const resource = await make(name, { recoveryModel: "SIMPLE" });
      await deployment.sql("CREATE TABLE dbo.T (a int NOT NULL); INSERT INTO dbo.T (a) VALUES (1);", name);
      const [{ id } = { id: undefined }] = await deployment.sql(`SELECT DB_ID(N'${name}') AS id`);
      const later = `${name} renamed`;
      await deployment.configure();
      const lost = await deployment.preview(
        "Database",
        "one",
        asked(later, { recoveryModel: "SIMPLE" }),
        resource.state,
      );
      assert.match(lost.failures.join("\n"), /^name: .*renamedFrom/);

      const renamed = asked(later, { recoveryModel: "SIMPLE", renamedFrom: name });
      await deployment.configure();
      assert.ok(await deployment.update(resource, renamed));
      assert.deepEqual(
        await deployment.sql(`SELECT name, database_id AS id FROM sys.databases WHERE name LIKE N'${name}%'`),
        [{ name: later, id }],
      );
      assert.deepEqual(await deployment.sql("SELECT object_type, object_name, owner FROM iac.[object]", later), [
        { object_type: "database", object_name: later, owner: "law/test/Database/one" },
      ]);
      assert.deepEqual(await deployment.sql("SELECT a FROM dbo.T", later), [{ a: 1 }]);
      await assertAsAsked(resource, renamed);
      const settled = asked(later, { recoveryModel: "SIMPLE" });
      await deployment.update(resource, settled);
      await assertAsAsked(resource, settled);
      await drop(resource);
    });

    it("what lies in a database goes with it when it is renamed", async () => {
      const name = next();
      const database = await make(name, {});
      const inside: [Resource, Properties][] = [];
      for (const [kind, given] of [
        ["Schema", { name: "sales" }],
        ["Filegroup", { name: "Archive", files: [{ name: "a1", sizeMb: 8 }] }],
        ["Table", { name: "T", columns: [{ name: "a", type: "int" }] }],
      ] as const)
        inside.push([await deployment.create(kind, kind, { database: name, ...given }), given]);
      const elsewhere = await make(next(), {}).then(({ state }) => String(state["name"]));
      const later = `${name}_later`;
      const renamed = asked(later, { renamedFrom: name });

      await deployment.configure();
      const [[schema, sales] = []] = inside;
      const moved = await deployment.preview("Schema", "Schema", { database: elsewhere, ...sales }, schema!.state);
      assert.match(moved.failures.join("\n"), /database: cannot change/);
      assert.deepEqual((await deployment.preview("Database", "one", renamed, database.state)).failures, []);
      for (const [{ kind, name: own, state }, given] of inside) {
        const { failures, plan } = await deployment.preview(kind, own, { database: later, ...given }, state);
        assert.deepEqual(failures, []);
        assert.equal(plan, state["plan"], "nothing is to be done in it");
      }

      await deployment.configure();
      assert.ok(await deployment.update(database, renamed));
      for (const [resource, given] of inside) await deployment.update(resource, { database: later, ...given });
      await deployment.configure();
      for (const [resource, given] of inside) {
        await deployment.assertUnchanged(resource, { database: later, ...given });
        await deployment.delete(resource);
      }
      await drop(database);
      await deployment.sql(`DROP DATABASE ${elsewhere};`);
    });

    it("a rename of a database that another stack owns is refused", async () => {
      const name = next();
      await make(name, {});
      await deployment.configure();
      const { failures } = await deployment.preview("Database", "two", asked(`${name}x`, { renamedFrom: name }));
      assert.match(failures.join("\n"), /belongs to law\/test\/Database\/one/);
      await deployment.configure();
      await deployment.sql(`DROP DATABASE ${name};`);
    });

    it("a drop with rows needs consent that names the database", async () => {
      const name = next();
      const resource = await make(name, {});
      await deployment.sql("CREATE TABLE dbo.T (a int NOT NULL); INSERT INTO dbo.T (a) VALUES (1), (2);", name);
      await deployment.configure();
      await assert.rejects(
        deployment.delete(resource),
        new RegExp(`UnsafeChangeError: database "${name}": not deleted\\..*data-loss:${name}`, "s"),
      );
      assert.deepEqual(await deployment.sql("SELECT COUNT(*) AS n FROM dbo.T", name), [{ n: 2 }]);
      await deployment.configure();
      await deployment.delete({ ...resource, state: { ...resource.state, allow: [`data-loss:${name}`] } });
      assert.deepEqual(await deployment.sql(`SELECT name FROM sys.databases WHERE name = N'${name}'`), []);
    });

    it("a drop while somebody is in it is an error that names the session", async () => {
      const name = next();
      const resource = await make(name, {});
      await deployment.configure();
      const other = await deployment.other(name);
      try {
        await other.request("SELECT 1 AS a;", 10);
        await assert.rejects(
          deployment.delete(resource),
          /StatementError: batch 1 of 1: drop database .*error 3702.*somebody's tool/s,
        );
      } finally {
        await other.close();
      }
      await drop(resource);
    });

    it("trustworthy needs consent to unsafe code", async () => {
      await deployment.configure();
      const { failures } = await deployment.preview("Database", "one", { name: next(), trustworthy: true });
      assert.equal(failures.length, 1);
      assert.match(failures[0]!, /^allow: .*unsafe-code:lawdb_/);
    });

    it("an existing database is taken over as it is when that is asked for", async () => {
      const name = next();
      await deployment.sql(`CREATE DATABASE ${name};`);
      await deployment.configure();
      const refused = await deployment.preview("Database", "one", asked(name, { recoveryModel: "SIMPLE" }));
      assert.match(refused.failures.join("\n"), /exists already and no stack owns it; set adopt: true/);
      const taken = asked(name, { recoveryModel: "SIMPLE", adopt: true });
      const resource = await deployment.create("Database", "one", taken);
      await assertAsAsked(resource, taken);
      assert.doesNotMatch(String(resource.state["plan"]), /CREATE DATABASE/);
      await drop(resource);
    });

    for (const name of [
      unique(`it's a [bad] name] select 🚀 ${"x".repeat(79)}`),
      unique("-- ; DROP DATABASE master"),
      unique("tab\tand\nline"),
    ]) {
      it(`a database with the name ${JSON.stringify(name.slice(0, 40))} is as any other`, async () => {
        const before = await allDatabases(deployment);
        const given = asked(name, {
          files: [{ name: `${name.slice(0, 60)}'1`, sizeMb: 8 }],
          logFiles: [{ name: `${name.slice(0, 60)}'2` }],
          readCommittedSnapshot: true,
        });
        const resource = await deployment.create("Database", "one", given);
        await assertAsAsked(resource, given);
        const later = `${name.slice(0, 100)}]'`;
        const renamed = { ...given, name: later, renamedFrom: name, readCommittedSnapshot: true };
        assert.ok(await deployment.update(resource, renamed));
        await assertAsAsked(resource, renamed);
        await drop(resource);
        assert.deepEqual(await allDatabases(deployment), before);
      });
    }
  });
}

/** The second inputs say again everything that the first ones said. */
function sameNames({ first, second }: OptionCase): boolean {
  const paths = (value: unknown, path: string): string[] =>
    typeof value === "object" && value !== null
      ? Object.entries(value).flatMap(([name, item]) => paths(item, `${path}.${name}`))
      : [path];
  const said = new Set(paths(second, ""));
  return Array.isArray(first["files"]) || paths(first, "").every((path) => said.has(path));
}
