/** Control flow, variables, SET, transactions, cursors, errors. */
import type { BinaryOperator, Expression, Statement, VariableDeclaration } from "../ast";
import type { Cursor } from "./cursor";
import { parseBeginDialog, parseWaitForMessage } from "./conversation";
import { parseExpression, parseScalar } from "./expressions";
import { parseQuery } from "./query";
import { parseStatement, parseStatements } from "./statement";
import { parseTableDefinition } from "./table";

export function parseBegin(c: Cursor): Statement {
  const line = c.next().line;
  if (c.isAny("TRAN", "TRANSACTION")) {
    c.next();
    const name = transactionName(c);
    if (c.isSequence("WITH", "MARK")) {
      c.position += 2;
      const mark = c.token.kind === "string" ? c.next().value : "";
      return { kind: "begin-transaction", ...(name ? { name } : {}), mark, line };
    }
    return { kind: "begin-transaction", ...(name ? { name } : {}), line };
  }
  if (c.is("DIALOG") || c.isSequence("CONVERSATION", "TIMER")) return parseBeginDialog(c, line);
  if (c.is("DISTRIBUTED") || c.is("ATOMIC")) throw c.notImplemented(`BEGIN ${c.token.upper}`);
  if (c.is("TRY")) {
    c.next();
    const body = c.within(() => parseStatements(c, () => c.isSequence("END", "TRY")));
    c.position += 2;
    c.takeSymbol(";");
    c.expect("BEGIN", "CATCH");
    const handler = c.within(() => parseStatements(c, () => c.isSequence("END", "CATCH")));
    c.position += 2;
    return { kind: "try", body, catch: handler, line };
  }
  const statements = c.within(() => parseStatements(c, () => c.is("END") && !c.is("CONVERSATION", 1)));
  if (statements.length === 0) throw c.unexpected();
  c.expect("END");
  return { kind: "block", statements, line };
}

function transactionName(c: Cursor): string | { variable: string } | undefined {
  if (c.token.kind === "variable") return { variable: c.next().text };
  if (c.token.kind === "quoted") return c.next().value;
  return c.isName() && !c.isSymbol(":", 1) && !startsWord(c) ? c.next().value : undefined;
}

/** Words that begin a statement although they are not reserved. */
function startsWord(c: Cursor): boolean {
  return c.isAny("THROW", "ENABLE", "DISABLE");
}

export function parseIf(c: Cursor): Statement {
  const line = c.next().line;
  const condition = parseExpression(c);
  const then = c.within(() => parseStatement(c));
  // The semicolon of the first branch may stand before ELSE.
  if (c.isSymbol(";") && c.is("ELSE", 1)) c.next();
  const otherwise = c.take("ELSE") ? c.within(() => parseStatement(c)) : undefined;
  return { kind: "if", condition, then, ...(otherwise ? { else: otherwise } : {}), line };
}

export function parseWhile(c: Cursor): Statement {
  const line = c.next().line;
  const condition = parseExpression(c);
  c.loops++;
  const body = c.within(() => parseStatement(c));
  c.loops--;
  return { kind: "while", condition, body, line };
}

export function parseDeclare(c: Cursor): Statement {
  const line = c.next().line;
  if (c.isName()) return parseDeclareCursor(c, line);
  const variables = [parseVariable(c)];
  // A table variable is declared alone.
  while (variables[0]!.table === undefined && c.takeSymbol(",")) {
    if (c.is("TABLE", 1) || (c.is("AS", 1) && c.is("TABLE", 2))) throw c.unexpected(c.peek());
    variables.push(parseVariable(c));
  }
  return { kind: "declare", variables, line };
}

function parseVariable(c: Cursor): VariableDeclaration {
  const line = c.line;
  const name = c.variable();
  c.take("AS");
  if (c.is("TABLE")) {
    c.next();
    return { name, table: parseTableDefinition(c), line };
  }
  if (c.is("CURSOR")) throw c.notImplemented("cursor variables");
  const type = c.type();
  const value = c.takeSymbol("=") ? parseScalar(c) : undefined;
  return { name, type, ...(value ? { value } : {}), line };
}

function parseDeclareCursor(c: Cursor, line: number): Statement {
  const name = c.identifier();
  const words: string[] = [];
  while (c.isAny("INSENSITIVE", "SCROLL")) words.push(c.next().upper);
  c.expect("CURSOR");
  while (!c.is("FOR") && c.token.kind === "word") words.push(c.next().upper);
  c.expect("FOR");
  const query = parseQuery(c);
  if (c.takeSequence("FOR", "READ", "ONLY") || c.takeSequence("READ", "ONLY")) words.push("READ_ONLY");
  if (c.is("FOR")) throw c.notImplemented("cursor FOR UPDATE");
  return { kind: "declare-cursor", name, words, query, line };
}

