/** A user as the database has it. */
import type { CatalogSnapshot, OwnedObject } from "../../../contract";
import type { NameComparer } from "../../../engine/names";
import type { PrincipalRow } from "../../../engine/snapshot/security";
import type { DesiredUser, UserOrigin } from "./inputs";

// ---- Identity --------------------------------------------------------------------------------------------------------

export type UserIdentity = { readonly database: string; readonly name: string; readonly renamedFrom?: string };

export function identity({ database, name, renamedFrom }: DesiredUser): UserIdentity {
  return renamedFrom === undefined ? { database, name } : { database, name, renamedFrom };
}

export function owned(name: string): OwnedObject {
  return { type: "user", name };
}

// ---- Read ------------------------------------------------------------------------------------------------------------

export interface LiveUser {
  readonly database: string;
  readonly row: PrincipalRow;
  readonly origin: UserOrigin | undefined;
  readonly names: NameComparer;
}

/** A role of the same name is no user, but it takes the name: it is read, so that the plan can say so. */
export function read(catalog: CatalogSnapshot, { database, name, renamedFrom }: UserIdentity): LiveUser | undefined {
  const { findPrincipal } = catalog.database;
  const row = findPrincipal(name) ?? (renamedFrom === undefined ? undefined : findPrincipal(renamedFrom));
  if (!catalog.databaseExists || row === undefined) return undefined;
  return { database: catalog.databaseRow?.name ?? database, row, origin: originOf(row), names: catalog.names };
}

/** undefined: a role, or a user of a certificate or key. */
function originOf({ type, authentication }: PrincipalRow): UserOrigin | undefined {
  if (type === "E" || type === "X") return "external";
  if (!["S", "U", "G"].includes(type)) return undefined;
  if (authentication === "DATABASE") return "password";
  return authentication === "NONE" ? "nobody" : "login";
}
