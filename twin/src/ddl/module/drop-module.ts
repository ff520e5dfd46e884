/** DROP of procedures, functions, views, triggers, synonyms and sequences. Rules: reference sheet "modules" A2. */
import type { Name } from "../../language/ast";
import { sqlError } from "../../session/messages";
import type { Execution, Work } from "../../session/runtime";
import type { SqlError } from "../../session/sql-error";
import type { Database, DbObject } from "../../storage/model";
import { schemaBoundReferrers } from "../dependencies";
import { lockObject } from "../locking";
import { findIn, lastPart, locate, shown } from "../naming";
import { mayAlter } from "../permission";
import { childrenOf, unregister } from "../registry";

type Droppable = "PROCEDURE" | "FUNCTION" | "VIEW" | "TRIGGER" | "SYNONYM" | "SEQUENCE" | "AGGREGATE";

const types: Record<Droppable, readonly DbObject["type"][]> = {
  PROCEDURE: ["P ", "PC"],
  FUNCTION: ["FN", "IF", "TF", "FS", "FT"],
  VIEW: ["V "],
  TRIGGER: ["TR", "TA"],
  SYNONYM: ["SN"],
  SEQUENCE: ["SO"],
  AGGREGATE: ["AF"],
};

/** For 3705: what an object of another type is, and the statement that drops it. */
const nouns: Partial<Record<DbObject["type"], [noun: string, drop: string]>> = {
  U: ["table", "DROP TABLE"],
  "P ": ["procedure", "DROP PROCEDURE"],
  FN: ["function", "DROP FUNCTION"],
  IF: ["function", "DROP FUNCTION"],
  TF: ["function", "DROP FUNCTION"],
  "V ": ["view", "DROP VIEW"],
  TR: ["trigger", "DROP TRIGGER"],
  PC: ["procedure", "DROP PROCEDURE"],
  FS: ["function", "DROP FUNCTION"],
  FT: ["function", "DROP FUNCTION"],
  TA: ["trigger", "DROP TRIGGER"],
  AF: ["aggregate", "DROP AGGREGATE"],
  SN: ["synonym", "DROP SYNONYM"],
  SO: ["sequence object", "DROP SEQUENCE"],
};

/** 3705: the statement for the object is another. */
export function ofAnotherType(word: string, object: DbObject, name: Name): SqlError | undefined {
  const noun = nouns[object.type];
  return noun && sqlError(3705, [word, shown(name), ...noun]);
}

export function* dropObject(word: Droppable, name: Name, ifExists: boolean, execution: Execution): Work<void> {
  const found = locate(name, execution);
  const missing = (): Error =>
    sqlError(3701, ["drop", word === "SEQUENCE" ? "sequence object" : word.toLowerCase(), shown(name)], 5);
  if (!found || !mayAlter(execution, found.database, found.object)) {
    if (ifExists && !found) return;
    throw missing();
  }
  const { object, database } = found;
  if (!types[word].includes(object.type)) {
    throw ofAnotherType(word, object, name) ?? missing();
  }
  yield* remove(word, object, shown(name), database, execution);
}

/** DROP TRIGGER ... ON DATABASE. */
export function* dropDatabaseTrigger(name: Name, ifExists: boolean, execution: Execution): Work<void> {
  const { database } = execution.frame;
  const object = findIn(database, 0, lastPart(name));
  if (object?.type !== "TR" && object?.type !== "TA") {
    if (ifExists) return;
    throw sqlError(3701, ["drop", "trigger", shown(name)], 5);
  }
  execution.session.demand("ALTER ANY DATABASE DDL TRIGGER", { kind: "database", database });
  yield* remove("TRIGGER", object, shown(name), database, execution);
}

function* remove(
  word: Droppable,
  object: DbObject,
  name: string,
  database: Database,
  execution: Execution,
): Work<void> {
  if (database.options.readOnly) throw sqlError(3906, [database.name]);
  yield* lockObject(execution, database, object.id, "Sch-M");
  const referrer = schemaBoundReferrers(database, object.id)[0];
  if (referrer) throw sqlError(3729, [`DROP ${word}`, name, referrer.name]);
  const { transaction } = execution.session;
  for (const child of [...childrenOf(database, object.id)]) unregister(database, child, transaction);
  unregister(database, object, transaction);
}
