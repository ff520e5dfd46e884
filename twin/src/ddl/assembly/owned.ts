/** Finding an assembly to change or drop. */
import { findAssembly } from "../../clr/registered";
import { holds } from "../../security/permissions";
import { sqlError } from "../../session/messages";
import "../../session/messages/clr";
import type { Execution } from "../../session/runtime";
import type { Assembly } from "../../storage/model-clr";
import { isSystemName } from "./create-assembly";

/** Throws 6560 for the server's own, 15151 for a missing one or without the permission. */
export function requireAssembly(
  name: string,
  verb: "alter" | "drop",
  permission: "ALTER" | "CONTROL",
  execution: Execution,
): Assembly {
  const { database } = execution.frame;
  if (isSystemName(database, name)) throw sqlError(6560, [name]);
  const found = findAssembly(database, name);
  if (!found || !holds(execution.session, permission, { class: "ASSEMBLY", database, id: found.id }))
    throw sqlError(15151, [verb, "assembly", name]);
  return found;
}
