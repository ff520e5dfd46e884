/** CHECK / NOCHECK CONSTRAINT and the trust flags. Rules: reference sheet "tables and indexes" 1.9. */
import type { AlterTableAction } from "../../language/ast";
import { sqlError } from "../../session/messages";
import type { CheckConstraint, ForeignKey, Table } from "../../storage/model";
import { qualified } from "../naming";
import { tableConstraints, transactionOf, type TableTarget } from "./target";
import { checkRows } from "./foreign-keys";

export function enableConstraints(
  action: Extract<AlterTableAction, { kind: "check-constraint" }>,
  target: TableTarget,
): void {
  const { database, table } = target;
  const transaction = transactionOf(target);
  const all = tableConstraints(database, table);
  const can = (constraint: (typeof all)[number]): constraint is CheckConstraint | ForeignKey =>
    constraint.type === "C " || constraint.type === "F ";
  const chosen =
    action.names === "all"
      ? all.filter(can)
      : action.names.map((name) => {
          const found = all.find((constraint) => database.key(constraint.name) === database.key(name));
          if (!found) throw pair(sqlError(4917, [name]));
          if (!can(found)) throw pair(sqlError(11415, [name]));
          return found;
        });
  for (const constraint of chosen) {
    if (!action.enable) {
      transaction.set(constraint, "disabled", true);
      transaction.set(constraint, "notTrusted", true);
      continue;
    }
    // Enabling keeps the constraint untrusted unless WITH CHECK has every row looked at.
    if (action.validate) validate(constraint, target);
    const trusted = action.validate === true && !constraint.notForReplication;
    if (constraint.disabled || trusted)
      transaction.set(constraint, "notTrusted", !trusted && (constraint.notTrusted || constraint.disabled));
    transaction.set(constraint, "disabled", false);
  }
}

function pair(error: ReturnType<typeof sqlError>): ReturnType<typeof sqlError> {
  const last = sqlError(4916);
  last.preceding = [error];
  return last;
}

function validate(constraint: CheckConstraint | ForeignKey, target: TableTarget): void {
  const { database, table, execution } = target;
  if (constraint.type === "F ")
    return checkRows(constraint, target, database.objects.get(constraint.referencedId) as Table);
  const condition = execution.parts.query.compileCondition(constraint.expression, table, database, execution);
  const column = table.columns.find((one) => one.id === constraint.columnId);
  for (const row of table.rows.values())
    if (condition(row, execution) === false)
      throw sqlError(547, [
        "ALTER TABLE",
        "CHECK",
        constraint.name,
        database.name,
        qualified(database, table),
        column ? `, column '${column.name}'` : "",
        "",
        "",
      ]);
}
