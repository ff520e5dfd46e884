/** Walking a module's syntax tree without knowing every node. */
export type Node = Record<string, unknown> & { readonly kind?: unknown };

export function isNode(value: unknown): value is Node {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Uint8Array);
}

/** Calls `visit` for every node, parents first, in the order of the text. `visit` answers false to leave the children out. */
export function walk(value: unknown, visit: (node: Node) => boolean | void): void {
  if (Array.isArray(value)) {
    for (const item of value) walk(item, visit);
    return;
  }
  if (!isNode(value) || visit(value) === false) return;
  for (const [key, child] of Object.entries(value)) if (key !== "line" && key !== "text") walk(child, visit);
}

export function some(value: unknown, test: (node: Node) => boolean): boolean {
  let found = false;
  walk(value, (node) => {
    if (!found && test(node)) found = true;
    return !found;
  });
  return found;
}
