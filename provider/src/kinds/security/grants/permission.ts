/** Single permissions: as wanted, as the catalog has them, and by which text two of them are the same. */
import { createHash } from "node:crypto";
import type { CatalogSnapshot, OwnedObject } from "../../../contract";
import type { NameComparer } from "../../../engine/names";
import { securableOfRow, securableWords, type Securable } from "./securable";

export interface Permission {
  /** In capitals: "VIEW DEFINITION". */
  readonly permission: string;
  readonly securable: Securable;
  readonly column: string | undefined;
  readonly grantee: string;
}
export interface WantedPermission extends Permission {
  readonly state: "GRANT" | "GRANT_WITH_GRANT_OPTION" | "DENY";
}
export interface LivePermission extends Permission {
  /** REVOKE is a row too: a column that a grant on the whole table leaves out. */
  readonly state: "GRANT" | "GRANT_WITH_GRANT_OPTION" | "DENY" | "REVOKE";
  readonly grantor: string;
}

const states = ["GRANT", "GRANT_WITH_GRANT_OPTION", "DENY", "REVOKE"] as const;

/** All permissions of the database that this kind manages. */
export function livePermissions(catalog: CatalogSnapshot): LivePermission[] {
  return catalog.database.rows.permissions.flatMap((row): LivePermission[] => {
    const securable = securableOfRow(row, catalog);
    const state = states.find((one) => one === row.state);
    if (securable === undefined || state === undefined) return [];
    return [
      {
        permission: row.permission,
        securable,
        column: row.columnName ?? undefined,
        grantee: row.grantee,
        grantor: row.grantor,
        state,
      },
    ];
  });
}

/** Equal for the same permission of the same principal on the same thing, whoever granted it. */
export function keyOf({ permission, securable, column, grantee }: Permission, names: NameComparer): string {
  const { class: securableClass, schema, name } = securable;
  return [permission, securableClass, schema, name, column, grantee].map((part) => names.key(part ?? "")).join("\0");
}

/** As `keyOf`, without the column. */
export function groupOf(permission: Permission, names: NameComparer): string {
  return keyOf({ ...permission, column: undefined }, names);
}

/** `reader: SELECT on object dbo.Orders (Note)`. */
export function permissionWords({ permission, securable, column, grantee }: Permission): string {
  return `${grantee}: ${permission} on ${securableWords(securable)}${column === undefined ? "" : ` (${column})`}`;
}

/** iac.object holds 400 characters; longer ones end in a hash. */
const longestName = 400;

export function ownedPermission(permission: Permission): OwnedObject {
  const words = permissionWords(permission);
  if (words.length <= longestName) return { type: "permission", name: words };
  const hash = createHash("sha256").update(words).digest("hex");
  return { type: "permission", name: `${words.slice(0, longestName - hash.length - 1)} ${hash}` };
}

/** Every user may connect unless that is taken away: the row is made with the user, and roles have none. */
export function isConnect({ permission, securable }: Permission): boolean {
  return permission === "CONNECT" && securable.class === "database";
}
