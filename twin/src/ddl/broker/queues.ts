/** Queues. Rules: reference sheet "service broker" 4; rights to drop: CONTROL on the queue or ALTER on its schema. */
import { brokerOf } from "../../broker/broker";
import type { ActivationSettings, BrokerDefinition, QueueSettings } from "../../language/ast-broker";
import type { Name } from "../../language/ast";
import { holds } from "../../security/permissions";
import { sqlError } from "../../session/messages";
import type { Execution, Work } from "../../session/runtime";
import { notImplemented } from "../../session/sql-error";
import type { Database, Queue } from "../../storage/model";
import type { QueueActivation } from "../../storage/model-broker";
import { lockObject } from "../locking";
import { at, isTemporary, lastPart, locate, placeFor, shown } from "../naming";
import { mayAlter } from "../permission";
import { newObjectBase, newObjectId, register, touch, unregister } from "../registry";
import { findPrincipal } from "../schema";
import { defaultFilegroup, findDataSpace, requireWritable } from "../table/data-space";

type Of<K extends BrokerDefinition["kind"]> = Extract<BrokerDefinition, { kind: K }>;

const OWNER = -2;
const MOST_READERS = 32767;

export function findQueue(name: Name, execution: Execution): { queue: Queue; database: Database } | undefined {
  const found = locate(name, execution);
  return found?.object.type === "SQ" ? { queue: found.object, database: found.database } : undefined;
}

export function createQueue(statement: Of<"create-queue">, execution: Execution): void {
  const { session } = execution;
  const { transaction } = session;
  if (isTemporary(lastPart(statement.name)))
    throw at(notImplemented("queues whose names begin with #"), statement.line);
  const place = placeFor(statement.name, execution);
  const { database, schema, name } = place;
  session.demand("CREATE QUEUE", { kind: "database", database });
  session.demand("ALTER", { kind: "schema", schemaId: schema.id });
  const { settings } = statement;
  const status = settings.status ?? true;
  const { activation: wanted } = settings;
  const activation =
    wanted === undefined || wanted === "drop" ? null : activationAfter(null, wanted, name, database, execution, true);
  const queue: Queue = {
    ...newObjectBase(database, name, schema.id),
    type: "SQ",
    receiveEnabled: status,
    enqueueEnabled: status,
    retention: settings.retention ?? false,
    poisonHandling: settings.poisonHandling ?? true,
    activation,
    dataSpaceId: filegroupId(statement.on, database),
    tableId: newObjectId(database),
  };
  register(database, queue, transaction);
  noticeActivation(queue, database, execution);
}

function filegroupId(name: string | undefined, database: Database): number {
  if (name === undefined || name.toUpperCase() === "DEFAULT") return defaultFilegroup(database).id;
  const space = findDataSpace(database, name);
  if (space?.type !== "FG") throw sqlError(1921, [name]);
  requireWritable(database, space);
  return space.id;
}

/** What the activation is once the written members have been set. */
function activationAfter(
  before: QueueActivation | null,
  settings: ActivationSettings,
  queue: string,
  database: Database,
  execution: Execution,
  create: boolean,
): QueueActivation {
  const procedure = settings.procedure ? requireProcedure(settings.procedure, queue, execution) : before?.procedure;
  if (!procedure) throw sqlError(9614, [queue]);
  const executeAs = settings.executeAs ? userFor(settings.executeAs, database, execution) : before?.executeAs;
  if (executeAs === undefined) throw sqlError(9613, [queue]);
  const maxReaders = settings.maxReaders ?? before?.maxReaders;
  // CREATE asks for every member but STATUS.
  if (maxReaders === undefined && create) throw sqlError(102, [")"]);
  if (maxReaders !== undefined && maxReaders > MOST_READERS) throw sqlError(102, [maxReaders]);
  const enabled = settings.status ?? before?.enabled ?? create;
  return { enabled, procedure, maxReaders: maxReaders ?? 0, executeAs };
}

