/**
 * What a database principal owns or has granted, which keeps it from being dropped: 15138, 15183, 15184, 15136, 15284.
 * https://learn.microsoft.com/sql/t-sql/statements/drop-user-transact-sql
 */
import type { CatalogSnapshot, PlanContext, Probe } from "../../contract";
import { displayName, quoteName } from "../../engine/quoting";
import type { PrincipalRow } from "../../engine/snapshot/security";

const key = "ownings";

/** The catalog rows know the owners of schemas and roles; the rest is asked. */
export function owningsProbe({ principalId }: PrincipalRow): Probe {
  const owned = (view: string, name: string): string =>
    `(SELECT MIN(${name}) FROM sys.${view} AS o WHERE o.principal_id = ${principalId})`;
  return {
    key,
    query: `SELECT
  ${owned("objects", "SCHEMA_NAME(o.schema_id) + N'.' + o.name")} AS objectName,
  (SELECT MIN(o.name) FROM sys.types AS o WHERE o.is_user_defined = 1 AND o.principal_id = ${principalId}) AS typeName,
  ${owned("assemblies", "o.name")} AS assemblyName,
  ${owned("services", "o.name")} AS serviceName,
  (SELECT MIN(OBJECT_SCHEMA_NAME(o.object_id) + N'.' + OBJECT_NAME(o.object_id)) FROM sys.sql_modules AS o WHERE o.execute_as_principal_id = ${principalId}) AS moduleName;`,
  };
}

/** One text for each kind of thing in the way, with what to do about it. */
export function owningsOf({ name }: PrincipalRow, { catalog, names, answers }: PlanContext): string[] {
  const { database } = catalog;
  const found: string[] = [];
  const own = (owner: string | null): boolean => owner !== null && names.equals(owner, name);
  const schemas = database.schemas.filter(({ owner }) => own(owner));
  if (schemas.length > 0)
    found.push(
      `owns ${schemas.map((row) => `schema "${row.name}"`).join(", ")} (15138); give them to somebody else first: authorization of the kind Schema`,
    );
  const roles = database.rows.principals.filter(({ type, owner }) => type === "R" && own(owner));
  if (roles.length > 0)
    found.push(
      `owns ${roles.map((row) => `role "${row.name}"`).join(", ")} (15138); give them to somebody else first: authorization of the kind DatabaseRole`,
    );
  const granted = database.rows.permissions.filter((row) => names.equals(row.grantor, name));
  if (granted.length > 0)
    found.push(
      `has granted or denied ${granted.length} ${granted.length === 1 ? "permission" : "permissions"}, first ${granted[0]!.permission} to "${granted[0]!.grantee}"${where(granted[0]!, catalog)} (15284); revoke them first: REVOKE ... AS ${quoteName(name)}`,
    );
  const answer = answers.get(key);
  const things = [
    ["objectName", "object", "15183", "ALTER AUTHORIZATION ON OBJECT::... TO SCHEMA OWNER"],
    ["typeName", "type", "15184", "ALTER AUTHORIZATION ON TYPE::... TO SCHEMA OWNER"],
    ["assemblyName", "assembly", "15138", "ALTER AUTHORIZATION ON ASSEMBLY::... TO [dbo]"],
    ["serviceName", "service", "15138", "ALTER AUTHORIZATION ON SERVICE::... TO [dbo]"],
  ] as const;
  for (const [column, noun, number, remedy] of things)
    if (typeof answer?.[column] === "string")
      found.push(`owns ${noun} "${answer[column]}" (${number}); give it to somebody else first: ${remedy}`);
  if (typeof answer?.["moduleName"] === "string")
    found.push(`is whom module "${answer["moduleName"]}" executes as (15136); change its EXECUTE AS first`);
  return found;
}

function where(row: { readonly class: number; readonly majorId: number }, { database }: CatalogSnapshot): string {
  const object = row.class === 1 ? (database.tableById(row.majorId) ?? database.objectById(row.majorId)) : undefined;
  return object === undefined ? "" : ` on ${displayName(object.schemaName, object.name)}`;
}
