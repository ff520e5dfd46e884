/** A position in the tokens of a batch, with the questions that every part of the grammar asks. */
import type { Name, Option, TypeReference } from "../ast";
import { sqlError } from "../../session/messages";
import { notImplemented, type SqlError } from "../../session/sql-error";
import type { Token } from "../lexer";

export class Cursor {
  position = 0;
  /** WHILE loops around the statement being parsed. */
  loops = 0;
  /** IF, WHILE, BEGIN and TRY around the statement being parsed. */
  nesting = 0;
  /** The statement stands in a function that returns a value, a procedure, or the batch itself. */
  context: "batch" | "procedure" | "function" = "batch";

  /** The last token read ended a module header (AS) or a statement block, so that a WITH may follow without a semicolon. */
  get afterHeader(): boolean {
    return this.position === 0 || this.tokens[this.position - 1]!.upper === "END";
  }

  constructor(
    readonly sql: string,
    readonly tokens: readonly Token[],
  ) {}

  within<T>(parse: () => T): T {
    this.nesting++;
    const parsed = parse();
    this.nesting--;
    return parsed;
  }

  get token(): Token {
    return this.tokens[this.position]!;
  }
  get line(): number {
    return this.token.line;
  }
  get atEnd(): boolean {
    return this.token.kind === "end";
  }

  peek(offset = 1): Token {
    return this.tokens[Math.min(this.position + offset, this.tokens.length - 1)]!;
  }

  next(): Token {
    const token = this.token;
    if (this.position < this.tokens.length - 1) this.position++;
    return token;
  }

  /** Is the current token (or the one `offset` ahead) this keyword? */
  is(word: string, offset = 0): boolean {
    return this.peek(offset).upper === word;
  }
  isAny(...words: string[]): boolean {
    return this.token.upper !== "" && words.includes(this.token.upper);
  }
  /** Do these keywords follow one another from here? */
  isSequence(...words: string[]): boolean {
    return words.every((word, i) => this.is(word, i));
  }
  isSymbol(symbol: string, offset = 0): boolean {
    const token = this.peek(offset);
    return token.kind === "symbol" && token.text === symbol;
  }

  take(word: string): boolean {
    if (!this.is(word)) return false;
    this.next();
    return true;
  }
  takeSequence(...words: string[]): boolean {
    if (!this.isSequence(...words)) return false;
    this.position += words.length;
    return true;
  }
  takeSymbol(symbol: string): boolean {
    if (!this.isSymbol(symbol)) return false;
    this.next();
    return true;
  }
  expect(...words: string[]): void {
    for (const word of words) if (!this.take(word)) throw this.unexpected();
  }
  expectSymbol(symbol: string): void {
    if (!this.takeSymbol(symbol)) throw this.unexpected();
  }

  /** 156 near a reserved word, 102 near anything else; at the end of the batch always 102, with the last token. */
  unexpected(token: Token = this.token): SqlError {
    const shown = token.kind === "end" ? (this.tokens[this.tokens.length - 2] ?? token) : token;
    const error =
      shown.reserved && token.kind !== "end"
        ? sqlError(156, [shown.text])
        : sqlError(102, [shown.kind === "string" || shown.kind === "quoted" ? shown.value : shown.text]);
    error.line = shown.line;
    return error;
  }

  error(number: number, args: (string | number)[] = []): SqlError {
    const error = sqlError(number, args);
    error.line = this.line;
    return error;
  }

  notImplemented(what: string): SqlError {
    const error = notImplemented(what);
    error.line = this.line;
    return error;
  }

  /** Text of the source from a token's start to the end of the last token read. */
  slice(from: Token): string {
    return this.sql.slice(from.start, this.tokens[this.position - 1]!.end);
  }

  /** Can the current token be a name? Reserved words only in quotes. */
  isName(offset = 0): boolean {
    const token = this.peek(offset);
    return token.kind === "quoted" || (token.kind === "word" && !token.reserved);
  }

  identifier(): string {
    if (!this.isName()) throw this.unexpected();
    return this.next().value;
  }

  /** a.b.c; an empty part between two dots is "". */
  name(): Name {
    const line = this.line;
    const parts: string[] = [];
    for (;;) {
      if (this.isSymbol(".") && parts.length > 0) {
        parts.push("");
        this.next();
        continue;
      }
      // After a dot the server takes reserved words of system schemas only in quotes, as everywhere.
      parts.push(this.identifier());
      if (!this.isSymbol(".")) break;
      this.next();
    }
    if (parts.length > 4) throw this.error(117, [parts.join("."), 3]);
    return { parts, line };
  }

  variable(): string {
    if (this.token.kind !== "variable") throw this.unexpected();
    return this.next().text;
  }

  /** A comma-separated list of at least one. */
  list<T>(item: () => T): T[] {
    const items = [item()];
    while (this.takeSymbol(",")) items.push(item());
    return items;
  }

  /** ( item, item ... ). */
  parenthesized<T>(item: () => T): T[] {
    this.expectSymbol("(");
    const items = this.list(item);
    this.expectSymbol(")");
    return items;
  }

