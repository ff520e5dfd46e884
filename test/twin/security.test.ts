import assert from "node:assert/strict";
import type { SqlServerEngine } from "../../twin/src/session/engine";
import type { SessionPort } from "../../twin/src/session/port";
import type { Frame, Session } from "../../twin/src/session/runtime";
import { SqlError } from "../../twin/src/session/sql-error";
import { demandPermission, hasPermission } from "../../twin/src/security/permissions";
import { builtInPermissions, implying } from "../../twin/src/security/permission-hierarchy";
import { loginAs, must, newEngine, query } from "./collector";

const SECRET = "Tr1cky.Passw0rd";

describe("security", () => {
  let engine: SqlServerEngine;
  let admin: SessionPort;
  beforeEach(async () => {
    engine = newEngine();
    admin = await loginAs(engine);
    await run(
      "CREATE DATABASE d",
      "USE d",
      "CREATE SCHEMA s",
      "CREATE TABLE dbo.t (a int, b int)",
      "CREATE TABLE s.x (a int)",
      "CREATE PROCEDURE dbo.p AS SELECT a FROM dbo.t",
      "CREATE VIEW dbo.v AS SELECT a FROM dbo.t",
    );
    await run(`CREATE LOGIN ann WITH PASSWORD = '${SECRET}', DEFAULT_DATABASE = d`, "CREATE USER ann FOR LOGIN ann");
  });
  const run = async (...batches: string[]): Promise<void> => {
    for (const sql of batches) await must(admin, sql);
  };
  const numbers = async (sql: string, session = admin): Promise<number[]> => (await query(session, sql)).numbers;
  const rows = async (sql: string, session = admin): Promise<unknown[][]> => (await must(session, sql)).rows;
  const asAnn = (): Promise<SessionPort> => loginAs(engine, { user: "ann", password: SECRET });

  it("lets a user with a password of its own into its contained database, and the login of the same name no more", async () => {
    const own = "Other.Passw0rd";
    await run(
      "EXEC sp_configure 'contained database authentication', 1",
      "RECONFIGURE",
      "CREATE DATABASE c CONTAINMENT = PARTIAL",
      "USE c",
      `CREATE USER ann WITH PASSWORD = '${own}'`,
    );
    const session = await loginAs(engine, { user: "ann", password: own, database: "c" });
    assert.deepEqual(await rows("SELECT USER_NAME(), SUSER_SNAME(), IS_SRVROLEMEMBER('sysadmin')", session), [
      ["ann", "ann", 0],
    ]);
    assert.deepEqual(await numbers("CREATE DATABASE x", session), [262]);
    await assert.rejects(loginAs(engine, { user: "ann", password: SECRET, database: "c" }), { number: 18456 });
    await assert.rejects(loginAs(engine, { user: "ann", password: own }), { number: 18456 });
    await run("EXEC sp_configure 'contained database authentication', 0", "RECONFIGURE");
    await assert.rejects(loginAs(engine, { user: "ann", password: own, database: "c" }), { number: 18456 });
  });

  describe("logins", () => {
    const cases: [sql: string, numbers: number[]][] = [
      [`CREATE LOGIN ann WITH PASSWORD = '${SECRET}'`, [15025]],
      ["CREATE LOGIN bob WITH PASSWORD = 'short'", [15116]],
      ["CREATE LOGIN bob WITH PASSWORD = 'allsmallletters'", [15118]],
      ["CREATE LOGIN bobby WITH PASSWORD = 'xBobby123456'", [15118]],
      ["CREATE LOGIN bob WITH PASSWORD = 'weak', CHECK_POLICY = OFF", []],
      [`CREATE LOGIN bob WITH PASSWORD = '${SECRET}', CHECK_POLICY = OFF, CHECK_EXPIRATION = ON`, [15122]],
      [`CREATE LOGIN bob WITH PASSWORD = '${SECRET}' MUST_CHANGE`, [15099]],
      [`CREATE LOGIN bob WITH PASSWORD = '${SECRET}', SID = 0x01`, [15419]],
      [`CREATE LOGIN bob WITH PASSWORD = '${SECRET}', DEFAULT_DATABASE = nowhere`, [15010]],
      ["ALTER LOGIN bob DISABLE", [15151]],
      ["DROP LOGIN bob", [15151]],
      ["DROP LOGIN sa", [15150]],
      ["ALTER AUTHORIZATION ON DATABASE::d TO sa; DROP LOGIN ann", []],
    ];
    for (const [sql, expected] of cases)
      it(`${sql} gives ${expected.join() || "no error"}`, async () => assert.deepEqual(await numbers(sql), expected));

    it("keeps the chosen SID, so that a login made again finds its user", async () => {
      const [[sid]] = (await rows(
        "SELECT CONVERT(varchar(100), sid, 1) FROM sys.server_principals WHERE name = 'ann'",
      )) as [[string]];
      await run("DROP LOGIN ann", `CREATE LOGIN ann WITH PASSWORD = '${SECRET}', SID = ${sid}, DEFAULT_DATABASE = d`);
      assert.deepEqual(await rows("SELECT USER_NAME()", await asAnn()), [["ann"]]);
    });

    it("refuses a disabled login and one that is in use", async () => {
      const ann = await asAnn();
      assert.deepEqual(await numbers("DROP LOGIN ann"), [15434]);
      ann.close();
      await run("ALTER LOGIN ann DISABLE");
      await assert.rejects(asAnn(), (error) => error instanceof SqlError && error.number === 18470);
    });

    it("undoes CREATE LOGIN with its transaction", async () => {
      await run(`BEGIN TRANSACTION; CREATE LOGIN bob WITH PASSWORD = '${SECRET}'; ROLLBACK`);
      assert.deepEqual(await rows("SELECT name FROM sys.sql_logins WHERE name = 'bob'"), []);
      assert.deepEqual(
        await rows("SELECT COUNT(*) FROM sys.server_permissions WHERE permission_name = 'CONNECT SQL'"),
        [[1]],
      );
    });

    it("shows neither password nor salt in any column", async () => {
      assert.deepEqual(
        await rows(
          "SELECT CASE WHEN password_hash IS NULL THEN 0 ELSE 1 END, PWDCOMPARE(N'" +
            SECRET +
            "', password_hash) FROM sys.sql_logins WHERE name = 'ann'",
        ),
        [[1, 1]],
      );
      assert.deepEqual(await rows("SELECT password_hash FROM sys.sql_logins WHERE name = 'ann'", await asAnn()), [
        [null],
      ]);
    });
  });

  describe("users and roles", () => {
    const cases: [sql: string, numbers: number[]][] = [
      ["CREATE USER ann WITHOUT LOGIN", [15023]],
      ["CREATE USER other FOR LOGIN ann", [15063]],
      ["CREATE USER nobody", [15007]],
      [`CREATE USER c WITH PASSWORD = '${SECRET}'`, [33233]],
      ["CREATE USER u WITHOUT LOGIN WITH DEFAULT_SCHEMA = nowhere", []],
      ["ALTER USER nobody WITH NAME = x", [15151]],
      ["DROP USER dbo", [15150]],
      ["DROP USER IF EXISTS nobody", []],
      ["CREATE ROLE db_owner", [15023]],
      ["ALTER ROLE [public] ADD MEMBER ann", [15081]],
      ["ALTER ROLE db_datareader ADD MEMBER nobody", [15151]],
      ["ALTER ROLE db_datareader DROP MEMBER ann", [15151]],
      ["DROP ROLE db_owner", [15150]],
      ["CREATE ROLE r; ALTER ROLE r ADD MEMBER r", [15413]],
      ["CREATE ROLE r; CREATE ROLE q; ALTER ROLE r ADD MEMBER q; ALTER ROLE q ADD MEMBER r", [15413]],
      ["CREATE ROLE r; ALTER ROLE r ADD MEMBER ann; DROP ROLE r", [15144]],
      [
        "CREATE ROLE r; ALTER ROLE r ADD MEMBER ann; ALTER ROLE r ADD MEMBER ann; ALTER ROLE r DROP MEMBER ann; DROP ROLE r",
        [],
      ],
      ["ALTER AUTHORIZATION ON SCHEMA::s TO ann; DROP USER ann", [15138]],
      ["CREATE SERVER ROLE ops; ALTER SERVER ROLE ops ADD MEMBER ann; DROP SERVER ROLE ops", [15144]],
      ["DROP SERVER ROLE sysadmin", [15150]],
    ];
    for (const [sql, expected] of cases)
      it(`${sql} gives ${expected.join() || "no error"}`, async () => assert.deepEqual(await numbers(sql), expected));

    it("writes a CONNECT row for a new user, and takes it along on DROP", async () => {
      const count =
        "SELECT COUNT(*) FROM sys.database_permissions p JOIN sys.database_principals g ON g.principal_id = p.grantee_principal_id WHERE g.name = 'ann' AND p.type = 'CO'";
      assert.deepEqual(await rows(count), [[1]]);
      await run("DROP USER ann");
      assert.deepEqual(await rows("SELECT COUNT(*) FROM sys.database_permissions WHERE grantee_principal_id = 5"), [
        [0],
      ]);
    });
  });

  describe("permissions", () => {
    it("refuses what nobody granted with 229, and says where", async () => {
      const [error] = (await query(await asAnn(), "SELECT a FROM dbo.t")).errors;
      assert.deepEqual(
        [error?.number, error?.severity, error?.message],
        [229, 14, "The SELECT permission was denied on the object 't', database 'd', schema 'dbo'."],
      );
    });

    const outcomes: [grants: string[], sql: string, numbers: number[]][] = [
      [["GRANT SELECT ON dbo.t TO ann"], "SELECT a FROM dbo.t", []],
      [["GRANT SELECT ON SCHEMA::dbo TO ann"], "SELECT a FROM dbo.t", []],
      [["GRANT CONTROL ON SCHEMA::dbo TO ann"], "SELECT a FROM dbo.t", []],
      [["GRANT SELECT TO ann"], "SELECT a FROM dbo.t", []],
      [["GRANT SELECT ON dbo.t TO public"], "SELECT a FROM dbo.t", []],
      [["GRANT SELECT ON dbo.t TO ann", "DENY SELECT ON SCHEMA::dbo TO ann"], "SELECT a FROM dbo.t", [229]],
      [["ALTER ROLE db_owner ADD MEMBER ann", "DENY SELECT ON dbo.t TO ann"], "SELECT a FROM dbo.t", [229]],
      [["ALTER ROLE db_datareader ADD MEMBER ann"], "SELECT a FROM dbo.t", []],
      [["ALTER ROLE db_datareader ADD MEMBER ann"], "INSERT dbo.t (a) VALUES (1)", [229]],
      [
        ["ALTER ROLE db_datareader ADD MEMBER ann", "ALTER ROLE db_denydatareader ADD MEMBER ann"],
        "SELECT a FROM dbo.t",
        [229],
      ],
      [
        [
          "CREATE ROLE r",
          "CREATE ROLE q",
          "ALTER ROLE r ADD MEMBER q",
          "ALTER ROLE q ADD MEMBER ann",
          "GRANT SELECT ON dbo.t TO r",
        ],
        "SELECT a FROM dbo.t",
        [],
      ],
      [["GRANT SELECT ON dbo.t TO ann", "REVOKE SELECT ON dbo.t FROM ann"], "SELECT a FROM dbo.t", [229]],
      [["GRANT EXECUTE ON dbo.p TO ann"], "EXEC dbo.p", []],
      [["GRANT SELECT ON dbo.v TO ann"], "SELECT a FROM dbo.v", []],
      [["ALTER AUTHORIZATION ON SCHEMA::s TO ann"], "SELECT a FROM s.x", []],
      [[], "CREATE TABLE dbo.n (a int)", [262]],
      [["GRANT CREATE TABLE TO ann"], "CREATE TABLE dbo.n (a int)", [2760]],
      [["GRANT CREATE TABLE TO ann", "GRANT ALTER ON SCHEMA::dbo TO ann"], "CREATE TABLE dbo.n (a int)", []],
      [["ALTER ROLE db_ddladmin ADD MEMBER ann"], "CREATE TABLE dbo.n (a int)", []],
      [[], "CREATE USER other WITHOUT LOGIN", [15247]],
      [["ALTER ROLE db_accessadmin ADD MEMBER ann"], "CREATE USER other WITHOUT LOGIN", []],
      [[], "GRANT SELECT ON dbo.t TO guest", [15151]],
      [["GRANT SELECT ON dbo.t TO ann WITH GRANT OPTION"], "GRANT SELECT ON dbo.t TO guest", []],
      [[], "CREATE LOGIN bob WITH PASSWORD = 'Abcdef.12345'", [15247]],
      [["ALTER SERVER ROLE securityadmin ADD MEMBER ann"], "CREATE LOGIN bob WITH PASSWORD = 'Abcdef.12345'", []],
      [[], "SELECT * FROM sys.dm_exec_connections", [300, 297]],
      [["USE master", "GRANT VIEW SERVER STATE TO ann", "USE d"], "SELECT session_id FROM sys.dm_exec_connections", []],
    ];
    for (const [grants, sql, expected] of outcomes)
      it(`${grants.join("; ") || "without grants"}: ${sql} gives ${expected.join() || "no error"}`, async () => {
        await run(...grants);
        assert.deepEqual(await numbers(sql, await asAnn()), expected);
      });

    const refusals: [sql: string, numbers: number[]][] = [
      ["GRANT SELECT ON dbo.t TO nobody", [15151]],
      ["GRANT SELECT ON dbo.missing TO ann", [15151]],
      ["GRANT SELECT ON dbo.t TO dbo", [4624]],
      ["GRANT SELECT ON dbo.t TO db_datareader", [4617]],
      ["GRANT SELECT ON dbo.t (nothing) TO ann", [4615]],
      ["GRANT EXECUTE ON dbo.t (a) TO ann", [1020]],
      ["GRANT VIEW SERVER STATE TO ann", [4621]],
      ["GRANT SELECT ON dbo.t TO ann WITH GRANT OPTION; REVOKE SELECT ON dbo.t FROM ann", [4611]],
      ["GRANT IMPERSONATE ON dbo.t TO ann", [4606]],
    ];
    for (const [sql, expected] of refusals)
      it(`${sql} gives ${expected.join()}`, async () => assert.deepEqual(await numbers(sql), expected));

    const listed =
      "SELECT permission_name, state, minor_id FROM sys.database_permissions WHERE class = 1 ORDER BY permission_name, minor_id";

    it("replaces GRANT by DENY and deletes with REVOKE", async () => {
      await run("GRANT SELECT, INSERT ON dbo.t TO ann", "DENY SELECT ON dbo.t TO ann");
      assert.deepEqual(await rows(listed), [
        ["INSERT", "G", 0],
        ["SELECT", "D", 0],
      ]);
      await run("REVOKE SELECT, INSERT ON dbo.t FROM ann");
      assert.deepEqual(await rows(listed), []);
    });

    it("keeps a row of its own for a column that is revoked under a grant of the table", async () => {
      await run("GRANT SELECT ON dbo.t TO ann", "REVOKE SELECT ON dbo.t (b) FROM ann");
      assert.deepEqual(await rows(listed), [
        ["SELECT", "G", 0],
        ["SELECT", "R", 2],
      ]);
    });

    it("takes GRANT OPTION FOR and the grants behind it away with CASCADE", async () => {
      await run("CREATE USER bea WITHOUT LOGIN", "GRANT SELECT ON dbo.t TO ann WITH GRANT OPTION");
      await must(await asAnn(), "GRANT SELECT ON dbo.t TO bea");
      await run("REVOKE GRANT OPTION FOR SELECT ON dbo.t FROM ann CASCADE");
      assert.deepEqual(await rows(listed), [["SELECT", "G", 0]]);
    });

    it("lets a column grant beat a deny on the table", async () => {
      await run("DENY SELECT ON dbo.t TO ann", "GRANT SELECT ON dbo.t (a) TO ann");
      assert.deepEqual(
        await rows(
          "SELECT HAS_PERMS_BY_NAME('dbo.t', 'OBJECT', 'SELECT', 'a', 'COLUMN'), HAS_PERMS_BY_NAME('dbo.t', 'OBJECT', 'SELECT', 'b', 'COLUMN')",
          await asAnn(),
        ),
        [[1, 0]],
      );
    });

    it("asks for the columns that a query uses, and refuses to guess where it uses none", async () => {
      await run("GRANT SELECT ON dbo.t (a) TO ann");
      const session = await asAnn();
      assert.deepEqual(await numbers("SELECT a FROM dbo.t WHERE a > 0 ORDER BY a", session), []);
      assert.deepEqual(await numbers("SELECT a FROM dbo.t WHERE b > 0", session), [230]);
      assert.deepEqual(await numbers("SELECT * FROM dbo.t", session), [230]);
      assert.deepEqual(await numbers("SELECT x.a FROM dbo.t AS x INNER JOIN dbo.t AS y ON y.b = x.a", session), [230]);
      assert.deepEqual(await numbers("SELECT COUNT(*) FROM dbo.t", session), [49999]);
      assert.deepEqual(await numbers("UPDATE dbo.t SET a = 1 WHERE a = 2", session), [229]);
      await run("GRANT SELECT ON dbo.t TO ann", "DENY SELECT ON dbo.t (b) TO ann");
      assert.deepEqual(await numbers("SELECT a FROM dbo.t", session), []);
      assert.deepEqual(await numbers("SELECT b FROM dbo.t", session), [230]);
    });

    it("looks at the permissions of the object's own database", async () => {
      await run("CREATE DATABASE e", "USE e", "CREATE TABLE dbo.t (a int)", "USE d", "GRANT SELECT ON dbo.t TO ann");
      assert.deepEqual(await numbers("SELECT a FROM e.dbo.t", await asAnn()), [916]);
    });

    it("lists the caller's permissions", async () => {
      await run("GRANT SELECT ON dbo.t TO ann", "GRANT UPDATE ON dbo.t (b) TO ann");
      assert.deepEqual(
        await rows(
          "SELECT subentity_name, permission_name FROM fn_my_permissions('dbo.t', 'OBJECT') ORDER BY permission_name, subentity_name",
          await asAnn(),
        ),
        [
          ["", "SELECT"],
          ["a", "SELECT"],
          ["b", "SELECT"],
          ["b", "UPDATE"],
        ],
      );
    });
  });

  describe("metadata visibility", () => {
    it("hides what the user has no permission on, and the text of what it may only use", async () => {
      await run("GRANT EXECUTE ON dbo.p TO ann");
      const ann = await asAnn();
      assert.deepEqual(await rows("SELECT name FROM sys.objects", ann), [["p"]]);
      assert.deepEqual(await rows("SELECT definition, OBJECT_DEFINITION(object_id) FROM sys.sql_modules", ann), [
        [null, null],
      ]);
      assert.deepEqual(await rows("SELECT OBJECT_ID('dbo.t')", ann), [[null]]);
      await run("GRANT VIEW DEFINITION TO ann");
      assert.equal((await rows("SELECT name FROM sys.objects", ann)).length, 4);
      assert.deepEqual(await rows("SELECT definition FROM sys.sql_modules WHERE object_id = OBJECT_ID('dbo.p')", ann), [
        ["CREATE PROCEDURE dbo.p AS SELECT a FROM dbo.t"],
      ]);
    });

    it("shows sessions of others only with VIEW SERVER STATE", async () => {
      const ann = await asAnn();
      assert.equal((await rows("SELECT session_id FROM sys.dm_exec_sessions", ann)).length, 1);
      assert.equal((await rows("SELECT session_id FROM sys.dm_exec_sessions")).length, 2);
    });

    it("answers 916 for a database that the login cannot enter", async () => {
      await run("CREATE DATABASE closed");
      assert.deepEqual(await numbers("SELECT name FROM closed.sys.tables", await asAnn()), [916]);
    });
  });

  it("follows an ownership chain only while the owner stays the same", async () => {
    await run("ALTER AUTHORIZATION ON SCHEMA::s TO ann", "CREATE USER bea WITHOUT LOGIN");
    const database = [...engine.server.databases.values()].find((one) => one.name === "d")!;
    const object = (name: string) => [...database.objects.values()].find((one) => one.name === name)!;
    const user = [...database.principals.values()].find((one) => one.name === "bea")!;
    const login = [...engine.server.logins.values()].find((one) => one.name === "ann")!;
    const session = { server: engine.server, database, user, effectiveLogin: login } as unknown as Session;
    const frame = { module: object("p"), database } as unknown as Frame;
    const target = (name: string) => ({
      kind: "object" as const,
      objectId: object(name).id,
      schemaId: object(name).schemaId,
      name,
    });
    assert.equal(hasPermission(session, "SELECT", target("t")), false);
    assert.doesNotThrow(() => demandPermission(session, "SELECT", target("t"), frame));
    assert.throws(
      () => demandPermission(session, "SELECT", target("x"), frame),
      (error) => error instanceof SqlError && error.number === 229,
    );
  });

  it("knows what implies each built-in permission", () => {
    for (const one of builtInPermissions) {
      const closure = implying(one.class, one.name);
      assert.ok(
        one.class === "SERVER" || closure.get("SERVER")?.has("CONTROL SERVER"),
        `${one.class} ${one.name} is not covered by CONTROL SERVER`,
      );
      if (one.class === "OBJECT") assert.ok(closure.get("SCHEMA")?.has("CONTROL"), one.name);
    }
  });
});
