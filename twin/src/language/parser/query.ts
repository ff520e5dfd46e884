/** SELECT and its parts. https://learn.microsoft.com/sql/t-sql/queries/select-transact-sql */
import type {
  CommonTableExpression,
  Expression,
  ForClause,
  GroupItem,
  Query,
  QueryBody,
  QuerySpecification,
  SelectItem,
} from "../ast";
import type { Cursor } from "./cursor";
import { parseExpression, parseOrderItems, parseScalar, parseWindow } from "./expressions";
import { parseTableSource } from "./table-source";

/** Does a query begin `offset` tokens ahead? Parentheses may stand before it. */
export function startsQuery(c: Cursor, offset = 0): boolean {
  while (c.isSymbol("(", offset)) offset++;
  return c.is("SELECT", offset) || (c.is("WITH", offset) && c.is("AS", offset + 2));
}

export function parseQuery(c: Cursor): Query {
  const line = c.line;
  const common = c.is("WITH") ? parseCommonTableExpressions(c) : [];
  return parseQueryAfterWith(c, common, line);
}

export function parseQueryAfterWith(c: Cursor, common: CommonTableExpression[], line: number): Query {
  const body = parseBody(c);
  const orderBy = c.takeSequence("ORDER", "BY") ? parseOrderItems(c) : [];
  let offset: Expression | undefined;
  let fetch: Expression | undefined;
  if (orderBy.length > 0 && c.take("OFFSET")) {
    offset = parseScalar(c);
    if (!c.take("ROWS")) c.expect("ROW");
    if (c.take("FETCH")) {
      if (!c.take("NEXT")) c.expect("FIRST");
      fetch = parseScalar(c);
      if (!c.take("ROWS")) c.expect("ROW");
      c.expect("ONLY");
    }
  }
  const forClause = c.is("FOR") && (c.is("XML", 1) || c.is("JSON", 1) || c.is("BROWSE", 1)) ? parseFor(c) : undefined;
  const options = c.is("OPTION") && c.isSymbol("(", 1) ? parseOptionClause(c) : [];
  return {
    with: common,
    body,
    orderBy,
    ...(offset ? { offset } : {}),
    ...(fetch ? { fetch } : {}),
    ...(forClause ? { for: forClause } : {}),
    options,
    line,
  };
}

export function parseCommonTableExpressions(c: Cursor): CommonTableExpression[] {
  c.expect("WITH");
  if (c.isAny("XMLNAMESPACES", "CHANGE_TRACKING_CONTEXT")) throw c.notImplemented(`WITH ${c.token.upper}`);
  return c.list(() => {
    const line = c.line;
    const name = c.identifier();
    const columns = c.isSymbol("(") ? c.parenthesized(() => c.identifier()) : undefined;
    c.expect("AS");
    c.expectSymbol("(");
    const query = parseQuery(c);
    c.expectSymbol(")");
    return { name, ...(columns ? { columns } : {}), query, line };
  });
}

/** UNION and EXCEPT are left-associative; INTERSECT binds tighter. */
function parseBody(c: Cursor): QueryBody {
  let left = parseIntersect(c);
  while (c.isAny("UNION", "EXCEPT")) {
    const line = c.line;
    const operator = c.next().upper === "EXCEPT" ? "except" : c.take("ALL") ? "union-all" : "union";
    left = { kind: "set", operator, left, right: parseIntersect(c), line };
  }
  return left;
}

function parseIntersect(c: Cursor): QueryBody {
  let left = parseOperand(c);
  while (c.is("INTERSECT")) {
    const line = c.next().line;
    left = { kind: "set", operator: "intersect", left, right: parseOperand(c), line };
  }
  return left;
}

function parseOperand(c: Cursor): QueryBody {
  const line = c.line;
  if (c.takeSymbol("(")) {
    const query = parseQuery(c);
    c.expectSymbol(")");
    return { kind: "parenthesized", query, line };
  }
  return parseSpecification(c);
}

