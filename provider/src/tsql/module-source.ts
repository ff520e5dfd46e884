/**
 * Reads the modules of a script: what each statement creates, under which SET options, and what it mentions. Refuses
 * what a bundle cannot own, with file and line.
 */
import { splitBatches, type Batch } from "./batches";
import { isTrivia, UnterminatedTokenError, type Token } from "./lexer";
import { headersOf, isOperator, skipTrivia, wordAt, type Header, type ModuleKind } from "./module-header";
import { readName } from "./module-header";
import { referencesOf, type References } from "./references";

export interface ModuleSource {
  readonly kind: ModuleKind;
  readonly schema: string;
  readonly name: string;
  readonly file: string;
  /** 1-based line of `text`'s first character in its file. */
  readonly line: number;
  /** The statement as it goes to the server: CREATE OR ALTER where the kind knows it, the schema always written. */
  readonly batch: string;
  readonly ansiNulls: boolean;
  readonly quotedIdentifier: boolean;
  readonly schemaBound: boolean;
  /** scalar, inline or table; functions only. */
  readonly functionKind: "scalar" | "inline" | "table" | undefined;
  /** The body is outside T-SQL (EXTERNAL NAME). */
  readonly external: boolean;
  /** Triggers: the table or view they stand on; undefined for a database trigger. */
  readonly parent: readonly string[] | undefined;
  readonly references: References;
}

/** A finding in a source file, for people: the position is a place to click on. */
export interface SourceProblem {
  readonly file: string;
  readonly line: number;
  readonly message: string;
}

interface Settings {
  ansiNulls: boolean;
  quotedIdentifier: boolean;
}

const CREATE_OR_ALTER: ReadonlySet<ModuleKind> = new Set(["procedure", "function", "view", "trigger"]);

export function readModules(text: string, file: string, defaultSchema: string): { modules: ModuleSource[]; problems: SourceProblem[] } {
  const modules: ModuleSource[] = [];
  const problems: SourceProblem[] = [];
  const dropped: { line: number; name: string }[] = [];
  const settings: Settings = { ansiNulls: true, quotedIdentifier: true };
  let batches: Batch[];
  try {
    batches = splitBatches(text);
  } catch (error) {
    if (!(error instanceof UnterminatedTokenError)) throw error;
    return { modules, problems: [{ file, line: error.line, message: error.message }] };
  }
  for (const batch of batches) readBatch(batch);
  for (const drop of dropped)
    if (!modules.some((m) => m.name.toLowerCase() === drop.name.toLowerCase()))
      problems.push({ file, line: drop.line, message: `DROP of ${drop.name}, which this file does not create: delete the statement; a bundle drops what leaves its directory` });
  return { modules, problems };

  function readBatch(batch: Batch): void {
    const problem = (line: number, message: string): void => void problems.push({ file, line: batch.line + line - 1, message });
    const headers = headersOf(batch.text, batch.tokens);
    const first = headers[0];
    const lead = skipTrivia(batch.tokens, 0);
    if (!first || first.verb !== lead) {
      const end = first ? first.verb : batch.tokens.length;
      if (!readLead(batch, lead, end, problem)) return;
    }
    if (batch.repeat !== 1 && headers.length > 0) problem(1, `GO ${batch.repeat} would repeat a definition: write GO alone`);
    headers.forEach((header, index) => {
      const start = index === 0 ? (header.verb === lead ? 0 : header.verb) : startOf(batch, headers[index - 1]!, header);
      const end = index + 1 < headers.length ? startOf(batch, header, headers[index + 1]!) : batch.tokens.length;
      const module = readModule(batch, header, start, end, problem);
      if (module) modules.push(module);
    });
  }

  /** What may stand before or between definitions: SET options, PRINT-free guards that drop what is created next. */
  function readLead(batch: Batch, from: number, to: number, problem: (line: number, message: string) => void): boolean {
    let at = from;
    while (at < to) {
      const word = wordAt(batch.text, batch.tokens, at);
      const line = batch.tokens[at]!.line;
      if (isOperator(batch.text, batch.tokens[at], ";")) at = skipTrivia(batch.tokens, at + 1);
      else if (word === "SET") {
        const next = readSet(batch, at);
        if (!next) {
          problem(line, "only SET ANSI_NULLS and SET QUOTED_IDENTIFIER travel with a module: move other SET statements into a body");
          return false;
        }
        at = next;
      } else if (word === "IF" || word === "DROP") {
        const drop = findDrop(batch, at, to);
        if (!drop) {
          problem(line, `a bundle holds definitions only; this ${word} statement is not one`);
          return false;
        }
        dropped.push({ line: batch.line + line - 1, name: drop.name });
        at = drop.next;
      } else {
        const shown = batch.text.slice(batch.tokens[at]!.start, batch.tokens[at]!.end);
        problem(
          line,
          word === "USE"
            ? "USE: the bundle's `database` says where it goes; delete the statement"
            : `a bundle holds procedures, functions, views, triggers, types, synonyms and sequences; "${shown}" begins none of them`,
        );
        return false;
      }
    }
    return true;
  }

  function readSet(batch: Batch, at: number): number | undefined {
    const names: (keyof Settings)[] = [];
    let i = at;
    do {
      i = skipTrivia(batch.tokens, i + 1);
      const option = wordAt(batch.text, batch.tokens, i);
      if (option === "ANSI_NULLS") names.push("ansiNulls");
      else if (option === "QUOTED_IDENTIFIER") names.push("quotedIdentifier");
      else return undefined;
      i = skipTrivia(batch.tokens, i + 1);
    } while (isOperator(batch.text, batch.tokens[i], ","));
    const value = wordAt(batch.text, batch.tokens, i);
    if (value !== "ON" && value !== "OFF") return undefined;
    for (const name of names) settings[name] = value === "ON";
    return skipTrivia(batch.tokens, i + 1);
  }

  function readModule(batch: Batch, header: Header, start: number, end: number, problem: (line: number, message: string) => void): ModuleSource | undefined {
    const { text: source, tokens } = batch;
    const line = tokens[header.verb]!.line;
    const what = `${header.kind} ${header.name}`;
    if (header.databasePrefix) {
      problem(line, `${what}: a database prefix is not allowed here (the server's error 166); write schema.name`);
      return undefined;
    }
    if (header.number !== undefined) {
      problem(line, `${what};${header.number}: numbered procedures are deprecated and not managed; give each its own name`);
      return undefined;
    }
    if (header.kind !== "procedure" && header.kind !== "function" && header.kind !== "view" && header.kind !== "trigger" && wordAt(source, tokens, header.verb) === "ALTER") {
      problem(line, `${what}: write CREATE; a bundle works out the ALTER`);
      return undefined;
    }
    const schema = header.schema ?? defaultSchema;
    const verbStart = tokens[header.verb]!.start;
    const kindStart = tokens[header.kindToken]!.start;
    const nameStart = tokens[header.nameToken]!.start;
    const textStart = tokens[start]!.start;
    const textEnd = endOf(source, tokens, start, end);
    const verb = CREATE_OR_ALTER.has(header.kind) ? "CREATE OR ALTER " : "CREATE ";
    const onDatabase = header.kind === "trigger" && wordAt(source, tokens, skipTrivia(tokens, skipTrivia(tokens, header.afterName) + 1)) === "DATABASE";
    const name = header.schema === undefined && !onDatabase ? `[${defaultSchema.replaceAll("]", "]]")}].` : "";
    const clauses = words(source, tokens, header.afterName, end);
    return {
      kind: header.kind,
      schema: onDatabase ? "" : schema,
      name: header.name,
      file,
      line: batch.line + tokens[start]!.line - 1,
      batch: source.slice(textStart, verbStart) + verb + source.slice(kindStart, nameStart) + name + source.slice(nameStart, textEnd),
      ansiNulls: settings.ansiNulls,
      quotedIdentifier: settings.quotedIdentifier,
      schemaBound: clauses.beforeBody.includes("SCHEMABINDING"),
      functionKind: header.kind === "function" ? functionKind(source, tokens, header.afterName, end) : undefined,
      external: clauses.all.some((word, i) => word === "EXTERNAL" && clauses.all[i + 1] === "NAME"),
      parent: header.kind === "trigger" && !onDatabase ? readName(source, tokens, skipTrivia(tokens, skipTrivia(tokens, header.afterName) + 1))?.parts : undefined,
      references: referencesOf(source, tokens, header.afterName, end),
    };
  }
}

