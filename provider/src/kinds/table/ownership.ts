/** What iac.object says about history tables: they belong to the resource of their table and are never tables of a set. */
import type { PlanContext } from "../../contract";

export function isTableOfHistory(display: string, { owned, names }: PlanContext): boolean {
  return owned.some((object) => object.type === "history table" && names.equals(object.name, display));
}

export function ownsHistory({ owned }: PlanContext): boolean {
  return owned.some((object) => object.type === "history table");
}
