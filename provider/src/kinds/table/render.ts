/** T-SQL text of tables and their parts. Names through quoteName only; expressions were checked to be one balanced expression each. */
import { quoteName, quoteNames, quoteText } from "../../engine/quoting";
import { isString, typeText } from "./data-type";
import type {
  CheckModel,
  ColumnModel,
  Compression,
  DefaultModel,
  ForeignKeyModel,
  IndexModel,
  Partitioning,
} from "./model";

/** `(a > 0)`: a text that already is one bracketed expression keeps its brackets. */
export function bracketed(expression: string): string {
  const text = expression.trim();
  return isOneBracket(text) ? text : `(${text})`;
}

function isOneBracket(text: string): boolean {
  if (!text.startsWith("(") || !text.endsWith(")")) return false;
  let depth = 0;
  let quote = "";
  for (let i = 0; i < text.length; i++) {
    const c = text[i]!;
    if (quote !== "") quote = c === quote ? "" : quote;
    else if (c === "'" || c === '"') quote = c;
    else if (c === "[") quote = "]";
    else if (c === "(") depth++;
    else if (c === ")" && --depth === 0 && i < text.length - 1) return false;
  }
  return true;
}

/** `int NOT NULL`, with COLLATE where the type has one: what ALTER COLUMN must restate in full. */
export function typeAndNullability(column: ColumnModel, collation: string | undefined): string {
  const type = column.type!;
  const collate = isString(type) && type.name !== "sysname" && collation !== undefined ? ` COLLATE ${collation}` : "";
  return `${typeText(type)}${collate} ${column.nullable ? "NULL" : "NOT NULL"}`;
}

export function renderColumn(column: ColumnModel, nullable = column.nullable): string {
  const name = quoteName(column.name);
  if (column.computed) {
    const { expression, persisted, notNull } = column.computed;
    return `${name} AS ${bracketed(expression)}${persisted ? " PERSISTED" : ""}${notNull ? " NOT NULL" : ""}`;
  }
  const parts = [name, typeText(column.type!)];
  if (column.filestream) parts.push("FILESTREAM");
  if (column.collation !== undefined && isString(column.type!)) parts.push(`COLLATE ${column.collation}`);
  if (column.sparse) parts.push("SPARSE");
  if (column.period)
    parts.push(`GENERATED ALWAYS AS ROW ${column.period.toUpperCase()}${column.hidden ? " HIDDEN" : ""}`);
  if (column.default) parts.push(renderDefault(column.default));
  if (column.identity) {
    parts.push(`IDENTITY(${column.identity.seed}, ${column.identity.increment})`);
    if (column.identity.notForReplication) parts.push("NOT FOR REPLICATION");
  }
  parts.push(nullable ? "NULL" : "NOT NULL");
  if (column.rowGuid) parts.push("ROWGUIDCOL");
  return parts.join(" ");
}

export function renderDefault(value: DefaultModel): string {
  return `CONSTRAINT ${quoteName(value.name)} DEFAULT ${bracketed(value.expression)}`;
}

const keyList = (index: IndexModel): string =>
  index.columns.map((column) => `${quoteName(column.name)}${column.descending ? " DESC" : ""}`).join(", ");
export const nameList = (names: readonly string[]): string => names.map(quoteName).join(", ");
const clustering = (index: IndexModel): string => (index.clustered ? "CLUSTERED" : "NONCLUSTERED");
export const compressionOption = (compression: Compression): string =>
  `DATA_COMPRESSION = ${compression.replace("-", "_").toUpperCase()}`;

export const compressionDelayOption = (minutes: number): string =>
  `COMPRESSION_DELAY = ${minutes}${minutes === 0 ? "" : " MINUTES"}`;

function storedOptions(index: IndexModel): string[] {
  return [
    ...(index.padIndex ? ["PAD_INDEX = ON"] : []),
    ...(index.fillFactor > 0 ? [`FILLFACTOR = ${index.fillFactor}`] : []),
    ...(index.ignoreDuplicateKey ? ["IGNORE_DUP_KEY = ON"] : []),
    ...(index.allowRowLocks ? [] : ["ALLOW_ROW_LOCKS = OFF"]),
    ...(index.allowPageLocks ? [] : ["ALLOW_PAGE_LOCKS = OFF"]),
    ...(index.compressionDelay === 0 ? [] : [compressionDelayOption(index.compressionDelay)]),
    // Columnstore is what a columnstore index has unless it is told to archive.
    ...(index.compression === "none" || index.compression === "columnstore"
      ? []
      : [compressionOption(index.compression)]),
  ];
}

