/** Cases of Service Broker. A message waits in the target's queue wherever a change must keep conversations. */
import { makeFilegroup, type Case } from "./cases";

const hostile = "it's a [bad] name] select 🚀";
const guid = "0F9619FF-8B86-D011-B42D-00C04FC964FF";

const types =
  "CREATE MESSAGE TYPE [//shop/Order] VALIDATION = NONE; CREATE MESSAGE TYPE [//shop/Receipt] VALIDATION = NONE;";
const contracts = `${types} CREATE CONTRACT [//shop/Orders] ([//shop/Order] SENT BY INITIATOR); CREATE CONTRACT [//shop/Returns] ([//shop/Order] SENT BY ANY);`;
const queues = `${contracts} CREATE QUEUE dbo.Shop; CREATE QUEUE dbo.Warehouse; CREATE QUEUE dbo.NewWarehouse;`;
const shop = `${queues} CREATE SERVICE [//shop] ON QUEUE dbo.Shop;`;
const user = "CREATE USER broker WITHOUT LOGIN; CREATE USER worker WITHOUT LOGIN;";
const procedure = "CREATE PROCEDURE dbo.TakeOrders AS SELECT 1 AS one;";

/** An order on its way from //shop to the service under test. */
const order =
  "DECLARE @h uniqueidentifier; BEGIN DIALOG @h FROM SERVICE [//shop] TO SERVICE N'//warehouse', N'CURRENT DATABASE' ON CONTRACT [//shop/Orders] WITH ENCRYPTION = OFF; SEND ON CONVERSATION @h MESSAGE TYPE [//shop/Order] (N'one');";
const conversations =
  "SELECT e.far_service, e.is_initiator, e.state, e.send_sequence FROM sys.conversation_endpoints AS e ORDER BY e.is_initiator";

