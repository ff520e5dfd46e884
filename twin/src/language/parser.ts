/** Entry points of the parser. Errors are SqlErrors with the line in the given text. */
import { tokenize } from "./lexer";
import type { Batch, Expression, ModuleStatement, Query } from "./ast";
import { Cursor } from "./parser/cursor";
import { parseExpression as readExpression } from "./parser/expressions";
import { parseQuery as readQuery } from "./parser/query";
import { parseStatement, parseStatements } from "./parser/statement";

interface ParseOptions {
  /** SET QUOTED_IDENTIFIER: "x" is a name when true, a string when false. */
  readonly quotedIdentifier: boolean;
}

const DEFAULTS: ParseOptions = { quotedIdentifier: true };

function cursor(sql: string, options: ParseOptions): Cursor {
  return new Cursor(sql, tokenize(sql, options));
}

export function parseBatch(sql: string, options: ParseOptions = DEFAULTS): Batch {
  const c = cursor(sql, options);
  return { statements: parseStatements(c, () => c.atEnd) };
}

export function parseExpression(text: string, options: ParseOptions = DEFAULTS): Expression {
  const c = cursor(text, options);
  const expression = readExpression(c);
  if (!c.atEnd) throw c.unexpected();
  return expression;
}

export function parseQuery(text: string, options: ParseOptions = DEFAULTS): Query {
  const c = cursor(text, options);
  const query = readQuery(c);
  if (!c.atEnd) throw c.unexpected();
  return query;
}

/** A stored definition: CREATE, ALTER or CREATE OR ALTER of one module. */
export function parseModule(text: string, options: ParseOptions = DEFAULTS): ModuleStatement {
  const c = cursor(text, options);
  const statement = parseStatement(c);
  switch (statement.kind) {
    case "procedure":
    case "scalar-function":
    case "inline-function":
    case "table-function":
    case "view":
    case "trigger":
      return statement;
    default:
      throw c.unexpected(c.tokens[0]);
  }
}
