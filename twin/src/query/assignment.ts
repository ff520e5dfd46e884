/** SELECT @v = expression: a side effect for each row. */
import type { SelectItem } from "../language/ast";
import { sqlError } from "../session/messages";
import type { Compiled } from "./context";
import { convertTo } from "./expressions/coercion";
import { binary, compileExpression } from "./expressions/compile";
import { compileVariable } from "./expressions/column";
import { at, type Scope } from "./scope";

export function compileAssignment(item: Extract<SelectItem, { kind: "assign" }>, scope: Scope): Compiled {
  const key = item.variable.toLowerCase();
  const variable = scope.insideModule ? undefined : scope.execution.frame.variables.get(key);
  if (!variable) throw at(sqlError(137, [item.variable]), item.line);
  const value = compileExpression(item.expression, scope);
  const operator = item.operator === "=" ? undefined : (item.operator.slice(0, -1) as Parameters<typeof binary>[0]);
  const whole = operator
    ? binary(operator, compileVariable({ kind: "variable", name: item.variable, line: item.line }, scope), value, scope)
    : value;
  const converted = convertTo(whole, variable.type, scope);
  scope.compiler.markVolatile();
  return {
    ...converted,
    evaluate: (context) => {
      const result = converted.evaluate(context);
      context.execution.frame.variables.get(key)!.value = result;
      return result;
    },
  };
}
