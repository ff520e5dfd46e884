/**
 * Reads what a function, procedure or trigger AS EXTERNAL NAME declares: parameters, result, options, class and method.
 * https://learn.microsoft.com/sql/t-sql/statements/create-function-transact-sql
 */
import type { Binding, BindingColumn, BindingParameter, TriggerPlace } from "../clr/binding";
import { DataTypeError, parseDataType, type DataType } from "../kinds/table/data-type";
import { isTrivia, nameOf, tokenize, type Token } from "./lexer";
import { headerAt, readName } from "./module-header";
import type { ModuleSource } from "./module-source";

class Unreadable extends Error {}

/** The declaration, or in words what cannot be read. */
export function readExternalModule(module: ModuleSource, defaultSchema: string): Binding | string {
  try {
    return new ExternalModuleReader(module, defaultSchema).read();
  } catch (error) {
    if (error instanceof Unreadable || error instanceof DataTypeError) return error.message;
    throw error;
  }
}

class ExternalModuleReader {
  private readonly text: string;
  private readonly tokens: readonly Token[];
  private at = 0;

  constructor(
    private readonly module: ModuleSource,
    private readonly defaultSchema: string,
  ) {
    this.text = module.text;
    this.tokens = tokenize(module.text).filter((token) => !isTrivia(token));
    const verb = this.tokens.findIndex((token) => token.start === module.verb);
    const header = headerAt(this.text, this.tokens, Math.max(0, verb));
    if (header === undefined) throw new Unreadable("its head cannot be read");
    this.at = header.afterName;
  }

  read(): Binding {
    const { module } = this;
    const trigger = module.kind === "trigger" ? this.triggerPlace() : undefined;
    const parameters = module.kind === "trigger" ? [] : this.parameters();
    let returns: DataType | undefined;
    let columns: BindingColumn[] | undefined;
    if (module.kind === "function") {
      this.expect("RETURNS");
      if (this.takeWord("TABLE")) columns = this.columns();
      else returns = this.dataType(["WITH", "AS"]);
    }
    const options = this.options();
    const order = this.takeWord("ORDER") ? this.order() : undefined;
    if (trigger === undefined) this.takeWord("AS");
    while (this.word() !== "EXTERNAL" && this.at < this.tokens.length) this.at++;
    this.expect("EXTERNAL");
    this.expect("NAME");
    const name = readName(this.text, this.tokens, this.at);
    const [assembly, className, method] = name?.parts ?? [];
    if (name?.parts.length !== 3 || assembly === undefined || className === undefined || method === undefined)
      throw new Unreadable(
        "EXTERNAL NAME has three parts: assembly.[Namespace.Class].method; a class with a namespace needs brackets",
      );
    return {
      kind: module.kind === "function" ? (columns === undefined ? "function" : "table-function") : module.kind === "trigger" ? "trigger" : "procedure",
      schema: module.schema,
      name: module.name,
      assembly,
      className,
      method,
      parameters,
      returns,
      columns,
      order,
      ...options,
      trigger,
      where: `${module.file}:${module.headerLine}`,
    }; // prettier-ignore
  }

  private parameters(): BindingParameter[] {
    const parameters: BindingParameter[] = [];
    this.take("(");
    while (this.tokens[this.at]?.kind === "variable") {
      const token = this.tokens[this.at++]!;
      this.takeWord("AS");
      const type = this.dataType(
        ["OUT", "OUTPUT", "READONLY", "VARYING", "NOT", "NULL", "AS", "WITH", "FOR"],
        ["=", ",", ")"],
      );
      this.takeWord("NOT");
      this.takeWord("NULL");
      let value: string | undefined;
      if (this.take("=")) {
        const sign = this.take("-") ? "-" : "";
        const literal = this.tokens[this.at++];
        value = sign + (literal === undefined ? "" : this.slice(literal, literal));
      }
      const output = this.takeWord("OUT") || this.takeWord("OUTPUT");
      parameters.push({ name: this.slice(token, token), type, output, default: value });
      if (!this.take(",")) break;
    }
    this.take(")");
    return parameters;
  }

