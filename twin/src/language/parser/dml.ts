/** INSERT, UPDATE, DELETE, MERGE, TRUNCATE. */
import type {
  BinaryOperator,
  CommonTableExpression,
  Delete,
  DmlTarget,
  Expression,
  Insert,
  Merge,
  OutputClause,
  SetItem,
  Statement,
  Truncate,
  Update,
} from "../ast";
import type { Cursor } from "./cursor";
import { parseExpression, parseScalar } from "./expressions";
import { parseOptionClause, parseQuery, parseQueryAfterWith, parseSelectItem, parseTop, parseValues } from "./query";
import { parseHints, parseTableSource } from "./table-source";
import { parseExecute } from "./execute";

export function parseDml(c: Cursor, common: CommonTableExpression[]): Statement {
  switch (c.token.upper) {
    case "INSERT":
      return parseInsert(c, common);
    case "UPDATE":
      return parseUpdate(c, common);
    case "DELETE":
      return parseDelete(c, common);
    default:
      return parseMerge(c, common);
  }
}

function parseTarget(c: Cursor): DmlTarget {
  if (c.token.kind === "variable") return { kind: "table-variable", variable: c.next().text };
  if (c.isAny("OPENROWSET", "OPENQUERY", "OPENDATASOURCE")) throw c.notImplemented(c.token.upper);
  const name = c.name();
  return { kind: "name", name, hints: c.is("WITH") ? parseHints(c) : [] };
}

function dmlTop(c: Cursor): { count: Expression; percent: boolean } | undefined {
  const top = parseTop(c);
  return top && { count: top.count, percent: top.percent };
}

function parseOutput(c: Cursor): OutputClause | undefined {
  if (!c.take("OUTPUT")) return undefined;
  const items = c.list(() => parseSelectItem(c));
  if (!c.take("INTO")) return { items };
  const target = parseTarget(c);
  const columns = c.isSymbol("(") ? c.parenthesized(() => c.identifier()) : undefined;
  return { items, into: { target, ...(columns ? { columns } : {}) } };
}

function parseInsert(c: Cursor, common: CommonTableExpression[]): Insert {
  const line = c.next().line;
  const top = dmlTop(c);
  c.take("INTO");
  const target = parseTarget(c);
  const columns = c.isSymbol("(") && !startsRows(c) ? c.parenthesized(() => c.name().parts.at(-1)!) : undefined;
  const output = parseOutput(c);
  let source: Insert["source"];
  if (c.takeSequence("DEFAULT", "VALUES")) source = { kind: "default-values" };
  else if (c.isAny("EXEC", "EXECUTE")) source = { kind: "execute", statement: parseExecute(c) };
  else if (c.is("VALUES"))
    source = {
      kind: "query",
      query: {
        with: [],
        body: parseInsertValues(c),
        orderBy: [],
        options: c.is("OPTION") ? parseOptionClause(c) : [],
        line,
      },
    };
  else source = { kind: "query", query: c.is("WITH") ? parseQuery(c) : parseQueryAfterWith(c, [], c.line) };
  return {
    kind: "insert",
    with: common,
    ...(top ? { top } : {}),
    target,
    ...(columns ? { columns } : {}),
    ...(output ? { output } : {}),
    source,
    line,
  };
}

/** INSERT t (SELECT ...): the parenthesis is a query, not a column list. */
function startsRows(c: Cursor): boolean {
  let offset = 0;
  while (c.isSymbol("(", offset)) offset++;
  return c.is("SELECT", offset) || c.is("WITH", offset);
}

/** VALUES of an INSERT may hold DEFAULT. */
function parseInsertValues(c: Cursor): ReturnType<typeof parseValues> {
  return parseValues(c);
}

function parseSet(c: Cursor): SetItem[] {
  c.expect("SET");
  return c.list(() => parseSetItem(c));
}

function assignmentOperator(c: Cursor): "=" | `${BinaryOperator}=` {
  const token = c.token;
  if (token.kind !== "symbol" || !/^([-+*/%&|^]|\|\|)?=$/.test(token.text)) throw c.unexpected();
  c.next();
  return token.text as "=";
}

function parseSetItem(c: Cursor): SetItem {
  const line = c.line;
  if (c.token.kind === "variable") {
    const variable = c.next().text;
    const operator = assignmentOperator(c);
    // @v = column = expression
    if (operator === "=" && c.isName() && isColumnAssignment(c)) {
      const column = c.name();
      return { variable, column, operator: assignmentOperator(c), expression: parseScalar(c), line };
    }
    return { variable, operator, expression: parseScalar(c), line };
  }
  const column = c.name();
  if (column.parts.at(-1)!.toUpperCase() === "WRITE" && c.isSymbol("(")) {
    c.expectSymbol("(");
    const expression = parseScalar(c);
    c.expectSymbol(",");
    const offset = parseScalar(c);
    c.expectSymbol(",");
    const length = parseScalar(c);
    c.expectSymbol(")");
    return {
      column: { parts: column.parts.slice(0, -1), line },
      operator: "=",
      expression,
      write: { offset, length },
      line,
    };
  }
  return { column, operator: assignmentOperator(c), expression: parseScalar(c), line };
}

