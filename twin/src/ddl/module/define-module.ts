/** CREATE, ALTER and CREATE OR ALTER of procedures, functions, views and triggers. Rules: reference sheet "modules" A2 and B1. */
import type { ModuleStatement, Statement } from "../../language/ast";
import { sqlError } from "../../session/messages";
import type { Execution, Work } from "../../session/runtime";
import { declarationsOf, requireDeclared } from "../../session/declarations";
import { programOf } from "../../session/program";
import { notImplemented, SqlError } from "../../session/sql-error";
import type { Column, Database, DbObject, Module } from "../../storage/model";
import { eventsOf } from "../database-events";
import { references, referencesInModule, resolveReferences, schemaBoundReferrers } from "../dependencies";
import { lockObject } from "../locking";
import { at, findIn, isTemporary, lastPart, placeFor, shown, type Place } from "../naming";
import { mayAlter, requirePermission } from "../permission";
import { isModule, newObjectBase, register, touch } from "../registry";
import { resolveType } from "../resolve-type";
import { bindBody } from "./bind-body";
import { bindingExecution } from "./binding-frame";
import { requireFunctionBody } from "./function-body";
import { bindExternal, externalOf, type ExternalStatement } from "./external";
import { moduleKinds, typeOfModule } from "./kinds";
import { readModuleOptions } from "./options";
import { parametersOf } from "./parameters";
import { queryColumns } from "./result-columns";
import { requireBindable } from "./schema-binding";
import { storedText } from "./stored-text";
import { walk } from "./tree";
import { requireTriggerFits, triggerPlace, type TriggerPlace, type TriggerStatement } from "./trigger-place";

interface ModulePlace extends Place {
  readonly parent?: TriggerPlace["parent"];
}

export function* defineModule(statement: ModuleStatement, execution: Execution): Work<void> {
  const name = lastPart(statement.name);
  if (isTemporary(name) && statement.kind === "view") throw at(sqlError(4103, [name]), statement.line);
  if (isTemporary(name)) throw at(notImplemented("temporary procedures"), statement.line);
  try {
    yield* define(statement, execution);
  } catch (error) {
    // The server names the module as the place of the error.
    if (error instanceof SqlError) error.procedure ??= name;
    throw error;
  }
}

function* define(statement: ModuleStatement, execution: Execution): Work<void> {
  const { word } = moduleKinds[statement.kind];
  const place: ModulePlace =
    statement.kind === "trigger" ? triggerPlace(statement, execution) : placeFor(statement.name, execution);
  const { database, schema } = place;
  if (database.options.readOnly) throw sqlError(3906, [database.name]);
  const found = findIn(database, schema.id, place.name);
  const existing = statement.action === "create" ? undefined : alterable(found, statement, place, execution);
  if (!existing) {
    if (statement.kind !== "trigger") {
      requirePermission(`CREATE ${word}`, { kind: "database", database }, execution);
      requirePermission("ALTER", { kind: "schema", schemaId: schema.id }, execution);
    }
    if (found) throw at(sqlError(2714, [place.name], 3), statement.line);
  } else {
    yield* lockObject(execution, database, existing.id, "Sch-M");
    const referrer = schemaBoundReferrers(database, existing.id)[0];
    if (referrer) throw at(sqlError(3729, ["ALTER", shown(statement.name), referrer.name]), statement.line);
  }
  if (place.parent) yield* lockObject(execution, database, place.parent.id, "Sch-M");
  if (statement.kind === "trigger") requireTriggerFits(statement, place as TriggerPlace, existing);
  const module = draft(statement, place, existing, execution);
  yield* lockReferenced(module, database, execution);
  bind(statement, module, place, execution);
  if (existing) replaceModule(existing, module, execution);
  else {
    register(database, module, execution.session.transaction);
    // Nobody else uses the module before the transaction ends.
    yield* lockObject(execution, database, module.id, "Sch-M");
  }
}

