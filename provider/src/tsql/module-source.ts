/**
 * Reads the modules of a script: what each statement creates, under which SET options, and what it mentions. Refuses
 * what a bundle cannot own, with file and line. Keeps each text once and no tokens, so that 50,000 modules fit in memory.
 */
import { quoteName } from "../engine/quoting";
import { findImbalance } from "./balance";
import { findPreparation, findStrayPermission } from "./script-habits";
import { splitBatches, type Batch } from "./batches";
import { readSequence, readSynonym, readType, type Shape } from "./declared";
import { definitionText, type Insertion } from "./definition-text";
import { intern, storedHash } from "./definition";
import { isTrivia, UnterminatedTokenError, type Token } from "./lexer";
import { headersOf, isOperator, readName, skipTrivia, wordAt, type Header, type ModuleKind } from "./module-header";
import { referencesOf, type Reference } from "./references";
import { adviceFor } from "./statement-owners";

export interface ModuleSource {
  readonly kind: ModuleKind;
  /** Empty for DDL triggers of the database. */
  readonly schema: string;
  readonly name: string;
  readonly file: string;
  /** 1-based line of `text`'s first character in its file. */
  readonly line: number;
  /** Line of the CREATE in the file. */
  readonly headerLine: number;
  /** The statement as it creates the object, the schema always written: what the server stores, letter by letter. */
  readonly text: string;
  /** Offset of CREATE in `text`. */
  readonly verb: number;
  /** SHA-256 of `text` as the server stores it; of a table type, which has no stored text, of its tokens. */
  readonly hash: string;
  readonly ansiNulls: boolean;
  readonly quotedIdentifier: boolean;
  readonly schemaBound: boolean;
  readonly native: boolean;
  readonly encrypted: boolean;
  /** Functions only. */
  readonly functionKind: FunctionKind | undefined;
  /** The body is outside T-SQL (EXTERNAL NAME). */
  readonly external: boolean;
  /** A view or inline function with `*` in its SELECT: its columns are those of the day it was made. */
  readonly selectsStar: boolean;
  /** User of EXECUTE AS 'user'. */
  readonly executeAs: string | undefined;
  /** DML triggers: the table or view they stand on. */
  readonly parent: { readonly schema: string; readonly name: string } | undefined;
  /** Lines count in `text`. */
  readonly references: readonly Reference[];
  /** Types, synonyms and sequences. */
  readonly shape: Shape | undefined;
}

export type FunctionKind = "scalar" | "inline" | "table";

/** A finding in a source file, for people: the position is a place to click on. */
export interface SourceProblem {
  readonly file: string;
  readonly line: number;
  readonly message: string;
}

export interface ReadModules {
  readonly modules: ModuleSource[];
  readonly problems: SourceProblem[];
}

interface Settings {
  ansiNulls: boolean;
  quotedIdentifier: boolean;
}

type Report = (line: number, message: string) => void;

const READ_SHAPE = { type: readType, synonym: readSynonym, sequence: readSequence } as const;

