/** The context in which a module's statements are bound when it is made: its parameters and variables, and nobody's rows. */
import type { ModuleStatement } from "../../language/ast";
import { declarationsOf } from "../../session/declarations";
import type { Execution, Frame, Output, Variable } from "../../session/runtime";
import type { Column, Database, Module, Table } from "../../storage/model";
import { resolveType } from "../resolve-type";
import { buildLooseTable, newTable, tableOfType } from "../table/create-table";

const silent: Output = { columns: () => undefined, row: () => undefined, message: () => undefined };

export function bindingExecution(
  module: Module,
  database: Database,
  execution: Execution,
  triggered: { name: string; columns: readonly Column[] } | undefined,
): Execution {
  const variables = new Map<string, Variable>();
  const tables = new Map<string, Table>();
  const frame: Frame = {
    variables,
    tables,
    module,
    database,
    level: execution.frame.level + 1,
    scopeIdentity: null,
    rowCount: 0n,
    lastError: 0,
    caught: undefined,
    temporaryTables: new Map(),
    parent: undefined,
    quotedIdentifier: module.usesQuotedIdentifier,
    ansiNulls: module.usesAnsiNulls,
    ...(triggered && { trigger: triggerFrame(triggered, database, execution) }),
  };
  const own: Execution = { ...execution, frame, output: silent };
  for (const parameter of module.parameters) declare(parameter.name, parameter.type, database, own);
  declareVariables(module.parsed, database, own);
  return own;
}

function declare(name: string, type: Variable["type"], database: Database, own: Execution): void {
  const key = name.toLowerCase();
  const userType = type.userTypeId === undefined ? undefined : database.types.get(type.userTypeId);
  const object = userType?.tableObjectId === undefined ? undefined : database.objects.get(userType.tableObjectId);
  if (object?.type === "TT") own.frame.tables.set(key, tableOfType(object, name, database, own));
  else own.frame.variables.set(key, { type, value: null });
}

/** Types of variables are resolved at create time: 2715. */
function declareVariables(parsed: ModuleStatement, database: Database, own: Execution): void {
  if (parsed.kind === "table-function" && parsed.variable)
    own.frame.tables.set(
      parsed.variable.toLowerCase(),
      buildLooseTable(parsed.variable, parsed.returns, database, own, "variable"),
    );
  if (!("body" in parsed)) return;
  let ordinal = 0;
  for (const variable of declarationsOf(parsed.body).variables) {
    ordinal++;
    if (variable.table)
      own.frame.tables.set(
        variable.name.toLowerCase(),
        buildLooseTable(variable.name, variable.table, database, own, "variable"),
      );
    else if (variable.type)
      declare(
        variable.name,
        resolveType(variable.type, database, ordinal, own.session.server.version).type,
        database,
        own,
      );
  }
}

/** inserted and deleted have the columns of what the trigger stands on. */
function triggerFrame(
  parent: { name: string; columns: readonly Column[] },
  database: Database,
  execution: Execution,
): NonNullable<Frame["trigger"]> {
  const pseudo = (name: string): Table => ({
    ...newTable(database, name, 1, execution),
    columns: parent.columns.map((column) => ({ ...column })),
  });
  return {
    inserted: pseudo("inserted"),
    deleted: pseudo("deleted"),
    updatedColumns: new Set(),
    table: pseudo(parent.name),
  };
}
