/** CREATE and ALTER DATABASE. https://learn.microsoft.com/sql/t-sql/statements/alter-database-transact-sql-set-options */
import type { AlterDatabaseAction, Definition, FileSpecification, FilegroupSpecification, Option } from "../ast";
import type { Cursor } from "./cursor";

export function parseCreateDatabase(c: Cursor, line: number): Definition {
  const name = c.identifier();
  let containment: string | undefined;
  if (c.take("CONTAINMENT")) {
    c.expectSymbol("=");
    containment = c.next().upper;
    if (containment !== "NONE" && containment !== "PARTIAL") throw c.unexpected(c.tokens[c.position - 1]);
  }
  const primary: FilegroupSpecification[] = [];
  let log: FileSpecification[] = [];
  if (c.take("ON")) {
    c.take("PRIMARY");
    const first: { -readonly [K in keyof FilegroupSpecification]: FilegroupSpecification[K] } = {
      name: "PRIMARY",
      isDefault: false,
      files: [],
    };
    primary.push(first);
    let current = first;
    do {
      if (c.take("FILEGROUP")) {
        const group = c.identifier();
        let contains: "filestream" | "memory-optimized" | undefined;
        if (c.take("CONTAINS")) contains = parseContains(c);
        const isDefault = c.take("DEFAULT");
        current = { name: group, ...(contains ? { contains } : {}), isDefault, files: [] };
        primary.push(current);
      }
      current.files.push(parseFile(c));
    } while (c.takeSymbol(","));
  }
  if (c.takeSequence("LOG", "ON")) log = c.list(() => parseFile(c));
  const collation = c.take("COLLATE") ? c.identifier() : undefined;
  const options: Option[] = [];
  if (c.take("WITH")) options.push(...c.list(() => c.option()));
  if (c.is("FOR")) throw c.notImplemented("CREATE DATABASE ... FOR ATTACH");
  if (c.isSequence("AS", "SNAPSHOT", "OF")) throw c.notImplemented("database snapshots");
  return {
    kind: "create-database",
    name,
    ...(containment ? { containment } : {}),
    primary,
    log,
    ...(collation ? { collation } : {}),
    options,
    forAttach: false,
    line,
  };
}

function parseContains(c: Cursor): "filestream" | "memory-optimized" {
  if (c.take("FILESTREAM")) return "filestream";
  c.expect("MEMORY_OPTIMIZED_DATA");
  return "memory-optimized";
}

function parseFile(c: Cursor): FileSpecification {
  c.expectSymbol("(");
  const file: { -readonly [K in keyof FileSpecification]: FileSpecification[K] } = {};
  do {
    const key = c.next().upper;
    if (key === "OFFLINE") {
      file.offline = true;
      continue;
    }
    c.expectSymbol("=");
    switch (key) {
      case "NAME":
        file.name = c.token.kind === "string" ? c.next().value : c.identifier();
        break;
      case "NEWNAME":
        file.newName = c.token.kind === "string" ? c.next().value : c.identifier();
        break;
      case "FILENAME":
        if (c.token.kind !== "string") throw c.unexpected();
        file.filename = c.next().value;
        break;
      case "SIZE":
        file.size = { name: key, ...c.optionValue() };
        break;
      case "MAXSIZE":
        file.maxSize = { name: key, ...c.optionValue() };
        break;
      case "FILEGROWTH":
        file.growth = { name: key, ...c.optionValue() };
        break;
      default:
        throw c.unexpected(c.tokens[c.position - 2]);
    }
  } while (c.takeSymbol(","));
  c.expectSymbol(")");
  return file;
}

export function parseAlterDatabase(c: Cursor, line: number): Definition {
  if (c.takeSequence("SCOPED", "CONFIGURATION")) {
    const words: string[] = [];
    while (!c.atEnd && !c.isSymbol(";")) {
      const token = c.next();
      words.push(token.kind === "string" ? `'${token.value}'` : token.upper || token.text);
    }
    if (words.length === 0) throw c.unexpected();
    return { kind: "alter-database", name: "current", action: { kind: "scoped-configuration", words }, line };
  }
  const name = c.take("CURRENT") ? ("current" as const) : c.identifier();
  return { kind: "alter-database", name, action: parseAction(c), line };
}

