/**
 * CREATE, ALTER and DROP LOGIN. Rules: reference sheet "security" 1.
 * https://learn.microsoft.com/sql/t-sql/statements/create-login-transact-sql
 */
import { randomBytes } from "node:crypto";
import { sameSid } from "../../security/identity";
import { hashPassword } from "../../security/passwords";
import { holds } from "../../security/permissions";
import { sqlError } from "../../session/messages";
import type { Execution, Session } from "../../session/runtime";
import { notImplemented } from "../../session/sql-error";
import type { Login } from "../../storage/model";
import { now } from "../../types/date-time";
import { languages } from "../../catalog/languages";
import {
  binaryOf,
  findLogin,
  readOptions,
  removePermissions,
  switchOf,
  textOf,
  type AlterPrincipal,
  type CreatePrincipal,
} from "./find";
import { checkPasswordPolicy } from "./password-policy";

const CREATE_OPTIONS = ["PASSWORD", "SID", "DEFAULT_DATABASE", "DEFAULT_LANGUAGE", "CHECK_EXPIRATION", "CHECK_POLICY"];
const ALTER_OPTIONS = ["PASSWORD", "NAME", "DEFAULT_DATABASE", "DEFAULT_LANGUAGE", "CHECK_EXPIRATION", "CHECK_POLICY"];
const SA = 1;

function mayAlterLogins(session: Session): boolean {
  return holds(session, "ALTER ANY LOGIN", { class: "SERVER" });
}

export function createLogin(statement: CreatePrincipal, execution: Execution): void {
  const { session } = execution;
  const { server, transaction } = session;
  const { name } = statement;
  if (!holds(session, "CREATE LOGIN", { class: "SERVER" })) throw sqlError(15247);
  const windows = statement.words.includes("WINDOWS");
  if (windows && (server.platform !== "windows" || !name.includes("\\"))) throw notImplemented(`Windows login ${name}`);
  if (!windows && name.includes("\\")) throw sqlError(15006, [name]);
  if (findLogin(server, name)) throw sqlError(15025, [name]);
  const options = readOptions(
    statement.options,
    windows ? ["DEFAULT_DATABASE", "DEFAULT_LANGUAGE"] : CREATE_OPTIONS,
    "CREATE LOGIN",
  );
  const time = now();
  const login: Login = {
    id: server.nextLoginId,
    name,
    sid: sidOf(options.get("SID"), session),
    type: windows ? "U" : "S",
    disabled: false,
    defaultDatabase: defaultDatabase(textOf(options.get("DEFAULT_DATABASE")), session) ?? "master",
    defaultLanguage: defaultLanguage(textOf(options.get("DEFAULT_LANGUAGE"))) ?? "us_english",
    checkPolicy: !windows && (switchOf(options.get("CHECK_POLICY"), "CHECK_POLICY") ?? true),
    checkExpiration: switchOf(options.get("CHECK_EXPIRATION"), "CHECK_EXPIRATION") ?? false,
    fixedRole: false,
    members: new Set(),
    created: time,
    modified: time,
  };
  if (!windows) {
    if (!options.has("PASSWORD")) throw sqlError(102, [name]);
    setPassword(login, options.get("PASSWORD")!);
  }
  transaction.set(server, "nextLoginId", login.id + 1);
  transaction.put(server.logins, server.key(name), login);
  transaction.push(server.serverPermissions, {
    classId: 100,
    majorId: 0,
    minorId: 0,
    granteeId: login.id,
    grantorId: SA,
    name: "CONNECT SQL",
    state: "G",
  });
}

function sidOf(option: Parameters<typeof textOf>[0], { server }: Session): Uint8Array {
  if (!option) return Uint8Array.from(randomBytes(16));
  const sid = binaryOf(option);
  if (sid?.length !== 16) throw sqlError(15419);
  for (const other of server.logins.values()) if (sameSid(other.sid, sid)) throw sqlError(15433);
  return sid;
}

function defaultDatabase(name: string | undefined, { server }: Session): string | undefined {
  if (name === undefined) return undefined;
  const found = server.databases.get(server.key(name));
  if (!found) throw sqlError(15010, [name]);
  return found.name;
}

function defaultLanguage(name: string | undefined): string | undefined {
  if (name === undefined) return undefined;
  const found = languages.find((one) =>
    [one.name, one.alias, String(one.lcid)].some((known) => known.toLowerCase() === name.toLowerCase()),
  );
  if (!found) throw sqlError(15033, [name]);
  return found.name;
}

