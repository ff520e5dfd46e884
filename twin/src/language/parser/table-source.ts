/** FROM: tables, joins, APPLY, derived tables, functions, PIVOT. https://learn.microsoft.com/sql/t-sql/queries/from-transact-sql */
import type { Expression, TableHint, TableSource, TemporalClause } from "../ast";
import type { Cursor } from "./cursor";
import { parseExpression, parseScalar } from "./expressions";
import { parseQuery, parseValues, startsQuery } from "./query";
import { parseDml } from "./dml";

const BARE_HINTS = new Set([
  "NOLOCK",
  "UPDLOCK",
  "HOLDLOCK",
  "READPAST",
  "ROWLOCK",
  "TABLOCK",
  "TABLOCKX",
  "XLOCK",
  "READCOMMITTED",
  "READUNCOMMITTED",
  "REPEATABLEREAD",
  "SERIALIZABLE",
  "SNAPSHOT",
  "NOWAIT",
  "PAGLOCK",
  "READCOMMITTEDLOCK",
  "NOEXPAND",
]);
/** Words that follow a table source and are never its alias, though not all of them are reserved. */
const NOT_ALIAS = new Set(["OUTPUT", "OFFSET", "WINDOW", "APPLY"]);

export function parseTableSource(c: Cursor): TableSource {
  let left = parsePrimary(c);
  for (;;) {
    const line = c.line;
    if (c.isSequence("CROSS", "APPLY") || c.isSequence("OUTER", "APPLY")) {
      const type = c.next().upper === "CROSS" ? "cross" : "outer";
      c.next();
      left = { kind: "apply", type, left, right: parsePrimary(c), line };
      continue;
    }
    if (c.isSequence("CROSS", "JOIN")) {
      c.position += 2;
      left = { kind: "join", type: "cross", left, right: parsePrimary(c), line };
      continue;
    }
    const join = parseJoinWords(c);
    if (!join) return left;
    const right = parseNestedRight(c);
    c.expect("ON");
    left = {
      kind: "join",
      type: join.type,
      left,
      right,
      on: parseExpression(c),
      ...(join.hint ? { hint: join.hint } : {}),
      line,
    };
  }
}

/** a JOIN b JOIN c ON .. ON ..: the right side takes joins until its own ON is due. */
function parseNestedRight(c: Cursor): TableSource {
  let right = parsePrimary(c);
  for (;;) {
    const mark = c.position;
    const line = c.line;
    const join = parseJoinWords(c);
    if (!join) return right;
    const inner = parseNestedRight(c);
    if (!c.is("ON")) {
      c.position = mark;
      return right;
    }
    c.expect("ON");
    const on = parseExpression(c);
    right = { kind: "join", type: join.type, left: right, right: inner, on, line };
  }
}

function parseJoinWords(c: Cursor): { type: "inner" | "left" | "right" | "full"; hint?: string } | undefined {
  const mark = c.position;
  let type: "inner" | "left" | "right" | "full" = "inner";
  if (c.isAny("LEFT", "RIGHT", "FULL")) {
    type = c.next().upper.toLowerCase() as "left";
    c.take("OUTER");
  } else c.take("INNER");
  const hint = c.isAny("LOOP", "HASH", "MERGE", "REMOTE") && c.is("JOIN", 1) ? c.next().upper : undefined;
  if (c.take("JOIN")) return { type, ...(hint ? { hint } : {}) };
  c.position = mark;
  return undefined;
}

function parsePrimary(c: Cursor): TableSource {
  let source = parseBase(c);
  while (c.isAny("PIVOT", "UNPIVOT")) source = c.is("PIVOT") ? parsePivot(c, source) : parseUnpivot(c, source);
  return source;
}

function parseBase(c: Cursor): TableSource {
  const line = c.line;
  if (c.isSymbol("(")) return parseParenthesized(c);
  if (c.token.kind === "variable") {
    const variable = c.next().text;
    if (c.isSymbol(".")) throw c.notImplemented("methods of variables in FROM");
    const alias = parseAlias(c);
    return { kind: "table-variable", variable, ...(alias ? { alias } : {}), line };
  }
  if (c.isAny("OPENROWSET", "OPENQUERY", "OPENXML", "CONTAINSTABLE", "FREETEXTTABLE", "OPENDATASOURCE"))
    throw c.notImplemented(c.token.upper);
  const name = c.name();
  if (c.isSymbol("(") && !hintFollows(c)) return parseFunction(c, name, line);
  const temporal = c.isSequence("FOR", "SYSTEM_TIME") ? parseTemporal(c) : undefined;
  let alias = parseAlias(c);
  if (c.is("TABLESAMPLE")) throw c.notImplemented("TABLESAMPLE");
  const hints = parseHints(c);
  alias ??= parseAlias(c);
  return { kind: "table", name, ...(alias ? { alias } : {}), hints, ...(temporal ? { temporal } : {}), line };
}

/** FROM t (NOLOCK): the old form without WITH. */
function hintFollows(c: Cursor): boolean {
  return c.isSymbol("(") && BARE_HINTS.has(c.peek(1).upper) && (c.isSymbol(")", 2) || c.isSymbol(",", 2));
}

export function parseHints(c: Cursor): TableHint[] {
  if (c.is("WITH") && c.isSymbol("(", 1)) c.next();
  else if (!hintFollows(c)) return [];
  c.expectSymbol("(");
  const hints: TableHint[] = [];
  do {
    const word = c.next();
    if (word.kind !== "word") throw c.unexpected(word);
    const args: string[] = [];
    if (c.isSymbol("(")) args.push(...c.parenthesized(() => c.next().value));
    else if (c.takeSymbol("=")) args.push(c.next().value);
    hints.push({ name: word.upper, arguments: args });
    c.takeSymbol(",");
  } while (!c.isSymbol(")") && !c.atEnd);
  c.expectSymbol(")");
  return hints;
}

