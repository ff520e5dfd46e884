/** Permission checks of definition statements: most answer "does not exist or you do not have permission". */
import type { Execution, PermissionTarget, Session } from "../session/runtime";
import { SqlError } from "../session/sql-error";
import type { Database, DbObject } from "../storage/model";

export function requirePermission(permission: string, on: PermissionTarget, execution: Execution): void {
  execution.session.demand(permission, on);
}

export function hasPermission(session: Session, permission: string, on: PermissionTarget): boolean {
  try {
    session.demand(permission, on);
    return true;
  } catch (error) {
    if (error instanceof SqlError) return false;
    throw error;
  }
}

export function objectTarget(object: Pick<DbObject, "id" | "schemaId" | "name">): PermissionTarget {
  return { kind: "object", objectId: object.id, schemaId: object.schemaId, name: object.name };
}

/** Temporary objects belong to their session: no permission is looked for. */
export function mayAlter(execution: Execution, database: Database, object: DbObject): boolean {
  if (object.name.startsWith("#") || database.name === "tempdb") return true;
  return hasPermission(execution.session, "ALTER", objectTarget(object));
}
