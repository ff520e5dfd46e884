/**
 * Objects that a module's text mentions, by the place where the name stands. Binding is the server's; this is what can be
 * known from the text: dynamic SQL is invisible, and a name counts only where the grammar says that an object stands.
 * Aliases, common table expressions, temporary tables and what the module creates itself are left out.
 */
import { isTrivia, nameOf, type Token } from "./lexer";
import { isNameToken, isOperator, readName, skipTrivia, wordAt } from "./module-header";
import { intern } from "./definition";
import { isSystemType } from "./data-type";
import { isReserved } from "./reserved-words";

export interface Reference {
  /** As written, one to four parts; the last one is the object's name. */
  readonly parts: readonly string[];
  /**
   * relation: after FROM, JOIN, INSERT ...; table-function: the same, with arguments; call: schema.name( in an expression;
   * procedure: after EXEC; type: a data type; sequence: after NEXT VALUE FOR.
   */
  readonly place: "relation" | "table-function" | "call" | "procedure" | "type" | "sequence";
  /** 1-based line in the analysed text. */
  readonly line: number;
}

type Expected = Reference["place"] | "target" | "created" | "alias";

interface Frame {
  /** The verb whose clauses are being read between these parentheses. */
  verb: string;
  /** A comma here begins another table source. */
  inFrom: boolean;
}

const FROM_BELONGS_TO = new Set(["SELECT", "DELETE", "UPDATE", "MERGE", "INSERT"]);
const ENDS_FROM = new Set(
  "WHERE GROUP ORDER HAVING UNION EXCEPT INTERSECT OPTION SET VALUES FOR RETURN BEGIN END IF ELSE WHILE DECLARE PRINT".split(
    " ",
  ),
);
/** After these INSERT, UPDATE and DELETE are events or permissions, not statements. */
const NOT_A_STATEMENT_AFTER = new Set(["ON", "FOR", "AFTER", "OF", "GRANT", "DENY", "REVOKE"]);
/** Words that are not reserved but begin something after a table source, so that they are no alias there. */
const NOT_AN_ALIAS = new Set(
  "APPLY OUTPUT USING MATCHED RECEIVE GET SEND MOVE THROW TRY CATCH GO OFFSET WINDOW DIALOG".split(" "),
);

