/** The law on system-versioned tables, columnstore indexes and tables in partitions. */
import { makeFilegroup, type Case } from "./cases";

const hostile = "it's a [bad] name] select 🚀";
const orders = {
  columns: [
    { name: "OrderId", type: "int", identity: true },
    { name: "Customer", type: "nvarchar(40)" },
    { name: "Amount", type: "decimal(9,2)", default: "0" },
    { name: "Note", type: "nvarchar(100)", nullable: true },
  ],
  primaryKey: { columns: ["OrderId"] },
  checks: { CK_Orders_Amount: "Amount >= 0" },
  indexes: [{ columns: ["Customer"], include: ["Amount"] }],
};
const ninety = { historyRetention: { value: 90, unit: "days" } };
const temporal = { ...orders, systemVersioning: ninety };
const insert =
  "INSERT INTO dbo.Orders (Customer, Amount, Note) VALUES (N'a', 1.5, N'x'), (N'b', 2, NULL), (N'c', 3, N'z');";
/** Two former versions, one of them of a row that is gone. */
const versions = `${insert} UPDATE dbo.Orders SET Amount = 9 WHERE OrderId = 1; DELETE FROM dbo.Orders WHERE OrderId = 2;`;
const everVersion = "SELECT OrderId, Customer, Amount FROM dbo.Orders FOR SYSTEM_TIME ALL ORDER BY OrderId, Amount";
const now = "SELECT OrderId, Customer, Amount, Note FROM dbo.Orders ORDER BY OrderId";
const table = (body: object, systemVersioning?: object): Case["before"] => ({
  name: "Orders",
  ...body,
  ...(systemVersioning && { systemVersioning }),
});

const named = (column: string) => ({
  columns: [{ name: column, type: "int" }],
  primaryKey: { columns: [column] },
  systemVersioning: ninety,
});

