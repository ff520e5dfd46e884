/** 1701: the fixed part of a row must fit a page. Source: reference sheet "tables and indexes" 1.1; sql-docs, estimate the size of a heap. */
import { typeFacts } from "../../catalog/system-types";
import { sqlError } from "../../session/messages";
import type { Column } from "../../storage/model";

const maximum = 8060;
/** Types that take room in a row only for what they hold. */
const variable = new Set([
  "varchar", "nvarchar", "varbinary", "sql_variant", "xml", "text", "ntext", "image", "hierarchyid", "geometry", "geography", "json", "vector",
]); // prettier-ignore

export function requireRowFits(columns: readonly Column[], tableName: string): void {
  const stored = columns.filter((column) => !column.sparse && (!column.computed || column.computed.persisted));
  const fixed = stored.filter((column) => !variable.has(column.type.name));
  const bits = fixed.filter((column) => column.type.name === "bit").length;
  const bytes = fixed.reduce((sum, { type }) => sum + (type.name === "bit" ? 0 : typeFacts(type).maxLength), 0);
  // Four bytes of header, two of the column count, one bit a column for NULL.
  const overhead = 6 + Math.ceil(stored.length / 8);
  const size = bytes + Math.ceil(bits / 8) + overhead;
  if (size > maximum) throw sqlError(1701, [tableName, size, overhead, maximum]);
}
