/**
 * T-SQL's lexical rules. https://learn.microsoft.com/sql/relational-databases/databases/database-identifiers and
 * /sql/t-sql/data-types/constants-transact-sql. One pass by character code: a batch may be megabytes of literals.
 */
import { SqlError } from "../session/sql-error";
import { sqlError } from "../session/messages";
import "../session/messages/language";
import { isReserved } from "./reserved-words";

export type TokenKind =
  | "word"
  | "quoted"
  | "string"
  | "integer"
  | "decimal"
  | "float"
  | "money"
  | "binary"
  | "variable"
  | "global"
  | "symbol"
  | "end";

export interface Token {
  readonly kind: TokenKind;
  /** As written. */
  readonly text: string;
  /** Unquoted name or string value; digits of a binary or of a money constant. */
  readonly value: string;
  /** Words only: upper case, for comparison with keywords. */
  readonly upper: string;
  /** Word that cannot be a name without quotes. */
  readonly reserved: boolean;
  /** N'...' */
  readonly national: boolean;
  readonly start: number;
  readonly end: number;
  /** Line of its first character, from 1. */
  readonly line: number;
}

const MAX_IDENTIFIER = 128;
/** Symbols of more than one character, by their first; the longest first. */
const LONG_SYMBOLS: Record<string, readonly string[] | undefined> = {
  "<": ["<<=", "<>", "<=", "<<"],
  ">": [">>=", ">=", ">>"],
  "|": ["||=", "||", "|="],
  "!": ["!=", "!<", "!>"],
  ":": ["::"],
  "+": ["+="],
  "-": ["-="],
  "*": ["*="],
  "/": ["/="],
  "%": ["%="],
  "&": ["&="],
  "^": ["^="],
};
const CURRENCY = new Set(Array.from("$£¤¥৲৳฿៛₠₡₢₣₤₥₦₧₨₩₪₫€₭₮₯₰₱", (sign) => sign.charCodeAt(0)));

function isBlank(c: number): boolean {
  if (c <= 0x20) return true;
  if (c < 0x85) return false;
  return (
    c === 0x85 ||
    c === 0xa0 ||
    c === 0x1680 ||
    (c >= 0x2000 && c <= 0x200b) ||
    c === 0x2028 ||
    c === 0x2029 ||
    c === 0x202f ||
    c === 0x205f ||
    c === 0x3000
  );
}

const isDigit = (c: number): boolean => c >= 48 && c <= 57;
const isHex = (c: number): boolean => isDigit(c) || (c >= 65 && c <= 70) || (c >= 97 && c <= 102);

/** A letter of any script, _ or #. Characters outside the basic plane (emoji) need quotes. */
function isStart(c: number): boolean {
  if (c < 0x80) return (c >= 97 && c <= 122) || (c >= 65 && c <= 90) || c === 95 || c === 35;
  return /\p{L}/u.test(String.fromCharCode(c));
}
function isPart(c: number): boolean {
  if (c < 0x80) return isStart(c) || isDigit(c) || c === 64 || c === 36;
  return /[\p{L}\p{M}\p{Nd}]/u.test(String.fromCharCode(c));
}

