/** Every planner case run on the twin: the plan applies, a second plan is empty, and the catalog is that of a fresh deployment. */
import assert from "node:assert/strict";
import type { Plan } from "../../../provider/src/contract";
import { capabilities } from "../../../provider/src/engine/capabilities";
import type { ManagedDatabase } from "../../../provider/src/engine/managed-database";
import { ManagedServer } from "../../../provider/src/engine/managed-server";
import { quoteName } from "../../../provider/src/engine/quoting";
import { tableSetKind, type TableSetInputs } from "../../../provider/src/kinds/table";
import { parseTableName } from "../../../provider/src/kinds/table/table-name";
import { startTwin, type Twin } from "../../../twin/src";
import { lines, one, orders } from "./table-cases";
import { columnCases } from "./table-column-cases";
import { indexCases } from "./table-index-cases";
import { inputsOf } from "./table-rows";
import { shapes } from "./table-shapes";
import { columnstoreCases, temporalCases } from "./table-temporal-cases";
import { typeCases } from "./table-type-cases";

const password = "Choose-1-yourself";
const schemas = new Set([
  "sales",
  "old",
  ...Object.keys(shapes["hostile names"]!).map((name) => parseTableName(name)!.schema),
]);

interface Case {
  readonly what: string;
  readonly from: TableSetInputs;
  readonly to: TableSetInputs;
  readonly rows: boolean;
}

const wide = {
  ...orders,
  columns: orders.columns.map((column) => (column.name === "Id" ? { ...column, type: "bigint" } : column)),
};
const wideLines = {
  ...lines,
  columns: lines.columns.map((column) => (column.name === "OrderId" ? { ...column, type: "bigint" } : column)),
};
const both = inputsOf({ Orders: orders, Lines: lines });
const cases: Case[] = [
  ...[...columnCases, ...typeCases, ...indexCases, ...temporalCases, ...columnstoreCases].map(({ what, from, to, given }) => ({ what, from: one(from ?? orders), to: one(to), rows: given?.rows !== 0 })),
  ...Object.entries(shapes).map(([what, tables]) => ({ what: `drops ${what} from the set`, from: inputsOf(tables), to: inputsOf({ Left: orders }), rows: false })),
  ...Object.entries(shapes).map(([what, tables]) => ({ what: `takes over ${what} as it is`, from: inputsOf(tables), to: inputsOf(tables), rows: false })),
  { what: "changes the type on both sides of a key", from: both, to: inputsOf({ Orders: wide, Lines: wideLines }), rows: true },
  { what: "makes a referenced primary key nonclustered", from: both, to: inputsOf({ Orders: { ...orders, primaryKey: { columns: ["Id"], clustered: false } }, Lines: lines }), rows: true },
  { what: "renames a table", from: both, to: inputsOf({ Sold: { ...orders, renamedFrom: "Orders" }, Lines: { ...lines, foreignKeys: [{ columns: ["OrderId"], references: { table: "Sold" } }] } }), rows: true },
  { what: "renames columns and changes their types at once, on both sides of a key", from: both, to: inputsOf({
    Orders: {
      columns: [{ name: "OrderId", type: "bigint", renamedFrom: "Id" }, { name: "Sku", type: "varchar(40)", nullable: true, renamedFrom: "Code" }, { name: "Code", type: "nvarchar(50)", renamedFrom: "Note", nullable: false, backfill: "N'-'" }, { name: "Sum", type: "decimal(20,4)", default: "0", renamedFrom: "Total" }, { name: "Twice", computed: "Sum * 2" }],
      primaryKey: { columns: ["OrderId"] },
      indexes: [{ columns: ["Sku"], include: ["Code"], where: "Sum > 0" }],
      checks: { CK_Total: "Sum >= 0" },
    },
    Lines: { ...wideLines, foreignKeys: [{ columns: ["OrderId"], references: { table: "Orders" } }] },
  }), rows: true },
  { what: "moves and renames a table", from: one(orders), to: inputsOf({ "sales.Sold": { ...orders, movedFrom: "dbo", renamedFrom: "Orders" } }), rows: true },
]; // prettier-ignore

