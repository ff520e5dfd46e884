/** $PARTITION.function(value). https://learn.microsoft.com/sql/t-sql/functions/partition-transact-sql */
import { findFunction, partitionOf } from "../../ddl/partition";
import { sqlError } from "../../session/messages";
import type { Compiled } from "../context";
import { findDatabase } from "../objects";
import { at, type CallExpression, type Scope } from "../scope";
import { convertTo } from "./coercion";
import { compileExpression } from "./compile";

/** The 1-based partition that a value lies in; the function may be another database's. */
export function compilePartition(call: CallExpression, scope: Scope): Compiled {
  const { parts } = call.name;
  const name = parts.at(-1)!;
  const written = parts.at(-3);
  const database = written ? findDatabase(scope.execution, written) : scope.database;
  const partition = database && findFunction(database, name);
  if (!database || !partition) throw at(sqlError(208, [parts.join(".")]), call.line);
  if (call.arguments.length !== 1) throw at(sqlError(174, [name, 1]), call.line);
  const value = convertTo(compileExpression(call.arguments[0]!, scope), partition.type, scope);
  return {
    type: { name: "int" },
    nullable: false,
    collation: "default",
    evaluate: (context) => partitionOf(value.evaluate(context), partition, database) + 1,
  };
}
