/** Columnstore indexes, FILESTREAM columns and partitions: what the inputs alone show to be impossible. */
import { isLegacyLob, typeText } from "./data-type";
import type { DesiredColumn, DesiredIndex, DesiredTable } from "./model";
import { indexesOf, type Report } from "./validate";

type Find = (name: string) => DesiredColumn | undefined;

/** https://learn.microsoft.com/sql/t-sql/statements/create-columnstore-index-transact-sql */
export function checkColumnstore(index: DesiredIndex, table: DesiredTable, find: Find, report: Report): void {
  const no = (property: string, reason: string): void => report(`${index.path}.${property}`, reason);
  if (index.clustered && index.include.length > 0)
    no("columns", "a clustered columnstore index has all columns; name none");
  if (!index.clustered && index.include.length === 0)
    no("columns", "a nonclustered columnstore index needs its columns");
  if (index.clustered && index.where !== undefined) no("where", "only a nonclustered index takes a filter");
  if (index.unique) no("unique", "a columnstore index is never unique; use a primary key or a unique constraint");
  if (index.fillFactor > 0) no("fillFactor", "a columnstore index has none");
  if (index.padIndex) no("padIndex", "a columnstore index has none");
  if (index.ignoreDuplicateKey) no("ignoreDuplicateKey", "only a unique index takes it");
  if (!index.allowRowLocks) no("allowRowLocks", "a columnstore index does not take it");
  if (!index.allowPageLocks) no("allowPageLocks", "a columnstore index does not take it");
  if (table.indexes.find((other) => other.columnstore) !== index)
    report(index.path, `${table.display} has another columnstore index; a table has one at most`);
  if (index.clustered && table.compression !== "none")
    report(
      `${table.path}compression`,
      "a clustered columnstore index has its own compression; leave it out, or say archive on the index",
    );
  const columns = index.clustered ? table.columns : index.include.flatMap((name) => find(name) ?? []);
  for (const column of columns) {
    const reason = whyNotColumnstore(column, index.clustered);
    if (reason !== undefined) no("columns", `column ${column.name}: ${reason}`);
  }
}

export function whyNotColumnstore(
  { type, computed, sparse, filestream }: DesiredColumn,
  clustered: boolean,
): string | undefined {
  if (sparse) return "a sparse column cannot be in a columnstore index";
  if (filestream) return "a FILESTREAM column cannot be in a columnstore index";
  if (computed && (!clustered || computed.persisted)) return "a computed column cannot be in a columnstore index";
  if (!type || type.schema !== undefined) return undefined;
  const never = ["rowversion", "sql_variant", "xml", "json", "hierarchyid", "geometry", "geography", "vector"];
  if (isLegacyLob(type) || never.includes(type.name) || (!clustered && type.length === -1))
    return `${typeText(type)} cannot be in a ${clustered ? "" : "nonclustered "}columnstore index`;
  return undefined;
}

export function checkStorage(table: DesiredTable, find: Find, report: Report): void {
  checkFilestream(table, find, report);
  checkPartition(table, find, report);
  checkSparse(table, report);
}

/** https://learn.microsoft.com/sql/relational-databases/tables/use-sparse-columns#restrictions-for-using-sparse-columns */
function checkSparse(
  { path, columns, compression, versioning, primaryKey, uniques, indexes }: DesiredTable,
  report: Report,
): void {
  const sparse = columns.find((column) => column.sparse);
  if (!sparse) return;
  const refuse = (property: string, how: string): void => {
    if (how === "row" || how === "page")
      report(property, `a table with a sparse column (${sparse.name}) cannot be compressed (11418); leave it out`);
  };
  const own = primaryKey ? [primaryKey] : [];
  for (const index of [...own, ...uniques, ...indexes]) refuse(`${index.path}.compression`, index.compression);
  if (!indexes.some((index) => index.clustered)) refuse(`${path}compression`, compression);
  if (versioning) refuse(`${versioning.path}.historyCompression`, versioning.compression);
}

/** https://learn.microsoft.com/sql/relational-databases/blob/create-a-table-for-storing-filestream-data */
function checkFilestream(table: DesiredTable, find: Find, report: Report): void {
  const streams = table.columns.filter((column) => column.filestream);
  for (const column of streams) {
    const { type, sparse } = column;
    if (!type || type.schema !== undefined || type.name !== "varbinary" || type.length !== -1)
      report(`${column.path}.filestream`, "only a varbinary(max) column can be FILESTREAM");
    if (sparse) report(`${column.path}.sparse`, "a FILESTREAM column cannot be sparse");
  }
  if (streams.length === 0) {
    if (table.filestreamFilegroup !== undefined)
      report(`${table.path}filestreamFilegroup`, "the table has no filestream column (1716)");
    return;
  }
  const guid = table.columns.find((column) => column.rowGuid);
  const unique = [...(table.primaryKey ? [table.primaryKey] : []), ...table.uniques].some(
    (key) => key.columns.length === 1 && guid !== undefined && find(key.columns[0]!.name) === guid,
  );
  if (!guid || guid.nullable || !unique)
    report(
      `${streams[0]!.path}.filestream`,
      `${table.display} needs a uniqueidentifier column with rowGuid, NOT NULL, that alone is its primary key or a unique constraint`,
    );
  if (table.partition)
    report(
      `${table.path}partitionScheme`,
      "a partitioned table with FILESTREAM columns needs a second scheme for their files, which is not managed yet",
    );
}

/** https://learn.microsoft.com/sql/relational-databases/partitions/partitioned-tables-and-indexes */
function checkPartition(table: DesiredTable, find: Find, report: Report): void {
  const { partition } = table;
  if (!partition) return;
  const column = find(partition.column);
  if (!column) report(`${table.path}partitionScheme.column`, `${table.display} has no column ${partition.column}`);
  if (column?.computed && !column.computed.persisted)
    report(`${table.path}partitionScheme.column`, `computed column ${column.name} must be persisted to spread rows`);
  if (table.filegroup !== undefined)
    report(`${table.path}filegroup`, "the rows lie on the partition scheme; leave filegroup out");
  for (const index of indexesOf(table)) {
    if (index.clustered && index.partition === undefined)
      report(`${index.path}.filegroup`, "the clustered index holds the rows, which lie on the partition scheme");
    const holds = index.columns.some((key) => find(key.name) === column);
    if (index.unique && index.partition && column && !holds)
      report(
        `${index.path}.columns`,
        `a unique index in partitions must hold column ${column.name}; add it, or give the index a filegroup of its own`,
      );
  }
}
