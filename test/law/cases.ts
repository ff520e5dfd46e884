/** What the law is proved on: for each kind inputs to start with, inputs to change to, and what a person did in between. */
import type { KindName } from "../../provider/src/registry";
import type { Needs } from "../server";
import type { Properties } from "./deployment";

export interface Case {
  readonly kind: KindName;
  readonly title: string;
  readonly before: Properties;
  /** Inputs to change to; absent = the case only creates and deletes. */
  readonly after?: Properties;
  /** T-SQL in the database before the object is made. */
  readonly given?: string;
  /** T-SQL in the database once it is made: rows that a change must keep. */
  readonly rows?: string;
  /** A query whose answer the change must not alter. */
  readonly kept?: string;
  readonly allow?: readonly string[];
  /** Collation of the database. */
  readonly collation?: string;
  /** What the server must have. */
  readonly needs?: Needs;
}

const hostile = "it's a [bad] name] select 🚀";
const orders = {
  columns: [
    { name: "OrderId", type: "int", identity: true },
    { name: "Customer", type: "nvarchar(40)" },
    { name: "Amount", type: "decimal(9,2)", default: "0" },
    { name: "Note", type: "nvarchar(100)", nullable: true },
    { name: "Total", computed: "Amount * 2" },
  ],
  primaryKey: { columns: ["OrderId"] },
  checks: { CK_Orders_Amount: "Amount >= 0" },
  indexes: [{ columns: ["Customer"], include: ["Amount"] }],
};
const ordersRows =
  "INSERT INTO dbo.Orders (Customer, Amount, Note) VALUES (N'a', 1.5, N'x'), (N'b', 2, NULL), (N'c', 3, N'z');";

/** T-SQL that makes a filegroup with a file where the server keeps its data. */
export const makeFilegroup = (name: string, file: string, contains = ""): string =>
  `ALTER DATABASE CURRENT ADD FILEGROUP ${name} ${contains}; DECLARE @add nvarchar(1000) = N'ALTER DATABASE CURRENT ADD FILE (NAME = N''${file}'', FILENAME = N''' + CONVERT(nvarchar(400), SERVERPROPERTY('InstanceDefaultDataPath')) + DB_NAME() + N'_${file}'') TO FILEGROUP ${name};'; EXEC (@add);`;
const filegroup = makeFilegroup("Second", "second");

