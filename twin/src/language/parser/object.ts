/** CREATE, ALTER and DROP of what is neither table, module nor database: schemas, sequences, synonyms, types, partitions. */
import type { Definition, Expression, Option, Statement } from "../ast";
import { parseDropAssembly } from "./assembly";
import type { Cursor } from "./cursor";
import { parseScalar } from "./expressions";
import { parseStatement } from "./statement";
import { parseExternal } from "./module";
import { parseTableDefinition } from "./table";

export function parseCreateSchema(c: Cursor, line: number): Definition {
  let name: string;
  let authorization: string | undefined;
  if (c.is("AUTHORIZATION")) {
    c.next();
    authorization = c.identifier();
    name = authorization;
  } else {
    name = c.identifier();
    if (c.take("AUTHORIZATION")) authorization = c.identifier();
  }
  const elements: Statement[] = [];
  while (c.isAny("CREATE", "GRANT", "DENY", "REVOKE")) {
    if (c.isSequence("CREATE", "VIEW")) throw c.notImplemented("CREATE VIEW as an element of CREATE SCHEMA");
    elements.push(parseStatement(c));
  }
  return { kind: "create-schema", name, ...(authorization ? { authorization } : {}), elements, line };
}

export function parseAlterSchema(c: Cursor, line: number): Definition {
  const schema = c.identifier();
  c.expect("TRANSFER");
  let className = "OBJECT";
  if (c.isSymbol("::", 1)) {
    className = c.next().upper;
    c.next();
  } else if (c.isSequence("XML", "SCHEMA", "COLLECTION")) throw c.notImplemented("XML SCHEMA COLLECTION");
  return { kind: "alter-schema", schema, class: className, object: c.name(), line };
}

export function parseSequence(c: Cursor, verb: "create" | "alter", line: number): Definition {
  const name = c.name();
  const type = verb === "create" && c.take("AS") ? c.type() : undefined;
  const options: Option[] = [];
  const number = (): string => {
    const sign = c.takeSymbol("-") ? "-" : (c.takeSymbol("+"), "");
    if (c.token.kind !== "integer") throw c.unexpected();
    return sign + c.next().text;
  };
  for (;;) {
    if (c.is("START") || c.is("RESTART")) {
      const word = c.next().upper;
      if (word === "START") c.expect("WITH");
      else if (!c.take("WITH")) {
        options.push({ name: word });
        continue;
      }
      options.push({ name: word, value: number(), quoted: true });
    } else if (c.takeSequence("INCREMENT", "BY")) options.push({ name: "INCREMENT", value: number(), quoted: true });
    else if (c.isAny("MINVALUE", "MAXVALUE")) options.push({ name: c.next().upper, value: number(), quoted: true });
    else if (c.take("CYCLE")) options.push({ name: "CYCLE" });
    else if (c.is("NO") && c.peek().kind === "word") {
      c.next();
      options.push({ name: `NO ${c.next().upper}` });
    } else if (c.take("CACHE"))
      options.push(c.token.kind === "integer" ? { name: "CACHE", value: number(), quoted: true } : { name: "CACHE" });
    else break;
  }
  if (verb === "alter") {
    if (options.length === 0) throw c.unexpected();
    return { kind: "alter-sequence", name, options, line };
  }
  return { kind: "create-sequence", name, ...(type ? { type } : {}), options, line };
}

export function parseCreateSynonym(c: Cursor, line: number): Definition {
  const name = c.name();
  c.expect("FOR");
  return { kind: "create-synonym", name, target: c.name(), line };
}

export function parseCreateType(c: Cursor, line: number): Definition {
  const name = c.name();
  if (c.take("FROM")) {
    const from = c.type();
    const nullable = c.takeSequence("NOT", "NULL") ? false : c.take("NULL") ? true : undefined;
    return { kind: "create-type", name, from, ...(nullable === undefined ? {} : { nullable }), tableOptions: [], line };
  }
  const external = parseExternal(c);
  if (external) return { kind: "create-type", name, external, tableOptions: [], line };
  c.expect("AS", "TABLE");
  const table = parseTableDefinition(c);
  return { kind: "create-type", name, table, tableOptions: c.take("WITH") ? c.options() : [], line };
}

