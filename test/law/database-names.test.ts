/** A database is one however a program spells it, and a closed one is not an empty one. */
import assert from "node:assert/strict";
import { unique } from "../server";
import { Deployment, type Properties, type Resource } from "./deployment";

const locks =
  "SELECT l.resource_description AS resource FROM sys.dm_tran_locks AS l INNER JOIN sys.dm_exec_sessions AS s ON s.session_id = l.request_session_id WHERE l.resource_type = N'APPLICATION' AND s.program_name LIKE N'pulumi-sqlserver%';";

describe("a database with two spellings in one stack", () => {
  for (const [title, collation, count] of [
    ["is one on a server that does not tell case apart", "SQL_Latin1_General_CP1_CI_AS", 1],
    ["is two on a server that does", "Latin1_General_100_CS_AS", 2],
  ] as const)
    it(title, async function () {
      const [Sales, sales] = [unique("Sales"), unique("sales")];
      const deployment = await Deployment.start({ collation }, this);
      try {
        await deployment.sql(`CREATE DATABASE ${Sales};`);
        if (count === 2) await deployment.sql(`CREATE DATABASE ${sales};`);
        await deployment.configure();
        const upper = { database: Sales, name: "billing" };
        const lower = { database: sales, name: "shipping" };
        // All at once, as Pulumi does: each would wait for the other's lock until it fails.
        const [billing, shipping] = await Promise.all([
          deployment.create("Schema", "billing", upper),
          deployment.create("Schema", "shipping", lower),
        ]);
        assert.equal((await deployment.sql(locks)).length, count);
        // What one wrote, the other sees.
        const role = await deployment.create("DatabaseRole", "team", { database: sales, name: "team" });
        const again = await deployment.preview("DatabaseRole", "second", { database: Sales, name: "team" });
        assert.match([...again.failures, again.plan].join("\n"), count === 1 ? /ObjectOwnedError/ : /CREATE ROLE/);
        await deployment.configure();
        const all: [Resource, Properties][] = [
          [billing, upper],
          [shipping, lower],
        ];
        await Promise.all(all.map(([resource]) => deployment.refresh(resource)));
        for (const [resource, given] of all) await deployment.assertUnchanged(resource, given);
        for (const resource of [role, billing, shipping]) await deployment.delete(resource);
        for (const database of [Sales, sales])
          assert.deepEqual(await deployment.sql("SELECT * FROM iac.[object];", database), []);
      } finally {
        await deployment.close();
      }
    });
});

describe("a database that is not open", () => {
  it("keeps its resources in the state, and nothing is planned or deleted in it", async () => {
    const closed = unique("closed");
    const deployment = await Deployment.start();
    try {
      await deployment.create("Database", "closed", { name: closed });
      const given = { database: closed, name: "billing" };
      const made = await deployment.create("Schema", "billing", given);
      await deployment.configure();
      await deployment.sql(`ALTER DATABASE ${closed} SET OFFLINE;`);
      const reason = /CatalogReadError: database "closed_\w+" on server "test" is OFFLINE, .*; bring it ONLINE first/;
      await assert.rejects(deployment.refresh(made), reason);
      await assert.rejects(deployment.delete(made), reason);
      assert.match((await deployment.preview("Schema", "billing", given, made.state)).failures.join(), reason);
      await deployment.sql(`ALTER DATABASE ${closed} SET ONLINE;`);
      await deployment.configure();
      await deployment.assertUnchanged(made, given);
      await deployment.delete(made);
    } finally {
      await deployment.close();
    }
  });
});
