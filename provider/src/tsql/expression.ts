/**
 * Canonical form of a scalar expression, so that what a user writes compares equal with what the server prints back for
 * defaults, checks, computed columns and filters. The server re-prints the parsed tree: built-ins in lower case, names in
 * brackets, numbers in parentheses, CAST as CONVERT, IN as ORs in reverse order, BETWEEN as two comparisons.
 * https://learn.microsoft.com/sql/relational-databases/system-catalog-views/sys-check-constraints-transact-sql
 */
import { isTrivia, nameOf, tokenize, type Token } from "./lexer";

/** Where precedence climbs: OR, AND, NOT, predicates, additive, multiplicative, unary. */
const ADDITIVE = new Set(["+", "-", "&", "|", "^", "||"]);
const MULTIPLICATIVE = new Set(["*", "/", "%"]);
const COMPARISONS = new Map([
  ["=", "="],
  ["<>", "<>"],
  ["!=", "<>"],
  ["<", "<"],
  ["<=", "<="],
  ["!>", "<="],
  [">", ">"],
  [">=", ">="],
  ["!<", ">="],
]);
const DATE_PARTS = new Map(
  Object.entries({
    yy: "year", yyyy: "year", qq: "quarter", q: "quarter", mm: "month", m: "month", dy: "dayofyear", y: "dayofyear", dd: "day", d: "day",
    wk: "week", ww: "week", dw: "weekday", w: "weekday", hh: "hour", mi: "minute", n: "minute", ss: "second", s: "second", ms: "millisecond",
    mcs: "microsecond", ns: "nanosecond", isowk: "iso_week", isoww: "iso_week", tz: "tzoffset",
  }),
); // prettier-ignore
const TAKES_DATE_PART = new Set([
  "dateadd",
  "datediff",
  "datediff_big",
  "datepart",
  "datename",
  "datetrunc",
  "date_bucket",
]);
const NILADIC = new Map([
  ["current_timestamp", "getdate()"],
  ["current_user", "user_name()"],
  ["user", "user_name()"],
  ["session_user", "user_name()"],
  ["system_user", "suser_sname()"],
]);

class NotAnExpression extends Error {}

/**
 * Equal texts mean equal expressions. Names are folded by `foldName` (the database's collation decides). A text that the
 * small grammar here does not know comes back as its tokens, joined: compared exactly, never ignored.
 */
export function canonicalExpression(
  text: string,
  foldName: (name: string) => string = (name) => name.toLowerCase(),
): string {
  const tokens = tokenize(text).filter((token) => !isTrivia(token));
  try {
    return new ExpressionReader(text, tokens, foldName).readAll();
  } catch (error) {
    if (!(error instanceof NotAnExpression)) throw error;
    return tokens
      .map((token) =>
        token.kind === "word" || token.kind === "bracketed"
          ? foldName(nameOf(text, token))
          : text.slice(token.start, token.end),
      )
      .join(" ");
  }
}

class ExpressionReader {
  private at = 0;

  constructor(
    private readonly text: string,
    private readonly tokens: readonly Token[],
    private readonly foldName: (name: string) => string,
  ) {}

  readAll(): string {
    const result = this.or();
    if (this.at < this.tokens.length) throw new NotAnExpression();
    return result;
  }

  private or(): string {
    const terms = [this.and()];
    while (this.takeWord("OR")) terms.push(this.and());
    return terms.length === 1 ? terms[0]! : `(or ${flatten("or", terms).join(" ")})`;
  }

  private and(): string {
    const terms = [this.not()];
    while (this.takeWord("AND")) terms.push(this.not());
    return terms.length === 1 ? terms[0]! : `(and ${flatten("and", terms).join(" ")})`;
  }

  private not(): string {
    return this.takeWord("NOT") ? `(not ${this.not()})` : this.predicate();
  }

