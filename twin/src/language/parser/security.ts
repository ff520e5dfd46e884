/** Logins, users, roles, permissions, ownership. */
import type { Definition, Option, Securable } from "../ast";
import type { Cursor } from "./cursor";

type PrincipalKind = Extract<Definition, { kind: "create-principal" }>["what"];

/** LOGIN, USER, ROLE, APPLICATION ROLE, SERVER ROLE at the cursor; undefined when another word stands there. */
export function takePrincipalKind(c: Cursor): PrincipalKind | undefined {
  if (c.take("LOGIN")) return "login";
  if (c.take("USER")) return "user";
  if (c.take("ROLE")) return "role";
  if (c.takeSequence("APPLICATION", "ROLE")) return "application-role";
  if (c.takeSequence("SERVER", "ROLE")) return "server-role";
  return undefined;
}

/** PASSWORD = 'x' [HASHED] [MUST_CHANGE] [OLD_PASSWORD = 'y'] and NAME = value pairs. */
function parsePrincipalOptions(c: Cursor): Option[] {
  return c.list((): Option => {
    const name = c.next().upper;
    c.expectSymbol("=");
    const token = c.token;
    if (token.kind === "binary") {
      c.next();
      const hashed = c.take("HASHED");
      return { name, value: `0x${token.value}`, ...(hashed ? { unit: "HASHED" } : {}) };
    }
    const value = c.optionValue();
    if (name === "PASSWORD") {
      if (c.take("OLD_PASSWORD")) {
        c.expectSymbol("=");
        c.next();
      }
      const words = [];
      while (c.isAny("MUST_CHANGE", "HASHED", "UNLOCK")) words.push(c.next().upper);
      return { name, ...value, ...(words.length > 0 ? { unit: words.join(" ") } : {}) };
    }
    return { name, ...value };
  });
}

export function parseCreatePrincipal(c: Cursor, what: PrincipalKind, line: number): Definition {
  const name = c.identifier();
  const words: string[] = [];
  let forLogin: string | undefined;
  let withoutLogin = false;
  let authorization: string | undefined;
  if (what === "role" || what === "server-role") {
    if (c.take("AUTHORIZATION")) authorization = c.identifier();
    return {
      kind: "create-principal",
      what,
      name,
      words,
      options: [],
      ...(authorization ? { authorization } : {}),
      line,
    };
  }
  if (what === "user") {
    if (c.isAny("FOR", "FROM")) {
      c.next();
      if (!c.take("LOGIN"))
        throw c.is("EXTERNAL")
          ? c.notImplemented("users FROM EXTERNAL PROVIDER")
          : c.notImplemented(`users FOR ${c.token.upper}`);
      forLogin = c.identifier();
    } else if (c.takeSequence("WITHOUT", "LOGIN")) withoutLogin = true;
  }
  if (what === "login" && c.take("FROM")) {
    const source = c.next().upper;
    if (source !== "WINDOWS") throw c.notImplemented(`logins FROM ${source}`);
    words.push("WINDOWS");
  }
  const options = c.take("WITH") ? parsePrincipalOptions(c) : [];
  return {
    kind: "create-principal",
    what,
    name,
    words,
    options,
    ...(forLogin ? { forLogin } : {}),
    ...(withoutLogin ? { withoutLogin } : {}),
    line,
  };
}

export function parseAlterPrincipal(c: Cursor, what: PrincipalKind, line: number): Definition {
  const name = c.identifier();
  const base = { kind: "alter-principal" as const, what, name, options: [] as Option[], line };
  if (c.takeSequence("ADD", "MEMBER")) return { ...base, addMember: c.identifier() };
  if (c.takeSequence("DROP", "MEMBER")) return { ...base, dropMember: c.identifier() };
  if (what === "login" && c.isAny("ENABLE", "DISABLE"))
    return { ...base, state: c.next().upper === "ENABLE" ? "enable" : "disable" };
  c.expect("WITH");
  return { ...base, options: parsePrincipalOptions(c) };
}

/** [class::]name [(columns)]. */
function parseSecurable(c: Cursor): Securable {
  const words: string[] = [];
  let offset = 0;
  while (c.peek(offset).kind === "word" && offset < 4) offset++;
  if (c.isSymbol("::", offset) && offset > 0) {
    while (!c.isSymbol("::")) words.push(c.next().upper);
    c.next();
  }
  const name = c.name();
  const columns = c.isSymbol("(") ? c.parenthesized(() => c.identifier()) : undefined;
  return { class: words.length > 0 ? words.join(" ") : "OBJECT", name, ...(columns ? { columns } : {}) };
}

export function parsePermission(c: Cursor): Definition {
  const line = c.line;
  const verb = c.next().upper.toLowerCase() as "grant" | "deny" | "revoke";
  const grantOptionFor = verb === "revoke" && c.takeSequence("GRANT", "OPTION", "FOR");
  const permissions = c.list(() => parsePermissionName(c));
  const securable = c.take("ON") ? parseSecurable(c) : undefined;
  if (!c.take("TO")) {
    if (verb !== "revoke") throw c.unexpected();
    c.expect("FROM");
  }
  const principals = c.list(() => (c.is("PUBLIC") ? c.next().value : c.identifier()));
  const withGrantOption = verb === "grant" && c.takeSequence("WITH", "GRANT", "OPTION");
  const cascade = verb !== "grant" && c.take("CASCADE");
  const as = c.take("AS") ? c.identifier() : undefined;
  return {
    kind: "permission",
    verb,
    permissions,
    ...(securable ? { securable } : {}),
    principals,
    withGrantOption,
    grantOptionFor,
    cascade,
    ...(as ? { as } : {}),
    line,
  };
}

function parsePermissionName(c: Cursor): { name: string; columns?: string[] } {
  const words: string[] = [];
  while (c.token.kind === "word" && !c.isAny("ON", "TO", "FROM")) words.push(c.next().upper);
  if (words.length === 0) throw c.unexpected();
  let name = words.join(" ");
  if (name === "EXEC") name = "EXECUTE";
  if (name === "ALL PRIVILEGES") name = "ALL";
  const columns = c.isSymbol("(") ? c.parenthesized(() => c.identifier()) : undefined;
  return { name, ...(columns ? { columns } : {}) };
}

export function parseAlterAuthorization(c: Cursor, line: number): Definition {
  c.expect("ON");
  const securable = parseSecurable(c);
  c.expect("TO");
  const owner = c.takeSequence("SCHEMA", "OWNER") ? ("schema-owner" as const) : c.identifier();
  return { kind: "alter-authorization", securable, owner, line };
}