  type(): TypeReference {
    const line = this.line;
    const name = this.typeName();
    const args: (number | "max")[] = [];
    let detail: string | undefined;
    if (this.isSymbol("(") && !this.isSymbol(")", 1)) {
      const open = this.next();
      const first = this.token;
      if (first.kind === "integer" || first.upper === "MAX") {
        do {
          const token = this.next();
          if (token.upper === "MAX") args.push("max");
          else if (token.kind === "integer") args.push(Number(token.text));
          else if (token.kind === "word") detail = token.text;
          else throw this.unexpected(token);
        } while (this.takeSymbol(","));
      } else {
        while (!this.isSymbol(")") && !this.atEnd) this.next();
        detail = this.sql.slice(open.end, this.token.start).trim();
      }
      this.expectSymbol(")");
    }
    return { name, arguments: args, ...(detail === undefined ? {} : { detail }), line };
  }

  private typeName(): Name {
    const line = this.line;
    if (this.take("NATIONAL")) {
      const base = this.is("TEXT") ? "ntext" : this.isAny("CHAR", "CHARACTER") ? "nchar" : undefined;
      if (!base) throw this.unexpected();
      this.next();
      return { parts: [base === "nchar" && this.take("VARYING") ? "nvarchar" : base], line };
    }
    if (this.is("DOUBLE") && this.is("PRECISION", 1)) {
      this.position += 2;
      return { parts: ["float"], line };
    }
    if (this.is("CURSOR")) {
      this.next();
      return { parts: ["cursor"], line };
    }
    if (
      (this.isAny("CHAR", "CHARACTER", "BINARY", "NCHAR") && this.is("VARYING", 1)) ||
      this.isSequence("CHARACTER", "VARYING")
    ) {
      const first = this.next().upper;
      this.next();
      return { parts: [first === "BINARY" ? "varbinary" : first === "NCHAR" ? "nvarchar" : "varchar"], line };
    }
    return this.name();
  }

  /** WITH (NAME = value, ...) lists of DDL. Values keep their words; nested lists become options. */
  options(): Option[] {
    this.expectSymbol("(");
    const options = this.list(() => this.option());
    this.expectSymbol(")");
    return options;
  }

  option(): Option {
    if (this.token.kind !== "word" && this.token.kind !== "quoted") throw this.unexpected();
    let name = this.next().upper || this.tokens[this.position - 1]!.value;
    // MASKED WITH, ON PARTITIONS and the like join their words; a value never follows without "=" or "(".
    while (this.token.kind === "word" && !this.isSymbol("=", 0) && this.isSymbol("=", 1) && !this.isAny("ON", "OFF"))
      name += ` ${this.next().upper}`;
    // MOVE TO filegroup | scheme (column), of a dropped clustered index: the column is the unit.
    if (name === "MOVE" && this.take("TO")) {
      const value = this.next().value;
      return {
        name: "MOVE TO",
        value,
        ...(this.isSymbol("(") ? { unit: this.parenthesized(() => this.identifier())[0]! } : {}),
      };
    }
    if (this.isSymbol("(")) return { name, value: this.options() };
    if (!this.takeSymbol("=")) {
      if (this.isAny("ON", "OFF")) return { name, value: this.next().upper };
      return { name };
    }
    return { name, ...this.optionValue() };
  }

  /** A value after "=": word, number with unit, string, name, or ON (sub-options). */
  optionValue(): { value: NonNullable<Option["value"]>; quoted?: boolean; unit?: string } {
    const token = this.token;
    if (token.kind === "string") {
      this.next();
      return { value: token.value, quoted: true };
    }
    if (token.kind === "integer" || token.kind === "decimal") {
      this.next();
      const value = Number(token.text);
      if (this.takeSymbol("%")) return { value, unit: "%" };
      if (this.token.kind === "word" && !this.token.reserved && !this.isSymbol("=", 1))
        return { value, unit: this.next().upper };
      if (this.is("PERCENT")) return { value, unit: this.next().upper };
      return { value };
    }
    if (this.isSymbol("-") && this.peek().kind === "integer") {
      this.next();
      return { value: -Number(this.next().text) };
    }
    if (this.isSymbol("(")) return { value: this.options() };
    if (token.kind === "word") {
      if (this.isSymbol(".", 1)) return { value: this.name() };
      this.next();
      if (this.isSymbol("(")) return this.nested(token.upper);
      // DATA_COMPRESSION = PAGE ON PARTITIONS (1, 3 TO 5): the numbers are the unit.
      if (this.isSequence("ON", "PARTITIONS")) {
        this.position += 2;
        return { value: token.upper, unit: this.partitionNumbers() };
      }
      return { value: token.upper };
    }
    if (token.kind === "quoted") return this.isSymbol(".", 1) ? { value: this.name() } : { value: this.next().value };
    throw this.unexpected();
  }

  /** (1, 3 TO 5) as text. */
  partitionNumbers(): string {
    const first = this.token;
    this.parenthesized(() => {
      if (this.token.kind !== "integer") throw this.unexpected();
      this.next();
      if (!this.take("TO")) return;
      if (this.token.kind !== "integer") throw this.unexpected();
      this.next();
    });
    return this.slice(first);
  }

  /** ON (sub-option, ...): the options, with the leading word kept as an option of its own. */
  private nested(word: string): { value: Option[] } {
    return { value: [{ name: word }, ...this.options()] };
  }
}