/** Comments that stand directly before a CREATE belong to it, so a module ends with its last token that is not trivia. */
function startOf(batch: Batch, previous: Header, header: Header): number {
  let at = header.verb - 1;
  while (at > previous.afterName && isTrivia(batch.tokens[at]!)) at--;
  return skipBlank(batch.tokens, at + 1);
}

function skipBlank(tokens: readonly Token[], index: number): number {
  while (tokens[index]?.kind === "whitespace") index++;
  return index;
}

function endOf(text: string, tokens: readonly Token[], start: number, end: number): number {
  let last = end - 1;
  while (last > start && tokens[last]!.kind === "whitespace") last--;
  return tokens[last]!.end;
}

/** Upper-case words of the statement, and those before AS (where the WITH options stand). */
function words(text: string, tokens: readonly Token[], from: number, to: number): { all: string[]; beforeBody: string[] } {
  const all: string[] = [];
  for (let i = from; i < to; i++) if (tokens[i]!.kind === "word") all.push(text.slice(tokens[i]!.start, tokens[i]!.end).toUpperCase());
  const body = all.indexOf("AS", Math.max(0, all.indexOf("WITH")));
  return { all, beforeBody: body < 0 ? all : all.slice(0, body + 1) };
}

function functionKind(text: string, tokens: readonly Token[], from: number, to: number): "scalar" | "inline" | "table" {
  for (let i = from; i < to; i++) {
    if (wordAt(text, tokens, i) !== "RETURNS") continue;
    const next = skipTrivia(tokens, i + 1);
    if (tokens[next]?.kind === "variable") return "table";
    return wordAt(text, tokens, next) === "TABLE" ? "inline" : "scalar";
  }
  return "scalar";
}

/** IF ... DROP kind [IF EXISTS] name, or the DROP alone: the name and where reading goes on. */
function findDrop(batch: Batch, from: number, to: number): { name: string; next: number } | undefined {
  for (let i = from; i < to; i++) {
    if (wordAt(batch.text, batch.tokens, i) !== "DROP") continue;
    let at = skipTrivia(batch.tokens, i + 1);
    at = skipTrivia(batch.tokens, at + 1);
    if (wordAt(batch.text, batch.tokens, at) === "IF") at = skipTrivia(batch.tokens, skipTrivia(batch.tokens, at + 1) + 1);
    const name = readName(batch.text, batch.tokens, at);
    return name && { name: name.parts.at(-1)!, next: skipTrivia(batch.tokens, name.next) };
  }
  return undefined;
}
