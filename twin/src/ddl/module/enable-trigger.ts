/** ENABLE TRIGGER and DISABLE TRIGGER. Source: sql-docs, ENABLE TRIGGER. */
import type { Definition } from "../../language/ast";
import { sqlError } from "../../session/messages";
import type { Execution, Work } from "../../session/runtime";
import { notImplemented } from "../../session/sql-error";
import { lockObject } from "../locking";
import { at, lastPart, locate, shown } from "../naming";
import { mayAlter } from "../permission";
import { triggersOf } from "../registry";

export function* enableTrigger(
  statement: Extract<Definition, { kind: "enable-trigger" }>,
  execution: Execution,
): Work<void> {
  const { on, names, line } = statement;
  if (on === "server") throw at(notImplemented("server triggers"), line);
  const { database } = execution.frame;
  let parentId = 0;
  if (on === "database") execution.session.demand("ALTER ANY DATABASE DDL TRIGGER", { kind: "database", database });
  else {
    const found = locate(on, execution);
    if (
      !found ||
      (found.object.type !== "U" && found.object.type !== "V ") ||
      !mayAlter(execution, found.database, found.object)
    )
      throw at(sqlError(1088, [shown(on)], 120), line);
    parentId = found.object.id;
    yield* lockObject(execution, database, parentId, "Sch-M");
  }
  const triggers = triggersOf(database, parentId);
  const chosen =
    names === "all"
      ? triggers
      : names.map((name) => {
          const trigger = triggers.find((one) => database.key(one.name) === database.key(lastPart(name)));
          if (!trigger) throw at(sqlError(1088, [shown(name)], 120), line);
          return trigger;
        });
  for (const trigger of chosen)
    execution.session.transaction.set(trigger, "trigger", { ...trigger.trigger!, disabled: !statement.enable });
}