export function readModules(text: string, file: string, defaultSchema: string): ReadModules {
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
  const created = new Set(modules.map((module) => module.name.toLowerCase()));
  for (const drop of dropped)
    if (problems.length === 0 && !created.has(drop.name.toLowerCase()))
      problems.push({
        file,
        line: drop.line,
        message: `this statement prepares ${drop.name}, which the file does not define: delete it; a bundle makes and drops objects by itself`,
      });
  return { modules, problems };

  function readBatch(batch: Batch): void {
    const report: Report = (line, message) => void problems.push({ file, line: batch.line + line - 1, message });
    const headers = headersOf(batch.text, batch.tokens);
    const first = headers[0];
    const lead = skipTrivia(batch.tokens, 0);
    if (!first || first.verb !== lead) {
      const end = first ? first.verb : batch.tokens.length;
      if (!readLead(batch, lead, end, report)) return;
    }
    if (batch.repeat !== 1 && headers.length > 0)
      report(1, `GO ${batch.repeat} would repeat a definition: write GO alone`);
    headers.forEach((header, index) => {
      const previous = headers[index - 1];
      const next = headers[index + 1];
      const start = previous
        ? startOf(batch, previous, header)
        : header.verb === lead
          ? skipBlanks(batch.tokens, 0)
          : header.verb;
      const end = next ? startOf(batch, header, next) : batch.tokens.length;
      const module = readModule(batch, header, start, end, report);
      if (module) modules.push(module);
    });
  }

  /** What may stand before or after definitions: SET options, and guards that drop what is created next. */
  function readLead(batch: Batch, from: number, to: number, report: Report): boolean {
    let at = from;
    while (at < to) {
      const word = wordAt(batch.tokens, at);
      const line = batch.tokens[at]!.line;
      if (isOperator(batch.text, batch.tokens[at], ";")) at = skipTrivia(batch.tokens, at + 1);
      else if (word === "SET") {
        const next = readSet(batch, at);
        if (next === undefined) {
          report(
            line,
            "only SET ANSI_NULLS and SET QUOTED_IDENTIFIER travel with a module: move other SET statements into a body",
          );
          return false;
        }
        at = next;
      } else {
        const drop = word === "IF" || word === "DROP" ? findPreparation(batch, at, to) : undefined;
        if (!drop) {
          const words = firstWords(batch, at, to);
          report(line, `a bundle holds no ${words.slice(0, 2).join(" ")}: ${adviceFor(words)}`);
          return false;
        }
        dropped.push({ line: batch.line + line - 1, name: drop.name });
        at = drop.next;
      }
    }
    return true;
  }

  function readSet(batch: Batch, at: number): number | undefined {
    const names: (keyof Settings)[] = [];
    let i = at;
    do {
      i = skipTrivia(batch.tokens, i + 1);
      const option = wordAt(batch.tokens, i);
      if (option === "ANSI_NULLS") names.push("ansiNulls");
      else if (option === "QUOTED_IDENTIFIER") names.push("quotedIdentifier");
      else return undefined;
      i = skipTrivia(batch.tokens, i + 1);
    } while (isOperator(batch.text, batch.tokens[i], ","));
    const value = wordAt(batch.tokens, i);
    if (value !== "ON" && value !== "OFF") return undefined;
    for (const name of names) settings[name] = value === "ON";
    return skipTrivia(batch.tokens, i + 1);
  }

  function readModule(
    batch: Batch,
    header: Header,
    start: number,
    end: number,
    report: Report,
  ): ModuleSource | undefined {
    const { text: source, tokens } = batch;
    const line = tokens[header.verb]!.line;
    const what = `${header.kind} ${header.name}`;
    const refuse = (reason: string): undefined => void report(line, `${what}: ${reason}`);
    if (header.databasePrefix)
      return refuse("a database prefix is not allowed here (the server's error 166); write schema.name");
    if (header.number !== undefined)
      return refuse(`numbered procedures (;${header.number}) are deprecated and not managed; give each its own name`);
    if (header.name === "" || header.name.length > 128) return refuse("a name has 1 to 128 characters");

    const target = header.kind === "trigger" ? triggerTarget(source, tokens, header.afterName) : undefined;
    if (header.kind === "trigger" && !target)
      return refuse("ON and the table, the view or DATABASE must follow the name");
    if (target === "server") return refuse("a trigger ON ALL SERVER belongs to no database and is not managed here");
    const onDatabase = target === "database";
    const parent = typeof target === "object" ? target : undefined;
    if (header.name.startsWith("#")) return refuse("temporary objects are not deployed");

    const shaped =
      header.kind === "type" || header.kind === "synonym" || header.kind === "sequence" ? header.kind : undefined;
    if (shaped && wordAt(tokens, header.verb) === "ALTER") return refuse("write CREATE; a bundle works out the ALTER");
    const read = shaped && READ_SHAPE[shaped](source, tokens, header.afterName);
    if (typeof read === "string") return refuse(read);
    const bodyEnd = read ? read.next : endOf(tokens, start, end);
    if (read && !readLead(batch, skipTrivia(tokens, read.next), end, report)) return undefined;
    const imbalance = findImbalance(source, tokens, header.afterName, bodyEnd);
    if (imbalance) {
      report(imbalance.line, `${what}: ${imbalance.message}`);
      return undefined;
    }

    const grant = findStrayPermission(source, tokens, header, bodyEnd);
    if (grant !== undefined) {
      report(
        grant,
        `${what}: without GO before it this statement is part of the ${header.kind}; ${adviceFor(["GRANT"])}`,
      );
      return undefined;
    }

    const schema = header.schema ?? parent?.schema ?? defaultSchema;
    const insertions: Insertion[] = [];
    if (header.schema === undefined && !onDatabase)
      insertions.push({ at: tokens[header.nameToken]!.start, text: `${quoteName(schema)}.` });
    // A trigger with a schema needs its table's schema too.
    if (parent && parent.schema === undefined) insertions.push({ at: parent.start, text: `${quoteName(schema)}.` });
    const definition = definitionText(source, tokens, header, start, bodyEnd, insertions);
    const options = optionsOf(source, tokens, header.afterName, bodyEnd);
    const functionKind =
      header.kind === "function" ? functionKindOf(source, tokens, header.afterName, bodyEnd) : undefined;
    const external = externalNameAt(tokens, header.afterName, bodyEnd);
    const textLine = tokens[start]!.line - 1;
    return {
      kind: header.kind,
      schema: onDatabase ? "" : intern(schema),
      name: intern(header.name),
      file,
      line: batch.line + textLine,
      headerLine: batch.line + line - 1,
      text: definition.text,
      verb: definition.verb,
      hash:
        read?.shape.shape === "table-type"
          ? tokenHash(source, tokens, header.kindToken, bodyEnd)
          : storedHash(definition.text),
      ansiNulls: settings.ansiNulls,
      quotedIdentifier: settings.quotedIdentifier,
      schemaBound: options.words.has("SCHEMABINDING"),
      native: options.words.has("NATIVE_COMPILATION"),
      encrypted: options.words.has("ENCRYPTION"),
      functionKind,
      external: external !== undefined,
      selectsStar:
        (header.kind === "view" || functionKind === "inline") && selectsStar(source, tokens, header.afterName, bodyEnd),
      executeAs: options.executeAs,
      parent: parent && { schema: intern(parent.schema ?? schema), name: intern(parent.name) },
      references: referencesOf(source, tokens, header.afterName, external ?? bodyEnd, settings.quotedIdentifier).map(
        (reference) => ({
          ...reference,
          line: reference.line - textLine,
        }),
      ),
      shape: read?.shape,
    };
  }
}