/** VALUES (..), (..): the row source of INSERT and of derived tables. */
export function parseValues(c: Cursor): QueryBody {
  const line = c.line;
  c.expect("VALUES");
  return { kind: "values", rows: c.list(() => c.parenthesized(() => parseScalar(c))), line };
}

function parseSpecification(c: Cursor): QuerySpecification {
  const line = c.line;
  c.expect("SELECT");
  const distinct = c.take("DISTINCT");
  if (!distinct) c.take("ALL");
  const top = parseTop(c);
  const items = c.list(() => parseSelectItem(c));
  const into = c.take("INTO") ? c.name() : undefined;
  if (into && c.is("ON")) throw c.notImplemented("SELECT INTO ... ON filegroup");
  const from = c.take("FROM") ? c.list(() => parseTableSource(c)) : [];
  const where = c.take("WHERE") ? parseExpression(c) : undefined;
  const groupBy = c.takeSequence("GROUP", "BY") ? { items: c.list(() => parseGroupItem(c)) } : undefined;
  const having = c.take("HAVING") ? parseExpression(c) : undefined;
  const windows = c.is("WINDOW") && c.is("AS", 2) ? parseWindows(c) : undefined;
  return {
    kind: "select",
    distinct,
    ...(top ? { top } : {}),
    items,
    ...(into ? { into } : {}),
    from,
    ...(where ? { where } : {}),
    ...(groupBy ? { groupBy } : {}),
    ...(having ? { having } : {}),
    ...(windows ? { windows } : {}),
    line,
  };
}

function parseWindows(c: Cursor): { name: string; window: ReturnType<typeof parseWindow> }[] {
  c.expect("WINDOW");
  return c.list(() => {
    const name = c.identifier();
    c.expect("AS");
    return { name, window: parseWindow(c) };
  });
}

export function parseTop(c: Cursor): { count: Expression; percent: boolean; withTies: boolean } | undefined {
  if (!c.take("TOP")) return undefined;
  let count: Expression;
  if (c.takeSymbol("(")) {
    count = parseScalar(c);
    c.expectSymbol(")");
  } else {
    const token = c.token;
    if (token.kind !== "integer" && token.kind !== "decimal" && token.kind !== "float" && token.kind !== "variable")
      throw c.unexpected();
    c.next();
    count =
      token.kind === "variable"
        ? { kind: "variable", name: token.text, line: token.line }
        : { kind: token.kind, text: token.text, line: token.line };
  }
  const percent = c.take("PERCENT");
  const withTies = c.takeSequence("WITH", "TIES");
  return { count, percent, withTies };
}

export function parseSelectItem(c: Cursor): SelectItem {
  const line = c.line;
  if (c.takeSymbol("*")) return { kind: "star", line };
  if (c.token.kind === "variable" && c.peek().kind === "symbol" && /^([-+*/%&|^]|\|\|)?=$/.test(c.peek().text)) {
    const variable = c.next().text;
    const operator = c.next().text as "=";
    return { kind: "assign", variable, operator, expression: parseScalar(c), line };
  }
  // t.* and s.t.*
  if (c.isName()) {
    let ahead = 0;
    while (c.isName(ahead) && c.isSymbol(".", ahead + 1)) ahead += 2;
    if (ahead > 0 && c.isSymbol("*", ahead)) {
      const parts = [];
      while (!c.isSymbol("*")) {
        parts.push(c.identifier());
        c.expectSymbol(".");
      }
      c.next();
      return { kind: "star", qualifier: { parts, line }, line };
    }
    // alias = expression
    if (c.isSymbol("=", 1)) {
      const alias = c.next().value;
      c.next();
      return { kind: "expression", expression: parseScalar(c), alias, line };
    }
  }
  if (c.token.kind === "string" && c.isSymbol("=", 1)) {
    const alias = c.next().value;
    c.next();
    return { kind: "expression", expression: parseScalar(c), alias, line };
  }
  const expression = parseScalar(c);
  const alias = parseColumnAlias(c);
  return { kind: "expression", expression, ...(alias === undefined ? {} : { alias }), line };
}

