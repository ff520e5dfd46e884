/** Expressions and search conditions, by precedence. https://learn.microsoft.com/sql/t-sql/language-elements/operator-precedence-transact-sql */
import type { BinaryOperator, ComparisonOperator, Expression, FrameBound, OrderItem, Window } from "../ast";
import type { Cursor } from "./cursor";
import { parseQuery, startsQuery } from "./query";

const COMPARISON: Record<string, ComparisonOperator> = {
  "=": "=",
  "<>": "<>",
  "!=": "<>",
  "<": "<",
  "<=": "<=",
  "!>": "<=",
  ">": ">",
  ">=": ">=",
  "!<": ">=",
};
const ADDITIVE = new Set(["+", "-", "&", "|", "^", "||", "<<", ">>"]);
const MULTIPLICATIVE = new Set(["*", "/", "%"]);
const NILADIC = new Set(["CURRENT_TIMESTAMP", "CURRENT_USER", "SESSION_USER", "SYSTEM_USER", "USER", "CURRENT_DATE"]);
/** Reserved words that are also functions. */
const RESERVED_CALLS = new Set([
  "LEFT",
  "RIGHT",
  "COALESCE",
  "NULLIF",
  "UPDATE",
  "CONTAINS",
  "FREETEXT",
  "IDENTITY",
  "OPENXML",
  "OPENROWSET",
  "OPENQUERY",
]);

/** A search condition: OR, AND, NOT over predicates. Scalars are parsed by the same ladder. */
export function parseExpression(c: Cursor): Expression {
  let left = parseAnd(c);
  while (c.is("OR")) {
    const line = c.next().line;
    left = { kind: "or", left, right: parseAnd(c), line };
  }
  return left;
}

function parseAnd(c: Cursor): Expression {
  let left = parseNot(c);
  while (c.is("AND")) {
    const line = c.next().line;
    left = { kind: "and", left, right: parseNot(c), line };
  }
  return left;
}

function parseNot(c: Cursor): Expression {
  if (!c.is("NOT")) return parsePredicate(c);
  const line = c.next().line;
  return { kind: "not", operand: parseNot(c), line };
}

function parsePredicate(c: Cursor): Expression {
  const line = c.line;
  if (c.is("EXISTS")) {
    c.next();
    return { kind: "exists", query: parenthesizedQuery(c), line };
  }
  const left = parseScalar(c);
  const comparison = c.token.kind === "symbol" ? COMPARISON[c.token.text] : undefined;
  if (comparison) {
    c.next();
    if (c.isAny("ALL", "ANY", "SOME")) {
      const quantifier = c.next().upper === "ALL" ? "all" : "any";
      return { kind: "quantified", operator: comparison, left, quantifier, query: parenthesizedQuery(c), line };
    }
    return { kind: "comparison", operator: comparison, left, right: parseScalar(c), line };
  }
  if (c.take("IS")) {
    const not = c.take("NOT");
    if (c.takeSequence("DISTINCT", "FROM")) return { kind: "is-distinct", left, right: parseScalar(c), not, line };
    c.expect("NULL");
    return { kind: "is-null", operand: left, not, line };
  }
  const not = c.is("NOT") && (c.is("IN", 1) || c.is("LIKE", 1) || c.is("BETWEEN", 1)) ? c.take("NOT") : false;
  if (c.take("BETWEEN")) {
    const low = parseScalar(c);
    c.expect("AND");
    return { kind: "between", operand: left, low, high: parseScalar(c), not, line };
  }
  if (c.take("LIKE")) {
    const pattern = parseScalar(c);
    const escape = c.take("ESCAPE") ? parseScalar(c) : undefined;
    return { kind: "like", operand: left, pattern, ...(escape ? { escape } : {}), not, line };
  }
  if (c.take("IN")) {
    if (c.isSymbol("(") && startsQuery(c, 1))
      return { kind: "in", operand: left, query: parenthesizedQuery(c), not, line };
    return { kind: "in", operand: left, values: c.parenthesized(() => parseScalar(c)), not, line };
  }
  return left;
}

/** An expression without boolean operators. */
export function parseScalar(c: Cursor): Expression {
  let left = parseMultiplicative(c);
  while (c.token.kind === "symbol" && ADDITIVE.has(c.token.text)) {
    const operator = c.next();
    left = {
      kind: "binary-operation",
      operator: operator.text as BinaryOperator,
      left,
      right: parseMultiplicative(c),
      line: operator.line,
    };
  }
  return left;
}

function parseMultiplicative(c: Cursor): Expression {
  let left = parseUnary(c);
  while (c.token.kind === "symbol" && MULTIPLICATIVE.has(c.token.text)) {
    const operator = c.next();
    left = {
      kind: "binary-operation",
      operator: operator.text as BinaryOperator,
      left,
      right: parseUnary(c),
      line: operator.line,
    };
  }
  return left;
}