function parseAlias(c: Cursor): string | undefined {
  if (c.take("AS")) return c.identifier();
  if (c.token.kind === "quoted" || (c.isName() && !NOT_ALIAS.has(c.token.upper) && c.token.upper !== "GO"))
    return c.identifier();
  return undefined;
}

function parseAliasAndColumns(c: Cursor): { alias: string; columns?: string[] } {
  const alias = parseAlias(c);
  if (alias === undefined) throw c.unexpected();
  const columns = c.isSymbol("(") ? c.parenthesized(() => c.identifier()) : undefined;
  return { alias, ...(columns ? { columns } : {}) };
}

function parseParenthesized(c: Cursor): TableSource {
  const line = c.line;
  if (startsQuery(c, 1) || c.is("VALUES", 1)) {
    const mark = c.position;
    c.next();
    if (c.is("VALUES")) {
      const body = parseValues(c);
      c.expectSymbol(")");
      return {
        kind: "derived",
        query: { with: [], body, orderBy: [], options: [], line },
        ...parseAliasAndColumns(c),
        line,
      };
    }
    try {
      const query = parseQuery(c);
      c.expectSymbol(")");
      return { kind: "derived", query, ...parseAliasAndColumns(c), line };
    } catch (error) {
      // ((SELECT ..) a JOIN b ..): the outer parenthesis encloses a join.
      if (!c.tokens[mark + 1] || c.tokens[mark + 1]!.text !== "(") throw error;
      c.position = mark;
    }
  }
  c.expectSymbol("(");
  if (c.isAny("INSERT", "UPDATE", "DELETE", "MERGE")) {
    const statement = parseDml(c, []);
    c.expectSymbol(")");
    return { kind: "dml", statement, ...parseAliasAndColumns(c), line };
  }
  const inner = parseTableSource(c);
  c.expectSymbol(")");
  return inner;
}

function parseFunction(c: Cursor, name: { parts: readonly string[]; line: number }, line: number): TableSource {
  const args = c.isSymbol(")", 1) ? (c.next(), c.next(), []) : c.parenthesized(() => parseScalar(c));
  if (c.isSymbol(".")) throw c.notImplemented("methods in FROM");
  const columnsOf =
    c.is("WITH") && c.isSymbol("(", 1) && name.parts.at(-1)!.toUpperCase() === "OPENJSON"
      ? parseOpenJsonColumns(c)
      : undefined;
  const alias = parseAlias(c);
  const columns = alias && c.isSymbol("(") && !hintFollows(c) ? c.parenthesized(() => c.identifier()) : undefined;
  return {
    kind: "function",
    name,
    arguments: args,
    ...(alias ? { alias } : {}),
    ...(columns ? { columns } : {}),
    ...(columnsOf ? { with: columnsOf } : {}),
    line,
  };
}

function parseOpenJsonColumns(c: Cursor): NonNullable<Extract<TableSource, { kind: "function" }>["with"]> {
  c.expect("WITH");
  return c.parenthesized(() => {
    const name = c.identifier();
    const type = c.type();
    const path = c.token.kind === "string" ? c.next().value : undefined;
    const asJson = c.takeSequence("AS", "JSON");
    return { name, type, ...(path === undefined ? {} : { path }), asJson };
  });
}

/** A literal or a variable: the grammar has no expressions here. */
function parseMoment(c: Cursor): Expression {
  const { token } = c;
  const moment = parseScalar(c);
  if (moment.kind !== "string" && moment.kind !== "variable") throw c.unexpected(token);
  return moment;
}

function parseTemporal(c: Cursor): TemporalClause {
  c.position += 2;
  if (c.take("ALL")) return { kind: "all" };
  if (c.takeSequence("AS", "OF")) return { kind: "as-of", from: parseMoment(c) };
  if (c.take("FROM")) {
    const from = parseMoment(c);
    c.expect("TO");
    return { kind: "from-to", from, to: parseMoment(c) };
  }
  if (c.take("BETWEEN")) {
    const from = parseMoment(c);
    c.expect("AND");
    return { kind: "between", from, to: parseMoment(c) };
  }
  c.expect("CONTAINED", "IN");
  c.expectSymbol("(");
  const from = parseMoment(c);
  c.expectSymbol(",");
  const to = parseMoment(c);
  c.expectSymbol(")");
  return { kind: "contained-in", from, to };
}

function parsePivot(c: Cursor, source: TableSource): TableSource {
  const line = c.next().line;
  c.expectSymbol("(");
  const aggregate = parseScalar(c);
  c.expect("FOR");
  const column = c.name();
  c.expect("IN");
  const values = c.parenthesized(() => c.identifier());
  c.expectSymbol(")");
  return { kind: "pivot", source, aggregate, column, values, alias: parseAliasAndColumns(c).alias, line };
}

function parseUnpivot(c: Cursor, source: TableSource): TableSource {
  const line = c.next().line;
  c.expectSymbol("(");
  const valueColumn = c.identifier();
  c.expect("FOR");
  const nameColumn = c.identifier();
  c.expect("IN");
  const columns = c.parenthesized(() => c.identifier());
  c.expectSymbol(")");
  return { kind: "unpivot", source, valueColumn, nameColumn, columns, alias: parseAliasAndColumns(c).alias, line };
}
