import assert from "node:assert/strict";
import { brokerContractKind } from "../../../provider/src/kinds/broker/contract";
import { brokerMessageTypeKind } from "../../../provider/src/kinds/broker/message-type";
import { brokerQueueKind } from "../../../provider/src/kinds/broker/queue";
import { brokerServiceKind } from "../../../provider/src/kinds/broker/service";
import { filegroupFileRow, permissionRow, tableRow } from "../../catalog-rows";
import { assertGrammar, golden } from "../../golden";
import {
  activated,
  activation,
  around,
  batches,
  contractRow,
  hazards,
  KindUnderTest,
  messageTypeRow,
  needs,
  ordersQueue,
  principalRow,
  priorityRow,
  queueRow,
  reasons,
  serviceRow,
  takeOrders,
} from "./broker-fixture";

const messageType = new KindUnderTest(brokerMessageTypeKind);
const contract = new KindUnderTest(brokerContractKind);
const queue = new KindUnderTest(brokerQueueKind);
const service = new KindUnderTest(brokerServiceKind);

const hostile = "it's a [bad] name] select 🚀";
const caseSensitive = { database: { collation: "Latin1_General_100_CS_AS" } };
const azure = { server: { engineEdition: 5 } };

describe("kind BrokerMessageType", () => {
  const order = { name: "//shop/Order" };
  const types = { brokerMessageTypes: [messageTypeRow()] };

  it("does nothing when nothing differs", () => {
    assert.deepEqual(batches(messageType.plan(order, around(types))), []);
    assert.deepEqual(
      batches(messageType.plan({ ...order, validation: "none", authorization: "DBO" }, around(types))),
      [],
    );
  });

  it("is made with its validation and owner", () => {
    const given = { ...order, validation: "well-formed-xml", authorization: "broker" };
    const plan = messageType.plan(given, around());
    golden("broker-message-type.create", { title: "A message type is made.", new: given }, plan);
    assert.deepEqual(needs(plan), ["principal broker"]);
  });

  it("changes its validation in place, and knows all four", () => {
    const given = { ...order, validation: "valid-xml", schemaCollection: { name: "OrderSchema" } };
    golden(
      "broker-message-type.validation",
      { title: "Bodies are checked against a schema from now on.", old: order, new: given },
      messageType.plan(given, around(types)),
    );
    assert.match(
      batches(messageType.plan({ ...order, validation: "empty" }, around(types)))[0]!,
      /VALIDATION = EMPTY;$/,
    );
    const live = (special: object): object =>
      messageType.refreshed(order, around({ brokerMessageTypes: [messageTypeRow(special)] }));
    assert.deepEqual(live({ validation: "E" }), { ...order, validation: "empty" });
    assert.deepEqual(live({ validation: "X" }), { ...order, validation: "well-formed-xml" });
    assert.deepEqual(live({ validation: "X", collectionSchema: "dbo", collectionName: "OrderSchema" }), {
      ...order,
      validation: "valid-xml",
      schemaCollection: { schema: "dbo", name: "OrderSchema" },
    });
    assert.deepEqual(live({}), order);
  });

  it("gives the owner away and keeps the permissions", () => {
    const permissions = [
      permissionRow({ class: 15, majorId: 65_536, permission: "REFERENCES" }),
      permissionRow({ class: 1, majorId: 65_536, grantee: "other" }),
      permissionRow({ class: 15, majorId: 65_536, permission: "CONTROL", grantee: "broker" }),
    ];
    const given = { ...order, authorization: "broker" };
    const plan = messageType.plan(given, around({ ...types, permissions }));
    assert.deepEqual(batches(plan), [
      "ALTER AUTHORIZATION ON MESSAGE TYPE::[//shop/Order] TO [broker];\nGRANT REFERENCES ON MESSAGE TYPE::[//shop/Order] TO [reader];",
    ]);
    assert.deepEqual(messageType.refreshed(given, around(types)), { ...order, authorization: "dbo" });
  });

  it("compares names byte by byte in a case-insensitive database, and refuses the near miss", () => {
    const plan = messageType.plan({ name: "//SHOP/Order" }, around(types));
    assert.deepEqual(batches(plan), []);
    assert.match(reasons(plan), /name: message type "\/\/shop\/Order" exists and differs only in case/);
    assert.equal(messageType.live({ name: "//SHOP/Order" }, around(types)), undefined);
    const other = messageType.plan({ name: "//SHOP/Order" }, around(types, caseSensitive));
    assert.deepEqual([batches(other).length, reasons(other)], [1, ""]);
  });

  it("refuses a changed name, names of SQL Server, a schema without its validation, and Azure SQL Database", () => {
    const owned = [{ type: "message type", name: "//shop/Old" }];
    assert.match(
      reasons(messageType.plan(order, around({}, { owned }))),
      /owns message type "\/\/shop\/Old".*would leave it behind/,
    );
    assert.match(messageType.issues({ name: "DEFAULT" }), /belongs to SQL Server/);
    assert.match(
      messageType.issues({ name: "http://schemas.microsoft.com/SQL/ServiceBroker/EndDialog" }),
      /belongs to SQL Server/,
    );
    assert.match(messageType.issues({ ...order, validation: "valid-xml" }), /schemaCollection/);
    assert.match(messageType.issues({ ...order, schemaCollection: { name: "x" } }), /schemaCollection/);
    assert.match(reasons(messageType.plan(order, around({}, azure))), /has no Service Broker/);
    assert.ok(typeof brokerMessageTypeKind.changes.name === "object");
  });

  it("is dropped unless a contract uses it", () => {
    golden(
      "broker-message-type.drop",
      { title: "A message type is dropped.", old: order },
      messageType.planDelete(order, around(types)),
    );
    const plan = messageType.planDelete(order, around({ ...types, brokerContracts: [contractRow()] }));
    assert.match(reasons(plan), /is part of contract "\/\/shop\/Orders"; remove those first/);
    assert.deepEqual(batches(plan), []);
  });

  it("tells when it is in no contract, and gives its outputs", () => {
    assert.match(messageType.plan(order, around(types)).observations!.join(), /in no contract, so nobody can send it/);
    const used = around({ ...types, brokerContracts: [contractRow()] });
    assert.deepEqual(messageType.plan(order, used).observations, []);
    messageType.assertOutputs(order, used);
  });

  it("quotes any name", () => {
    assert.deepEqual(batches(messageType.plan({ name: hostile }, around())), [
      "CREATE MESSAGE TYPE [it's a [bad]] name]] select 🚀] VALIDATION = NONE;",
    ]);
  });
});

