/**
 * A type cannot be altered. The old one is set aside under another name, the new one made, every user compiled again, and
 * the old one dropped: permissions of the users stay.
 * https://learn.microsoft.com/sql/relational-databases/system-stored-procedures/sp-refreshsqlmodule-transact-sql
 */
import type { PlanContext, Statement } from "../../contract";
import type { Change } from "./changes";
import type { Dependencies } from "./dependencies";
import { oldTypeName } from "./emit";
import { findLiveModule, kindOfObject, type LiveModule } from "./live-module";
import { looseUsersOf } from "./releases";
import { dropType, refreshModule } from "./statements";

/** Who uses a type that is replaced must be replaced or compiled again, or it keeps the old type. */
export function spreadRotations(changes: Change[], dependencies: Dependencies, order: readonly number[]): void {
  for (const position of order) {
    const change = changes[position]!;
    const uses = dependencies.types[position]!.some((each) => changes[each]!.action === "rotate");
    if (!uses || change.action === "create") continue;
    if (change.module.kind === "type") change.action = "rotate";
    else if (change.live?.object?.isNativelyCompiled) change.action = "recreate";
    else if (change.action === "keep" || change.action === "enable") change.action = "alter";
  }
}

/** After all definitions: users that no definition of this plan has compiled again, then the old types, table types first. */
export function finishRotations(
  changes: readonly Change[],
  compiled: ReadonlySet<number>,
  removed: readonly LiveModule[],
  context: PlanContext,
  database: string,
): Statement[] {
  const catalog = context.catalog.database;
  const rotated = changes.flatMap(({ action, live }) => (action === "rotate" && live ? [live] : []));
  const leaving = new Set(removed.map((live) => live.object?.objectId));
  const users = new Map(rotated.flatMap((live) => looseUsersOf(catalog, live)).map((row) => [row.objectId, row]));
  const statements: Statement[] = [];
  for (const row of users.values()) {
    const kind = kindOfObject(row);
    const live = kind && findLiveModule(catalog, kind, row.schemaName, row.name);
    if (live && !compiled.has(row.objectId) && !leaving.has(row.objectId))
      statements.push(refreshModule(database, live));
  }
  const tableTypesFirst = [...rotated].sort(
    (left, right) => Number(right.type?.isTableType) - Number(left.type?.isTableType),
  );
  return [...statements, ...tableTypesFirst.map((live) => dropType(database, live, oldTypeName(live)))];
}
