import assert from "node:assert/strict";
import { unique } from "../server";
import { Deployment } from "./deployment";

const columns = [
  { name: "Id", type: "int" },
  { name: "Customer", type: "nvarchar(40)" },
  { name: "Amount", type: "decimal(9,2)" },
];
const orders = { name: "Orders", columns, primaryKey: { columns: ["Id"] } };
const ninety = { historyRetention: { value: 90, unit: "days" } };
const was = (id = "Id int NOT NULL", more = ""): string =>
  `CREATE TABLE dbo.OrdersHistory (${id}, Customer nvarchar(40) NOT NULL, Amount decimal(9,2) NOT NULL, ValidFrom datetime2 NOT NULL, ValidTo datetime2 NOT NULL${more});`;
const formerly = "INSERT INTO dbo.OrdersHistory VALUES (7, N'a', 1, '2020-01-01', '2021-01-01');";

describe("history tables that are there already", () => {
  let deployment: Deployment;
  let count = 0;
  before(async () => {
    deployment = await Deployment.start();
  });
  after(() => deployment.close());

  async function database(...batches: readonly string[]): Promise<string> {
    const name = unique(`adopt_${++count}`);
    await deployment.sql(`CREATE DATABASE ${name} COLLATE Latin1_General_100_CI_AS;`);
    for (const batch of batches) await deployment.sql(batch, name);
    await deployment.configure();
    return name;
  }
  const adopting = (name: string, more: object = {}) => ({
    database: name,
    ...orders,
    systemVersioning: { ...ninety, adoptHistory: true, ...more },
  });
  // From the table itself: FOR SYSTEM_TIME leaves out what is older than the retention.
  const all = (name: string) =>
    deployment.sql(
      "SELECT Id, Amount FROM dbo.Orders UNION ALL SELECT Id, Amount FROM dbo.OrdersHistory ORDER BY Id",
      name,
    );

  for (const [what, given, more] of [
    ["a heap", [was(), formerly], {}],
    ["a heap, kept for ever", [was(), formerly], { historyRetention: "infinite" }],
    ["another clustered index", [was(), formerly, "CREATE CLUSTERED INDEX x ON dbo.OrdersHistory (Id);"], {}],
    ["rows where columnstore is wanted", [was(), formerly], { historyIndex: "columnstore" }],
    ["columnstore where rows are wanted", [was(), formerly, "CREATE CLUSTERED COLUMNSTORE INDEX x ON dbo.OrdersHistory;"], {}],
    ["a column too many and another type", [was("Id smallint NULL", ", Old int NULL"), formerly.replace("'2021-01-01')", "'2021-01-01', NULL)")], {}],
  ] as const) {
    it(`are taken up by a table that is made: ${what}`, async () => {
      const name = await database(...given);
      const wanted = { ...adopting(name, more), allow: ["data-loss:dbo.OrdersHistory", "data-loss:dbo.OrdersHistory.Old"] };
      const resource = await deployment.create("Table", "orders", wanted);
      assert.deepEqual(await all(name), [{ Id: 7, Amount: 1 }]);
      await deployment.configure();
      await deployment.assertUnchanged(resource, wanted);
    });
    it(`are taken up by a table that is there: ${what}`, async () => {
      const name = await database(...given);
      const resource = await deployment.create("Table", "orders", { database: name, ...orders });
      await deployment.sql("INSERT INTO dbo.Orders (Id, Customer, Amount) VALUES (1, N'b', 2);", name);
      await deployment.configure();
      const wanted = { ...adopting(name, more), allow: ["data-loss:dbo.OrdersHistory", "data-loss:dbo.OrdersHistory.Old"] };
      assert.equal(await deployment.update(resource, wanted), true);
      assert.deepEqual(await all(name), [{ Id: 1, Amount: 2 }, { Id: 7, Amount: 1 }]);
      await deployment.configure();
      await deployment.assertUnchanged(resource, wanted);
    });
  } // prettier-ignore

  it("lose no aged version without a consent", async () => {
    const name = await database(was(), formerly);
    const aged = /data-loss dbo\.OrdersHistory \(1 row\): former versions older than 90 DAYS are removed/;
    assert.match((await deployment.preview("Table", "orders", adopting(name))).failures.join("\n"), aged);
    const resource = await deployment.create("Table", "orders", { database: name, ...orders });
    await deployment.configure();
    assert.match(
      (await deployment.preview("Table", "orders", adopting(name), resource.state)).failures.join("\n"),
      aged,
    );
  });

  for (const [what, given, reason] of [
    ["a key", [was("Id int NOT NULL CONSTRAINT PK_Was PRIMARY KEY")], /it has primary key PK_Was \(13515\)/],
    ["a unique index", [was(), "CREATE UNIQUE INDEX u ON dbo.OrdersHistory (Id);"], /it has unique key u \(13515\)/],
    ["a check", [was("Id int NOT NULL CONSTRAINT CK_Was CHECK (Id > 0)")], /it has check CK_Was \(13517\)/],
    ["a foreign key", ["CREATE TABLE dbo.P (a int PRIMARY KEY);", was("Id int NOT NULL CONSTRAINT FK_Was REFERENCES dbo.P (a)")], /it has foreign key FK_Was \(13516\)/],
    ["an identity", [was("Id int IDENTITY NOT NULL")], /it has identity column Id \(13518\)/],
    ["a computed column", [was("Id AS 1")], /it has computed column Id \(13519\)/],
    ["a ROWGUIDCOL", [was("Id uniqueidentifier ROWGUIDCOL NOT NULL")], /it has ROWGUIDCOL column Id \(13580\)/],
    ["a trigger", [was(), "CREATE TRIGGER dbo.tr ON dbo.OrdersHistory AFTER INSERT AS PRINT 'x';"], /it has trigger tr \(13522\)/],
    ["no period columns", ["CREATE TABLE dbo.OrdersHistory (Id int NOT NULL);"], /it has no column ValidFrom \(13524\), it has no column ValidTo/],
    ["a table of its own", ["CREATE TABLE dbo.T (a int PRIMARY KEY, s datetime2 GENERATED ALWAYS AS ROW START, e datetime2 GENERATED ALWAYS AS ROW END, PERIOD FOR SYSTEM_TIME (s, e)) WITH (SYSTEM_VERSIONING = ON (HISTORY_TABLE = dbo.OrdersHistory));"], /it is the history of another table \(13514\)/],
    ["another kind", ["CREATE VIEW dbo.OrdersHistory AS SELECT 1 AS a;"], /dbo\.OrdersHistory is there already, as an object of type V/],
  ] as const)
    it(`are refused at preview with ${what}, for a table that is made and for one that is there`, async () => {
      const name = await database(...given);
      assert.match((await deployment.preview("Table", "orders", adopting(name))).failures.join("\n"), reason);
      const resource = await deployment.create("Table", "orders", { database: name, ...orders });
      await deployment.configure();
      assert.match((await deployment.preview("Table", "orders", adopting(name), resource.state)).failures.join("\n"), reason);
    }); // prettier-ignore

  it("stand in the way of the history under another name that somebody gave the table", async () => {
    const name = await database();
    const wanted = { database: name, ...orders, systemVersioning: ninety };
    const resource = await deployment.create("Table", "orders", wanted);
    await deployment.sql("ALTER TABLE dbo.Orders SET (SYSTEM_VERSIONING = OFF);", name);
    await deployment.sql("ALTER TABLE dbo.Orders SET (SYSTEM_VERSIONING = ON (HISTORY_TABLE = dbo.Another));", name);
    await deployment.configure();
    await assert.rejects(
      deployment.update(resource, wanted),
      /dbo\.OrdersHistory is there already, and the history of dbo\.Orders is dbo\.Another; give that name, or drop or rename one of the two by hand/,
    );
  });
});

