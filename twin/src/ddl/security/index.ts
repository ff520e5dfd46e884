/** Statements about logins, users, roles and permissions, by kind. */
import "../../session/messages/security";
import type { Definition, Name } from "../../language/ast";
import type { Execution, Work } from "../../session/runtime";
import { notImplemented } from "../../session/sql-error";
import { findLogin, findPrincipal, type AlterPrincipal, type CreatePrincipal, type PermissionStatement } from "./find";
import { changePermissions } from "./grants";
import { alterLogin, createLogin, dropLogin } from "./logins";
import { alterRole, alterServerRole, createRole, createServerRole, dropRole, dropServerRole } from "./roles";
import { alterUser, createUser, dropUser } from "./users";

type What = CreatePrincipal["what"];

const refuseApplicationRole = (): never => {
  throw notImplemented("application roles");
};

const create: Record<What, (statement: CreatePrincipal, execution: Execution) => void> = {
  login: createLogin,
  user: createUser,
  role: createRole,
  "server-role": createServerRole,
  "application-role": refuseApplicationRole,
};

const alter: Record<What, (statement: AlterPrincipal, execution: Execution) => void> = {
  login: alterLogin,
  user: alterUser,
  role: alterRole,
  "server-role": alterServerRole,
  "application-role": refuseApplicationRole,
};

const drop: Record<What, (name: string, execution: Execution) => void> = {
  login: dropLogin,
  user: dropUser,
  role: dropRole,
  "server-role": dropServerRole,
  "application-role": refuseApplicationRole,
};

/* eslint-disable require-yield -- none of these waits, but the registry's definitions may */
export const securityDefinitions: {
  [K in "create-principal" | "alter-principal" | "permission"]: (
    statement: Extract<Definition, { kind: K }>,
    execution: Execution,
  ) => Work<void>;
} = {
  *"create-principal"(statement, execution) {
    create[statement.what](statement, execution);
  },
  *"alter-principal"(statement, execution) {
    alter[statement.what](statement, execution);
  },
  *permission(statement: PermissionStatement, execution) {
    changePermissions(statement, execution);
  },
};
/* eslint-enable require-yield */

/** DROP LOGIN, USER, ROLE, SERVER ROLE, APPLICATION ROLE; `what` as the parser gives it, in upper case. */
export function dropPrincipal(what: string, names: readonly Name[], ifExists: boolean, execution: Execution): void {
  const kind = what.toLowerCase().replaceAll(" ", "-");
  if (!Object.hasOwn(drop, kind)) throw notImplemented(`DROP ${what}`);
  const { server, database } = execution.session;
  for (const { parts } of names) {
    const name = parts[parts.length - 1]!;
    const known = kind === "login" || kind === "server-role" ? findLogin(server, name) : findPrincipal(database, name);
    if (ifExists && !known) continue;
    drop[kind as What](name, execution);
  }
}
