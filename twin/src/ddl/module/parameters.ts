/** Parameters of procedures and functions. Source: sql-docs, CREATE PROCEDURE and CREATE FUNCTION. */
import type { ModuleStatement, Parameter } from "../../language/ast";
import { sqlError } from "../../session/messages";
import type { Execution } from "../../session/runtime";
import type { Database, ModuleParameter } from "../../storage/model";
import { at } from "../naming";
import { resolveType } from "../resolve-type";

export function parametersOf(statement: ModuleStatement, database: Database, execution: Execution): ModuleParameter[] {
  if (!("parameters" in statement)) return [];
  const seen = new Set<string>();
  return statement.parameters.map((parameter, i) => {
    const key = parameter.name.toLowerCase();
    if (seen.has(key)) throw at(sqlError(134, [parameter.name]), parameter.line);
    seen.add(key);
    return moduleParameter(parameter, i + 1, database, execution);
  });
}

function moduleParameter(parameter: Parameter, id: number, database: Database, execution: Execution): ModuleParameter {
  const resolved = resolveType(parameter.type, database, id, execution.session.server.version);
  const isTable = resolved.tableTypeId !== undefined;
  if (isTable && !parameter.readOnly) throw at(sqlError(352, [parameter.name]), parameter.line);
  if (!isTable && parameter.readOnly) throw at(sqlError(346, [parameter.name]), parameter.line);
  if (isTable && parameter.default) throw at(sqlError(102, ["="]), parameter.line);
  return {
    id,
    name: parameter.name,
    type: resolved.type,
    output: parameter.output,
    readOnly: parameter.readOnly,
    nullable: parameter.nullable ?? true,
    hasDefault: parameter.default !== undefined,
    ...(parameter.default && { default: parameter.default }),
  };
}