describe("tables on the twin", () => {
  let twin: Twin;
  let master: ManagedDatabase;
  let count = 0;
  const open = (database?: string): Promise<ManagedDatabase> =>
    new ManagedServer("twin", { host: twin.host, port: twin.port, user: "sa", password, trustServerCertificate: true }, "test", () => undefined).database(database); // prettier-ignore
  before(async () => {
    twin = await startTwin({ password, version: "2025" });
    master = await open();
  });
  after(async () => {
    await master.close();
    await twin.close();
  });

  async function emptyDatabase(): Promise<string> {
    const name = `sales${++count}`;
    await master.request("master", `CREATE DATABASE ${name} COLLATE Latin1_General_100_CI_AS;`, 60);
    for (const group of ["FG2", "FG3"])
      await master.request("master", `ALTER DATABASE ${name} ADD FILEGROUP ${group}; ALTER DATABASE ${name} ADD FILE (NAME = ${group}, FILENAME = '/var/opt/mssql/data/${name}${group}.ndf') TO FILEGROUP ${group};`, 60); // prettier-ignore
    for (const schema of schemas) await master.request(name, `CREATE SCHEMA ${quoteName(schema)};`, 60);
    await master.request(name, "CREATE TYPE dbo.Money FROM decimal(18, 2) NULL;", 60);
    return name;
  }

  /** Plans with what the catalog and the probes say; `before` are the tables that this resource owns already. */
  async function plan(target: ManagedDatabase, inputs: TableSetInputs, before?: TableSetInputs): Promise<Plan> {
    target.invalidate();
    return target.read("test", async (catalog) => {
      const desired = tableSetKind.desired({ ...inputs, database: catalog.databaseName! });
      const tables = [...desired.tables, ...(before ? tableSetKind.desired(before).tables : [])];
      const owned = tables.flatMap(({ display, versioning }) => [
        { type: "table", name: display },
        ...(versioning ? [{ type: "history table", name: versioning.historyDisplay }] : []),
      ]);
      const live = tableSetKind.read(catalog, tableSetKind.identity(desired), owned);
      const answers = await target.ask(tableSetKind.probes(desired, live, catalog));
      return tableSetKind.plan(desired, live, { catalog, capabilities: capabilities(catalog.server.properties), names: catalog.names, answers, allow: [], owned, secret: () => "", previous: {} }); // prettier-ignore
    });
  }

  async function deploy(target: ManagedDatabase, inputs: TableSetInputs, before?: TableSetInputs): Promise<void> {
    const { statements, refusals } = await plan(target, inputs, before);
    assert.deepEqual(refusals, []);
    for (const statement of statements) await target.request(statement.database, statement.batch, 60);
    const again = await plan(target, inputs, before);
    assert.deepEqual([again.statements.map((statement) => statement.batch), again.refusals], [[], []]);
  }

  /** The rows of the catalog by names instead of ids, in no order; 0 and 100 are the same fill factor. */
  async function catalogOf(target: ManagedDatabase): Promise<string[]> {
    target.invalidate();
    const rows = await target.read("test", ({ database }) => Promise.resolve({ ...database.rows }));
    const names = new Map(rows.tables.map((row) => [row.objectId, `${row.schemaName}.${row.name}`]));
    // Where versioning ends without a consent, its history stays behind; what the engine put on it meanwhile stays too.
    const left = new Set(
      rows.tables.filter((row) => row.name === "OrdersHistory" && row.temporalType === 0).map((row) => row.objectId),
    );
    const history = new Set(rows.tables.filter((row) => row.temporalType === 1).map((row) => row.objectId));
    const ids = new Set(["objectId", "tableId", "columnId", "indexId", "indexColumnId", "referencedTableId", "referencedIndexId", "parentColumnId", "rows", "identityLastValue", "historyTableId", "periodStartColumnId", "periodEndColumnId"]); // prettier-ignore
    return [...rows.tables, ...rows.columns, ...rows.indexes, ...rows.checkConstraints, ...rows.foreignKeys]
      .filter((row) => !left.has("tableId" in row ? row.tableId : row.objectId))
      .map((row) => {
        const id = "tableId" in row ? row.tableId : row.objectId;
        const facts = Object.entries(row).filter(
          ([name, value]) =>
            !ids.has(name) &&
            !(name === "fillFactor" && value === 100) &&
            !(history.has(id) && (name.startsWith("default") || (name === "name" && String(value).startsWith("ix_")))),
        );
        return JSON.stringify([
          names.get(id),
          facts.filter(([name, value]) => !(name === "fillFactor" && value === 0)),
        ]);
      })
      .sort();
  }

  for (const { what, from, to, rows } of cases)
    it(what, async () => {
      const [changed, fresh] = [await open(await emptyDatabase()), await open(await emptyDatabase())];
      try {
        await deploy(changed, from);
        const columns = from.tables.Orders?.columns.map((column) => column.name) ?? [];
        const filled = rows && columns.includes("Code");
        const key = columns.includes("Key");
        if (filled) await changed.request(changed.database!, `INSERT INTO dbo.Orders (Id, Code, Note, Total${key ? ", [Key]" : ""}) VALUES (1, N'a', N'b', 1${key ? ", NEWID()" : ""}), (2, N'c', N'dd', 2${key ? ", NEWID()" : ""});`, 60); // prettier-ignore
        await deploy(changed, to, from);
        await deploy(fresh, to);
        assert.deepEqual(await catalogOf(changed), await catalogOf(fresh));
        const table = Object.keys(to.tables).find((name) => !name.endsWith("Lines"))!;
        if (filled)
          assert.equal(
            (await changed.read("test", ({ database }) => Promise.resolve(database.tables))).find((row) =>
              table.endsWith(row.name),
            )?.rows,
            2,
          );
      } finally {
        await changed.close();
        await fresh.close();
      }
    });
});
