/** EXECUTE AS and REVERT. https://learn.microsoft.com/sql/t-sql/statements/execute-as-transact-sql */
import { isSysadmin } from "../security/identity";
import { sqlError } from "./messages";
import { own } from "./own";
import type { Execution } from "./runtime";

/** Throws 15517 for a user and 15406 for a login that is not there or may not be impersonated. */
export function impersonate(kind: "user" | "login", name: string, noRevert: boolean, execution: Execution): void {
  const session = own(execution);
  const { server, database } = session;
  if (kind === "login") {
    const login = server.logins.get(server.key(name));
    if (!login || login.type === "R" || !isSysadmin(server, session.effectiveLogin)) throw sqlError(15406, [name]);
    session.requireUserOf(login, database);
    session.identities.push(login, undefined, noRevert);
    return;
  }
  const key = database.key(name);
  const user = [...database.principals.values()].find((principal) => database.key(principal.name) === key);
  if (!user || user.type === "R" || user.id === 3 || user.id === 4) throw sqlError(15517, [name]);
  if (user.id !== session.user.id && !mayImpersonate(user.id, execution)) throw sqlError(15517, [name]);
  session.identities.push(session.loginOf(user), user, noRevert);
}

function mayImpersonate(userId: number, execution: Execution): boolean {
  const { user, database } = execution.session;
  if (user.id === 1) return true;
  const rows = database.permissions.filter(
    (row) =>
      row.classId === 4 &&
      row.majorId === userId &&
      row.granteeId === user.id &&
      (row.name === "IMPERSONATE" || row.name === "CONTROL"),
  );
  return rows.some((row) => row.state !== "D") && !rows.some((row) => row.state === "D");
}