export function referencesOf(
  text: string,
  tokens: readonly Token[],
  from: number,
  to = tokens.length,
  quotedIdentifier = true,
): Reference[] {
  const found: Reference[] = [];
  const localNames = new Set(["inserted", "deleted"]);
  /** Tables that the module makes itself, with or without a schema. */
  const created = new Set<string>();
  const frames: Frame[] = [{ verb: "", inFrom: false }];
  let expected: Expected | undefined;
  let previous = -1;
  /** The previous token is a name, so that a dotted name after it is its data type. */
  let afterName = false;

  for (let at = from; at < to; at++) {
    const token = tokens[at]!;
    if (isTrivia(token)) continue;
    const word = wordAt(tokens, at);
    const named = token.kind === "double-quoted" ? quotedIdentifier : isNameToken(token) && !isReserved(word);
    if (token.kind === "operator") readOperator(token);
    else if (token.kind === "variable") {
      if (expected !== "procedure") expected = frames.at(-1)!.inFrom ? "alias" : "type";
    } else if (word === "TOP" && expected === "target") {
      // TOP (n) stands between the verb and its target, which stays expected.
      at = closing(skipTrivia(tokens, at + 1));
    } else if (named) {
      if (!readContextual(word, at)) {
        at = readNamed(at);
        afterName = true;
        previous = at;
        continue;
      }
    } else if (word !== "") readKeyword(word, at);
    else expected = undefined;
    afterName = false;
    previous = at;
  }
  return distinct(found.filter((reference) => !isLocal(reference)));

  function readOperator(token: Token): void {
    const frame = frames.at(-1)!;
    switch (text.slice(token.start, token.end)) {
      case "(":
        frames.push({ verb: "", inFrom: false });
        expected = undefined;
        break;
      case ")":
        if (frames.length > 1) frames.pop();
        expected = "alias";
        break;
      case ",":
        expected = frame.inFrom ? "relation" : undefined;
        break;
      case ";":
        frame.inFrom = false;
        frame.verb = "";
        expected = undefined;
        break;
      case "=":
        if (expected !== "procedure") expected = undefined;
        break;
      default:
        expected = undefined;
    }
  }

  /** Words that are not reserved but act as grammar where they stand. */
  function readContextual(word: string, at: number): boolean {
    const frame = frames.at(-1)!;
    if (word === "APPLY") expected = "relation";
    else if (word === "USING" && (frame.verb === "MERGE" || frame.verb === "INSERT")) expected = "relation";
    else if (word === "RECEIVE" || word === "GET" || word === "DIALOG") {
      // Their FROM names a queue or a service.
      frame.verb = word;
      frame.inFrom = false;
      expected = undefined;
    } else if (word === "NEXT" && wordAt(tokens, skipTrivia(tokens, at + 1)) === "VALUE") expected = undefined;
    else if (word === "VALUE" && wordAt(tokens, previous) === "NEXT") expected = "sequence";
    else if (word === "RETURNS") expected = "type";
    else if (word === "OUTPUT") {
      frame.inFrom = false;
      expected = undefined;
    } else return false;
    return true;
  }

  function readKeyword(word: string, at: number): void {
    const frame = frames.at(-1)!;
    const before = wordAt(tokens, previous);
    const wanted = expected;
    expected = undefined;
    if (ENDS_FROM.has(word)) frame.inFrom = false;
    switch (word) {
      case "SELECT":
      case "FETCH":
        frame.verb = word;
        frame.inFrom = false;
        break;
      case "INSERT":
      case "UPDATE":
      case "DELETE":
      case "MERGE":
        if (NOT_A_STATEMENT_AFTER.has(before)) break;
        if (word === "MERGE" && before === "INNER") break;
        frame.verb = word;
        frame.inFrom = false;
        if (word !== "UPDATE" || !isOperator(text, tokens[skipTrivia(tokens, at + 1)], "(")) expected = "target";
        break;
      case "FROM":
        if (before === "DISTINCT" || !FROM_BELONGS_TO.has(frame.verb)) break;
        frame.inFrom = true;
        expected = "relation";
        break;
      case "JOIN":
        expected = "relation";
        break;
      case "INTO":
        expected =
          frame.verb === "SELECT"
            ? "created"
            : frame.verb === "FETCH" || frame.verb === "RECEIVE"
              ? undefined
              : "target";
        break;
      case "TABLE":
        if (before === "TRUNCATE" || before === "ALTER") expected = "relation";
        else if (before === "CREATE") expected = "created";
        break;
      case "EXEC":
      case "EXECUTE":
        expected = "procedure";
        break;
      case "FOR":
        if (wanted === "sequence") expected = "sequence";
        break;
      case "AS":
        expected = wanted === "type" ? "type" : wanted === "procedure" ? undefined : "alias";
        break;
    }
  }

  function readNamed(at: number): number {
    const name = readName(text, tokens, at);
    const wanted = expected;
    expected = undefined;
    if (!name) return at;
    const after = skipTrivia(tokens, name.next);
    const called = isOperator(text, tokens[after], "(");
    const add = (place: Reference["place"]): void =>
      void found.push({ parts: name.parts, place, line: tokens[at]!.line });
    const last = name.parts.at(-1)!.toLowerCase();
    const single = name.parts.length === 1;
    switch (wanted) {
      case "target":
        add("relation");
        noteAlias(name.next);
        break;
      case "relation":
        // A one-part name with arguments is a built-in rowset function; parentheses after a table hold old-style hints.
        if (!called) add("relation");
        else if (!single) add("table-function");
        noteAlias(called ? closing(after) + 1 : name.next);
        break;
      case "created":
        created.add(last);
        break;
      case "procedure":
      case "sequence":
      case "type":
        add(wanted);
        break;
      case "alias":
        if (single) localNames.add(last);
        else add(called ? "call" : "type");
        break;
      default:
        if (isOperator(text, tokens[after], "::")) add("type");
        else if (isOperator(text, tokens[previous], ".")) break;
        else if (called && name.parts.length === 2) add("call");
        else if (!single && afterName) add("type");
        else if (single && isCommonTableExpression(name.next)) localNames.add(last);
    }
    return name.next - 1;
  }

  function noteAlias(index: number): void {
    let at = skipTrivia(tokens, index);
    if (wordAt(tokens, at) === "AS") at = skipTrivia(tokens, at + 1);
    const word = wordAt(tokens, at);
    if (at < to && isNameToken(tokens[at]) && !isReserved(word) && !NOT_AN_ALIAS.has(word))
      localNames.add(nameOf(text, tokens[at]!).toLowerCase());
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
    if (wordAt(tokens, at) !== "AS") return false;
    at = skipTrivia(tokens, at + 1);
    return isOperator(text, tokens[at], "(");
  }

  function isLocal(reference: Reference): boolean {
    const name = reference.parts.at(-1)!;
    if (name.startsWith("#") || created.has(name.toLowerCase())) return true;
    if (reference.place === "type") return reference.parts.length === 1 && isSystemType(name);
    if (reference.parts.length === 1) return localNames.has(name.toLowerCase());
    // alias.column.method() and alias.method(): the first part is an alias.
    return (
      (reference.place === "call" || reference.place === "table-function") &&
      localNames.has(reference.parts[0]!.toLowerCase())
    );
  }
}

function distinct(references: readonly Reference[]): Reference[] {
  const seen = new Map<string, Reference>();
  for (const { parts, place, line } of references) {
    const key = `${place}\0${parts.join("\0")}`;
    if (!seen.has(key)) seen.set(key, { parts: parts.map(intern), place, line });
  }
  return [...seen.values()];
}
