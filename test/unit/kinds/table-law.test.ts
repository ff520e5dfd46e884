import assert from "node:assert/strict";
import { tableKind, tableSetKind, type TableBody } from "../../../provider/src/kinds/table";
import { assertGrammar } from "../../golden";
import { batches, catalogOf, inputsOf, planOf } from "./table-rows";

const hostile = ["a]b", "it's", "two words", "select", "😀", "x".repeat(128)];
const money = [{ schemaName: "dbo", name: "Money", userTypeId: 300, isTableType: false, isAssemblyType: false, isMemoryOptimized: false, tableObjectId: null, baseTypeName: "decimal", maxLength: 9, precision: 18, scale: 2, isNullable: true }]; // prettier-ignore

const shapes: Record<string, Record<string, TableBody>> = {
  "a heap of every type": {
    "dbo.Everything": {
      columns: [
        "bit", "tinyint", "smallint", "integer", "bigint", "decimal", "dec(9)", "decimal(18, 2)", "numeric(38,38)", "money", "smallmoney", "real", "float",
        "float(12)", "float(30)", "double precision", "date", "time", "time(0)", "datetime2(3)", "datetimeoffset", "smalldatetime", "datetime", "char",
        "char(10)", "varchar(8000)", "character varying(5)", "VARCHAR(MAX)", "nchar(3)", "national character varying(7)", "nvarchar(max)", "text", "ntext",
        "image", "binary(4)", "varbinary(max)", "uniqueidentifier", "rowversion", "sql_variant", "xml", "hierarchyid", "geometry", "geography", "sysname",
        "[int]", "sys.int",
      ].map((type, at) => ({ name: `c${at}`, type, nullable: type !== "rowversion" })),
    },
  }, // prettier-ignore
  "keys, defaults, checks and indexes": {
    Orders: {
      columns: [
        { name: "Id", type: "int", identity: { seed: 100, increment: 5 } },
        { name: "Customer", type: "int" },
        { name: "Placed", type: "datetime2(3)", default: "SYSUTCDATETIME()" },
        { name: "State", type: "char(1)", default: { name: "DF_State", expression: "'N'" } },
        { name: "Total", type: "decimal(18,2)", default: "0" },
        { name: "WithTax", computed: { expression: "Total * 1.19", persisted: true } },
        { name: "Year", computed: "YEAR(Placed)" },
        { name: "Key", type: "uniqueidentifier", rowGuid: true, default: "NEWSEQUENTIALID()" },
        { name: "Note", type: "nvarchar(200)", nullable: true, sparse: true, collation: "Latin1_General_100_BIN2" },
      ],
      primaryKey: { columns: ["Id"], fillFactor: 90, compression: "page" },
      uniques: [
        { columns: ["Key"] },
        { name: "UQ_Named", columns: ["Customer", { name: "Placed", descending: true }], ignoreDuplicateKey: true },
      ],
      checks: { CK_State: "State IN ('N', 'P', 'S')", CK_Total: { expression: "Total >= 0", notForReplication: true } },
      indexes: [
        {
          columns: ["Customer", { name: "Placed", descending: true }],
          include: ["Total", "Note"],
          fillFactor: 80,
          padIndex: true,
        },
        {
          name: "IX_Open",
          columns: ["placed"],
          where: "State = 'N'",
          unique: true,
          allowPageLocks: false,
          filegroup: "FG2",
          compression: "row",
        },
      ],
      lockEscalation: "auto",
    },
  },
  "a clustered index that is not the key": {
    Log: {
      columns: [
        { name: "Id", type: "bigint" },
        { name: "At", type: "datetime2" },
      ],
      primaryKey: { columns: ["Id"] },
      indexes: [{ columns: ["At"], clustered: true }],
      filegroup: "FG2",
      compression: "page",
    },
  },
  "foreign keys in a cycle and to itself": {
    A: {
      columns: [
        { name: "Id", type: "int" },
        { name: "B", type: "int", nullable: true },
        { name: "Parent", type: "int", nullable: true },
      ],
      primaryKey: { columns: ["Id"] },
      foreignKeys: [
        { columns: ["B"], references: { table: "sales.B" }, onDelete: "set null" },
        { columns: ["Parent"], references: { table: "A", columns: ["Id"] } },
      ],
    },
    "sales.B": {
      columns: [
        { name: "Id", type: "int" },
        { name: "A", type: "int", nullable: true },
      ],
      primaryKey: { columns: ["Id"], clustered: false },
      foreignKeys: [
        {
          name: "FK_Back",
          columns: ["A"],
          references: { table: "dbo.A" },
          onUpdate: "cascade",
          notForReplication: true,
        },
      ],
    },
  },
  "an alias type and large values apart": {
    T: {
      columns: [
        { name: "Price", type: "dbo.Money" },
        { name: "Text", type: "nvarchar(max)", nullable: true },
      ],
      textFilegroup: "FG3",
      compression: "row",
    },
  },
  "hostile names": Object.fromEntries(
    hostile.map((name) => [
      `[${name.replaceAll("]", "]]")}].[${name.replaceAll("]", "]]")}]`,
      {
        columns: [
          { name, type: "int" },
          { name: `${name.slice(0, 100)}2`, type: "int", default: "1" },
          { name: "v", computed: `[${name.replaceAll("]", "]]")}] + 1` },
        ],
        primaryKey: { columns: [name] },
        checks: { [`${name.slice(0, 120)}ck`]: `[${name.replaceAll("]", "]]")}] > 0` },
        indexes: [{ columns: [`${name.slice(0, 100)}2`], include: [name] }],
        foreignKeys: [
          { columns: [name], references: { table: `[${name.replaceAll("]", "]]")}].[${name.replaceAll("]", "]]")}]` } },
        ],
      },
    ]),
  ),
};

