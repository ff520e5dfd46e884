/** Procedures, functions, views and triggers. */
import type { ExternalName, IndexColumn, ModuleStatement, Name, Parameter, Statement } from "../ast";
import { sqlError } from "../../session/messages";
import type { Cursor } from "./cursor";
import { parseScalar } from "./expressions";
import { parseQuery } from "./query";
import { parseStatement, parseStatements } from "./statement";
import { parseTableDefinition } from "./table";

export type ModuleAction = "create" | "alter" | "create-or-alter";

/** What every module begins with; `start` is the batch's first token of the statement. */
interface Head {
  action: ModuleAction;
  start: number;
  line: number;
}

export function parseModule(c: Cursor, action: ModuleAction, start: number, line: number): ModuleStatement {
  const what = c.next().upper;
  const head: Head = { action, start, line };
  switch (what) {
    case "PROC":
    case "PROCEDURE":
      return parseProcedure(c, head);
    case "FUNCTION":
      return parseFunction(c, head);
    case "VIEW":
      return parseView(c, head);
    default:
      return parseTrigger(c, head);
  }
}

function moduleName(c: Cursor, what: string): Name {
  const name = c.name();
  if (name.parts.length > 2) {
    const error = sqlError(166, [what]);
    error.line = name.line;
    throw error;
  }
  return name;
}

/** The text of the whole batch from the first comment before CREATE to the end: what sys.sql_modules keeps. */
function finish(c: Cursor): { text: string } {
  if (!c.atEnd) throw c.unexpected();
  return { text: c.sql };
}

export function parseParameters(c: Cursor, function_: boolean): Parameter[] {
  const read = (): Parameter => {
    const line = c.line;
    const name = c.variable();
    c.take("AS");
    const type = c.type();
    if (c.is("VARYING")) throw c.notImplemented("cursor parameters");
    let nullable: boolean | undefined;
    if (c.take("NULL")) nullable = true;
    else if (c.takeSequence("NOT", "NULL")) nullable = false;
    const value = c.takeSymbol("=") ? parseDefaultValue(c) : undefined;
    let output = false;
    let readOnly = false;
    while (c.isAny("OUTPUT", "OUT", "READONLY")) {
      const word = c.next().upper;
      if (word === "READONLY") readOnly = true;
      else if (function_) throw c.unexpected(c.tokens[c.position - 1]);
      else output = true;
    }
    return {
      name,
      type,
      ...(value ? { default: value } : {}),
      output,
      readOnly,
      ...(nullable === undefined ? {} : { nullable }),
      line,
    };
  };
  if (function_) {
    c.expectSymbol("(");
    const parameters = c.isSymbol(")") ? [] : c.list(read);
    c.expectSymbol(")");
    return parameters;
  }
  if (c.isSymbol("(") && c.peek().kind === "variable") return c.parenthesized(read);
  return c.token.kind === "variable" ? c.list(read) : [];
}

/** A default is a constant; a bare word stands for its text. */
function parseDefaultValue(c: Cursor): NonNullable<Parameter["default"]> {
  const token = c.token;
  if ((token.kind === "word" && !token.reserved) || token.kind === "quoted") {
    c.next();
    return { kind: "string", value: token.value, national: true, line: token.line };
  }
  return parseScalar(c);
}

/** WITH option, option: each as upper-case words. Stops at AS, FOR or a bracket. */
function parseOptions(c: Cursor): string[] {
  if (!c.take("WITH")) return [];
  return c.list(() => {
    if (c.isAny("EXECUTE", "EXEC") && c.is("AS", 1)) {
      c.position += 2;
      const principal = c.next();
      return `EXECUTE AS ${principal.kind === "string" ? `'${principal.value}'` : principal.upper}`;
    }
    if (c.takeSequence("RETURNS", "NULL", "ON", "NULL", "INPUT")) return "RETURNS NULL ON NULL INPUT";
    if (c.takeSequence("CALLED", "ON", "NULL", "INPUT")) return "CALLED ON NULL INPUT";
    if (c.is("INLINE") && c.isSymbol("=", 1)) {
      c.position += 2;
      return `INLINE = ${c.next().upper}`;
    }
    const option = c.next();
    if (!["RECOMPILE", "ENCRYPTION", "SCHEMABINDING", "VIEW_METADATA", "NATIVE_COMPILATION"].includes(option.upper))
      throw c.unexpected(option);
    return option.upper;
  });
}

/** EXTERNAL NAME assembly.class.method. */
export function parseExternal(c: Cursor): ExternalName | undefined {
  if (!c.takeSequence("EXTERNAL", "NAME")) return undefined;
  const { parts } = c.name();
  c.takeSymbol(";");
  return parts;
}

function parseBody(c: Cursor, context: Cursor["context"]): Statement[] {
  c.context = context;
  const statements = parseStatements(c, () => c.atEnd);
  if (statements.length === 0) throw c.unexpected();
  return statements;
}