export const cases: readonly Case[] = [
  // ---- Schema ----
  { kind: "Schema", title: "a schema", before: { name: "billing" } },
  { kind: "Schema", title: "a schema with a hostile name", before: { name: hostile } },
  {
    kind: "Schema",
    title: "a schema in a case-sensitive database",
    before: { name: "Billing" },
    given: "CREATE SCHEMA billing;",
    collation: "Latin1_General_100_CS_AS",
  },
  {
    kind: "Schema",
    title: "a schema that gets another owner",
    given: "CREATE USER app WITHOUT LOGIN;",
    before: { name: "billing", authorization: "dbo" },
    after: { name: "billing", authorization: "app" },
  },

  // ---- Filegroup ----
  { kind: "Filegroup", title: "a filegroup without files", before: { name: "Archive" } },
  {
    kind: "Filegroup",
    title: "a filegroup with a hostile name and file",
    before: { name: hostile, files: [{ name: `${hostile}1`, sizeMb: 8 }] },
  },
  {
    kind: "Filegroup",
    title: "a filegroup whose file grows and that gets a second one",
    before: { name: "Archive", files: [{ name: "archive1", sizeMb: 8, growthMb: 8 }] },
    after: {
      name: "Archive",
      files: [
        { name: "archive1", sizeMb: 16, growthMb: 16, maxSizeMb: 100 },
        { name: "archive2", sizeMb: 8, growthMb: 8 },
      ],
    },
  },
  {
    kind: "Filegroup",
    title: "a filegroup that becomes the default one",
    before: { name: "Archive", files: [{ name: "archive1", sizeMb: 8 }] },
    after: { name: "Archive", files: [{ name: "archive1", sizeMb: 8 }], isDefault: true },
  },

  // ---- Table ----
  {
    kind: "Table",
    title: "a table with keys, checks, an index and a computed column",
    before: { name: "Orders", ...orders },
  },
  {
    kind: "Table",
    title: "a table with hostile names everywhere",
    before: {
      name: hostile,
      columns: [
        { name: hostile, type: "int" },
        { name: "select", type: "int", default: "1" },
      ],
      primaryKey: { columns: [hostile] },
      indexes: [{ columns: ["select"] }],
    },
  },
  {
    kind: "Table",
    title: "a table whose columns differ only in case, in a case-sensitive database",
    collation: "Latin1_General_100_CS_AS",
    before: {
      name: "Orders",
      columns: [
        { name: "id", type: "int" },
        { name: "ID", type: "int" },
      ],
      primaryKey: { columns: ["ID"] },
    },
  },
  {
    kind: "Table",
    title: "a table that gets a column",
    before: { name: "Orders", ...orders },
    after: { name: "Orders", ...orders, columns: [...orders.columns, { name: "Rank", type: "int", default: "7" }] },
    rows: ordersRows,
    kept: "SELECT OrderId, Customer, Amount, Note FROM dbo.Orders ORDER BY OrderId",
  },
  {
    kind: "Table",
    title: "a table whose column is renamed and widened",
    before: { name: "Orders", ...orders },
    after: {
      name: "Orders",
      ...orders,
      columns: orders.columns.map((column) =>
        column.name === "Note"
          ? { name: "Remark", renamedFrom: "Note", type: "nvarchar(200)", nullable: true }
          : column,
      ),
    },
    rows: ordersRows,
    kept: "SELECT OrderId, Customer, Amount FROM dbo.Orders ORDER BY OrderId",
  },
  {
    kind: "Table",
    title: "a table that loses a column with consent",
    before: { name: "Orders", ...orders },
    after: { name: "Orders", ...orders, columns: orders.columns.filter((column) => column.name !== "Note") },
    allow: ["data-loss:dbo.Orders.Note"],
    rows: ordersRows,
    kept: "SELECT OrderId, Customer, Amount FROM dbo.Orders ORDER BY OrderId",
  },
  {
    kind: "Table",
    title: "a table that changes name and schema",
    given: "CREATE SCHEMA sales;",
    before: { name: "Orders", ...orders },
    after: { name: "Order", schema: "sales", renamedFrom: "Orders", movedFrom: "dbo", ...orders },
    rows: ordersRows,
  },

  // ---- TableSet ----
  {
    kind: "TableSet",
    title: "tables whose foreign keys make a circle",
    before: {
      tables: {
        "dbo.Team": {
          columns: [
            { name: "TeamId", type: "int" },
            { name: "LeadId", type: "int", nullable: true },
          ],
          primaryKey: { columns: ["TeamId"] },
          foreignKeys: [{ columns: ["LeadId"], references: { table: "dbo.Person" } }],
        },
        "dbo.Person": {
          columns: [
            { name: "PersonId", type: "int" },
            { name: "TeamId", type: "int" },
          ],
          primaryKey: { columns: ["PersonId"] },
          foreignKeys: [{ columns: ["TeamId"], references: { table: "dbo.Team" }, onDelete: "no action" }],
        },
      },
    },
  },
  {
    kind: "TableSet",
    title: "a type that changes on both sides of a foreign key",
    before: {
      tables: {
        "dbo.Parent": { columns: [{ name: "ParentId", type: "int" }], primaryKey: { columns: ["ParentId"] } },
        "dbo.Child": {
          columns: [
            { name: "ChildId", type: "int" },
            { name: "ParentId", type: "int" },
          ],
          primaryKey: { columns: ["ChildId"] },
          foreignKeys: [{ columns: ["ParentId"], references: { table: "dbo.Parent" } }],
        },
      },
    },
    after: {
      tables: {
        "dbo.Parent": { columns: [{ name: "ParentId", type: "bigint" }], primaryKey: { columns: ["ParentId"] } },
        "dbo.Child": {
          columns: [
            { name: "ChildId", type: "int" },
            { name: "ParentId", type: "bigint" },
          ],
          primaryKey: { columns: ["ChildId"] },
          foreignKeys: [{ columns: ["ParentId"], references: { table: "dbo.Parent" } }],
        },
      },
    },
    rows: "INSERT INTO dbo.Parent (ParentId) VALUES (1), (2); INSERT INTO dbo.Child (ChildId, ParentId) VALUES (10, 1), (11, 2);",
    kept: "SELECT c.ChildId, CONVERT(varchar(20), c.ParentId) AS ParentId FROM dbo.Child AS c INNER JOIN dbo.Parent AS p ON p.ParentId = c.ParentId ORDER BY c.ChildId",
    allow: ["table-rewrite:*"],
  },
  {
    kind: "TableSet",
    title: "a set that gains a table and loses one with consent",
    before: { tables: { "dbo.Orders": orders, "dbo.Old": { columns: [{ name: "a", type: "int" }] } } },
    after: { tables: { "dbo.Orders": orders, "dbo.New": { columns: [{ name: "a", type: "int" }] } } },
    rows: `${ordersRows} INSERT INTO dbo.Old (a) VALUES (1);`,
    kept: "SELECT OrderId, Customer FROM dbo.Orders ORDER BY OrderId",
    allow: ["data-loss:dbo.Old"],
  },
  {
    kind: "TableSet",
    title: "a table on another filegroup, compressed",
    given: filegroup,
    before: { tables: { "dbo.Orders": { ...orders, filegroup: "Second", compression: "page" } } },
  },

  // ---- ProcedureBundle ----
  {
    kind: "ProcedureBundle",
    title: "modules that need each other, in files of no order",
    given:
      "CREATE TABLE dbo.Orders (OrderId int NOT NULL CONSTRAINT PK_Orders PRIMARY KEY, Amount decimal(9,2) NOT NULL);",
    before: { directory: "test/law/bundles/first" },
  },
  {
    kind: "ProcedureBundle",
    title: "modules of which one changes, one is new and one is gone with consent",
    given:
      "CREATE TABLE dbo.Orders (OrderId int NOT NULL CONSTRAINT PK_Orders PRIMARY KEY, Amount decimal(9,2) NOT NULL); CREATE USER app WITHOUT LOGIN;",
    before: { directory: "test/law/bundles/first" },
    rows: "GRANT EXECUTE ON dbo.AddOrder TO app;",
    kept: "SELECT p.permission_name, USER_NAME(p.grantee_principal_id) AS grantee FROM sys.database_permissions AS p WHERE p.major_id = OBJECT_ID(N'dbo.AddOrder')",
    after: { directory: "test/law/bundles/second" },
    allow: ["data-loss:*"],
  },
];