/** Blanks and comments do not count: a new comment must not replace a type. */
function tokenHash(text: string, tokens: readonly Token[], from: number, to: number): string {
  const significant = tokens.slice(from, to).filter((token) => !isTrivia(token));
  return storedHash(significant.map((token) => text.slice(token.start, token.end)).join(" "));
}

/** Comments that stand directly before a CREATE belong to it, so a module ends with its last token that is not trivia. */
function startOf(batch: Batch, previous: Header, header: Header): number {
  let at = header.verb - 1;
  while (at > previous.afterName && isTrivia(batch.tokens[at]!)) at--;
  return skipBlanks(batch.tokens, at + 1);
}

function skipBlanks(tokens: readonly Token[], index: number): number {
  let at = index;
  while (tokens[at]?.kind === "whitespace") at++;
  return at;
}

function endOf(tokens: readonly Token[], start: number, end: number): number {
  let last = end;
  while (last > start + 1 && tokens[last - 1]!.kind === "whitespace") last--;
  return last;
}

function firstWords(batch: Batch, from: number, to: number): string[] {
  const words: string[] = [];
  for (let at = from; at < to && words.length < 3; at = skipTrivia(batch.tokens, at + 1)) {
    const token = batch.tokens[at]!;
    words.push(batch.text.slice(token.start, token.end).toUpperCase());
  }
  return words;
}

