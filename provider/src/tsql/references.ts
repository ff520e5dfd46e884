/**
 * Names that a module's text mentions, by the place where they stand. Binding is the server's; this is what can be known
 * from the text: dynamic SQL is invisible, and a name is a reference only where the grammar says that an object stands.
 */
import { isTrivia, nameOf, type Token } from "./lexer";
import { isNameToken, isOperator, readName, skipTrivia, wordAt } from "./module-header";

export interface Reference {
  /** As written, one to four parts; the last one is the object's name. */
  readonly parts: readonly string[];
  /**
   * relation: after FROM, JOIN, INTO ...; call: schema.name( in an expression; procedure: after EXEC; type: a data type;
   * mention: any other name of two or more parts (schema.table.column, a sequence, NEXT VALUE FOR ...).
   */
  readonly place: "relation" | "call" | "procedure" | "type" | "mention";
  /** 1-based line in the analysed text. */
  readonly line: number;
}

export interface References {
  readonly references: readonly Reference[];
  /** Aliases and common table expressions, lower case: one-part names that are not objects. */
  readonly localNames: ReadonlySet<string>;
}

/** A relation follows these words. MERGE and UPDATE may be followed by TOP (...), which readRelation skips. */
const BEFORE_RELATION = new Set(["FROM", "JOIN", "APPLY", "INTO", "UPDATE", "MERGE", "USING", "REFERENCES", "INSERT", "DELETE", "TABLE"]);
/** After AS or a relation these are grammar, never an alias. */
const NOT_AN_ALIAS = new Set(
  ("ON WHERE SET JOIN INNER LEFT RIGHT FULL CROSS OUTER ORDER GROUP HAVING UNION EXCEPT INTERSECT WITH SELECT VALUES FROM USING WHEN OPTION FOR " +
    "OUTPUT INTO AS BEGIN END IF ELSE RETURN EXEC EXECUTE INSERT UPDATE DELETE MERGE DECLARE WHILE GO PIVOT UNPIVOT TABLESAMPLE DEFAULT " +
    "PRINT RAISERROR THROW COMMIT ROLLBACK TRUNCATE CREATE ALTER DROP OPEN CLOSE FETCH BREAK CONTINUE AND OR NOT").split(" "),
);

export function referencesOf(text: string, tokens: readonly Token[], from: number, to = tokens.length): References {
  const references: Reference[] = [];
  const localNames = new Set<string>();
  let previous = -1;
  for (let i = from; i < to; i++) {
    const token = tokens[i]!;
    if (isTrivia(token)) continue;
    if (isNameToken(token)) {
      const name = readName(text, tokens, i);
      if (name) {
        note(name, i);
        previous = name.next - 1;
        i = name.next - 1;
        continue;
      }
    }
    previous = i;
  }
  return { references, localNames };

  function note(name: { parts: string[]; next: number }, at: number): void {
    const before = previous < 0 ? "" : wordAt(text, tokens, previous);
    const word = name.parts.length === 1 ? wordAt(text, tokens, at) : "";
    const after = skipTrivia(tokens, name.next);
    const line = tokens[at]!.line;
    const called = isOperator(text, tokens[after], "(");
    if (word && (BEFORE_RELATION.has(word) || NOT_AN_ALIAS.has(word) || word === "TOP" || word === "EXISTS")) return;
    const reference = (place: Reference["place"]): void => void references.push({ parts: name.parts, place, line });
    if (before === "EXEC" || before === "EXECUTE" || followsStatus(at)) {
      if (word !== "AS") reference("procedure");
    } else if (BEFORE_RELATION.has(before)) {
      if (called && name.parts.length === 1 && before !== "INTO" && before !== "INSERT") return;
      reference("relation");
      noteAlias(called ? closing(after) + 1 : name.next);
    } else if (before === "AS" && name.parts.length === 1) {
      localNames.add(name.parts[0]!.toLowerCase());
    } else if (isVariable(previous) || (before === "AS" && isVariable(wordBefore(previous))) || before === "RETURNS") {
      reference("type");
    } else if (name.parts.length > 1) {
      reference(called ? "call" : "mention");
    } else if (isCommonTableExpression(name.next)) {
      localNames.add(name.parts[0]!.toLowerCase());
    }
  }

  /** EXEC @status = name. */
  function followsStatus(at: number): boolean {
    if (!isOperator(text, tokens[previous], "=")) return false;
    const variable = wordBefore(previous);
    const verb = variable < 0 ? "" : wordAt(text, tokens, wordBefore(variable));
    return isVariable(variable) && (verb === "EXEC" || verb === "EXECUTE") && at > previous;
  }

  function wordBefore(index: number): number {
    let at = index - 1;
    while (at >= from && isTrivia(tokens[at]!)) at--;
    return at >= from ? at : -1;
  }

  function isVariable(index: number): boolean {
    return tokens[index]?.kind === "variable";
  }

  function noteAlias(index: number): void {
    let at = skipTrivia(tokens, index);
    if (wordAt(text, tokens, at) === "AS") at = skipTrivia(tokens, at + 1);
    const token = tokens[at];
    if (at < to && isNameToken(token) && !NOT_AN_ALIAS.has(wordAt(text, tokens, at))) localNames.add(nameOf(text, token!).toLowerCase());
  }

  function closing(open: number): number {
    let depth = 0;
    for (let i = open; i < to; i++) {
      if (isOperator(text, tokens[i], "(")) depth++;
      else if (isOperator(text, tokens[i], ")") && --depth === 0) return i;
    }
    return to;
  }

  /** name [(columns)] AS ( SELECT ...: a common table expression. */
  function isCommonTableExpression(next: number): boolean {
    let at = skipTrivia(tokens, next);
    if (isOperator(text, tokens[at], "(")) at = skipTrivia(tokens, closing(at) + 1);
    if (wordAt(text, tokens, at) !== "AS") return false;
    at = skipTrivia(tokens, at + 1);
    return isOperator(text, tokens[at], "(");
  }
}
