/** Functions about the running module, its errors and its identities. */
import type { Execution } from "../../session/runtime";
import type { SqlType } from "../../types/sql-type";
import type { SqlValue } from "../../types/value";
import { sqlError } from "../../session/messages";
import type { Compiled } from "../context";
import { at, type CallExpression, type Scope } from "../scope";
import { checkCount } from "./call";

type CompileCall = (call: CallExpression, scope: Scope) => Compiled;

const int: SqlType = { name: "int" };

function about(type: SqlType, read: (execution: Execution) => SqlValue): CompileCall {
  return (call) => {
    checkCount(call, 0, 0);
    return { type, nullable: true, collation: "default", evaluate: ({ execution }) => read(execution) };
  };
}

export const contextCalls: Record<string, CompileCall | undefined> = {
  ERROR_NUMBER: about(int, ({ frame }) => frame.caught?.number ?? null),
  ERROR_SEVERITY: about(int, ({ frame }) => frame.caught?.severity ?? null),
  ERROR_STATE: about(int, ({ frame }) => frame.caught?.state ?? null),
  ERROR_LINE: about(int, ({ frame }) => (frame.caught ? (frame.caught.line ?? 1) : null)),
  ERROR_MESSAGE: about({ name: "nvarchar", length: 4000 }, ({ frame }) => frame.caught?.message ?? null),
  ERROR_PROCEDURE: about({ name: "nvarchar", length: 128 }, ({ frame }) => frame.caught?.procedure ?? null),
  SCOPE_IDENTITY: about({ name: "numeric", precision: 38, scale: 0 }, ({ frame }) => frame.scopeIdentity),
  ROWCOUNT_BIG: about({ name: "bigint" }, ({ frame }) => frame.rowCount),
  XACT_STATE: about({ name: "smallint" }, ({ session }) => session.transactionState),
  TRIGGER_NESTLEVEL: (call) => {
    checkCount(call, 0, 3);
    return { type: int, nullable: true, collation: "default", evaluate: ({ execution }) => triggerDepth(execution) };
  },
  COLUMNS_UPDATED: (call, scope) => {
    const { trigger } = scope.execution.frame;
    if (!trigger) throw at(sqlError(421, ["COLUMNS_UPDATED"]), call.line);
    const bytes = new Uint8Array(Math.ceil(trigger.table.maxColumnId / 8));
    for (const id of trigger.updatedColumns) bytes[(id - 1) >> 3]! |= 1 << ((id - 1) & 7);
    return {
      type: { name: "varbinary", length: bytes.length },
      nullable: false,
      collation: "default",
      evaluate: () => bytes,
    };
  },
};

function triggerDepth(execution: Execution): number {
  let depth = 0;
  for (let frame: Execution["frame"] | undefined = execution.frame; frame; frame = frame.parent)
    if (frame.trigger) depth++;
  return depth;
}
