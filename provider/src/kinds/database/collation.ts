/**
 * Whether a database can change its collation in place. It cannot while something was compiled under the old one (5075), or with
 * memory-optimized tables and native modules (41335). https://learn.microsoft.com/sql/t-sql/statements/alter-database-transact-sql
 */
import type { PlanContext, Refusal } from "../../contract";
import { displayName } from "../../engine/quoting";
import type { LiveDatabase } from "./live";

const namedBlockers = 10;

export function collationRefusal(live: LiveDatabase, context: PlanContext): Refusal[] {
  const refuse = (reason: string): Refusal[] => [{ property: "collation", reason }];
  if (context.capabilities.flavor === "azure-sql-database") {
    return refuse(
      "Azure SQL Database fixes the collation when the database is made; make another database and move the data",
    );
  }
  if (context.catalog.databaseRow?.databaseId !== live.row.databaseId) {
    return refuse("the database is renamed in this plan; deploy the new name first, then the collation");
  }
  const blockers = blockersOf(context);
  if (blockers.length === 0) return [];
  const more = blockers.length > namedBlockers ? ` and ${blockers.length - namedBlockers} more` : "";
  return refuse(
    `the collation can change only while nothing depends on it; ${blockers.slice(0, namedBlockers).join(", ")}${more} ` +
      "must be dropped before and made again after it",
  );
}

function blockersOf({ catalog: { database } }: PlanContext): string[] {
  const tableName = (id: number): string => {
    const table = database.tableById(id);
    return table === undefined ? `object ${id}` : displayName(table.schemaName, table.name);
  };
  return [
    ...database.tables
      .filter((table) => table.isMemoryOptimized)
      .map((table) => `memory-optimized table ${displayName(table.schemaName, table.name)}`),
    ...database.objects
      .filter((object) => object.isNativelyCompiled || object.isSchemaBound)
      .map(
        (object) =>
          `${object.isNativelyCompiled ? "native" : "schema-bound"} module ${displayName(object.schemaName, object.name)}`,
      ),
    // A table-valued function returns columns in the database's collation.
    ...database.objects
      .filter((object) => ["TF", "IF"].includes(object.type) && !object.isSchemaBound)
      .map((object) => `table-valued function ${displayName(object.schemaName, object.name)}`),
    ...database.rows.columns
      .filter((column) => column.isComputed && column.collation !== null)
      .map((column) => `computed column ${tableName(column.objectId)}.${column.name}`),
    ...database.rows.checkConstraints.map(
      (check) => `check constraint "${check.name}" of table ${tableName(check.tableId)}`,
    ),
  ];
}