export const brokerCases: readonly Case[] = [
  {
    kind: "BrokerMessageType",
    title: "a message type",
    before: { name: "//shop/Order" },
    after: { name: "//shop/Order", validation: "well-formed-xml" },
  },
  {
    kind: "BrokerMessageType",
    title: "a message type with a hostile name and an owner",
    given: user,
    before: { name: hostile, authorization: "broker", validation: "empty" },
    after: { name: hostile, authorization: "worker" },
  },
  {
    kind: "BrokerMessageType",
    title: "a message type in a case-sensitive database",
    given: "CREATE MESSAGE TYPE [//SHOP/Order];",
    collation: "Latin1_General_100_CS_AS",
    before: { name: "//shop/Order" },
  },
  {
    kind: "BrokerContract",
    title: "a contract",
    given: types,
    before: { name: "//shop/Orders", messages: { "//shop/Order": "initiator" } },
    after: {
      name: "//shop/Orders",
      messages: { "//shop/Order": "initiator", "//shop/Receipt": "target", DEFAULT: "any" },
    },
  },
  {
    kind: "BrokerContract",
    title: "a contract with a hostile name and an owner",
    given: user,
    before: { name: hostile, messages: { DEFAULT: "any" } },
    after: { name: hostile, authorization: "broker", messages: { DEFAULT: "any" } },
  },
  {
    kind: "BrokerQueue",
    title: "a queue",
    before: { name: "Orders" },
    after: { name: "Orders", enabled: false, retention: true, poisonMessageHandling: false },
  },
  {
    kind: "BrokerQueue",
    title: "a queue that gets an activation",
    given: `${user} ${procedure}`,
    before: { name: "Orders" },
    after: { name: "Orders", activation: { procedure: { name: "TakeOrders" }, maxReaders: 3, executeAs: "worker" } },
  },
  {
    kind: "BrokerQueue",
    title: "a queue that loses its activation",
    given: procedure,
    before: {
      name: "Orders",
      activation: { procedure: { schema: "dbo", name: "TakeOrders" }, maxReaders: 1, enabled: false },
    },
    after: { name: "Orders" },
  },
  {
    kind: "BrokerQueue",
    title: "a queue with other readers and another user",
    given: `${user} ${procedure}`,
    before: { name: "Orders", activation: { procedure: { name: "TakeOrders" }, maxReaders: 1 } },
    after: { name: "Orders", activation: { procedure: { name: "TakeOrders" }, maxReaders: 0, executeAs: "worker" } },
  },
  {
    kind: "BrokerQueue",
    title: "a queue that moves to another filegroup",
    given: `${makeFilegroup("Messages", "messages")}`,
    before: { name: "Orders", filegroup: "PRIMARY" },
    after: { name: "Orders", filegroup: "Messages", retention: true },
  },
  {
    kind: "BrokerQueue",
    title: "a queue with hostile names and an owner",
    given: `CREATE SCHEMA [${hostile.replaceAll("]", "]]")}]; CREATE PROCEDURE dbo.[${hostile.replaceAll("]", "]]")}] AS SELECT 1 AS one; ${user}`,
    before: {
      schema: hostile,
      name: hostile,
      authorization: "broker",
      activation: { procedure: { name: hostile }, maxReaders: 1, executeAs: "worker" },
    },
  },
  {
    kind: "BrokerService",
    title: "a service that accepts another contract",
    given: queues,
    before: { name: "//warehouse", queue: { name: "Warehouse" }, contracts: ["//shop/Orders"] },
    after: { name: "//warehouse", queue: { name: "Warehouse" }, contracts: ["//shop/Returns"] },
  },
  {
    kind: "BrokerService",
    title: "a service that moves to another queue with its messages",
    given: shop,
    before: { name: "//warehouse", queue: { name: "Warehouse" }, contracts: ["//shop/Orders"] },
    after: { name: "//warehouse", queue: { name: "NewWarehouse" }, contracts: ["//shop/Orders", "//shop/Returns"] },
    rows: order,
    kept: conversations,
  },
  {
    kind: "BrokerService",
    title: "a service with a hostile name",
    given: `${queues} ${user}`,
    before: { name: hostile, queue: { name: "Shop" } },
    after: { name: hostile, authorization: "broker", queue: { name: "Shop" } },
  },
  {
    kind: "BrokerRoute",
    title: "a route that leads elsewhere",
    before: { name: "ToWarehouse", serviceName: "//warehouse", address: "TCP://warehouse:4022" },
    after: { name: "ToWarehouse", serviceName: "//Warehouse", brokerInstance: guid, address: "TCP://other:4022" },
  },
  {
    kind: "BrokerRoute",
    title: "a route that loses what ALTER ROUTE cannot take away",
    given: user,
    before: {
      name: hostile,
      authorization: "broker",
      serviceName: hostile,
      brokerInstance: guid,
      expiresAt: "2079-01-01T00:00:00Z",
      address: "LOCAL",
    },
    after: { name: hostile, authorization: "broker", address: "LOCAL" },
  },
  {
    kind: "BrokerRoute",
    title: "a route that ends earlier",
    before: { name: "Soon", address: "LOCAL", expiresAt: "2078-01-01T00:00:00Z" },
    after: { name: "Soon", address: "LOCAL", expiresAt: "2077-06-01T00:00:00Z" },
  },
  {
    kind: "RemoteServiceBinding",
    title: "a binding for another user",
    given: user,
    before: { name: "Warehouse", toService: "//warehouse", user: "broker" },
    after: { name: "Warehouse", toService: "//warehouse", user: "worker", anonymous: true },
  },
  {
    kind: "RemoteServiceBinding",
    title: "a binding with a hostile name for another service",
    given: user,
    before: { name: hostile, toService: hostile, user: "broker", authorization: "worker" },
    after: { name: hostile, toService: "//warehouse", user: "broker", authorization: "worker" },
  },
  {
    kind: "BrokerPriority",
    title: "a priority",
    given: `${shop} CREATE SERVICE [//warehouse] ON QUEUE dbo.Warehouse ([//shop/Orders]);`,
    before: { name: "First", contract: "//shop/Orders", localService: "//shop", level: 9 },
    after: { name: "First", remoteService: "//warehouse", level: 1 },
  },
  {
    kind: "BrokerPriority",
    title: "a priority with a hostile name",
    before: { name: hostile, remoteService: hostile },
  },
];

/** Cases whose plan has more than one statement, and one whose object others hold on to; for breaking at each statement. */
export const brokerSweep: readonly Case[] = [
  ...brokerCases.filter(({ title }) =>
    ["a queue with other readers and another user", "a route that loses what ALTER ROUTE cannot take away"].includes(
      title,
    ),
  ),
  {
    kind: "BrokerContract",
    title: "a contract that services, a priority, a permission and a conversation hold on to",
    given: `${types} CREATE QUEUE dbo.Shop; CREATE QUEUE dbo.Warehouse; ${user}`,
    before: { name: "//shop/Orders", messages: { "//shop/Order": "initiator" } },
    after: { name: "//shop/Orders", messages: { "//shop/Order": "initiator", "//shop/Receipt": "target" } },
    rows: `CREATE SERVICE [//shop] ON QUEUE dbo.Shop; CREATE SERVICE [//warehouse] ON QUEUE dbo.Warehouse ([//shop/Orders]); CREATE BROKER PRIORITY First FOR CONVERSATION SET (CONTRACT_NAME = [//shop/Orders]); GRANT REFERENCES ON CONTRACT::[//shop/Orders] TO worker; ${order}`,
    allow: ["messages-lost://shop/Orders"],
  },
];
