/**
 * Calls: procedures, functions, triggers and dynamic batches, each in a frame of its own.
 * https://learn.microsoft.com/sql/t-sql/language-elements/execute-transact-sql, create-trigger-transact-sql
 */
import { parseBatch } from "../language/parser";
import { tableOfType } from "../ddl/table/create-table";
import { triggersOf } from "../ddl/registry";
import { databaseOf } from "../storage/rows";
import { convert } from "../types/convert";
import { typeDisplay } from "../types/format-type";
import type { SqlType } from "../types/sql-type";
import type { SqlValue } from "../types/value";
import type { Database, Module, ModuleParameter, Table } from "../storage/model";
import { callClrProcedure, callClrScalar, callClrTrigger, fillClrTable } from "./clr-calls";
import { driveNow } from "./drive";
import { isXmlParsing, leaveScope, markEffect } from "./error-effects";
import { ExecutionFrame } from "./frames";
import { requireSameCount, run } from "./interpreter";
import { sqlError } from "./messages";
import "./messages/session";
import { frameOf, own } from "./own";
import { programOf } from "./program";
import type { Execution, InterpreterPart, Work } from "./runtime";
import { ScopeAborted } from "./signals";
import { notImplemented, SqlError } from "./sql-error";
import { dropTemporaryTables } from "./temporary-tables";

const MAXIMUM_LEVEL = 32;

export type Argument = Parameters<InterpreterPart["callProcedure"]>[2][number];

/** Runs work in a frame: afterwards options, database and impersonation are the caller's again and its #tables are gone. */
export function* inFrame<T>(
  frame: ExecutionFrame,
  execution: Execution,
  work: (execution: Execution) => Work<T>,
): Work<T | undefined> {
  if (frame.level > MAXIMUM_LEVEL) throw sqlError(217, [MAXIMUM_LEVEL]);
  const state = own(execution);
  const { frame: caller, options, identityInsert, database } = state;
  const { depth } = state.identities;
  const inner: Execution = { ...execution, frame };
  state.options = { ...options };
  state.frame = frame;
  if (frame.module) {
    state.options.ansiNulls = frame.ansiNulls;
    state.options.quotedIdentifier = frame.quotedIdentifier;
    state.database = frame.database;
  }
  try {
    return yield* work(inner);
  } catch (error) {
    if (error instanceof SqlError) leaveScope(error);
    if (!(error instanceof ScopeAborted)) throw error;
    return undefined;
  } finally {
    dropTemporaryTables(inner);
    state.frame = caller;
    state.options = options;
    state.identityInsert = identityInsert;
    if (state.database !== database) {
      // A module of another database changes only where names resolve; USE in dynamic text tells the client.
      if (!frame.module) state.announce({ kind: "database", from: state.database.name, to: database.name });
      state.database = database;
    }
    state.identities.revertTo(depth);
    const outer = frameOf(execution);
    outer.lastError = frame.lastError;
    outer.rowCount = frame.rowCount;
  }
}

function moduleFrame(
  module: Module,
  database: Database,
  execution: Execution,
  trigger?: ExecutionFrame["trigger"],
): ExecutionFrame {
  return new ExecutionFrame({
    module,
    database,
    parent: execution.frame,
    quotedIdentifier: module.usesQuotedIdentifier,
    ansiNulls: module.usesAnsiNulls,
    ...(trigger ? { trigger } : {}),
  });
}

/** WITH EXECUTE AS: the owner, or a user. */
function impersonateFor(module: Module, database: Database, execution: Execution): void {
  if (module.executeAsPrincipalId === null) return;
  const id =
    module.executeAsPrincipalId === -2
      ? (module.principalId ?? database.schemas.get(module.schemaId)?.principalId ?? 1)
      : module.executeAsPrincipalId;
  const user = database.principals.get(id);
  if (!user) throw sqlError(15517, [String(id)]);
  const state = own(execution);
  state.identities.push(state.loginOf(user), user, true);
}

function parameterError(error: SqlError, module: Pick<Module, "name">): SqlError {
  error.procedure = module.name;
  error.line ??= 0;
  return error;
}

/** Each argument with the parameter that it is for. */
function bind(module: Module, args: readonly Argument[], execution: Execution): Map<ModuleParameter, Argument> {
  const key = execution.frame.database.key;
  const bound = new Map<ModuleParameter, Argument>();
  if (args.length > 0 && module.parameters.length === 0) throw parameterError(sqlError(8146, [module.name], 2), module);
  args.forEach((argument, index) => {
    const wanted = argument.name;
    const parameter =
      wanted === undefined || wanted === ""
        ? module.parameters[index]
        : module.parameters.find((one) => key(one.name) === key(wanted));
    if (!parameter)
      throw parameterError(wanted ? sqlError(8145, [wanted, module.name]) : sqlError(8144, [module.name], 2), module);
    if (bound.has(parameter)) throw parameterError(sqlError(8143, [parameter.name]), module);
    if (argument.output && !parameter.output) throw parameterError(sqlError(8162, [parameter.name], 2), module);
    bound.set(parameter, argument);
  });
  return bound;
}

