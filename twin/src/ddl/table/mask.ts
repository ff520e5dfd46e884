/** Data masking functions and the types they suit. https://learn.microsoft.com/sql/relational-databases/security/dynamic-data-masking */
import { sqlError } from "../../session/messages";
import type { SqlType } from "../../types/sql-type";

const text = ["char", "varchar", "nchar", "nvarchar"];
const numbers = ["tinyint", "smallint", "int", "bigint", "decimal", "numeric", "smallmoney", "money", "real", "float"];
const dates = ["date", "datetime", "datetime2", "datetimeoffset", "smalldatetime", "time"];
/** Types of each function; undefined: all. */
const functions = new Map<string, readonly string[] | undefined>([
  ["default", undefined],
  ["email", [...text, "text", "ntext"]],
  ["partial", [...text, "text", "ntext"]],
  ["random", [...numbers, "binary", "varbinary"]],
  ["datetime", dates],
]);

/** Throws 16002 for an unknown function, 16003 for one that the type does not take. */
export function requireMask(mask: string, column: string, type: SqlType): void {
  const name = /^(\w+)\s*\(.*\)\s*$/s.exec(mask.trimStart())?.[1]?.toLowerCase();
  if (name === undefined || !functions.has(name)) throw sqlError(16002, [column]);
  const types = functions.get(name);
  if (types && !types.includes(type.name)) throw sqlError(16003, [column, name]);
}
