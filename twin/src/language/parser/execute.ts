/** EXECUTE. https://learn.microsoft.com/sql/t-sql/language-elements/execute-transact-sql */
import type { Execute, Expression, Name } from "../ast";
import type { Cursor } from "./cursor";
import { parseScalar } from "./expressions";

export function parseExecute(c: Cursor): Execute {
  const line = c.next().line;
  if (c.isSymbol("(")) return parseExecuteString(c, line);
  let status: string | undefined;
  if (c.token.kind === "variable" && c.isSymbol("=", 1)) {
    status = c.next().text;
    c.next();
  }
  const target: Execute["target"] =
    c.token.kind === "variable" ? { kind: "variable", variable: c.next().text } : { kind: "name", name: c.name() };
  return parseCall(c, target, status, line);
}

/** A procedure's name first in a batch calls it without EXEC. */
export function parseImplicitExecute(c: Cursor): Execute {
  const line = c.line;
  return parseCall(c, { kind: "name", name: c.name() as Name }, undefined, line);
}

function parseCall(c: Cursor, target: Execute["target"], status: string | undefined, line: number): Execute {
  const args: Execute["arguments"] = startsArgument(c) ? c.list(() => parseArgument(c)) : [];
  return { kind: "execute", ...(status ? { status } : {}), target, arguments: args, options: parseWith(c), line };
}

function startsArgument(c: Cursor): boolean {
  const token = c.token;
  if (token.kind === "symbol") return token.text === "-" || token.text === "+";
  if (token.kind === "end") return false;
  if (token.kind === "word")
    return (
      token.upper === "NULL" ||
      token.upper === "DEFAULT" ||
      (!token.reserved && !c.isSymbol(":", 1) && token.upper !== "THROW")
    );
  return true;
}

function parseArgument(c: Cursor): Execute["arguments"][number] {
  let name: string | undefined;
  if (c.token.kind === "variable" && c.isSymbol("=", 1)) {
    name = c.next().text;
    c.next();
  }
  const value = parseValue(c);
  const output = c.take("OUTPUT") || c.take("OUT");
  return { ...(name ? { name } : {}), value, output };
}

/** A constant, a variable, DEFAULT, or a bare word, which stands for its text. */
function parseValue(c: Cursor): Expression {
  const token = c.token;
  if (token.kind === "word" && !token.reserved) {
    c.next();
    return { kind: "string", value: token.value, national: true, line: token.line };
  }
  if (token.kind === "quoted") {
    c.next();
    return { kind: "string", value: token.value, national: true, line: token.line };
  }
  if (token.kind === "variable" || token.kind === "global" || token.kind === "string") {
    c.next();
    if (token.kind === "string")
      return { kind: "string", value: token.value, national: token.national, line: token.line };
    return { kind: token.kind, name: token.text, line: token.line };
  }
  return parseScalar(c);
}

function parseExecuteString(c: Cursor, line: number): Execute {
  c.expectSymbol("(");
  const parts: Expression[] = [];
  do {
    const token = c.token;
    if (token.kind === "string")
      parts.push({ kind: "string", value: token.value, national: token.national, line: token.line });
    else if (token.kind === "variable") parts.push({ kind: "variable", name: token.text, line: token.line });
    else throw c.unexpected();
    c.next();
  } while (c.takeSymbol("+"));
  c.expectSymbol(")");
  let as: Execute["as"];
  if (c.is("AS") && (c.is("USER", 1) || c.is("LOGIN", 1))) {
    c.next();
    const kind = c.next().upper === "USER" ? "user" : "login";
    c.expectSymbol("=");
    as = { kind, name: c.next().value };
  }
  if (c.take("AT")) throw c.notImplemented("EXECUTE ... AT linked server");
  return {
    kind: "execute",
    target: { kind: "string", parts },
    arguments: [],
    options: parseWith(c),
    ...(as ? { as } : {}),
    line,
  };
}

function parseWith(c: Cursor): string[] {
  if (!c.is("WITH")) return [];
  if (c.is("RECOMPILE", 1)) {
    c.position += 2;
    return ["RECOMPILE"];
  }
  if (c.is("RESULT", 1)) {
    const first = c.next();
    c.expect("RESULT", "SETS");
    if (c.isAny("NONE", "UNDEFINED")) c.next();
    else throw c.notImplemented("EXECUTE ... WITH RESULT SETS (...)");
    return [c.slice(first).toUpperCase()];
  }
  return [];
}