/** The module that ALTER or CREATE OR ALTER changes: 208, 2010 and 2110. */
function alterable(
  found: DbObject | undefined,
  statement: ModuleStatement,
  place: ModulePlace,
  execution: Execution,
): Module | undefined {
  if (!found || !mayAlter(execution, place.database, found)) {
    if (statement.action === "alter" || found) throw at(sqlError(208, [shown(statement.name)], 6), statement.line);
    return undefined;
  }
  if (!isModule(found) || found.type !== typeOfModule(statement))
    throw at(sqlError(2010, [shown(statement.name)]), statement.line);
  if (statement.kind === "trigger" && found.parentId !== (place.parent?.id ?? 0))
    throw at(sqlError(2110, [shown(statement.name), place.parent?.name ?? place.database.name]), statement.line);
  return found;
}

function draft(
  statement: ModuleStatement,
  place: ModulePlace,
  existing: Module | undefined,
  execution: Execution,
): Module {
  const { database, schema, name } = place;
  const { options: session } = execution.session;
  const { encrypted, ...options } = readModuleOptions(statement, database, execution);
  const base: Pick<
    Module,
    "id" | "name" | "schemaId" | "parentId" | "principalId" | "created" | "modified" | "isMsShipped"
  > = existing ?? newObjectBase(database, name, schema.id, place.parent?.id ?? 0);
  return {
    id: base.id,
    name: base.name,
    schemaId: base.schemaId,
    parentId: base.parentId,
    principalId: base.principalId,
    created: base.created,
    modified: base.modified,
    isMsShipped: base.isMsShipped,
    type: typeOfModule(statement),
    definition: encrypted || externalOf(statement) ? null : storedText(statement.text, session.quotedIdentifier),
    parsed: statement,
    usesAnsiNulls: session.ansiNulls,
    usesQuotedIdentifier: session.quotedIdentifier,
    ...options,
    parameters: parametersOf(statement, database, execution),
    columns: [],
    indexes: [],
    ...((statement.kind === "scalar-function" || statement.kind === "aggregate") && {
      returns: resolveType(statement.returns, database, 0, execution.session.server.version).type,
    }),
    ...(statement.kind === "trigger" && {
      trigger: {
        disabled: false,
        insteadOf: statement.when === "instead-of",
        events: eventNames(statement),
        onDatabase: statement.on.kind === "database",
      },
    }),
  };
}

/** A database trigger listens to the events of its groups. */
function eventNames(statement: TriggerStatement): string[] {
  if (statement.on.kind === "object") return [...statement.events];
  return [...new Set(statement.events.flatMap((name) => eventsOf(name) ?? []))];
}

/** Bound references hold their objects still while the module is made. */
function* lockReferenced(module: Module, database: Database, execution: Execution): Work<void> {
  if (module.type !== "V " && module.type !== "IF" && !module.schemaBound) return;
  for (const { classId, id } of resolveReferences(referencesInModule(module), database, module.schemaId))
    if (classId === 1 && id !== undefined) yield* lockObject(execution, database, id, "Sch-S");
}

/** Checks the text against the database and fills in the columns. */
function bind(statement: ModuleStatement, module: Module, place: ModulePlace, execution: Execution): void {
  const { database } = place;
  const external = externalOf(statement);
  if (external) return bindExternal(statement as ExternalStatement, external, module, database, execution);
  const binding = bindingExecution(module, database, execution, place.parent);
  if (module.schemaBound) requireBindable(statement, module, database, binding);
  if (statement.kind === "view" || statement.kind === "inline-function") {
    requireNoTemporary(statement);
    module.columns = queryColumns(statement, module, database, binding);
    return;
  }
  const names = module.parameters.map((parameter) => parameter.name);
  requireVariables(
    statement.body,
    statement.kind === "table-function" && statement.variable ? [...names, statement.variable] : names,
  );
  if (statement.kind === "scalar-function" || statement.kind === "table-function") requireFunctionBody(statement.body);
  if (statement.kind === "table-function") requireBareReturns(statement.body);
  if (statement.kind === "trigger") requireTriggerBody(statement.body);
  if (statement.kind === "table-function")
    module.columns = [...binding.frame.tables.get(statement.variable!.toLowerCase())!.columns] satisfies Column[];
  programOf(statement.body);
  bindBody(statement.body, binding, module.schemaBound);
  announceMissing(module, database, execution);
}

function requireVariables(body: readonly Statement[], parameters: readonly string[]): void {
  const given = new Set(parameters.map((name) => name.toLowerCase()));
  const declarations = declarationsOf(body);
  for (const variable of declarations.variables)
    if (given.has(variable.name.toLowerCase())) throw at(sqlError(134, [variable.name]), variable.line);
  requireDeclared(declarations, (name) => given.has(name));
}

