/** LIKE. */
import type { Expression } from "../../language/ast";
import { collation as collationByName } from "../../types/collation";
import { like } from "../../types/like";
import type { Condition } from "../context";
import type { Scope } from "../scope";
import { asText, mergeCollation } from "./coercion";
import { compileExpression } from "./compile";

export function compileLike(expression: Extract<Expression, { kind: "like" }>, scope: Scope): Condition {
  const value = asText(compileExpression(expression.operand, scope), scope);
  const pattern = asText(compileExpression(expression.pattern, scope), scope);
  const escape = expression.escape && asText(compileExpression(expression.escape, scope), scope);
  const { collation: name } = mergeCollation(value, pattern, scope, "like");
  const collation = name === undefined ? scope.database.collation : collationByName(name);
  return (context) => {
    const text = value.evaluate(context);
    const form = pattern.evaluate(context);
    const escapeCharacter = escape?.evaluate(context);
    if (text === null || form === null || escapeCharacter === null) return null;
    return like(text as string, form as string, escapeCharacter as string | undefined, collation) !== expression.not;
  };
}