function parseUnary(c: Cursor): Expression {
  if (c.isSymbol("-") || c.isSymbol("+") || c.isSymbol("~")) {
    const operator = c.next();
    return { kind: "unary", operator: operator.text as "-", operand: parseUnary(c), line: operator.line };
  }
  return parsePostfix(c);
}

function parsePostfix(c: Cursor): Expression {
  let operand = parsePrimary(c);
  for (;;) {
    const line = c.line;
    if (c.take("COLLATE")) operand = { kind: "collate", operand, collation: c.identifier(), line };
    else if (c.isSequence("AT", "TIME", "ZONE")) {
      c.position += 3;
      operand = { kind: "at-time-zone", operand, zone: parsePrimary(c), line };
    } else if (c.isSymbol(".") && c.peek().kind === "word" && c.isSymbol("(", 2) && operand.kind !== "integer")
      operand = parseMethod(c, operand);
    else return operand;
  }
}

/** x.value(path, type): a call whose name begins with a dot and whose first argument is x. */
function parseMethod(c: Cursor, operand: Expression): Expression {
  const { line } = c;
  const name = c.peek().text.toLowerCase();
  if (name !== "value") throw c.notImplemented(`method call .${name}()`);
  c.position += 2;
  const args = c.parenthesized(() => parseScalar(c));
  return { kind: "call", name: { parts: [`.${name}`], line }, arguments: [operand, ...args], line };
}

function parsePrimary(c: Cursor): Expression {
  const token = c.token;
  const line = token.line;
  switch (token.kind) {
    case "integer":
    case "decimal":
    case "float":
    case "money":
      c.next();
      return { kind: token.kind, text: token.kind === "money" ? token.value : token.text, line };
    case "string":
      c.next();
      return { kind: "string", value: token.value, national: token.national, line };
    case "binary":
      c.next();
      return { kind: "binary", hex: token.value, line };
    case "variable":
      c.next();
      return { kind: "variable", name: token.text, line };
    case "global":
      c.next();
      return { kind: "global", name: token.text, line };
    case "symbol":
      if (token.text !== "(") throw c.unexpected();
      if (startsQuery(c, 1)) return { kind: "subquery", query: parenthesizedQuery(c), line };
      return parenthesizedExpression(c);
    case "end":
      throw c.unexpected();
    default:
      return parseWord(c);
  }
}

function parenthesizedExpression(c: Cursor): Expression {
  c.expectSymbol("(");
  const inner = parseExpression(c);
  c.expectSymbol(")");
  return inner;
}

function parenthesizedQuery(c: Cursor): ReturnType<typeof parseQuery> {
  c.expectSymbol("(");
  const query = parseQuery(c);
  c.expectSymbol(")");
  return query;
}

function parseWord(c: Cursor): Expression {
  const token = c.token;
  const line = token.line;
  switch (token.upper) {
    case "NULL":
      c.next();
      return { kind: "null", line };
    case "DEFAULT":
      c.next();
      return { kind: "default", line };
    case "CASE":
      return parseCase(c);
    case "CAST":
    case "TRY_CAST":
      if (!c.isSymbol("(", 1)) break;
      return parseCast(c, token.upper === "TRY_CAST");
    case "CONVERT":
    case "TRY_CONVERT":
      if (!c.isSymbol("(", 1)) break;
      return parseConvert(c, token.upper === "TRY_CONVERT");
    case "PARSE":
    case "TRY_PARSE":
      if (!c.isSymbol("(", 1)) break;
      return parseParse(c, token.upper === "TRY_PARSE");
    case "NEXT":
      if (c.isSequence("NEXT", "VALUE", "FOR")) {
        c.position += 3;
        const sequence = c.name();
        const over = c.is("OVER") ? parseOver(c) : undefined;
        return { kind: "next-value", sequence, ...(over ? { over } : {}), line };
      }
      break;
  }
  if (NILADIC.has(token.upper) && !c.isSymbol("(", 1) && !c.isSymbol(".", 1)) {
    c.next();
    return { kind: "call", name: { parts: [token.value], line }, arguments: [], niladic: true, line };
  }
  if (RESERVED_CALLS.has(token.upper) && c.isSymbol("(", 1)) {
    c.next();
    return parseCall(c, { parts: [token.value], line });
  }
  const name = c.name();
  return c.isSymbol("(") ? parseCall(c, name) : { kind: "column", name, line };
}

function parseCall(c: Cursor, name: { parts: readonly string[]; line: number }): Expression {
  const line = name.line;
  const upper = name.parts.length === 1 ? name.parts[0]!.toUpperCase() : "";
  c.expectSymbol("(");
  const call: Extract<Expression, { kind: "call" }> = { kind: "call", name, arguments: [], line };
  if (c.isSymbol("*") && c.isSymbol(")", 1)) {
    c.next();
    call.star = true;
  } else if (!c.isSymbol(")")) {
    if (c.take("DISTINCT")) call.distinct = true;
    else c.take("ALL");
    if (upper === "TRIM") parseTrimArguments(c, call);
    else if (upper === "JSON_OBJECT" || upper === "JSON_ARRAY") throw c.notImplemented(`${upper}()`);
    else call.arguments = c.list(() => (c.is("DEFAULT") ? parsePrimary(c) : parseExpression(c)));
  }
  c.expectSymbol(")");
  if (c.isSequence("WITHIN", "GROUP")) {
    c.position += 2;
    c.expectSymbol("(");
    c.expect("ORDER", "BY");
    call.withinGroup = parseOrderItems(c);
    c.expectSymbol(")");
  }
  if ((c.is("IGNORE") || c.is("RESPECT")) && c.is("NULLS", 1)) {
    call.nulls = c.next().upper === "IGNORE" ? "ignore" : "respect";
    c.next();
  }
  if (c.is("OVER")) call.over = parseOver(c);
  return call;
}

