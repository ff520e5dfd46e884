/**
 * Kind DatabaseRole: a role with its members. Reads sys.database_principals and sys.database_role_members.
 * https://learn.microsoft.com/sql/t-sql/statements/create-role-transact-sql
 */
import type { Kind } from "../../../contract";
import { owningsProbe } from "../ownings";
import { changes, DatabaseRoleInputs, desired, type DesiredRole } from "./inputs";
import { identity, owned, read, type LiveRole, type RoleIdentity } from "./live";
import { plan, planDelete } from "./plan";

// ---- Inputs from live, outputs ---------------------------------------------------------------------------------------

function inputsFromLive({ row, members, names }: LiveRole, old: DatabaseRoleInputs): DatabaseRoleInputs {
  const inputs: DatabaseRoleInputs = { ...old };
  if (row.name !== old.name) {
    inputs.name = row.name;
    delete inputs.renamedFrom;
  }
  if (old.authorization !== undefined && row.owner !== null && !names.equals(old.authorization, row.owner))
    inputs.authorization = row.owner;
  if (old.members !== undefined) {
    const has = (list: readonly string[], member: string): boolean => list.some((one) => names.equals(one, member));
    const kept = old.members.filter((member) => has(members, member));
    const others = old.membersMode === "additive" ? [] : members.filter((member) => !has(old.members!, member));
    inputs.members = [...kept, ...others];
  }
  return inputs;
}

// ---- Documentation and registration ----------------------------------------------------------------------------------

export const databaseRoleKind: Kind<DatabaseRoleInputs, DesiredRole, RoleIdentity, LiveRole> = {
  name: "DatabaseRole",
  inputs: DatabaseRoleInputs,
  changes,
  documentation: {
    summary: "A database role and its members, as an exact set or beside others; of a fixed role the members.",
    changesInPlace: ["name (renamedFrom)", "owner (permissions are kept)", "members"],
    refused: ["public", "name, owner and drop of a fixed role", "drop while it owns anything or has granted anything"],
    hosts: ["Windows", "Linux", "Azure SQL Managed Instance", "Azure SQL Database"],
  },
  database: (inputs) => inputs.database,
  desired,
  identity,
  key: ({ database, name }) => `${database}/${name}`,
  describe: ({ database, name }) => `role "${name}" in database "${database}"`,
  read,
  existing: ({ row }) =>
    row.isFixedRole ? [] : [row.type === "R" ? owned(row.name) : { type: "user", name: row.name }],
  probes: (wanted, live) => (wanted === undefined && live !== undefined ? [owningsProbe(live.row)] : []),
  plan,
  planDelete,
  inputsFromLive,
  outputs: (_desired, { row, members }) => ({
    principalId: row.principalId,
    roleOwner: row.owner ?? undefined,
    roleMembers: members,
  }),
  outputNames: ["principalId", "roleOwner", "roleMembers"],
};
