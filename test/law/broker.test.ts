import assert from "node:assert/strict";
import { brokerCases } from "./broker-cases";
import { quoteName } from "../../provider/src/engine/quoting";
import { skip, unique } from "../server";
import { Deployment, type Resource } from "./deployment";
import { proveLaw } from "./law";

proveLaw("Service Broker", brokerCases);

describe("Service Broker in use", () => {
  let deployment: Deployment;
  let count = 0;
  before(async () => {
    deployment = await Deployment.start();
  });
  after(() => deployment.close());

  /** A shop that orders from a warehouse, with one order on its way. */
  async function shop(): Promise<string> {
    const name = unique(`broker_${++count}`);
    await deployment.sql(`CREATE DATABASE ${name};`);
    for (const batch of [
      "CREATE MESSAGE TYPE [//shop/Order]; CREATE MESSAGE TYPE [//shop/Receipt];",
      "CREATE QUEUE dbo.Shop; CREATE SERVICE [//shop] ON QUEUE dbo.Shop;",
    ])
      await deployment.sql(batch, name);
    return name;
  }

  async function send(name: string): Promise<void> {
    await deployment.sql(
      "DECLARE @h uniqueidentifier; BEGIN DIALOG @h FROM SERVICE [//shop] TO SERVICE N'//warehouse', N'CURRENT DATABASE' ON CONTRACT [//shop/Orders] WITH ENCRYPTION = OFF; SEND ON CONVERSATION @h MESSAGE TYPE [//shop/Order] (N'one');",
      name,
    );
  }

  const contract = (database: string) => ({
    database,
    name: "//shop/Orders",
    messages: { "//shop/Order": "initiator" },
  });
  const queue = (database: string) => ({ database, name: "Warehouse" });
  const service = (database: string) => ({
    database,
    name: "//warehouse",
    queue: { name: "Warehouse" },
    contracts: ["//shop/Orders"],
  });

  async function warehouse(name: string): Promise<{ contract: Resource; queue: Resource; service: Resource }> {
    return {
      contract: await deployment.create("BrokerContract", "orders", contract(name)),
      queue: await deployment.create("BrokerQueue", "warehouse", queue(name)),
      service: await deployment.create("BrokerService", "warehouse", service(name)),
    };
  }

  const conversations = (name: string) =>
    deployment.sql(
      "SELECT e.is_initiator, RTRIM(e.state) AS state FROM sys.conversation_endpoints AS e ORDER BY e.is_initiator;",
      name,
    );

  it("delivers through what was deployed, and waits with the messages that are there", async () => {
    const name = await shop();
    await warehouse(name);
    await send(name);
    assert.deepEqual(await deployment.sql("SELECT COUNT(*) AS messages FROM dbo.Warehouse;", name), [{ messages: 1 }]);
  });

  it("refuses to end conversations, with their number, and does it by consent", async () => {
    const name = await shop();
    const made = await warehouse(name);
    await send(name);
    await deployment.configure();
    const changed = { ...contract(name), messages: { "//shop/Order": "initiator", "//shop/Receipt": "target" } };
    const refused = await deployment.preview("BrokerContract", "orders", changed, made.contract.state);
    assert.match(
      refused.failures.join("\n"),
      /messages-lost \/\/shop\/Orders \(1 row\).*"messages-lost:\/\/shop\/Orders"/s,
    );
    assert.deepEqual(await conversations(name), [
      { is_initiator: 0, state: "CO" },
      { is_initiator: 1, state: "CO" },
    ]);

    await deployment.configure();
    assert.ok(await deployment.update(made.contract, { ...changed, allow: ["messages-lost://shop/Orders"] }));
    assert.deepEqual(
      (await conversations(name)).filter(({ state }) => state === "CO"),
      [],
    );
    await deployment.configure();
    await deployment.assertUnchanged(made.service, service(name));
  });

  it("refuses to drop a service with conversations and messages, and a queue that it uses", async () => {
    const name = await shop();
    const made = await warehouse(name);
    await send(name);
    await deployment.configure();
    await assert.rejects(
      deployment.delete(made.service),
      /messages-lost \/\/warehouse \(2 rows\).*1 conversation, 1 message/s,
    );
    await assert.rejects(deployment.delete(made.queue), /queue "dbo.Warehouse" is bound to service "\/\/warehouse"/);
    await assert.rejects(deployment.delete(made.contract), /is used by service "\/\/warehouse"/);
    assert.deepEqual(await deployment.sql("SELECT COUNT(*) AS messages FROM dbo.Warehouse;", name), [{ messages: 1 }]);
    await deployment.delete({ ...made.service, state: { ...made.service.state, allow: ["messages-lost:*"] } });
    await deployment.configure();
    assert.equal(await deployment.refresh(made.service), undefined);
  });

  it("drops no database with conversations that run unless messages-lost is allowed", async () => {
    const name = await shop();
    await warehouse(name);
    await deployment.configure();
    const database = await deployment.create("Database", "shop", { name, adopt: true });
    await send(name);
    await deployment.configure();
    await assert.rejects(deployment.delete(database), new RegExp(`messages-lost ${name} \\(1 row\\).*1 conversation`));
    assert.equal((await conversations(name)).length, 2, "both ends are as they were");
    await deployment.delete({ ...database, state: { ...database.state, allow: [`messages-lost:${name}`] } });
    await deployment.configure();
    assert.equal(await deployment.refresh(database), undefined);
  });

  it("finds a queue that poison messages have switched off, and switches it on again", async () => {
    const name = await shop();
    const made = await warehouse(name);
    await send(name);
    for (let i = 0; i < 5; i++)
      await deployment.sql(
        "BEGIN TRANSACTION; RECEIVE TOP (1) message_body FROM dbo.Warehouse; ROLLBACK TRANSACTION;",
        name,
      );
    await deployment.configure();
    assert.equal((await deployment.refresh(made.queue))?.["enabled"], false);
    const { plan } = await deployment.preview("BrokerQueue", "warehouse", queue(name), made.queue.state);
    assert.match(plan, /five rolled-back receives.*ALTER QUEUE \[dbo\]\.\[Warehouse\] WITH STATUS = ON;/s);
    assert.ok(await deployment.update(made.queue, queue(name)));
    assert.deepEqual(await deployment.sql("SELECT COUNT(*) AS messages FROM dbo.Warehouse;", name), [{ messages: 1 }]);
    await deployment.configure();
    await deployment.assertUnchanged(made.queue, queue(name));
  });

  it("names what is missing at preview, and makes nothing at apply", async () => {
    const name = await shop();
    await deployment.configure();
    await assert.rejects(
      deployment.create("BrokerService", "warehouse", service(name)),
      /needs object "dbo.Warehouse", which is not there.*needs contract "\/\/shop\/Orders", which is not there/s,
    );
    const near = { ...contract(name), messages: { "//shop/order": "initiator" } };
    await assert.rejects(deployment.create("BrokerContract", "orders", near), /needs message type "\/\/shop\/order"/);
  });

  it("takes over what exists only when asked", async () => {
    const name = await shop();
    await deployment.configure();
    const wanted = { database: name, name: "//shop/Order", validation: "well-formed-xml" };
    const { failures } = await deployment.preview("BrokerMessageType", "order", wanted);
    assert.match(failures.join(), /ObjectExistsError.*adopt: true/);
    const resource = await deployment.create("BrokerMessageType", "order", { ...wanted, adopt: true });
    assert.ok(Number(resource.state["messageTypeId"]) >= 65_536);
  });

  it("gives a database another broker by consent, once", async () => {
    const name = await shop();
    await warehouse(name);
    await deployment.configure();
    const database = await deployment.create("Database", "copy", { name, adopt: true });
    const before = String(database.state["serviceBrokerGuid"]);
    const wanted = { name, retiredBrokerGuid: before, brokerEnabled: true };
    await send(name);
    await deployment.configure();
    const { failures } = await deployment.preview("Database", "copy", wanted, database.state);
    assert.match(failures.join("\n"), new RegExp(`messages-lost ${name} \\(1 row\\)`));
    await deployment.configure();
    const consented = { ...wanted, allow: [`messages-lost:${name}`] };
    assert.ok(await deployment.update(database, consented));
    assert.notEqual(database.state["serviceBrokerGuid"], before);
    assert.deepEqual(await conversations(name), []);
    await deployment.configure();
    await deployment.assertUnchanged(database, consented);
  });

  it("makes, changes and drops the endpoint of the server, which has one at most", async function () {
    await deployment.configure();
    const endpoints = "SELECT e.name FROM sys.service_broker_endpoints AS e;";
    if ((await deployment.sql(endpoints)).length > 0) skip(this, "the server has an endpoint for Service Broker");
    const name = unique("it's a [broker]");
    const wanted = { name, authentication: { windows: "negotiate" } };
    const resource = await deployment.create("BrokerEndpoint", "endpoint", wanted);
    await deployment.configure();
    await deployment.assertUnchanged(resource, wanted);
    const second = await deployment.preview("BrokerEndpoint", "second", { name: "Other" });
    assert.match(second.failures.join(), /can have only one/);
    const changed = { ...wanted, port: 5022, encryption: "supported", messageForwarding: true, state: "stopped" };
    assert.ok(await deployment.update(resource, changed));
    await deployment.configure();
    await deployment.assertUnchanged(resource, changed);
    await deployment.sql(`ALTER ENDPOINT ${quoteName(name)} STATE = STARTED;`);
    await deployment.configure();
    assert.equal((await deployment.refresh(resource))?.["state"], "started");
    assert.ok(await deployment.update(resource, changed));
    const missing = await deployment.preview(
      "BrokerEndpoint",
      "endpoint",
      { ...wanted, authentication: { certificate: "none" } },
      resource.state,
    );
    assert.match(missing.failures.join(), /master has no certificate "none"/);
    await deployment.delete(resource);
    assert.deepEqual(await deployment.sql(endpoints), []);
    await deployment.configure();
    assert.equal(await deployment.refresh(resource), undefined);
  });
});
