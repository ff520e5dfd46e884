/** DROP ASSEMBLY. Rules: reference sheet "CLR assemblies" 4. https://learn.microsoft.com/sql/t-sql/statements/drop-assembly-transact-sql */
import { findAssembly, modulesOf, referrersOf, typesOf } from "../../clr/registered";
import type { DropAssembly } from "../../language/ast-clr";
import { dropBrokerDetails } from "../broker/broker-object";
import { classIds } from "../../security/permission-hierarchy";
import { sqlError } from "../../session/messages";
import type { Execution } from "../../session/runtime";
import type { Database } from "../../storage/model";
import type { Assembly } from "../../storage/model-clr";
import { isSystemName } from "./create-assembly";
import { requireAssembly } from "./owned";

export function dropAssembly(statement: DropAssembly, execution: Execution): void {
  const { database } = execution.frame;
  const going = new Set<Assembly>();
  for (const name of statement.names) {
    if (statement.ifExists && !findAssembly(database, name) && !isSystemName(database, name)) continue;
    going.add(requireAssembly(name, "drop", "CONTROL", execution));
  }
  // Without the option the assemblies that they refer to go along.
  if (!statement.withNoDependents)
    for (const assembly of going) for (const id of assembly.referencedIds) going.add(database.assemblies.get(id)!);
  for (const assembly of going) requireUnused(assembly, going, database);
  const { transaction } = execution.session;
  for (const assembly of going) {
    transaction.remove(database.assemblies, assembly.id);
    dropBrokerDetails(database, classIds.ASSEMBLY!, assembly.id, execution);
  }
}

/** Throws 6589, 6590 and 6598. */
function requireUnused(assembly: Assembly, going: ReadonlySet<Assembly>, database: Database): void {
  const referrer = referrersOf(database, assembly.id).find((one) => !going.has(one));
  if (referrer) throw sqlError(6589, [referrer.name]);
  const module = modulesOf(database, assembly.id)[0];
  if (module) throw sqlError(6590, [assembly.name, module.name]);
  const type = typesOf(database, assembly.id)[0];
  if (type) throw sqlError(6598, [assembly.name, type.name]);
}