function isColumnAssignment(c: Cursor): boolean {
  let offset = 0;
  while (c.isName(offset) && c.isSymbol(".", offset + 1)) offset += 2;
  return c.isName(offset) && c.isSymbol("=", offset + 1);
}

function parseUpdate(c: Cursor, common: CommonTableExpression[]): Update {
  const line = c.next().line;
  if (c.is("STATISTICS")) throw c.unexpected();
  const top = dmlTop(c);
  const target = parseTarget(c);
  const set = parseSet(c);
  const output = parseOutput(c);
  const from = c.take("FROM") ? c.list(() => parseTableSource(c)) : [];
  const where = parseWhere(c);
  if (c.is("OPTION")) parseOptionClause(c);
  return {
    kind: "update",
    with: common,
    ...(top ? { top } : {}),
    target,
    set,
    ...(output ? { output } : {}),
    from,
    ...(where ? { where } : {}),
    line,
  };
}

function parseWhere(c: Cursor): Expression | undefined {
  if (!c.take("WHERE")) return undefined;
  if (c.isSequence("CURRENT", "OF")) throw c.notImplemented("WHERE CURRENT OF");
  return parseExpression(c);
}

function parseDelete(c: Cursor, common: CommonTableExpression[]): Delete {
  const line = c.next().line;
  const top = dmlTop(c);
  c.take("FROM");
  const target = parseTarget(c);
  const output = parseOutput(c);
  const from = c.take("FROM") ? c.list(() => parseTableSource(c)) : [];
  const where = parseWhere(c);
  if (c.is("OPTION")) parseOptionClause(c);
  return {
    kind: "delete",
    with: common,
    ...(top ? { top } : {}),
    target,
    ...(output ? { output } : {}),
    from,
    ...(where ? { where } : {}),
    line,
  };
}

function parseMerge(c: Cursor, common: CommonTableExpression[]): Merge {
  const line = c.line;
  c.expect("MERGE");
  if (c.is("TOP")) throw c.notImplemented("MERGE TOP");
  c.take("INTO");
  const target = parseTarget(c);
  const alias = c.take("AS") ? c.identifier() : c.isName() && !c.is("USING") ? c.identifier() : undefined;
  c.expect("USING");
  const using = parseTableSource(c);
  c.expect("ON");
  const on = parseExpression(c);
  const clauses: Merge["clauses"] = [];
  while (c.take("WHEN")) {
    const not = c.take("NOT");
    c.expect("MATCHED");
    const bySource = not && c.takeSequence("BY", "SOURCE");
    if (not && !bySource) c.takeSequence("BY", "TARGET");
    const condition = c.take("AND") ? parseExpression(c) : undefined;
    c.expect("THEN");
    const when = !not ? "matched" : bySource ? "not-matched-by-source" : "not-matched";
    clauses.push({ when, ...(condition ? { condition } : {}), action: parseMergeAction(c) });
  }
  if (clauses.length === 0) throw c.unexpected();
  const output = parseOutput(c);
  if (c.is("OPTION")) parseOptionClause(c);
  if (!c.isSymbol(";")) throw c.error(10713);
  return {
    kind: "merge",
    with: common,
    target,
    ...(alias ? { alias } : {}),
    using,
    on,
    clauses,
    ...(output ? { output } : {}),
    line,
  };
}

function parseMergeAction(c: Cursor): Merge["clauses"][number]["action"] {
  if (c.take("DELETE")) return { kind: "delete" };
  if (c.take("UPDATE")) return { kind: "update", set: parseSet(c) };
  c.expect("INSERT");
  const columns = c.isSymbol("(") ? c.parenthesized(() => c.name().parts.at(-1)!) : undefined;
  if (c.takeSequence("DEFAULT", "VALUES")) return { kind: "insert", ...(columns ? { columns } : {}) };
  c.expect("VALUES");
  return { kind: "insert", ...(columns ? { columns } : {}), values: c.parenthesized(() => parseScalar(c)) };
}

export function parseTruncate(c: Cursor): Truncate {
  const line = c.next().line;
  c.expect("TABLE");
  const table = c.name();
  let partitions: string | undefined;
  if (c.is("WITH") && c.isSymbol("(", 1)) {
    c.position += 2;
    c.expect("PARTITIONS");
    partitions = c.partitionNumbers();
    c.expectSymbol(")");
  }
  return { kind: "truncate", table, ...(partitions === undefined ? {} : { partitions }), line };
}
