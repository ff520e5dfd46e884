/** Plans of the kind Login. https://learn.microsoft.com/sql/t-sql/statements/alter-login-transact-sql */
import type { Plan, PlanContext, Probe, Refusal, Requirement, SecretReader, Statement } from "../../../contract";
import { quoteName, quoteText } from "../../../engine/quoting";
import { statement } from "../../../engine/statement";
import { isAnotherPassword, passwordClause, type PasswordClause } from "../password";
import type { DesiredLogin } from "./inputs";
import { owned, typeOf, type LiveLogin } from "./live";

// ---- Probes ----------------------------------------------------------------------------------------------------------

const rightsKey = "login rights";
const languageKey = "login language";
const passwordKey = "login password";
const holdsKey = "what holds a login";

/** PWDCOMPARE answers without showing a hash; without the right to see hashes they are NULL. */
export function probes(
  desired: DesiredLogin | undefined,
  live: LiveLogin | undefined,
  secret: SecretReader | undefined,
): Probe[] {
  const found: Probe[] = [
    {
      key: rightsKey,
      query: "SELECT CONVERT(bit, COALESCE(HAS_PERMS_BY_NAME(NULL, NULL, N'ALTER ANY LOGIN'), 0)) AS allowed;",
    },
  ];
  if (desired?.defaultLanguage !== undefined) {
    const name = quoteText(desired.defaultLanguage);
    found.push({
      key: languageKey,
      query: `SELECT (SELECT TOP (1) l.name FROM sys.syslanguages AS l WHERE l.name = ${name} OR l.alias = ${name}) AS name;`,
    });
  }
  if (desired?.passwordFrom !== undefined && live !== undefined && secret !== undefined) {
    const hash = `(SELECT l.password_hash FROM sys.sql_logins AS l WHERE l.principal_id = ${live.row.principalId})`;
    found.push({
      key: passwordKey,
      query: `SELECT PWDCOMPARE(${quoteText(secret(desired.passwordFrom))}, ${hash}) AS same, CASE WHEN ${hash} IS NULL THEN 0 ELSE 1 END AS visible;`,
    });
  }
  if (desired === undefined && live !== undefined) {
    found.push({
      key: holdsKey,
      query: `SELECT
  (SELECT COUNT(*) FROM sys.dm_exec_sessions AS s WHERE s.original_login_name = ${quoteText(live.row.name)}) AS sessions,
  (SELECT MIN(e.name) FROM sys.endpoints AS e WHERE e.principal_id = ${live.row.principalId}) AS endpointName,
  (SELECT MIN(r.name) FROM sys.server_principals AS r WHERE r.owning_principal_id = ${live.row.principalId}) AS roleName,
  (SELECT COUNT(*) FROM sys.server_permissions AS p WHERE p.grantor_principal_id = ${live.row.principalId}) AS permissions;`,
    });
  }
  return found;
}

// ---- Plan ------------------------------------------------------------------------------------------------------------

export function plan(desired: DesiredLogin, live: LiveLogin | undefined, context: PlanContext): Plan {
  const refusals = [...refusalsOf(desired, live, context)];
  if (refusals.length > 0) return { statements: [], refusals, notes: [], owns: [owned(desired.name)] };
  const { statements, notes } =
    live === undefined ? { statements: create(desired, context), notes: [] } : change(desired, live, context);
  const requires: Requirement[] =
    desired.defaultDatabase === undefined
      ? []
      : [{ type: "database", name: desired.defaultDatabase, neededBy: `login "${desired.name}"` }];
  return { statements, refusals: [], notes, owns: [owned(desired.name)], requires };
}

