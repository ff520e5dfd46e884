/** The law for users, roles and permissions, and for logins, which belong to no database. */
import assert from "node:assert/strict";
import { connect } from "../../provider/src/engine/connection";
import { unique } from "../server";
import { Deployment } from "./deployment";
import { proveLaw } from "./law";
import { logins as needed, securityCases } from "./security-cases";

const logins =
  "SELECT p.name, p.type_desc, p.is_disabled, p.default_database_name, p.default_language_name, l.is_policy_checked, l.is_expiration_checked FROM sys.server_principals AS p LEFT JOIN sys.sql_logins AS l ON l.principal_id = p.principal_id WHERE p.type <> 'R' ORDER BY p.name;";

describe("logins of the law", () => {
  const first = "F1rst-Secret-of-the-law";
  const second = "Sec'ond-Secret-0f-the-law";
  let deployment: Deployment;
  before(async () => {
    deployment = await Deployment.start();
  });
  after(() => deployment.close());
  beforeEach(() => configured(first));

  async function configured(password: string): Promise<void> {
    process.env.SQLSERVER_PASSWORD_LAW = password;
    await deployment.configure();
  }
  after(() => void delete process.env.SQLSERVER_PASSWORD_LAW);

  for (const [title, name] of [
    ["a login", unique("app")],
    ["a login with a hostile name", unique("it's a [bad] name] select 🚀")],
  ] as const)
    it(`${title} is as asked for, stays so, changes in place and goes without a trace`, async () => {
      const empty = await deployment.sql(logins);
      const given = {
        name,
        passwordFrom: "law",
        sid: `0x${"ab".repeat(16)}`,
        defaultDatabase: "tempdb",
        defaultLanguage: "us_english",
        checkPolicy: true,
        disabled: true,
      };
      const made = await deployment.create("Login", "one", given);
      await deployment.configure();
      await deployment.assertUnchanged(made, given);
      const { plan: _plan, owner: _owner, server: _server, ...refreshed } = (await deployment.refresh(made))!;
      assert.deepEqual(refreshed, given);

      const changed = {
        name: `${name}2`,
        renamedFrom: name,
        passwordFrom: "law",
        checkPolicy: true,
        checkExpiration: true,
        disabled: false,
        defaultDatabase: "master",
      };
      await deployment.configure();
      assert.ok(await deployment.update(made, changed));
      await deployment.configure();
      await deployment.assertUnchanged(made, changed);
      const reached = (await deployment.sql(logins)).filter((row) => row["name"] === `${name}2`);
      await deployment.delete(made);
      assert.deepEqual(await deployment.sql(logins), empty);

      await deployment.configure();
      const { renamedFrom: _renamed, ...fresh } = changed;
      const other = await deployment.create("Login", "two", { ...fresh, defaultLanguage: "us_english" });
      assert.deepEqual(
        (await deployment.sql(logins)).filter((row) => row["name"] === `${name}2`),
        reached,
      );
      await deployment.delete(other);
      assert.equal(await deployment.refresh(other), undefined);
    });

  it("a changed password is found by comparing, set, and is then the one that lets in", async () => {
    const name = unique("rotated");
    const given = { name, passwordFrom: "law" };
    const made = await deployment.create("Login", "rotated", given);
    const enters = async (password: string): Promise<boolean> => {
      try {
        await (await connect("test", { ...deployment.settings, user: name, password }, "master")).close();
        return true;
      } catch {
        return false;
      }
    };
    assert.deepEqual([await enters(first), await enters(second)], [true, false]);
    await configured(second);
    assert.match(
      (await deployment.preview("Login", "rotated", given, made.state)).plan,
      /ALTER LOGIN \[rotated_\w+\] WITH PASSWORD = N'<secret>';/,
    );
    assert.ok(await deployment.update(made, given));
    assert.deepEqual([await enters(first), await enters(second)], [false, true]);
    await configured(second);
    await deployment.assertUnchanged(made, given);
    assert.ok(!JSON.stringify(made.state).includes(first) && !JSON.stringify(made.state).includes(second));
    await deployment.delete(made);
  });
});

