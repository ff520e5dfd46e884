/** A database role as the database has it. */
import type { CatalogSnapshot, OwnedObject } from "../../../contract";
import type { NameComparer } from "../../../engine/names";
import type { PrincipalRow } from "../../../engine/snapshot/security";
import type { DesiredRole } from "./inputs";

// ---- Identity --------------------------------------------------------------------------------------------------------

export type RoleIdentity = { readonly database: string; readonly name: string; readonly renamedFrom?: string };

export function identity({ database, name, renamedFrom }: DesiredRole): RoleIdentity {
  return renamedFrom === undefined ? { database, name } : { database, name, renamedFrom };
}

export function owned(name: string): OwnedObject {
  return { type: "role", name };
}

/** A membership of its own: additive roles take out only members that they put in. A dot cannot make it ambiguous, only long. */
export function ownedMember(role: string, member: string): OwnedObject {
  return { type: "role member", name: `${role}: ${member}` };
}

// ---- Read ------------------------------------------------------------------------------------------------------------

export interface LiveRole {
  readonly database: string;
  readonly row: PrincipalRow;
  /** Sorted by name. */
  readonly members: readonly string[];
  readonly names: NameComparer;
}

/** A user of the same name is no role, but it takes the name: it is read, so that the plan can say so. */
export function read(catalog: CatalogSnapshot, { database, name, renamedFrom }: RoleIdentity): LiveRole | undefined {
  const { findPrincipal, membersOf } = catalog.database;
  const row = findPrincipal(name) ?? (renamedFrom === undefined ? undefined : findPrincipal(renamedFrom));
  // Fixed roles come with the database, so they are there as soon as it is.
  if (row === undefined || !(catalog.databaseExists || row.isFixedRole)) return undefined;
  return {
    database: catalog.databaseRow?.name ?? database,
    row,
    // That dbo is in db_owner is so by itself.
    members: membersOf(row.principalId)
      .map((member) => member.name)
      .filter((member) => member !== "dbo")
      .sort(),
    names: catalog.names,
  };
}