function* refusalsOf(desired: DesiredLogin, live: LiveLogin | undefined, context: PlanContext): Generator<Refusal> {
  const { capabilities, answers } = context;
  if (answers.get(rightsKey)?.["allowed"] === false) yield missingRight(capabilities.login);
  if (capabilities.flavor === "azure-sql-database")
    yield {
      property: "server",
      reason:
        "logins of Azure SQL Database are in master of its logical server and cannot be managed from here; use users with passwordFrom or external: true",
    };
  if (desired.type === "windows" && capabilities.flavor !== "server")
    yield {
      property: "type",
      reason: 'Azure SQL Managed Instance knows Windows principals by Entra ID: type: "entra"',
    };
  if (desired.type === "entra" && capabilities.flavor === "server" && capabilities.majorVersion < 16)
    yield { property: "type", reason: "SQL Server knows Entra ID from version 2022 on; use a Windows or SQL login" };
  if (desired.defaultLanguage !== undefined && answers.has(languageKey)) {
    const name = answers.get(languageKey)?.["name"];
    if (typeof name !== "string")
      yield {
        property: "defaultLanguage",
        reason: `the server knows no language "${desired.defaultLanguage}" (15033); sys.syslanguages has their names`,
      };
    else if (name.toLowerCase() !== desired.defaultLanguage.toLowerCase())
      yield {
        property: "defaultLanguage",
        reason: `"${desired.defaultLanguage}" is another word for "${name}"; write ${JSON.stringify(name)}`,
      };
  }
  if (live === undefined) return;
  if (typeOf(live.row) !== desired.type)
    yield {
      property: "type",
      reason: `login "${live.row.name}" is checked by ${typeOf(live.row) ?? "a certificate or key"} and never changes that; make a second login under another name, map the users to it, and remove this one`,
    };
  if (desired.sid !== undefined && desired.sid !== live.row.sid)
    yield {
      property: "sid",
      reason: `login "${live.row.name}" has the sid ${live.row.sid}, which never changes; write that, or remove the login and make it again (its users are orphans until then)`,
    };
  if (desired.disabled === true && !live.row.isDisabled && context.names.equals(live.row.name, capabilities.login))
    yield { property: "disabled", reason: "this is the login that deploys; it cannot shut itself out" };
  const expires = desired.checkExpiration ?? live.row.isExpirationChecked;
  const policy = desired.checkPolicy ?? live.row.isPolicyChecked;
  if (desired.checkExpiration === true && expires && !policy)
    yield { property: "checkExpiration", reason: "needs checkPolicy: true, which is off for this login (15122)" };
}

function missingRight(login: string): Refusal {
  return {
    property: "server",
    reason: `login "${login}" of sqlserver:servers may not manage logins; a DBA can allow it: GRANT ALTER ANY LOGIN TO ${quoteName(login)};`,
  };
}

function create(desired: DesiredLogin, context: PlanContext): Statement[] {
  const name = quoteName(desired.name);
  const password =
    desired.passwordFrom === undefined ? undefined : passwordClause(context.secret(desired.passwordFrom));
  const options = [
    ...(password === undefined ? [] : [password.text]),
    ...(desired.sid === undefined ? [] : [`SID = ${desired.sid}`]),
    ...placeOptions(desired, undefined),
    ...policyOptions(desired, undefined),
  ];
  const source = { sql: "", windows: " FROM WINDOWS", entra: " FROM EXTERNAL PROVIDER" }[desired.type];
  const batch = `CREATE LOGIN ${name}${source}${options.length === 0 ? "" : ` WITH ${options.join(", ")}`};`;
  const made = loginStatement(desired.name, `create login ${desired.name}`, batch, password, `DROP LOGIN ${name};`);
  return desired.disabled === true ? [made, enabling(desired.name, true)] : [made];
}

function change(
  desired: DesiredLogin,
  live: LiveLogin,
  context: PlanContext,
): { statements: Statement[]; notes: string[] } {
  const { row } = live;
  const statements: Statement[] = [];
  const notes: string[] = [];
  if (row.name !== desired.name) {
    const rename = (from: string, to: string): string => `ALTER LOGIN ${quoteName(from)} WITH NAME = ${quoteName(to)};`;
    statements.push(
      loginStatement(
        desired.name,
        `rename login ${row.name} to ${desired.name}`,
        rename(row.name, desired.name),
        undefined,
        rename(desired.name, row.name),
      ),
    );
  }
  const password = newPassword(desired, context, notes);
  const options = [
    ...(password === undefined ? [] : [password.text]),
    ...placeOptions(desired, live),
    ...policyOptions(desired, live),
  ];
  if (options.length > 0) {
    const words =
      password === undefined
        ? "change"
        : options.length === 1
          ? "set the password of"
          : "change and set the password of";
    const batch = `ALTER LOGIN ${quoteName(desired.name)} WITH ${options.join(", ")};`;
    statements.push(loginStatement(desired.name, `${words} login ${desired.name}`, batch, password));
  }
  if (desired.disabled !== undefined && desired.disabled !== row.isDisabled)
    statements.push(enabling(desired.name, desired.disabled));
  return { statements, notes };
}

/** Set again when the server says that it is another one; where it may not say, when the version changed. */
function newPassword(desired: DesiredLogin, context: PlanContext, notes: string[]): PasswordClause | undefined {
  if (desired.passwordFrom === undefined) return undefined;
  const answer = context.answers.get(passwordKey);
  const isVisible = answer?.["visible"] === 1;
  const isOther = isVisible ? answer?.["same"] !== 1 : isAnotherPassword(desired, context);
  if (isOther) return passwordClause(context.secret(desired.passwordFrom));
  if (!isVisible)
    notes.push(
      `the password of login ${desired.name} cannot be compared: that needs CONTROL SERVER; a changed passwordVersion sets it again`,
    );
  return undefined;
}