function cursorName(c: Cursor): string {
  c.take("GLOBAL");
  if (c.token.kind === "variable") throw c.notImplemented("cursor variables");
  return c.identifier();
}

export function parseCursorAction(c: Cursor): Statement {
  const line = c.line;
  const action = c.next().upper.toLowerCase() as "open" | "close" | "deallocate";
  return { kind: "cursor", action, cursor: cursorName(c), line };
}

export function parseFetch(c: Cursor): Statement {
  const line = c.next().line;
  let direction = "NEXT";
  let offset: Expression | undefined;
  if (c.isAny("NEXT", "PRIOR", "FIRST", "LAST", "ABSOLUTE", "RELATIVE")) {
    direction = c.next().upper;
    if (direction === "ABSOLUTE" || direction === "RELATIVE") offset = parseScalar(c);
    c.expect("FROM");
  } else c.take("FROM");
  const cursor = cursorName(c);
  const into = c.take("INTO") ? c.list(() => c.variable()) : [];
  return { kind: "fetch", direction, ...(offset ? { offset } : {}), cursor, into, line };
}

/** Options of SET that take ON or OFF, several to a statement. */
const SWITCHES = new Set(
  "ANSI_DEFAULTS ANSI_NULLS ANSI_NULL_DFLT_OFF ANSI_NULL_DFLT_ON ANSI_PADDING ANSI_WARNINGS ARITHABORT ARITHIGNORE CONCAT_NULL_YIELDS_NULL CURSOR_CLOSE_ON_COMMIT FMTONLY FORCEPLAN IMPLICIT_TRANSACTIONS NOCOUNT NOEXEC NO_BROWSETABLE NUMERIC_ROUNDABORT PARSEONLY QUOTED_IDENTIFIER REMOTE_PROC_TRANSACTIONS XACT_ABORT".split(
    " ",
  ),
);
/** Options of SET that take a value. */
const VALUED = new Set([
  "LOCK_TIMEOUT",
  "DEADLOCK_PRIORITY",
  "DATEFIRST",
  "DATEFORMAT",
  "LANGUAGE",
  "ROWCOUNT",
  "TEXTSIZE",
  "CONTEXT_INFO",
  "QUERY_GOVERNOR_COST_LIMIT",
]);

export function parseSet(c: Cursor): Statement {
  const line = c.next().line;
  if (c.token.kind === "variable") {
    const variable = c.next().text;
    if (c.isSymbol(".")) throw c.notImplemented("methods of variables");
    const token = c.token;
    if (token.kind !== "symbol" || !/^([-+*/%&|^]|\|\|)?=$/.test(token.text)) throw c.unexpected();
    c.next();
    return {
      kind: "set-variable",
      variable,
      operator: token.text as "=" | `${BinaryOperator}=`,
      value: parseScalar(c),
      line,
    };
  }
  if (c.takeSequence("TRANSACTION", "ISOLATION", "LEVEL")) {
    const level = c.takeSequence("READ", "COMMITTED")
      ? "READ COMMITTED"
      : c.takeSequence("READ", "UNCOMMITTED")
        ? "READ UNCOMMITTED"
        : c.takeSequence("REPEATABLE", "READ")
          ? "REPEATABLE READ"
          : c.take("SERIALIZABLE")
            ? "SERIALIZABLE"
            : c.take("SNAPSHOT")
              ? "SNAPSHOT"
              : undefined;
    if (!level) throw c.unexpected();
    return { kind: "set-option", options: ["TRANSACTION ISOLATION LEVEL"], value: level, line };
  }
  if (c.take("IDENTITY_INSERT")) {
    const table = c.name();
    return { kind: "set-option", options: ["IDENTITY_INSERT"], value: onOff(c), table, line };
  }
  if (c.take("STATISTICS")) {
    const options = c.list(() => `STATISTICS ${c.next().upper}`);
    return { kind: "set-option", options, value: onOff(c), line };
  }
  if (VALUED.has(c.token.upper)) {
    const option = c.next().upper;
    const value: string | Expression = c.token.kind === "word" ? c.next().upper : parseScalar(c);
    return { kind: "set-option", options: [option], value, line };
  }
  const options = c.list(() => {
    if (!SWITCHES.has(c.token.upper))
      throw c.token.kind === "word" && /^SHOWPLAN|^OFFSETS/.test(c.token.upper)
        ? c.notImplemented(`SET ${c.token.upper}`)
        : c.unexpected();
    return c.next().upper;
  });
  return { kind: "set-option", options, value: onOff(c), line };
}

function onOff(c: Cursor): string {
  if (!c.isAny("ON", "OFF")) throw c.unexpected();
  return c.next().upper;
}

