/** Sets of tables that between them hold everything that plain tables can have; hostile names among them. */
import type { TableBody } from "../../../provider/src/kinds/table";

const hostile = ["a]b", "it's", "two words", "select", "😀", "x".repeat(128)];
export const money = [{ schemaName: "dbo", name: "Money", userTypeId: 300, isTableType: false, isAssemblyType: false, isMemoryOptimized: false, tableObjectId: null, baseTypeName: "decimal", maxLength: 9, precision: 18, scale: 2, isNullable: true }]; // prettier-ignore

export const shapes: Record<string, Record<string, TableBody>> = {
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
        { name: "Note", type: "nvarchar(200)", nullable: true, collation: "Latin1_General_100_BIN2" },
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
  "sparse columns": {
    Products: {
      columns: [
        { name: "Id", type: "int" },
        { name: "Lens", type: "nvarchar(50)", nullable: true, sparse: true },
        { name: "Pages", type: "smallint", nullable: true, sparse: true },
      ],
      primaryKey: { columns: ["Id"] },
      indexes: [{ columns: ["Pages"], where: "Pages IS NOT NULL" }],
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
          onUpdate: "no action",
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
