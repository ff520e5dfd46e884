/** Tables whose kept rows depend on what an assembly computes: columns of its types, persisted columns and CHECK constraints that call it. */
import { modulesOf, typesOf } from "../../clr/registered";
import type { Execution } from "../../session/runtime";
import { sqlError } from "../../session/messages";
import type { CheckConstraint, Database, Module, Table } from "../../storage/model";
import type { Assembly } from "../../storage/model-clr";
import { references, resolveReferences } from "../dependencies";
import { constraintsOf } from "../registry";

interface Dependent {
  readonly table: Table;
  readonly name: string;
  readonly checks: readonly CheckConstraint[];
}

/** Only tables with rows: nothing else is to be checked. */
export function dataDependents(assembly: Assembly, database: Database): Dependent[] {
  const types = new Set(typesOf(database, assembly.id).map(({ id }) => id));
  const modules = new Set(modulesOf(database, assembly.id).map(({ id }) => id));
  if (types.size === 0 && modules.size === 0) return [];
  const calls = (tree: unknown, schemaId: number): boolean =>
    resolveReferences(references(tree), database, schemaId).some(({ id }) => id !== undefined && modules.has(id));
  const found: Dependent[] = [];
  for (const table of database.objects.values()) {
    if (table.type !== "U" || table.rows.size === 0) continue;
    const checks = constraintsOf(database, table.id).filter(
      (one): one is CheckConstraint => one.type === "C " && calls(one.expression, table.schemaId),
    );
    const isKept = table.columns.some(
      ({ type, computed }) =>
        types.has(type.userTypeId ?? 0) || (computed?.persisted === true && calls(computed.expression, table.schemaId)),
    );
    if (isKept) found.push({ table, name: table.name, checks });
    else if (checks[0]) found.push({ table, name: checks[0].name, checks });
  }
  return found;
}

/** A persisted or indexed column that a function computes: it has to stay indexable. */
export function computedColumnOf(module: Module, database: Database): { table: string; column: string } | undefined {
  for (const table of database.objects.values()) {
    if (table.type !== "U") continue;
    for (const { id, name, computed } of table.columns) {
      const isIndexed = table.indexes.some(({ columns }) => columns.some(({ columnId }) => columnId === id));
      if (!computed || !(computed.persisted || isIndexed)) continue;
      const called = resolveReferences(references(computed.expression), database, table.schemaId);
      if (called.some((one) => one.id === module.id)) return { table: table.name, column: name };
    }
  }
  return undefined;
}

/** WITH UNCHECKED DATA: 6288. */
export function markUnchecked(dependents: readonly Dependent[], execution: Execution): void {
  const { transaction } = execution.session;
  for (const { table, checks } of dependents) {
    transaction.set(table, "hasUncheckedAssemblyData", true);
    for (const check of checks) {
      transaction.set(check, "disabled", true);
      transaction.set(check, "notTrusted", true);
    }
  }
  execution.output.message(sqlError(6288, [execution.frame.database.name]));
}
