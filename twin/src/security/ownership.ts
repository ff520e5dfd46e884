/** Who owns what, and whether an ownership chain holds. https://learn.microsoft.com/sql/relational-databases/tutorial-ownership-chains-and-context-switching */
import type { Database, DbObject, UserType } from "../storage/model";

const DBO = 1;

/** An object without an owner of its own belongs to its schema's; children follow their parent. */
export function ownerOf(database: Database, object: Pick<DbObject, "principalId" | "schemaId" | "parentId">): number {
  const parent = object.parentId === 0 ? undefined : database.objects.get(object.parentId);
  if (parent) return ownerOf(database, parent);
  return object.principalId ?? schemaOwner(database, object.schemaId);
}

export function typeOwner(database: Database, type: UserType): number {
  return type.principalId ?? schemaOwner(database, type.schemaId);
}

export function schemaOwner(database: Database, schemaId: number): number {
  return database.schemas.get(schemaId)?.principalId ?? DBO;
}

/** Inside a module the caller's rights on what the module's owner owns are not looked at. */
export function isChained(database: Database, module: DbObject, objectId: number): boolean {
  const object = database.objects.get(objectId);
  return (
    object !== undefined && database.objects.has(module.id) && ownerOf(database, module) === ownerOf(database, object)
  );
}
