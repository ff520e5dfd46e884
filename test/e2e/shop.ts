/** The program that most of these tests deploy: a database with one resource of every kind. */
import { unique } from "../server";
import type { Project } from "./project";

/** The name of the database. */
export const shopName = unique("Shop");

export interface Shop {
  /** More columns of dbo.Orders. */
  readonly columns?: readonly object[];
  /** More arguments of the bundle. */
  readonly bundle?: object;
  /** More options of the database. */
  readonly databaseOptions?: object;
  /** More JavaScript at the end. */
  readonly more?: string;
}

export const total = (expression = "SUM(l.Quantity * l.Price)"): string =>
  `CREATE PROCEDURE sales.OrderTotal @OrderId int\nAS\nBEGIN\n  SET NOCOUNT ON;\n  SELECT ${expression} AS Total FROM sales.Lines AS l WHERE l.OrderId = @OrderId;\nEND;\n`;

export function shopProgram(shop: Shop = {}): string {
  const orders = [
    { name: "OrderId", type: "int", identity: true },
    { name: "Customer", type: "nvarchar(100)" },
    { name: "OrderedAt", type: "datetime2(3)", default: "SYSUTCDATETIME()" },
    ...(shop.columns ?? []),
  ];
  const lines = [
    { name: "OrderId", type: "int" },
    { name: "LineNumber", type: "smallint" },
    { name: "Quantity", type: "int" },
    { name: "Price", type: "decimal(12, 2)" },
  ];
  const tables = {
    "sales.Orders": { columns: orders, primaryKey: { columns: ["OrderId"] }, filegroup: "ShopData" },
    "sales.Lines": {
      columns: lines,
      primaryKey: { columns: ["OrderId", "LineNumber"] },
      foreignKeys: [{ columns: ["OrderId"], references: { table: "sales.Orders" } }],
      checks: { CK_Lines_Quantity: "Quantity > 0" },
    },
  };
  return `
const database = new sqlserver.Database("shop", { server, name: "${shopName}", recoveryModel: "SIMPLE" }, ${JSON.stringify(shop.databaseOptions ?? {})});
const filegroup = new sqlserver.Filegroup("data", { server, database, name: "ShopData", files: [{ name: "ShopData1", sizeMb: 16, growthMb: 16 }] });
const schema = new sqlserver.Schema("sales", { server, database, name: "sales" });
const tables = new sqlserver.TableSet("tables", { server, database, tables: ${JSON.stringify(tables)} }, { dependsOn: [filegroup, schema] });
const modules = new sqlserver.ProcedureBundle("modules", { server, database, directory: "sql", ...${JSON.stringify(shop.bundle ?? {})} }, { dependsOn: tables });
exports.databaseName = database.name;
exports.brokerGuid = database.serviceBrokerGuid;
exports.dataSpaceId = filegroup.dataSpaceId;
exports.schemaId = schema.schemaId;
exports.tableNames = tables.tables.apply((deployed) => Object.keys(deployed).sort());
exports.moduleCount = modules.moduleCount;
${shop.more ?? ""}`;
}

export function writeShop(project: Project, shop: Shop = {}): void {
  project.program(shopProgram(shop));
  project.write("sql/order-total.sql", total());
  project.write(
    "sql/orders-of-today.sql",
    "CREATE VIEW sales.OrdersOfToday AS\nSELECT o.OrderId, o.Customer FROM sales.Orders AS o WHERE o.OrderedAt >= CONVERT(date, SYSUTCDATETIME());\n",
  );
  project.write(
    "sql/add-order.sql",
    "CREATE PROCEDURE sales.AddOrder @Customer nvarchar(100)\nAS\nBEGIN\n  SET NOCOUNT ON;\n  INSERT INTO sales.Orders (Customer) VALUES (@Customer);\nEND;\n",
  );
}
