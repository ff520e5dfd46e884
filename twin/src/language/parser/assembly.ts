/** CREATE, ALTER and DROP ASSEMBLY; CREATE AGGREGATE. Grammar: sql-docs, the statements' pages. */
import type { ModuleStatement } from "../ast";
import type { AlterAssembly, AssemblyDefinition, AssemblyOption, CreateAssembly } from "../ast-clr";
import type { Cursor } from "./cursor";
import { parseScalar } from "./expressions";
import { parseExternal, parseParameters } from "./module";

const PERMISSION_SETS = ["SAFE", "EXTERNAL_ACCESS", "UNSAFE"] as const;

function permissionSet(c: Cursor): (typeof PERMISSION_SETS)[number] {
  c.expect("PERMISSION_SET");
  c.expectSymbol("=");
  const set = PERMISSION_SETS.find((one) => c.is(one));
  if (!set) throw c.unexpected();
  c.next();
  return set;
}

export function parseCreateAssembly(c: Cursor, line: number): CreateAssembly {
  const name = c.identifier();
  const authorization = c.take("AUTHORIZATION") ? c.identifier() : undefined;
  c.expect("FROM");
  const sources = c.list(() => parseScalar(c));
  const set = c.take("WITH") ? permissionSet(c) : undefined;
  return {
    kind: "create-assembly",
    name,
    sources,
    ...(authorization === undefined ? {} : { authorization }),
    ...(set ? { permissionSet: set } : {}),
    line,
  };
}

function assemblyOption(c: Cursor): AssemblyOption {
  if (c.takeSequence("UNCHECKED", "DATA")) return { kind: "unchecked-data" };
  if (!c.take("VISIBILITY")) return { kind: "permission-set", set: permissionSet(c) };
  c.expectSymbol("=");
  if (!c.isAny("ON", "OFF")) throw c.unexpected();
  return { kind: "visibility", on: c.next().upper === "ON" };
}

export function parseAlterAssembly(c: Cursor, line: number): AlterAssembly {
  const name = c.identifier();
  const start = c.position;
  const source = c.take("FROM") ? parseScalar(c) : undefined;
  const options = c.take("WITH") ? c.list(() => assemblyOption(c)) : [];
  const dropFiles = c.takeSequence("DROP", "FILE")
    ? c.take("ALL")
      ? ("all" as const)
      : c.list(() => fileName(c))
    : undefined;
  const addFiles = c.takeSequence("ADD", "FILE") ? (c.expect("FROM"), c.list(() => addedFile(c))) : [];
  if (c.position === start) throw c.unexpected();
  return {
    kind: "alter-assembly",
    name,
    ...(source ? { source } : {}),
    options,
    ...(dropFiles ? { dropFiles } : {}),
    addFiles,
    line,
  };
}

function fileName(c: Cursor): string {
  return c.token.kind === "string" ? c.next().value : c.identifier();
}

function addedFile(c: Cursor): AlterAssembly["addFiles"][number] {
  const source = parseScalar(c);
  return c.take("AS") ? { source, name: fileName(c) } : { source };
}

export function parseDropAssembly(c: Cursor, line: number): AssemblyDefinition {
  const ifExists = c.takeSequence("IF", "EXISTS");
  const names = c.list(() => c.identifier());
  const withNoDependents = c.takeSequence("WITH", "NO", "DEPENDENTS");
  return { kind: "drop-assembly", names, ifExists, withNoDependents, line };
}

/** Unlike the other modules it may stand anywhere in a batch. */
export function parseCreateAggregate(c: Cursor, start: number, line: number): ModuleStatement {
  const first = c.tokens[start]!;
  const name = c.name();
  const parameters = parseParameters(c, true);
  c.expect("RETURNS");
  const returns = c.type();
  const external = parseExternal(c);
  if (!external) throw c.unexpected();
  return {
    kind: "aggregate",
    name,
    parameters,
    returns,
    body: [],
    external,
    options: [],
    action: "create",
    text: c.slice(first),
    line,
  };
}