  private columns(): BindingColumn[] {
    const columns: BindingColumn[] = [];
    if (!this.take("(")) throw new Unreadable("RETURNS TABLE of a CLR function lists its columns");
    do {
      const token = this.tokens[this.at++];
      if (token === undefined) break;
      const name = nameOf(this.text, token);
      columns.push({ name, type: this.dataType(["NOT", "NULL", "COLLATE"], [",", ")"]) });
      while (this.at < this.tokens.length && !this.is(",") && !this.is(")")) this.at++;
    } while (this.take(","));
    this.take(")");
    return columns;
  }

  private options(): Pick<Binding, "nullOnNullInput" | "executeAs"> {
    let nullOnNullInput = false;
    let executeAs: string | undefined;
    if (!this.takeWord("WITH")) return { nullOnNullInput, executeAs };
    do {
      if (this.takeWord("RETURNS")) {
        for (const word of ["NULL", "ON", "NULL", "INPUT"]) this.expect(word);
        nullOnNullInput = true;
      } else if (this.takeWord("CALLED")) for (const word of ["ON", "NULL", "INPUT"]) this.expect(word);
      else if (this.takeWord("EXECUTE") || this.takeWord("EXEC")) {
        this.expect("AS");
        const token = this.tokens[this.at++];
        executeAs =
          token === undefined
            ? undefined
            : this.slice(token, token)
                .replace(/^N?'(.*)'$/s, "$1")
                .replaceAll("''", "'");
      } else this.at++;
    } while (this.take(","));
    return { nullOnNullInput, executeAs };
  }

  private order(): { column: string; descending: boolean }[] {
    const order: { column: string; descending: boolean }[] = [];
    this.take("(");
    do {
      const token = this.tokens[this.at++];
      if (token === undefined) break;
      const descending = this.takeWord("DESC");
      this.takeWord("ASC");
      order.push({ column: nameOf(this.text, token), descending });
    } while (this.take(","));
    this.take(")");
    return order;
  }

  private triggerPlace(): TriggerPlace {
    this.expect("ON");
    const name = readName(this.text, this.tokens, this.at);
    if (name === undefined) throw new Unreadable("the table of the trigger cannot be read");
    this.at = name.next;
    const start = this.at;
    while (this.at < this.tokens.length && !["FOR", "AFTER", "INSTEAD"].includes(this.word())) this.at++;
    if (this.at >= this.tokens.length) this.at = start;
    const timing = this.word() === "INSTEAD" ? "INSTEAD OF" : "AFTER";
    const events: TriggerPlace["events"][number][] = [];
    for (; this.at < this.tokens.length && this.word() !== "EXTERNAL"; this.at++) {
      const word = this.word();
      if (word === "INSERT" || word === "UPDATE" || word === "DELETE") events.push(word);
    }
    return { schema: name.parts.at(-2) ?? this.module.schema, table: name.parts.at(-1)!, timing, events };
  }

  /** Up to one of these words or operators outside brackets. */
  private dataType(words: readonly string[], operators: readonly string[] = []): DataType {
    const first = this.tokens[this.at];
    if (first === undefined) throw new Unreadable("a data type is missing");
    let depth = 0;
    let last = first;
    for (; this.at < this.tokens.length; this.at++) {
      const token = this.tokens[this.at]!;
      if (depth === 0 && token !== first && (words.includes(token.upper) || operators.some((each) => this.is(each))))
        break;
      if (this.is("(")) depth++;
      if (this.is(")")) depth--;
      last = token;
    }
    const text = this.slice(first, last);
    const isOneName = last === first && first.kind !== "string";
    try {
      return parseDataType(text);
    } catch (error) {
      // A type of one's own without its schema.
      if (error instanceof DataTypeError && isOneName)
        return { schema: this.defaultSchema, name: nameOf(this.text, first) };
      throw error;
    }
  }

  private slice(first: Token, last: Token): string {
    return this.text.slice(first.start, last.end);
  }

  private word(): string {
    return this.tokens[this.at]?.upper ?? "";
  }

  private is(operator: string): boolean {
    const token = this.tokens[this.at];
    return token?.kind === "operator" && this.slice(token, token) === operator;
  }

  private take(operator: string): boolean {
    if (!this.is(operator)) return false;
    this.at++;
    return true;
  }

  private takeWord(word: string): boolean {
    if (this.word() !== word) return false;
    this.at++;
    return true;
  }

  private expect(word: string): void {
    if (!this.takeWord(word)) throw new Unreadable(`${word} is expected and something else stands there`);
  }
}
