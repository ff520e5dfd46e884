/** A login as the server has it. */
import type { CatalogSnapshot, OwnedObject } from "../../../contract";
import type { NameComparer } from "../../../engine/names";
import { nameComparer } from "../../../engine/names";
import type { LoginRow } from "../../../engine/snapshot/security";
import type { DesiredLogin } from "./inputs";

// ---- Identity --------------------------------------------------------------------------------------------------------

export type LoginIdentity = { readonly name: string; readonly renamedFrom?: string };

export function identity({ name, renamedFrom }: DesiredLogin): LoginIdentity {
  return renamedFrom === undefined ? { name } : { name, renamedFrom };
}

export function owned(name: string): OwnedObject {
  return { type: "login", name };
}

// ---- Read ------------------------------------------------------------------------------------------------------------

export interface LiveLogin {
  readonly row: LoginRow;
  /** As the server compares: logins belong to no database. */
  readonly names: NameComparer;
}

export function read({ server }: CatalogSnapshot, { name, renamedFrom }: LoginIdentity): LiveLogin | undefined {
  const row = server.findLogin(name) ?? (renamedFrom === undefined ? undefined : server.findLogin(renamedFrom));
  return row === undefined ? undefined : { row, names: nameComparer(server.properties.collation) };
}

const types: Readonly<Record<string, DesiredLogin["type"]>> = {
  S: "sql",
  U: "windows",
  G: "windows",
  E: "entra",
  X: "entra",
};

/** undefined: a login of a certificate or key. */
export function typeOf(row: LoginRow): DesiredLogin["type"] | undefined {
  return types[row.type];
}