function placeOptions(desired: DesiredLogin, live: LiveLogin | undefined): string[] {
  const { defaultDatabase, defaultLanguage } = desired;
  const options: string[] = [];
  const names = live?.names;
  if (
    defaultDatabase !== undefined &&
    (live === undefined ||
      live.row.defaultDatabase === null ||
      !names!.equals(defaultDatabase, live.row.defaultDatabase))
  )
    options.push(`DEFAULT_DATABASE = ${quoteName(defaultDatabase)}`);
  if (defaultLanguage !== undefined && defaultLanguage.toLowerCase() !== live?.row.defaultLanguage?.toLowerCase())
    options.push(`DEFAULT_LANGUAGE = ${quoteName(defaultLanguage)}`);
  return options;
}

/** Expiration needs the policy, so it goes off first and on last; one statement takes both. */
function policyOptions(desired: DesiredLogin, live: LiveLogin | undefined): string[] {
  const { checkPolicy, checkExpiration } = desired;
  const option = (name: string, wanted: boolean | undefined, is: boolean | undefined): string[] =>
    wanted === undefined || wanted === is ? [] : [`${name} = ${wanted ? "ON" : "OFF"}`];
  return [
    ...option("CHECK_EXPIRATION", checkExpiration, live?.row.isExpirationChecked),
    ...option("CHECK_POLICY", checkPolicy, live?.row.isPolicyChecked),
  ];
}

function enabling(name: string, disabled: boolean): Statement {
  const text = (word: "ENABLE" | "DISABLE"): string => `ALTER LOGIN ${quoteName(name)} ${word};`;
  const [batch, reverse] = disabled ? [text("DISABLE"), text("ENABLE")] : [text("ENABLE"), text("DISABLE")];
  return loginStatement(name, `${disabled ? "disable" : "enable"} login ${name}`, batch, undefined, reverse);
}

function loginStatement(
  name: string,
  label: string,
  batch: string,
  password: PasswordClause | undefined,
  reverse?: string,
): Statement {
  return statement("master", label, batch, {
    object: owned(name),
    ...(password === undefined ? {} : { secrets: password.secrets }),
    ...(reverse === undefined ? {} : { reverse }),
  });
}

// ---- Plan of the delete ----------------------------------------------------------------------------------------------

export function planDelete(live: LiveLogin, context: PlanContext): Plan {
  const { name } = live.row;
  const refusals: Refusal[] = [];
  const refuse = (reason: string): void => void refusals.push({ property: "", reason });
  if (context.answers.get(rightsKey)?.["allowed"] === false) refusals.push(missingRight(context.capabilities.login));
  if (/^(NT SERVICE|NT AUTHORITY|BUILTIN)\\/i.test(name))
    refuse(`login "${name}" belongs to the machine that SQL Server runs on; set retainOnDelete: true to let go of it`);
  if (live.names.equals(name, context.capabilities.login))
    refuse(`login "${name}" is the one that deploys; remove it with another login`);
  const databases = context.catalog.server.databases.filter(
    ({ owner }) => owner !== null && live.names.equals(owner, name),
  );
  if (databases.length > 0)
    refuse(
      `login "${name}" owns ${databases.map((row) => `database "${row.name}"`).join(", ")} (15174); give them another owner first: ALTER AUTHORIZATION ON DATABASE::${quoteName(databases[0]!.name)} TO [sa];`,
    );
  const holds = context.answers.get(holdsKey);
  if (typeof holds?.["endpointName"] === "string")
    refuse(
      `login "${name}" owns endpoint "${holds["endpointName"]}" (15141); give it another owner first: ALTER AUTHORIZATION ON ENDPOINT::${quoteName(holds["endpointName"])} TO [sa];`,
    );
  if (typeof holds?.["roleName"] === "string")
    refuse(
      `login "${name}" owns server role "${holds["roleName"]}" (15141); give it another owner first: ALTER AUTHORIZATION ON SERVER ROLE::${quoteName(holds["roleName"])} TO [sa];`,
    );
  const permissions = Number(holds?.["permissions"] ?? 0);
  if (permissions > 0)
    refuse(
      `login "${name}" has granted or denied ${permissions} ${permissions === 1 ? "permission" : "permissions"} on the server (15173); revoke them first: REVOKE ... AS ${quoteName(name)}`,
    );
  const sessions = Number(holds?.["sessions"] ?? 0);
  if (sessions > 0)
    refuse(
      `login "${name}" is connected with ${sessions} ${sessions === 1 ? "session" : "sessions"} (15434); end them, or deploy disabled: true first and wait`,
    );
  if (refusals.length > 0) return { statements: [], refusals, notes: [], owns: [] };
  const drop = loginStatement(name, `drop login ${name}`, `DROP LOGIN ${quoteName(name)};`, undefined);
  const notes = [
    `users of login ${name} in the databases stay, as orphans; a login with the sid ${live.row.sid} would be theirs again`,
  ];
  return { statements: [drop], refusals: [], notes, owns: [] };
}