type TriggerTarget = { schema: string | undefined; name: string; start: number } | "database" | "server";

function triggerTarget(text: string, tokens: readonly Token[], afterName: number): TriggerTarget | undefined {
  const on = skipTrivia(tokens, afterName);
  if (wordAt(tokens, on) !== "ON") return undefined;
  const at = skipTrivia(tokens, on + 1);
  const word = wordAt(tokens, at);
  if (word === "DATABASE") return "database";
  if (word === "ALL") return "server";
  const parent = readName(text, tokens, at);
  return parent && { schema: parent.parts.at(-2) || undefined, name: parent.parts.at(-1)!, start: tokens[at]!.start };
}

/** Words of the WITH clause that stands before the body, and the user of EXECUTE AS. */
function optionsOf(
  text: string,
  tokens: readonly Token[],
  from: number,
  to: number,
): { words: Set<string>; executeAs: string | undefined } {
  const words = new Set<string>();
  let executeAs: string | undefined;
  let depth = 0;
  let inOptions = false;
  let before = "";
  for (let at = from; at < to; at++) {
    const token = tokens[at]!;
    if (isTrivia(token)) continue;
    const word = wordAt(tokens, at);
    const beforeThis = before;
    before = token.kind === "variable" ? "@" : word;
    if (isOperator(text, token, "(")) depth++;
    else if (isOperator(text, token, ")")) depth--;
    if (depth > 0) continue;
    if (word === "BEGIN" || word === "RETURN") break;
    if (word === "AS" && beforeThis !== "@" && !(inOptions && beforeThis.startsWith("EXEC"))) break;
    if (word === "WITH") inOptions = true;
    else if (inOptions && word !== "") words.add(word);
    else if (inOptions && token.kind === "string" && beforeThis === "AS")
      executeAs = text.slice(text.indexOf("'", token.start) + 1, token.end - 1).replaceAll("''", "'");
  }
  return { words, executeAs };
}

/** Where EXTERNAL NAME stands: what follows names a method, and no object. */
function externalNameAt(tokens: readonly Token[], from: number, to: number): number | undefined {
  for (let at = from; at < to; at++)
    if (wordAt(tokens, at) === "EXTERNAL" && wordAt(tokens, skipTrivia(tokens, at + 1)) === "NAME") return at;
  return undefined;
}

/** SELECT *, t.* and the like: not a multiplication, not COUNT(*). */
function selectsStar(text: string, tokens: readonly Token[], from: number, to: number): boolean {
  let previous = -1;
  for (let at = from; at < to; at++) {
    const token = tokens[at]!;
    if (isTrivia(token)) continue;
    if (isOperator(text, token, "*")) {
      const word = wordAt(tokens, previous);
      const after = isOperator(text, tokens[previous], ".") || isOperator(text, tokens[previous], ",");
      if (after || word === "SELECT" || word === "DISTINCT" || word === "ALL") return true;
    }
    previous = at;
  }
  return false;
}

function functionKindOf(text: string, tokens: readonly Token[], from: number, to: number): FunctionKind {
  for (let i = from; i < to; i++) {
    if (wordAt(tokens, i) !== "RETURNS") continue;
    const next = skipTrivia(tokens, i + 1);
    if (tokens[next]?.kind === "variable") return "table";
    if (wordAt(tokens, next) !== "TABLE") return "scalar";
    // A CLR table function declares its columns; an inline one never does.
    return isOperator(text, tokens[skipTrivia(tokens, next + 1)], "(") ? "table" : "inline";
  }
  return "scalar";
}
