/** Statements that define modules. */
const MODULES = new Set<string>([
  "procedure",
  "scalar-function",
  "inline-function",
  "table-function",
  "view",
  "trigger",
]);

export function isModuleKind(kind: string): boolean {
  return MODULES.has(kind);
}