export function tokenize(sql: string, options: { quotedIdentifier: boolean }): Token[] {
  const tokens: Token[] = [];
  const length = sql.length;
  let at = 0;
  let line = 1;

  const fail = (number: number, args: string[], where: number): SqlError => {
    const error = sqlError(number, args);
    error.line = where;
    return error;
  };
  const push = (kind: TokenKind, start: number, value: string, first: number, national = false): void => {
    const text = sql.slice(start, at);
    const upper = kind === "word" ? text.toUpperCase() : "";
    if (value.length > MAX_IDENTIFIER && (kind === "word" || kind === "quoted" || kind === "variable")) {
      throw fail(103, [value.slice(0, MAX_IDENTIFIER), String(MAX_IDENTIFIER)], first);
    }
    const reserved = kind === "word" && isReserved(upper);
    tokens.push({ kind, text, value, upper, reserved, national, start, end: at, line: first });
  };

  while (at < length) {
    const c = sql.charCodeAt(at);
    if (isBlank(c)) {
      if (c === 10) line++;
      at++;
      continue;
    }
    const next = sql.charCodeAt(at + 1);
    if (c === 45 && next === 45) skipLine();
    else if (c === 47 && next === 42) skipComment();
    else readToken(c, next);
  }
  push("end", at, "", line);
  return tokens;

  function readToken(c: number, next: number): void {
    const start = at;
    const first = line;
    if (c === 39) push("string", start, readText(39), first);
    else if ((c === 78 || c === 110) && next === 39) {
      at++;
      push("string", start, readText(39), first, true);
    } else if (c === 91 || (c === 34 && options.quotedIdentifier)) {
      const value = readQuoted(c === 91 ? 93 : 34);
      if (value === "") throw fail(1038, [], first);
      push("quoted", start, value, first);
    } else if (c === 34) push("string", start, readText(34), first);
    else if (c === 64) {
      skipParts();
      push(next === 64 ? "global" : "variable", start, sql.slice(start, at), first);
    } else if (isDigit(c) || (c === 46 && isDigit(next))) readNumber(start);
    else if (CURRENCY.has(c) && (c !== 36 || isDigit(next) || next === 46 || next === 45 || next === 43)) {
      readMoney(start);
    } else if (isStart(c) || (c === 36 && isStart(next))) {
      skipParts();
      push("word", start, sql.slice(start, at), first);
    } else {
      const symbol = LONG_SYMBOLS[sql[at]!]?.find((candidate) => sql.startsWith(candidate, at));
      at += symbol?.length ?? (c >= 0xd800 && c < 0xdc00 ? 2 : 1);
      push("symbol", start, sql.slice(start, at), first);
    }
  }

  function skipParts(): void {
    at++;
    while (at < length && isPart(sql.charCodeAt(at))) at++;
  }

  function skipLine(): void {
    while (at < length && sql.charCodeAt(at) !== 10) at++;
  }

  /** Comments nest. */
  function skipComment(): void {
    const first = line;
    let depth = 0;
    do {
      if (at >= length) throw fail(113, [], first);
      const c = sql.charCodeAt(at);
      const next = sql.charCodeAt(at + 1);
      if (c === 47 && next === 42) {
        depth++;
        at += 2;
      } else if (c === 42 && next === 47) {
        depth--;
        at += 2;
      } else {
        if (c === 10) line++;
        at++;
      }
    } while (depth > 0);
  }

  /** From the opening quote to the closing one; a doubled closing quote stands for itself. */
  function readQuoted(close: number): string {
    const first = line;
    const opening = ++at;
    let value = "";
    let from = at;
    for (;;) {
      if (at >= length) throw fail(105, [sql.slice(opening, opening + MAX_IDENTIFIER)], first);
      const c = sql.charCodeAt(at++);
      if (c === 10) line++;
      if (c !== close) continue;
      if (sql.charCodeAt(at) !== close) return value + sql.slice(from, at - 1);
      value += sql.slice(from, at);
      from = ++at;
    }
  }

  /** A backslash at the end of a line continues the text: both disappear. */
  function readText(close: number): string {
    const value = readQuoted(close);
    return value.includes("\\") ? value.replace(/\\\r?\n/g, "") : value;
  }

  function readMoney(start: number): void {
    at++;
    const sign = sql.charCodeAt(at);
    if (sign === 45 || sign === 43) at++;
    while (isDigit(sql.charCodeAt(at))) at++;
    if (sql.charCodeAt(at) === 46) at++;
    while (isDigit(sql.charCodeAt(at))) at++;
    push("money", start, sql.slice(start + 1, at), line);
  }

  function readNumber(start: number): void {
    if (sql.charCodeAt(at) === 48 && (sql.charCodeAt(at + 1) | 32) === 120) {
      readBinary(start);
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
    push(kind, start, sql.slice(start, at), line);
  }

  /** 0x with any number of digits, none included; long ones are continued with a backslash. */
  function readBinary(start: number): void {
    const first = line;
    let hex = "";
    at += 2;
    for (;;) {
      const from = at;
      while (isHex(sql.charCodeAt(at))) at++;
      hex += sql.slice(from, at);
      const skip = sql.startsWith("\\\r\n", at) ? 3 : sql.startsWith("\\\n", at) ? 2 : 0;
      if (skip === 0) break;
      at += skip;
      line++;
    }
    push("binary", start, hex, first);
  }
}
