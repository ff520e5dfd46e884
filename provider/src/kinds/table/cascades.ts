/**
 * What one DELETE sets off must be a tree: no table twice (error 1785). Only what the tables of one resource show is checked; the server
 * also sees the others. https://learn.microsoft.com/sql/relational-databases/tables/primary-and-foreign-key-constraints
 */
import type { DesiredForeignKey, DesiredTable } from "./model";

export function checkCascades(
  tables: readonly DesiredTable[],
  key: (name: string) => string,
  report: (property: string, reason: string) => void,
): void {
  const nameOf = (schema: string, name: string): string => `${key(schema)}\0${key(name)}`;
  const byTarget = new Map<string, { readonly child: DesiredTable; readonly foreignKey: DesiredForeignKey }[]>();
  for (const child of tables)
    for (const foreignKey of child.foreignKeys) {
      if (foreignKey.onDelete === "no action") continue;
      const target = nameOf(foreignKey.referencedSchema, foreignKey.referencedTable);
      byTarget.set(target, [...(byTarget.get(target) ?? []), { child, foreignKey }]);
    }
  const reported = new Set<string>();
  for (const root of byTarget.size === 0 ? [] : tables) {
    const reached = new Set([nameOf(root.schema, root.name)]);
    const waiting = [...reached];
    for (let table = waiting.pop(); table !== undefined; table = waiting.pop())
      for (const { child, foreignKey } of byTarget.get(table) ?? []) {
        const name = nameOf(child.schema, child.name);
        if (reached.has(name)) {
          if (!reported.has(foreignKey.path))
            report(
              `${foreignKey.path}.onDelete`,
              `deleting a row of ${root.display} would reach ${child.display} by more than one way, which the server refuses; use no action on one of them`,
            );
          reported.add(foreignKey.path);
          continue;
        }
        reached.add(name);
        // SET NULL and SET DEFAULT update the child; its own children do not notice the delete.
        if (foreignKey.onDelete === "cascade") waiting.push(name);
      }
  }
}