export function convertParameter(value: SqlValue, from: SqlType | undefined, to: SqlType): SqlValue {
  if (value === null || !from) return value;
  try {
    return convert(value, from, to);
  } catch (error) {
    if (!(error instanceof SqlError) || [206, 257, 49999].includes(error.number) || isXmlParsing(error.number))
      throw error;
    throw sqlError(8114, [from.name, to.name], 5);
  }
}

/** A table-valued parameter that was not given is empty. */
function emptyTable(parameter: ModuleParameter, database: Database, execution: Execution): Table {
  const type = parameter.type.userTypeId === undefined ? undefined : database.types.get(parameter.type.userTypeId);
  const object = type?.tableObjectId === undefined ? undefined : database.objects.get(type.tableObjectId);
  if (object?.type !== "TT") throw notImplemented(`table-valued parameter ${parameter.name}`);
  return tableOfType(object, parameter.name, database, execution);
}

function assign(
  frame: ExecutionFrame,
  module: Module,
  parameter: ModuleParameter,
  argument: Argument | undefined,
  execution: Execution,
): void {
  const key = parameter.name.toLowerCase();
  const value = argument?.value;
  if (value !== undefined && value !== null && typeof value === "object" && "rows" in value) {
    frame.tables.set(key, value);
    return;
  }
  if (parameter.readOnly) {
    if (value !== undefined && value !== null)
      throw parameterError(
        sqlError(206, [argument?.type ? typeDisplay(argument.type) : "nvarchar", parameter.name]),
        module,
      );
    frame.tables.set(key, emptyTable(parameter, frame.database, execution));
    return;
  }
  if (value === undefined) {
    if (!parameter.hasDefault) throw parameterError(sqlError(201, [module.name, parameter.name], 4), module);
    const made = parameter.default
      ? execution.parts.query.typedScalar(parameter.default, execution, parameter.type).value
      : null;
    frame.variables.set(key, { type: parameter.type, value: made });
    return;
  }
  try {
    frame.variables.set(key, { type: parameter.type, value: convertParameter(value, argument?.type, parameter.type) });
  } catch (error) {
    throw error instanceof SqlError ? parameterError(error, module) : error;
  }
}

export function* callProcedure(
  module: Module,
  database: Database,
  args: readonly Argument[],
  execution: Execution,
): Work<number> {
  const { parsed } = module;
  if (parsed.kind !== "procedure") throw notImplemented(`EXECUTE of ${parsed.kind} ${module.name}`);
  const bound = bind(module, args, execution);
  const frame = moduleFrame(module, database, execution);
  const status = yield* inFrame(frame, execution, function* (inner) {
    for (const parameter of module.parameters) assign(frame, module, parameter, bound.get(parameter), inner);
    impersonateFor(module, database, inner);
    if (module.clr) return runClr(module, frame, inner);
    const returned = yield* run(parsed.body, inner);
    return returned === null || returned === undefined ? 0 : Number(returned);
  });
  for (const [parameter, argument] of bound) {
    const value = frame.variables.get(parameter.name.toLowerCase())?.value ?? null;
    argument.output?.(value === null || !argument.type ? value : convert(value, parameter.type, argument.type));
  }
  return status ?? -6;
}

/** OUTPUT parameters go back through the frame's variables. */
function runClr(module: Module, frame: ExecutionFrame, execution: Execution): number {
  const variable = (parameter: ModuleParameter) => frame.variables.get(parameter.name.toLowerCase())!;
  const values = module.parameters.map((parameter) => variable(parameter).value);
  const set = (index: number, value: SqlValue): void => {
    variable(module.parameters[index]!).value = value;
  };
  return callClrProcedure(module, frame.database, values, set, execution);
}

/** Parses and runs text as a batch of its own. A frame brings variables along. */
export function* executeText(sql: string, given: ExecutionFrame | undefined, execution: Execution): Work<void> {
  const { options } = execution.session;
  const frame = given ?? dynamicFrame(execution);
  let statements;
  try {
    ({ statements } = parseBatch(sql, { quotedIdentifier: options.quotedIdentifier }));
  } catch (error) {
    if (error instanceof SqlError) leaveScope(markEffect(error, "syntax"));
    throw error;
  }
  setText(frame, sql, statements);
  yield* inFrame(frame, execution, (inner) => run(statements, inner));
}

export function setText(
  frame: ExecutionFrame,
  sql: string,
  statements: readonly import("../language/ast").Statement[],
): void {
  frame.text = sql;
  frame.lines = [...new Set(programOf(statements).map(({ line }) => line))].sort((a, b) => a - b);
}

export function dynamicFrame(execution: Execution): ExecutionFrame {
  const { session, frame } = execution;
  return new ExecutionFrame({
    database: frame.module ? frame.database : session.database,
    parent: frame,
    quotedIdentifier: session.options.quotedIdentifier,
    ansiNulls: session.options.ansiNulls,
  });
}

