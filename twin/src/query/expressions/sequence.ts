/** NEXT VALUE FOR: one number for each row, however often the row asks. Numbers that were drawn do not come back when the transaction rolls back. */
import type { Expression } from "../../language/ast";
import type { Row } from "../../session/runtime";
import type { Sequence } from "../../storage/model";
import { convert } from "../../types/convert";
import type { SqlValue } from "../../types/value";
import { sqlError } from "../../session/messages";
import { notImplemented } from "../../session/sql-error";
import type { Compiled } from "../context";
import { displayName, nameContext, requireObject } from "../objects";
import { at, type Scope } from "../scope";

/** Clauses that draw no numbers. */
const refused = new Set<Scope["clause"]>(["on", "where", "group", "having", "order", "output"]);

export function compileNextValue(expression: Extract<Expression, { kind: "next-value" }>, scope: Scope): Compiled {
  if (expression.over) throw at(notImplemented("NEXT VALUE FOR ... OVER"), expression.line);
  if (refused.has(scope.clause)) throw at(sqlError(11720), expression.line);
  const found = requireObject(expression.sequence, nameContext(scope));
  if (found.kind !== "sequence") throw at(sqlError(11726, [displayName(expression.sequence.parts)]), expression.line);
  const { sequence } = found;
  scope.compiler.markVolatile();
  scope.execution.session.demand("UPDATE", {
    kind: "object",
    objectId: sequence.id,
    schemaId: sequence.schemaId,
    name: sequence.name,
  });
  return {
    type: sequence.dataType,
    nullable: false,
    collation: "default",
    evaluate: ({ run, row }) => {
      const drawn = run.get<{ row: Row; value: SqlValue } | undefined>(sequence);
      if (drawn?.row === row) return drawn.value;
      const value = nextValue(sequence);
      run.put(sequence, { row, value });
      return value;
    },
  };
}

/** `current` is the number that was drawn last, or the first to draw while none was. */
function nextValue(sequence: Sequence): SqlValue {
  if (sequence.exhausted) throw sqlError(11728, [sequence.name]);
  let value = sequence.current;
  if (sequence.lastUsed !== null) {
    value += sequence.increment;
    if (value > sequence.maximum) value = sequence.minimum;
    else if (value < sequence.minimum) value = sequence.maximum;
  }
  const after = value + sequence.increment;
  sequence.current = value;
  sequence.lastUsed = value;
  if (!sequence.cycling && (after > sequence.maximum || after < sequence.minimum)) sequence.exhausted = true;
  return convert(value, { name: "bigint" }, sequence.dataType);
}