export const temporalCases: readonly Case[] = [
  {
    kind: "Table",
    title: "a system-versioned table with hidden period and columnstore history",
    before: table(orders, {
      ...ninety,
      periodColumns: { start: "Since", end: "Until", hidden: true, precision: 3 },
      historyTable: "dbo.Was",
      historyIndex: "columnstore",
      historyCompression: "columnstore-archive",
    }),
  },
  {
    kind: "Table",
    title: "a system-versioned table with hostile names",
    before: {
      name: hostile,
      columns: [{ name: "]Id'", type: "int" }],
      primaryKey: { columns: ["]Id'"] },
      systemVersioning: {
        periodColumns: { start: "it's [start]", end: "select 🚀" },
        historyTable: `[dbo].[${hostile.replaceAll("]", "]]")} before]`,
      },
    },
    after: {
      name: hostile,
      columns: [
        { name: "]Id'", type: "int" },
        { name: "'; DROP TABLE", computed: "[]]Id'] * 2" },
      ],
      primaryKey: { columns: ["]Id'"] },
      systemVersioning: {
        periodColumns: { start: "it's [start]", end: "select 🚀", hidden: true },
        historyTable: `[dbo].[${hostile.replaceAll("]", "]]")} once]`,
      },
    },
  },
  {
    kind: "Table",
    title: "a system-versioned table in a case-sensitive database",
    given: "CREATE TABLE dbo.ordershistory (a int);",
    collation: "Latin1_General_100_CS_AS",
    before: table(temporal),
    after: table(temporal, { ...ninety, periodColumns: { hidden: true } }),
    rows: versions,
    kept: everVersion,
  },
  {
    kind: "Table",
    title: "a plain table that becomes system-versioned, its rows kept",
    before: table(orders),
    after: table(orders, { ...ninety, periodColumns: { hidden: true, precision: 0 }, historyIndex: "columnstore" }),
    rows: insert,
    kept: now,
  },
  {
    kind: "Table",
    title: "a system-versioned table that becomes plain, its rows kept",
    before: table(temporal),
    after: table(orders),
    rows: versions,
    kept: now,
    allow: ["data-loss:*"],
  },
  {
    kind: "Table",
    title: "columns added, dropped and widened with versioning on",
    before: table(temporal),
    after: table({
      ...temporal,
      columns: [
        orders.columns[0],
        { name: "Customer", type: "nvarchar(80)" },
        orders.columns[2],
        { name: "Priority", type: "tinyint", default: "3" },
        { name: "Due", type: "date", nullable: true },
      ],
    }),
    rows: versions,
    kept: everVersion,
    allow: ["data-loss:dbo.Orders.Note"],
  },
  {
    kind: "Table",
    title: "a system-versioned table that changes its name, a column's name and its retention",
    before: table(orders, { historyTable: "OrdersBefore" }),
    after: {
      ...table(
        {
          ...orders,
          columns: orders.columns.map((column) =>
            column.name === "Note" ? { ...column, name: "Remark", renamedFrom: "Note" } : column,
          ),
        },
        { ...ninety, historyTable: "OrdersBefore" },
      ),
      name: "Sold",
      renamedFrom: "Orders",
      primaryKey: { name: "PK_Sold", columns: ["OrderId"] },
      indexes: [{ name: "IX_Sold", columns: ["Customer"], include: ["Amount"] }],
      columns: orders.columns.map((column) =>
        column.name === "Note"
          ? { ...column, name: "Remark", renamedFrom: "Note" }
          : column.name === "Amount"
            ? { ...column, default: { name: "DF_Sold", expression: "0" } }
            : column,
      ),
    },
    rows: versions,
  },
  {
    kind: "Table",
    title: "the primary key of a system-versioned table and a computed column, in one window",
    before: table(temporal),
    after: table({
      ...temporal,
      columns: [...orders.columns, { name: "Total", computed: "Amount * 2" }],
      primaryKey: { name: "PK_Orders", columns: ["OrderId", "Customer"] },
    }),
    rows: versions,
    kept: everVersion,
  },
  {
    kind: "Table",
    title: "the type of the key of a system-versioned table, in a window",
    before: table({ ...temporal, columns: [{ name: "OrderId", type: "int" }, ...orders.columns.slice(1)] }),
    after: table({ ...temporal, columns: [{ name: "OrderId", type: "bigint" }, ...orders.columns.slice(1)] }),
    rows: versions.replace("(Customer, Amount, Note) VALUES (N'a', 1.5, N'x'), (N'b', 2, NULL), (N'c', 3, N'z')", "(OrderId, Customer, Amount) VALUES (1, N'a', 1.5), (2, N'b', 2)"), // prettier-ignore
    kept: "SELECT Customer, Amount FROM dbo.Orders FOR SYSTEM_TIME ALL ORDER BY Customer, Amount",
    allow: ["table-rewrite:dbo.Orders.OrderId"],
  },
  {
    kind: "Table",
    title: "the type of a column in the index of the history table, in a window",
    before: table(orders, { ...ninety, historyIndex: { columns: ["ValidTo", "Customer"] } }),
    after: table(
      {
        ...orders,
        columns: orders.columns.map((column) =>
          column.name === "Customer" ? { name: "Customer", type: "nchar(40)" } : column,
        ),
      },
      { ...ninety, historyIndex: { columns: ["ValidTo", "Customer"] } },
    ),
    rows: versions,
    kept: "SELECT OrderId, Amount FROM dbo.Orders FOR SYSTEM_TIME ALL ORDER BY OrderId, Amount",
    allow: ["table-rewrite:dbo.Orders.Customer"],
  },
  {
    kind: "Table",
    title: "history in a filegroup of its own, and back beside its table",
    given: makeFilegroup("Old", "old"),
    before: table(orders, { ...ninety, historyFilegroup: "Old", historyIndex: "columnstore" }),
    after: table(orders, { ...ninety, historyFilegroup: "PRIMARY", historyIndex: "columnstore" }),
    rows: versions,
    kept: everVersion,
  },
  {
    kind: "Table",
    title: "history that gets rows instead of columnstore",
    before: table(orders, { ...ninety, historyIndex: "columnstore" }),
    after: table(orders, { ...ninety, historyCompression: "row" }),
    rows: versions,
    kept: everVersion,
  },
  {
    kind: "TableSet",
    title: "two system-versioned tables, of which one takes the name that the other leaves",
    before: { tables: { A: named("a"), B: named("b") } },
    after: { tables: { B: { ...named("a"), renamedFrom: "A" }, C: { ...named("b"), renamedFrom: "B" } } },
    rows: "INSERT INTO dbo.A (a) VALUES (1); INSERT INTO dbo.B (b) VALUES (2); UPDATE dbo.B SET b = 3;",
  },
  {
    kind: "TableSet",
    title: "a set that loses a system-versioned table and gains another",
    before: { tables: { Orders: temporal, Names: { columns: [{ name: "a", type: "int" }] } } },
    after: {
      tables: {
        Names: { columns: [{ name: "a", type: "int" }], primaryKey: { columns: ["a"] }, systemVersioning: {} },
      },
    },
    rows: "INSERT INTO dbo.Names (a) VALUES (1), (2);",
    kept: "SELECT a FROM dbo.Names ORDER BY a",
    allow: ["data-loss:*"],
  },
  {
    kind: "Table",
    title: "a table that gets a nonclustered columnstore index with a filter, and a wider one",
    before: table({ ...orders, indexes: [{ columnstore: true, columns: ["Amount"], where: "Amount > 1" }] }),
    after: table({ ...orders, indexes: [{ columnstore: true, columns: ["Amount", "Customer"], archive: true }] }),
    rows: insert,
    kept: now,
  },
  {
    kind: "Table",
    title: "a columnstore index that waits longer before it compresses, and one that waits no more",
    before: table({
      ...orders,
      indexes: [{ columnstore: true, columns: ["Amount"], compressionDelayMinutes: 10 }],
    }),
    after: table({
      ...orders,
      indexes: [{ columnstore: true, columns: ["Amount"], compressionDelayMinutes: 10080 }],
    }),
    rows: insert,
    kept: now,
  },
  {
    kind: "Table",
    title: "a table that becomes columnstore, with hostile names",
    needs: { since: "2022" },
    before: table({ ...orders, indexes: [] }),
    after: table({
      ...orders,
      indexes: [{ name: `${hostile}x`, columnstore: true, clustered: true, orderBy: ["Customer"] }],
    }),
    rows: insert,
    kept: now,
  },
  {
    kind: "Table",
    title: "a table in partitions with aligned indexes",
    given:
      "CREATE PARTITION FUNCTION pf (date) AS RANGE RIGHT FOR VALUES ('2024-01-01', '2025-01-01'); CREATE PARTITION SCHEME [p]]s] AS PARTITION pf ALL TO ([PRIMARY]);",
    before: {
      name: "Sales",
      columns: [
        { name: "Id", type: "int" },
        { name: "Day", type: "date" },
        { name: "Amount", type: "int", nullable: true },
      ],
      primaryKey: { columns: ["Day", "Id"] },
      indexes: [{ columns: ["Amount"] }],
      partitionScheme: { name: "p]s", column: "Day" },
    },
    after: {
      name: "Sales",
      columns: [
        { name: "Id", type: "int" },
        { name: "Day", type: "date" },
        { name: "Amount", type: "int", nullable: true },
      ],
      primaryKey: { columns: ["Day", "Id"] },
      indexes: [{ name: "IX_Sales_Amount", columns: ["Amount", "Id"] }],
      partitionScheme: { name: "p]s", column: "Day" },
    },
    rows: "INSERT INTO dbo.Sales (Id, Day, Amount) VALUES (1, '2023-05-01', 1), (2, '2025-05-01', 2);",
    kept: "SELECT * FROM dbo.Sales ORDER BY Id",
  },
];
