/**
 * Splits a script at GO. GO belongs to client tools: it stands alone on its line, may carry a count and a comment, and
 * is content inside strings, quoted names and block comments.
 * https://learn.microsoft.com/sql/t-sql/language-elements/sql-server-utilities-statements-go
 */
import { isTrivia, tokenize, type Token } from "./lexer";

export interface Batch {
  readonly text: string;
  /** 1-based line of the batch's first character in its file. */
  readonly line: number;
  /** Offset of the batch's first character in its file. */
  readonly offset: number;
  /** GO 5 runs its batch five times; 1 without a count. */
  readonly repeat: number;
  readonly tokens: readonly Token[];
}

export function splitBatches(text: string): Batch[] {
  const tokens = tokenize(text);
  const batches: Batch[] = [];
  let first = 0;
  for (let i = 0; i < tokens.length; i++) {
    const separator = separatorAt(text, tokens, i);
    if (!separator) continue;
    add(first, i, separator.repeat);
    first = separator.next;
    i = separator.next - 1;
  }
  add(first, tokens.length, 1);
  return batches;

  function add(from: number, to: number, repeat: number): void {
    const own = tokens.slice(from, to);
    if (own.every(isTrivia)) return;
    const offset = own[0]!.start;
    const line = own[0]!.line;
    const moved =
      offset === 0
        ? own
        : own.map((token) => ({
            kind: token.kind,
            start: token.start - offset,
            end: token.end - offset,
            line: token.line - line + 1,
            upper: token.upper,
          }));
    batches.push({ text: text.slice(offset, own.at(-1)!.end), line, offset, repeat, tokens: moved });
  }
}

function separatorAt(
  text: string,
  tokens: readonly Token[],
  index: number,
): { next: number; repeat: number } | undefined {
  const token = tokens[index]!;
  if (token.upper !== "GO") return undefined;
  for (let i = index - 1; i >= 0 && tokens[i]!.line === token.line; i--) if (!isTrivia(tokens[i]!)) return undefined;
  // A token that began on an earlier line may end on this one (a string, a comment): only trivia may stand before GO.
  const before = tokens[index - 1];
  if (before && !isTrivia(before) && !text.slice(before.end, token.start).includes("\n") && before.line !== token.line)
    return undefined;
  let repeat = 1;
  let next = index + 1;
  for (; next < tokens.length && tokens[next]!.line === token.line; next++) {
    const after = tokens[next]!;
    if (isTrivia(after)) continue;
    if (after.kind !== "number") return undefined;
    repeat = Number(text.slice(after.start, after.end));
  }
  return { next, repeat };
}
