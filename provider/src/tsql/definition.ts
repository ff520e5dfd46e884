/**
 * Canonical form of a module's text, for comparison with what the server stores. The server keeps the text of CREATE as
 * sent, writes CREATE for ALTER, and cuts OR ALTER out of CREATE OR ALTER; a rename leaves the old name in the text.
 * https://learn.microsoft.com/sql/relational-databases/system-catalog-views/sys-sql-modules-transact-sql
 */
import { createHash } from "node:crypto";
import { isTrivia, tokenize, type Token } from "./lexer";
import { headerAt, skipTrivia } from "./module-header";

/**
 * The text from the verb on: CREATE [OR ALTER] and ALTER become one word, PROC becomes PROCEDURE, the name goes (the
 * catalog says it better), newlines are LF, and blanks and comments around the statement are dropped. The rest is exact.
 */
export function canonicalDefinition(text: string): string {
  const tokens = tokenize(text);
  const verb = skipTrivia(tokens, 0);
  const header = headerAt(text, tokens, verb);
  if (!header) return normaliseEnd(text, tokens, 0);
  const kind = header.kind.toUpperCase();
  return `CREATE ${kind} ${normaliseEnd(text, tokens, header.afterName)}`;
}

function normaliseEnd(text: string, tokens: readonly Token[], from: number): string {
  let last = tokens.length;
  while (last > from && (isTrivia(tokens[last - 1]!) || text.slice(tokens[last - 1]!.start, tokens[last - 1]!.end) === ";")) last--;
  const start = skipTrivia(tokens, from);
  if (start >= last) return "";
  return text.slice(tokens[start]!.start, tokens[last - 1]!.end).replace(/\r\n?/g, "\n");
}

/** SHA-256 of the canonical form and of the two SET options that the server captures, as lower-case hex. */
export function definitionHash(text: string, settings: { ansiNulls: boolean; quotedIdentifier: boolean }): string {
  return createHash("sha256")
    .update(`${settings.ansiNulls ? 1 : 0}${settings.quotedIdentifier ? 1 : 0}\n`)
    .update(canonicalDefinition(text))
    .digest("hex");
}
