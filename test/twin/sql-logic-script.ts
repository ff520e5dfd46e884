/** Reads and judges sqllogictest files: https://www.sqlite.org/sqllogictest/doc/trunk/about.wiki */
import { createHash } from "node:crypto";
import { decimalToString } from "../../twin/src/types/decimal";
import { Decimal, type SqlValue } from "../../twin/src/types/value";

export interface LogicRecord {
  readonly line: number;
  readonly kind: "ok" | "error" | "query";
  readonly sql: string;
  /** One letter a column: I, R or T. */
  readonly types: string;
  readonly sort: "nosort" | "rowsort" | "valuesort";
  readonly expected: readonly string[];
}

/** Records for one engine; those of other engines are left out. */
export function parseScript(text: string, engine: string): LogicRecord[] {
  const lines = text.split(/\r?\n/);
  const records: LogicRecord[] = [];
  for (let i = 0; i < lines.length;) {
    const block: string[] = [];
    const start = i;
    while (i < lines.length && lines[i]!.trim() !== "") block.push(lines[i++]!);
    i++;
    const record = readBlock(block, start + 1, engine);
    if (record) records.push(record);
  }
  return records;
}

function readBlock(block: readonly string[], firstLine: number, engine: string): LogicRecord | undefined {
  let at = 0;
  for (; at < block.length; at++) {
    const words = block[at]!.trim().split(/\s+/);
    if (block[at]!.startsWith("#") || words[0] === "hash-threshold") continue;
    if (words[0] === "skipif" && words[1] === engine) return undefined;
    if (words[0] === "onlyif" && words[1] !== engine) return undefined;
    if (words[0] === "skipif" || words[0] === "onlyif") continue;
    break;
  }
  const head = block[at]?.trim().split(/\s+/);
  if (!head) return undefined;
  const line = firstLine + at;
  // Only engines that lack what follows stop here; what they lack is for the caller to say.
  if (head[0] === "halt") return undefined;
  const body = block.slice(at + 1);
  if (head[0] === "statement")
    return {
      line,
      kind: head[1] === "error" ? "error" : "ok",
      sql: body.join("\n"),
      types: "",
      sort: "nosort",
      expected: [],
    };
  if (head[0] !== "query") throw new Error(`line ${line}: ${block[at]}`);
  const divider = body.indexOf("----");
  return {
    line,
    kind: "query",
    sql: body.slice(0, divider < 0 ? undefined : divider).join("\n"),
    types: head[1]!,
    sort: (head[2] as LogicRecord["sort"] | undefined) ?? "nosort",
    expected: divider < 0 ? [] : body.slice(divider + 1),
  };
}

/** What the file would say about these rows, in the form that it uses for this record. */
export function printRows(record: LogicRecord, rows: readonly (readonly SqlValue[])[]): string[] {
  const printed = rows.map((row) => row.map((value, i) => printValue(value, record.types[i] ?? "T")));
  if (record.sort === "rowsort") printed.sort((a, b) => (a.join("\n") < b.join("\n") ? -1 : 1));
  const values = printed.flat();
  if (record.sort === "valuesort") values.sort();
  if (!/ values hashing to /.test(record.expected[0] ?? "")) return values;
  const hash = createHash("md5")
    .update(values.map((value) => `${value}\n`).join(""))
    .digest("hex");
  return [`${values.length} values hashing to ${hash}`];
}

function printValue(value: SqlValue, type: string): string {
  if (value === null) return "NULL";
  const number = value instanceof Decimal ? Number(decimalToString(value)) : Number(value);
  // Text where a number is asked for counts as 0, as C's conversion does.
  if (type === "I") return String(Math.trunc(number) || 0);
  if (type === "R") return (number || 0).toFixed(3);
  const text = String(value);
  return text === "" ? "(empty)" : text.replace(/[^\x20-\x7e]/g, "@");
}