function parseAction(c: Cursor): AlterDatabaseAction {
  if (c.take("COLLATE")) return { kind: "collate", collation: c.identifier() };
  if (c.take("SET")) return parseSet(c);
  if (c.take("ADD")) {
    if (c.take("FILEGROUP")) {
      const name = c.identifier();
      return c.take("CONTAINS")
        ? { kind: "add-filegroup", name, contains: parseContains(c) }
        : { kind: "add-filegroup", name };
    }
    const log = c.take("LOG");
    c.expect("FILE");
    const files = c.list(() => parseFile(c));
    return c.takeSequence("TO", "FILEGROUP")
      ? { kind: "add-file", files, log, filegroup: c.identifier() }
      : { kind: "add-file", files, log };
  }
  if (c.take("REMOVE")) {
    if (c.take("FILEGROUP")) return { kind: "remove-filegroup", name: c.identifier() };
    c.expect("FILE");
    return { kind: "remove-file", file: c.token.kind === "string" ? c.next().value : c.identifier() };
  }
  c.expect("MODIFY");
  if (c.take("FILE")) return { kind: "modify-file", file: parseFile(c) };
  if (c.take("NAME")) {
    c.expectSymbol("=");
    return { kind: "modify-name", name: c.identifier() };
  }
  c.expect("FILEGROUP");
  const name = c.is("PRIMARY") ? c.next().value : c.identifier();
  if (c.take("NAME")) {
    c.expectSymbol("=");
    return { kind: "modify-filegroup", name, change: { newName: c.identifier() } };
  }
  const word = c.next().upper;
  const change = (
    {
      DEFAULT: "default",
      READ_ONLY: "read-only",
      READONLY: "read-only",
      READ_WRITE: "read-write",
      READWRITE: "read-write",
      AUTOGROW_ALL_FILES: "autogrow-all",
      AUTOGROW_SINGLE_FILE: "autogrow-single",
    } as const
  )[word];
  if (!change) throw c.unexpected(c.tokens[c.position - 1]);
  const termination = change === "default" ? undefined : parseTermination(c);
  return termination
    ? { kind: "modify-filegroup", name, change, termination }
    : { kind: "modify-filegroup", name, change };
}

/** SET options: NAME value, NAME = value, NAME = ON (sub-options); several, then the termination clause. */
function parseSet(c: Cursor): AlterDatabaseAction {
  const options = c.list((): Option => parseSetOption(c));
  const first = options[0]!;
  if (first.name === "COMPATIBILITY_LEVEL" && typeof first.value === "number")
    return { kind: "compatibility-level", level: first.value };
  const termination = parseTermination(c);
  return termination ? { kind: "set", options, termination } : { kind: "set", options };
}

type Termination = NonNullable<Extract<AlterDatabaseAction, { kind: "set" }>["termination"]>;

/** WITH NO_WAIT, ROLLBACK IMMEDIATE or ROLLBACK AFTER n [SECONDS]: after SET, and after read-only and autogrow of a filegroup. */
function parseTermination(c: Cursor): Termination | undefined {
  if (!c.take("WITH")) return undefined;
  if (c.take("NO_WAIT")) return { kind: "no-wait" };
  c.expect("ROLLBACK");
  if (c.take("IMMEDIATE")) return { kind: "rollback-immediate" };
  c.expect("AFTER");
  if (c.token.kind !== "integer") throw c.unexpected();
  const seconds = Number(c.next().text);
  c.take("SECONDS");
  return { kind: "rollback-after", seconds };
}

/** Options whose value follows "=", and those whose value follows without it; the rest take both. Source: reference sheet "databases" 3.1. */
const WITH_EQUALS = new Set(
  "ACCELERATED_DATABASE_RECOVERY CHANGE_TRACKING COMPATIBILITY_LEVEL CONTAINMENT DELAYED_DURABILITY DEFAULT_LANGUAGE DEFAULT_FULLTEXT_LANGUAGE NESTED_TRIGGERS TRANSFORM_NOISE_WORDS TWO_DIGIT_YEAR_CUTOFF MEMORY_OPTIMIZED_ELEVATE_TO_SNAPSHOT TARGET_RECOVERY_TIME OPTIMIZED_LOCKING".split(
    " ",
  ),
);
const WITHOUT_EQUALS = new Set(
  "AUTO_CLOSE AUTO_SHRINK AUTO_CREATE_STATISTICS AUTO_UPDATE_STATISTICS AUTO_UPDATE_STATISTICS_ASYNC RECOVERY PAGE_VERIFY PARAMETERIZATION READ_COMMITTED_SNAPSHOT ALLOW_SNAPSHOT_ISOLATION TRUSTWORTHY DB_CHAINING HONOR_BROKER_PRIORITY MIXED_PAGE_ALLOCATION TEMPORAL_HISTORY_RETENTION ANSI_NULL_DEFAULT ANSI_NULLS ANSI_PADDING ANSI_WARNINGS ARITHABORT CONCAT_NULL_YIELDS_NULL NUMERIC_ROUNDABORT QUOTED_IDENTIFIER RECURSIVE_TRIGGERS ENCRYPTION CURSOR_CLOSE_ON_COMMIT CURSOR_DEFAULT DATE_CORRELATION_OPTIMIZATION".split(
    " ",
  ),
);

function parseSetOption(c: Cursor): Option {
  const token = c.next();
  if (token.kind !== "word") throw c.unexpected(token);
  const name = token.upper;
  if (c.isSymbol("=") ? WITHOUT_EQUALS.has(name) : WITH_EQUALS.has(name) && !c.isSymbol("(")) throw c.unexpected();
  if (c.isSymbol("(")) return { name, value: c.options() };
  if (c.takeSymbol("=")) return { name, ...c.optionValue() };
  // ON may carry sub-options: CHANGE_TRACKING ON (...), QUERY_STORE CLEAR.
  if (c.token.kind === "word" && !c.isAny("WITH")) {
    const value = c.next().upper;
    if (c.isSymbol("(")) return { name, value: [{ name: value }, ...c.options()] };
    if (c.isAny("ALL") && name === "QUERY_STORE") c.next();
    return { name, value };
  }
  return { name };
}
