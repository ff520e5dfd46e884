/** Cuts one definition out of its batch and writes its header as CREATE, so that what is sent is what the server stores. */
import { detach } from "./definition";
import type { Token } from "./lexer";
import { wordAt, type Header } from "./module-header";

export interface Insertion {
  /** Offset in the batch. */
  readonly at: number;
  readonly text: string;
}

/** `insertions` in the order of their places, all after the verb. */
export function definitionText(
  source: string,
  tokens: readonly Token[],
  header: Header,
  start: number,
  end: number,
  insertions: readonly Insertion[],
): { text: string; verb: number } {
  const first = tokens[start]!.start;
  const lead = source.slice(first, tokens[header.verb]!.start);
  let text = `${lead}CREATE${afterVerb(source, tokens, header)}`;
  let at = tokens[header.kindToken]!.start;
  for (const insertion of insertions) {
    text += source.slice(at, insertion.at) + insertion.text;
    at = insertion.at;
  }
  text += source.slice(at, tokens[end - 1]!.end);
  return { text: detach(text), verb: lead.length };
}

/** What stands between the verb and the kind without OR ALTER: one blank, or as many lines as before, or the comments. */
function afterVerb(source: string, tokens: readonly Token[], header: Header): string {
  let between = "";
  for (let at = header.verb + 1; at < header.kindToken; at++) {
    const word = wordAt(tokens, at);
    if (word !== "OR" && word !== "ALTER") between += source.slice(tokens[at]!.start, tokens[at]!.end);
  }
  if (between.trim() !== "") return between;
  const lines = between.split("\n").length - 1;
  return lines === 0 ? " " : "\n".repeat(lines);
}