function* functionBody(
  module: Module,
  frame: ExecutionFrame,
  args: readonly SqlValue[],
  execution: Execution,
): Work<SqlValue | undefined> {
  const { parsed } = module;
  if (parsed.kind !== "scalar-function" && parsed.kind !== "table-function")
    throw notImplemented(`call of ${parsed.kind} ${module.name}`);
  return yield* inFrame(frame, execution, function* (inner) {
    module.parameters.forEach((parameter, i) =>
      frame.variables.set(parameter.name.toLowerCase(), { type: parameter.type, value: args[i] ?? null }),
    );
    impersonateFor(module, frame.database, inner);
    return yield* run(parsed.body, inner);
  });
}

function callFunction(
  module: Module,
  frame: ExecutionFrame,
  args: readonly SqlValue[],
  execution: Execution,
): SqlValue {
  const state = own(execution);
  // The rows and errors that a statement counts are its own, not those of the functions that it calls.
  const { rowCount, lastError } = execution.frame;
  state.functionDepth++;
  try {
    return driveNow(functionBody(module, frame, args, execution)) ?? null;
  } finally {
    state.functionDepth--;
    execution.frame.rowCount = rowCount;
    execution.frame.lastError = lastError;
  }
}

export function callScalarFunction(
  module: Module,
  database: Database,
  args: readonly SqlValue[],
  execution: Execution,
): SqlValue {
  if (module.clr) return callClrScalar(module, database, args, execution);
  return callFunction(module, moduleFrame(module, database, execution), args, execution);
}

export function callTableFunction(
  module: Module,
  database: Database,
  args: readonly SqlValue[],
  execution: Execution,
): Table {
  const { parsed } = module;
  if (module.clr && parsed.kind === "table-function") {
    const made = execution.parts.definition.buildTable(module.name, parsed.returns, database, execution);
    return fillClrTable(module, database, args, made, execution);
  }
  if (parsed.kind !== "table-function" || parsed.variable === undefined)
    throw notImplemented(`table function ${module.name}`);
  const frame = moduleFrame(module, database, execution);
  const table = execution.parts.definition.buildTable(parsed.variable, parsed.returns, database, execution);
  frame.tables.set(parsed.variable.toLowerCase(), table);
  callFunction(module, frame, args, execution);
  return table;
}

type TriggerArguments = Parameters<InterpreterPart["fireTriggers"]>;

export function* fireTriggers(
  ...[table, event, when, inserted, deleted, updatedColumns, execution]: TriggerArguments
): Work<boolean> {
  const database = table.type === "U" ? databaseOf(table, execution) : execution.frame.database;
  const state = own(execution);
  let ran = false;
  for (const trigger of inOrder(triggersOf(database, table.id), event)) {
    const settings = trigger.trigger;
    if (
      !settings ||
      settings.disabled ||
      settings.insteadOf !== (when === "instead-of") ||
      !settings.events.includes(event)
    )
      continue;
    if (isSuppressed(trigger, database, execution)) continue;
    ran = true;
    const shape: Table = table.type === "U" ? table : inserted;
    const frame = moduleFrame(trigger, database, execution, { inserted, deleted, updatedColumns, table: shape });
    const body = trigger.parsed.kind === "trigger" ? trigger.parsed.body : [];
    const { rowCount } = execution.frame;
    const { scopeIdentity } = execution.frame;
    const { transaction } = state;
    const alone = state.transactions.enterTrigger();
    const count = state.transactionCount;
    state.triggerDepth++;
    try {
      yield* inFrame(frame, execution, function* (inner) {
        state.options.xactAbort = true;
        frame.rowCount = BigInt(Math.max(inserted.rows.size, deleted.rows.size));
        impersonateFor(trigger, database, inner);
        if (trigger.clr) callClrTrigger(trigger, database, event, inserted, deleted, inner);
        else yield* run(body, inner);
      });
      if (state.transactionCount < count || state.transaction !== transaction) throw sqlError(3609);
      requireSameCount(count, execution);
    } finally {
      state.triggerDepth--;
      if (alone) state.transactions.leaveTrigger(transaction);
      execution.frame.rowCount = rowCount;
      execution.frame.scopeIdentity = scopeIdentity;
    }
  }
  return ran;
}

/** sp_settriggerorder: First, then those without a place, then Last. */
function inOrder(triggers: readonly Module[], event: "INSERT" | "UPDATE" | "DELETE"): Module[] {
  const rank = (trigger: Module): number =>
    ({ First: -1, None: 0, Last: 1 })[trigger.trigger?.order?.[event] ?? "None"];
  return [...triggers].sort((a, b) => rank(a) - rank(b));
}

/** A trigger that runs already fires again only with RECURSIVE_TRIGGERS; with nested triggers off none fires from another. */
function isSuppressed(trigger: Module, database: Database, execution: Execution): boolean {
  const direct = execution.frame.module === trigger;
  if (direct && (trigger.trigger!.insteadOf || !database.options.recursiveTriggers)) return true;
  let running = false;
  for (let frame: Execution["frame"] | undefined = execution.frame; frame; frame = frame.parent) {
    if (trigger.trigger!.insteadOf && frame.module === trigger) return true;
    running ||= frame.trigger !== undefined;
  }
  return (
    running &&
    !trigger.trigger!.insteadOf &&
    execution.session.server.configurations.get("nested triggers")?.inUse === 0
  );
}
