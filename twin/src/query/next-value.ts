/** Where a select list may draw sequence numbers. https://learn.microsoft.com/sql/t-sql/functions/next-value-for-transact-sql, limitations */
import type { Expression, QueryBody, QuerySpecification } from "../language/ast";
import { sqlError } from "../session/messages";
import { some } from "./expression-key";
import { at } from "./scope";

const conditionalCalls = new Set(["choose", "coalesce", "iif", "isnull", "nullif"]);

function isNextValue(expression: Expression): boolean {
  return expression.kind === "next-value";
}

function isConditional(expression: Expression): boolean {
  if (expression.kind === "case") return true;
  return expression.kind === "call" && conditionalCalls.has(expression.name.parts.at(-1)!.toLowerCase());
}

function drawn(specification: QuerySpecification): Expression[] {
  return specification.items.flatMap((item) =>
    item.kind !== "star" && some(item.expression, isNextValue) ? [item.expression] : [],
  );
}

export function requireNextValuePlaces(specification: QuerySpecification, nested: boolean, offset: boolean): void {
  const expressions = drawn(specification);
  if (expressions.length === 0) return;
  const number = nested ? 11719 : specification.distinct ? 11721 : specification.top || offset ? 11739 : undefined;
  if (number !== undefined) throw at(sqlError(number), specification.line);
  if (expressions.some((one) => some(one, (inner) => isConditional(inner) && some(inner, isNextValue))))
    throw at(sqlError(11741), specification.line);
}

/** Members of UNION, EXCEPT and INTERSECT draw none. */
export function requireNoNextValue(body: QueryBody): void {
  if (body.kind === "select" && drawn(body).length > 0) throw at(sqlError(11721), body.line);
}
