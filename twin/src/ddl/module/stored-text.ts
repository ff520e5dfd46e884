/**
 * What sys.sql_modules.definition keeps of a statement: the batch as it was sent, with ALTER replaced by CREATE and the
 * words OR ALTER taken out, the blanks around them kept. Source: reference sheet "modules" A3.
 */
import { tokenize } from "../../language/lexer";

export function storedText(text: string, quotedIdentifier: boolean): string {
  const tokens = tokenize(text, { quotedIdentifier });
  const first = tokens.find((token) => token.kind === "word")!;
  if (first.upper === "ALTER") return `${text.slice(0, first.start)}CREATE${text.slice(first.end)}`;
  const position = tokens.indexOf(first);
  const or = tokens[position + 1];
  const alter = tokens[position + 2];
  if (or?.upper !== "OR" || alter?.upper !== "ALTER") return text;
  return text.slice(0, or.start) + text.slice(or.end, alter.start) + text.slice(alter.end);
}