describe("kind BrokerContract", () => {
  const orders = { name: "//shop/Orders", messages: { "//shop/Order": "initiator" } };
  const both = { ...orders, messages: { "//shop/Receipt": "target", "//shop/Order": "initiator", DEFAULT: "any" } };
  const rows = { brokerContracts: [contractRow()] };
  const users = {
    ...rows,
    brokerServices: [serviceRow()],
    brokerPriorities: [priorityRow(), priorityRow({ name: "Others", contract: null })],
    permissions: [permissionRow({ class: 16, majorId: 65_536, permission: "REFERENCES" })],
  };

  it("does nothing when the set of messages is the same, in any order", () => {
    const brokerContracts = [
      contractRow({ messageType: "DEFAULT", isSentByTarget: true }),
      contractRow(),
      contractRow({ messageType: "//shop/Receipt", isSentByInitiator: false, isSentByTarget: true }),
    ];
    assert.deepEqual(batches(contract.plan(both, around({ brokerContracts }))), []);
    assert.deepEqual(contract.refreshed(both, around({ brokerContracts })), both);
    assert.deepEqual(contract.probes(both, both, around({ brokerContracts })), []);
  });

  it("is made, and needs its message types but not those of SQL Server", () => {
    const plan = contract.plan(both, around());
    golden("broker-contract.create", { title: "A contract is made.", new: both }, plan);
    assert.deepEqual(needs(plan), ["message type //shop/Receipt", "message type //shop/Order"]);
  });

  it("is made again around its services and priorities when its messages change, and counts the conversations", () => {
    const context = around(users, { answers: { conversations: { conversations: 7 } } });
    const plan = contract.plan(both, context);
    golden("broker-contract.messages", { title: "A contract gets another message.", old: orders, new: both }, plan);
    assert.deepEqual(hazards(plan), ["messages-lost://shop/Orders (7)"]);
    assert.match(contract.probes(both, both, context)[0]!, /service_contract_id = 65536 AND e.state <> 'CD'/);
    assert.deepEqual(
      plan.statements.map(({ inTransaction }) => inTransaction).filter((inTransaction) => !inTransaction),
      [],
    );
  });

  it("loses nothing where nothing was counted, and takes what nobody counted to be there", () => {
    assert.deepEqual(
      hazards(contract.plan(both, around(users, { answers: { conversations: { conversations: 0 } } }))),
      [],
    );
    assert.deepEqual(hazards(contract.plan(both, around(users))), ["messages-lost://shop/Orders"]);
  });

  it("refuses a contract in which nobody can begin, system messages and a wrong name", () => {
    assert.match(contract.issues({ ...orders, messages: { "//shop/Receipt": "target" } }), /8492/);
    assert.match(
      contract.issues({
        ...orders,
        messages: { a: "any", "http://schemas.microsoft.com/SQL/ServiceBroker/Error": "any" },
      }),
      /every conversation may carry/,
    );
    assert.match(contract.issues({ ...orders, name: "ANY" }), /means every one/);
    assert.match(reasons(contract.plan({ ...orders, name: "//shop/orders" }, around(rows))), /differs only in case/);
  });

  it("changes its owner in place", () => {
    assert.deepEqual(batches(contract.plan({ ...orders, authorization: "broker" }, around(users))), [
      "ALTER AUTHORIZATION ON CONTRACT::[//shop/Orders] TO [broker];\nGRANT REFERENCES ON CONTRACT::[//shop/Orders] TO [reader];",
    ]);
  });

  it("is dropped when nothing uses it, with its conversations counted", () => {
    const counted = { answers: { conversations: { conversations: 1 } } };
    const plan = contract.planDelete(orders, around(rows, counted));
    golden("broker-contract.drop", { title: "A contract is dropped.", old: orders }, plan);
    assert.deepEqual(hazards(plan), ["messages-lost://shop/Orders (1)"]);
    assert.match(
      reasons(contract.planDelete(orders, around(users))),
      /service "\/\/shop\/OrderService", broker priority "OrdersFirst"/,
    );
  });

  it("shows drift of its messages, and that nobody receives them", () => {
    const drifted = around({ brokerContracts: [contractRow({ isSentByTarget: true })] });
    assert.deepEqual(contract.refreshed(orders, drifted), { ...orders, messages: { "//shop/Order": "any" } });
    assert.match(
      contract.plan(orders, around(rows)).observations!.join("\n"),
      /no service accepts contract.*nobody receives "\/\/shop\/Order"/,
    );
    contract.assertOutputs(orders, drifted);
  });
});

