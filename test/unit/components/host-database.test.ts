import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import type * as components from "../../../components/src/host-database";
import type { DatabaseDefinition } from "../../../components/src/database-definition";
import { parseHostProfile, type HostProfile } from "../../../components/src/host-profile";
import { fitToHost } from "../../../components/src/left-out";
import { definition as reference } from "../../../sql/hartonomous";

const made: pulumi.runtime.MockResourceArgs[] = [];
/** Kinds that take long to make, so that whoever does not wait for them comes first. */
const slow = new Set<string>();

const value = <T>(output: pulumi.Output<T>): Promise<T> =>
  new Promise((resolve) => output.apply((result) => (resolve(result), result)));

const linux: HostProfile = { server: "tux", platform: "linux", filestream: false, unsafeClr: false };
const windows: HostProfile = { server: "win", platform: "windows", filestream: true, unsafeClr: true };

const shop: DatabaseDefinition = {
  name: "Shop",
  options: { recoveryModel: "FULL" },
  filegroups: { Orders: { sizeMb: 8 }, Photos: { contains: "filestream" } },
  schemas: ["sales", { name: "files", needs: "unsafeClr" }],
  tables: {
    "sales.Order": { columns: [{ name: "Id", type: "int" }], filegroup: "Orders" },
    "sales.Photo": { columns: [{ name: "Id", type: "int" }], filestreamFilegroup: "Photos" },
    // Without a filegroup it goes to the default one, and it is FILESTREAM all the same.
    "sales.Scan": { columns: [{ name: "Page", type: "varbinary(max)", filestream: true }] },
  },
  temporalTables: {
    "sales.Price": {
      table: { columns: [{ name: "Id", type: "int" }], primaryKey: { columns: ["Id"] } },
      retention: { value: 1, unit: "years" },
    },
    Rate: { table: { columns: [{ name: "Id", type: "int" }], primaryKey: { columns: ["Id"] }, filegroup: "Photos" } },
  },
  bundles: { modules: { directory: "sql" } },
  assemblies: {
    Shop: { file: "Shop.dll" },
    "Shop.Files": { file: "Shop.Files.dll", permissionSet: "UNSAFE", bindings: { schema: "files" } },
  },
  conversations: {
    orders: {
      messages: { "//order": { sentBy: "initiator" } },
      contract: "//orders",
      initiator: { service: "//shop", queue: { name: "Shop" }, receivedOutside: true },
      target: { service: "//stock", queue: { name: "Stock" }, receivedOutside: true },
    },
  },
  users: { Till: { withoutLogin: true } },
  roles: {
    Clerk: { members: ["Till"], permissions: [{ permissions: ["SELECT"], on: { class: "schema", name: "sales" } }] },
  },
  verification: {
    checks: [
      { name: "it answers", query: "SELECT 1;", expect: { scalar: 1 } },
      { name: "photos are files", query: "SELECT 1;", expect: { scalar: 1 }, needs: "filestream" },
    ],
  },
};