describe("logins that something stands on", () => {
  let deployment: Deployment;
  before(async () => {
    process.env.SQLSERVER_PASSWORD_HELD = "F1rst-Secret-of-the-law";
    deployment = await Deployment.start();
  });
  after(() => {
    delete process.env.SQLSERVER_PASSWORD_HELD;
    return deployment.close();
  });

  const [name, other, endpoint, role] = [unique("held"), unique("other"), unique("broker"), unique("auditors")];
  const held: readonly [what: string, make: string, undo: string, reason: RegExp][] = [
    [
      "an endpoint",
      `CREATE ENDPOINT ${endpoint} AUTHORIZATION ${name} STATE = STARTED AS TCP (LISTENER_PORT = 4022) FOR SERVICE_BROKER (AUTHENTICATION = WINDOWS);`,
      `DROP ENDPOINT ${endpoint};`,
      /owns endpoint "broker_\w+" \(15141\)/,
    ],
    [
      "a server role",
      `CREATE SERVER ROLE ${role} AUTHORIZATION ${name};`,
      `DROP SERVER ROLE ${role};`,
      /owns server role "auditors_\w+" \(15141\)/,
    ],
    [
      "a grantor",
      `CREATE LOGIN ${other} WITH PASSWORD = N'Str0ng-enough'; GRANT VIEW SERVER STATE TO ${name} WITH GRANT OPTION; GRANT VIEW SERVER STATE TO ${other} AS ${name};`,
      `DROP LOGIN ${other};`,
      /has granted or denied 1 permission on the server \(15173\)/,
    ],
  ];
  for (const [what, make, undo, reason] of held)
    it(`${what}: are not dropped, and the reason says what to do; then they are`, async () => {
      await deployment.configure();
      const login = await deployment.create("Login", "held", { name, passwordFrom: "held" });
      await deployment.sql(make);
      await deployment.configure();
      await assert.rejects(deployment.delete(login), reason);
      await assert.rejects(deployment.sql(`DROP LOGIN ${name};`));
      await deployment.sql(undo);
      await deployment.configure();
      await deployment.delete(login);
      assert.equal(await deployment.refresh(login), undefined);
    });
});

describe("users of the law", () => {
  let deployment: Deployment;
  before(async () => {
    deployment = await Deployment.start();
  });
  after(() => deployment.close());

  it("an orphan is noted, and mapped to the login of its name again", async () => {
    const [database, login] = [unique("orphans"), unique("lost")];
    await deployment.sql(`CREATE DATABASE ${database};`);
    await deployment.sql(`CREATE LOGIN ${login} WITH PASSWORD = N'Str0ng-enough';`);
    const given = { database, name: "lost", login };
    const made = await deployment.create("User", "lost", given);
    await deployment.sql(`DROP LOGIN ${login}; CREATE LOGIN ${login} WITH PASSWORD = N'Str0ng-enough';`);
    await deployment.configure();
    const drift = await deployment.refresh(made);
    assert.equal(drift?.["login"], undefined, "a refresh does not show that the login is gone");
    const { plan } = await deployment.preview("User", "lost", given, made.state);
    assert.match(
      plan,
      /is an orphan: no login has its sid 0x[0-9A-F]+[\s\S]*ALTER USER \[lost\] WITH LOGIN = \[lost_\w+\];/,
    );
    assert.ok(await deployment.update(made, given));
    await deployment.configure();
    await deployment.assertUnchanged(made, given);
  });
});

