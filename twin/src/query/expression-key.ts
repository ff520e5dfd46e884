/** A text that is the same for expressions that mean the same: how GROUP BY, DISTINCT and ORDER BY recognise items. */
import type { Expression, Query } from "../language/ast";
import type { Scope } from "./scope";

export function expressionKey(expression: Expression, scope: Scope): string {
  return JSON.stringify(expression, function (this: unknown, name: string, value: unknown) {
    if (name === "line") return undefined;
    if (typeof value !== "object" || value === null) return value;
    const node = value as { kind?: string; name?: { parts: readonly string[]; line: number } };
    if (node.kind === "column" && node.name) {
      const found = scope.tryResolve(node.name.parts, node.name.line);
      return found
        ? `#${found.scope.depth}.${found.baseSlot}`
        : { column: node.name.parts.map((part) => scope.database.key(part)) };
    }
    if (node.kind === "variable") return { variable: (value as { name: string }).name.toLowerCase() };
    if (node.kind === "call" && node.name)
      return { ...node, kind: "CALL", name: node.name.parts.map((part) => part.toLowerCase()) };
    return value;
  });
}

/** The direct sub-expressions of a node; queries inside it are not entered. */
export function children(expression: Expression): Expression[] {
  const found: Expression[] = [];
  const visit = (value: unknown): void => {
    if (Array.isArray(value)) for (const item of value) visit(item);
    else if (typeof value === "object" && value !== null) {
      const node = value as { kind?: unknown; body?: unknown };
      if (typeof node.kind === "string") found.push(value as Expression);
      else if (!("body" in node)) for (const item of Object.values(value)) visit(item);
    }
  };
  for (const [name, value] of Object.entries(expression))
    if (name !== "name" && name !== "type" && name !== "query") visit(value);
  return found;
}

/** True when the test holds for the expression or something in it; queries inside it are not entered. */
export function some(expression: Expression, test: (expression: Expression) => boolean): boolean {
  return test(expression) || children(expression).some((child) => some(child, test));
}

export function isSubquery(expression: Expression): expression is Expression & { query: Query } {
  return "query" in expression && expression.query !== undefined;
}
