import assert from "node:assert/strict";
import { checkTopology, type Topology, type TopologyIssue } from "../../../provider/src/kinds/broker/topology";
import { topologyOf } from "../../../provider/src/kinds/broker/topology-catalog";
import {
  activated,
  around,
  contractRow,
  messageTypeRow,
  queueRow,
  routeRow,
  serviceRow,
  takeOrders,
} from "./broker-fixture";

const dbo = (name: string) => ({ schema: "dbo", name });

/** A shop that orders from a warehouse: nothing is wrong with it. */
const right: Topology = {
  messageTypes: ["//shop/Order", "//shop/Receipt"],
  contracts: [{ name: "//shop/Orders", messages: { "//shop/Order": "initiator", "//shop/Receipt": "target" } }],
  queues: [dbo("Shop"), { ...dbo("Warehouse"), activation: dbo("TakeOrders") }],
  services: [
    { name: "//shop", queue: dbo("Shop"), contracts: [] },
    { name: "//warehouse", queue: dbo("Warehouse"), contracts: ["//shop/Orders"] },
  ],
  conversations: [{ from: "//shop", to: "//warehouse", contract: "//shop/Orders" }],
  procedures: [dbo("TakeOrders")],
};

function problems(special: Partial<Topology>): string[] {
  return checkTopology({ ...right, ...special }).map(({ problem, type, name }) => `${problem}: ${type} ${name}`);
}

function only(special: Partial<Topology>, problem: TopologyIssue["problem"]): string {
  const found = checkTopology({ ...right, ...special }).filter((issue) => issue.problem === problem);
  assert.equal(found.length, 1, JSON.stringify(found));
  return found[0]!.text;
}

describe("the topology of conversations", () => {
  it("finds nothing where nothing is wrong", () => {
    assert.deepEqual(problems({}), []);
    assert.deepEqual(problems({ procedures: undefined, conversations: undefined }), []);
  });

  it("finds a service without a contract, but not the one that begins conversations", () => {
    const services = [...right.services, { name: "//idle", queue: dbo("Shop"), contracts: [] }];
    assert.deepEqual(problems({ services }), ["service-without-contract: service //idle"]);
    assert.deepEqual(problems({ services, conversations: undefined }), [], "who begins is not known");
  });

  it("finds an activation procedure that is missing, and names the one that was meant", () => {
    const text = only({ procedures: [dbo("Take Orders")] }, "missing-procedure");
    assert.match(
      text,
      /queue "dbo.Warehouse" activates procedure "dbo.TakeOrders", which is not there.*there is "dbo.Take Orders"/,
    );
  });

  it("finds a message that nobody sends", () => {
    const messageTypes = [...right.messageTypes, "//shop/order"];
    assert.deepEqual(problems({ messageTypes }), ["message-nobody-sends: message type //shop/order"]);
    assert.match(
      only({ messageTypes }, "message-nobody-sends"),
      /there is "\/\/shop\/Order": names are compared byte by byte/,
    );
  });

  it("finds messages that nobody receives, unless the far service is elsewhere", () => {
    const services = [right.services[0]!];
    const conversations = [{ from: "//shop", to: "//far", contract: "//shop/Orders", isRemote: true }];
    const queues = [dbo("Shop")];
    assert.match(
      only({ services, conversations: undefined }, "message-nobody-receives"),
      /nobody receives "\/\/shop\/Order"/,
    );
    assert.deepEqual(problems({ services, conversations, queues }), []);
  });

  it("finds a contract that no conversation is on", () => {
    assert.deepEqual(problems({ conversations: [] }), [
      "contract-nobody-uses: contract //shop/Orders",
      "service-without-contract: service //shop",
    ]);
  });

  it("finds a contract in which nobody can begin", () => {
    const contracts = [
      { name: "//shop/Orders", messages: { "//shop/Order": "target", "//shop/Receipt": "target" } as const },
    ];
    assert.match(only({ contracts }, "nothing-for-initiator"), /8492/);
  });

  it("finds initiator and target the wrong way round", () => {
    const conversations = [{ from: "//warehouse", to: "//shop", contract: "//shop/Orders" }];
    assert.match(only({ conversations }, "ends-reversed"), /it is "\/\/warehouse" that accepts/);
  });

  it("finds a target that does not accept the contract", () => {
    const services = [right.services[0]!, { ...right.services[1]!, contracts: ["//shop/orders"] }];
    assert.match(only({ services }, "target-refuses"), /8408.*there is "\/\/shop\/orders"/);
    assert.match(only({ services }, "missing-contract"), /accepts contract "\/\/shop\/orders", which is not there/);
  });

  it("finds a queue without a service, and a service without its queue", () => {
    assert.deepEqual(problems({ queues: [...right.queues, dbo("Lost")] }), ["queue-without-service: queue dbo.Lost"]);
    assert.deepEqual(problems({ queues: [right.queues[1]!] }), ["missing-queue: service //shop"]);
  });

  it("finds message types, contracts and services that are only named", () => {
    assert.match(
      only({ messageTypes: ["//shop/Order"] }, "missing-message-type"),
      /names message type "\/\/shop\/Receipt"/,
    );
    assert.deepEqual(problems({ conversations: [{ from: "//shop", to: "//nobody", contract: "//shop/Orders" }] }), [
      "missing-service: conversation //shop -> //nobody",
    ]);
  });

  it("knows what belongs to SQL Server", () => {
    const contracts = [
      {
        name: "//shop/Orders",
        messages: { DEFAULT: "any", "//shop/Order": "initiator", "//shop/Receipt": "target" } as const,
      },
    ];
    const services = [{ ...right.services[0]!, contracts: ["DEFAULT"] }, right.services[1]!];
    assert.deepEqual(problems({ contracts, services }), []);
  });

  it("is read from the catalog", () => {
    const { catalog } = around({
      brokerMessageTypes: [messageTypeRow()],
      brokerContracts: [contractRow()],
      brokerQueues: [queueRow(activated)],
      brokerServices: [serviceRow()],
      objects: [takeOrders],
    });
    assert.deepEqual(topologyOf(catalog), {
      messageTypes: ["//shop/Order"],
      contracts: [{ name: "//shop/Orders", messages: { "//shop/Order": "initiator" } }],
      queues: [{ schema: "dbo", name: "Orders", activation: dbo("TakeOrders") }],
      services: [{ name: "//shop/OrderService", queue: dbo("Orders"), contracts: ["//shop/Orders"] }],
      reachesOthers: false,
      procedures: [dbo("TakeOrders")],
    });
  });

  it("raises no alarm about a target where routes lead to other servers", () => {
    const problems = (address: string) => {
      const brokerRoutes = [
        routeRow({ name: "AutoCreatedLocal", serviceName: null, address: "LOCAL" }),
        routeRow({ address }),
      ];
      const { catalog } = around({
        brokerContracts: [contractRow()],
        brokerMessageTypes: [messageTypeRow()],
        brokerRoutes,
      });
      return checkTopology(topologyOf(catalog)).map(({ problem }) => problem);
    };
    assert.deepEqual(problems("local"), ["message-nobody-receives"]);
    assert.deepEqual(problems("TCP://warehouse:4022"), []);
  });
});