  private predicate(): string {
    const left = this.additive();
    const comparison = COMPARISONS.get(this.operator());
    if (comparison) {
      this.at++;
      return `(${comparison} ${left} ${this.additive()})`;
    }
    if (this.takeWord("IS")) {
      const not = this.takeWord("NOT");
      this.expectWord("NULL");
      return not ? `(is-not-null ${left})` : `(is-null ${left})`;
    }
    const mark = this.at;
    const not = this.takeWord("NOT");
    const negate = (inner: string): string => (not ? `(not ${inner})` : inner);
    if (this.takeWord("BETWEEN")) {
      const low = this.additive();
      this.expectWord("AND");
      return negate(`(and (>= ${left} ${low}) (<= ${left} ${this.additive()}))`);
    }
    if (this.takeWord("IN")) {
      this.expect("(");
      const values = this.list();
      // The server turns IN into ORs in reverse order in a CHECK and keeps it in a filter: the order means nothing.
      const equal = values.map((value) => `(= ${left} ${value})`);
      return negate(equal.length === 1 ? equal[0]! : `(or ${flatten("or", equal).join(" ")})`);
    }
    if (this.takeWord("LIKE")) {
      const pattern = this.additive();
      const escape = this.takeWord("ESCAPE") ? ` ${this.additive()}` : "";
      return negate(`(like ${left} ${pattern}${escape})`);
    }
    this.at = mark;
    return left;
  }

  private additive(): string {
    let left = this.multiplicative();
    for (let operator = this.operator(); ADDITIVE.has(operator); operator = this.operator()) {
      this.at++;
      left = `(${operator} ${left} ${this.multiplicative()})`;
    }
    return left;
  }

  private multiplicative(): string {
    let left = this.unary();
    for (let operator = this.operator(); MULTIPLICATIVE.has(operator); operator = this.operator()) {
      this.at++;
      left = `(${operator} ${left} ${this.unary()})`;
    }
    return left;
  }

  private unary(): string {
    const operator = this.operator();
    if (operator === "-" || operator === "~") {
      this.at++;
      const operand = this.unary();
      return operator === "-" && /^\d/.test(operand) ? `-${operand}` : `(${operator} ${operand})`;
    }
    if (operator === "+") {
      this.at++;
      return this.unary();
    }
    let operand = this.primary();
    while (this.takeWord("COLLATE")) operand = `(collate ${operand} ${this.name().toLowerCase()})`;
    return operand;
  }

  private primary(): string {
    const token = this.tokens[this.at];
    if (!token) throw new NotAnExpression();
    const raw = this.text.slice(token.start, token.end);
    switch (token.kind) {
      case "number":
        this.at++;
        return canonicalNumber(raw);
      case "string":
        this.at++;
        return /^n/.test(raw) ? `N${raw.slice(1)}` : raw;
      case "binary":
        this.at++;
        return raw.toLowerCase();
      case "variable":
        throw new NotAnExpression();
      case "operator":
        if (raw !== "(") throw new NotAnExpression();
        this.at++;
        return this.closeAfter(this.or());
      default:
        return this.nameOrCall(token);
    }
  }

  private nameOrCall(token: Token): string {
    const word = token.kind === "word" ? this.text.slice(token.start, token.end).toUpperCase() : "";
    if (word === "CASE") return this.caseExpression();
    if (word === "NULL") {
      this.at++;
      return "null";
    }
    if (word === "CAST" || word === "TRY_CAST") {
      this.at++;
      this.expect("(");
      const operand = this.or();
      this.expectWord("AS");
      const type = this.typeName();
      this.expect(")");
      // CAST is printed as CONVERT, TRY_CAST stays; both mean the same conversion.
      return `(${word === "CAST" ? "convert" : "try_convert"} ${type} ${operand})`;
    }
    if (word === "CONVERT" || word === "TRY_CONVERT") {
      this.at++;
      this.expect("(");
      const type = this.typeName();
      this.expect(",");
      const operand = this.or();
      const style = this.take(",") ? this.or() : "0";
      this.expect(")");
      return `(${word.toLowerCase()} ${type} ${operand}${style === "0" ? "" : ` ${style}`})`;
    }
    if (word === "NEXT") {
      this.at++;
      this.expectWord("VALUE");
      this.expectWord("FOR");
      return `(next-value ${this.qualifiedName().join(".")})`;
    }
    const quoted = token.kind !== "word";
    const parts = this.qualifiedName();
    if (!this.take("(")) {
      const niladic = quoted || parts.length > 1 ? undefined : NILADIC.get(parts[0]!.toLowerCase());
      return niladic ?? `[${parts.join("].[")}]`;
    }
    return this.call(parts.length === 1 ? parts[0]!.toLowerCase() : parts.join("."));
  }