function parseProcedure(c: Cursor, head: Head): ModuleStatement {
  const name = moduleName(c, "CREATE/ALTER PROCEDURE");
  if (c.isSymbol(";")) throw c.notImplemented("numbered procedures");
  const parameters = parseParameters(c, false);
  const options = parseOptions(c);
  if (c.takeSequence("FOR", "REPLICATION")) throw c.notImplemented("procedures FOR REPLICATION");
  c.expect("AS");
  const external = parseExternal(c);
  const body = external ? [] : parseBody(c, "procedure");
  return {
    kind: "procedure",
    name,
    parameters,
    body,
    ...(external ? { external } : {}),
    options,
    action: head.action,
    line: head.line,
    ...finish(c),
  };
}

function parseFunction(c: Cursor, head: Head): ModuleStatement {
  const name = moduleName(c, "CREATE/ALTER FUNCTION");
  const parameters = parseParameters(c, true);
  c.expect("RETURNS");
  const base = { name, parameters, action: head.action, line: head.line };
  if (c.token.kind === "variable") {
    const variable = c.variable();
    c.expect("TABLE");
    const returns = parseTableDefinition(c);
    const options = parseOptions(c);
    c.take("AS");
    const body = parseFunctionBody(c);
    return { kind: "table-function", ...base, variable, returns, body, options, ...finish(c) };
  }
  if (c.take("TABLE")) {
    if (c.isSymbol("(")) {
      const returns = parseTableDefinition(c);
      const options = parseOptions(c);
      const order = c.take("ORDER") ? c.parenthesized(() => orderColumn(c)) : undefined;
      c.take("AS");
      const external = parseExternal(c);
      if (!external) throw c.unexpected();
      return {
        kind: "table-function",
        ...base,
        returns,
        body: [],
        external,
        ...(order ? { order } : {}),
        options,
        ...finish(c),
      };
    }
    const options = parseOptions(c);
    c.take("AS");
    c.expect("RETURN");
    const parenthesized = c.takeSymbol("(");
    const query = parseQuery(c);
    if (parenthesized) c.expectSymbol(")");
    c.takeSymbol(";");
    return { kind: "inline-function", ...base, query, options, ...finish(c) };
  }
  const returns = c.type();
  const options = parseOptions(c);
  c.take("AS");
  const external = parseExternal(c);
  const body = external ? [] : parseFunctionBody(c);
  return { kind: "scalar-function", ...base, returns, body, ...(external ? { external } : {}), options, ...finish(c) };
}

function orderColumn(c: Cursor): IndexColumn {
  const name = c.identifier();
  const descending = c.take("DESC");
  if (!descending) c.take("ASC");
  return { name, descending };
}

function parseFunctionBody(c: Cursor): Statement[] {
  if (!c.is("BEGIN")) throw c.unexpected();
  c.context = "function";
  const block = parseStatement(c);
  c.takeSymbol(";");
  return [block];
}

function parseView(c: Cursor, head: Head): ModuleStatement {
  const name = moduleName(c, "CREATE/ALTER VIEW");
  const columns = c.isSymbol("(") ? c.parenthesized(() => c.identifier()) : undefined;
  const options = parseOptions(c);
  c.expect("AS");
  const query = parseQuery(c);
  const checkOption = c.takeSequence("WITH", "CHECK", "OPTION");
  c.takeSymbol(";");
  return {
    kind: "view",
    name,
    ...(columns ? { columns } : {}),
    options,
    query,
    checkOption,
    action: head.action,
    line: head.line,
    ...finish(c),
  };
}

function parseTrigger(c: Cursor, head: Head): ModuleStatement {
  const name = moduleName(c, "CREATE/ALTER TRIGGER");
  c.expect("ON");
  const on = c.is("DATABASE")
    ? (c.next(), { kind: "database" as const })
    : c.takeSequence("ALL", "SERVER")
      ? { kind: "server" as const }
      : { kind: "object" as const, name: c.name() };
  const options = parseOptions(c);
  let when: "after" | "instead-of" = "after";
  if (c.takeSequence("INSTEAD", "OF")) when = "instead-of";
  else if (!c.take("AFTER")) c.expect("FOR");
  const events = c.list(() => c.next().upper);
  const repeated = events.find((event, i) => events.indexOf(event) < i);
  if (repeated !== undefined) throw c.error(1034, [repeated]);
  if (on.kind === "object" && events.some((event) => !["INSERT", "UPDATE", "DELETE"].includes(event)))
    throw c.unexpected(c.tokens[c.position - 1]);
  if (c.takeSequence("WITH", "APPEND")) throw c.notImplemented("triggers WITH APPEND");
  if (c.takeSequence("NOT", "FOR", "REPLICATION")) throw c.notImplemented("triggers NOT FOR REPLICATION");
  c.expect("AS");
  const external = parseExternal(c);
  const body = external ? [] : parseBody(c, "procedure");
  return {
    kind: "trigger",
    name,
    on,
    when,
    events,
    options,
    body,
    ...(external ? { external } : {}),
    action: head.action,
    line: head.line,
    ...finish(c),
  };
}
