/**
 * Kind User: a user of one database. Reads sys.database_principals.
 * https://learn.microsoft.com/sql/t-sql/statements/create-user-transact-sql
 */
import type { Kind } from "../../../contract";
import { owningsProbe } from "../ownings";
import { rememberedOfPassword } from "../password";
import { changes, desired, UserInputs, type DesiredUser } from "./inputs";
import { identity, owned, read, type LiveUser, type UserIdentity } from "./live";
import { plan, planDelete } from "./plan";

// ---- Inputs from live, outputs ---------------------------------------------------------------------------------------

function inputsFromLive({ row, names }: LiveUser, old: UserInputs): UserInputs {
  const inputs: UserInputs = { ...old };
  if (row.name !== old.name) {
    inputs.name = row.name;
    delete inputs.renamedFrom;
  }
  if (old.login !== undefined && row.login?.toLowerCase() !== old.login.toLowerCase()) {
    if (row.login === null) delete inputs.login;
    else inputs.login = row.login;
  }
  if (
    old.defaultSchema !== undefined &&
    (row.defaultSchema === null || !names.equals(old.defaultSchema, row.defaultSchema))
  ) {
    if (row.defaultSchema === null) delete inputs.defaultSchema;
    else inputs.defaultSchema = row.defaultSchema;
  }
  return inputs;
}

// ---- Documentation and registration ----------------------------------------------------------------------------------

export const userKind: Kind<UserInputs, DesiredUser, UserIdentity, LiveUser> = {
  name: "User",
  inputs: UserInputs,
  changes,
  remembered: rememberedOfPassword,
  documentation: {
    summary:
      "A database user: for a login, without one, with a password of its own, or of Entra ID. Orphans are mapped again.",
    changesInPlace: ["name (renamedFrom)", "login", "default schema", "password (passwordFrom, passwordVersion)"],
    refused: [
      "dbo, guest and the users of SQL Server",
      "another origin of a user that exists",
      "password in a database that is not contained",
      "drop while it owns schemas, roles or objects, has granted anything, or modules execute as it",
    ],
    hosts: ["Windows", "Linux", "Azure SQL Managed Instance", "Azure SQL Database"],
  },
  database: (inputs) => inputs.database,
  desired,
  identity,
  key: ({ database, name }) => `${database}/${name}`,
  describe: ({ database, name }) => `user "${name}" in database "${database}"`,
  read,
  existing: ({ row }) => [row.type === "R" || row.type === "A" ? { type: "role", name: row.name } : owned(row.name)],
  probes: (wanted, live) => (wanted === undefined && live !== undefined ? [owningsProbe(live.row)] : []),
  plan,
  planDelete,
  inputsFromLive,
  outputs: (_desired, { row }) => ({ principalId: row.principalId, userSid: row.sid ?? undefined }),
  outputNames: ["principalId", "userSid"],
};
