/**
 * Permissions that a drop takes away, as the statements that give them again.
 * https://learn.microsoft.com/sql/t-sql/statements/grant-object-permissions-transact-sql
 */
import type { DatabaseCatalog } from "../../contract";
import { quoteName, quoteNames } from "../../engine/quoting";
import type { PermissionRow } from "../../engine/snapshot/modules";
import type { ModuleSource } from "../../tsql/module-source";
import type { LiveModule } from "./live-module";

const everywhere = ["ALTER", "CONTROL", "TAKE OWNERSHIP", "VIEW DEFINITION"];
const onRows = [...everywhere, "SELECT", "INSERT", "UPDATE", "DELETE", "REFERENCES", "VIEW CHANGE TRACKING"];
const possible: Readonly<Record<string, ReadonlySet<string>>> = {
  procedure: new Set([...everywhere, "EXECUTE"]),
  scalar: new Set([...everywhere, "EXECUTE", "REFERENCES"]),
  inline: new Set(onRows),
  table: new Set(onRows),
  view: new Set(onRows),
  synonym: new Set([...onRows, "EXECUTE"]),
  type: new Set([...everywhere, "EXECUTE", "REFERENCES"]),
};

interface Regranted {
  readonly batches: readonly string[];
  /** Permissions that the new kind of object does not know, in words. */
  readonly lost: readonly string[];
}

export function permissionsOf(catalog: DatabaseCatalog, live: LiveModule): readonly PermissionRow[] {
  if (live.type) return catalog.permissionsOn(6, live.type.userTypeId);
  return live.object ? catalog.permissionsOn(1, live.object.objectId) : [];
}

export function regrant(catalog: DatabaseCatalog, live: LiveModule, module: ModuleSource): Regranted {
  const allowed = possible[module.functionKind ?? module.kind];
  const batches: string[] = [];
  const lost: string[] = [];
  const owner = catalog.findSchema(live.schema)?.owner;
  for (const row of permissionsOf(catalog, live)) {
    if (allowed && !allowed.has(row.permission)) lost.push(`${verbOf(row)} ${row.permission} to ${row.grantee}`);
    else batches.push(permissionBatch(module, row, owner));
  }
  return { batches, lost };
}

/** Permissions on single columns, which fall with the columns of a view that is taken apart for a moment. */
export function regrantColumns(catalog: DatabaseCatalog, live: LiveModule, module: ModuleSource): readonly string[] {
  const owner = catalog.findSchema(live.schema)?.owner;
  return permissionsOf(catalog, live)
    .filter((row) => row.columnName !== null)
    .map((row) => permissionBatch(module, row, owner));
}

function verbOf(row: PermissionRow): string {
  return row.state.startsWith("GRANT") ? "GRANT" : row.state;
}

function permissionBatch(module: ModuleSource, row: PermissionRow, owner: string | undefined): string {
  const securable = `${module.kind === "type" ? "TYPE" : "OBJECT"}::${quoteNames(module.schema, module.name)}`;
  const columns = row.columnName === null ? "" : ` (${quoteName(row.columnName)})`;
  const verb = verbOf(row);
  const option = row.state === "GRANT_WITH_GRANT_OPTION" ? " WITH GRANT OPTION" : "";
  // The owner of the object grants unless somebody else did.
  const grantor = row.grantor === "dbo" || row.grantor === owner ? "" : ` AS ${quoteName(row.grantor)}`;
  // The permission's name comes from sys.database_permissions: it is one of the server's own words.
  return `${verb} ${row.permission} ON ${securable}${columns} ${verb === "REVOKE" ? "FROM" : "TO"} ${quoteName(row.grantee)}${option}${grantor};`;
}
