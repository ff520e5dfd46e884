/** Plans of the kind User. https://learn.microsoft.com/sql/t-sql/statements/alter-user-transact-sql */
import type { Plan, PlanContext, Refusal, Requirement, Statement } from "../../../contract";
import { quoteName } from "../../../engine/quoting";
import { statement } from "../../../engine/statement";
import { lostIdentity } from "../../identity-change";
import { owningsOf } from "../ownings";
import { isAnotherPassword, passwordClause, type PasswordClause } from "../password";
import { builtInUsers, type DesiredUser, type UserOrigin } from "./inputs";
import { owned, type LiveUser } from "./live";

// ---- Plan ------------------------------------------------------------------------------------------------------------

export function plan(desired: DesiredUser, live: LiveUser | undefined, context: PlanContext): Plan {
  const refusals = [...refusalsOf(desired, live, context)];
  const owns = [owned(desired.name)];
  if (refusals.length > 0) return { statements: [], refusals, notes: [], owns };
  const requires: Requirement[] =
    desired.login === undefined ? [] : [{ type: "login", name: desired.login, neededBy: `user "${desired.name}"` }];
  const { statements, notes } =
    live === undefined ? { statements: [create(desired, context)], notes: [] } : change(desired, live, context);
  return { statements, refusals: [], notes, owns, requires };
}

const originWords: Readonly<Record<UserOrigin, string>> = {
  login: "a login",
  nobody: "no login (withoutLogin)",
  password: "a password of its own (passwordFrom)",
  external: "Entra ID (external)",
};

function* refusalsOf(desired: DesiredUser, live: LiveUser | undefined, context: PlanContext): Generator<Refusal> {
  const { capabilities, catalog } = context;
  if (desired.origin === "password" && capabilities.flavor !== "azure-sql-database") {
    const row = catalog.databaseRow;
    if (row !== undefined && row.containment !== "PARTIAL")
      yield {
        property: "passwordFrom",
        reason: `database "${row.name}" is not contained (33233): set containment: "PARTIAL" on the resource Database, or use a login`,
      };
    if (!catalog.server.properties.isContainedAuthenticationEnabled)
      yield {
        property: "passwordFrom",
        reason:
          "the server lets no users of contained databases in (33233); a DBA can allow it: EXEC sp_configure 'contained database authentication', 1; RECONFIGURE;",
      };
  }
  if (desired.origin === "external" && capabilities.flavor === "server" && capabilities.majorVersion < 16)
    yield {
      property: "external",
      reason: "SQL Server knows Entra ID from version 2022 on; use a Windows or SQL login",
    };
  if (live === undefined) {
    const lost = lostIdentity(context, "user", desired.name, "renamedFrom renames it");
    if (lost !== undefined) yield lost;
    return;
  }
  if (live.row.type === "R" || live.row.type === "A") {
    yield {
      property: "name",
      reason: `"${live.row.name}" is a role, and users and roles share their names (15023); choose another name`,
    };
    return;
  }
  if (live.origin !== desired.origin) {
    const is = live.origin === undefined ? "a certificate or key" : originWords[live.origin];
    yield {
      property: "",
      reason: `user "${live.row.name}" has ${is} and never changes that to ${originWords[desired.origin]}: make a second user under another name, give it the permissions and memberships, and remove this one`,
    };
  }
}

function create(desired: DesiredUser, context: PlanContext): Statement {
  const name = quoteName(desired.name);
  const password =
    desired.passwordFrom === undefined ? undefined : passwordClause(context.secret(desired.passwordFrom));
  const origin: Readonly<Record<UserOrigin, string>> = {
    login: ` FOR LOGIN ${quoteName(desired.login ?? desired.name)}`,
    nobody: " WITHOUT LOGIN",
    password: "",
    external: " FROM EXTERNAL PROVIDER",
  };
  const options = [
    ...(password === undefined ? [] : [password.text]),
    ...(desired.defaultSchema === undefined ? [] : [`DEFAULT_SCHEMA = ${quoteName(desired.defaultSchema)}`]),
  ];
  const batch = `CREATE USER ${name}${origin[desired.origin]}${options.length === 0 ? "" : ` WITH ${options.join(", ")}`};`;
  return userStatement(desired, context, `create user ${desired.name}`, batch, password, `DROP USER ${name};`);
}