export function parsePartitionFunction(c: Cursor, line: number): Definition {
  const name = c.identifier();
  c.expectSymbol("(");
  const type = c.type();
  c.expectSymbol(")");
  c.expect("AS", "RANGE");
  const range = c.take("RIGHT") ? "right" : (c.take("LEFT"), "left" as const);
  c.expect("FOR", "VALUES");
  c.expectSymbol("(");
  const values: Expression[] = c.isSymbol(")") ? [] : c.list(() => parseScalar(c));
  c.expectSymbol(")");
  return { kind: "create-partition-function", name, type, range, values, line };
}

export function parseAlterPartitionFunction(c: Cursor, line: number): Definition {
  const name = c.identifier();
  c.expectSymbol("(");
  c.expectSymbol(")");
  const action = c.take("SPLIT") ? "split" : (c.expect("MERGE"), "merge" as const);
  c.expect("RANGE");
  c.expectSymbol("(");
  const value = parseScalar(c);
  c.expectSymbol(")");
  return { kind: "alter-partition-function", name, action, value, line };
}

export function parsePartitionScheme(c: Cursor, line: number): Definition {
  const name = c.identifier();
  c.expect("AS", "PARTITION");
  const function_ = c.identifier();
  const all = c.take("ALL");
  c.expect("TO");
  const filegroups = c.parenthesized(() => (c.is("PRIMARY") ? c.next().value : c.identifier()));
  return { kind: "create-partition-scheme", name, function: function_, all, filegroups, line };
}

export function parseAlterPartitionScheme(c: Cursor, line: number): Definition {
  const name = c.identifier();
  c.expect("NEXT", "USED");
  const nextUsed = c.is("PRIMARY") ? c.next().value : c.isName() ? c.identifier() : undefined;
  return { kind: "alter-partition-scheme", name, ...(nextUsed ? { nextUsed } : {}), line };
}

/** What DROP knows, longest first. */
const DROPPABLE = [
  ["PARTITION", "FUNCTION"],
  ["PARTITION", "SCHEME"],
  ["APPLICATION", "ROLE"],
  ["SERVER", "ROLE"],
  ["MESSAGE", "TYPE"],
  ["REMOTE", "SERVICE", "BINDING"],
  ["BROKER", "PRIORITY"],
  ["CONTRACT"],
  ["QUEUE"],
  ["SERVICE"],
  ["ROUTE"],
  ["ENDPOINT"],
  ["TABLE"],
  ["VIEW"],
  ["PROCEDURE"],
  ["PROC"],
  ["FUNCTION"],
  ["TRIGGER"],
  ["SYNONYM"],
  ["SEQUENCE"],
  ["TYPE"],
  ["SCHEMA"],
  ["USER"],
  ["ROLE"],
  ["LOGIN"],
  ["DATABASE"],
  ["AGGREGATE"],
] as const;

/** Service Broker's drops take one name and no IF EXISTS. */
const PLAIN_DROPS = new Set([
  "MESSAGE TYPE",
  "CONTRACT",
  "QUEUE",
  "SERVICE",
  "ROUTE",
  "REMOTE SERVICE BINDING",
  "BROKER PRIORITY",
  "ENDPOINT",
]);

export function parseDrop(c: Cursor, line: number): Definition {
  if (c.take("ASSEMBLY")) return parseDropAssembly(c, line);
  const words = DROPPABLE.find((candidate) => c.isSequence(...candidate));
  if (!words) throw c.notImplemented(`DROP ${c.token.upper || c.token.text}`);
  c.position += words.length;
  const what = words[0] === "PROC" ? "PROCEDURE" : words.join(" ");
  if (PLAIN_DROPS.has(what)) return { kind: "drop", what, names: [c.name()], ifExists: false, words: [], line };
  const ifExists = c.takeSequence("IF", "EXISTS");
  const names = c.list(() => c.name());
  let onScope: "database" | "server" | undefined;
  if (what === "TRIGGER" && c.take("ON"))
    onScope = c.take("DATABASE") ? "database" : (c.expect("ALL", "SERVER"), "server");
  return { kind: "drop", what, names, ifExists, ...(onScope ? { onScope } : {}), words: [], line };
}

export function parseEnableTrigger(c: Cursor): Definition {
  const line = c.line;
  const enable = c.next().upper === "ENABLE";
  c.expect("TRIGGER");
  const names = c.take("ALL") ? ("all" as const) : c.list(() => c.name());
  c.expect("ON");
  const on = c.take("DATABASE")
    ? ("database" as const)
    : c.takeSequence("ALL", "SERVER")
      ? ("server" as const)
      : c.name();
  return { kind: "enable-trigger", enable, names, on, line };
}