/** Throws 9614, 9620, 9653, 9742. */
function requireProcedure(name: Name, queue: string, execution: Execution): QueueActivation["procedure"] {
  const display = shown(name);
  if (isTemporary(lastPart(name))) throw sqlError(9742, [display]);
  const found = locate(name, execution);
  if (!found) throw sqlError(9614, [queue]);
  const { object, database } = found;
  if (
    object.type === "FN" ||
    object.type === "FS" ||
    object.type === "FT" ||
    object.type === "IF" ||
    object.type === "TF"
  )
    throw sqlError(9620, [display]);
  if (object.type !== "P " && object.type !== "PC") throw sqlError(9614, [queue]);
  if (object.parameters.length > 0) throw sqlError(9653, [display]);
  return [database.name, database.schemas.get(object.schemaId)?.name ?? "dbo", object.name];
}

function userFor(who: NonNullable<ActivationSettings["executeAs"]>, database: Database, execution: Execution): number {
  const { session } = execution;
  if (who.kind === "owner") return OWNER;
  if (who.kind === "self") return session.user.id;
  const user = findPrincipal(database, who.name);
  if (!user || !["S", "U", "E"].includes(user.type)) throw sqlError(9611, [who.name]);
  if (user.id !== session.user.id && !holds(session, "IMPERSONATE", { class: "USER", database, id: user.id }))
    throw sqlError(15517, [who.name]);
  return user.id;
}

/** An activation that cannot start anything is worth a line in the log; one that can is looked at after the commit. */
function noticeActivation(queue: Queue, database: Database, execution: Execution): void {
  const broker = brokerOf(execution.session.server);
  const { activation } = queue;
  if (activation?.enabled && activation.maxReaders === 0) broker.write(sqlError(9648, [queue.name]), database, queue);
  broker.activity(queue).ignored = false;
  const { transaction } = execution.session;
  broker.afterCommit(transaction);
  transaction.onCommit(() => broker.released());
}

function missing(verb: "alter" | "drop", name: Name): Error {
  return at(sqlError(15151, [verb, "queue", shown(name)]), name.line);
}

export function* alterQueue(statement: Of<"alter-queue">, execution: Execution): Work<void> {
  const { transaction } = execution.session;
  const found = findQueue(statement.name, execution);
  if (!found || !mayAlter(execution, found.database, found.queue)) throw missing("alter", statement.name);
  const { queue, database } = found;
  if (queue.isMsShipped) throw sqlError(9663);
  yield* lockObject(execution, database, queue.id, "Sch-M");
  const { action } = statement;
  if (action.kind === "move") transaction.set(queue, "dataSpaceId", filegroupId(action.filegroup, database));
  if (action.kind === "set") setQueue(queue, action.settings, database, execution);
  touch(queue, execution);
  noticeActivation(queue, database, execution);
}

function setQueue(queue: Queue, settings: QueueSettings, database: Database, execution: Execution): void {
  const { transaction } = execution.session;
  const { status, retention, poisonHandling, activation } = settings;
  if (activation === "drop") transaction.set(queue, "activation", null);
  else if (activation)
    transaction.set(
      queue,
      "activation",
      activationAfter(queue.activation, activation, queue.name, database, execution, false),
    );
  if (status !== undefined) {
    transaction.set(queue, "receiveEnabled", status);
    transaction.set(queue, "enqueueEnabled", status);
  }
  if (retention !== undefined) transaction.set(queue, "retention", retention);
  if (poisonHandling !== undefined) transaction.set(queue, "poisonHandling", poisonHandling);
}

export function* dropQueue(name: Name, execution: Execution): Work<void> {
  const { session } = execution;
  const { transaction } = session;
  const found = findQueue(name, execution);
  if (!found) throw missing("drop", name);
  const { queue, database } = found;
  const may =
    holds(session, "CONTROL", { class: "OBJECT", database, id: queue.id, schemaId: queue.schemaId }) ||
    holds(session, "ALTER", { class: "SCHEMA", database, id: queue.schemaId });
  if (!may) throw missing("drop", name);
  for (const service of database.services.values())
    if (service.queueId === queue.id) throw sqlError(3716, ["service queue", queue.name, "service"]);
  yield* lockObject(execution, database, queue.id, "Sch-M");
  for (const message of [...database.queuedMessages.values()])
    if (message.queueId === queue.id) transaction.remove(database.queuedMessages, message.order);
  unregister(database, queue, transaction);
  const broker = brokerOf(session.server);
  transaction.onCommit(() => broker.wake(queue));
}
