/** Checks after the deploy, and who may do what once everything is deployed. */
import assert from "node:assert/strict";
import { connect } from "../../provider/src/engine/connection";
import * as runtime from "../../provider/src/runtime";
import { unique } from "../server";
import { Deployment, type Properties, type Resource } from "./deployment";

const database = unique("verified");
const orders =
  "CREATE TABLE dbo.Orders (OrderId int NOT NULL CONSTRAINT PK_Orders PRIMARY KEY, Amount decimal(9,2) NOT NULL);";

describe("verifications", () => {
  let deployment: Deployment;
  before(async () => {
    deployment = await Deployment.start();
    await deployment.sql(`CREATE DATABASE ${database};`);
    await deployment.sql(orders, database);
    await deployment.sql("INSERT INTO dbo.Orders (OrderId, Amount) VALUES (1, 10.5), (2, 20);", database);
    await deployment.sql(
      "CREATE PROCEDURE dbo.AddOrder @id int AS INSERT INTO dbo.Orders (OrderId, Amount) VALUES (@id, 1); SELECT COUNT(*) AS n FROM dbo.Orders;",
      database,
    );
    await deployment.sql("CREATE PROCEDURE dbo.Refuse AS THROW 50123, N'no', 1;", database);
    await deployment.sql("CREATE PROCEDURE dbo.Dynamic AS EXEC (N'SELECT 1 AS a');", database);
    await deployment.sql("CREATE PROCEDURE dbo.Temporary AS CREATE TABLE #t (a int NULL); SELECT a FROM #t;", database);
  });
  after(() => deployment.close());
  beforeEach(() => deployment.configure());

  const inputs = (given: Properties): Properties => ({ database, name: "after", ...given });
  const check = (query: string, expect: Properties, more: Properties = {}): Properties =>
    inputs({ checks: [{ name: "one", query, expect, ...more }] });

  async function outcome(given: Properties): Promise<{ error: string | undefined; resource: Resource }> {
    const resource: Resource = { kind: "Verification", name: "one", id: "", state: {} };
    const error = await deployment.failingCreate(resource, given, (apply) => apply());
    return { error: error?.message, resource };
  }

  describe("of what comes back", () => {
    const passing: readonly [title: string, query: string, expect: Properties][] = [
      ["a number", "SELECT COUNT(*) FROM dbo.Orders;", { scalar: 2 }],
      ["a sum within its tolerance", "SELECT SUM(Amount) FROM dbo.Orders;", { scalar: 30, tolerance: 0.5 }],
      ["a large number that arrives as text", "SELECT CONVERT(bigint, 5000000000);", { scalar: 5000000000 }],
      ["a text", "SELECT N'a';", { scalar: "a" }],
      ["a bit", "SELECT CONVERT(bit, 1);", { scalar: true }],
      ["NULL", "SELECT CONVERT(int, NULL);", { scalar: null }],
      [
        "rows",
        "SELECT OrderId, Amount FROM dbo.Orders ORDER BY OrderId;",
        {
          rows: [
            [1, 10.5],
            [2, 20],
          ],
        },
      ],
      ["a number of rows", "SELECT OrderId FROM dbo.Orders;", { rowCount: 2 }],
      ["no rows", "SELECT OrderId FROM dbo.Orders WHERE Amount < 0;", { empty: true }],
      ["an error", "EXECUTE dbo.Refuse;", { error: 50123 }],
      ["rows of columns without names", "SELECT 1, CONVERT(int, NULL), N'a';", { rows: [[1, null, "a"]] }],
      ["rows of columns that share a name", "SELECT 1 AS a, 2 AS b, 3 AS a;", { rows: [[1, 2, 3]] }],
      ["a text that FOR JSON puts together", "SELECT 1 AS a FOR JSON PATH;", { scalar: '[{"a":1}]' }],
      ["variables", "DECLARE @n int; SET @n = 2; SELECT @n;", { scalar: 2 }],
    ];
    for (const [title, query, expect] of passing)
      it(`${title}: passes as expected`, async () => {
        const { error, resource } = await outcome(check(query, expect));
        assert.equal(error, undefined);
        assert.deepEqual([resource.state["verified"], resource.state["checksPassed"]], [true, 1]);
        await deployment.delete(resource);
      });

    const failing: readonly [title: string, query: string, expect: Properties, reason: RegExp][] = [
      ["another number", "SELECT COUNT(*) FROM dbo.Orders;", { scalar: 3 }, /one: 3 was expected, 2 came/],
      [
        "a sum beyond its tolerance",
        "SELECT SUM(Amount) FROM dbo.Orders;",
        { scalar: 30, tolerance: 0.4 },
        /30 \(tolerance 0\.4\) was expected, 30\.5 came/,
      ],
      [
        "a row too many",
        "SELECT OrderId FROM dbo.Orders;",
        { empty: true },
        /no row was expected, 2 rows came, first 1/,
      ],
      [
        "another row",
        "SELECT OrderId FROM dbo.Orders ORDER BY OrderId;",
        { rows: [[1], [3]] },
        /row 2 is 2, 3 was expected/,
      ],
      ["no error", "SELECT 1;", { error: 208 }, /error 208 was expected, none came/],
      ["another error", "EXECUTE dbo.Refuse;", { error: 208 }, /error 208 was expected, error 50123 came: no/],
      ["an error", "SELECT a FROM dbo.Nothing;", { scalar: 1 }, /error 208: Invalid object name 'dbo\.Nothing'/],
      ["nothing", "DECLARE @n int;", { scalar: 1 }, /it returned no result/],
    ];
    for (const [title, query, expect, reason] of failing)
      it(`${title}: fails the deployment and says why`, async () => {
        const { error, resource } = await outcome(check(query, expect));
        assert.match(
          error ?? "",
          /^VerificationFailedError: verification "after" in database "verified_\w+": 1 of 1 checks failed/,
        );
        assert.match(error ?? "", reason);
        assert.equal(resource.state["verified"], false);
        await deployment.delete(resource);
      });

    it("a check that takes too long fails", async () => {
      await deployment.sql("CREATE PROCEDURE dbo.Slow AS WAITFOR DELAY '00:00:30';", database);
      const { error, resource } = await outcome(check("EXECUTE dbo.Slow;", { empty: true }, { timeoutSeconds: 1 }));
      assert.match(error ?? "", /one: no answer within 1 s/);
      await deployment.delete(resource);
      await deployment.sql("DROP PROCEDURE dbo.Slow;", database);
    });
  });

  it("change nothing: what a procedure under test wrote is rolled back", async () => {
    const { error, resource } = await outcome(check("EXECUTE dbo.AddOrder @id = 3;", { scalar: 3 }));
    assert.equal(error, undefined);
    assert.deepEqual(await deployment.sql("SELECT COUNT(*) AS n FROM dbo.Orders;", database), [{ n: 2 }]);
    await deployment.delete(resource);
  });

  it("find a procedure that ends the transaction in which it is asked", async () => {
    await deployment.sql("CREATE PROCEDURE dbo.Commits AS COMMIT TRANSACTION; SELECT 1 AS a;", database);
    const { error, resource } = await outcome(check("EXECUTE dbo.Commits;", { scalar: 1 }));
    assert.match(error ?? "", /it ended a transaction that it did not begin|error 266/);
    await deployment.delete(resource);
    await deployment.sql("DROP PROCEDURE dbo.Commits;", database);
  });

  for (const [verb, body] of [
    ["commits", "INSERT INTO dbo.Orders (OrderId, Amount) VALUES (9, 9); COMMIT TRANSACTION; SELECT 1 AS a;"],
    ["rolls back", "INSERT INTO dbo.Orders (OrderId, Amount) VALUES (9, 9); ROLLBACK TRANSACTION; SELECT 1 AS a;"],
    [
      "catches its own",
      "BEGIN TRY COMMIT TRANSACTION; INSERT INTO dbo.Orders (OrderId, Amount) VALUES (9, 9); THROW 50001, N'x', 1; END TRY BEGIN CATCH SELECT 1 AS a; END CATCH;",
    ],
  ] as const)
    it(`undo what a procedure under test wrote that ${verb}`, async () => {
      await deployment.sql(`CREATE PROCEDURE dbo.Ends AS ${body}`, database);
      const { error, resource } = await outcome(check("EXECUTE dbo.Ends;", { scalar: 1 }));
      assert.match(error ?? "", /it ended a transaction|error 266|error 3903/);
      assert.deepEqual(await deployment.sql("SELECT COUNT(*) AS n FROM dbo.Orders;", database), [{ n: 2 }]);
      await deployment.delete(resource);
      await deployment.sql("DROP PROCEDURE dbo.Ends;", database);
    });

  it("are not asked again while nothing changed, and are when a value of after did", async () => {
    const given = { ...check("SELECT 1;", { scalar: 1 }), after: ["a", { b: [1] }] };
    const made = await deployment.create("Verification", "again", given);
    await deployment.configure();
    await deployment.assertUnchanged(made, given);
    const runs = async (): Promise<number> =>
      Number(
        (
          await deployment.sql("SELECT COUNT(*) AS n FROM iac.verification WHERE owner LIKE N'%/again';", database)
        )[0]?.["n"],
      );
    assert.equal(await runs(), 1);
    await deployment.configure();
    assert.ok(await deployment.update(made, { ...given, after: ["a", { b: [2] }] }));
    assert.equal(await runs(), 2);
    await deployment.delete(made);
    assert.deepEqual(await deployment.sql("SELECT owner FROM iac.verification_check;", database), []);
    assert.deepEqual(await deployment.sql("SELECT * FROM iac.[object];", database), []);
  });

  it("that failed are asked again by the next deployment, until they pass", async () => {
    const given = check("SELECT COUNT(*) FROM dbo.Orders;", { scalar: 3 });
    const { error, resource } = await outcome(given);
    assert.match(error ?? "", /VerificationFailedError/);
    assert.equal(resource.id, `test/${database}/after`);
    await deployment.configure();
    const again = await deployment.failingUpdate(resource, given, (apply) => apply());
    assert.match(again?.message ?? "", /VerificationFailedError/);
    await deployment.sql("INSERT INTO dbo.Orders (OrderId, Amount) VALUES (3, 1);", database);
    await deployment.configure();
    assert.ok(await deployment.update(resource, given), "the failed check is not asked again");
    assert.equal(resource.state["verified"], true);
    await deployment.configure();
    await deployment.assertUnchanged(resource, given);
    await deployment.sql("DELETE FROM dbo.Orders WHERE OrderId = 3;", database);
    const history = await deployment.sql(
      "SELECT TOP (3) outcome FROM iac.deployment WHERE action = 'verify' ORDER BY deployment_id DESC;",
      database,
    );
    assert.deepEqual(
      history.map((row) => row["outcome"]),
      ["succeeded", "failed", "failed"],
    );
    await deployment.delete(resource);
  });

  it("find a procedure that does not compile, and pass those whose result only cannot be told", async () => {
    const given = inputs({ generate: ["procedures"] });
    const { error, resource } = await outcome(given);
    assert.equal(error, undefined);
    assert.equal(resource.state["checksPassed"], 4);
    await deployment.sql("CREATE PROCEDURE dbo.Broken AS SELECT a FROM dbo.Gone;", database);
    await deployment.configure();
    const failed = await deployment.failingUpdate(resource, { ...given, after: [2] }, (apply) => apply());
    assert.match(
      failed?.message ?? "",
      /1 of 5 checks failed[\s\S]*procedure: dbo\.Broken: error 208: Invalid object name 'dbo\.Gone'/,
    );
    const rows = await deployment.sql(
      "SELECT TOP (1) name, outcome, detail FROM iac.verification WHERE outcome = 'failed' ORDER BY verification_id DESC;",
      database,
    );
    assert.equal(rows[0]?.["name"], "procedure: dbo.Broken");
    await deployment.sql("DROP PROCEDURE dbo.Broken;", database);
    await deployment.delete(resource);
  });

  it("find a queue that is off and one without its activation procedure", async () => {
    await deployment.sql("CREATE QUEUE dbo.Inbox WITH STATUS = OFF;", database);
    const { error, resource } = await outcome(inputs({ generate: ["queues"], schemas: ["dbo"] }));
    assert.match(error ?? "", /queue: dbo\.Inbox: the queue is off/);
    await deployment.sql("ALTER QUEUE dbo.Inbox WITH STATUS = ON;", database);
    await deployment.configure();
    assert.ok(await deployment.update(resource, inputs({ generate: ["queues"], schemas: ["dbo"] })));
    await deployment.sql("DROP QUEUE dbo.Inbox;", database);
    await deployment.delete(resource);
  });

  it("work in a read-only database, which keeps no books", async () => {
    const archived = unique("archived");
    await deployment.sql(`CREATE DATABASE ${archived};`);
    await deployment.sql(`ALTER DATABASE ${archived} SET READ_ONLY;`);
    const given = { ...check("SELECT 1;", { scalar: 1 }), database: archived, name: "it's a [bad] name] select 🚀" };
    const made = await deployment.create("Verification", "archived", given);
    assert.deepEqual([made.state["verified"], made.state["deploymentId"]], [true, undefined]);
    await deployment.configure();
    await deployment.assertUnchanged(made, given);
    await deployment.delete(made);
  });

  it("refuse at preview what is no question", async () => {
    for (const query of [
      "DELETE FROM dbo.Orders;",
      "SELECT 1; EXEC (N'DROP TABLE dbo.Orders');",
      "EXECUTE sys.sp_executesql N'x';",
      "SELECT 1 AS a INTO dbo.Copy;",
      "BEGIN TRANSACTION; SELECT 1;",
    ]) {
      const { failures } = await deployment.preview("Verification", "bad", check(query, { empty: true }));
      assert.match(failures.join("\n"), /checks\[0\]\.query: /, query);
    }
  });

  it("can be asked again without the program that made them", async () => {
    const made = await deployment.create("Verification", "kept", check("SELECT 1;", { scalar: 1 }));
    const [row] = await deployment.sql(
      "SELECT checks FROM iac.verification_check WHERE owner = N'law/test/Verification/kept';",
      database,
    );
    assert.deepEqual(JSON.parse(String(row?.["checks"])), [
      { name: "one", query: "SELECT 1;", expect: { scalar: 1 }, timeoutSeconds: 30 },
    ]);
    await deployment.delete(made);
  });
});