describe("what a host cannot have", () => {
  it("is left out on Linux, with the reason", () => {
    const { definition, leftOut } = fitToHost(shop, linux);
    assert.deepEqual(leftOut, [
      { what: "filegroup Photos", why: "SQL Server on Linux has no FILESTREAM" },
      { what: "schema files", why: "SQL Server on Linux loads SAFE assemblies only" },
      { what: "table sales.Photo", why: "its filegroup Photos is left out: SQL Server on Linux has no FILESTREAM" },
      { what: "table sales.Scan", why: "column Page: SQL Server on Linux has no FILESTREAM" },
      { what: "table Rate", why: "its filegroup Photos is left out: SQL Server on Linux has no FILESTREAM" },
      {
        what: "assembly Shop.Files",
        why: "it needs PERMISSION_SET = UNSAFE: SQL Server on Linux loads SAFE assemblies only",
      },
      { what: 'check "photos are files"', why: "SQL Server on Linux has no FILESTREAM" },
    ]);
    assert.deepEqual(definition.schemas, ["sales"]);
    assert.deepEqual(Object.keys(definition.filegroups!), ["Orders"]);
    assert.deepEqual(Object.keys(definition.tables!), ["sales.Order"]);
    assert.deepEqual(Object.keys(definition.temporalTables!), ["sales.Price"]);
    assert.deepEqual(Object.keys(definition.assemblies!), ["Shop"]);
    assert.deepEqual(
      definition.verification!.checks!.map(({ name }) => name),
      ["it answers"],
    );
  });

  it("is nothing on a Windows server with FILESTREAM and assemblies beyond SAFE", () => {
    const { definition, leftOut } = fitToHost(shop, windows);
    assert.deepEqual(leftOut, []);
    assert.deepEqual(definition, { ...shop, schemas: ["sales", "files"] });
  });

  it("is what the profile of a Windows server does not say, too", () => {
    const { leftOut } = fitToHost(shop, { ...windows, filestream: false });
    assert.deepEqual(
      leftOut.map(({ what }) => what),
      ["filegroup Photos", "table sales.Photo", "table sales.Scan", "table Rate", 'check "photos are files"'],
    );
    assert.match(leftOut[0]!.why, /^the profile of host "win" has no filestream: true$/);
  });

  it("is five parts of the reference database on Linux, and no check asks for them", () => {
    const { definition, leftOut } = fitToHost(reference, linux);
    assert.deepEqual(
      leftOut.map(({ what }) => what),
      [
        "filegroup Payloads",
        "schema files",
        "table dbo.AtomPayload",
        "assembly Hartonomous.Files",
        'check "payloads are files"',
      ],
    );
    assert.ok(definition.verification!.checks!.length >= 30);
    assert.doesNotMatch(JSON.stringify(definition), /AtomPayload|Payloads|Hartonomous\.Files/);
  });
});

describe("the profile of a host", () => {
  it("has neither FILESTREAM nor UNSAFE assemblies unless it says so", () => {
    const { profile } = parseHostProfile({ server: "win", platform: "windows" });
    assert.deepEqual(profile, { server: "win", platform: "windows", filestream: false, unsafeClr: false });
  });
  for (const [title, given, pattern] of [
    ["a missing server", { platform: "linux" }, /^server: /],
    ["another platform", { server: "s", platform: "macos" }, /^platform: /],
    ["a member that it does not know", { server: "s", platform: "linux", fileStream: true }, /fileStream/],
    [
      "FILESTREAM on Linux",
      { ...linux, filestream: true },
      /^filestream: SQL Server on Linux has no FILESTREAM; take it away$/,
    ],
    [
      "UNSAFE assemblies on Linux",
      { ...linux, unsafeClr: true },
      /^unsafeClr: SQL Server on Linux loads SAFE assemblies only/,
    ],
    ["a relative directory", { ...linux, dataDirectory: "data" }, /^dataDirectory: give a full path/],
    ["something else than an object", "linux", /^host: /],
  ] as const)
    it(`refuses ${title}`, () => {
      const { profile, problems } = parseHostProfile(given);
      assert.equal(profile, undefined);
      assert.match(problems.join("\n"), pattern);
    });
});

