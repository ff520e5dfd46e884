import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import type * as component from "../../../components/src/broker-conversation";

const made: pulumi.runtime.MockResourceArgs[] = [];

const value = <T>(output: pulumi.Output<T>): Promise<T> =>
  new Promise((resolve) => output.apply((result) => (resolve(result), result)));

const end = (service: string, queue: string): component.ConversationEnd => ({
  service,
  queue: { name: queue },
  activation: { procedure: { name: `Take${queue}` } },
});
const orders: component.BrokerConversationArgs = {
  server: "local",
  database: "shop",
  messages: {
    "//shop/Order": { sentBy: "initiator", validation: "well-formed-xml" },
    "//shop/Receipt": { sentBy: "target" },
  },
  contract: "//shop/Orders",
  initiator: end("//shop", "Shop"),
  target: end("//warehouse", "Warehouse"),
};

describe("BrokerConversation", () => {
  let module: typeof component;
  before(async () => {
    await pulumi.runtime.setMocks({
      newResource: (args) => {
        made.push(args);
        const queueName = `[dbo].[${String(args.inputs["name"])}]`;
        return { id: `${args.name}-id`, state: { ...args.inputs, queueName } };
      },
      call: ({ inputs }) => inputs as Record<string, unknown>,
    });
    module = await import("../../../components/src/broker-conversation");
  });
  beforeEach(() => void made.splice(0));

  const inputsOf = (kind: string): Record<string, unknown>[] =>
    made
      .filter(({ type }) => type.endsWith(`:${kind}`))
      .map(({ inputs }) => {
        const {
          server: _server,
          database: _database,
          owner: _owner,
          __provider: _provider,
          ...rest
        } = inputs as Record<string, unknown>;
        return Object.fromEntries(Object.entries(rest).filter(([, item]) => item !== undefined));
      })
      .sort((left, right) => (String(left["name"]) < String(right["name"]) ? -1 : 1));
  /** Children are registered in their own time; a number that is never reached is a time-out of the test. */
  const registered = async (count: number): Promise<void> => {
    while (made.length < count) await new Promise((resolve) => setImmediate(resolve));
  };
  const problems = (special: Partial<component.BrokerConversationArgs>): string =>
    module.conversationProblems({ ...orders, ...special }).join("\n");

  it("makes message types, contract, queues and services that fit each other", async () => {
    const conversation = new module.BrokerConversation("orders", orders);
    assert.deepEqual(await value(conversation.queueNames), ["[dbo].[Shop]", "[dbo].[Warehouse]"]);
    await registered(8);
    assert.deepEqual(inputsOf("BrokerMessageType"), [
      { name: "//shop/Order", validation: "well-formed-xml" },
      { name: "//shop/Receipt" },
    ]);
    assert.deepEqual(inputsOf("BrokerContract"), [
      { name: "//shop/Orders", messages: { "//shop/Order": "initiator", "//shop/Receipt": "target" } },
    ]);
    assert.deepEqual(inputsOf("BrokerQueue"), [
      { name: "Shop", activation: { procedure: { name: "TakeShop" }, maxReaders: 1 } },
      { name: "Warehouse", activation: { procedure: { name: "TakeWarehouse" }, maxReaders: 1 } },
    ]);
    assert.deepEqual(inputsOf("BrokerService"), [
      { name: "//shop", queue: { name: "Shop" } },
      { name: "//warehouse", queue: { name: "Warehouse" }, contracts: ["//shop/Orders"] },
    ]);
    assert.deepEqual(inputsOf("BrokerPriority"), []);
    assert.deepEqual(
      [conversation.initiatorService, conversation.targetService, conversation.contractName],
      ["//shop", "//warehouse", "//shop/Orders"],
    );
  });

  it("gives both ends the priority, and shares what somebody else makes", async () => {
    const conversation = new module.BrokerConversation("shared", {
      ...orders,
      priority: 9,
      initiator: { ...orders.initiator, filegroup: "Messages" },
      sharedMessages: ["//shop/Receipt"],
      target: { service: "//warehouse", queue: { name: "Warehouse" }, sharesQueue: true },
    });
    assert.deepEqual(await value(conversation.queueNames), ["[dbo].[Shop]"]);
    await registered(8);
    assert.deepEqual(
      inputsOf("BrokerMessageType").map(({ name }) => name),
      ["//shop/Order"],
    );
    assert.deepEqual(
      inputsOf("BrokerQueue").map(({ name, filegroup }) => [name, filegroup]),
      [["Shop", "Messages"]],
    );
    assert.deepEqual(
      inputsOf("BrokerPriority").map(({ localService, remoteService, level }) => [localService, remoteService, level]),
      [
        ["//shop", "//warehouse", 9],
        ["//warehouse", "//shop", 9],
      ],
    );
  });

  it("refuses what cannot work together when the program runs, all of it at once", () => {
    const args = {
      ...orders,
      initiator: { service: "//shop", queue: { name: "Shop" } },
      procedures: [{ name: "takewarehouse " }],
      messages: { "//shop/Order": { sentBy: "target" } as const },
    };
    assert.throws(
      () => new module.BrokerConversation("wrong", args),
      (error: Error) => {
        assert.ok(pulumi.RunError.isInstance(error));
        assert.match(error.message, /^BrokerConversation "wrong":/);
        assert.match(error.message, /8492/);
        assert.match(error.message, /nobody ends conversations on EndDialog and Error/);
        assert.match(error.message, /activates procedure "dbo.TakeWarehouse", which is not there/);
        return true;
      },
    );
    assert.deepEqual(inputsOf("BrokerContract"), []);
  });

  it("finds nothing wrong with what is right", () => {
    assert.equal(problems({}), "");
    assert.equal(problems({ procedures: [{ name: "TakeShop" }, { schema: "dbo", name: "TakeWarehouse" }] }), "");
    assert.equal(problems({ initiator: { service: "//shop", queue: { name: "Shop" }, receivedOutside: true } }), "");
  });

  it("finds ends that stand in each other's way", () => {
    assert.match(problems({ target: { ...orders.target, service: "//shop" } }), /both service "\/\/shop"/);
    assert.match(
      problems({ target: { ...orders.target, queue: { name: "Shop" } } }),
      /both ends make queue "dbo.Shop"/,
    );
    assert.match(problems({ target: { ...orders.target, sharesQueue: true } }), /leave activation out here/);
    assert.match(problems({ target: { ...orders.target, receivedOutside: true } }), /leave one out/);
    assert.match(problems({ sharedMessages: ["//x"] }), /sharedMessages names "\/\/x"/);
  });
});