/** TRIM([LEADING|TRAILING|BOTH] [characters FROM] string). */
function parseTrimArguments(c: Cursor, call: Extract<Expression, { kind: "call" }>): void {
  if (c.isAny("LEADING", "TRAILING", "BOTH") && !c.isSymbol(")", 1) && !c.isSymbol(".", 1))
    call.words = [c.next().upper];
  call.arguments = [parseScalar(c)];
  if (c.take("FROM")) call.arguments.push(parseScalar(c));
}

function parseCase(c: Cursor): Expression {
  const line = c.next().line;
  const operand = c.is("WHEN") ? undefined : parseScalar(c);
  const branches: { when: Expression; then: Expression }[] = [];
  while (c.take("WHEN")) {
    const when = operand ? parseScalar(c) : parseExpression(c);
    c.expect("THEN");
    branches.push({ when, then: parseScalar(c) });
  }
  if (branches.length === 0) throw c.unexpected();
  const otherwise = c.take("ELSE") ? parseScalar(c) : undefined;
  c.expect("END");
  return { kind: "case", ...(operand ? { operand } : {}), branches, ...(otherwise ? { else: otherwise } : {}), line };
}

function parseCast(c: Cursor, attempt: boolean): Expression {
  const line = c.next().line;
  c.expectSymbol("(");
  const operand = parseScalar(c);
  c.expect("AS");
  const type = c.type();
  c.expectSymbol(")");
  return { kind: "cast", operand, type, attempt, line };
}

function parseConvert(c: Cursor, attempt: boolean): Expression {
  const line = c.next().line;
  c.expectSymbol("(");
  const type = c.type();
  c.expectSymbol(",");
  const operand = parseScalar(c);
  const style = c.takeSymbol(",") ? parseScalar(c) : undefined;
  c.expectSymbol(")");
  return { kind: "convert", operand, type, ...(style ? { style } : {}), attempt, line };
}

function parseParse(c: Cursor, attempt: boolean): Expression {
  const line = c.next().line;
  c.expectSymbol("(");
  const operand = parseScalar(c);
  c.expect("AS");
  const type = c.type();
  const culture = c.take("USING") ? parseScalar(c) : undefined;
  c.expectSymbol(")");
  return { kind: "parse", operand, type, ...(culture ? { culture } : {}), attempt, line };
}

export function parseOrderItems(c: Cursor): OrderItem[] {
  return c.list(() => {
    const expression = parseScalar(c);
    const descending = c.take("DESC");
    if (!descending) c.take("ASC");
    return { expression, descending };
  });
}

function parseOver(c: Cursor): Window {
  c.expect("OVER");
  if (!c.isSymbol("(")) return { name: c.identifier(), partitionBy: [], orderBy: [] };
  return parseWindow(c);
}

export function parseWindow(c: Cursor): Window {
  c.expectSymbol("(");
  const name = c.isName() && !c.is("PARTITION") && !c.is("ROWS") && !c.is("RANGE") ? c.identifier() : undefined;
  const partitionBy = c.takeSequence("PARTITION", "BY") ? c.list(() => parseScalar(c)) : [];
  const orderBy = c.takeSequence("ORDER", "BY") ? parseOrderItems(c) : [];
  let frame: Window["frame"];
  if (c.isAny("ROWS", "RANGE")) {
    const unit = c.next().upper === "ROWS" ? "rows" : "range";
    if (c.take("BETWEEN")) {
      const from = parseBound(c);
      c.expect("AND");
      frame = { unit, from, to: parseBound(c) };
    } else frame = { unit, from: parseBound(c) };
  }
  c.expectSymbol(")");
  return { ...(name ? { name } : {}), partitionBy, orderBy, ...(frame ? { frame } : {}) };
}

function parseBound(c: Cursor): FrameBound {
  if (c.takeSequence("CURRENT", "ROW")) return { kind: "current-row" };
  if (c.takeSequence("UNBOUNDED", "PRECEDING")) return { kind: "unbounded-preceding" };
  if (c.takeSequence("UNBOUNDED", "FOLLOWING")) return { kind: "unbounded-following" };
  const count = parseScalar(c);
  if (c.take("PRECEDING")) return { kind: "preceding", count };
  c.expect("FOLLOWING");
  return { kind: "following", count };
}
