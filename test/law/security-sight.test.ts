/** A login that sees only a part of the catalog: no kind plans, refreshes or deletes from it. */
import assert from "node:assert/strict";
import type { ServerSettings } from "../../provider/src/engine/configuration";
import { registry, type KindName } from "../../provider/src/registry";
import { brokerCases } from "./broker-cases";
import { cases } from "./cases";
import { clrCases } from "./clr-cases";
import { unique } from "../server";
import { Deployment, type Properties } from "./deployment";
import { partitionCases } from "./partition-cases";
import { securityCases } from "./security-cases";

const [partly, login] = [unique("partly"), unique("blind")];
const password = "Str0ng-enough";

/** Inputs of every kind that lives in a database. */
const examples: readonly (readonly [KindName, Properties])[] = [
  ["Database", { name: partly }],
  ["Verification", { name: "after", checks: [{ name: "one", query: "SELECT 1;", expect: { scalar: 1 } }] }],
  ...[...cases, ...partitionCases, ...clrCases, ...brokerCases, ...securityCases]
    .filter(({ kind }, index, all) => all.findIndex((one) => one.kind === kind) === index)
    .map(({ kind, before }) => [kind, before] as const),
];

describe("a login that sees only a part of the catalog", () => {
  let deployment: Deployment;
  let blind: ServerSettings;
  before(async () => {
    process.env.SQLSERVER_PASSWORD_SIGHT = password;
    deployment = await Deployment.start();
    await deployment.sql(`CREATE LOGIN ${login} WITH PASSWORD = N'${password}';`);
    await deployment.sql(`CREATE DATABASE ${partly};`);
    await deployment.sql(`CREATE USER blind FOR LOGIN ${login};`, partly);
    blind = { ...deployment.settings, user: login, password };
  });
  after(() => {
    delete process.env.SQLSERVER_PASSWORD_SIGHT;
    return deployment.close();
  });
  const as = (settings: ServerSettings): Promise<void> => deployment.configure([], settings);
  const inputs = (kind: KindName, given: Properties): Properties =>
    kind === "Database" ? given : { database: partly, ...given };

  it("is asked of every kind that lives in a database", () => {
    const ofTheServer = ["Login", "BrokerEndpoint"];
    assert.deepEqual(
      new Set([...examples.map(([kind]) => kind), ...ofTheServer]),
      new Set(Object.keys(registry) as KindName[]),
    );
  });

  for (const [kind, given] of examples)
    if (kind !== "BrokerEndpoint")
      it(`${kind} is refused at preview, with what a DBA has to run`, async () => {
        await as(blind);
        const { failures } = await deployment.preview(kind, "one", inputs(kind, given));
        assert.match(
          failures.join("\n"),
          /^PartialCatalogError: database "partly_\w+": login "blind_\w+" .*\n {2}USE \[partly_\w+\];\n {2}GRANT VIEW DEFINITION TO \[blind(?:_\w+)?\];$/,
        );
      });

  it("changes no state: a refresh and a delete fail, whatever they do not see", async () => {
    await as(deployment.settings);
    await deployment.sql("CREATE TABLE dbo.Kept (a int NULL);", partly);
    const given = { database: partly, name: "Kept", columns: [{ name: "a", type: "int", nullable: true }] };
    const table = await deployment.create("Table", "kept", { ...given, adopt: true });
    await as(blind);
    await assert.rejects(deployment.refresh(table), /PartialCatalogError/);
    await as(blind);
    await assert.rejects(deployment.delete(table), /PartialCatalogError/);
    assert.equal((await deployment.sql("SELECT name FROM sys.tables WHERE name = N'Kept';", partly)).length, 1);
    // Once it sees, the books of earlier deployments are what it lacks.
    await deployment.sql("GRANT VIEW DEFINITION TO blind;", partly);
    await as(blind);
    assert.match(
      (await deployment.preview("Table", "kept", { ...given, adopt: true }, table.state)).failures.join("\n"),
      /\n {2}USE \[partly_\w+\];\n {2}GRANT SELECT ON SCHEMA::\[iac\] TO \[blind(?:_\w+)?\];$/,
    );
    await deployment.sql("GRANT SELECT ON SCHEMA::[iac] TO [blind];", partly);
    await as(blind);
    await deployment.assertUnchanged(table, { ...given, adopt: true });
    await deployment.sql("REVOKE VIEW DEFINITION FROM blind;", partly);
    await as(deployment.settings);
    await deployment.delete({ ...table, state: { ...table.state, allow: ["data-loss:*"] } });
  });

  const denials: readonly [title: string, denied: string, undo: string, reason: RegExp][] = [
    [
      "one table",
      "CREATE TABLE dbo.Hidden (a int NULL); GRANT VIEW DEFINITION TO blind; DENY VIEW DEFINITION ON dbo.Hidden TO public;",
      "DROP TABLE dbo.Hidden;",
      /QUOTENAME\(OBJECT_NAME\(\d+\)\) \+ N' FROM \[public\];'; EXEC \(@revoke\);$/,
    ],
    [
      "one schema",
      "CREATE ROLE team; ALTER ROLE team ADD MEMBER blind; EXEC (N'CREATE SCHEMA hidden;'); GRANT VIEW DEFINITION TO blind; DENY CONTROL ON SCHEMA::hidden TO team;",
      "DROP SCHEMA hidden; ALTER ROLE team DROP MEMBER blind; DROP ROLE team;",
      /N'REVOKE CONTROL ON SCHEMA::' .* FROM \[team\];'/,
    ],
    [
      "one user",
      "CREATE USER hidden WITHOUT LOGIN; GRANT VIEW DEFINITION TO blind; DENY VIEW DEFINITION ON USER::hidden TO blind;",
      "REVOKE VIEW DEFINITION ON USER::hidden FROM blind; DROP USER hidden;",
      /SELECT \* FROM sys\.database_permissions WHERE state = 'D' AND class = 4 AND major_id = \d+; -- REVOKE this from \[blind(?:_\w+)?\]$/,
    ],
    [
      "users and roles",
      "GRANT VIEW DEFINITION TO blind; DENY VIEW SECURITY DEFINITION TO blind;",
      "REVOKE VIEW SECURITY DEFINITION FROM blind;",
      /GRANT VIEW SECURITY DEFINITION TO \[blind(?:_\w+)?\];$/,
    ],
  ];
  for (const [title, denied, undo, reason] of denials)
    it(`from which ${title} is hidden is refused too, and what the error says opens it`, async () => {
      await deployment.sql(denied, partly);
      await as(blind);
      const preview = async (): Promise<string> =>
        (await deployment.preview("Schema", "one", { database: partly, name: "billing" })).failures.join("\n");
      const text = await preview();
      assert.match(text, /^PartialCatalogError/);
      assert.match(text, reason);
      const remedy = text.slice(text.indexOf("\n")).split(" -- ")[0]!;
      await deployment.sql(remedy);
      if (!text.includes(" -- ")) {
        await as(blind);
        assert.equal(await preview(), "");
      }
      await deployment.sql(`${undo} REVOKE VIEW DEFINITION FROM blind;`, partly);
    });

  it("is enough with VIEW DEFINITION: what it may not do is told by the server", async () => {
    await deployment.sql("GRANT VIEW DEFINITION TO blind;", partly);
    await as(blind);
    const { plan, failures } = await deployment.preview("Schema", "one", { database: partly, name: "billing" });
    assert.deepEqual(failures, []);
    assert.match(plan, /CREATE SCHEMA \[billing\];/);
    assert.match(
      (
        await deployment.preview("Database", "one", { name: partly, queryStore: { mode: "OFF" }, adopt: true })
      ).failures.join(),
      /queryStore: .*GRANT VIEW DATABASE STATE/,
    );
    await deployment.sql("REVOKE VIEW DEFINITION FROM blind;", partly);
  });

  it("that enters as guest is told to get a user first", async () => {
    const open = unique("open_house");
    await deployment.sql(`CREATE DATABASE ${open};`);
    await deployment.sql("GRANT CONNECT TO guest;", open);
    await as(blind);
    const { failures } = await deployment.preview("Schema", "one", { database: open, name: "billing" });
    assert.match(
      failures.join("\n"),
      /USE \[open_house_\w+\];\n {2}CREATE USER \[blind(?:_\w+)?\] FOR LOGIN \[blind(?:_\w+)?\];\n {2}GRANT VIEW DEFINITION TO \[blind(?:_\w+)?\];$/,
    );
  });

  it("does not take a database that is not listed for one that is not there", async () => {
    await deployment.sql(`DENY VIEW ANY DATABASE TO ${login};`);
    await as(blind);
    assert.match(
      (await deployment.preview("Database", "one", { name: partly })).failures.join("\n"),
      /^PartialCatalogError: database "partly_\w+" on server "test": .*\n {2}USE master;\n {2}GRANT VIEW ANY DATABASE TO \[blind(?:_\w+)?\];$/,
    );
    await deployment.sql(`REVOKE VIEW ANY DATABASE FROM ${login};`);
  });

  it("takes a login that it does not see for one that may be there", async () => {
    const unseen = unique("unseen");
    await deployment.sql(`CREATE LOGIN ${unseen} WITH PASSWORD = N'Str0ng-enough';`);
    await deployment.sql("ALTER ROLE db_owner ADD MEMBER blind;", partly);
    await as(blind);
    const given = { database: partly, name: "unseen", login: unseen };
    const user = await deployment.create("User", "unseen", given);
    await as(blind);
    await deployment.assertUnchanged(user, given);
    await deployment.delete(user);
    await deployment.sql("ALTER ROLE db_owner DROP MEMBER blind;", partly);
  });

  it("sees no endpoint of others, so none is planned", async () => {
    await as(blind);
    const { failures } = await deployment.preview("BrokerEndpoint", "one", { name: "broker" });
    assert.match(failures.join("\n"), /GRANT VIEW ANY DEFINITION TO \[blind(?:_\w+)?\];/);
  });

  it("of SQL Server 2022 and 2025 without any right on the server deploys as db_owner", async () => {
    for (const version of ["2019", "2022", "2025"] as const) {
      const other = await Deployment.start({ version });
      try {
        const [owner, owned] = [unique(`owner_${version}`), unique(`owned_${version}`)];
        await other.sql(`CREATE LOGIN ${owner} WITH PASSWORD = N'${password}';`);
        await other.sql(`CREATE DATABASE ${owned};`);
        await other.sql(`CREATE USER owner FOR LOGIN ${owner}; ALTER ROLE db_owner ADD MEMBER owner;`, owned);
        const settings = { ...other.settings, user: owner, password };
        await other.configure([], settings);
        const given = { database: owned, name: "billing" };
        const made = await other.create("Schema", "one", given);
        await other.configure([], settings);
        await other.assertUnchanged(made, given);
      } finally {
        await other.close();
      }
    }
  });

  for (const version of ["2019", "2025"] as const)
    it(`never meets a permission error while it plans as db_owner of ${version}: it plans, or is told what to grant`, async () => {
      const other = await Deployment.start({ version });
      try {
        const [owner, owned] = [unique(`all_${version}`), unique(`all_${version}`)];
        await other.sql(`CREATE LOGIN ${owner} WITH PASSWORD = N'${password}';`);
        await other.sql(`CREATE DATABASE ${owned};`);
        await other.sql(`CREATE USER owner FOR LOGIN ${owner}; ALTER ROLE db_owner ADD MEMBER owner;`, owned);
        const settings = { ...other.settings, user: owner, password };
        const failed: string[] = [];
        for (const [kind, given] of [...examples, ["Login", { name: "x", passwordFrom: "sight" }] as const]) {
          const database = kind === "Database" ? { name: owned } : kind === "Login" ? {} : { database: owned };
          await other.configure([], settings);
          const { failures } = await other.preview(kind, "one", { ...given, ...database });
          if (/CatalogReadError|StatementError|error (229|262|297|300|15151|15247)/.test(failures.join()))
            failed.push(`${kind}: ${failures.join()}`);
        }
        assert.deepEqual(failed, []);
      } finally {
        await other.close();
      }
    });
});