export function parseTransactionEnd(c: Cursor): Statement {
  const line = c.line;
  const verb = c.next().upper;
  const word = c.isAny("TRAN", "TRANSACTION", "WORK") ? c.next().upper : undefined;
  if (verb === "SAVE") {
    const name = transactionName(c);
    if (!word || word === "WORK" || !name) throw c.unexpected();
    return { kind: "save-transaction", name, line };
  }
  const name = word && word !== "WORK" ? transactionName(c) : undefined;
  if (c.isSequence("WITH") && c.isSymbol("(", 1) && c.is("DELAYED_DURABILITY", 2)) {
    c.next();
    c.options();
  }
  return { kind: verb === "COMMIT" ? "commit" : "rollback", ...(name ? { name } : {}), line };
}

export function parseRaiserror(c: Cursor): Statement {
  const line = c.next().line;
  c.expectSymbol("(");
  const values = c.list(() => parseScalar(c));
  c.expectSymbol(")");
  const options = c.take("WITH") ? c.list(() => c.next().upper) : [];
  const [message, severity, state, ...rest] = values;
  if (!message || !severity || !state) throw c.unexpected(c.tokens[c.position - 1]);
  return { kind: "raiserror", message, severity, state, arguments: rest, options, line };
}

export function parseThrow(c: Cursor): Statement {
  const line = c.next().line;
  if (c.isSymbol(";") || c.atEnd || c.isAny("END")) return { kind: "throw", line };
  if (c.token.kind !== "integer" && c.token.kind !== "variable") return { kind: "throw", line };
  const number = parseScalar(c);
  c.expectSymbol(",");
  const message = parseScalar(c);
  c.expectSymbol(",");
  return { kind: "throw", arguments: [number, message, parseScalar(c)], line };
}

export function parseWaitFor(c: Cursor): Statement {
  const line = c.next().line;
  if (c.isSymbol("(")) return parseWaitForMessage(c, line);
  if (!c.isAny("DELAY", "TIME")) throw c.unexpected();
  const what = c.next().upper === "DELAY" ? "delay" : "time";
  return { kind: "waitfor", what, value: parseScalar(c), line };
}

export function parseReturn(c: Cursor): Statement {
  const line = c.next().line;
  const token = c.token;
  const starts =
    ["integer", "decimal", "float", "money", "string", "binary", "variable", "global", "quoted"].includes(token.kind) ||
    c.isSymbol("(") || c.isSymbol("-") || c.isSymbol("~") || c.isSymbol("+") ||
    (token.kind === "word" && (!token.reserved || c.isAny("CASE", "NULL", "CONVERT", "TRY_CONVERT", "COALESCE", "NULLIF", "LEFT", "RIGHT", "CURRENT_TIMESTAMP", "CURRENT_USER", "SYSTEM_USER", "SESSION_USER", "USER")) && !c.isSymbol(":", 1) && !c.is("THROW")); // prettier-ignore
  if (!starts) return { kind: "return", line };
  if (c.context === "batch") throw c.error(178);
  return { kind: "return", value: parseScalar(c), line };
}

export function parseExecuteAs(c: Cursor): Statement {
  const line = c.line;
  c.position += 2;
  const word = c.next().upper;
  if (word === "CALLER" || word === "SELF" || word === "OWNER")
    return { kind: "execute-as", principal: word.toLowerCase() as "caller", noRevert: false, line };
  if (word !== "USER" && word !== "LOGIN") throw c.unexpected();
  c.expectSymbol("=");
  const name = parseScalar(c);
  let noRevert = false;
  if (c.is("WITH") && (c.is("NO", 1) || c.is("COOKIE", 1))) {
    c.next();
    if (c.is("COOKIE")) throw c.notImplemented("EXECUTE AS ... WITH COOKIE");
    c.expect("NO", "REVERT");
    noRevert = true;
  }
  return { kind: "execute-as", principal: word.toLowerCase() as "user", name, noRevert, line };
}

export function parseDbcc(c: Cursor): Statement {
  const line = c.next().line;
  const command = c.next().upper;
  const args: Expression[] = [];
  if (c.isSymbol("(")) {
    c.next();
    if (!c.isSymbol(")"))
      args.push(
        ...c.list((): Expression => {
          const token = c.token;
          if (token.kind !== "word" || token.upper === "NULL") return parseScalar(c);
          // DBCC arguments may be bare words: DBCC CHECKIDENT (t, RESEED, 1).
          const name = c.name();
          return { kind: "string", value: name.parts.join("."), national: true, line: token.line };
        }),
      );
    c.expectSymbol(")");
  }
  const options = c.take("WITH") ? c.list(() => c.next().upper) : [];
  return { kind: "dbcc", command, arguments: args, options, line };
}
