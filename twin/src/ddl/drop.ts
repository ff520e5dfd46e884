/** DROP by what is dropped; a list is worked through one by one. */
import type { Definition, Name } from "../language/ast";
import type { Execution, Work } from "../session/runtime";
import { notImplemented } from "../session/sql-error";
import { brokerDrops } from "./broker";
import { dropDatabase } from "./database/alter-database";
import { dropDatabaseTrigger, dropObject } from "./module/drop-module";
import { at, lastPart } from "./naming";
import { dropPartitionFunction, dropPartitionScheme } from "./partition";
import { dropSchema } from "./schema";
import { dropPrincipal } from "./security";
import { dropTable } from "./table/drop-table";
import { dropType } from "./user-type";

type Drop = Extract<Definition, { kind: "drop" }>;
type DropOne = (name: Name, ifExists: boolean, execution: Execution) => Work<void> | void;

const drops: Record<string, DropOne | undefined> = {
  ...brokerDrops,
  TABLE: dropTable,
  VIEW: (name, ifExists, execution) => dropObject("VIEW", name, ifExists, execution),
  PROCEDURE: (name, ifExists, execution) => dropObject("PROCEDURE", name, ifExists, execution),
  FUNCTION: (name, ifExists, execution) => dropObject("FUNCTION", name, ifExists, execution),
  TRIGGER: (name, ifExists, execution) => dropObject("TRIGGER", name, ifExists, execution),
  SYNONYM: (name, ifExists, execution) => dropObject("SYNONYM", name, ifExists, execution),
  SEQUENCE: (name, ifExists, execution) => dropObject("SEQUENCE", name, ifExists, execution),
  AGGREGATE: (name, ifExists, execution) => dropObject("AGGREGATE", name, ifExists, execution),
  TYPE: dropType,
  SCHEMA: (name, ifExists, execution) => dropSchema(lastPart(name), ifExists, execution),
  DATABASE: (name, ifExists, execution) => dropDatabase(lastPart(name), ifExists, execution),
  "PARTITION FUNCTION": (name, _, execution) => dropPartitionFunction(lastPart(name), execution),
  "PARTITION SCHEME": (name, _, execution) => dropPartitionScheme(lastPart(name), execution),
};
const principals = new Set(["LOGIN", "USER", "ROLE", "SERVER ROLE", "APPLICATION ROLE"]);

export function* drop(statement: Drop, execution: Execution): Work<void> {
  const { what, names, ifExists, line } = statement;
  if (principals.has(what)) return dropPrincipal(what, names, ifExists, execution);
  if (statement.onScope === "server") throw at(notImplemented("server triggers"), line);
  const dropOne = statement.onScope === "database" ? dropDatabaseTrigger : drops[what];
  if (!dropOne) throw at(notImplemented(`DROP ${what}`), line);
  for (const name of names) {
    const work = dropOne(name, ifExists, execution);
    if (work) yield* work;
  }
}
