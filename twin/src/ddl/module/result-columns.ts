/** Result columns of views and table-valued functions. Errors 4511, 4514, 4506, 4502, 8158, 8159 and 1033. */
import type { ModuleStatement, Query } from "../../language/ast";
import { sqlError } from "../../session/messages";
import type { Execution } from "../../session/runtime";
import type { ResultColumn } from "../../session/port";
import type { Column, Database, Module } from "../../storage/model";
import { newColumn } from "../../storage/new-column";
import { isCharacter } from "../../types/format-type";
import { at } from "../naming";

export function queryColumns(
  statement: Extract<ModuleStatement, { kind: "view" | "inline-function" }>,
  module: Module,
  database: Database,
  binding: Execution,
): Column[] {
  const { query } = statement;
  requireUnordered(query);
  const found = binding.parts.query.describeQuery(query, binding);
  const names = statement.kind === "view" ? statement.columns : undefined;
  if (names && names.length > found.length) throw at(sqlError(8159, [module.name]), statement.line);
  if (names && names.length < found.length) throw at(sqlError(8158, [module.name]), statement.line);
  const seen = new Set<string>();
  return found.map((column, i) => {
    const name = names?.[i] ?? column.name;
    if (name === "") throw at(sqlError(statement.kind === "view" ? 4511 : 4514, [i + 1]), statement.line);
    const key = database.key(name);
    if (seen.has(key)) throw at(sqlError(4506, [name, module.name]), statement.line);
    seen.add(key);
    return moduleColumn(i + 1, name, column, database);
  });
}

/** ORDER BY needs TOP, OFFSET or FOR XML beside it. */
function requireUnordered(query: Query): void {
  const limited = query.offset !== undefined || (query.body.kind === "select" && query.body.top !== undefined);
  if (query.orderBy.length > 0 && !limited && query.for?.kind !== "xml") throw at(sqlError(1033), query.line);
  if (query.body.kind === "select" && query.body.into) throw at(sqlError(156, ["INTO"]), query.line);
  if (query.options.length > 0) throw at(sqlError(156, ["OPTION"]), query.line);
}

function moduleColumn(id: number, name: string, column: ResultColumn, database: Database): Column {
  const collation = isCharacter(column.type) ? (column.type.collation ?? database.collation.name) : null;
  return newColumn({
    id,
    name,
    type: collation === null ? column.type : { ...column.type, collation },
    nullable: column.nullable,
    collation,
    ansiPadded: collation !== null,
  });
}
