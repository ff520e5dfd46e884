import assert from "node:assert/strict";
import type { PlanContext } from "../../../provider/src/contract";
import { brokerEndpointKind } from "../../../provider/src/kinds/broker/endpoint";
import { brokerPriorityKind } from "../../../provider/src/kinds/broker/priority";
import { remoteServiceBindingKind } from "../../../provider/src/kinds/broker/remote-service-binding";
import { brokerRouteKind } from "../../../provider/src/kinds/broker/route";
import { permissionRow } from "../../catalog-rows";
import { assertGrammar, golden } from "../../golden";
import {
  around,
  batches,
  bindingRow,
  endpointRow,
  hazards,
  KindUnderTest,
  needs,
  principalRow,
  priorityRow,
  reasons,
  routeRow,
  serviceRow,
} from "./broker-fixture";

const route = new KindUnderTest(brokerRouteKind);
const binding = new KindUnderTest(remoteServiceBindingKind);
const priority = new KindUnderTest(brokerPriorityKind);
const endpoint = new KindUnderTest(brokerEndpointKind);

const hostile = "it's a [bad] name] select 🚀";
const guid = "11111111-2222-3333-4444-555555555555";
const linux = { server: { hostPlatform: "Linux" } };
const managed = { server: { engineEdition: 8 } };
const azure = { server: { engineEdition: 5 } };

