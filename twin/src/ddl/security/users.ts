/**
 * CREATE, ALTER and DROP USER. Rules: reference sheet "security" 2.
 * https://learn.microsoft.com/sql/t-sql/statements/create-user-transact-sql
 */
import { randomBytes } from "node:crypto";
import { sameSid } from "../../security/identity";
import { hashPassword } from "../../security/passwords";
import { holds, type Securable } from "../../security/permissions";
import { sqlError } from "../../session/messages";
import type { Execution } from "../../session/runtime";
import type { Database, Login, Principal, SqlServer } from "../../storage/model";
import { now } from "../../types/date-time";
import { isModule } from "../registry";
import {
  binaryOf,
  findLogin,
  findPrincipal,
  readOptions,
  textOf,
  type AlterPrincipal,
  type CreatePrincipal,
} from "./find";
import { checkPasswordPolicy } from "./password-policy";
import { dropFromDatabase } from "./principal-removal";

const DBO = 1;
const LAST_BUILT_IN_USER = 4;

export function createUser(statement: CreatePrincipal, execution: Execution): void {
  const { session } = execution;
  const { database, server, transaction } = session;
  const { name } = statement;
  if (!holds(session, "CREATE USER", { class: "DATABASE", database })) throw sqlError(15247);
  const options = readOptions(statement.options, ["DEFAULT_SCHEMA", "PASSWORD", "SID"], "CREATE USER");
  const base = { name, ...origin(statement, options, server, database) };
  if (findPrincipal(database, name)) throw sqlError(15023, [name]);
  const time = now();
  const user: Principal = {
    id: database.nextPrincipalId,
    type: "S",
    defaultSchema: textOf(options.get("DEFAULT_SCHEMA")) ?? "dbo",
    ownerId: null,
    fixedRole: false,
    members: new Set(),
    created: time,
    modified: time,
    ...base,
  };
  transaction.set(database, "nextPrincipalId", user.id + 1);
  transaction.put(database.principals, user.id, user);
  transaction.push(database.permissions, {
    classId: 0,
    majorId: 0,
    minorId: 0,
    granteeId: user.id,
    grantorId: DBO,
    name: "CONNECT",
    state: "G",
  });
}

/** Where the user comes from: a login, a password of its own, or nothing. */
function origin(
  statement: CreatePrincipal,
  options: ReturnType<typeof readOptions>,
  server: SqlServer,
  database: Database,
): Pick<Principal, "sid" | "authentication"> & Partial<Principal> {
  if (statement.withoutLogin) return { sid: databaseSid(), authentication: "NONE" };
  const password = options.get("PASSWORD");
  if (password) {
    if (
      server.configurations.get("contained database authentication")?.inUse !== 1 ||
      database.options.containment !== "PARTIAL"
    )
      throw sqlError(33233);
    const text = textOf(password) ?? "";
    checkPasswordPolicy(text, statement.name);
    const sid = options.get("SID");
    // Principal keeps one field for both: the salt goes in front of the hash.
    const { hash, salt } = hashPassword(text);
    return {
      sid: (sid && binaryOf(sid)) ?? databaseSid(),
      authentication: "DATABASE",
      passwordHash: Uint8Array.from([...salt, ...hash]),
    };
  }
  if (options.has("SID")) throw sqlError(153, ["SID", "CREATE USER"]);
  const loginName = statement.forLogin ?? statement.name;
  const login = findLogin(server, loginName);
  if (!login || login.type === "R") throw sqlError(15007, [loginName]);
  if (login.id === 1) throw sqlError(15405, [login.name]);
  requireUnmapped(login, database);
  return {
    sid: login.sid,
    authentication: login.type === "U" ? "WINDOWS" : "INSTANCE",
    ...(login.type === "S" ? {} : { type: login.type }),
  };
}

function requireUnmapped(login: Login, database: Database): void {
  for (const principal of database.principals.values()) if (sameSid(principal.sid, login.sid)) throw sqlError(15063);
}

/** S-1-9-3-...: the identifier authority of database users. */
function databaseSid(): Uint8Array {
  return Uint8Array.from([1, 5, 0, 0, 0, 0, 0, 9, 3, 0, 0, 0, ...randomBytes(16)]);
}

export function alterUser(statement: AlterPrincipal, execution: Execution): void {
  const { session } = execution;
  const { database, server, transaction } = session;
  const user = findPrincipal(database, statement.name);
  const securable: Securable | undefined = user && { class: "USER", database, id: user.id };
  if (!user || !securable || user.type === "R" || user.type === "A" || !holds(session, "ALTER", securable))
    throw sqlError(15151, ["alter", "user", statement.name]);
  if (user.id <= LAST_BUILT_IN_USER) throw sqlError(15150, ["alter", "user", user.name]);
  const options = readOptions(statement.options, ["NAME", "DEFAULT_SCHEMA", "LOGIN", "PASSWORD"], "ALTER USER");
  const name = textOf(options.get("NAME"));
  if (name !== undefined) {
    const taken = findPrincipal(database, name);
    if (taken && taken !== user) throw sqlError(15023, [name]);
    transaction.set(user, "name", name);
  }
  const schema = options.get("DEFAULT_SCHEMA");
  if (schema)
    transaction.set(
      user,
      "defaultSchema",
      !schema.quoted && textOf(schema)?.toUpperCase() === "NULL" ? null : (textOf(schema) ?? null),
    );
  const loginName = textOf(options.get("LOGIN"));
  if (loginName !== undefined) {
    const login = findLogin(server, loginName);
    if (!login || login.type === "R") throw sqlError(15007, [loginName]);
    if (user.authentication === "NONE" || user.authentication === "DATABASE" || login.type !== user.type)
      throw sqlError(33016);
    if (!sameSid(user.sid, login.sid)) requireUnmapped(login, database);
    transaction.set(user, "sid", login.sid);
  }
  const password = options.get("PASSWORD");
  if (password) {
    if (user.authentication !== "DATABASE") throw sqlError(33234, ["PASSWORD"]);
    const text = textOf(password) ?? "";
    checkPasswordPolicy(text, user.name);
    const { hash, salt } = hashPassword(text);
    transaction.set(user, "passwordHash", Uint8Array.from([...salt, ...hash]));
  }
  transaction.set(user, "modified", now());
}

export function dropUser(name: string, execution: Execution): void {
  const { session } = execution;
  const { database } = session;
  const user = findPrincipal(database, name);
  if (
    !user ||
    user.type === "R" ||
    user.type === "A" ||
    !holds(session, "ALTER ANY USER", { class: "DATABASE", database })
  )
    throw sqlError(15151, ["drop", "user", name]);
  if (user.id <= LAST_BUILT_IN_USER) throw sqlError(15150, ["drop", "user", user.name]);
  for (const object of database.objects.values())
    if (isModule(object) && object.executeAsPrincipalId === user.id) throw sqlError(15136);
  dropFromDatabase(user, execution);
}
