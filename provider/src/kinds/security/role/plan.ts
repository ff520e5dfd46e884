/** Plans of the kind DatabaseRole. https://learn.microsoft.com/sql/t-sql/statements/alter-role-transact-sql */
import type { OwnedObject, Plan, PlanContext, Refusal, Requirement, Statement } from "../../../contract";
import { quoteName } from "../../../engine/quoting";
import { statement } from "../../../engine/statement";
import { lostIdentity } from "../../identity-change";
import { permissionStatement } from "../../permission-statements";
import { owningsOf } from "../ownings";
import type { DesiredRole } from "./inputs";
import { owned, ownedMember, type LiveRole } from "./live";

// ---- Plan ------------------------------------------------------------------------------------------------------------

export function plan(desired: DesiredRole, live: LiveRole | undefined, context: PlanContext): Plan {
  const refusals = [...refusalsOf(desired, live, context)];
  // A fixed role belongs to nobody, and several resources may each put members in.
  const isShared = live?.row.isFixedRole === true && !(desired.isExact && desired.members !== undefined);
  const owns = [
    ...(isShared ? [] : [owned(desired.name)]),
    ...(desired.members ?? []).map((member) => ownedMember(desired.name, member)),
  ];
  if (refusals.length > 0) return { statements: [], refusals, notes: [], owns };
  const neededBy = `role "${desired.name}"`;
  const requires: Requirement[] = [
    ...(desired.authorization === undefined ? [] : [desired.authorization]),
    ...(desired.members ?? []),
  ].map((name) => ({
    type: "principal",
    name,
    neededBy,
  }));
  const statements = live === undefined ? [create(desired)] : changes(desired, live, context);
  return {
    statements: [...statements, ...memberChanges(desired, live, context)],
    refusals: [],
    notes: [],
    owns,
    requires,
  };
}

function* refusalsOf(desired: DesiredRole, live: LiveRole | undefined, context: PlanContext): Generator<Refusal> {
  if (live === undefined) {
    const lost = lostIdentity(context, "role", desired.name, "renamedFrom renames it");
    if (lost !== undefined) yield lost;
    return;
  }
  const { row } = live;
  if (row.type !== "R") {
    const is = row.type === "A" ? "an application role" : "a user";
    yield {
      property: "name",
      reason: `"${row.name}" is ${is}, and users and roles share their names (15023); choose another name`,
    };
    return;
  }
  if (!row.isFixedRole) return;
  if (row.name !== desired.name)
    yield { property: "renamedFrom", reason: `role "${row.name}" is fixed and keeps its name (15150)` };
  if (desired.authorization !== undefined && !live.names.equals(desired.authorization, row.owner ?? "dbo"))
    yield {
      property: "authorization",
      reason: `role "${row.name}" is fixed and belongs to dbo; leave authorization out`,
    };
}

function create({ database, name, authorization }: DesiredRole): Statement {
  const owner = authorization === undefined ? "" : ` AUTHORIZATION ${quoteName(authorization)}`;
  return statement(database, `create role ${name}`, `CREATE ROLE ${quoteName(name)}${owner};`, {
    object: owned(name),
    reverse: `DROP ROLE ${quoteName(name)};`,
  });
}

function changes(desired: DesiredRole, { row, names }: LiveRole, context: PlanContext): Statement[] {
  const { database, name, authorization } = desired;
  const statements: Statement[] = [];
  if (row.name !== name) {
    const rename = (from: string, to: string): string => `ALTER ROLE ${quoteName(from)} WITH NAME = ${quoteName(to)};`;
    statements.push(
      statement(database, `rename role ${row.name} to ${name}`, rename(row.name, name), {
        object: owned(name),
        reverse: rename(name, row.name),
      }),
    );
  }
  if (authorization !== undefined && !(row.owner !== null && names.equals(authorization, row.owner))) {
    // A new owner silently drops the permissions on the role. https://learn.microsoft.com/sql/t-sql/statements/alter-authorization-transact-sql
    const securable = `ROLE::${quoteName(name)}`;
    const kept = context.catalog.database
      .permissionsOn(4, row.principalId)
      .filter(({ grantee }) => !names.equals(grantee, authorization))
      .map((permission) => permissionStatement(permission, securable));
    const batch = [`ALTER AUTHORIZATION ON ${securable} TO ${quoteName(authorization)};`, ...kept].join("\n");
    statements.push(statement(database, `give role ${name} to ${authorization}`, batch, { object: owned(name) }));
  }
  return statements;
}

function memberChanges(desired: DesiredRole, live: LiveRole | undefined, context: PlanContext): Statement[] {
  const { database, name, members } = desired;
  const { names } = context;
  const is = live?.members ?? [];
  const has = (list: readonly string[], member: string): boolean => list.some((one) => names.equals(one, member));
  const isExact = desired.isExact && members !== undefined;
  const gone = is.filter((member) => !has(members ?? [], member) && (isExact || isOwned(live, member, context)));
  const added = (members ?? []).filter((member) => !has(is, member));
  return [
    ...gone.map((member) => memberStatement(database, name, member, "DROP")),
    ...added.map((member) => memberStatement(database, name, member, "ADD")),
  ];
}

/** This resource put the member in, or took it over. */
function isOwned(live: LiveRole | undefined, member: string, { owned: rows, names }: PlanContext): boolean {
  if (live === undefined) return false;
  const row = ownedMember(live.row.name, member);
  return rows.some(({ type, name }) => type === row.type && names.equals(name, row.name));
}

function memberStatement(database: string, role: string, member: string, verb: "ADD" | "DROP"): Statement {
  const text = (word: "ADD" | "DROP"): string => `ALTER ROLE ${quoteName(role)} ${word} MEMBER ${quoteName(member)};`;
  const label = verb === "ADD" ? `add ${member} to role ${role}` : `take ${member} out of role ${role}`;
  return statement(database, label, text(verb), {
    object: ownedMember(role, member),
    reverse: text(verb === "ADD" ? "DROP" : "ADD"),
  });
}

// ---- Plan of the delete ----------------------------------------------------------------------------------------------

/** A fixed role stays; only members that this resource put in leave it. */
export function planDelete(live: LiveRole, context: PlanContext): Plan {
  const { row, members, database } = live;
  const leave = (list: readonly string[]): Statement[] =>
    list.map((member) => memberStatement(database, row.name, member, "DROP"));
  const nothing: readonly OwnedObject[] = [];
  if (row.isFixedRole)
    return {
      statements: leave(members.filter((member) => isOwned(live, member, context))),
      refusals: [],
      notes: [],
      owns: nothing,
    };
  const reasons = owningsOf(row, context);
  if (reasons.length > 0)
    return {
      statements: [],
      refusals: reasons.map((reason) => ({ property: "", reason: `role "${row.name}" ${reason}` })),
      notes: [],
      owns: nothing,
    };
  const drop = statement(database, `drop role ${row.name}`, `DROP ROLE ${quoteName(row.name)};`, {
    object: owned(row.name),
  });
  return { statements: [...leave(members), drop], refusals: [], notes: [], owns: nothing };
}
