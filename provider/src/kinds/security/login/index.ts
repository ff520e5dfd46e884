/**
 * Kind Login: who may connect to the server. Reads sys.server_principals and sys.sql_logins. It belongs to the server, so no
 * database keeps books of it. https://learn.microsoft.com/sql/t-sql/statements/create-login-transact-sql
 */
import type { Kind } from "../../../contract";
import { rememberedOfPassword } from "../password";
import { changes, desired, LoginInputs, type DesiredLogin } from "./inputs";
import { identity, owned, read, typeOf, type LiveLogin, type LoginIdentity } from "./live";
import { plan, planDelete, probes } from "./plan";

// ---- Inputs from live, outputs ---------------------------------------------------------------------------------------

function inputsFromLive({ row, names }: LiveLogin, old: LoginInputs): LoginInputs {
  const inputs: LoginInputs = { ...old };
  if (row.name !== old.name) {
    inputs.name = row.name;
    delete inputs.renamedFrom;
  }
  const type = typeOf(row);
  if (type !== undefined && (old.type ?? "sql") !== type) inputs.type = type;
  if (old.sid !== undefined && old.sid.toLowerCase() !== row.sid.toLowerCase()) inputs.sid = row.sid;
  if (
    old.defaultDatabase !== undefined &&
    row.defaultDatabase !== null &&
    !names.equals(old.defaultDatabase, row.defaultDatabase)
  )
    inputs.defaultDatabase = row.defaultDatabase;
  if (
    old.defaultLanguage !== undefined &&
    row.defaultLanguage !== null &&
    old.defaultLanguage.toLowerCase() !== row.defaultLanguage.toLowerCase()
  )
    inputs.defaultLanguage = row.defaultLanguage;
  if (old.checkPolicy !== undefined) inputs.checkPolicy = row.isPolicyChecked;
  if (old.checkExpiration !== undefined) inputs.checkExpiration = row.isExpirationChecked;
  if (old.disabled !== undefined) inputs.disabled = row.isDisabled;
  return inputs;
}

// ---- Documentation and registration ----------------------------------------------------------------------------------

export const loginKind: Kind<LoginInputs, DesiredLogin, LoginIdentity, LiveLogin> = {
  name: "Login",
  inputs: LoginInputs,
  changes,
  remembered: rememberedOfPassword,
  documentation: {
    summary: "A login of the server: SQL, Windows or Entra ID. Passwords come from secret configuration only.",
    changesInPlace: [
      "name (renamedFrom)",
      "password (found by comparing, or by passwordFrom and passwordVersion)",
      "default database and language",
      "password policy and expiration",
      "enabled or disabled",
    ],
    refused: [
      "sa and the server's own logins",
      "type and sid of a login that exists",
      "drop while it owns a database or is connected",
      "dropping or disabling the login that deploys",
    ],
    hosts: ["Windows", "Linux (SQL logins; others where the domain is joined)", "Azure SQL Managed Instance"],
  },
  database: () => undefined,
  desired,
  identity,
  key: ({ name }) => name,
  describe: ({ name }) => `login "${name}"`,
  read,
  existing: ({ row }) => [owned(row.name)],
  probes: (wanted, live, _catalog, secret) => probes(wanted, live, secret),
  plan,
  planDelete,
  inputsFromLive,
  outputs: (_desired, { row }) => ({ principalId: row.principalId, loginSid: row.sid }),
  outputNames: ["principalId", "loginSid"],
};