describe("kind BrokerRoute", () => {
  const stock = { name: "ToWarehouse", serviceName: "//warehouse/Stock", address: "TCP://warehouse:4022" };
  const having = (special: object = {}, rest: object = {}) => around({ brokerRoutes: [routeRow(special)], ...rest });

  it("does nothing when nothing differs: hosts and identifiers have no case, a service has", () => {
    assert.deepEqual(batches(route.plan(stock, having())), []);
    assert.deepEqual(batches(route.plan({ ...stock, address: "tcp://WAREHOUSE:4022" }, having())), []);
    assert.deepEqual(
      batches(route.plan({ ...stock, brokerInstance: guid.toUpperCase() }, having({ brokerInstance: guid }))),
      [],
    );
    assert.equal(batches(route.plan({ ...stock, serviceName: "//Warehouse/Stock" }, having())).length, 1);
    assert.deepEqual(route.refreshed(stock, having()), stock);
  });

  it("is made with all its parts", () => {
    const given = { ...stock, authorization: "broker", brokerInstance: guid, mirrorAddress: "TCP://mirror:4022" };
    golden("broker-route.create", { title: "A route is made.", new: given }, route.plan(given, around()));
  });

  it("turns a time into the seconds from now where the statement runs", () => {
    const given = { ...stock, expiresAt: "2027-01-01T00:00:00Z" };
    golden(
      "broker-route.create-expiring",
      { title: "A route ends with the year.", new: given },
      route.plan(given, around()),
    );
    assert.deepEqual(
      batches(route.plan(given, having({ expiresAt: "2027-01-01T00:00:01.237" }))),
      [],
      "the server counts from the statement",
    );
    assert.equal(batches(route.plan(given, having({ expiresAt: "2027-01-01T00:00:05" }))).length, 1);
    assert.match(
      route.probes(given, given, around())[0]!,
      /SYSUTCDATETIME\(\), CONVERT\(datetime2\(0\), N'2027-01-01T00:00:00', 126\)\)/,
    );
    assert.deepEqual(route.probes(given, given, having({ expiresAt: "2027-01-01T00:00:00" })), []);
    const left = (secondsLeft: string): string =>
      reasons(route.plan(given, around({}, { answers: { timeLeft: { secondsLeft } } })));
    assert.match(left("-1"), /expiresAt: .* is past/);
    assert.match(left("2147483648"), /expiresAt: .* more than 68 years/);
    assert.equal(left("60"), "");
    assert.match(
      batches(route.plan(given, having()))[0]!,
      /ALTER ROUTE \[ToWarehouse\] WITH LIFETIME = ' \+ CONVERT\(nvarchar\(11\), @seconds\) \+ N';'/,
    );
  });

  it("changes in place by saying only what differs", () => {
    const given = { ...stock, serviceName: "//warehouse/Stock2", address: "TCP://warehouse2:4022" };
    golden(
      "broker-route.change",
      { title: "A route leads elsewhere.", old: stock, new: given },
      route.plan(given, having()),
    );
    assert.deepEqual(hazards(route.plan(given, having())), []);
  });

  it("is made again in one transaction when something is taken away, with owner and permissions kept", () => {
    const permissions = [permissionRow({ class: 19, majorId: 65_537, permission: "VIEW DEFINITION" })];
    const given = { name: stock.name, address: stock.address };
    const plan = route.plan(given, having({ owner: "broker" }, { permissions }));
    golden(
      "broker-route.any-service",
      { title: "A route is for any service from now on.", old: stock, new: given },
      plan,
    );
    assert.ok(plan.statements.every(({ inTransaction }) => inTransaction));
    for (const special of [
      { brokerInstance: guid },
      { expiresAt: "2027-01-01T00:00:00" },
      { mirrorAddress: "TCP://m:1" },
    ])
      assert.match(batches(route.plan(stock, having(special))).join("\n"), /^DROP ROUTE/);
  });

  it("refuses what the server would refuse", () => {
    assert.match(route.issues({ ...stock, address: "warehouse" }), /9744/);
    assert.match(route.issues({ ...stock, address: "TCP://warehouse:99999" }), /9744/);
    assert.match(route.issues({ name: "r", address: "LOCAL", brokerInstance: guid }), /9662/);
    assert.match(route.issues({ ...stock, address: "TRANSPORT" }), /9745/);
    assert.match(route.issues({ ...stock, mirrorAddress: "TCP://m:1" }), /9661/);
    assert.match(
      route.issues({ ...stock, address: "LOCAL", brokerInstance: guid, mirrorAddress: "TCP://m:1" }),
      /9743/,
    );
    assert.match(route.issues({ ...stock, brokerInstance: guid, mirrorAddress: "tcp://WAREHOUSE:4022" }), /9747/);
    assert.equal(route.issues({ name: "r", address: "local" }), "");
  });

  it("refuses a mirror on Linux, other addresses in a contained database, and Azure SQL Database", () => {
    const mirrored = { ...stock, brokerInstance: guid, mirrorAddress: "TCP://m:1" };
    assert.match(reasons(route.plan(mirrored, around({}, linux))), /mirrorAddress: SQL Server on Linux/);
    const contained = around({ brokerRoutes: [routeRow()] }, { database: { containment: "PARTIAL" } });
    assert.match(
      reasons(route.plan({ ...stock, address: "LOCAL" }, contained)),
      /address: cannot change in a contained database/,
    );
    assert.match(reasons(route.plan(stock, around({}, azure))), /has no Service Broker/);
    assert.match(reasons(route.plan({ ...stock, name: "towarehouse" }, having())), /differs only in case/);
  });

  it("keeps the route that comes with the database", () => {
    const local = { name: "AutoCreatedLocal", address: "LOCAL" };
    const context = having({ name: "AutoCreatedLocal", serviceName: null, address: "LOCAL" });
    assert.deepEqual(batches(route.plan(local, context)), []);
    assert.match(reasons(route.planDelete(local, context)), /local delivery stands on it.*retainOnDelete/);
  });

  it("is dropped, and shows drift of every part", () => {
    golden("broker-route.drop", { title: "A route is dropped.", old: stock }, route.planDelete(stock, having()));
    const drifted = having({
      serviceName: null,
      brokerInstance: null,
      expiresAt: "2027-01-01T00:00:00.4",
      address: "LOCAL",
    });
    assert.deepEqual(route.refreshed(stock, drifted), {
      name: "ToWarehouse",
      expiresAt: "2027-01-01T00:00:00Z",
      address: "LOCAL",
    });
    route.assertOutputs(stock, having());
  });

  it("quotes names and texts of any sort", () => {
    const plan = route.plan(
      { name: hostile, serviceName: hostile, address: "LOCAL", expiresAt: "2027-01-01T00:00:00Z" },
      around(),
    );
    assert.match(
      batches(plan)[0]!,
      /N'CREATE ROUTE \[it''s a \[bad\]\] name\]\] select 🚀\] WITH SERVICE_NAME = N''it''''s a/,
    );
  });
});

describe("kind RemoteServiceBinding", () => {
  const warehouse = { name: "Warehouse", toService: "//warehouse/Stock", user: "warehouse" };
  const having = (special: object = {}) => around({ remoteServiceBindings: [bindingRow(special)] });

  it("does nothing when nothing differs", () => {
    assert.deepEqual(batches(binding.plan(warehouse, having())), []);
    assert.deepEqual(binding.refreshed(warehouse, having()), warehouse);
  });

  it("is made, and needs its users", () => {
    const given = { ...warehouse, authorization: "broker", anonymous: true };
    const plan = binding.plan(given, around());
    golden("remote-service-binding.create", { title: "A binding is made.", new: given }, plan);
    assert.deepEqual(needs(plan), ["principal warehouse", "principal broker"]);
  });

  it("changes user and anonymity in place, and the service by making it again", () => {
    const other = { ...warehouse, user: "other", anonymous: true };
    golden(
      "remote-service-binding.change",
      { title: "Another user stands for the service.", old: warehouse, new: other },
      binding.plan(other, having()),
    );
    const elsewhere = { ...warehouse, toService: "//warehouse/Orders" };
    golden(
      "remote-service-binding.service",
      { title: "The binding is for another service.", old: warehouse, new: elsewhere },
      binding.plan(elsewhere, having({ owner: "broker" })),
    );
  });

  it("refuses a second one for a service and the Azure flavours", () => {
    assert.match(
      reasons(binding.plan({ ...warehouse, name: "Second" }, having())),
      /binding "Warehouse" is for service.*9619/,
    );
    assert.match(
      reasons(binding.plan(warehouse, around({}, managed))),
      /Managed Instance has no remote service bindings/,
    );
    assert.match(reasons(binding.plan(warehouse, around({}, azure))), /has no Service Broker/);
  });

  it("refuses who is no single user", () => {
    const as = (type: string) => reasons(binding.plan(warehouse, around({ principals: [principalRow({ type })] })));
    assert.match(as("R"), /user: "warehouse" is a role \(28083\); name a user/);
    assert.match(as("C"), /user: "warehouse" is a user of a certificate \(28083\)/);
    assert.equal(as("S"), "");
  });

  it("is dropped, and shows drift", () => {
    golden(
      "remote-service-binding.drop",
      { title: "A binding is dropped.", old: warehouse },
      binding.planDelete(warehouse, having()),
    );
    assert.deepEqual(binding.refreshed(warehouse, having({ serviceName: "//x", user: "y", isAnonymous: true })), {
      name: "Warehouse",
      toService: "//x",
      user: "y",
      anonymous: true,
    });
    binding.assertOutputs(warehouse, having());
  });
});

describe("kind BrokerPriority", () => {
  const first = { name: "OrdersFirst", contract: "//shop/Orders", level: 8 };
  const having = (special: object = {}) => around({ brokerPriorities: [priorityRow(special)] });

  it("does nothing when nothing differs", () => {
    assert.deepEqual(batches(priority.plan(first, having())), []);
    assert.deepEqual(priority.refreshed(first, having()), first);
  });

  it("is made, and needs contract and service", () => {
    const given = { ...first, localService: "//shop/OrderService", remoteService: "//shop/it's" };
    const plan = priority.plan(given, around());
    golden("broker-priority.create", { title: "A priority is made.", new: given }, plan);
    assert.deepEqual(needs(plan), ["contract //shop/Orders", "service //shop/OrderService"]);
  });

  it("changes in place, back to any as well", () => {
    const given = { name: "OrdersFirst", remoteService: "//far" };
    golden(
      "broker-priority.change",
      { title: "A priority is for every contract.", old: first, new: given },
      priority.plan(given, having()),
    );
  });

  it("tells that it does not count between servers while the database does not honour it", () => {
    const told = (given: object, context: PlanContext) => priority.plan(given, context).observations!.join();
    assert.match(told(first, having()), /HONOR_BROKER_PRIORITY OFF: level 8 counts where messages are received/);
    assert.match(told(first, around()), /honorBrokerPriority: true/, "when it is made as well");
    assert.equal(told(first, around({}, { database: { isHonorBrokerPriority: true } })), "");
    const near = { ...first, remoteService: "//shop/OrderService" };
    assert.equal(told(near, around({ brokerServices: [serviceRow()] })), "");
    assert.notEqual(told(near, around()), "");
  });

  it("is dropped, and shows drift", () => {
    golden(
      "broker-priority.drop",
      { title: "A priority is dropped.", old: first },
      priority.planDelete(first, having()),
    );
    assert.deepEqual(priority.refreshed(first, having({ contract: null, localService: "s", level: 1 })), {
      name: "OrdersFirst",
      localService: "s",
      level: 1,
    });
    assert.deepEqual(priority.refreshed({ name: "OrdersFirst" }, having({ contract: null, level: 5 })), {
      name: "OrdersFirst",
    });
    priority.assertOutputs(first, having());
  });

  it("refuses a near miss of its name and Azure SQL Database", () => {
    assert.match(reasons(priority.plan({ ...first, name: "ordersfirst" }, having())), /differs only in case/);
    assert.match(reasons(priority.plan(first, around({}, azure))), /has no Service Broker/);
  });
});

describe("kind BrokerEndpoint", () => {
  const plain = { name: "Broker" };
  const having = (special: object = {}, rest: object = {}) =>
    around({}, { endpoints: [endpointRow(special)], ...rest });
  const good = { certificate: { certificates: 1, privateKey: "MK", isCurrent: 1 } };

  it("does nothing when nothing differs", () => {
    assert.deepEqual(batches(endpoint.plan(plain, having())), []);
    assert.deepEqual(endpoint.refreshed(plain, having()), plain);
    assert.equal(brokerEndpointKind.database({ server: "s", owner: "o", name: "n" }), undefined);
  });

  it("is made started, outside of transactions", () => {
    const plan = endpoint.plan(plain, around());
    golden("broker-endpoint.create-plain", { title: "The endpoint with its defaults.", new: plain }, plan);
    assert.deepEqual(
      plan.statements.map(({ inTransaction, database }) => [inTransaction, database]),
      [[false, "master"]],
    );
  });

  it("is made with everything", () => {
    const given = {
      name: "Broker",
      authorization: "deployer",
      state: "stopped",
      port: 4023,
      listenerIp: "10.0.0.4",
      authentication: { windows: "kerberos", certificate: "BrokerCertificate", first: "certificate" },
      encryption: "supported",
      algorithm: "aes-rc4",
      messageForwarding: true,
      forwardSizeMb: 20,
    };
    const context = around({}, { answers: good });
    golden(
      "broker-endpoint.create",
      { title: "The endpoint with a certificate.", new: given },
      endpoint.plan(given, context),
    );
    assert.match(
      endpoint.probes(given, given, context)[0]!,
      /sys\.certificates AS c WHERE c\.name = N'BrokerCertificate'/,
    );
    assert.match(
      batches(endpoint.plan({ ...plain, listenerIp: "fe80::1" }, around()))[0]!,
      /LISTENER_IP = \(N'fe80::1'\)/,
    );
  });

  it("changes its state alone, everything else whole, and its owner apart", () => {
    assert.deepEqual(batches(endpoint.plan({ ...plain, state: "disabled" }, having())), [
      "ALTER ENDPOINT [Broker] STATE = DISABLED;",
    ]);
    const given = { ...plain, port: 5022, authorization: "deployer" };
    golden(
      "broker-endpoint.change",
      { title: "The endpoint listens on another port.", old: plain, new: given },
      endpoint.plan(given, having()),
    );
  });

  it("reads every code of the catalog as the words that make it", () => {
    for (let authentication = 1; authentication <= 10; authentication++) {
      const certificate = authentication >= 4 ? "c" : null;
      const refreshed = endpoint.refreshed(plain, having({ authentication, certificate }));
      assert.deepEqual(
        batches(endpoint.plan(refreshed, having({ authentication, certificate }))),
        [],
        `connection_auth ${authentication}`,
      );
    }
    for (let encryption = 0; encryption <= 8; encryption++) {
      const refreshed = endpoint.refreshed(plain, having({ encryption }));
      assert.deepEqual(
        batches(endpoint.plan(refreshed, having({ encryption }))),
        [],
        `encryption_algorithm ${encryption}`,
      );
    }
    assert.deepEqual(endpoint.refreshed(plain, having({ authentication: 9, certificate: "c" })), {
      ...plain,
      authentication: { windows: "kerberos", certificate: "c", first: "certificate" },
    });
    assert.deepEqual(endpoint.refreshed(plain, having({ encryption: 6 })), {
      ...plain,
      encryption: "required",
      algorithm: "aes-rc4",
    });
  });

  it("refuses a second endpoint and names the first", () => {
    assert.match(
      reasons(endpoint.plan(plain, having({ name: "Other" }))),
      /has an endpoint for Service Broker, "Other".*adopt: true/,
    );
  });

  it("refuses a certificate that is not there, has no usable key or is not valid now", () => {
    const given = { ...plain, authentication: { certificate: "c" } };
    const answered = (certificate: Record<string, string | number | null>): string =>
      reasons(endpoint.plan(given, around({}, { answers: { certificate } })));
    assert.match(answered({ certificates: 0, privateKey: null, isCurrent: null }), /master has no certificate "c"/);
    assert.match(answered({ certificates: 1, privateKey: "PW", isCurrent: 1 }), /private key/);
    assert.match(answered({ certificates: 1, privateKey: "MK", isCurrent: 0 }), /not valid now/);
    assert.equal(answered(good.certificate), "");
  });

  it("refuses the Azure flavours and contradictory inputs", () => {
    assert.match(reasons(endpoint.plan(plain, around({}, managed))), /has its own endpoint/);
    assert.match(reasons(endpoint.plan(plain, around({}, azure))), /has no endpoints/);
    assert.match(endpoint.issues({ ...plain, authentication: {} }), /neither windows nor certificate/);
    assert.match(endpoint.issues({ ...plain, authentication: { certificate: "c", first: "certificate" } }), /first/);
    assert.match(endpoint.issues({ ...plain, encryption: "disabled", algorithm: "aes" }), /algorithm/);
    assert.match(endpoint.issues({ ...plain, forwardSizeMb: 5 }), /messageForwarding/);
  });

  it("says what a small edition and Linux mean for it", () => {
    const notes = (server: object): string => endpoint.plan(plain, around({}, { server })).notes.join("\n");
    assert.match(notes({ edition: "Express Edition (64-bit)" }), /need one in the middle/);
    assert.match(notes({ hostPlatform: "Linux" }), /Active Directory/);
    assert.equal(notes({}), "");
  });

  it("is dropped, and shows drift", () => {
    golden(
      "broker-endpoint.drop",
      { title: "The endpoint is dropped.", old: plain },
      endpoint.planDelete(plain, having()),
    );
    const drifted = having({
      state: "STOPPED",
      port: 5022,
      ipAddress: "10.0.0.4",
      isForwarding: true,
      forwardSizeMb: 7,
    });
    assert.deepEqual(endpoint.refreshed(plain, drifted), {
      name: "Broker",
      state: "stopped",
      port: 5022,
      listenerIp: "10.0.0.4",
      messageForwarding: true,
      forwardSizeMb: 7,
    });
    endpoint.assertOutputs(plain, having());
  });
});

describe("the T-SQL of routes, bindings, priorities and endpoints", () => {
  it("is what Microsoft's grammar accepts", function () {
    assertGrammar(this);
  });
});
