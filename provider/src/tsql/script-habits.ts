/**
 * What hand-written scripts hold around a definition: guards that make way for it, and permissions that follow it. A guard
 * is accepted, because the bundle does its work; a permission that fell into the body for want of GO is found.
 */
import type { Batch } from "./batches";
import { nameOf, tokenize, type Token } from "./lexer";
import { headerAt, isNameToken, isOperator, readName, skipTrivia, wordAt, type Header } from "./module-header";

/** The object that a guard is about, and the token after it. */
interface Preparation {
  readonly name: string;
  readonly next: number;
}

export function findPreparation(batch: Batch, from: number, to: number): Preparation | undefined {
  const found = findDrop(batch, from, to) ?? findPlaceholder(batch, from, to);
  return found && { name: found.name, next: afterBlock(batch, from, found.next, to) };
}

/** The guard may stand in BEGIN ... END. */
function afterBlock(batch: Batch, from: number, next: number, to: number): number {
  let open = 0;
  for (let at = from; at < next; at++) if (wordAt(batch.tokens, at) === "BEGIN") open++;
  let at = next;
  for (; open > 0 && at < to; open--) {
    while (isOperator(batch.text, batch.tokens[at], ";")) at = skipTrivia(batch.tokens, at + 1);
    if (wordAt(batch.tokens, at) !== "END") return next;
    at = skipTrivia(batch.tokens, at + 1);
  }
  return at;
}

/** IF ... DROP kind [IF EXISTS] name, or the DROP alone: the name and where reading goes on. */
function findDrop(batch: Batch, from: number, to: number): Preparation | undefined {
  for (let i = from; i < to; i++) {
    if (wordAt(batch.tokens, i) !== "DROP") continue;
    let at = skipTrivia(batch.tokens, i + 1);
    at = skipTrivia(batch.tokens, at + 1);
    if (wordAt(batch.tokens, at) === "IF") at = skipTrivia(batch.tokens, skipTrivia(batch.tokens, at + 1) + 1);
    const token = batch.tokens[at];
    if (!token || !isNameToken(token)) return undefined;
    const name = readName(batch.text, batch.tokens, at);
    return {
      name: name?.parts.at(-1) ?? nameOf(batch.text, token),
      next: skipTrivia(batch.tokens, name?.next ?? at + 1),
    };
  }
  return undefined;
}

/** IF ... EXEC('CREATE PROCEDURE name AS ...'), in any way of calling: the placeholder of scripts that go on with ALTER. */
function findPlaceholder(batch: Batch, from: number, to: number): Preparation | undefined {
  let called = false;
  for (let at = from; at < to; at++) {
    const word = wordAt(batch.tokens, at);
    called ||= word === "EXEC" || word === "EXECUTE";
    const token = batch.tokens[at]!;
    if (!called || token.kind !== "string") continue;
    const inner = batch.text.slice(batch.text.indexOf("'", token.start) + 1, token.end - 1).replaceAll("''", "'");
    const tokens = tokenize(inner);
    const header = headerAt(inner, tokens, skipTrivia(tokens, 0));
    let next = skipTrivia(batch.tokens, at + 1);
    if (isOperator(batch.text, batch.tokens[next], ")")) next = skipTrivia(batch.tokens, next + 1);
    return header && { name: header.name, next };
  }
  return undefined;
}

/** Line of a GRANT, DENY or REVOKE that cannot be meant: in a view or function, or in a body on the module itself. */
export function findStrayPermission(
  text: string,
  tokens: readonly Token[],
  header: Header,
  end: number,
): number | undefined {
  const never = header.kind === "view" || header.kind === "function";
  for (let at = header.afterName; at < end; at++) {
    const word = wordAt(tokens, at);
    if (word !== "GRANT" && word !== "DENY" && word !== "REVOKE") continue;
    if (never) return tokens[at]!.line;
    let on = at;
    while (on < end && wordAt(tokens, on) !== "ON" && !isOperator(text, tokens[on], ";")) on++;
    let target = skipTrivia(tokens, on + 1);
    if (wordAt(tokens, target) === "OBJECT") target = skipTrivia(tokens, skipTrivia(tokens, target + 1) + 1);
    const name = target < end ? readName(text, tokens, target) : undefined;
    if (name?.parts.at(-1)?.toLowerCase() === header.name.toLowerCase()) return tokens[at]!.line;
  }
  return undefined;
}