/** The rows of the table variable are the answer: 178 for RETURN with a value. */
function requireBareReturns(body: readonly Statement[]): void {
  walk(body, (node) => {
    if (node.kind === "return" && node["value"] !== undefined && "line" in node)
      throw at(sqlError(178), Number(node["line"]));
  });
}

/** Databases and the configuration are out of a trigger's reach: 287. Source: reference sheet "modules" A2. */
function requireTriggerBody(body: readonly Statement[]): void {
  walk(body, (node) => {
    const word =
      node.kind === "create-database"
        ? "CREATE DATABASE"
        : node.kind === "alter-database"
          ? "ALTER DATABASE"
          : node.kind === "drop" && node["what"] === "DATABASE"
            ? "DROP DATABASE"
            : node.kind === "reconfigure"
              ? "RECONFIGURE"
              : undefined;
    if (word) throw at(sqlError(287, [word]), Number(node["line"]));
  });
}

function requireNoTemporary(statement: ModuleStatement): void {
  // references() leaves temporary names out, so the text of each FROM is looked at here.
  const temporary = temporaryName(statement);
  if (temporary) throw at(sqlError(4508), statement.line);
}

function temporaryName(value: unknown): boolean {
  if (Array.isArray(value)) return value.some(temporaryName);
  if (typeof value !== "object" || value === null) return false;
  const node = value as Record<string, unknown>;
  if (node["kind"] === "table" && (node["name"] as { parts: string[] }).parts.at(-1)!.startsWith("#")) return true;
  return Object.entries(node).some(([key, child]) => key !== "text" && temporaryName(child));
}

/** 2007 for every procedure that is called and is not there yet. */
function announceMissing(module: Module, database: Database, execution: Execution): void {
  for (const { name, what } of references(module.parsed)) {
    if (what !== "procedure" || name.parts.length > 2) continue;
    const own = lastPart(name);
    if (/^(sp|xp)_/i.test(own) || own.startsWith("#") || name.parts[0]!.toLowerCase() === "sys") continue;
    const found = resolveReferences(
      [{ name, what: "object", selected: false, updated: false }],
      database,
      module.schemaId,
    )[0];
    if (found?.id === undefined) execution.output.message(sqlError(2007, [module.name, shown(name)]));
  }
}

/** ALTER keeps id, creation date, permissions and extended properties; a view loses its indexes, a trigger is enabled again. */
function replaceModule(existing: Module, next: Module, execution: Execution): void {
  const { transaction } = execution.session;
  const keys = [
    "definition",
    "parsed",
    "usesAnsiNulls",
    "usesQuotedIdentifier",
    "schemaBound",
    "nullOnNullInput",
    "recompiled",
    "executeAsPrincipalId",
    "parameters",
    "columns",
    "indexes",
  ] as const;
  for (const key of keys) transaction.set(existing, key, next[key] as never);
  if (next.returns) transaction.set(existing, "returns", next.returns);
  if (next.clr) transaction.set(existing, "clr", next.clr);
  if (next.trigger) transaction.set(existing, "trigger", next.trigger);
  touch(existing, execution);
}

/** sp_refreshsqlmodule: binds the stored text again under its own settings. Throws what a create would throw. */
export function refreshModule(module: Module, database: Database, execution: Execution): void {
  if (module.schemaBound) return execution.output.message(sqlError(2023, [module.name]));
  const statement = module.parsed;
  const parent = database.objects.get(module.parentId);
  const place: ModulePlace = {
    database,
    schema: database.schemas.get(module.schemaId) ?? { id: 0, name: "", principalId: 1 },
    name: module.name,
    parent: parent && (parent.type === "U" || isModule(parent)) ? parent : undefined,
  };
  const next: Module = { ...module, parameters: parametersOf(statement, database, execution), columns: [] };
  if (statement.kind === "scalar-function")
    next.returns = resolveType(statement.returns, database, 0, execution.session.server.version).type;
  bind(statement, next, place, execution);
  const { transaction } = execution.session;
  transaction.set(module, "parameters", next.parameters);
  transaction.set(module, "columns", next.columns);
  if (next.returns) transaction.set(module, "returns", next.returns);
  touch(module, execution);
}
