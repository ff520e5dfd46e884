/** What is read of the server while a deployment changes it: enough to see every change, and no more. */
import assert from "node:assert/strict";
import { unique } from "../server";
import { Deployment } from "./deployment";

describe("what a deployment reads again", () => {
  const [reads, login] = [unique("reads"), unique("reader")];
  before(() => (process.env["SQLSERVER_PASSWORD_READER"] = "Reads-of-the-law-1"));
  after(() => delete process.env["SQLSERVER_PASSWORD_READER"]);

  it("sees in a database what another resource has just made on the server", async () => {
    const deployment = await Deployment.start();
    try {
      await deployment.sql(`CREATE DATABASE ${reads};`);
      await deployment.configure();
      // From here on the database's catalog is known, logins among it.
      const schema = await deployment.create("Schema", "billing", { database: reads, name: "billing" });
      const made = await deployment.create("Login", "reader", { name: login, passwordFrom: "reader" });
      const user = await deployment.create("User", "reader", {
        database: reads,
        name: "reader",
        login,
      });
      for (const resource of [user, made, schema]) await deployment.delete(resource);
    } finally {
      await deployment.close();
    }
  });

  it("takes two round trips for each resource in a database: its change, and the catalog after it", async function () {
    const deployment = await Deployment.start();
    try {
      const twin = deployment.ownTwin(this, "a twin counts its requests");
      await deployment.sql(`CREATE DATABASE ${reads};`);
      await deployment.configure();
      await deployment.create("Schema", "s0", { database: reads, name: "s0" });
      twin.resetCounters();
      for (const name of ["s1", "s2", "s3", "s4"]) await deployment.create("Schema", name, { database: reads, name });
      assert.equal(twin.requests, 8);
    } finally {
      await deployment.close();
    }
  });
});
