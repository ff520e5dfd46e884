import assert from "node:assert/strict";
import { makeFilegroup } from "./cases";
import { unique } from "../server";
import { Deployment } from "./deployment";
import { proveLaw } from "./law";
import { temporalCases } from "./temporal-cases";

proveLaw("system-versioned tables, columnstore indexes, partitions", temporalCases);

describe("system-versioned tables in use", () => {
  let deployment: Deployment;
  let count = 0;
  before(async () => {
    deployment = await Deployment.start();
  });
  after(() => deployment.close());

  const inputs = (database: string, more: object = {}) => ({
    database,
    name: "Prices",
    columns: [
      { name: "Id", type: "int" },
      { name: "Price", type: "int" },
    ],
    primaryKey: { columns: ["Id"] },
    systemVersioning: { historyRetention: { value: 90, unit: "days" } },
    ...more,
  });
  const history = (database: string) => deployment.sql("SELECT Id, Price FROM dbo.PricesHistory", database);
  const kinds = (database: string) =>
    deployment.sql("SELECT name, temporal_type AS type FROM sys.tables WHERE schema_id = 1 ORDER BY name", database);

  async function prices() {
    const database = unique(`prices_${++count}`);
    await deployment.sql(`CREATE DATABASE ${database};`);
    await deployment.configure();
    const resource = await deployment.create("Table", "prices", inputs(database));
    await deployment.sql("INSERT INTO dbo.Prices VALUES (1, 10);".replace("Prices VALUES", "Prices (Id, Price) VALUES"), database); // prettier-ignore
    await deployment.sql("UPDATE dbo.Prices SET Price = 11;", database);
    await deployment.configure();
    return { database, resource };
  }

  it("leave history behind, and both tables are on the books", async () => {
    const { database } = await prices();
    assert.deepEqual(await history(database), [{ Id: 1, Price: 10 }]);
    assert.deepEqual(
      await deployment.sql("SELECT object_type, object_name FROM iac.[object] ORDER BY object_type", database),
      [
        { object_type: "history table", object_name: "dbo.PricesHistory" },
        { object_type: "table", object_name: "dbo.Prices" },
      ],
    );
  });

  it("show on refresh that versioning was switched off by hand, and the next update switches it on with its history", async () => {
    const { database, resource } = await prices();
    await deployment.sql("ALTER TABLE dbo.Prices SET (SYSTEM_VERSIONING = OFF);", database);
    await deployment.configure();
    assert.equal((await deployment.refresh(resource))!["systemVersioning"], undefined);
    assert.equal(await deployment.update(resource, inputs(database)), true);
    assert.deepEqual(await kinds(database), [
      { name: "Prices", type: 2 },
      { name: "PricesHistory", type: 1 },
    ]);
    assert.deepEqual(await history(database), [{ Id: 1, Price: 10 }]);
    await deployment.configure();
    await deployment.assertUnchanged(resource, inputs(database));
  });

  it("show on refresh what somebody changed on retention and on the period, and it is put right", async () => {
    const { database, resource } = await prices();
    await deployment.sql("ALTER TABLE dbo.Prices SET (SYSTEM_VERSIONING = ON (HISTORY_RETENTION_PERIOD = INFINITE));", database); // prettier-ignore
    await deployment.sql("ALTER TABLE dbo.Prices ALTER COLUMN ValidTo ADD HIDDEN;", database);
    await deployment.configure();
    const seen = (await deployment.refresh(resource))!["systemVersioning"] as Record<string, unknown>;
    assert.equal(seen["historyRetention"], "infinite");
    assert.deepEqual(seen["periodColumns"], { start: "ValidFrom", end: "ValidTo", hidden: true, precision: 7 });
    assert.equal(await deployment.update(resource, inputs(database)), true);
    await deployment.configure();
    await deployment.assertUnchanged(resource, inputs(database));
  });

  it("show on refresh that somebody moved the history to another filegroup, and it is moved back", async () => {
    const { database, resource } = await prices();
    await deployment.sql(makeFilegroup("Old", "old"), database);
    const wanted = inputs(database, { systemVersioning: { historyRetention: { value: 90, unit: "days" }, historyFilegroup: "PRIMARY" } }); // prettier-ignore
    await deployment.configure();
    assert.equal(await deployment.update(resource, wanted), true);
    await deployment.sql("CREATE CLUSTERED INDEX ix_PricesHistory ON dbo.PricesHistory (ValidTo, ValidFrom) WITH (DROP_EXISTING = ON, DATA_COMPRESSION = PAGE) ON Old;", database); // prettier-ignore
    await deployment.configure();
    const seen = (await deployment.refresh(resource))!["systemVersioning"] as Record<string, unknown>;
    assert.equal(seen["historyFilegroup"], "Old");
    assert.equal(await deployment.update(resource, wanted), true);
    await deployment.configure();
    await deployment.assertUnchanged(resource, wanted);
    assert.deepEqual(await history(database), [{ Id: 1, Price: 10 }]);
  });

  it("become plain with their history left where nobody allows its loss, and take it up again", async () => {
    const { database, resource } = await prices();
    const plain = inputs(database, {
      systemVersioning: undefined,
      columns: [
        { name: "Id", type: "int" },
        { name: "Price", type: "int" },
        { name: "ValidFrom", type: "datetime2(7)" },
        { name: "ValidTo", type: "datetime2(7)" },
      ],
    });
    assert.equal(await deployment.update(resource, plain), true);
    assert.deepEqual(await kinds(database), [
      { name: "Prices", type: 0 },
      { name: "PricesHistory", type: 0 },
    ]);
    await deployment.configure();
    const now = await deployment.create("Table", "prices", { ...plain, adopt: true });
    const again = inputs(database, {
      systemVersioning: { historyRetention: { value: 90, unit: "days" }, adoptHistory: true },
    });
    await deployment.configure();
    assert.equal(await deployment.update(now, again), true);
    assert.deepEqual(await history(database), [{ Id: 1, Price: 10 }]);
    assert.deepEqual(await deployment.sql("SELECT Id, Price FROM dbo.Prices", database), [{ Id: 1, Price: 11 }]);
  });

  it("are whole again after somebody dropped the period as well, and go together from there", async () => {
    const { database, resource } = await prices();
    await deployment.sql("ALTER TABLE dbo.Prices SET (SYSTEM_VERSIONING = OFF);", database);
    await deployment.sql("ALTER TABLE dbo.Prices DROP PERIOD FOR SYSTEM_TIME;", database);
    await deployment.configure();
    assert.equal(await deployment.update(resource, inputs(database)), true);
    assert.deepEqual(await history(database), [{ Id: 1, Price: 10 }]);
    await deployment.sql("ALTER TABLE dbo.Prices SET (SYSTEM_VERSIONING = OFF);", database);
    await deployment.configure();
    await deployment.delete({ ...resource, state: { ...resource.state, allow: ["data-loss:*"] } });
    assert.deepEqual(await kinds(database), []);
  });

  it("get a column with a default, give it another type, and lose it again, though the engine put a default on history", async () => {
    const { database, resource } = await prices();
    const columns = inputs(database).columns;
    const withStock = (type: string) =>
      inputs(database, { columns: [...columns, { name: "Stock", type, default: "1" }], allow: ["table-rewrite:*"] });
    assert.equal(await deployment.update(resource, withStock("int")), true);
    await deployment.configure();
    assert.equal(await deployment.update(resource, withStock("bigint")), true);
    assert.deepEqual(
      (await deployment.sql("SELECT Stock FROM dbo.PricesHistory", database)).map(({ Stock }) => Number(Stock)),
      [1],
    );
    await deployment.configure();
    assert.equal(await deployment.update(resource, withStock("int")), true);
    await deployment.configure();
    const without = inputs(database, { allow: ["data-loss:dbo.Prices.Stock"] });
    assert.equal(await deployment.update(resource, without), true);
    await deployment.configure();
    await deployment.assertUnchanged(resource, without);
    assert.deepEqual(await history(database), [{ Id: 1, Price: 10 }]);
  });

  it("change under an index that somebody put on the history table as far as the engine lets them", async () => {
    const { database, resource } = await prices();
    await deployment.sql("CREATE INDEX mine ON dbo.PricesHistory (Price);", database);
    await deployment.configure();
    const of = (type: string) => inputs(database, { columns: [{ name: "Id", type: "int" }, { name: "Price", type }], allow: ["table-rewrite:*"] }); // prettier-ignore
    await assert.rejects(
      deployment.update(resource, of("bigint")),
      /is in index mine of dbo\.PricesHistory; drop that index first/,
    );
    await deployment.configure();
    const columnstore = inputs(database, { systemVersioning: { historyRetention: { value: 90, unit: "days" }, historyIndex: "columnstore" } }); // prettier-ignore
    await assert.rejects(deployment.update(resource, columnstore), /dbo\.PricesHistory has index mine/);
    await deployment.sql("DROP INDEX mine ON dbo.PricesHistory;", database);
    await deployment.configure();
    assert.equal(await deployment.update(resource, of("bigint")), true);
  });

  it("are not dropped while the loss of either table is not allowed", async () => {
    const { database, resource } = await prices();
    await assert.rejects(
      deployment.delete({ ...resource, state: { ...resource.state, allow: ["data-loss:dbo.Prices"] } }),
      /data-loss dbo\.PricesHistory \(1 row\): the former versions of the rows are dropped/,
    );
    assert.deepEqual(await history(database), [{ Id: 1, Price: 10 }]);
  });
});