describe("outputs of every resource", () => {
  const outputs = unique("outputs");
  let deployment: Deployment;
  before(async () => {
    deployment = await Deployment.start();
    await deployment.sql(`CREATE DATABASE ${outputs};`);
  });
  after(() => deployment.close());

  it("tell the plan's hash and the number in iac.deployment of the last change, also after a refresh", async () => {
    const given = { database: outputs, name: "billing" };
    const made = await deployment.create("Schema", "billing", given);
    const history = await deployment.sql(
      "SELECT deployment_id, plan_hash FROM iac.deployment ORDER BY deployment_id;",
      outputs,
    );
    assert.deepEqual(history, [
      { deployment_id: String(made.state["deploymentId"]), plan_hash: made.state["planHash"] },
    ]);
    const { deploymentId, planHash } = made.state;
    assert.ok(await deployment.update(made, { ...given, allow: ["data-loss:x"] }), "an input changed");
    assert.deepEqual(
      [made.state["deploymentId"], made.state["planHash"]],
      [deploymentId, planHash],
      "nothing ran, so nothing is new",
    );
    const { props } = await runtime.read("Schema", made.id, made.state);
    assert.deepEqual([props?.["deploymentId"], props?.["planHash"]], [deploymentId, planHash]);
    await deployment.sql("CREATE USER app WITHOUT LOGIN;", outputs);
    await deployment.configure();
    assert.ok(await deployment.update(made, { ...given, authorization: "app" }));
    assert.notEqual(made.state["planHash"], planHash);
    assert.equal(made.state["deploymentId"], Number(deploymentId) + 1);
  });
});