describe("HostDatabase", () => {
  let component: typeof components;
  let deployments = 0;
  before(async () => {
    await pulumi.runtime.setMocks({
      newResource: async (args) => {
        if (slow.has(args.type.split(":").at(-1)!)) await new Promise((resolve) => setTimeout(resolve, 50));
        made.push(args);
        if (!args.type.startsWith("pulumi-nodejs:")) return { id: "", state: args.inputs as object };
        const kind = args.type.split(":").at(-1)!;
        const state = {
          ...args.inputs,
          ...outputsOf(kind, args.inputs as Record<string, unknown>),
          planHash: `hash of ${args.name}`,
          deploymentId: ++deployments,
        };
        return { id: `${args.name}-id`, state };
      },
      call: ({ inputs }) => inputs as Record<string, unknown>,
    });
    component = await import("../../../components/src/host-database");
  });
  beforeEach(() => {
    made.splice(0);
    deployments = 0;
  });

  const build = { version: "1.0.0.0", mvid: "m", sha512: "s" };
  const outputsOf = (kind: string, inputs: Record<string, unknown>): object =>
    (
      ({
        Database: { databaseId: 7, databaseGuid: "FILES", serviceBrokerGuid: "GUID" },
        ProcedureBundle: { moduleCount: 12, definitionHash: "of the modules" },
        ClrAssembly: { ...build, assemblies: { [String(inputs["name"])]: build } },
        ClrBindings: { bindingCount: 5, definitionHash: `of ${String(inputs["assembly"])}` },
        BrokerQueue: { queueName: `[dbo].[${String(inputs["name"])}]` },
        Grants: { permissionCount: 1 },
        Verification: { verified: true, checksPassed: (inputs["checks"] as unknown[] | undefined)?.length },
      }) as Record<string, object>
    )[kind] ?? {};
  const names = (kind: string): string[] =>
    made
      .filter(({ type }) => type.endsWith(`:${kind}`))
      .map(({ inputs }) => String((inputs as Record<string, unknown>)["name"]))
      .sort();
  const inputsOf = (kind: string, name?: string): Record<string, unknown> => {
    const found = made.find(
      ({ type, inputs }) =>
        type.endsWith(`:${kind}`) && (name === undefined || (inputs as Record<string, unknown>)["name"] === name),
    );
    assert.ok(found, `no ${kind} ${name ?? ""}`);
    return found.inputs as Record<string, unknown>;
  };
  const deployed = async (host: HostProfile): Promise<components.HostDatabase> => {
    const database = new component.HostDatabase("shop", { host, definition: shop });
    await value(database.outputs.historyId);
    return database;
  };

  it("makes everything on a host that has everything", async () => {
    const { outputs } = await deployed(windows);
    assert.deepEqual(names("Filegroup"), ["Orders", "Photos"]);
    assert.deepEqual(inputsOf("Filegroup", "Photos")["files"], [{ name: "Shop_Photos_1" }]);
    assert.deepEqual(names("Schema"), ["files", "sales"]);
    assert.deepEqual(Object.keys(inputsOf("TableSet")["tables"] as object), Object.keys(shop.tables!));
    assert.deepEqual(names("ClrAssembly"), ["Shop", "Shop.Files"]);
    assert.deepEqual(outputs.leftOut, []);
    assert.deepEqual(await value(outputs.counts), {
      filegroups: 2,
      schemas: 2,
      tables: 5,
      modules: 12,
      assemblies: 2,
      clrObjects: 10,
      conversations: 1,
      queues: 2,
      users: 1,
      roles: 1,
      permissions: 1,
      checks: 2,
    });
  });

  it("makes less on Linux, and says so in its outputs", async () => {
    const { outputs } = await deployed(linux);
    assert.deepEqual(names("Filegroup"), ["Orders"]);
    assert.deepEqual(Object.keys(inputsOf("TableSet")["tables"] as object), ["sales.Order"]);
    assert.deepEqual(names("ClrAssembly"), ["Shop"]);
    assert.deepEqual(
      (inputsOf("Verification")["checks"] as { name: string }[]).map(({ name }) => name),
      ["it answers"],
    );
    assert.deepEqual(
      outputs.leftOut.map(({ what }) => what),
      fitToHost(shop, linux).leftOut.map(({ what }) => what),
    );
  });

  it("makes a TemporalTable of each table that no key of the others refers to, after them and before the modules", async () => {
    await deployed(windows);
    const { schema, name, systemVersioning } = inputsOf("Table", "Price");
    assert.deepEqual([schema, name], ["sales", "Price"]);
    assert.deepEqual(systemVersioning, {
      periodColumns: { hidden: true },
      historyRetention: { value: 1, unit: "years" },
      historyIndex: "columnstore",
    });
    assert.equal(inputsOf("Table", "Rate")["schema"], "dbo");
    const order = made.map(({ type }) => type.split(":").at(-1));
    assert.ok(order.indexOf("TableSet") < order.indexOf("Table"));
    assert.ok(order.lastIndexOf("Table") < order.indexOf("ProcedureBundle"));
  });

  it("makes owners and filegroups before what belongs to them or lies in them", async () => {
    const [end, owner] = [{ receivedOutside: true, filegroup: "Messages" }, { authorization: "Clerk" }];
    const definition: DatabaseDefinition = {
      name: "Owned",
      filegroups: { Messages: {} },
      users: { Till: { withoutLogin: true } },
      roles: { Clerk: { members: ["Till"] } },
      assemblies: { Shop: { file: "Shop.dll", ...owner } },
      conversations: {
        orders: {
          ...owner,
          messages: { "//order": { sentBy: "initiator" } },
          contract: "//orders",
          initiator: { service: "//shop", queue: { name: "Shop" }, ...end },
          target: { service: "//stock", queue: { name: "Stock" }, ...end },
        },
      },
    };
    for (const kind of ["DatabaseRole", "Filegroup"]) slow.add(kind);
    try {
      await value(new component.HostDatabase("owned", { host: linux, definition }).outputs.historyId);
    } finally {
      slow.clear();
    }
    const order = made.map(({ type }) => type.split(":").at(-1)!);
    for (const kind of ["ClrAssembly", "BrokerMessageType", "BrokerContract", "BrokerQueue", "BrokerService"])
      assert.ok(order.indexOf("DatabaseRole") < order.indexOf(kind), `${kind} does not wait for its owner`);
    assert.ok(order.indexOf("Filegroup") < order.indexOf("BrokerQueue"), "the queue does not wait for its filegroup");
  });

  it("tells other stacks what they need, and no secret", async () => {
    const { outputs } = await deployed(windows);
    assert.deepEqual(await value(outputs.connection), { server: "win", database: "Shop" });
    assert.equal(outputs.platform, "windows");
    assert.equal(await value(outputs.databaseId), 7);
    assert.equal(await value(outputs.databaseGuid), "FILES");
    assert.equal(await value(outputs.brokerGuid), "GUID");
    assert.deepEqual(await value(outputs.assemblies), { Shop: build, "Shop.Files": build });
    assert.deepEqual(await value(outputs.bundles), {
      modules: "of the modules",
      Shop: "of Shop",
      "Shop.Files": "of Shop.Files",
    });
    assert.equal(await value(outputs.historyId), deployments);
    assert.match(await value(outputs.planHash), /^[0-9a-f]{64}$/);
  });

  it("gives every resource the server of the host, and asks its checks again after any change", async () => {
    await deployed(linux);
    const custom = made.filter(({ type }) => type.startsWith("pulumi-nodejs:"));
    for (const { inputs, name } of custom) assert.equal((inputs as Record<string, unknown>)["server"], "tux", name);
    const others = custom.length - 1;
    assert.equal((inputsOf("Verification")["after"] as unknown[]).length, others);
  });

  it("puts files where the host says, in the spelling of its platform", async () => {
    await deployed({ ...linux, dataDirectory: "/data/", logDirectory: "/log" });
    assert.deepEqual(inputsOf("Database")["files"], [{ name: "Shop", path: "/data/Shop.mdf" }]);
    assert.deepEqual(inputsOf("Database")["logFiles"], [{ name: "Shop_log", path: "/log/Shop_log.ldf" }]);
    assert.deepEqual(inputsOf("Filegroup", "Orders")["files"], [
      { name: "Shop_Orders_1", path: "/data/Shop_Orders_1.ndf", sizeMb: 8 },
    ]);
    made.splice(0);
    await deployed({ ...windows, dataDirectory: "D:\\SQL" });
    assert.deepEqual(inputsOf("Filegroup", "Photos")["files"], [
      { name: "Shop_Photos_1", path: "D:\\SQL\\Shop_Photos_1" },
    ]);
    assert.equal(inputsOf("Database")["logFiles"], undefined);
  });

  it("makes only a database of a definition that has only a name", async () => {
    const { outputs } = new component.HostDatabase("bare", { host: linux, definition: { name: "Bare" } });
    assert.equal(await value(outputs.historyId), 1);
    assert.deepEqual(
      made.map(({ type }) => type.split(":").at(-1)),
      ["HostDatabase", "Database"],
    );
    assert.deepEqual(new Set(Object.values(await value(outputs.counts))), new Set([0]));
  });
});