describe("users that something stands on", () => {
  const place = unique("held");
  let deployment: Deployment;
  before(async () => {
    deployment = await Deployment.start();
    await deployment.sql(`CREATE DATABASE ${place};`);
    for (const batch of [
      "CREATE QUEUE dbo.Inbox;",
      "CREATE MESSAGE TYPE [//order] VALIDATION = NONE;",
      "CREATE PROCEDURE dbo.Work AS RETURN 0;",
      "CREATE TABLE dbo.Orders (a int NULL);",
      "CREATE USER clerk WITHOUT LOGIN;",
    ])
      await deployment.sql(batch, place);
  });
  after(() => deployment.close());

  const held: readonly [what: string, make: string, undo: string, reason: RegExp][] = [
    ["a schema", "CREATE SCHEMA s AUTHORIZATION o;", "DROP SCHEMA s;", /owns schema "s" \(15138\)/],
    ["a role", "CREATE ROLE r AUTHORIZATION o;", "DROP ROLE r;", /owns role "r" \(15138\)/],
    [
      "a message type",
      "CREATE MESSAGE TYPE [//m] AUTHORIZATION o VALIDATION = NONE;",
      "DROP MESSAGE TYPE [//m];",
      /owns message type "\/\/m" \(15138\)/,
    ],
    [
      "a contract",
      "CREATE CONTRACT [//c] AUTHORIZATION o ([//order] SENT BY ANY);",
      "DROP CONTRACT [//c];",
      /owns contract "\/\/c" \(15138\)/,
    ],
    [
      "a service",
      "CREATE SERVICE [//s] AUTHORIZATION o ON QUEUE dbo.Inbox;",
      "DROP SERVICE [//s];",
      /owns service "\/\/s" \(15138\)/,
    ],
    ["a route", "CREATE ROUTE r AUTHORIZATION o WITH ADDRESS = N'LOCAL';", "DROP ROUTE r;", /owns route "r" \(15138\)/],
    [
      "a remote service binding",
      "CREATE REMOTE SERVICE BINDING b AUTHORIZATION o TO SERVICE N'//x' WITH USER = clerk;",
      "DROP REMOTE SERVICE BINDING b;",
      /owns remote service binding "b" \(15138\)/,
    ],
    [
      "who sends through a remote service binding",
      "CREATE REMOTE SERVICE BINDING b TO SERVICE N'//x' WITH USER = o;",
      "DROP REMOTE SERVICE BINDING b;",
      /sends through remote service binding "b"/,
    ],
    [
      "whom an activation executes as",
      "ALTER QUEUE dbo.Inbox WITH ACTIVATION (STATUS = ON, PROCEDURE_NAME = dbo.Work, MAX_QUEUE_READERS = 1, EXECUTE AS N'o');",
      "ALTER QUEUE dbo.Inbox WITH ACTIVATION (DROP);",
      /the activation of queue "dbo\.Inbox" executes as/,
    ],
    [
      "whom a module executes as",
      "CREATE PROCEDURE dbo.P WITH EXECUTE AS 'o' AS RETURN 0;",
      "DROP PROCEDURE dbo.P;",
      /module "dbo\.P" executes as \(15136\)/,
    ],
    [
      "an object",
      "ALTER AUTHORIZATION ON dbo.Orders TO o;",
      "ALTER AUTHORIZATION ON dbo.Orders TO SCHEMA OWNER;",
      /15183/,
    ],
    [
      "a type",
      "EXEC (N'CREATE TYPE dbo.Name FROM int;'); ALTER AUTHORIZATION ON TYPE::dbo.Name TO o;",
      "DROP TYPE dbo.Name;",
      /type "dbo\.Name" \(15184\)/,
    ],
    [
      "a grantor",
      "GRANT SELECT ON dbo.Orders TO o WITH GRANT OPTION; GRANT SELECT ON dbo.Orders TO clerk AS o;",
      "REVOKE SELECT ON dbo.Orders FROM o CASCADE;",
      /15284/,
    ],
  ];
  for (const [what, make, undo, reason] of held)
    it(`${what}: are not dropped, and the reason says what to do; then they are`, async () => {
      await deployment.configure();
      const user = await deployment.create("User", "o", { database: place, name: "o", withoutLogin: true });
      await deployment.sql(make, place);
      await deployment.configure();
      await assert.rejects(deployment.delete(user), reason);
      await deployment.sql(undo, place);
      await deployment.configure();
      await deployment.delete(user);
      assert.equal(await deployment.refresh(user), undefined);
    });
});

