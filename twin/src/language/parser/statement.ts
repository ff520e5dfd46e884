/** One statement: the word that it begins with decides. */
import type { Statement } from "../ast";
import type { Cursor } from "./cursor";
import { parseAlterAssembly, parseCreateAggregate, parseCreateAssembly } from "./assembly";
import { parseAlterBroker, parseCreateBroker } from "./broker";
import { parseConversation, parseEndConversation, startsConversation } from "./conversation";
import { parseAlterDatabase, parseCreateDatabase } from "./database";
import { parseDml, parseTruncate } from "./dml";
import { parseExecute, parseImplicitExecute } from "./execute";
import { parseScalar } from "./expressions";
import { parseModule, type ModuleAction } from "./module";
import * as object from "./object";
import * as procedural from "./procedural";
import { parseCommonTableExpressions, parseQueryAfterWith } from "./query";
import * as security from "./security";
import { parseAlterTable, parseCreateTable } from "./table";
import {
  parseAlterIndex,
  parseCreateIndex,
  parseCreateStatistics,
  parseDropIndex,
  parseUpdateStatistics,
} from "./table-index";

const MODULES = ["PROC", "PROCEDURE", "FUNCTION", "VIEW", "TRIGGER"];

/** Statements up to the end that `done` sees, with their optional semicolons. */
export function parseStatements(c: Cursor, done: () => boolean): Statement[] {
  const statements: Statement[] = [];
  while (!done()) {
    if (c.atEnd) throw c.unexpected();
    if (c.takeSymbol(";")) continue;
    // These words are not reserved: what stands before them has to be closed.
    if (statements.length > 0 && startsConversation(c) && !closed(c)) throw c.unexpected();
    statements.push(parseStatement(c));
  }
  return statements;
}

function closed(c: Cursor): boolean {
  const before = c.tokens[c.position - 1];
  return before?.kind === "symbol" && (before.text === ";" || before.text === ":");
}

/** A statement and the semicolon that closes it, if one does. */
export function parseStatement(c: Cursor): Statement {
  while (c.takeSymbol(";"));
  const statement = parseBare(c);
  if (c.isSymbol(";") && !c.is("ELSE", 1)) c.next();
  return statement;
}

function parseBare(c: Cursor): Statement {
  const token = c.token;
  const line = token.line;
  if (token.kind === "symbol" && token.text === "(") return parseSelect(c);
  if (token.kind === "word" || token.kind === "quoted") {
    if (token.kind === "word" && c.isSymbol(":", 1) && !c.isSymbol("::", 1) && !token.reserved) {
      c.position += 2;
      return { kind: "label", label: token.value, line };
    }
    const parse = token.kind === "word" ? STATEMENTS[token.upper] : undefined;
    if (token.kind === "word" && startsConversation(c)) return parseConversation(c);
    if (c.isSequence("END", "CONVERSATION")) return parseEndConversation(c);
    if (parse && !(SOFT.has(token.upper) && !softStarts(c))) return parse(c);
    // A bare name first in a batch is a call.
    if (c.position === 0 && c.isName()) return parseImplicitExecute(c);
    if (
      /^(BACKUP|RESTORE|BULK|END|OPEN|SETUSER|READTEXT|WRITETEXT|UPDATETEXT|SHUTDOWN|LOAD|DUMP)$/.test(token.upper) &&
      token.upper !== "END"
    )
      throw c.notImplemented(`${token.upper} statement`);
  }
  throw c.unexpected();
}

/** Words that begin a statement only before certain others: they are not reserved. */
const SOFT = new Set(["ENABLE", "DISABLE", "THROW"]);
function softStarts(c: Cursor): boolean {
  return c.is("THROW") || c.is("TRIGGER", 1);
}

function parseSelect(c: Cursor): Statement {
  const line = c.line;
  return { kind: "select", query: parseQueryAfterWith(c, [], line), line };
}

function parseWith(c: Cursor): Statement {
  const line = c.line;
  const before = c.tokens[c.position - 1];
  // A common table expression asks for a semicolon before it, unless it is the first thing in its block.
  if (
    before &&
    !(before.kind === "symbol" && before.text === ";") &&
    !["BEGIN", "ELSE", "AS", "TRY", "CATCH", "RETURN"].includes(before.upper) &&
    !c.afterHeader
  ) {
    const error = c.error(319);
    throw error;
  }
  const common = parseCommonTableExpressions(c);
  if (c.isAny("INSERT", "UPDATE", "DELETE", "MERGE")) return parseDml(c, common);
  return { kind: "select", query: parseQueryAfterWith(c, common, line), line };
}

