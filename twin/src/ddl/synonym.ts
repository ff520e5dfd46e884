/** CREATE SYNONYM. The target is not looked at. Source: sql-docs, CREATE SYNONYM. */
import type { Definition } from "../language/ast";
import type { Execution } from "../session/runtime";
import type { Synonym } from "../storage/model";
import { placeFor, quoteName } from "./naming";
import { requirePermission } from "./permission";
import { newObjectBase, register } from "./registry";

export function createSynonym(statement: Extract<Definition, { kind: "create-synonym" }>, execution: Execution): void {
  const { database, schema, name } = placeFor(statement.name, execution);
  requirePermission("CREATE SYNONYM", { kind: "database", database }, execution);
  requirePermission("ALTER", { kind: "schema", schemaId: schema.id }, execution);
  const synonym: Synonym = {
    ...newObjectBase(database, name, schema.id),
    type: "SN",
    baseObjectName: statement.target.parts.map((part) => (part === "" ? "" : quoteName(part))).join("."),
    target: statement.target.parts,
  };
  register(database, synonym, execution.session.transaction);
}
