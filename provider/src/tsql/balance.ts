/** Brackets and blocks that cannot be right: found before the server is asked. Only what is certain is reported. */
import { isTrivia, type Token } from "./lexer";
import { isOperator, wordAt } from "./module-header";

interface Imbalance {
  readonly line: number;
  readonly message: string;
}

/** After BEGIN these start a statement without an END. */
const BEGIN_WITHOUT_END = new Set(["TRAN", "TRANSACTION", "DISTRIBUTED", "DIALOG", "CONVERSATION"]);

/** Parentheses, and BEGIN or CASE with END: all three are reserved words, so that a bare one is never a name. */
export function findImbalance(text: string, tokens: readonly Token[], from: number, to: number): Imbalance | undefined {
  const open: { readonly what: "(" | "BEGIN" | "CASE"; readonly line: number }[] = [];
  for (let at = from; at < to; at++) {
    const token = tokens[at]!;
    if (isTrivia(token)) continue;
    const word = wordAt(tokens, at);
    if (isOperator(text, token, "(")) open.push({ what: "(", line: token.line });
    else if (word === "CASE") open.push({ what: "CASE", line: token.line });
    else if (word === "BEGIN" && !BEGIN_WITHOUT_END.has(nextWord(at))) open.push({ what: "BEGIN", line: token.line });
    else if (isOperator(text, token, ")")) {
      const last = open.pop();
      if (last?.what === "(") continue;
      if (!last) return { line: token.line, message: "this ) closes nothing" };
      return {
        line: token.line,
        message: `this ) stands inside the ${last.what} of line ${last.line}, which has no END before it`,
      };
    } else if (word === "END" && nextWord(at) !== "CONVERSATION") {
      const last = open.pop();
      if (!last) return { line: token.line, message: "this END closes nothing" };
      if (last.what === "(") return { line: last.line, message: "this ( is not closed before the next END" };
    }
  }
  const last = open.at(-1);
  return last && { line: last.line, message: `this ${last.what} is never closed` };

  function nextWord(index: number): string {
    let at = index + 1;
    while (at < to && isTrivia(tokens[at]!)) at++;
    return at < to ? wordAt(tokens, at) : "";
  }
}
