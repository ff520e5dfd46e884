/**
 * Finds what a batch creates: the head of CREATE / ALTER / CREATE OR ALTER for the kinds that a bundle holds, and where
 * one such statement ends when several stand in one batch.
 */
import { isTrivia, nameOf, type Token } from "./lexer";

export type ModuleKind = "procedure" | "function" | "view" | "trigger" | "type" | "synonym" | "sequence";

export interface Header {
  readonly kind: ModuleKind;
  /** As written; undefined = the bundle's default schema. */
  readonly schema: string | undefined;
  readonly name: string;
  /** Index of CREATE or ALTER among the batch's tokens. */
  readonly verb: number;
  /** Index of the kind's word (PROCEDURE, VIEW ...). */
  readonly kindToken: number;
  /** Index of the first token of the name. */
  readonly nameToken: number;
  /** Index after the name. */
  readonly afterName: number;
  /** A database prefix stood before the name: the server refuses it (166). */
  readonly databasePrefix: boolean;
  /** `name;2`: a numbered procedure. */
  readonly number: number | undefined;
}

const KINDS = new Map<string, ModuleKind>([
  ["PROC", "procedure"],
  ["PROCEDURE", "procedure"],
  ["FUNCTION", "function"],
  ["VIEW", "view"],
  ["TRIGGER", "trigger"],
  ["TYPE", "type"],
  ["SYNONYM", "synonym"],
  ["SEQUENCE", "sequence"],
]);

/** Kinds whose CREATE may not stand in any module body: meeting one means that a new module begins. */
const NEVER_IN_A_BODY: ReadonlySet<ModuleKind> = new Set(["procedure", "function", "view", "trigger"]);
/** Their text runs to the end of the batch, so that a CREATE TYPE after them is part of their body. */
const BODY_RUNS_ON: ReadonlySet<ModuleKind> = new Set(["procedure", "trigger"]);

/** The next token that is not a comment or a blank, from `index` on. */
export function skipTrivia(tokens: readonly Token[], index: number): number {
  while (index < tokens.length && isTrivia(tokens[index]!)) index++;
  return index;
}

/** The bare word at `index` in upper case; empty where something else stands. */
export function wordAt(tokens: readonly Token[], index: number): string {
  return tokens[index]?.upper ?? "";
}

export function isNameToken(token: Token | undefined): boolean {
  return token?.kind === "word" || token?.kind === "bracketed" || token?.kind === "double-quoted";
}

export function isOperator(text: string, token: Token | undefined, operator: string): boolean {
  return (
    token?.kind === "operator" && token.end - token.start === operator.length && text.startsWith(operator, token.start)
  );
}

/** Reads `a.b.c` from `index` on; blanks and comments may stand around the dots. */
export function readName(
  text: string,
  tokens: readonly Token[],
  index: number,
): { parts: string[]; next: number } | undefined {
  const parts: string[] = [];
  let at = index;
  for (;;) {
    const token = tokens[at];
    if (!token || !isNameToken(token)) {
      // db..name: an empty middle part.
      if (parts.length > 0 && isOperator(text, token, ".")) parts.push("");
      else return undefined;
    } else {
      parts.push(nameOf(text, token));
      at++;
    }
    const next = at;
    const dot = skipTrivia(tokens, at);
    if (!isOperator(text, tokens[dot], ".")) return { parts, next };
    at = skipTrivia(tokens, dot + 1);
  }
}

/** The header that begins at token `index`, if one does. */
export function headerAt(text: string, tokens: readonly Token[], index: number): Header | undefined {
  const verb = wordAt(tokens, index);
  if (verb !== "CREATE" && verb !== "ALTER") return undefined;
  let at = skipTrivia(tokens, index + 1);
  if (verb === "CREATE" && wordAt(tokens, at) === "OR") {
    at = skipTrivia(tokens, at + 1);
    if (wordAt(tokens, at) !== "ALTER") return undefined;
    at = skipTrivia(tokens, at + 1);
  }
  const kindToken = at;
  const kind = KINDS.get(wordAt(tokens, kindToken));
  if (!kind) return undefined;
  const nameToken = skipTrivia(tokens, kindToken + 1);
  const name = readName(text, tokens, nameToken);
  if (!name) return undefined;
  let afterName = name.next;
  let number: number | undefined;
  const semicolon = skipTrivia(tokens, afterName);
  if (kind === "procedure" && isOperator(text, tokens[semicolon], ";")) {
    const digits = skipTrivia(tokens, semicolon + 1);
    if (tokens[digits]?.kind === "number") {
      number = Number(text.slice(tokens[digits]!.start, tokens[digits]!.end));
      afterName = digits + 1;
    }
  }
  return {
    kind,
    schema: name.parts.length > 1 ? name.parts.at(-2) || undefined : undefined,
    name: name.parts.at(-1)!,
    verb: index,
    kindToken,
    nameToken,
    afterName,
    databasePrefix: name.parts.length > 2,
    number,
  };
}

/** Headers of one batch in order. GRANT CREATE VIEW and the like are not headers. */
export function headersOf(text: string, tokens: readonly Token[]): Header[] {
  const headers: Header[] = [];
  let previous = -1;
  let depth = 0;
  for (let i = 0; i < tokens.length; i++) {
    if (isTrivia(tokens[i]!)) continue;
    if (isOperator(text, tokens[i], "(")) depth++;
    else if (isOperator(text, tokens[i], ")")) depth--;
    else if (depth === 0 && tokens[i]!.kind === "word") {
      const before = wordAt(tokens, previous);
      const granted =
        before === "GRANT" || before === "DENY" || before === "REVOKE" || isOperator(text, tokens[previous], ",");
      const header = granted ? undefined : headerAt(text, tokens, i);
      const running = headers.at(-1);
      if (header && (!running || NEVER_IN_A_BODY.has(header.kind) || !BODY_RUNS_ON.has(running.kind))) {
        headers.push(header);
        i = header.afterName - 1;
      }
    }
    previous = i;
  }
  return headers;
}
