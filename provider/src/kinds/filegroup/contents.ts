/** What lies in a filegroup: indexes and heaps, large values, FILESTREAM data, queues, memory-optimized objects, partition schemes. */
import type { CatalogSnapshot, PlanContext, Probe } from "../../contract";
import { displayName } from "../../engine/quoting";
import type { FilegroupEntry } from "../../engine/snapshot/database";

/**
 * In words, each table and index once: `index "IX_Orders" of dbo.Orders (120 rows)`. Without the counts where the words become part of a
 * plan's text, which must be the same a minute later.
 */
export function contentsOf(filegroup: FilegroupEntry, catalog: CatalogSnapshot, withRows: boolean): string[] {
  const counted = (rows: number): string => (withRows ? ` (${rows} rows)` : "");
  const { database, names } = catalog;
  const here = (dataSpace: string | null): boolean => dataSpace !== null && names.equals(dataSpace, filegroup.name);
  if (filegroup.type === "FX") {
    return [
      ...database.tables
        .filter((table) => table.isMemoryOptimized)
        .map((table) => `memory-optimized table ${displayName(table.schemaName, table.name)}`),
      ...database.types
        .filter((type) => type.isMemoryOptimized)
        .map((type) => `memory-optimized type ${displayName(type.schemaName, type.name)}`),
    ];
  }
  const owner = (tableId: number): string => {
    const object = database.tableById(tableId) ?? database.objectById(tableId);
    return object === undefined ? `object ${tableId}` : displayName(object.schemaName, object.name);
  };
  return [
    ...database.indexes
      .filter((index) => index.dataSpaceType !== "PS" && here(index.dataSpace))
      .map((index) =>
        index.type < 2 || index.name === null
          ? `table ${owner(index.tableId)}${counted(index.rows)}`
          : `index "${index.name}" of ${owner(index.tableId)}${counted(index.rows)}`,
      ),
    ...database.tables
      .filter((table) => here(table.lobDataSpace))
      .map((table) => `large values of table ${displayName(table.schemaName, table.name)}`),
    ...database.tables
      .filter((table) => here(table.filestreamDataSpace))
      .map((table) => `FILESTREAM data of table ${displayName(table.schemaName, table.name)}`),
    ...database.broker.queues
      .filter((queue) => here(queue.filegroup))
      .map((queue) => `queue ${displayName(queue.schemaName, queue.name)}`),
  ];
}

const schemesKey = "partitionSchemes";

/** The catalog rows name a partition scheme where a table uses one, not the filegroups behind it. */
export function partitionSchemesProbe(database: string, filegroup: FilegroupEntry): Probe {
  return {
    key: schemesKey,
    database,
    query:
      "SELECT COUNT(*) AS schemes, MIN(s.name) AS firstScheme\n" +
      "FROM sys.destination_data_spaces AS d\n" +
      "JOIN sys.partition_schemes AS s ON s.data_space_id = d.partition_scheme_id\n" +
      `WHERE d.data_space_id = ${filegroup.dataSpaceId};`,
  };
}

/** As `contentsOf`; an unanswered question counts as "yes". */
export function partitionSchemesOf(context: PlanContext): string[] {
  const answer = context.answers.get(schemesKey);
  if (answer === undefined) return ["perhaps a partition scheme (the server did not answer)"];
  const schemes = Number(answer.schemes ?? 0);
  if (schemes === 0) return [];
  return [`partition scheme "${String(answer.firstScheme)}"${schemes > 1 ? ` and ${schemes - 1} more` : ""}`];
}