function withOptions(options: readonly string[]): string {
  return options.length === 0 ? "" : ` WITH (${options.join(", ")})`;
}
/** ON filegroup, or ON scheme(column). */
export function renderPlace({
  filegroup,
  partition,
}: {
  filegroup: string | undefined;
  partition: Partitioning | undefined;
}): string {
  if (partition) return ` ON ${quoteName(partition.scheme)} (${quoteName(partition.column)})`;
  return filegroup === undefined ? "" : ` ON ${quoteName(filegroup)}`;
}

/** PRIMARY KEY or UNIQUE, after `ADD` or inside CREATE TABLE. */
export function renderKey(index: IndexModel, hints: readonly string[] = []): string {
  const what = index.role === "primary-key" ? "PRIMARY KEY" : "UNIQUE";
  const options = withOptions([...storedOptions(index), ...hints]);
  return `CONSTRAINT ${quoteName(index.name)} ${what} ${clustering(index)} (${keyList(index)})${options}${renderPlace(index)}`;
}

/** Also for the index of a constraint together with DROP_EXISTING. `where` of a person goes in as it is: a filter takes no outer brackets safely. */
export function renderCreateIndex(table: string, index: IndexModel, hints: readonly string[] = []): string {
  if (index.columnstore) return renderColumnstore(table, index, hints);
  const unique = index.unique ? "UNIQUE " : "";
  const include = index.include.length === 0 ? "" : ` INCLUDE (${nameList(index.include)})`;
  const where = index.where === undefined ? "" : ` WHERE ${bracketed(index.where)}`;
  const options = withOptions([...storedOptions(index), ...hints]);
  return `CREATE ${unique}${clustering(index)} INDEX ${quoteName(index.name)} ON ${table} (${keyList(index)})${include}${where}${options}${renderPlace(index)};`;
}

/** https://learn.microsoft.com/sql/t-sql/statements/create-columnstore-index-transact-sql */
function renderColumnstore(table: string, index: IndexModel, hints: readonly string[]): string {
  const columns = index.clustered ? "" : ` (${nameList(index.include)})`;
  const order = index.orderBy.length === 0 ? "" : ` ORDER (${nameList(index.orderBy)})`;
  const where = index.where === undefined ? "" : ` WHERE ${bracketed(index.where)}`;
  const options = withOptions([...storedOptions(index), ...hints]);
  return `CREATE ${clustering(index)} COLUMNSTORE INDEX ${quoteName(index.name)} ON ${table}${columns}${order}${where}${options}${renderPlace(index)};`;
}

export function renderCheck(check: CheckModel): string {
  const replication = check.notForReplication ? " NOT FOR REPLICATION" : "";
  return `CONSTRAINT ${quoteName(check.name)} CHECK${replication} ${bracketed(check.expression)}`;
}

export function renderForeignKey(key: ForeignKeyModel): string {
  const references = `${quoteNames(key.referencedSchema, key.referencedTable)} (${nameList(key.referencedColumns)})`;
  const onDelete = key.onDelete === "no action" ? "" : ` ON DELETE ${key.onDelete.toUpperCase()}`;
  const onUpdate = key.onUpdate === "no action" ? "" : ` ON UPDATE ${key.onUpdate.toUpperCase()}`;
  const replication = key.notForReplication ? " NOT FOR REPLICATION" : "";
  return `CONSTRAINT ${quoteName(key.name)} FOREIGN KEY (${nameList(key.columns)}) REFERENCES ${references}${onDelete}${onUpdate}${replication}`;
}

/** sp_rename takes the new name literally: brackets there would become part of it. */
export function renderRename(parts: readonly string[], to: string, type: "OBJECT" | "COLUMN" | "INDEX"): string {
  return `EXEC sys.sp_rename @objname = ${quoteText(quoteNames(...parts))}, @newname = ${quoteText(to)}, @objtype = ${quoteText(type)};`;
}