describe("users with a password of their own", () => {
  const first = "F1rst-contained-Secret";
  const second = "Sec'ond-contained-Secret";
  const contained = unique("contained");
  let deployment: Deployment;
  before(async function () {
    deployment = await Deployment.start({ configuration: { "contained database authentication": 1 } }, this);
    await deployment.sql(`CREATE DATABASE ${contained} CONTAINMENT = PARTIAL;`);
  });
  after(() => {
    delete process.env.SQLSERVER_PASSWORD_CONTAINED;
    return deployment?.close();
  });

  it("enter their database and no other, and get another password when passwordVersion changes", async () => {
    const enters = async (password: string, database = contained): Promise<boolean> => {
      try {
        const client = await connect("test", { ...deployment.settings, user: "inside", password }, database);
        const [result] = await client.request("SELECT USER_NAME() AS name;", 30);
        await client.close();
        return result?.rows[0]?.["name"] === "inside";
      } catch {
        return false;
      }
    };
    process.env.SQLSERVER_PASSWORD_CONTAINED = first;
    await deployment.configure();
    const given = { database: contained, name: "inside", passwordFrom: "contained", passwordVersion: "1" };
    const made = await deployment.create("User", "inside", given);
    await deployment.configure();
    await deployment.assertUnchanged(made, given);
    assert.deepEqual([await enters(first), await enters(second), await enters(first, "master")], [true, false, false]);
    process.env.SQLSERVER_PASSWORD_CONTAINED = second;
    await deployment.configure();
    assert.ok(await deployment.update(made, { ...given, passwordVersion: "2" }));
    await deployment.configure();
    await deployment.assertUnchanged(made, { ...given, passwordVersion: "2" });
    assert.deepEqual([await enters(first), await enters(second)], [false, true]);
    for (const secret of [first, second]) assert.ok(!JSON.stringify(made.state).includes(secret));
    await deployment.delete(made);
    assert.equal(await enters(second), false);
  });
});

describe("grants of the law", () => {
  const granted = unique("granted");
  let deployment: Deployment;
  before(async () => {
    deployment = await Deployment.start();
    await deployment.sql(`CREATE DATABASE ${granted};`);
    await deployment.sql("CREATE ROLE reader; CREATE TABLE dbo.Orders (a int NULL);", granted);
  });
  after(() => deployment.close());

  const wrong: readonly [permission: string, on: object | undefined, reason: RegExp][] = [
    ["SELCT", { name: "Orders" }, /no permission SELCT for class "object"; SELECT is there/],
    ["SEND", { name: "Orders" }, /no permission SEND for class "object"/],
    [
      "VIEW SERVER STATE",
      undefined,
      /no permission VIEW SERVER STATE for class "database"; VIEW DATABASE STATE is there/,
    ],
    ["ALTER", { class: "user", name: "reader" }, /"reader" is a role \(15151\); write class: "role"/],
  ];
  for (const [permission, on, reason] of wrong)
    it(`${permission} on ${JSON.stringify(on ?? "the database")} is refused at preview`, async () => {
      const given = { database: granted, principal: "reader", permissions: [{ permissions: [permission], on }] };
      assert.match((await deployment.preview("Grants", "one", given)).failures.join(), reason);
    });

  it("need what they are on, and say so before anything runs", async () => {
    for (const [securableClass, name] of [
      ["service", "//shop/Orders"],
      ["contract", "//shop/Place"],
      ["message-type", "//shop/Order"],
      ["assembly", "vectors"],
    ] as const) {
      const on = { class: securableClass, name };
      const given = {
        database: granted,
        principal: "reader",
        permissions: [{ permissions: ["VIEW DEFINITION"], on }],
      };
      await deployment.configure();
      await assert.rejects(
        deployment.create("Grants", "one", given),
        new RegExp(
          `MissingRequirementError: .* needs ${securableClass.replace("-", " ")} "${name}", which is not there`,
        ),
      );
    }
  });
});

proveLaw(
  "users, roles and permissions",
  securityCases,
  {},
  needed.map((name) => `CREATE LOGIN ${name} WITH PASSWORD = N'Str0ng-enough';`),
);
