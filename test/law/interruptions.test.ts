/** A deployment whose session is disturbed while it waits, or between two of its requests. */
import assert from "node:assert/strict";
import { unique } from "../server";
import { SqlError } from "../../twin/src";
import { Deployment, type Resource } from "./deployment";

describe("a deployment that is interrupted", () => {
  const database = unique("interrupted");
  let deployment: Deployment;
  before(async () => {
    deployment = await Deployment.start();
    await deployment.sql(`CREATE DATABASE ${database};`);
  });
  after(() => deployment.close());

  it("reads its own database, and no other, once a transaction that was in the way has ended", async () => {
    await deployment.configure([], { ...deployment.settings, objectLockSeconds: 1, lockWaitSeconds: 60 });
    const other = await deployment.other(database);
    try {
      await other.request("BEGIN TRANSACTION; EXEC (N'CREATE SCHEMA billing;');", 60);
      const preview = deployment.preview("Schema", "billing", { database, name: "billing" });
      await new Promise((resolve) => setTimeout(resolve, 2500));
      await other.request("COMMIT TRANSACTION;", 60);
      const { failures, plan } = await preview;
      assert.match(failures.join(), /ObjectExistsError: schema "billing" exists already/, plan);
    } finally {
      await other.close();
    }
  });

  it("does not blame itself for the transaction of another, whose end it has waited for in vain", async () => {
    await deployment.configure([], { ...deployment.settings, objectLockSeconds: 1, lockWaitSeconds: 1 });
    await deployment.create("Schema", "held", { database, name: "held" });
    const other = await deployment.other(database);
    try {
      await other.request("BEGIN TRANSACTION; EXEC (N'CREATE SCHEMA others;');", 60);
      await assert.rejects(
        deployment.create("Schema", "next", { database, name: "next" }),
        /LockHeldError: .* that has not ended, by a session that is no deployment\. Wait/,
      );
    } finally {
      await other.close();
    }
  });

  it("waits for whoever makes a database while it reads which there are", async function () {
    const twin = deployment.ownTwin(this);
    await deployment.configure();
    const error = new SqlError(1222, 16, 45, "Lock request time out period exceeded.");
    twin.faults.failOn.push({ pattern: /FROM sys\.databases AS d/, error });
    try {
      const { failures, plan } = await deployment.preview("Schema", "other", { database, name: "other" });
      assert.deepEqual(failures, []);
      assert.match(plan, /CREATE SCHEMA \[other\]/);
      assert.equal(twin.faults.failOn.length, 0);
    } finally {
      twin.faults.failOn.length = 0;
    }
  });

  it("changes nothing once its session was ended between two requests, for its lock is gone", async () => {
    await deployment.configure();
    const made = await deployment.create("Schema", "first", { database, name: "first" });
    const [session] = await deployment.sql(
      "SELECT session_id FROM sys.dm_exec_sessions WHERE program_name LIKE N'pulumi-sqlserver law/test%'",
    );
    await deployment.sql(`KILL ${String(session?.["session_id"])};`);
    await new Promise((resolve) => setTimeout(resolve, 200));
    await assert.rejects(
      deployment.create("Schema", "second", { database, name: "second" }),
      /the lock of this deployment went with the session/,
    );
    const places = await deployment.sql(
      `SELECT N'master' AS place FROM master.sys.schemas WHERE name = N'second' UNION ALL SELECT N'own' FROM ${database}.sys.schemas WHERE name = N'second'`,
    );
    assert.deepEqual(places, []);
    await deployment.configure();
    await deployment.delete(made);
  });

  it("never goes on in another session than the one that it began with", async () => {
    const connection = await deployment.other(database);
    const own = async (): Promise<unknown> =>
      (await connection.request("SELECT @@SPID AS id;", 60))[0]?.rows[0]?.["id"];
    await deployment.sql(`KILL ${String(await own())};`);
    await new Promise((resolve) => setTimeout(resolve, 200));
    assert.equal(connection.isOpen, false);
    await assert.rejects(own(), { name: "RequestError", connectionLost: true });
    await assert.rejects(own(), { name: "RequestError", connectionLost: true });
    const [left] = await deployment.sql(
      "SELECT COUNT(*) AS n FROM sys.dm_exec_sessions WHERE program_name = N'somebody''s tool'",
    );
    assert.equal(left?.["n"], 0);
  });

  it("leaves a state of what is there when the database cannot even be entered after a failure", async function () {
    const twin = deployment.ownTwin(this);
    await deployment.configure();
    const name = unique("unentered");
    const resource: Resource = { kind: "Database", name, id: "", state: {} };
    const refuse = (number: number, text: string): SqlError => new SqlError(number, 16, 1, text);
    let failed = false;
    const when = (matches: (text: string) => boolean): RegExp =>
      new (class extends RegExp {
        override [Symbol.search](text: string): number {
          return matches(text) ? 0 : -1;
        }
      })("");
    twin.faults.failOn.push(
      {
        pattern: when((text) => /SET RECOVERY SIMPLE/.test(text) && (failed = true)),
        error: refuse(5069, "ALTER DATABASE statement failed."),
      },
      // For the record of the failure, and for what is there after it.
      ...[1, 2].map(() => ({
        pattern: when((text) => failed && text.startsWith("USE [unentered")),
        error: refuse(924, "Database is already open and can only have one user at a time."),
      })),
    );
    let failure: Error | undefined;
    try {
      failure = await deployment.failingCreate(resource, { name, recoveryModel: "SIMPLE" }, (apply) => apply());
      assert.equal(twin.faults.failOn.length, 0, "all of it happened");
    } finally {
      twin.faults.failOn.length = 0;
    }
    assert.match(String(failure), /StatementError: .*ALTER DATABASE statement failed/);
    assert.equal(resource.state["name"], name);
    await deployment.configure(["data-loss"]);
    await deployment.sql(`DROP DATABASE ${name};`);
  });

  it("keeps others out of a database that it renames, under the new name too", async () => {
    const [before, after] = [unique("renamed_before"), unique("renamed_after")];
    const locks = async (): Promise<unknown[]> =>
      (
        await deployment.sql(
          "SELECT resource_description AS lock FROM sys.dm_tran_locks WHERE resource_type = N'APPLICATION' AND request_status = N'GRANT'",
        )
      ).map(({ lock }) => lock);
    await deployment.configure(["data-loss"]);
    const resource = await deployment.create("Database", "renamed", { name: before });
    await deployment.configure(["long-lock"]);
    assert.equal(await deployment.update(resource, { name: after, renamedFrom: before }), true);
    const ofRename = await locks();
    await deployment.configure();
    await deployment.create("Schema", "inside", { database: after, name: "inside" });
    const [ofOther] = await locks();
    assert.ok(ofRename.includes(ofOther), `${ofRename.join()} lacks ${String(ofOther)}`);
    await deployment.configure();
    await deployment.sql(`DROP DATABASE ${after};`);
  });
});
