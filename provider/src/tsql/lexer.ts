/**
 * Cuts T-SQL text into tokens. Knows the lexical rules only: nested comments, both quotings, strings, numbers, names.
 * https://learn.microsoft.com/sql/relational-databases/databases/database-identifiers
 */

export type TokenKind =
  | "word"
  | "bracketed"
  | "double-quoted"
  | "string"
  | "binary"
  | "number"
  | "variable"
  | "operator"
  | "line-comment"
  | "block-comment"
  | "whitespace";

export interface Token {
  readonly kind: TokenKind;
  /** Offsets into the text, end exclusive. */
  readonly start: number;
  readonly end: number;
  /** 1-based line of the first character. */
  readonly line: number;
  /** A bare word in upper case; empty for all other kinds. */
  readonly upper: string;
}

/** The text ends inside a comment, a string or a quoted name. */
export class UnterminatedTokenError extends Error {
  constructor(
    readonly what: string,
    readonly line: number,
  ) {
    super(`the ${what} that begins on line ${line} is never closed`);
    this.name = "UnterminatedTokenError";
  }
}

const LONG_OPERATORS = [
  "||=",
  "<=",
  ">=",
  "<>",
  "!=",
  "!<",
  "!>",
  "+=",
  "-=",
  "*=",
  "/=",
  "%=",
  "&=",
  "^=",
  "|=",
  "||",
  "<<",
  ">>",
  "::",
];
/** Second characters of the operators above: all others have one character. */
const CONTINUES_OPERATOR = new Set([..."=<>|:"].map((character) => character.charCodeAt(0)));

/** Blanks as the server's grammar counts them: control characters, U+0085, U+00A0 and the Unicode spaces. */
function isBlank(code: number): boolean {
  return (
    code <= 0x20 ||
    code === 0x85 ||
    code === 0xa0 ||
    code === 0x1680 ||
    (code >= 0x2000 && code <= 0x200b) ||
    code === 0x2028 ||
    code === 0x2029 ||
    code === 0x202f ||
    code === 0x205f ||
    code === 0x3000
  );
}

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}

function isHexDigit(code: number): boolean {
  return isDigit(code) || (code >= 65 && code <= 70) || (code >= 97 && code <= 102);
}

function isNameStart(code: number): boolean {
  return (code >= 97 && code <= 122) || (code >= 65 && code <= 90) || code === 95 || code === 35 || code > 0xa0;
}

function isNamePart(code: number): boolean {
  return (isNameStart(code) || isDigit(code) || code === 64 || code === 36) && !isBlank(code);
}

/** All tokens of the text, trivia included: their slices joined are the text again. */
export function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  let position = 0;
  let line = 1;
  let code = 0;
  while (position < text.length) {
    const start = position;
    code = text.charCodeAt(position);
    const kind = readToken();
    tokens.push({
      kind,
      start,
      end: position,
      line,
      upper: kind === "word" ? text.slice(start, position).toUpperCase() : "",
    });
    if (
      kind === "whitespace" ||
      kind === "block-comment" ||
      kind === "string" ||
      kind === "bracketed" ||
      kind === "double-quoted"
    )
      for (let i = start; i < position; i++) if (text.charCodeAt(i) === 10) line++;
  }
  return tokens;

  function readToken(): TokenKind {
    if (isBlank(code)) {
      while (position < text.length && isBlank(text.charCodeAt(position))) position++;
      return "whitespace";
    }
    const next = text.charCodeAt(position + 1);
    if (code === 45 && next === 45) {
      while (position < text.length && text.charCodeAt(position) !== 10 && text.charCodeAt(position) !== 13) position++;
      return "line-comment";
    }
    if (code === 47 && next === 42) return readBlockComment();
    if (code === 39) return readQuoted(39, "string");
    if ((code === 78 || code === 110) && next === 39) {
      position++;
      return readQuoted(39, "string");
    }
    if (code === 91) return readQuoted(93, "bracketed");
    if (code === 34) return readQuoted(34, "double-quoted");
    if (code === 64) {
      position++;
      while (position < text.length && isNamePart(text.charCodeAt(position))) position++;
      return "variable";
    }
    if (isDigit(code) || (code === 46 && isDigit(next))) return readNumber();
    if (isNameStart(code)) {
      while (position < text.length && isNamePart(text.charCodeAt(position))) position++;
      return "word";
    }
    const operator = CONTINUES_OPERATOR.has(next)
      ? LONG_OPERATORS.find((candidate) => text.startsWith(candidate, position))
      : undefined;
    position += operator?.length ?? 1;
    return "operator";
  }

  function readBlockComment(): TokenKind {
    let depth = 0;
    do {
      if (text.startsWith("/*", position)) {
        depth++;
        position += 2;
      } else if (text.startsWith("*/", position)) {
        depth--;
        position += 2;
      } else if (++position >= text.length) throw new UnterminatedTokenError("comment", line);
    } while (depth > 0);
    return "block-comment";
  }

  function readQuoted(close: number, kind: "string" | "bracketed" | "double-quoted"): TokenKind {
    position++;
    for (;;) {
      if (position >= text.length) throw new UnterminatedTokenError(kind === "string" ? "string" : "quoted name", line);
      if (text.charCodeAt(position++) !== close) continue;
      if (text.charCodeAt(position) !== close) return kind;
      position++;
    }
  }

  function readNumber(): TokenKind {
    if (code === 48 && (text.charCodeAt(position + 1) | 32) === 120) {
      position += 2;
      while (isHexDigit(text.charCodeAt(position))) position++;
      return "binary";
    }
    while (isDigit(text.charCodeAt(position))) position++;
    if (text.charCodeAt(position) === 46) {
      position++;
      while (isDigit(text.charCodeAt(position))) position++;
    }
    if ((text.charCodeAt(position) | 32) === 101) {
      const sign = text.charCodeAt(position + 1);
      const first = sign === 43 || sign === 45 ? position + 2 : position + 1;
      if (isDigit(text.charCodeAt(first))) {
        position = first;
        while (isDigit(text.charCodeAt(position))) position++;
      }
    }
    return "number";
  }
}

/** Comments and blanks: everything the server's parser skips. */
export function isTrivia(token: Token): boolean {
  return token.kind === "whitespace" || token.kind === "line-comment" || token.kind === "block-comment";
}

/** A name as the server sees it, without its quotes. */
export function nameOf(text: string, token: Token): string {
  const raw = text.slice(token.start, token.end);
  if (token.kind === "bracketed") return raw.slice(1, -1).replaceAll("]]", "]");
  if (token.kind === "double-quoted") return raw.slice(1, -1).replaceAll('""', '"');
  return raw;
}