function parseCreate(c: Cursor): Statement {
  const start = c.position;
  const line = c.next().line;
  let action: ModuleAction = "create";
  if (c.takeSequence("OR", "ALTER")) action = "create-or-alter";
  if (MODULES.includes(c.token.upper)) return parseFirstModule(c, action, start, line);
  if (action !== "create") throw c.unexpected();
  if (c.take("TABLE")) return parseCreateTable(c, line);
  if (c.isAny("UNIQUE", "CLUSTERED", "NONCLUSTERED", "INDEX", "COLUMNSTORE")) return parseCreateIndex(c, line);
  if (c.take("STATISTICS")) return parseCreateStatistics(c, line);
  if (c.is("SCHEMA")) {
    if (c.nesting > 0) throw c.unexpected();
    if (start !== 0) throw c.error(111, ["CREATE SCHEMA"]);
    c.next();
    return object.parseCreateSchema(c, line);
  }
  if (c.take("SEQUENCE")) return object.parseSequence(c, "create", line);
  if (c.take("SYNONYM")) return object.parseCreateSynonym(c, line);
  if (c.take("TYPE")) return object.parseCreateType(c, line);
  if (c.take("DATABASE")) return parseCreateDatabase(c, line);
  if (c.takeSequence("PARTITION", "FUNCTION")) return object.parsePartitionFunction(c, line);
  if (c.takeSequence("PARTITION", "SCHEME")) return object.parsePartitionScheme(c, line);
  if (c.take("ASSEMBLY")) return parseCreateAssembly(c, line);
  if (c.take("AGGREGATE")) return parseCreateAggregate(c, start, line);
  const broker = parseCreateBroker(c, line);
  if (broker) return broker;
  const principal = security.takePrincipalKind(c);
  if (principal) return security.parseCreatePrincipal(c, principal, line);
  throw c.token.kind === "word" && !c.atEnd ? c.notImplemented(`CREATE ${c.token.upper}`) : c.unexpected();
}

function parseFirstModule(c: Cursor, action: ModuleAction, start: number, line: number): Statement {
  const what = c.token.upper === "PROC" ? "PROCEDURE" : c.token.upper;
  // Below IF, BEGIN or WHILE the grammar stops at the word: 156.
  if (c.nesting > 0) throw c.unexpected();
  if (start !== 0) {
    const error = c.error(111, [`${action === "alter" ? "ALTER" : "CREATE"} ${what}`]);
    error.line = line;
    throw error;
  }
  return parseModule(c, action, start, line);
}

function parseAlter(c: Cursor): Statement {
  const start = c.position;
  const line = c.next().line;
  if (MODULES.includes(c.token.upper)) return parseFirstModule(c, "alter", start, line);
  if (c.take("TABLE")) return parseAlterTable(c, line);
  if (c.take("INDEX")) return parseAlterIndex(c, line);
  if (c.take("DATABASE")) return parseAlterDatabase(c, line);
  if (c.take("SCHEMA")) return object.parseAlterSchema(c, line);
  if (c.take("SEQUENCE")) return object.parseSequence(c, "alter", line);
  if (c.take("AUTHORIZATION")) return security.parseAlterAuthorization(c, line);
  if (c.takeSequence("PARTITION", "FUNCTION")) return object.parseAlterPartitionFunction(c, line);
  if (c.takeSequence("PARTITION", "SCHEME")) return object.parseAlterPartitionScheme(c, line);
  if (c.take("ASSEMBLY")) return parseAlterAssembly(c, line);
  const broker = parseAlterBroker(c, line);
  if (broker) return broker;
  const principal = security.takePrincipalKind(c);
  if (principal) return security.parseAlterPrincipal(c, principal, line);
  throw c.token.kind === "word" && !c.atEnd ? c.notImplemented(`ALTER ${c.token.upper}`) : c.unexpected();
}

