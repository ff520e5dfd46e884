/**
 * A batch is compiled as a whole before its first statement runs: a wrong column of a table that exists already fails all of it, even
 * where an earlier statement would have added the column. Statements over objects that are not there yet wait for their turn.
 * Source: reference sheet "modules" B1; sql-docs, SQL Server utilities statements GO and ALTER TABLE.
 */
import { bindBody } from "../ddl/module/bind-body";
import type { Statement } from "../language/ast";
import type { Execution, Output } from "./runtime";

const silent: Output = { columns: () => undefined, row: () => undefined, message: () => undefined };

/** Whose names later statements mean is known only when these have run. */
const changesNames = new Set<string>(["use", "execute-as", "revert"]);

export function bindBatch(statements: readonly Statement[], execution: Execution): void {
  // A single statement binds when it runs.
  if (statements.length < 2) return;
  const end = statements.findIndex(({ kind }) => changesNames.has(kind));
  bindBody(end < 0 ? statements : statements.slice(0, end), { ...execution, output: silent }, false);
}
