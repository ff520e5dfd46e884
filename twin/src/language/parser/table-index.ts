/** Indexes and statistics. https://learn.microsoft.com/sql/t-sql/statements/create-index-transact-sql */
import type { Definition, Expression, IndexColumn, IndexDefinition, Name, Option } from "../ast";
import type { Cursor } from "./cursor";
import { parseExpression, parseScalar } from "./expressions";
import { dataSpaceName, parseDataSpace, parseIndexColumns } from "./table";

/** INDEX n ... inside CREATE TABLE; `column` is the column's own name in the column form. */
export function parseInlineIndex(c: Cursor, column?: string): IndexDefinition {
  const line = c.line;
  c.expect("INDEX");
  const name = c.identifier();
  const unique = c.take("UNIQUE");
  const clustered = c.take("CLUSTERED") ? true : c.take("NONCLUSTERED") ? false : undefined;
  if (c.is("HASH")) throw c.notImplemented("hash indexes");
  const columnstore = c.take("COLUMNSTORE");
  const columns: IndexColumn[] = c.isSymbol("(")
    ? parseIndexColumns(c)
    : column
      ? [{ name: column, descending: false }]
      : [];
  return finishIndex(c, { name, unique, clustered: clustered ?? false, columnstore, columns, line });
}

interface Head {
  name: string;
  unique: boolean;
  clustered: boolean;
  columnstore: boolean;
  columns: IndexColumn[];
  line: number;
}

function finishIndex(c: Cursor, head: Head): IndexDefinition {
  const include = c.take("INCLUDE") ? c.parenthesized(() => c.identifier()) : [];
  const where = !head.clustered && c.take("WHERE") ? parseFilter(c) : undefined;
  const order = c.is("ORDER") && c.isSymbol("(", 1) ? (c.next(), c.parenthesized(() => c.identifier())) : undefined;
  const options: Option[] = c.take("WITH") ? (c.isSymbol("(") ? c.options() : [c.option()]) : [];
  const on = c.take("ON") ? parseDataSpace(c) : undefined;
  const filestreamOn = c.take("FILESTREAM_ON") ? dataSpaceName(c) : undefined;
  const base = head.clustered ? "clustered" : "nonclustered";
  return {
    name: head.name,
    unique: head.unique,
    type: head.columnstore ? `${base}-columnstore` : base,
    columns: head.columns,
    include,
    ...(where ? { where } : {}),
    ...(order ? { order } : {}),
    options,
    ...(on ? { on } : {}),
    ...(filestreamOn ? { filestreamOn } : {}),
    line: head.line,
  };
}

function parseFilter(c: Cursor): { expression: Expression; text: string } {
  const first = c.token;
  const expression = parseExpression(c);
  return { expression, text: c.slice(first) };
}

/** CREATE [UNIQUE] [CLUSTERED|NONCLUSTERED] [COLUMNSTORE] INDEX, with CREATE already read. */
export function parseCreateIndex(c: Cursor, line: number): Definition {
  const unique = c.take("UNIQUE");
  const clustered = c.take("CLUSTERED") || (c.take("NONCLUSTERED"), false);
  const columnstore = c.take("COLUMNSTORE");
  c.expect("INDEX");
  const name = c.identifier();
  c.expect("ON");
  const on = c.name();
  const columns = c.isSymbol("(") ? parseIndexColumns(c) : [];
  if (columns.length === 0 && !columnstore) throw c.unexpected();
  return {
    kind: "create-index",
    index: finishIndex(c, { name, unique, clustered, columnstore, columns, line }),
    on,
    line,
  };
}

export function parseAlterIndex(c: Cursor, line: number): Definition {
  const name = c.take("ALL") ? ("all" as const) : c.identifier();
  c.expect("ON");
  const on = c.name();
  const verb = c.next();
  const action = verb.upper.toLowerCase() as "rebuild";
  if (!["REBUILD", "DISABLE", "REORGANIZE", "SET", "RESUME", "PAUSE", "ABORT"].includes(verb.upper))
    throw c.unexpected(verb);
  let partition: Expression | "all" | undefined;
  if (c.take("PARTITION")) {
    c.expectSymbol("=");
    partition = c.take("ALL") ? "all" : parseScalar(c);
  }
  const options = verb.upper === "SET" ? c.options() : c.take("WITH") ? c.options() : [];
  return { kind: "alter-index", name, on, action, ...(partition ? { partition } : {}), options, line };
}

export function parseDropIndex(c: Cursor, line: number): Definition {
  const ifExists = c.takeSequence("IF", "EXISTS");
  let options: Option[] = [];
  const items = c.list((): { name: string; on: Name } => {
    const first = c.name();
    if (!c.take("ON")) {
      // The old form: table.index.
      if (first.parts.length < 2) throw c.unexpected();
      return { name: first.parts.at(-1)!, on: { parts: first.parts.slice(0, -1), line: first.line } };
    }
    const on = c.name();
    if (c.is("WITH") && c.isSymbol("(", 1)) {
      c.next();
      options = c.options();
    }
    return { name: first.parts.at(-1)!, on };
  });
  return { kind: "drop-index", items, ifExists, options, line };
}

export function parseCreateStatistics(c: Cursor, line: number): Definition {
  const name = c.identifier();
  c.expect("ON");
  const on = c.name();
  const columns = c.parenthesized(() => c.identifier());
  const where = c.take("WHERE") ? parseFilter(c) : undefined;
  return {
    kind: "create-statistics",
    name,
    on,
    columns,
    ...(where ? { where } : {}),
    options: parseStatisticsOptions(c),
    line,
  };
}

export function parseUpdateStatistics(c: Cursor, line: number): Definition {
  const on = c.name();
  const names = c.isSymbol("(")
    ? c.parenthesized(() => c.identifier())
    : c.isName() && !c.is("WITH")
      ? [c.identifier()]
      : [];
  return { kind: "update-statistics", on, names, options: parseStatisticsOptions(c), line };
}

/** WITH FULLSCAN, SAMPLE 10 PERCENT, NORECOMPUTE ...: no parentheses. */
function parseStatisticsOptions(c: Cursor): Option[] {
  if (!c.take("WITH")) return [];
  return c.list((): Option => {
    const name = c.next().upper;
    if (c.token.kind === "integer") {
      const value = Number(c.next().text);
      return { name, value, unit: c.next().upper };
    }
    return c.takeSymbol("=") ? { name, ...c.optionValue() } : { name };
  });
}