function parseDrop(c: Cursor): Statement {
  const line = c.next().line;
  if (c.take("INDEX")) return parseDropIndex(c, line);
  if (c.take("STATISTICS")) return { kind: "drop-statistics", names: c.list(() => c.name()), line };
  return object.parseDrop(c, line);
}

function parseUpdate(c: Cursor): Statement {
  if (!c.is("STATISTICS", 1)) return parseDml(c, []);
  const line = c.next().line;
  c.next();
  return parseUpdateStatistics(c, line);
}

function parseExecuteOrAs(c: Cursor): Statement {
  const impersonates = c.is("AS", 1) && ["USER", "LOGIN", "CALLER", "SELF", "OWNER"].includes(c.peek(2).upper);
  return impersonates ? procedural.parseExecuteAs(c) : parseExecute(c);
}

function loopWord(c: Cursor, kind: "break" | "continue"): Statement {
  if (c.loops === 0) throw c.error(kind === "break" ? 135 : 136);
  return { kind, line: c.next().line };
}

const dml = (c: Cursor): Statement => parseDml(c, []);

const STATEMENTS: Record<string, ((c: Cursor) => Statement) | undefined> = {
  SELECT: parseSelect,
  WITH: parseWith,
  INSERT: (c) => (c.is("BULK", 1) ? parseInsertBulk(c) : dml(c)),
  UPDATE: parseUpdate,
  DELETE: dml,
  MERGE: dml,
  TRUNCATE: parseTruncate,
  EXEC: parseExecuteOrAs,
  EXECUTE: parseExecuteOrAs,
  BEGIN: procedural.parseBegin,
  IF: procedural.parseIf,
  WHILE: procedural.parseWhile,
  BREAK: (c) => loopWord(c, "break"),
  CONTINUE: (c) => loopWord(c, "continue"),
  GOTO: (c) => ({ kind: "goto", line: c.next().line, label: c.identifier() }),
  RETURN: procedural.parseReturn,
  THROW: procedural.parseThrow,
  RAISERROR: procedural.parseRaiserror,
  PRINT: (c) => ({ kind: "print", line: c.next().line, value: parseScalar(c) }),
  DECLARE: procedural.parseDeclare,
  SET: procedural.parseSet,
  WAITFOR: procedural.parseWaitFor,
  COMMIT: procedural.parseTransactionEnd,
  ROLLBACK: procedural.parseTransactionEnd,
  SAVE: procedural.parseTransactionEnd,
  USE: (c) => {
    if (c.context !== "batch") throw c.error(154, ["a USE database statement"]);
    return { kind: "use", line: c.next().line, database: c.identifier() };
  },
  OPEN: procedural.parseCursorAction,
  CLOSE: procedural.parseCursorAction,
  DEALLOCATE: procedural.parseCursorAction,
  FETCH: procedural.parseFetch,
  REVERT: (c) => ({ kind: "revert", line: c.next().line }),
  CHECKPOINT: (c) => ({ kind: "checkpoint", line: c.next().line }),
  KILL: (c) => ({ kind: "kill", line: c.next().line, spid: parseScalar(c) }),
  DBCC: procedural.parseDbcc,
  RECONFIGURE: (c) => ({ kind: "reconfigure", line: c.next().line, withOverride: c.takeSequence("WITH", "OVERRIDE") }),
  CREATE: parseCreate,
  ALTER: parseAlter,
  DROP: parseDrop,
  GRANT: security.parsePermission,
  DENY: security.parsePermission,
  REVOKE: security.parsePermission,
  ENABLE: object.parseEnableTrigger,
  DISABLE: object.parseEnableTrigger,
};

/** INSERT BULK t (c type, ...) WITH (...): the statement before a bulk-load packet. */
function parseInsertBulk(c: Cursor): Statement {
  const line = c.next().line;
  c.next();
  const table = c.name();
  const columns = c.parenthesized(() => {
    const name = c.identifier();
    const type = c.type();
    let nullable = true;
    if (c.take("COLLATE")) c.identifier();
    if (c.takeSequence("NOT", "NULL")) nullable = false;
    else c.take("NULL");
    return { name, type, nullable };
  });
  const options = c.take("WITH") ? c.parenthesized(() => c.next().upper) : [];
  return { kind: "insert-bulk", table, columns, options, line };
}
