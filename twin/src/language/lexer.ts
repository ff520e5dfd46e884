/**
 * T-SQL's lexical rules. https://learn.microsoft.com/sql/relational-databases/databases/database-identifiers and
 * /sql/t-sql/data-types/constants-transact-sql
 */
import { SqlError } from "../session/sql-error";
import { sqlError } from "../session/messages";
import "../session/messages/language";
import { isReserved } from "./reserved-words";

export type TokenKind = "word" | "quoted" | "string" | "integer" | "decimal" | "float" | "money" | "binary" | "variable" | "global" | "symbol" | "end";

export interface Token {
  readonly kind: TokenKind;
  /** As written. */
  readonly text: string;
  /** Unquoted name or string value; hex digits of a binary. */
  readonly value: string;
  /** Words only: upper case, for comparison with keywords. */
  readonly upper: string;
  /** Word that cannot be a name without quotes. */
  readonly reserved: boolean;
  /** N'...' */
  readonly national: boolean;
  readonly start: number;
  readonly end: number;
  readonly line: number;
}

const SYMBOLS = ["||=", "<<=", ">>=", "<>", "<=", ">=", "!=", "!<", "!>", "+=", "-=", "*=", "/=", "%=", "&=", "^=", "|=", "::", "||", "<<", ">>"];
const CURRENCY = new Set([0x24, 0xa3, 0xa4, 0xa5, 0x20ac, 0x20a1, 0x20a9]);

function isBlank(c: number): boolean {
  return c <= 0x20 || c === 0x85 || c === 0xa0 || c === 0x1680 || (c >= 0x2000 && c <= 0x200b) || c === 0x2028 || c === 0x2029 || c === 0x202f || c === 0x205f || c === 0x3000 || c === 0xfeff;
}
const isDigit = (c: number): boolean => c >= 48 && c <= 57;
const isHex = (c: number): boolean => isDigit(c) || (c >= 65 && c <= 70) || (c >= 97 && c <= 102);
const isStart = (c: number): boolean => (c >= 97 && c <= 122) || (c >= 65 && c <= 90) || c === 95 || c === 35 || (c > 0x7f && !isBlank(c) && !CURRENCY.has(c));
const isPart = (c: number): boolean => isStart(c) || isDigit(c) || c === 64 || c === 36;

export function tokenize(sql: string, options: { quotedIdentifier: boolean }): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  let line = 1;
  const fail = (number: number, args: string[]): SqlError => {
    const error = sqlError(number, args);
    error.line = line;
    return error;
  };
  const push = (kind: TokenKind, start: number, value: string, national = false, startLine = line): void => {
    const text = sql.slice(start, at);
    const upper = kind === "word" ? text.toUpperCase() : "";
    if ((kind === "word" || kind === "quoted") && value.length > 128) throw fail(103, [value.slice(0, 128), "128"]);
    tokens.push({ kind, text, value, upper, reserved: kind === "word" && isReserved(upper), national, start, end: at, line: startLine });
  };
  while (at < sql.length) {
    const start = at;
    const c = sql.charCodeAt(at);
    if (c === 10) line++;
    if (isBlank(c)) {
      at++;
      continue;
    }
    const next = sql.charCodeAt(at + 1);
    if (c === 45 && next === 45) {
      while (at < sql.length && sql.charCodeAt(at) !== 10 && sql.charCodeAt(at) !== 13) at++;
    } else if (c === 47 && next === 42) {
      skipComment();
    } else if (c === 39) {
      readString(start, false);
    } else if ((c === 78 || c === 110) && next === 39) {
      at++;
      readString(start, true);
    } else if (c === 91) {
      const first = line;
      const value = readQuoted(93);
      if (value === "") throw fail(1038, []);
      push("quoted", start, value, false, first);
    } else if (c === 34) {
      const first = line;
      const value = readQuoted(34);
      if (options.quotedIdentifier) push("quoted", start, value, false, first);
      else push("string", start, value, false, first);
    } else if (c === 64) {
      at++;
      while (at < sql.length && isPart(sql.charCodeAt(at))) at++;
      push(next === 64 ? "global" : "variable", start, sql.slice(start, at));
    } else if (isDigit(c) || (c === 46 && isDigit(next))) {
      readNumber(start);
    } else if (CURRENCY.has(c) && (c !== 36 || isDigit(next) || next === 46 || next === 45 || next === 43)) {
      at++;
      if (sql.charCodeAt(at) === 45 || sql.charCodeAt(at) === 43) at++;
      while (isDigit(sql.charCodeAt(at)) || sql.charCodeAt(at) === 46) at++;
      push("money", start, sql.slice(start + 1, at));
    } else if (isStart(c) || (c === 36 && isStart(next))) {
      at++;
      while (at < sql.length && isPart(sql.charCodeAt(at))) at++;
      push("word", start, sql.slice(start, at));
    } else {
      const symbol = SYMBOLS.find((s) => sql.startsWith(s, at)) ?? sql[at]!;
      at += symbol.length;
      push("symbol", start, symbol);
    }
  }
  push("end", at, "");
  return tokens;

  function skipComment(): void {
    let depth = 0;
    do {
      if (at >= sql.length) throw fail(113, []);
      if (sql.startsWith("/*", at)) {
        depth++;
        at += 2;
      } else if (sql.startsWith("*/", at)) {
        depth--;
        at += 2;
      } else if (sql.charCodeAt(at++) === 10) line++;
    } while (depth > 0);
  }

  function readQuoted(close: number): string {
    at++;
    let value = "";
    let from = at;
    for (;;) {
      if (at >= sql.length) throw fail(105, [sql.slice(from, from + 80)]);
      const c = sql.charCodeAt(at);
      if (c === 10) line++;
      at++;
      if (c !== close) continue;
      if (sql.charCodeAt(at) !== close) return value + sql.slice(from, at - 1);
      value += sql.slice(from, at);
      at++;
      from = at;
    }
  }

  function readString(start: number, national: boolean): void {
    const first = line;
    // A backslash before a newline continues the line: both disappear.
    const value = readQuoted(39).replace(/\\\r?\n/g, "");
    push("string", start, value, national, first);
  }

  function readNumber(start: number): void {
    if (sql.charCodeAt(at) === 48 && (sql.charCodeAt(at + 1) | 32) === 120) {
      at += 2;
      while (isHex(sql.charCodeAt(at)) || (sql[at] === "\\" && /^\\\r?\n/.test(sql.slice(at, at + 3)))) at += sql[at] === "\\" ? (sql[at + 1] === "\r" ? 3 : 2) : 1;
      push("binary", start, sql.slice(start + 2, at).replace(/\\\r?\n/g, ""));
      return;
    }
    while (isDigit(sql.charCodeAt(at))) at++;
    let kind: TokenKind = "integer";
    if (sql.charCodeAt(at) === 46) {
      kind = "decimal";
      at++;
      while (isDigit(sql.charCodeAt(at))) at++;
    }
    if ((sql.charCodeAt(at) | 32) === 101) {
      kind = "float";
      at++;
      if (sql.charCodeAt(at) === 43 || sql.charCodeAt(at) === 45) at++;
      while (isDigit(sql.charCodeAt(at))) at++;
    }
    push(kind, start, sql.slice(start, at));
  }
}