describe("tables that become columnstore", () => {
  it("are refused at preview while they have a trigger", async () => {
    const deployment = await Deployment.start();
    try {
      const columnar = unique("columnar");
      await deployment.sql(`CREATE DATABASE ${columnar};`);
      await deployment.configure();
      const resource = await deployment.create("Table", "orders", { database: columnar, ...orders });
      await deployment.sql("CREATE TRIGGER dbo.tr ON dbo.Orders AFTER INSERT AS PRINT 'x';", columnar);
      await deployment.configure();
      const wanted = { database: columnar, ...orders, indexes: [{ columnstore: true, clustered: true }] };
      assert.match(
        (await deployment.preview("Table", "orders", wanted, resource.state)).failures.join("\n"),
        /has no triggers \(35359\), and dbo\.Orders has tr; drop them first/,
      );
    } finally {
      await deployment.close();
    }
  });
});

describe("tables that become system-versioned", () => {
  let deployment: Deployment;
  before(async () => {
    deployment = await Deployment.start();
  });
  after(() => deployment.close());

  it("are refused at preview with an INSTEAD OF trigger, and with period columns that hold other times", async () => {
    const becoming = unique("becoming");
    await deployment.sql(`CREATE DATABASE ${becoming};`);
    for (const batch of [
      "CREATE TABLE dbo.Orders (Id int NOT NULL CONSTRAINT PK_Orders PRIMARY KEY, Customer nvarchar(40) NOT NULL, Amount decimal(9,2) NOT NULL, ValidFrom datetime2 NOT NULL, ValidTo datetime2 NOT NULL);",
      "INSERT INTO dbo.Orders VALUES (1, N'a', 1, '2020-01-01', '2021-01-01'), (2, N'b', 1, '2999-01-01', '9999-12-31 23:59:59.9999999');",
      "CREATE TRIGGER dbo.tr ON dbo.Orders INSTEAD OF INSERT AS PRINT 'x';",
    ])
      await deployment.sql(batch, becoming);
    await deployment.configure();
    const wanted = { database: becoming, ...orders, systemVersioning: ninety, adopt: true };
    const failures = async () => (await deployment.preview("Table", "orders", wanted)).failures.join("\n");
    const found = await failures();
    assert.match(found, /dbo\.Orders has INSTEAD OF triggers, .* \(13774\): dbo\.tr; drop them first/);
    assert.match(found, /1 row has another ValidTo than '9999-12-31 23:59:59\.9999999', .*\(13575\)/);
    assert.match(found, /1 row has a ValidFrom in the future \(13542\)/);
    await deployment.sql("DROP TRIGGER dbo.tr;", becoming);
    await deployment.sql("UPDATE dbo.Orders SET ValidFrom = '2020-01-01', ValidTo = '9999-12-31 23:59:59.9999999';", becoming);
    await deployment.configure();
    const resource = await deployment.create("Table", "orders", wanted);
    assert.deepEqual(await deployment.sql("SELECT COUNT(*) AS n FROM dbo.Orders WHERE ValidFrom = '2020-01-01'", becoming), [{ n: 2 }]);
    await deployment.configure();
    await deployment.assertUnchanged(resource, wanted);
  }); // prettier-ignore
});
