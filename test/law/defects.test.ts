/**
 * The defects of the folder of scripts that this project replaces, each planted in a copy of the reference database: none
 * gets past a preview. The texts of the refusals are what a person reads.
 */
import assert from "node:assert/strict";
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { checkTopology } from "../../provider/src/kinds/broker/topology";
import { conversations } from "../../sql/hartonomous/conversations";
import { billing } from "../../sql/hartonomous/tables/billing";
import { unique } from "../server";
import { Deployment, type Properties } from "./deployment";

const defects = unique("defects");
const root = join(__dirname, "..", "..");
const clr = "sql/clr/bin/Hartonomous.Clr.dll";
const files = "sql/clr/bin/Hartonomous.Files.dll";

describe("the defects of the mission cannot come back", () => {
  let deployment: Deployment;
  let copy: string;
  before(async () => {
    deployment = await Deployment.start();
    await deployment.sql(`CREATE DATABASE ${defects};`);
    mkdirSync(join(root, ".local"), { recursive: true });
  });
  after(() => deployment.close());
  beforeEach(() => {
    copy = mkdtempSync(join(root, ".local", "defects-"));
    cpSync(join(root, "sql", "hartonomous", "modules"), join(copy, "modules"), { recursive: true });
  });
  afterEach(() => rmSync(copy, { recursive: true, force: true }));

  const plant = (file: string, text: string): void => writeFileSync(join(copy, "modules", file), text);
  const bundle = (more: Properties = {}): Properties => ({
    database: defects,
    directory: relative(process.cwd(), join(copy, "modules")),
    ...more,
  });
  async function refused(
    kind: Parameters<Deployment["preview"]>[0],
    given: Properties,
    ...texts: RegExp[]
  ): Promise<void> {
    const { failures } = await deployment.preview(kind, "planted", given);
    for (const text of texts) assert.match(failures.join("\n"), text);
    const objects = await deployment.sql("SELECT COUNT(*) AS n FROM sys.objects WHERE is_ms_shipped = 0;", defects);
    assert.deepEqual(objects, [{ n: 0 }], "a preview wrote something");
  }

  it("lets the copy as it is through", async () =>
    assert.deepEqual((await deployment.preview("ProcedureBundle", "planted", bundle())).failures, []));

  it("a table that a script declares beside its declaration", async () => {
    plant("again.sql", "CREATE TABLE billing.Tenant (TenantId int NOT NULL);");
    await refused("ProcedureBundle", bundle(), /again\.sql:1: .*(Table|TableSet)/);
  });
  it("a table that is declared twice in one set", async () => {
    const [name, table] = Object.entries(billing)[0]!;
    const twice = { [name]: table, [name.toUpperCase()]: table };
    await refused("TableSet", { database: defects, tables: twice }, new RegExp(name.replace(".", "\\."), "i"));
  });
  it("a procedure that is defined in two files", async () => {
    plant("one.sql", "CREATE PROCEDURE dbo.Twice AS SELECT 1 AS one;");
    plant("two.sql", "CREATE PROCEDURE dbo.Twice AS SELECT 2 AS two;");
    await refused("ProcedureBundle", bundle(), /one\.sql:1[\s\S]*two\.sql:1|two\.sql:1[\s\S]*one\.sql:1/);
  });
  it("a module bound to a CLR function that does not exist, with the nearest name", async () => {
    plant(
      "clr.sql",
      "CREATE FUNCTION dbo.clr_BytesToFloatArrayJsn (@bytes varbinary(max)) RETURNS nvarchar(max) AS EXTERNAL NAME [Hartonomous.Clr].[Hartonomous.Clr.JsonFunctions].[BytesToFloatArrayJsn];",
    );
    await refused("ProcedureBundle", bundle({ assemblies: [clr] }), /clr\.sql:1/, /BytesToFloatArrayJson/);
  });
  it("a binding to a CLR function that does not exist", async () => {
    const functions = [
      {
        name: "dbo.Missing",
        class: "Hartonomous.Clr.VectorFunctions",
        method: "Mising",
        parameters: [],
        returns: "float",
      },
    ];
    await refused(
      "ClrBindings",
      { database: defects, assembly: "Hartonomous.Clr", file: clr, fromAttributes: false, functions },
      /Mising/,
    );
  });
  it("a CLR function that is bound under one name twice", async () => {
    const one =
      "CREATE FUNCTION dbo.Once (@bytes varbinary(max)) RETURNS nvarchar(max) AS EXTERNAL NAME [Hartonomous.Clr].[Hartonomous.Clr.JsonFunctions].[BytesToFloatArrayJson];";
    plant("first.sql", one);
    plant("second.sql", one);
    await refused("ProcedureBundle", bundle({ assemblies: [clr] }), /first\.sql:1/, /second\.sql:1/);
  });
  it("scripts in no order are no defect: they are sorted", async () => {
    plant("0-first.sql", "CREATE VIEW dbo.First AS SELECT 1 AS one FROM dbo.Last;");
    plant("9-last.sql", "CREATE VIEW dbo.Last AS SELECT 2 AS two;");
    const { plan, failures } = await deployment.preview("ProcedureBundle", "planted", bundle());
    assert.deepEqual(failures, []);
    assert.ok(
      plan.indexOf("CREATE VIEW dbo.Last") < plan.indexOf("CREATE VIEW dbo.First"),
      "the view is made before what it reads",
    );
  });
  it("scripts that need each other in a circle", async () => {
    plant("0-first.sql", "CREATE VIEW dbo.First AS SELECT two AS one FROM dbo.Last;");
    plant("9-last.sql", "CREATE VIEW dbo.Last AS SELECT one AS two FROM dbo.First;");
    await refused("ProcedureBundle", bundle(), /0-first\.sql:1/, /9-last\.sql:1/);
  });
  it("a service without a contract that another one talks to", () => {
    const { inference } = conversations;
    const queue = { schema: "broker", name: "InferenceRequest" };
    const [from, to] = [inference.initiator.service, inference.target.service];
    const issues = checkTopology({
      messageTypes: Object.keys(inference.messages),
      contracts: [{ name: inference.contract, messages: { "//hartonomous/inference/Request": "initiator" } }],
      queues: [queue],
      services: [from, to].map((name) => ({ name, queue, contracts: [] })),
      conversations: [{ from, to, contract: inference.contract }],
    });
    assert.ok(
      issues.some(({ name, text }) => name.includes(to) && /contract/.test(text)),
      JSON.stringify(issues),
    );
  });
  it("a service on a queue that is not there", async () =>
    refused("BrokerService", { database: defects, name: "//lost", queue: 0 }, /queue/));
  it("a path of one machine", async () => {
    await refused("ProcedureBundle", bundle({ directory: "D:\\Repositories\\sql" }), /relative/);
    await refused("ProcedureBundle", bundle({ directory: "/srv/sql" }), /relative/);
    await refused("ClrAssembly", { database: defects, name: "a", file: "C:\\build\\a.dll" }, /relative/);
  });
});

describe("the defects of the mission cannot come back on Windows", () => {
  let deployment: Deployment;
  before(async function () {
    deployment = await Deployment.start({ platform: "windows" }, this);
    await deployment.sql(`CREATE DATABASE ${defects};`);
  });
  after(() => deployment?.close());

  it("an UNSAFE assembly without consent", async () => {
    const unsafe = { database: defects, name: "Hartonomous.Files", file: files, permissionSet: "UNSAFE" };
    const { failures } = await deployment.preview("ClrAssembly", "planted", unsafe);
    assert.match(failures.join("\n"), /unsafe-code/);
    assert.match(failures.join("\n"), /allow/);
  });
});
