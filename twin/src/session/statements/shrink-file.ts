/**
 * DBCC SHRINKFILE (file, EMPTYFILE). Rows lie in no file of their own here, so the other files of the filegroup hold them already; a target
 * size is refused, because nothing knows how full a file is. https://learn.microsoft.com/sql/t-sql/database-console-commands/dbcc-shrinkfile-transact-sql
 */
import { findFile } from "../../ddl/database/file-specification";
import type { SqlValue } from "../../types/value";
import { sqlError } from "../messages";
import type { ResultColumn } from "../port";
import type { Execution } from "../runtime";
import { notImplemented } from "../sql-error";

const columns: readonly ResultColumn[] = [
  "DbId",
  "FileId",
  "CurrentSize",
  "MinimumSize",
  "UsedPages",
  "EstimatedPages",
].map((name) => ({ name, type: { name: name === "DbId" ? "smallint" : "int" }, nullable: true }));

export function shrinkFile(values: readonly SqlValue[], execution: Execution): void {
  const { session } = execution;
  const { database } = session;
  if (session.transactionCount > 0) throw sqlError(8920, ["DBCC SHRINKFILE"]);
  const [named, what] = values;
  const file = typeof named === "number" ? database.files.get(named) : findFile(database, String(named));
  if (!file) throw sqlError(8985, [String(named), database.name]);
  if (String(what ?? "").toUpperCase() !== "EMPTYFILE") throw notImplemented("DBCC SHRINKFILE without EMPTYFILE");
  const others = [...database.files.values()].filter(
    (other) => other !== file && other.type === file.type && other.dataSpaceId === file.dataSpaceId,
  );
  // The first data file keeps its system tables; the last file of a filegroup has nowhere to move anything to.
  const isStuck = file.id === 1 || (others.length === 0 && file.type !== "LOG");
  if (isStuck) throw sqlError(2555, [file.name]);
  execution.output.columns(columns);
  void execution.output.row([database.id, file.id, file.sizePages, file.sizePages, 0, 0]);
}
