/** WITH options of a module. Rules: reference sheet "modules" A1 and A8. */
import type { ModuleStatement } from "../../language/ast";
import { sqlError } from "../../session/messages";
import "../../session/messages/clr";
import type { Execution } from "../../session/runtime";
import { notImplemented } from "../../session/sql-error";
import type { Database, Module } from "../../storage/model";
import { at } from "../naming";
import { findPrincipal } from "../schema";
import { moduleKinds } from "./kinds";

type ModuleOptions = Pick<Module, "schemaBound" | "nullOnNullInput" | "recompiled" | "executeAsPrincipalId"> & {
  readonly encrypted: boolean;
};

export function readModuleOptions(statement: ModuleStatement, database: Database, execution: Execution): ModuleOptions {
  const { word, options: ofText, externalOptions } = moduleKinds[statement.kind];
  const isExternal = "external" in statement && statement.external !== undefined;
  const allowed = isExternal ? (externalOptions ?? ofText) : ofText;
  const { options } = statement;
  for (const option of options) {
    if (option === "NATIVE_COMPILATION") throw at(notImplemented("natively compiled modules"), statement.line);
    const name = option.startsWith("EXECUTE AS ") ? "EXECUTE AS" : option;
    if (isExternal && name === "ENCRYPTION" && statement.kind === "trigger") throw at(sqlError(10324), statement.line);
    if (!allowed.includes(name)) throw at(sqlError(487, [`CREATE/ALTER ${word}`]), statement.line);
  }
  const executeAs = options.find((option) => option.startsWith("EXECUTE AS "))?.slice("EXECUTE AS ".length);
  return {
    schemaBound: options.includes("SCHEMABINDING"),
    nullOnNullInput: options.includes("RETURNS NULL ON NULL INPUT"),
    recompiled: options.includes("RECOMPILE"),
    encrypted: options.includes("ENCRYPTION"),
    executeAsPrincipalId: executeAs === undefined ? null : contextOf(executeAs, statement, database, execution),
  };
}

/** SELF is the account that deploys; a name must be one user. */
function contextOf(who: string, statement: ModuleStatement, database: Database, execution: Execution): number | null {
  if (who === "CALLER") return null;
  if (who === "SELF") return execution.session.user.id;
  if (who === "OWNER") {
    if (statement.kind === "trigger" && statement.on.kind !== "object") throw at(sqlError(1083), statement.line);
    return -2;
  }
  const name = who.startsWith("'") ? who.slice(1, -1) : who;
  const principal = findPrincipal(database, name);
  if (!principal || !["S", "U", "E"].includes(principal.type))
    throw at(sqlError(15151, ["execute as", "user", name]), statement.line);
  return principal.id;
}
