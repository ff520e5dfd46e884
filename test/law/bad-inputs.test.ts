/** What a nasty person may write: each is refused with the path of the input and what to do, and the server never hears of it. */
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { unique } from "../server";
import type { KindName } from "../../provider/src/registry";
import { Deployment, type Properties } from "./deployment";

/** Kind, inputs, and the failures in their order: path and reason. */
type Bad = readonly [KindName, Properties, ...(readonly [path: string, reason: RegExp])[]];

const shop = unique("shop");
const longName = "x".repeat(129);
const columns = [{ name: "a", type: "int" }];
const table = (given: Properties): Properties => ({ database: shop, name: "T", columns, ...given });
const set = (tables: Properties): Properties => ({ database: shop, tables });

const bad: readonly Bad[] = [
  // ---- every kind ----
  ["Schema", { database: "", name: "a" }, ["database", /character|small/i]],
  ["Schema", { database: longName, name: "a" }, ["database", /128/]],
  ["Schema", { database: "a\0b", name: "a" }, ["database", /U\+0000/]],
  ["Schema", { database: 5, name: "a" }, ["database", /string/]],
  ["Schema", { name: "a" }, ["database", /string|required/i]],
  ["Schema", { database: shop, name: "a", allow: "data-loss:*" }, ["allow", /array/]],
  ["Schema", { database: shop, name: "a", allow: ["dataloss:x"] }, ["allow[0]", /type:object.*data-loss/]],
  ["Schema", { database: shop, name: "a", allow: ["data-loss"] }, ["allow[0]", /type:object/]],
  ["Schema", { database: shop, name: "a", naem: "b" }, ["naem", /no such input, perhaps name; there are .*\bname\b/]],

  // ---- Database ----
  ["Database", { name: "" }, ["name", /character|small/i]],
  ["Database", { name: longName }, ["name", /128/]],
  [
    "Database",
    { name: "x".repeat(124) },
    ["name", /124 characters; above 123 the log file needs its own name in logFiles/],
  ],
  ["Database", { name: "a\0b" }, ["name", /U\+0000/]],
  ["Database", { name: "MASTER" }, ["name", /belongs to SQL Server; choose another name/]],
  ["Database", { name: "a", renamedFrom: "model" }, ["renamedFrom", /belongs to SQL Server/]],
  ["Database", { name: "a", renamedFrom: "a" }, ["renamedFrom", /leave it out/]],
  ["Database", { name: "a", collation: "Latin1_General_CI_AS; DROP TABLE x" }, ["collation", /letters, digits and _/]],
  ["Database", { name: "a", collation: "" }, ["collation", /letters, digits and _/]],
  ["Database", { name: "a", recoveryModel: "simple" }, ["recoveryModel", /SIMPLE/]],
  ["Database", { name: "a", compatibilityLevel: 155 }, ["compatibilityLevel", /multiple of 10/]],
  ["Database", { name: "a", compatibilityLevel: 200 }, ["compatibilityLevel", /170/]],
  ["Database", { name: "a", targetRecoveryTimeSeconds: -1 }, ["targetRecoveryTimeSeconds", /0/]],
  ["Database", { name: "a", targetRecoveryTimeSeconds: 3_000_000 }, ["targetRecoveryTimeSeconds", /2147483/]],
  [
    "Database",
    { name: "a", autoCreateStatisticsIncremental: true },
    ["autoCreateStatisticsIncremental", /give that too/],
  ],
  ["Database", { name: "a", queryStore: { mode: "OFF", maxStorageSizeMb: 5 } }, ["queryStore", /leave them out/]],
  ["Database", { name: "a", queryStore: { mode: "ON" } }, ["queryStore.mode", /READ_WRITE/]],
  [
    "Database",
    { name: "a", queryStore: { mode: "READ_WRITE", intervalLengthMinutes: 7 } },
    ["queryStore.intervalLengthMinutes", /1440|Invalid/],
  ],
  ["Database", { name: "a", containment: "PARTIAL", autoClose: true }, ["autoClose", /give false/]],
  ["Database", { name: "a", disconnectSessionsAfterSeconds: 0 }, ["disconnectSessionsAfterSeconds", /1/]],
  ["Database", { name: "a", files: [] }, ["files", /1/]],
  ["Database", { name: "a", files: [{ name: "f", sizeMb: 0 }] }, ["files[0].sizeMb", /1/]],
  ["Database", { name: "a", files: [{ name: "f", sizeMb: -5 }] }, ["files[0].sizeMb", /1/]],
  ["Database", { name: "a", files: [{ name: "f", sizeMb: 1.5 }] }, ["files[0].sizeMb", /int/]],
  ["Database", { name: "a", files: [{ name: "f", sizeMb: 17_000_000 }] }, ["files[0].sizeMb", /16777216/]],
  ["Database", { name: "a", files: [{ name: "f", sizeMb: "8MB" }] }, ["files[0].sizeMb", /number/]],
  [
    "Database",
    { name: "a", files: [{ name: "f", growthMb: 8, growthPercent: 10 }] },
    ["files[0].growthPercent", /not both/],
  ],
  [
    "Database",
    { name: "a", files: [{ name: "f", sizeMb: 64, maxSizeMb: 8 }] },
    ["files[0].maxSizeMb", /at least sizeMb/],
  ],
  ["Database", { name: "a", files: [{ name: "f" }], logFiles: [{ name: "f" }] }, ["logFiles[0].name", /named twice/]],
  ["Database", { name: "a", files: [{ name: "f" }, { name: "f" }] }, ["files[1].name", /named twice/]],
  ["Database", { name: "a", files: [{ name: "f", path: "x.mdf" }] }, ["files[0].path", /full path/]],
  ["Database", { name: "a", files: [{ name: "f", path: "/data/a\0.mdf" }] }, ["files[0].path", /U\+0000/]],
  [
    "Database",
    {
      name: "a",
      files: [
        { name: "f", path: "/data/one" },
        { name: "g", path: "/data/one" },
      ],
    },
    ["files[1].path", /twice/],
  ],
  ["Database", { name: "a", logFiles: [{ name: "l", maxSizeMb: 4_000_000 }] }, ["logFiles[0].maxSizeMb", /2 TB/]],

  // ---- Filegroup ----
  ["Filegroup", { database: shop, name: "primary" }, ["name", /SQL Server's own word; .* kind Database/]],
  ["Filegroup", { database: shop, name: "DEFAULT" }, ["name", /SQL Server's own word/]],
  ["Filegroup", { database: shop, name: "" }, ["name", /character|small/i]],
  ["Filegroup", { database: shop, name: longName }, ["name", /128/]],
  ["Filegroup", { database: shop, name: "g", contains: "blobs" }, ["contains", /filestream/]],
  ["Filegroup", { database: shop, name: "g", files: [], isDefault: true }, ["isDefault", /add one to files/]],
  ["Filegroup", { database: shop, name: "g", files: [], readOnly: true }, ["readOnly", /add one to files/]],
  [
    "Filegroup",
    { database: shop, name: "g", contains: "memory-optimized", readOnly: true, isDefault: true },
    ["readOnly", /leave it out/],
    ["isDefault", /leave it out/],
  ],
  [
    "Filegroup",
    { database: shop, name: "g", contains: "filestream", files: [{ name: "f", sizeMb: 8 }] },
    ["files[0].sizeMb", /leave it out/],
  ],
  ["Filegroup", { database: shop, name: "g", files: [{ name: "f\0" }] }, ["files[0].name", /U\+0000/]],

  // ---- Schema ----
  ["Schema", { database: shop, name: "sys" }, ["name", /belongs to SQL Server; choose another name/]],
  ["Schema", { database: shop, name: "Information_Schema" }, ["name", /belongs to SQL Server/]],
  ["Schema", { database: shop, name: "IAC" }, ["name", /its own records; choose another name/]],
  ["Schema", { database: shop, name: "dbo", authorization: "guest" }, ["authorization", /leave authorization out/]],
  ["Schema", { database: shop, name: "a\0" }, ["name", /U\+0000/]],
  ["Schema", { database: shop, name: longName }, ["name", /128/]],
  ["Schema", { database: shop, name: "a", authorization: "" }, ["authorization", /character|small/i]],

  // ---- Table and TableSet ----
  ["Table", table({ columns: [] }), ["columns", /1/]],
  ["Table", table({ name: "" }), ["name", /character|small/i]],
  ["Table", table({ name: longName }), ["name", /128/]],
  ["Table", table({ schema: "sys" }), ["schema", /sys/]],
  ["Table", table({ columns: [...columns, { name: "a", type: "int" }] }), ["columns[1].name", /two columns a/]],
  ["Table", table({ columns: [{ name: "a" }] }), ["columns[0].type", /type/]],
  ["Table", table({ columns: [{ name: "a", type: "int); DROP TABLE x; --" }] }), ["columns[0].type", /type/]],
  ["Table", table({ columns: [{ name: "a", type: "varchar(9000)" }] }), ["columns[0].type", /8000/]],
  ["Table", table({ columns: [{ name: "a", type: "decimal(39, 2)" }] }), ["columns[0].type", /38/]],
  [
    "Table",
    table({ columns: [{ name: "a", type: "nvarchar(5)", collation: "x; y" }] }),
    ["columns[0].collation", /letters, digits and _/],
  ],
  [
    "Table",
    table({ columns: [{ name: "a", type: "int", identity: { increment: 0 } }] }),
    ["columns[0].identity.increment", /0/],
  ],
  ["Table", table({ columns: [{ name: "a\0", type: "int" }] }), ["columns[0].name", /U\+0000/]],
  ["Table", table({ primaryKey: { columns: ["nothing"] } }), ["primaryKey.columns[0]", /nothing/]],
  [
    "Table",
    table({ columns: [{ name: "a", type: "int", default: "1) DROP TABLE x --" }] }),
    ["columns[0].default", /./],
  ],
  ["Table", table({ checks: { "": "a > 0" } }), ['checks[""]', /1 to 128/]],
  ["Table", table({ systemVersioning: { historyRetention: { value: 3, unit: "day" } } }), ["systemVersioning.historyRetention", /none of its forms fits: .*"infinite".*; or unit: .*"days"/]], // prettier-ignore
  ["TableSet", set({ "dbo.T": { columns, primarykey: {} } }), ['tables["dbo.T"].primarykey', /no such property/]],
  ["TableSet", set({ "": { columns } }), ['tables[""]', /write "schema\.name"/]],
  ["TableSet", set({ "a.b.c": { columns } }), ['tables["a.b.c"]', /where a name holds a dot/]],
  ["TableSet", set({ "sys.T": { columns } }), ['tables["sys.T"]', /choose another schema/]],
  ["TableSet", set({ T: { columns }, "dbo.T": { columns } }), ['tables["dbo.T"]', /is taken by table/]],

  // ---- ProcedureBundle ----
  ["ProcedureBundle", { database: shop, directory: "/etc" }, ["directory", /relative/]],
  ["ProcedureBundle", { database: shop, directory: "C:\\sql" }, ["directory", /relative/]],
  ["ProcedureBundle", { database: shop, directory: "" }, ["directory", /character|small|invalid/i]],
  ["ProcedureBundle", { database: shop, directory: "no/such/directory" }, ["directory", /no\/such\/directory/]],
  ["ProcedureBundle", { database: shop, directory: "test/law/bundles/first", include: [] }, ["include", /1/]],
  [
    "ProcedureBundle",
    { database: shop, directory: "test/law/bundles/first", include: ["*.nothing"] },
    ["directory", /no definition in \*\.nothing/],
  ],
  [
    "ProcedureBundle",
    { database: shop, directory: "test/law/bundles/first", variables: { "a b": "c" } },
    ['variables["a b"]', /a name has letters/],
  ],
  [
    "ProcedureBundle",
    { database: shop, directory: "test/law/bundles/first", variables: { a: "b\nGO" } },
    ["variables.a", /one line/],
  ],
  [
    "ProcedureBundle",
    { database: shop, directory: "test/law/bundles/first", missingReferences: "skip" },
    ["missingReferences", /ignore/],
  ],
  [
    "ProcedureBundle",
    { database: shop, directory: "test/law/bundles/first", defaultSchema: longName },
    ["defaultSchema", /128/],
  ],
];

/** Files of a bundle that no server should see. */
const files: readonly (readonly [title: string, text: string, reason: RegExp])[] = [
  ["a table", "CREATE TABLE dbo.T (a int);", /bad\.sql/],
  ["a drop", "DROP PROCEDURE dbo.P;", /bad\.sql/],
  ["no end of a comment", "CREATE PROCEDURE dbo.P AS SELECT 1; /* ", /bad\.sql/],
  ["no end of a text", "CREATE PROCEDURE dbo.P AS SELECT 'x;", /bad\.sql/],
  ["a module of another database", "CREATE PROCEDURE other.dbo.P AS SELECT 1;", /bad\.sql/],
];

describe("bad inputs", () => {
  let deployment: Deployment;
  before(async () => {
    deployment = await Deployment.start();
    await deployment.sql(`CREATE DATABASE ${shop};`);
  });
  after(() => deployment.close());

  async function refused(kind: KindName, given: Properties): Promise<string[]> {
    await deployment.configure();
    deployment.twin?.resetCounters();
    const { failures } = await deployment.preview(kind, "bad", given);
    assert.equal(deployment.twin?.requests ?? 0, 0, "the server was asked");
    assert.equal(deployment.twin?.logins ?? 0, 0, "a connection was opened");
    return failures;
  }

  for (const [kind, given, ...expected] of bad) {
    const text = JSON.stringify(given).replace(longName, "<129 characters>");
    it(`${kind} ${text.length > 120 ? `${text.slice(0, 120)} ...` : text}`, async () => {
      const failures = await refused(kind, given);
      assert.equal(failures.length, expected.length, failures.join("\n"));
      expected.forEach(([path, reason], index) => {
        const failure = failures[index]!;
        assert.ok(failure.startsWith(`${path}: `), `${path} is not the path of: ${failure}`);
        assert.match(failure.slice(path.length), reason);
      });
    });
  }

  // Whether two names are one, only the collation knows: it is read, and nothing else.
  for (const [title, given, path] of [
    ["a log file", { name: "new", files: [{ name: "f" }], logFiles: [{ name: "F" }] }, "logFiles[0].name"],
    ["a data file", { name: "new", files: [{ name: "f" }, { name: "F" }] }, "files[1].name"],
  ] as const) {
    it(`Database with ${title} whose name differs only in case`, async () => {
      await deployment.configure();
      const { failures } = await deployment.preview("Database", "bad", given);
      assert.equal(failures.length, 1);
      assert.ok(failures[0]!.startsWith(`${path}: `), failures[0]);
      assert.match(failures[0]!, /one name in the collation of this database/);
    });
  }

  for (const [title, text, reason] of files) {
    it(`ProcedureBundle of a file with ${title}`, async () => {
      mkdirSync("test/law/bundles/tmp", { recursive: true });
      const directory = mkdtempSync(join("test/law/bundles/tmp", "bad-"));
      try {
        writeFileSync(join(directory, "bad.sql"), text);
        const failures = await refused("ProcedureBundle", { database: shop, directory: relative(".", directory) });
        assert.ok(failures.length > 0);
        assert.match(failures.join("\n"), reason);
      } finally {
        rmSync("test/law/bundles/tmp", { recursive: true, force: true });
      }
    });
  }
});