describe("permissions that were deployed", () => {
  const password = "Perm1tted-login";
  /** The name of a database, of a login and of its user. */
  const permitted = unique("permitted");
  const log: string[] = [];
  let deployment: Deployment;
  const made: Resource[] = [];
  const texts: string[] = [];
  before(async () => {
    process.env.SQLSERVER_PASSWORD_PERMITTED = password;
    deployment = await Deployment.start({ log: (line) => log.push(line) });
    await deployment.sql(`CREATE DATABASE ${permitted};`);
    await deployment.sql(orders, permitted);
    await deployment.sql("CREATE TABLE dbo.Secrets (Id int NOT NULL, Code int NULL);", permitted);
  });
  after(() => {
    delete process.env.SQLSERVER_PASSWORD_PERMITTED;
    return deployment.close();
  });

  async function asked(query: string): Promise<number | undefined> {
    const client = await connect("test", { ...deployment.settings, user: permitted, password }, permitted);
    try {
      await client.request(query, 30);
      return undefined;
    } catch (error) {
      return (error as { errors: { number: number }[] }).errors[0]?.number;
    } finally {
      await client.close();
    }
  }

  it("let in who has a grant, and stop who has none with 229, or 230 on a column", async () => {
    const at = { database: permitted };
    const create = async (kind: Resource["kind"], given: Properties): Promise<void> => {
      const one = await deployment.create(kind, kind, given);
      texts.push(JSON.stringify(one.state));
      made.push(one);
    };
    await create("Login", { name: permitted, passwordFrom: "permitted", defaultDatabase: "master" });
    await create("User", { ...at, name: permitted, login: permitted });
    await create("DatabaseRole", { ...at, name: "reader", members: [permitted] });
    assert.equal(await asked("SELECT OrderId FROM dbo.Orders;"), 229);
    await create("Grants", {
      ...at,
      principal: "reader",
      exact: true,
      permissions: [
        { permissions: ["SELECT"], on: { name: "Orders" } },
        { permissions: ["SELECT"], on: { name: "Secrets" }, columns: ["Id"] },
      ],
    });
    assert.equal(await asked("SELECT OrderId FROM dbo.Orders;"), undefined);
    assert.equal(await asked("DELETE FROM dbo.Orders;"), 229);
    assert.equal(await asked("SELECT Id FROM dbo.Secrets;"), undefined);
    assert.equal(await asked("SELECT Code FROM dbo.Secrets;"), 230);
  });

  it("are drift when a person changed them: shown by a refresh, and repaired", async () => {
    const grants = made.at(-1)!;
    const given = {
      database: permitted,
      principal: "reader",
      exact: true,
      permissions: (grants.state as { permissions: unknown }).permissions,
    };
    await deployment.sql("REVOKE SELECT ON dbo.Orders FROM reader; GRANT DELETE ON dbo.Orders TO reader;", permitted);
    await deployment.configure();
    const drift = await deployment.refresh(grants);
    assert.deepEqual(drift?.["permissions"], [
      { permissions: ["SELECT"], on: { name: "Secrets" }, columns: ["Id"] },
      { permissions: ["DELETE"], on: { name: "Orders" } },
    ]);
    const { plan } = await deployment.preview("Grants", "Grants", given, grants.state);
    texts.push(plan);
    assert.match(
      plan,
      /REVOKE DELETE ON OBJECT::\[dbo\]\.\[Orders\] FROM \[reader\];[\s\S]*GRANT SELECT ON OBJECT::\[dbo\]\.\[Orders\] TO \[reader\];/,
    );
    assert.ok(await deployment.update(grants, given));
    assert.equal(await asked("DELETE FROM dbo.Orders;"), 229);
    assert.equal(await asked("SELECT OrderId FROM dbo.Orders;"), undefined);
  });

  it("leave the password in no state, plan, error, row of iac or line of the twin's log", async () => {
    process.env.SQLSERVER_PASSWORD_PERMITTED = "permitted";
    await deployment.configure();
    const login = made[0]!;
    const weak = await deployment.failingUpdate(
      login,
      { name: permitted, passwordFrom: "permitted", defaultDatabase: "master" },
      (apply) => apply(),
    );
    assert.match(weak?.message ?? "", /error 1511[4-9]/);
    process.env.SQLSERVER_PASSWORD_PERMITTED = password;
    await deployment.configure();
    texts.push(
      String(weak?.message),
      JSON.stringify(await deployment.sql("SELECT * FROM iac.deployment;", permitted)),
      JSON.stringify(await deployment.sql("SELECT * FROM iac.[object];", permitted)),
      ...log,
    );
    assert.ok(texts.length > 6);
    for (const text of texts) assert.ok(!text.includes(password), text);
  });

  it("refuse to drop a user that owns a schema, and a login that is connected or owns a database", async () => {
    await deployment.sql(`CREATE SCHEMA archive AUTHORIZATION ${permitted};`, permitted);
    await deployment.configure();
    await assert.rejects(
      deployment.delete(made[1]!),
      /UnsafeChangeError: user "permitted_\w+".*not deleted\. user "permitted_\w+" owns schema "archive" \(15138\)/,
    );
    await deployment.sql("DROP SCHEMA archive;", permitted);
    const client = await connect("test", { ...deployment.settings, user: permitted, password }, permitted);
    await client.request("SELECT 1 AS a;", 30);
    await assert.rejects(deployment.delete(made[0]!), /login "permitted_\w+" is connected with 1 session \(15434\)/);
    await client.close();
    const theirs = unique("theirs");
    await deployment.sql(`CREATE DATABASE ${theirs}; ALTER AUTHORIZATION ON DATABASE::${theirs} TO ${permitted};`);
    await deployment.configure();
    await assert.rejects(deployment.delete(made[0]!), /owns database "theirs_\w+" \(15174\)/);
    await deployment.sql(`DROP DATABASE ${theirs};`);
  });

  it("go with the resources, and the books with them", async () => {
    await deployment.configure();
    for (const one of [...made].reverse()) await deployment.delete(one);
    assert.deepEqual(await deployment.sql("SELECT * FROM iac.[object];", permitted), []);
    assert.deepEqual(
      await deployment.sql(
        `SELECT name FROM sys.database_principals WHERE name IN (N'${permitted}', N'reader');`,
        permitted,
      ),
      [],
    );
    assert.deepEqual(await deployment.sql(`SELECT name FROM sys.server_principals WHERE name = N'${permitted}';`), []);
  });

  it("are not planned by a login that does not see them all", async () => {
    const halfBlind = unique("half blind");
    await deployment.sql(`CREATE LOGIN [${halfBlind}] WITH PASSWORD = N'${password}';`);
    await deployment.sql(
      `CREATE USER [half blind] FOR LOGIN [${halfBlind}]; GRANT VIEW DATABASE STATE TO [half blind];`,
      permitted,
    );
    const blind = { ...deployment.settings, user: halfBlind, password };
    const given = { database: permitted, principal: "public", exact: true, permissions: [] };
    await deployment.configure([], blind);
    assert.match(
      (await deployment.preview("Grants", "blind", given)).failures.join(),
      /GRANT VIEW DEFINITION TO \[half blind(_\w+)?\];/,
    );
    await deployment.sql("GRANT VIEW DEFINITION, SELECT TO [half blind];", permitted);
    await deployment.configure([], blind);
    assert.deepEqual((await deployment.preview("Grants", "blind", given)).failures, []);
    await deployment.configure([], blind);
    const login = { name: unique("other"), passwordFrom: "permitted" };
    assert.match(
      (await deployment.preview("Login", "other", login)).failures.join(),
      /GRANT ALTER ANY LOGIN TO \[half blind_\w+\];/,
    );
    await deployment.configure();
  });

  it("that exist are taken over only when that is asked for", async () => {
    await deployment.sql("CREATE USER old WITHOUT LOGIN; CREATE ROLE team;", permitted);
    await deployment.sql(`CREATE LOGIN ${unique("old")} WITH PASSWORD = N'Str0ng-enough';`);
    await deployment.configure();
    const cases: readonly [Resource["kind"], Properties][] = [
      ["User", { database: permitted, name: "old", withoutLogin: true }],
      ["DatabaseRole", { database: permitted, name: "team" }],
      ["Login", { name: unique("old"), passwordFrom: "permitted" }],
    ];
    for (const [kind, given] of cases) {
      const refused = await deployment.preview(kind, "old", given);
      assert.match(refused.failures.join(), /ObjectExistsError: .* adopt: true/, kind);
      const taken = await deployment.create(kind, "old", { ...given, adopt: true });
      await deployment.configure();
      await deployment.assertUnchanged(taken, { ...given, adopt: true });
      await deployment.delete(taken);
    }
  });
});
