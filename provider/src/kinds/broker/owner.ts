/**
 * The owner of a Service Broker object changes only through ALTER AUTHORIZATION, which drops the permissions on it: they are given
 * again in the same batch. https://learn.microsoft.com/sql/t-sql/statements/alter-authorization-transact-sql
 */
import { z } from "zod";
import type { ObjectName, PlanContext, Refusal, Requirement, Statement } from "../../contract";
import { quoteName } from "../../engine/quoting";
import { statement } from "../../engine/statement";
import { nameInput } from "../name-input";
import { permissionStatement } from "../permission-statements";

export const authorizationInput: z.ZodOptional<z.ZodString> = nameInput(
  "Database user or role that owns it. Changes in place, permissions are kept. Default: left as it is; at first the user that makes it.",
).optional();

/** Something that permissions can be given on. */
export interface Securable {
  readonly database: string;
  /** "CONTRACT::[name]", quoted by the caller. */
  readonly text: string;
  /** Class and id of sys.database_permissions. */
  readonly permissionClass: number;
  readonly id: number;
  readonly object: ObjectName;
}

/** sys.database_permissions.class. https://learn.microsoft.com/sql/relational-databases/system-catalog-views/sys-database-permissions-transact-sql */
export const permissionClasses = {
  object: 1,
  messageType: 15,
  contract: 16,
  service: 17,
  binding: 18,
  route: 19,
} as const;

export function authorizationClause(authorization: string | undefined): string {
  return authorization === undefined ? "" : ` AUTHORIZATION ${quoteName(authorization)}`;
}

export function principalRequirement(name: string | undefined, neededBy: string): Requirement[] {
  return name === undefined ? [] : [{ type: "principal", name, neededBy }];
}

const otherPrincipals: Readonly<Record<string, string>> = {
  R: "a role",
  A: "an application role",
  G: "a group",
  X: "a group",
  C: "a user of a certificate",
  K: "a user of a key",
};

/** Where the server takes a single user only; one that is not there yet is a requirement. `error` is what it would answer. */
export function refusalsOfUser(property: string, name: string, error: number, { catalog }: PlanContext): Refusal[] {
  const what = otherPrincipals[catalog.database.findPrincipal(name)?.type ?? ""];
  return what === undefined ? [] : [{ property, reason: `"${name}" is ${what} (${error}); name a user` }];
}

/** Empty when the owner is not given or is the one already; `owner` undefined = unknown, it is set. */
export function ownerStatements(
  securable: Securable,
  owner: string | undefined,
  wanted: string | undefined,
  context: PlanContext,
): Statement[] {
  if (wanted === undefined || (owner !== undefined && context.names.equals(owner, wanted))) return [];
  const give = (to: string): string =>
    [`ALTER AUTHORIZATION ON ${securable.text} TO ${quoteName(to)};`, ...permissionsAgain(securable, to, context)].join(
      "\n",
    );
  const { type, name } = securable.object;
  return [
    statement(securable.database, `give ${type} ${name} to ${wanted}`, give(wanted), {
      object: securable.object,
      ...(owner === undefined || owner === "" ? {} : { reverse: give(owner) }),
    }),
  ];
}

/** GRANT and DENY for all that others may do with it; the owner has everything, and granting him anything is an error. */
export function permissionsAgain(securable: Securable, owner: string, context: PlanContext): string[] {
  return context.catalog.database
    .permissionsOn(securable.permissionClass, securable.id)
    .filter((row) => !context.names.equals(row.grantee, owner))
    .map((row) => permissionStatement(row, securable.text));
}
