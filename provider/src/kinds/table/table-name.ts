/** Names of tables as people write them, and the names that constraints get when nobody gave one. */
import { createHash } from "node:crypto";
import { nameOf, tokenize } from "../../tsql/lexer";
import type { TableIdentity } from "./model";

/** "Orders", "sales.Orders" or "[sales].[Orders.2024]"; undefined where it is none of these. */
export function parseTableName(text: string): TableIdentity | undefined {
  if (!/[[\]"]/.test(text)) {
    const parts = text.split(".");
    if (parts.length > 2 || parts.some((part) => part === "" || part.length > 128)) return undefined;
    return parts.length === 2 ? { schema: parts[0]!, name: parts[1]! } : { schema: "dbo", name: parts[0]! };
  }
  let tokens;
  try {
    tokens = tokenize(text);
  } catch {
    return undefined; // an open bracket: the caller says what is wrong with the name
  }
  const isName = (index: number): boolean => ["word", "bracketed", "double-quoted"].includes(tokens[index]?.kind ?? "");
  const names = tokens.filter((_, index) => isName(index)).map((token) => nameOf(text, token));
  if (names.some((part) => part === "" || part.length > 128)) return undefined;
  if (tokens.length === 1 && isName(0)) return { schema: "dbo", name: names[0]! };
  const dotted = tokens.length === 3 && isName(0) && isName(2) && text.slice(tokens[1]!.start, tokens[1]!.end) === ".";
  return dotted ? { schema: names[0]!, name: names[1]! } : undefined;
}

/** PK_Orders, DF_Orders_Note ...: the same for the same table on every server, cut to 128 characters with a hash. */
export function generatedName(
  prefix: "PK" | "UQ" | "DF" | "FK" | "IX" | "CCI" | "NCCI",
  table: string,
  columns: readonly string[] = [],
): string {
  const whole = [prefix, table, ...columns].join("_");
  if (whole.length <= 128) return whole;
  return `${whole.slice(0, 119)}_${createHash("sha256").update(whole).digest("hex").slice(0, 8)}`;
}