function change(
  desired: DesiredUser,
  live: LiveUser,
  context: PlanContext,
): { statements: Statement[]; notes: string[] } {
  const { row, names } = live;
  const statements: Statement[] = [];
  const notes: string[] = [];
  if (row.name !== desired.name) {
    const rename = (from: string, to: string): string => `ALTER USER ${quoteName(from)} WITH NAME = ${quoteName(to)};`;
    statements.push(
      userStatement(
        desired,
        context,
        `rename user ${row.name} to ${desired.name}`,
        rename(row.name, desired.name),
        undefined,
        rename(desired.name, row.name),
      ),
    );
  }
  const options: string[] = [];
  const words: string[] = [];
  if (desired.login !== undefined && !isMapped(desired.login, live, context)) {
    options.push(`LOGIN = ${quoteName(desired.login)}`);
    words.push(`map to login ${desired.login}`);
    if (row.login === null) notes.push(`user ${row.name} is an orphan: no login has its sid ${row.sid ?? ""}`);
  }
  if (
    desired.defaultSchema !== undefined &&
    (row.defaultSchema === null || !names.equals(desired.defaultSchema, row.defaultSchema))
  ) {
    options.push(`DEFAULT_SCHEMA = ${quoteName(desired.defaultSchema)}`);
    words.push("default schema");
  }
  let password: PasswordClause | undefined;
  if (desired.passwordFrom !== undefined && isAnotherPassword(desired, context)) {
    password = passwordClause(context.secret(desired.passwordFrom));
    options.push(password.text);
    words.push("password");
  }
  if (options.length > 0)
    statements.push(
      userStatement(
        desired,
        context,
        `change user ${desired.name}: ${words.join(", ")}`,
        `ALTER USER ${quoteName(desired.name)} WITH ${options.join(", ")};`,
        password,
      ),
    );
  return { statements, notes };
}

/** By sid, which alone ties a user to its login: a login that was made anew under the same name is another one. */
function isMapped(login: string, { row }: LiveUser, { catalog, capabilities }: PlanContext): boolean {
  if (capabilities.flavor === "azure-sql-database" && row.login === null) return true;
  const wanted = catalog.server.findLogin(login);
  if (wanted !== undefined) return wanted.sid === row.sid;
  // Not visible, or not made yet: the name of the login behind the sid decides.
  return row.login !== null && row.login.toLowerCase() === login.toLowerCase();
}

/** On Azure SQL Database CREATE USER ... FOR LOGIN must be alone in its batch. */
function userStatement(
  desired: DesiredUser,
  { capabilities }: PlanContext,
  label: string,
  batch: string,
  password: PasswordClause | undefined,
  reverse?: string,
): Statement {
  return statement(desired.database, label, batch, {
    object: owned(desired.name),
    inTransaction: capabilities.flavor !== "azure-sql-database" || desired.origin !== "login",
    ...(password === undefined ? {} : { secrets: password.secrets }),
    ...(reverse === undefined ? {} : { reverse }),
  });
}

// ---- Plan of the delete ----------------------------------------------------------------------------------------------

export function planDelete(live: LiveUser, context: PlanContext): Plan {
  const { name } = live.row;
  const reasons = builtInUsers.includes(name.toLowerCase())
    ? [`comes with the database and cannot be dropped; set retainOnDelete: true to let go of it`]
    : owningsOf(live.row, context);
  if (reasons.length > 0)
    return {
      statements: [],
      refusals: reasons.map((reason) => ({ property: "", reason: `user "${name}" ${reason}` })),
      notes: [],
      owns: [],
    };
  const drop = statement(live.database, `drop user ${name}`, `DROP USER ${quoteName(name)};`, { object: owned(name) });
  return { statements: [drop], refusals: [], notes: [], owns: [] };
}