/** The flags are the login's own, already set. */
function setPassword(login: Login, option: NonNullable<Parameters<typeof textOf>[0]>): void {
  const words = (option.unit ?? "").split(" ").filter(Boolean);
  if (words.includes("HASHED")) throw notImplemented("PASSWORD = ... HASHED");
  const password = textOf(option) ?? "";
  checkFlags(login, words.includes("MUST_CHANGE"));
  if (login.checkPolicy) checkPasswordPolicy(password, login.name);
  const { hash, salt } = hashPassword(password);
  login.passwordHash = hash;
  login.passwordSalt = salt;
  if (words.includes("MUST_CHANGE")) login.mustChange = true;
  else delete login.mustChange;
}

function checkFlags(login: Login, mustChange: boolean): void {
  if (login.checkExpiration && !login.checkPolicy) throw sqlError(15122);
  if (mustChange && !login.checkExpiration) throw sqlError(15099);
}

export function alterLogin(statement: AlterPrincipal, execution: Execution): void {
  const { session } = execution;
  const { server, transaction } = session;
  const login = findLogin(server, statement.name);
  const missing = (): Error => sqlError(15151, ["alter", "login", statement.name]);
  if (!login || login.type === "R" || !mayAlterLogins(session)) throw missing();
  if (login.id === SA && session.effectiveLogin.id !== SA && !holds(session, "CONTROL SERVER", { class: "SERVER" }))
    throw missing();
  const next: Login = { ...login, modified: now() };
  if (statement.state) next.disabled = statement.state === "disable";
  const options = readOptions(statement.options, ALTER_OPTIONS, "ALTER LOGIN");
  const policy = switchOf(options.get("CHECK_POLICY"), "CHECK_POLICY");
  const expiration = switchOf(options.get("CHECK_EXPIRATION"), "CHECK_EXPIRATION");
  if (login.mustChange && (policy === false || expiration === false)) throw sqlError(15128);
  if (policy !== undefined) next.checkPolicy = policy;
  // Switching the policy off takes expiration with it.
  if (policy === false) next.checkExpiration = false;
  if (expiration !== undefined) next.checkExpiration = expiration;
  next.defaultDatabase = defaultDatabase(textOf(options.get("DEFAULT_DATABASE")), session) ?? login.defaultDatabase;
  next.defaultLanguage = defaultLanguage(textOf(options.get("DEFAULT_LANGUAGE"))) ?? login.defaultLanguage;
  checkFlags(next, false);
  const password = options.get("PASSWORD");
  if (password && login.type !== "S") throw sqlError(153, ["PASSWORD", "ALTER LOGIN"]);
  if (password) setPassword(next, password);
  const name = textOf(options.get("NAME"));
  if (name !== undefined && server.key(name) !== server.key(login.name) && findLogin(server, name))
    throw sqlError(15025, [name]);
  for (const key of Object.keys(next) as (keyof Login)[])
    if (next[key] !== login[key]) transaction.set(login, key, next[key] as never);
  if (name === undefined) return;
  transaction.remove(server.logins, server.key(login.name));
  transaction.set(login, "name", name);
  transaction.put(server.logins, server.key(name), login);
}

export function dropLogin(name: string, execution: Execution): void {
  const { session } = execution;
  const { server, transaction } = session;
  const login = findLogin(server, name);
  if (!login || login.type === "R" || !mayAlterLogins(session)) throw sqlError(15151, ["drop", "login", name]);
  if (login.id === SA) throw sqlError(15150, ["drop", "login", name]);
  for (const other of session.activity?.sessions() ?? [session])
    if (other.login === login) throw sqlError(15434, [name]);
  for (const database of server.databases.values())
    if (sameSid(database.ownerSid, login.sid)) throw sqlError(15174, [name]);
  for (const endpoint of server.endpoints.values())
    if (endpoint.principalId === login.id) throw sqlError(15141, ["endpoint"]);
  for (const other of server.logins.values()) if (other.ownerId === login.id) throw sqlError(15141, ["server role"]);
  if (server.serverPermissions.some((row) => row.grantorId === login.id)) throw sqlError(15173, [name]);
  for (const role of server.logins.values())
    if (role.members.has(login.id))
      transaction.set(role, "members", new Set([...role.members].filter((id) => id !== login.id)));
  removePermissions(
    server.serverPermissions,
    (row) => row.granteeId === login.id || (row.classId === 101 && row.majorId === login.id),
    transaction,
  );
  transaction.remove(server.logins, server.key(login.name));
}
