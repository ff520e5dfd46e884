/** What SCHEMABINDING asks of a module's references: errors 1054, 2788, 4512 and 4513. Source: reference sheet "modules" A5. */
import type { ModuleStatement } from "../../language/ast";
import { lookUp } from "../../query/objects";
import { sqlError } from "../../session/messages";
import type { Execution } from "../../session/runtime";
import type { Database, Module } from "../../storage/model";
import { references } from "../dependencies";
import { at, qualified, shown } from "../naming";
import { objectTarget } from "../permission";
import { isModule } from "../registry";
import { walk } from "./tree";

export function requireBindable(
  statement: ModuleStatement,
  module: Module,
  database: Database,
  binding: Execution,
): void {
  const word = statement.kind === "view" ? "view" : "function";
  const own = qualified(database, module);
  walk(statement, (node) => {
    if (node.kind === "star") throw at(sqlError(1054, ["*"]), Number(node["line"]));
    return true;
  });
  for (const { name, what } of references(statement)) {
    if (what === "type") continue;
    const found = name.parts.length <= 3 ? lookUp(name, { execution: binding, database }) : undefined;
    // A call with a dotted name may be a method of a column: the binder decides.
    if (!found && what === "function" && name.parts.length !== 1) continue;
    const self =
      found !== undefined &&
      (found.object.id === module.id ||
        (found.object.schemaId === module.schemaId && database.key(found.object.name) === database.key(module.name)));
    if (name.parts.length !== 2 || self || name.parts[0] === "")
      throw at(sqlError(4512, [word, own, shown(name)], 3), name.line);
    if (!found) throw at(sqlError(208, [shown(name)]), name.line);
    const { object } = found;
    if (object.type === "SN") throw at(sqlError(2788), name.line);
    if (isModule(object) && !object.schemaBound) throw at(sqlError(4513, [word, own, shown(name)]), name.line);
    binding.session.demand("REFERENCES", objectTarget(object));
  }
}
