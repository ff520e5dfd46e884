/** What DROP USER and DROP ROLE have in common: the things that keep a principal, and what goes with it. Errors: reference sheet "security" 2 and 21. */
import { sqlError } from "../../session/messages";
import type { Execution } from "../../session/runtime";
import type { Principal } from "../../storage/model";
import { removePermissions } from "./find";

export function dropFromDatabase(principal: Principal, execution: Execution): void {
  const { database, transaction } = execution.session;
  for (const schema of database.schemas.values())
    if (schema.principalId === principal.id) throw sqlError(15138, ["schema"]);
  for (const other of database.principals.values())
    if (other.ownerId === principal.id) throw sqlError(15138, ["database role"]);
  for (const object of database.objects.values()) if (object.principalId === principal.id) throw sqlError(15183);
  for (const [list, noun] of [
    [database.assemblies, "assembly"],
    [database.messageTypes, "message type"],
    [database.contracts, "contract"],
    [database.services, "service"],
    [database.routes, "route"],
    [database.remoteServiceBindings, "remote service binding"],
  ] as const)
    for (const owned of list.values()) if (owned.principalId === principal.id) throw sqlError(15138, [noun]);
  for (const type of database.types.values()) if (type.principalId === principal.id) throw sqlError(15184);
  if (database.permissions.some((row) => row.grantorId === principal.id)) throw sqlError(15284);
  for (const role of database.principals.values())
    if (role.members.has(principal.id))
      transaction.set(role, "members", new Set([...role.members].filter((id) => id !== principal.id)));
  removePermissions(
    database.permissions,
    (row) => row.granteeId === principal.id || (row.classId === 4 && row.majorId === principal.id),
    transaction,
  );
  const properties = database.extendedProperties;
  for (let i = properties.length - 1; i >= 0; i--)
    if (properties[i]!.classId === 4 && properties[i]!.majorId === principal.id) transaction.splice(properties, i, 1);
  transaction.remove(database.principals, principal.id);
}
