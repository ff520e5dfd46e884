/** Logins, users and roles by name, and the options of their statements. Rules and errors: reference sheet "security" 1 to 6 and 21. */
import type { Definition, Name, Option } from "../../language/ast";
import { isMemberOfServerRole, serverIdentity } from "../../security/identity";
import { sqlError } from "../../session/messages";
import type { Session } from "../../session/runtime";
import { notImplemented } from "../../session/sql-error";
import type { Login, Permission, SqlServer } from "../../storage/model";
import type { Transaction } from "../../storage/transaction";

export type CreatePrincipal = Extract<Definition, { kind: "create-principal" }>;
export type AlterPrincipal = Extract<Definition, { kind: "alter-principal" }>;
export type PermissionStatement = Extract<Definition, { kind: "permission" }>;

export function findLogin(server: SqlServer, name: string): Login | undefined {
  return server.logins.get(server.key(name));
}

export { findPrincipal } from "../schema";

/** Options by upper-case name; an unknown or repeated one is refused. */
export function readOptions(
  options: readonly Option[],
  allowed: readonly string[],
  statement: string,
): Map<string, Option> {
  const found = new Map<string, Option>();
  for (const option of options) {
    const name = option.name.toUpperCase();
    if (!allowed.includes(name)) throw notImplemented(`${statement} ... WITH ${name}`);
    if (found.has(name)) throw sqlError(153, [name, statement]);
    found.set(name, option);
  }
  return found;
}

export function textOf(option: Option | undefined): string | undefined {
  if (option?.value === undefined) return undefined;
  if (typeof option.value === "object")
    return Array.isArray(option.value) ? undefined : (option.value as Name).parts.join(".");
  return String(option.value);
}

export function switchOf(option: Option | undefined, name: string): boolean | undefined {
  const word = textOf(option)?.toUpperCase();
  if (word === undefined) return undefined;
  if (word !== "ON" && word !== "OFF") throw sqlError(155, [word, name]);
  return word === "ON";
}

export function binaryOf(option: Option): Uint8Array | undefined {
  const text = textOf(option) ?? "";
  return /^0x([0-9a-f]{2})*$/i.test(text) ? Uint8Array.from(Buffer.from(text.slice(2), "hex")) : undefined;
}

/** Whether the acting login is in a server role, directly or through another. */
export function isServerRoleMember(session: Session, role: string): boolean {
  const identity = serverIdentity(session);
  return identity !== undefined && isMemberOfServerRole(session.server, identity.login, role);
}

/** Removes the rows that match, the last first so that positions stay right. */
export function removePermissions(
  list: Permission[],
  match: (permission: Permission) => boolean,
  transaction: Transaction,
): void {
  for (let i = list.length - 1; i >= 0; i--) if (match(list[i]!)) transaction.splice(list, i, 1);
}
