/** sys.fn_builtin_permissions and sys.fn_my_permissions. */
import { databaseIdentity } from "../../security/identity";
import {
  builtInPermissions,
  isSecurableClass,
  permissionsOf,
  type SecurableClass,
} from "../../security/permission-hierarchy";
import { hasPermission, holds } from "../../security/permissions";
import { findSecurable } from "../../security/securable-names";
import type { Row } from "../../session/runtime";
import type { SqlValue } from "../../types/value";
import type { DbObject } from "../../storage/model";
import type { Reader } from "../view";
import { tableFunction, text, type FunctionDefinition } from "./definition";

function* builtIn(args: readonly SqlValue[], { server }: Reader): Iterable<Row> {
  const wanted = text(args[0])?.toUpperCase() ?? "";
  for (const one of builtInPermissions) {
    if ((wanted !== "" && one.class !== wanted) || (one.since2022 && server.version < "2022")) continue;
    yield [one.class, one.name, one.code.padEnd(4), one.covering, one.parentClass, one.parentCovering];
  }
}

const ON_ROWS = ["SELECT", "INSERT", "UPDATE", "DELETE", "REFERENCES"];

/** Which permissions of class OBJECT make sense on a kind of object. */
export function applicable(permission: string, object: DbObject | undefined): boolean {
  if (!object || ["ALTER", "CONTROL", "VIEW DEFINITION", "TAKE OWNERSHIP"].includes(permission)) return true;
  switch (object.type) {
    case "U":
    case "V ":
    case "IF":
    case "TF":
    case "FT":
      return ON_ROWS.includes(permission) || permission === "VIEW CHANGE TRACKING" || permission === "UNMASK";
    case "P ":
    case "PC":
      return permission === "EXECUTE";
    case "FN":
    case "FS":
    case "AF":
      return permission === "EXECUTE" || permission === "REFERENCES";
    case "SO":
      return permission === "UPDATE" || permission === "REFERENCES";
    case "SN":
      return permission === "EXECUTE" || ON_ROWS.includes(permission);
    default:
      return false;
  }
}

function* mine(args: readonly SqlValue[], reader: Reader): Iterable<Row> {
  const { session, server } = reader;
  const name = text(args[0]);
  const wanted = (text(args[1]) ?? "SERVER").toUpperCase();
  if (!isSecurableClass(wanted)) return;
  const securable = findSecurable(session, wanted, name);
  if (!securable) return;
  const shown = name ?? wanted.toLowerCase();
  const object = securable.class === "OBJECT" ? securable.database.objects.get(securable.id) : undefined;
  for (const permission of permissionsOf(wanted as SecurableClass)) {
    if (permission.since2022 && server.version < "2022") continue;
    if (wanted === "OBJECT" && !applicable(permission.name, object)) continue;
    if (holds(session, permission.name, securable)) yield [shown, "", permission.name];
    if (
      !object ||
      securable.class !== "OBJECT" ||
      !("columns" in object) ||
      object.type === "F " ||
      !["SELECT", "UPDATE", "REFERENCES"].includes(permission.name)
    )
      continue;
    if (!databaseIdentity(session, securable.database)) continue;
    for (const column of object.columns) {
      const target = {
        kind: "object" as const,
        objectId: object.id,
        schemaId: object.schemaId,
        name: object.name,
        columnIds: [column.id],
        database: securable.database,
      };
      if (hasPermission(session, permission.name, target)) yield [shown, column.name, permission.name];
    }
  }
}

export const permissionFunctions: readonly FunctionDefinition[] = [
  tableFunction(
    "fn_builtin_permissions/1",
    "system-functions/sys-fn-builtin-permissions-transact-sql",
    `class_desc nvarchar(60), permission_name nvarchar(60), type varchar(4), covering_permission_name nvarchar(60)?, parent_class_desc nvarchar(60)?,
    parent_covering_permission_name nvarchar(60)?`,
    builtIn,
  ),
  tableFunction(
    "fn_my_permissions/2",
    "system-functions/sys-fn-my-permissions-transact-sql",
    "entity_name sysname, subentity_name sysname?, permission_name nvarchar(60)?",
    mine,
  ),
];
