/** What exists before the first statement of a batch or module runs: its variables and table variables. */
import type { Statement, VariableDeclaration } from "../language/ast";
import { tableOfType } from "../ddl/table/create-table";
import { declarationsOf, requireDeclared } from "./declarations";
import { own } from "./own";
import type { Execution } from "./runtime";

export function prepareFrame(statements: readonly Statement[], execution: Execution): void {
  const { frame } = execution;
  const declarations = declarationsOf(statements);
  requireDeclared(declarations, (name) => frame.variables.has(name) || frame.tables.has(name));
  for (const variable of declarations.variables) declare(variable, execution);
}

function declare(variable: VariableDeclaration, execution: Execution): void {
  const { frame, parts } = execution;
  const { transactions } = own(execution);
  const key = variable.name.toLowerCase();
  // Building a table writes to a transaction; a table variable is in none.
  const alone = transactions.beginStatement();
  try {
    if (variable.table) {
      frame.tables.set(key, parts.definition.buildTable(variable.name, variable.table, frame.database, execution));
      return;
    }
    const resolved = parts.definition.resolveType(variable.type!, frame.database);
    const tableType =
      resolved.tableTypeId === undefined
        ? undefined
        : frame.database.objects.get(
            frame.database.types.get(resolved.tableTypeId)?.tableObjectId ?? resolved.tableTypeId,
          );
    if (tableType?.type === "TT")
      frame.tables.set(key, tableOfType(tableType, variable.name, frame.database, execution));
    else frame.variables.set(key, { type: resolved.type, value: null });
  } finally {
    if (alone) transactions.endStatement("commit");
  }
}
