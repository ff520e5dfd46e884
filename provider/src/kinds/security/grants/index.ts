/**
 * Kind Grants: permissions of one principal, or on one securable, in one database. Reads sys.database_permissions.
 * https://learn.microsoft.com/sql/t-sql/statements/grant-transact-sql
 */
import type { CatalogSnapshot, Kind, OwnedObject } from "../../../contract";
import type { NameComparer } from "../../../engine/names";
import { changes, desired, GrantsInputs, type DesiredGrants, type PermissionInputs, type Subject } from "./inputs";
import {
  isConnect,
  keyOf,
  livePermissions,
  ownedPermission,
  type LivePermission,
  type WantedPermission,
} from "./permission";
import { permissionProbes } from "./permission-names";
import { changesOf, isOf, ownedSet, plan } from "./plan";
import { exists, inputsOf, securableWords, type Securable } from "./securable";

// ---- Identity --------------------------------------------------------------------------------------------------------

/** JSON knows no undefined members, so the parts of a securable that it does not have are left out. */
type GrantsIdentity = {
  readonly database: string;
  readonly principal?: string;
  readonly securable?: { readonly class: Securable["class"]; readonly schema?: string; readonly name?: string };
};

function identity({ database, subject }: DesiredGrants): GrantsIdentity {
  if ("principal" in subject) return { database, principal: subject.principal };
  const { class: securableClass, schema, name } = subject.securable;
  return {
    database,
    securable: {
      class: securableClass,
      ...(schema === undefined ? {} : { schema }),
      ...(name === undefined ? {} : { name }),
    },
  };
}

function subjectOf({ principal, securable }: GrantsIdentity): Subject {
  if (securable === undefined) return { principal: principal ?? "" };
  return { securable: { class: securable.class, schema: securable.schema, name: securable.name } };
}

function subjectWords(subject: Subject): string {
  return "principal" in subject ? `of "${subject.principal}"` : `on ${securableWords(subject.securable)}`;
}

// ---- Read ------------------------------------------------------------------------------------------------------------

export interface LiveGrants {
  readonly database: string;
  readonly subject: Subject;
  readonly permissions: readonly LivePermission[];
  readonly names: NameComparer;
  readonly owned: readonly OwnedObject[];
  /** iac.object says that another resource has it. */
  readonly isOthers: (permission: LivePermission) => boolean;
}

/** There as long as this resource owns a permission, or the set as a whole. */
function read(
  catalog: CatalogSnapshot,
  { database, ...place }: GrantsIdentity,
  owned: readonly OwnedObject[],
): LiveGrants | undefined {
  const subject = subjectOf({ database, ...place });
  const isThere =
    "principal" in subject
      ? catalog.database.findPrincipal(subject.principal) !== undefined
      : exists(subject.securable, catalog);
  if (!catalog.databaseExists || !isThere || owned.length === 0) return undefined;
  const { names } = catalog;
  const isOwned = (row: OwnedObject): boolean =>
    owned.some(({ type, name }) => type === row.type && names.equals(name, row.name));
  return {
    database: catalog.databaseRow?.name ?? database,
    subject,
    permissions: livePermissions(catalog).filter((one) => isOf(one, subject, catalog)),
    names,
    owned,
    isOthers: (permission) => {
      const row = ownedPermission(permission);
      return !isOwned(row) && catalog.database.ownerOf(row.type, row.name) !== undefined;
    },
  };
}

// ---- Inputs from live, outputs ---------------------------------------------------------------------------------------

function inputsFromLive({ permissions, names, isOthers }: LiveGrants, old: GrantsInputs): GrantsInputs {
  const { permissions: wanted } = desired(old);
  const stateOf = (one: WantedPermission): LivePermission["state"] | undefined => {
    const found = permissions.filter((row) => keyOf(row, names) === keyOf(one, names));
    return found.find(({ state }) => state !== one.state)?.state ?? found[0]?.state;
  };
  const wantedKeys = new Set(wanted.map((one) => keyOf(one, names)));
  const surplus =
    old.exact !== true
      ? []
      : permissions.filter(
          (row) => !wantedKeys.has(keyOf(row, names)) && !isOthers(row) && !(isConnect(row) && row.state === "GRANT"),
        );
  if (surplus.length === 0 && wanted.every((one) => stateOf(one) === one.state)) return old;
  const isByPrincipal = old.principal !== undefined;
  const entry = (one: WantedPermission | LivePermission, state: LivePermission["state"]): PermissionInputs => {
    const on = isByPrincipal ? inputsOf(one.securable) : undefined;
    return {
      permissions: [one.permission],
      ...(on === undefined ? {} : { on }),
      ...(isByPrincipal ? {} : { to: one.grantee }),
      ...(one.column === undefined ? {} : { columns: [one.column] }),
      ...(state === "DENY" ? { deny: true as const } : {}),
      ...(state === "GRANT_WITH_GRANT_OPTION" ? { grantOption: true as const } : {}),
    };
  };
  const kept = wanted.flatMap((one) => {
    const state = stateOf(one);
    return state === undefined || state === "REVOKE" ? [] : [entry(one, state)];
  });
  return {
    ...old,
    permissions: [...kept, ...surplus.filter(({ state }) => state !== "REVOKE").map((row) => entry(row, row.state))],
  };
}

// ---- Documentation and registration ----------------------------------------------------------------------------------

export const grantsKind: Kind<GrantsInputs, DesiredGrants, GrantsIdentity, LiveGrants> = {
  name: "Grants",
  inputs: GrantsInputs,
  changes,
  documentation: {
    summary:
      "Permissions of one user or role, or on one securable: granted, denied, by column, with grant option; exact or beside others.",
    changesInPlace: ["every permission, without a moment in which a kept one is missing", "exact"],
    refused: [
      "ALL",
      "dbo, sa and fixed roles",
      "a grant to the owner",
      "a column that is not there",
      "another principal or securable",
    ],
    hosts: ["Windows", "Linux", "Azure SQL Managed Instance", "Azure SQL Database"],
  },
  database: (inputs) => inputs.database,
  desired,
  identity,
  key: ({ database, ...place }) => `${database}/${subjectWords(subjectOf({ database, ...place }))}`,
  describe: ({ database, ...place }) =>
    `permissions ${subjectWords(subjectOf({ database, ...place }))} in database "${database}"`,
  read,
  existing: () => [],
  probes: (wanted, _live, catalog) => (wanted === undefined ? [] : permissionProbes(wanted.permissions, catalog)),
  plan: (wanted, _live, context) => plan(wanted, context),
  planDelete: (live, context) => ({
    ...changesOf(live.database, live.subject, [], false, context),
    refusals: [],
    owns: [],
  }),
  inputsFromLive,
  outputs: (_desired, { permissions, owned }) => ({
    permissionCount: permissions.length,
    isExact: owned.some(({ type }) => type === ownedSet({ principal: "" }).type),
  }),
  outputNames: ["permissionCount", "isExact"],
};
