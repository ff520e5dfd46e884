/** EXECUTE: which procedure, with which arguments. https://learn.microsoft.com/sql/t-sql/language-elements/execute-transact-sql */
import type { Execute, Expression, Name } from "../language/ast";
import { displayName, findDatabase, lookUp } from "../query/objects";
import { demandPermission } from "../security/permissions";
import type { Database, Module, Table } from "../storage/model";
import { convert } from "../types/convert";
import type { SqlType } from "../types/sql-type";
import type { SqlValue } from "../types/value";
import { atomically } from "./atomic";
import { impersonate } from "./impersonation";
import { sqlError } from "./messages";
import { callProcedure, executeText, type Argument } from "./modules";
import { own } from "./own";
import { parseName } from "./parse-name";
import type { Execution, SystemProcedure, Work } from "./runtime";
import { notImplemented } from "./sql-error";

export type Procedure =
  | { kind: "module"; module: Module; database: Database }
  | { kind: "system"; procedure: SystemProcedure; database: Database };

/** System procedures answer in every database, with or without sys or dbo before their name. Throws 2812. */
export function findProcedure(name: Name, execution: Execution): Procedure {
  const { parts } = name;
  if (parts.length > 3) throw notImplemented(`procedure on a linked server ${displayName(parts)}`);
  const own = parts.at(-1)!;
  const schema = parts.at(-2)?.toLowerCase() || undefined;
  if (/^(sp|xp)_/i.test(own) && (schema === undefined || schema === "sys" || schema === "dbo")) {
    const procedure = execution.parts.procedures.find(own);
    const database = parts.length === 3 && parts[0] ? findDatabase(execution, parts[0]) : execution.session.database;
    if (procedure && database) return { kind: "system", procedure, database };
  }
  let found =
    parts.length === 3 && parts[0] && !findDatabase(execution, parts[0])
      ? undefined
      : lookUp(name, { execution, database: execution.frame.database });
  if (found?.object.type === "SN")
    found = lookUp(
      { parts: found.object.target, line: name.line },
      { execution, database: found.database, schemaId: found.object.schemaId },
    );
  if (found?.object.type === "FN" || found?.object.type === "FS")
    throw notImplemented(`EXECUTE of function ${displayName(parts)}`);
  if (found?.object.type !== "P " && found?.object.type !== "PC") throw sqlError(2812, [displayName(parts)], 62);
  return { kind: "module", module: found.object, database: found.database };
}

export function* callFound(found: Procedure, args: readonly Argument[], execution: Execution): Work<number> {
  if (found.kind === "system") return yield* callSystem(found.procedure, found.database, args, execution);
  const { module, database } = found;
  demandPermission(
    execution.session,
    "EXECUTE",
    {
      kind: "object",
      objectId: module.id,
      schemaId: module.schemaId,
      name: module.name,
      ...(database === execution.session.database ? {} : { database }),
    },
    execution.frame,
  );
  return yield* callProcedure(module, database, args, execution);
}

type SystemArguments = Parameters<SystemProcedure["run"]>[0];

function* callSystem(
  procedure: SystemProcedure,
  database: Database,
  args: readonly Argument[],
  execution: Execution,
): Work<number> {
  const bound: SystemArguments = new Map();
  args.forEach((argument, index) => {
    const wanted = argument.name?.toLowerCase();
    const parameter = wanted
      ? procedure.parameters.find(({ name }) => name.toLowerCase() === wanted)
      : procedure.parameters[index];
    if (!parameter && !procedure.variadic)
      throw wanted ? sqlError(8145, [argument.name!, procedure.name]) : sqlError(8144, [procedure.name], 2);
    if (argument.value === undefined) return;
    const convertible =
      parameter &&
      argument.type &&
      !isTable(argument.value) &&
      argument.value !== null &&
      parameter.type.name !== "sql_variant";
    const value = convertible ? convert(argument.value as SqlValue, argument.type!, parameter.type) : argument.value;
    bound.set(parameter?.name.toLowerCase() ?? wanted ?? String(index), {
      value,
      ...(argument.type ? { type: argument.type } : {}),
      ...(argument.output ? { set: argument.output } : {}),
    });
  });
  for (const { name, optional } of procedure.parameters)
    if (!optional && !bound.has(name.toLowerCase())) throw sqlError(201, [procedure.name, name], 4);
  const session = own(execution);
  const before = session.database;
  session.database = database;
  try {
    // Those that run a text leave it to its statements.
    return procedure.variadic
      ? yield* procedure.run(bound, execution)
      : yield* atomically(execution, () => procedure.run(bound, execution));
  } finally {
    session.database = before;
  }
}

function isTable(value: SqlValue | Table): value is Table {
  return typeof value === "object" && value !== null && "rows" in value;
}

/** Arguments of EXEC in the values that they have now; OUTPUT ones go back to their variables. */
function* argumentsOf(statement: Execute, execution: Execution): Generator<Argument> {
  let named = false;
  for (const [index, argument] of statement.arguments.entries()) {
    if (argument.name) named = true;
    else if (named) throw sqlError(119, [index + 1]);
    yield argumentOf(argument, execution);
  }
}

function argumentOf(argument: Execute["arguments"][number], execution: Execution): Argument {
  const { value: expression, output } = argument;
  const name = argument.name ? { name: argument.name } : {};
  if (expression.kind === "default") return { ...name, value: undefined };
  if (expression.kind === "variable") {
    const table = execution.frame.tables.get(expression.name.toLowerCase());
    if (table) return { ...name, value: table };
  }
  const { type, value } = execution.parts.query.typedScalar(expression, execution);
  if (!output) return { ...name, value, type };
  return { ...name, value, type, output: assignTo(expression, type, execution) };
}

function assignTo(expression: Expression, from: SqlType, execution: Execution): (value: SqlValue) => void {
  if (expression.kind !== "variable") throw sqlError(179);
  const variable = execution.frame.variables.get(expression.name.toLowerCase())!;
  return (value) => void (variable.value = value === null ? null : convert(value, from, variable.type));
}

export function* execute(statement: Execute, execution: Execution): Work<void> {
  const { target } = statement;
  if (target.kind === "string") {
    yield* executeString(target.parts, statement, execution);
    return;
  }
  let name: Name;
  if (target.kind === "name") name = target.name;
  else {
    const value = execution.parts.query.scalar(
      { kind: "variable", name: target.variable, line: statement.line },
      execution,
    );
    if (typeof value !== "string") throw sqlError(2812, [""], 62);
    name = { parts: parseName(value), line: statement.line };
  }
  const found = findProcedure(name, execution);
  const status = yield* callFound(found, [...argumentsOf(statement, execution)], execution);
  if (!statement.status) return;
  const variable = execution.frame.variables.get(statement.status.toLowerCase())!;
  variable.value = convert(status, { name: "int" }, variable.type);
}

function* executeString(parts: readonly Expression[], statement: Execute, execution: Execution): Work<void> {
  const text = parts
    .map((part) => execution.parts.query.typedScalar(part, execution, { name: "nvarchar", length: -1 }).value ?? "")
    .join("");
  const state = own(execution);
  const { depth } = state.identities;
  if (statement.as) impersonate(statement.as.kind, statement.as.name, false, execution);
  try {
    yield* executeText(text, undefined, execution);
  } finally {
    state.identities.revertTo(depth);
  }
}
