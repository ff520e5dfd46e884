/** Column references, variables and parameters. */
import type { Expression } from "../../language/ast";
import { sqlError } from "../../session/messages";
import type { Compiled } from "../context";
import { type ColumnReference, at, type Scope, slotReader } from "../scope";

export function compileColumn(expression: Extract<Expression, { kind: "column" }>, scope: Scope): Compiled {
  return compileColumnSlot(scope.resolve(expression.name.parts, expression.line), scope);
}

export function compileColumnSlot(reference: ColumnReference, scope: Scope): Compiled {
  const { column, source } = reference;
  column.demand?.();
  const owner = reference.scope;
  const slot = owner.grouping
    ? owner.grouping.columnSlot(reference.baseSlot, `${source.name}.${column.name}`)
    : reference.baseSlot;
  scope.compiler.refer(owner, slot);
  return {
    type: column.type,
    nullable: column.nullable,
    collation: column.collation ?? "implicit",
    untypedNull: column.untypedNull === true,
    column: { name: column.name, identity: column.identity === true },
    evaluate: slotReader(slot, reference.up),
  };
}

export function compileVariable(expression: Extract<Expression, { kind: "variable" }>, scope: Scope): Compiled {
  const key = expression.name.toLowerCase();
  const parameter = scope.findParameter(key);
  if (parameter) {
    scope.compiler.refer(parameter.scope, parameter.slot);
    return {
      type: parameter.type,
      nullable: true,
      collation: "default",
      evaluate: slotReader(parameter.slot, parameter.up),
    };
  }
  const variable = scope.insideModule ? undefined : scope.execution.frame.variables.get(key);
  if (!variable) throw at(sqlError(137, [expression.name]), expression.line);
  return {
    type: variable.type,
    nullable: true,
    collation: "default",
    evaluate: ({ execution }) => execution.frame.variables.get(key)!.value,
  };
}