function parseColumnAlias(c: Cursor): string | undefined {
  if (c.take("AS")) return c.token.kind === "string" ? c.next().value : c.identifier();
  if (c.token.kind === "string" || c.token.kind === "quoted") return c.next().value;
  return c.isName() ? c.identifier() : undefined;
}

function parseGroupItem(c: Cursor): GroupItem {
  const sets = (): Expression[][] =>
    c.parenthesized(() => {
      if (!c.isSymbol("(")) return [parseScalar(c)];
      if (c.isSymbol(")", 1)) {
        c.position += 2;
        return [];
      }
      return c.parenthesized(() => parseScalar(c));
    });
  if (c.isAny("ROLLUP", "CUBE") && c.isSymbol("(", 1))
    return { kind: c.next().upper === "ROLLUP" ? "rollup" : "cube", sets: sets() };
  if (c.isSequence("GROUPING", "SETS")) {
    c.position += 2;
    return { kind: "grouping-sets", sets: sets() };
  }
  if (c.isSymbol("(") && c.isSymbol(")", 1)) {
    c.position += 2;
    return { kind: "grouping-sets", sets: [[]] };
  }
  return { kind: "expression", expression: parseScalar(c) };
}

/** FOR XML PATH('row'), ROOT('x'), ELEMENTS ...; FOR JSON PATH, ROOT('x'), INCLUDE_NULL_VALUES, WITHOUT_ARRAY_WRAPPER. */
function parseFor(c: Cursor): ForClause {
  c.expect("FOR");
  const kind = c.next().upper.toLowerCase() as ForClause["kind"];
  if (kind === "browse") return { kind, words: [] };
  if (kind === "json" && !c.isAny("AUTO", "PATH")) throw c.unexpected();
  const mode = c.next().upper;
  const argument = (): string | undefined => {
    if (!c.takeSymbol("(")) return undefined;
    const value = c.token.kind === "string" ? c.next().value : undefined;
    c.expectSymbol(")");
    return value;
  };
  const elementName = argument();
  let root: string | true | undefined;
  const words: string[] = [];
  while (c.takeSymbol(",")) {
    const word = c.next().upper;
    const value = argument();
    if (word === "ROOT") root = value ?? true;
    else if (word === "BINARY" && c.take("BASE64")) words.push("BINARY BASE64");
    else if (word === "ELEMENTS" && c.isAny("XSINIL", "ABSENT")) words.push(`ELEMENTS ${c.next().upper}`);
    else words.push(word);
  }
  return {
    kind,
    mode,
    ...(elementName === undefined ? {} : { elementName }),
    ...(root === undefined ? {} : { root }),
    words,
  };
}

/** First words of query hints. Source: sql-docs, query hints. */
const HINTS = new Set(
  "CONCAT DISABLE_OPTIMIZED_PLAN_FORCING EXPAND FAST FOR FORCE HASH IGNORE_NONCLUSTERED_COLUMNSTORE_INDEX KEEP KEEPFIXED LABEL LOOP MAXDOP MAXRECURSION MAX_GRANT_PERCENT MERGE MIN_GRANT_PERCENT NO_PERFORMANCE_SPOOL OPTIMIZE ORDER PARAMETERIZATION QUERYTRACEON RECOMPILE ROBUST TABLE USE".split(
    " ",
  ),
);

/** OPTION (RECOMPILE, MAXRECURSION 10, ...): each hint as its text. */
export function parseOptionClause(c: Cursor): string[] {
  c.expect("OPTION");
  return c.parenthesized(() => {
    const first = c.token;
    if (!HINTS.has(first.upper)) throw c.unexpected();
    let depth = 0;
    while (!c.atEnd && (depth > 0 || !(c.isSymbol(",") || c.isSymbol(")")))) {
      if (c.isSymbol("(")) depth++;
      if (c.isSymbol(")")) depth--;
      c.next();
    }
    return c.slice(first).toUpperCase();
  });
}