describe("tables: the law", () => {
  for (const [what, tables] of Object.entries(shapes)) {
    it(`plans nothing for ${what} once it is there`, () => {
      const plan = planOf(inputsOf(tables), inputsOf(tables), { rows: 5, types: money });
      assert.deepEqual(batches(plan), []);
      assert.deepEqual(plan.refusals, []);
    });
    it(`creates ${what} from nothing`, () => {
      const plan = planOf(undefined, inputsOf(tables), { types: money });
      assert.deepEqual(plan.refusals, []);
      assert.equal(
        plan.statements.filter((statement) => statement.batch.startsWith("CREATE TABLE")).length,
        Object.keys(tables).length,
      );
      assert.equal(plan.owns.length, Object.keys(tables).length);
    });
    it(`drops ${what}`, () => {
      const inputs = inputsOf(tables);
      const catalog = catalogOf(inputs, { rows: 3, types: money });
      const live = tableSetKind.read(catalog, tableSetKind.identity(tableSetKind.desired(inputs)), []);
      const plan = tableSetKind.planDelete(live!, {
        catalog,
        names: catalog.names,
        answers: new Map(),
        allow: [],
        owned: [],
        capabilities: undefined as never,
      });
      assert.deepEqual(plan.refusals, []);
      const drops = plan.statements.filter((statement) => statement.batch.startsWith("DROP TABLE"));
      assert.equal(drops.length, Object.keys(tables).length);
      assert.ok(
        drops.every((statement) => statement.hazards[0]?.type === "data-loss" && statement.hazards[0].rows === 3),
      );
    });
    it(`gives back the inputs of ${what} as they were written`, () => {
      const inputs = inputsOf(tables);
      const catalog = catalogOf(inputs, { rows: 3, types: money });
      const live = tableSetKind.read(catalog, tableSetKind.identity(tableSetKind.desired(inputs)), []);
      assert.deepEqual(
        JSON.parse(JSON.stringify(tableSetKind.inputsFromLive(live!, inputs))),
        JSON.parse(JSON.stringify(inputs)),
      );
    });
  }

  it("orders every shape: tables before their indexes, foreign keys last", () => {
    const plan = planOf(undefined, inputsOf(shapes["foreign keys in a cycle and to itself"]!));
    assert.deepEqual(
      plan.statements.map((statement) => statement.batch.split(/[ (]/).slice(0, 2).join(" ")),
      ["CREATE TABLE", "CREATE TABLE", "ALTER TABLE", "ALTER TABLE", "ALTER TABLE"],
    );
  });

  it("treats the single table as the set of one", () => {
    const { Orders } = shapes["keys, defaults, checks and indexes"]!;
    const set = planOf(undefined, inputsOf({ Orders: Orders! }));
    const inputs = { server: "s", database: "sales", owner: "o", name: "Orders", ...Orders! };
    const catalog = catalogOf(undefined);
    const desired = tableKind.desired(inputs);
    const plan = tableKind.plan(desired, undefined, {
      catalog,
      names: catalog.names,
      answers: new Map(),
      allow: [],
      owned: [],
      capabilities: { edition: "", flavor: "server" } as never,
    });
    assert.deepEqual(batches(plan), batches(set));
    assert.equal(tableKind.key(tableKind.identity(desired)), "sales/dbo.Orders");
  });

  it("says the same for 500 tables of 20 columns, whatever their number", () => {
    const tables = Object.fromEntries(
      Array.from({ length: 500 }, (_, at) => [
        `T${at}`,
        {
          columns: Array.from({ length: 20 }, (_, column) => ({
            name: `c${column}`,
            type: column % 2 ? "int" : "nvarchar(50)",
            default: column % 2 ? "0" : "N''",
          })),
          primaryKey: { columns: ["c1"] },
          indexes: [{ columns: ["c3"], where: "c3 > 0" }],
          ...(at > 0 && { foreignKeys: [{ columns: ["c5"], references: { table: `T${at - 1}` } }] }),
        } satisfies TableBody,
      ]),
    );
    assert.deepEqual(planOf(inputsOf(tables), inputsOf(tables), { rows: 1 }).statements, []);
  });

  it("emits only T-SQL that Microsoft's grammar accepts", function () {
    assertGrammar(this);
  });
});