describe("kind BrokerQueue", () => {
  const orders = { name: "Orders" };
  const started = { ...orders, activation };
  const having = (special: object = {}, rest: object = {}) =>
    around({ brokerQueues: [queueRow(special)], objects: [takeOrders, ordersQueue], ...rest });

  it("does nothing when nothing differs", () => {
    assert.deepEqual(batches(queue.plan(orders, having())), []);
    assert.deepEqual(batches(queue.plan(started, having(activated))), []);
    assert.deepEqual(queue.probes(started, started, having(activated)), []);
    assert.deepEqual(queue.refreshed(started, having(activated)), started);
    assert.deepEqual(
      batches(queue.plan({ ...orders, name: "ORDERS" }, having())),
      [],
      "queues compare as the database does",
    );
  });

  it("is made with everything, and needs schema, procedure and users", () => {
    const given = {
      schema: "shop",
      name: "Orders",
      authorization: "broker",
      enabled: false,
      retention: true,
      poisonMessageHandling: false,
      activation: {
        procedure: { schema: "shop", name: "TakeOrders" },
        maxReaders: 5,
        executeAs: "worker",
        enabled: false,
      },
    };
    const plan = queue.plan(given, around());
    golden("broker-queue.create", { title: "A queue is made with activation.", new: given }, plan);
    assert.deepEqual(needs(plan), ["schema shop", "object shop.TakeOrders", "principal worker", "principal broker"]);
    golden("broker-queue.create-plain", { title: "A queue is made.", new: orders }, queue.plan(orders, around()));
  });

  it("changes only what differs, in one ALTER QUEUE", () => {
    const given = { ...orders, retention: true, activation: { ...activation, maxReaders: 4 } };
    golden(
      "broker-queue.change",
      { title: "A queue keeps its messages and gets more readers.", old: started, new: given },
      queue.plan(given, having(activated)),
    );
    assert.deepEqual(
      batches(queue.plan({ ...orders, activation: { ...activation, executeAs: "worker" } }, having(activated))),
      ["ALTER QUEUE [dbo].[Orders] WITH ACTIVATION (EXECUTE AS N'worker');"],
    );
    assert.deepEqual(
      batches(queue.plan({ ...orders, activation: { ...activation, enabled: false } }, having(activated))),
      ["ALTER QUEUE [dbo].[Orders] WITH ACTIVATION (STATUS = OFF);"],
    );
  });

  it("drops the activation that is no more wanted, and adds one whole", () => {
    golden(
      "broker-queue.drop-activation",
      { title: "A queue loses its activation.", old: started, new: orders },
      queue.plan(orders, having(activated)),
    );
    golden(
      "broker-queue.add-activation",
      { title: "A queue gets an activation.", old: orders, new: started },
      queue.plan(started, having()),
    );
  });

  it("takes a procedure of another database for another one", () => {
    const elsewhere = { ...activated, activationProcedure: "[tools].[dbo].[TakeOrders]" };
    assert.deepEqual(batches(queue.plan(started, having(elsewhere))), [
      "ALTER QUEUE [dbo].[Orders] WITH ACTIVATION (PROCEDURE_NAME = [dbo].[TakeOrders]);",
    ]);
  });

  it("shows a queue that poison messages have switched off as drift, and switches it on with a warning", () => {
    const off = having({ isReceiveEnabled: false, isEnqueueEnabled: false });
    assert.deepEqual(queue.refreshed(orders, off), { ...orders, enabled: false });
    const plan = queue.plan(orders, off);
    golden("broker-queue.poisoned", { title: "A queue that is off is switched on.", old: orders, new: orders }, plan);
    assert.match(plan.notes.join(), /five rolled-back receives/);
    assert.deepEqual(batches(queue.plan({ ...orders, enabled: false }, off)), []);
    assert.deepEqual(queue.plan({ ...orders, enabled: false }, having()).notes, []);
  });

  it("switches both halves when only one is off", () => {
    const half = having({ isReceiveEnabled: false });
    assert.deepEqual(batches(queue.plan(orders, half)), ["ALTER QUEUE [dbo].[Orders] WITH STATUS = ON;"]);
    assert.deepEqual(batches(queue.plan({ ...orders, enabled: false }, half)), [
      "ALTER QUEUE [dbo].[Orders] WITH STATUS = OFF;",
    ]);
  });

  it("lies in the filegroup that was asked for, and moves to another in place", () => {
    const archive = { filegroups: [filegroupFileRow()] };
    const there = { ...started, filegroup: "archive" };
    const plan = queue.plan(there, having(activated, archive));
    golden("broker-queue.move", { title: "A queue moves to another filegroup.", old: started, new: there }, plan);
    assert.deepEqual(hazards(plan), ["long-lock:dbo.Orders"]);
    assert.deepEqual(needs(plan).slice(-1), ["filegroup archive"]);
    const moved = having({ ...activated, filegroup: "ARCHIVE" }, archive);
    assert.deepEqual(batches(queue.plan(there, moved)), []);
    assert.deepEqual(batches(queue.plan(started, moved)), [], "not given: left where it is");
    assert.deepEqual(queue.refreshed(there, having(activated, archive)), { ...there, filegroup: "PRIMARY" });
    assert.deepEqual(queue.refreshed(started, moved), started);
    assert.match(batches(queue.plan(there, around(archive)))[0]!, / ON \[archive\];$/);
  });

  it("refuses a filegroup that cannot hold it, unless it is there already", () => {
    const of = (special: object) => ({ filegroups: [filegroupFileRow(special)] });
    const there = { ...orders, filegroup: "archive" };
    assert.match(queue.issues({ ...orders, filegroup: "Default" }), /filegroup: "Default" means whichever/);
    assert.match(reasons(queue.plan(there, having({}, of({ isReadOnly: true })))), /filegroup "archive" is read-only/);
    assert.match(
      reasons(queue.plan(there, around(of({ filegroupType: "FD" })))),
      /filegroup "archive" is not for rows/,
    );
    assert.equal(reasons(queue.plan(there, having({ filegroup: "archive" }, of({ isReadOnly: true })))), "");
  });

  it("refuses to run as who is no single user", () => {
    const principals = [principalRow({ name: "workers", type: "R" }), principalRow({ name: "worker", type: "S" })];
    const as = (executeAs: string) =>
      reasons(queue.plan({ ...orders, activation: { ...activation, executeAs } }, around({ principals })));
    assert.match(as("workers"), /activation.executeAs: "workers" is a role \(9611\); name a user/);
    assert.equal(as("worker"), "");
  });

  it("refuses a procedure that is none or has parameters, and asks for those only when it changes", () => {
    const view = { ...takeOrders, type: "V" };
    assert.match(
      reasons(queue.plan(started, having({}, { objects: [view] }))),
      /activation.procedure: "dbo.TakeOrders" is no procedure/,
    );
    const answers = { activationProcedure: { parameters: 2 } };
    const context = around({ objects: [takeOrders] }, { answers });
    assert.match(reasons(queue.plan(started, context)), /has 2 parameters.*9653/);
    assert.match(queue.probes(started, started, context)[0]!, /OBJECT_ID\(N'\[dbo\]\.\[TakeOrders\]'\)/);
    assert.match(queue.issues({ ...orders, activation: { ...activation, procedure: { name: "#t" } } }), /9742/);
    assert.match(queue.issues({ ...orders, activation: { ...activation, executeAs: "self" } }), /whoever deploys/);
    assert.match(queue.issues({ name: "#q" }), /begins with #/);
    assert.equal(queue.issues({ ...orders, activation: { ...activation, executeAs: "owner" } }), "");
  });

  it("refuses a changed name and a name that another object has", () => {
    const owned = [{ type: "queue", name: "dbo.Old" }];
    assert.match(reasons(queue.plan(orders, around({}, { owned }))), /owns queue "dbo.Old"/);
    assert.match(reasons(queue.plan(orders, around({ tables: [tableRow()] }))), /is no queue/);
    assert.ok(typeof brokerQueueKind.changes.name === "object" && typeof brokerQueueKind.changes.schema === "object");
  });

  it("changes its owner and keeps the permissions", () => {
    const permissions = [permissionRow({ class: 1, majorId: 3001, permission: "RECEIVE", grantee: "worker" })];
    assert.deepEqual(
      batches(queue.plan({ ...orders, authorization: "broker" }, having({ owner: "dbo" }, { permissions }))),
      [
        "ALTER AUTHORIZATION ON OBJECT::[dbo].[Orders] TO [broker];\nGRANT RECEIVE ON OBJECT::[dbo].[Orders] TO [worker];",
      ],
    );
  });

  it("is dropped without services, and its messages are counted", () => {
    const answers = { messages: { messages: 12 } };
    const plan = queue.planDelete(orders, around({ brokerQueues: [queueRow()] }, { answers }));
    golden("broker-queue.drop", { title: "A queue with messages is dropped.", old: orders }, plan);
    assert.deepEqual(hazards(plan), ["messages-lost:dbo.Orders (12)"]);
    const empty = around({ brokerQueues: [queueRow()] }, { answers: { messages: { messages: 0 } } });
    assert.deepEqual(hazards(queue.planDelete(orders, empty)), []);
    assert.deepEqual(queue.probes(undefined, orders, empty), [
      "SELECT COUNT(*) AS messages FROM [dbo].[Orders] WITH (NOLOCK);",
    ]);
    const used = having({}, { brokerServices: [serviceRow({ queueName: "ORDERS" })] });
    assert.match(reasons(queue.planDelete(orders, used)), /bound to service "\/\/shop\/OrderService"/);
  });

  it("tells of a queue without a service and of a procedure that is gone", () => {
    assert.match(queue.plan(orders, having()).observations!.join(), /has no service, so nothing ever arrives/);
    const gone = around({ brokerQueues: [queueRow(activated)], brokerServices: [serviceRow()], objects: [] });
    assert.match(
      queue.plan(started, gone).observations!.join(),
      /activates procedure "dbo.TakeOrders", which is not there/,
    );
    queue.assertOutputs(orders, gone);
  });

  it("quotes any name", () => {
    const given = {
      schema: hostile,
      name: hostile,
      activation: { procedure: { name: hostile }, maxReaders: 1, executeAs: hostile },
    };
    assert.deepEqual(batches(queue.plan(given, around())), [
      "CREATE QUEUE [it's a [bad]] name]] select 🚀].[it's a [bad]] name]] select 🚀] WITH STATUS = ON, RETENTION = OFF, ACTIVATION (STATUS = ON, PROCEDURE_NAME = [dbo].[it's a [bad]] name]] select 🚀], MAX_QUEUE_READERS = 1, EXECUTE AS N'it''s a [bad] name] select 🚀'), POISON_MESSAGE_HANDLING (STATUS = ON);",
    ]);
    const live = queueRow({
      ...activated,
      schemaName: hostile,
      name: hostile,
      activationProcedure: "[sales].[dbo].[it's a [bad]] name]] select 🚀]",
      executeAs: hostile,
      isExecutedAsOwner: false,
      maxReaders: 1,
    });
    assert.deepEqual(batches(queue.plan(given, around({ brokerQueues: [live] }))), []);
  });
});

describe("kind BrokerService", () => {
  const orders = { name: "//shop/OrderService", queue: { name: "Orders" }, contracts: ["//shop/Orders"] };
  const rows = { brokerServices: [serviceRow()], brokerQueues: [queueRow()], brokerContracts: [contractRow()] };

  it("does nothing when nothing differs", () => {
    assert.deepEqual(batches(service.plan(orders, around(rows))), []);
    assert.deepEqual(service.refreshed(orders, around(rows)), orders);
    assert.deepEqual(batches(service.plan({ ...orders, queue: { schema: "DBO", name: "orders" } }, around(rows))), []);
    assert.deepEqual(service.probes(orders, orders, around(rows)), []);
  });

  it("is made on its queue with its contracts, and needs both", () => {
    const given = { ...orders, authorization: "broker", contracts: ["//shop/Orders", "DEFAULT"] };
    const plan = service.plan(given, around());
    golden("broker-service.create", { title: "A service is made.", new: given }, plan);
    assert.deepEqual(needs(plan), ["object dbo.Orders", "contract //shop/Orders", "principal broker"]);
    assert.deepEqual(batches(service.plan({ ...orders, contracts: [] }, around())), [
      "CREATE SERVICE [//shop/OrderService] ON QUEUE [dbo].[Orders];",
    ]);
  });

  it("moves to another queue and changes its contracts in one statement", () => {
    const given = { ...orders, queue: { name: "NewOrders" }, contracts: ["//shop/Returns"] };
    const context = around(rows, { answers: { conversations: { conversations: 3 } } });
    const plan = service.plan(given, context);
    golden(
      "broker-service.change",
      { title: "A service moves and accepts another contract.", old: orders, new: given },
      plan,
    );
    assert.deepEqual(hazards(plan), ["messages-lost://shop/OrderService (3)"]);
    assert.match(
      service.probes(given, given, context)[0]!,
      /service_id = 65536 AND e.is_initiator = 0 AND e.service_contract_id IN \(65536\)/,
    );
  });

  it("loses nothing by a contract more or another queue", () => {
    const given = { ...orders, queue: { name: "NewOrders" }, contracts: ["//shop/Orders", "//shop/Returns"] };
    assert.deepEqual(hazards(service.plan(given, around(rows))), []);
    assert.deepEqual(service.probes(given, given, around(rows)), []);
  });

  it("counts all conversations of the target when a contract of SQL Server goes", () => {
    const context = around({ ...rows, brokerServices: [serviceRow(), serviceRow({ contract: "DEFAULT" })] });
    assert.doesNotMatch(service.probes(orders, orders, context)[0]!, / IN \(/);
    assert.deepEqual(hazards(service.plan(orders, context)), ["messages-lost://shop/OrderService"]);
  });

  it("compares contracts byte by byte", () => {
    const plan = service.plan({ ...orders, contracts: ["//shop/orders"] }, around(rows));
    assert.deepEqual(batches(plan), [
      "ALTER SERVICE [//shop/OrderService] (ADD CONTRACT [//shop/orders], DROP CONTRACT [//shop/Orders]);",
    ]);
    assert.deepEqual(needs(plan), ["object dbo.Orders", "contract //shop/orders"]);
  });

  it("refuses a contract twice, a table as queue, and a near miss of its name", () => {
    assert.match(service.issues({ ...orders, contracts: ["a", "a"] }), /contracts\[1\]: "a" is named twice/);
    assert.match(service.issues({ ...orders, name: "any" }), /means every one/);
    assert.match(reasons(service.plan(orders, around({ tables: [tableRow()] }))), /queue: "dbo.Orders" is a table/);
    assert.match(
      reasons(service.plan({ ...orders, name: "//shop/orderservice" }, around(rows))),
      /differs only in case/,
    );
  });

  it("is dropped when no priority names it, with conversations and messages counted", () => {
    const answers = { conversations: { conversations: 2 }, messages: { messages: 5 } };
    const plan = service.planDelete(orders, around(rows, { answers }));
    golden("broker-service.drop", { title: "A service in use is dropped.", old: orders }, plan);
    assert.deepEqual(hazards(plan), ["messages-lost://shop/OrderService (7)"]);
    assert.equal(service.probes(undefined, orders, around(rows)).length, 2);
    const named = around({ ...rows, brokerPriorities: [priorityRow({ localService: "//shop/OrderService" })] });
    assert.match(reasons(service.planDelete(orders, named)), /named by broker priority "OrdersFirst"/);
  });

  it("shows drift of queue and contracts, and gives its outputs", () => {
    const drifted = around({ brokerServices: [serviceRow({ queueName: "Other", contract: null })] });
    assert.deepEqual(service.refreshed(orders, drifted), {
      ...orders,
      queue: { schema: "dbo", name: "Other" },
      contracts: [],
    });
    service.assertOutputs(orders, drifted);
  });
});

describe("the T-SQL of message types, contracts, queues and services", () => {
  it("is what Microsoft's grammar accepts", function () {
    assertGrammar(this);
  });
});