  private call(name: string): string {
    const first = this.tokens[this.at];
    let datePart: string | undefined;
    if (TAKES_DATE_PART.has(name) && first?.kind === "word") {
      const written = this.text.slice(first.start, first.end).toLowerCase();
      datePart = DATE_PARTS.get(written) ?? written;
      this.at++;
      this.expect(",");
    }
    const args = this.list();
    if (datePart) args.unshift(datePart);
    if (name === "year" || name === "month" || name === "day") return `datepart(${name} ${args[0]})`;
    if (name === "iif") return `(case ((${args[0]}) ${args[1]}) ${args[2]})`;
    return `${name}(${args.join(" ")})`;
  }

  private caseExpression(): string {
    this.at++;
    const operand = this.isWord("WHEN") ? undefined : this.or();
    const branches: string[] = [];
    while (this.takeWord("WHEN")) {
      const when = this.or();
      this.expectWord("THEN");
      branches.push(`((${operand ? `= ${operand} ${when}` : when}) ${this.or()})`);
    }
    const otherwise = this.takeWord("ELSE") ? this.or() : "null";
    this.expectWord("END");
    return `(case ${branches.join(" ")} ${otherwise})`;
  }

  /** A data type inside CAST or CONVERT, lower case with its arguments. */
  private typeName(): string {
    const name = this.qualifiedName().join(".").toLowerCase();
    if (!this.take("(")) return name;
    const args: string[] = [];
    while (!this.take(")")) {
      const token = this.tokens[this.at++];
      if (!token) throw new NotAnExpression();
      const raw = this.text.slice(token.start, token.end).toLowerCase();
      if (raw !== ",") args.push(raw);
    }
    return `${name}(${args.join(",")})`;
  }

  private qualifiedName(): string[] {
    const parts = [this.name()];
    while (this.take(".")) parts.push(this.name());
    return parts;
  }

  private name(): string {
    const token = this.tokens[this.at];
    if (token?.kind !== "word" && token?.kind !== "bracketed" && token?.kind !== "double-quoted")
      throw new NotAnExpression();
    this.at++;
    return this.foldName(nameOf(this.text, token));
  }

  /** The rest of a parenthesised list, its opening bracket already taken. */
  private list(): string[] {
    const items: string[] = [];
    if (this.take(")")) return items;
    do items.push(this.take("*") ? "*" : this.or());
    while (this.take(","));
    this.expect(")");
    return items;
  }

  private closeAfter(inner: string): string {
    this.expect(")");
    return inner;
  }

  private operator(): string {
    const token = this.tokens[this.at];
    return token?.kind === "operator" ? this.text.slice(token.start, token.end) : "";
  }

  private take(operator: string): boolean {
    if (this.operator() !== operator) return false;
    this.at++;
    return true;
  }

  private expect(operator: string): void {
    if (!this.take(operator)) throw new NotAnExpression();
  }

  private isWord(word: string): boolean {
    const token = this.tokens[this.at];
    return token?.kind === "word" && this.text.slice(token.start, token.end).toUpperCase() === word;
  }

  private takeWord(word: string): boolean {
    if (!this.isWord(word)) return false;
    this.at++;
    return true;
  }

  private expectWord(word: string): void {
    if (!this.takeWord(word)) throw new NotAnExpression();
  }
}

/** a OR (b OR c) is one OR; its terms are sorted, because the server reorders what IN expands to. */
function flatten(word: "or" | "and", terms: readonly string[]): string[] {
  const flat = terms.flatMap((term) =>
    term.startsWith(`(${word} `) ? splitTerms(term.slice(word.length + 2, -1)) : [term],
  );
  return word === "or" ? flat.sort() : flat;
}

/** Cuts "(a) (b) c" at its top-level spaces. */
function splitTerms(inner: string): string[] {
  const terms: string[] = [];
  let depth = 0;
  let start = 0;
  let quoted = false;
  for (let i = 0; i <= inner.length; i++) {
    const c = inner[i];
    if (c === "'") quoted = !quoted;
    if (quoted) continue;
    if (c === "(" || c === "[") depth++;
    else if (c === ")" || c === "]") depth--;
    else if ((c === " " || c === undefined) && depth === 0) {
      terms.push(inner.slice(start, i));
      start = i + 1;
    }
  }
  return terms;
}

/** 9000000000. is how the server prints an integer beyond int; floats come back with 17 digits. */
function canonicalNumber(raw: string): string {
  if (/e/i.test(raw)) return `${Number(raw)}e0`;
  return raw.replace(/\.$/, "").replace(/^\./, "0.");
}
