/** What the conversation statements read from expressions and the catalog, and the lock that all of them take. */
import { brokerOf } from "../../broker/broker";
import { groupResource, queueOf } from "../../broker/conversation";
import { findQueue } from "../../ddl/broker/queues";
import type { Expression, Name } from "../../language/ast";
import type { Database, Queue } from "../../storage/model";
import type { Conversation } from "../../storage/model-broker";
import type { SqlType } from "../../types/sql-type";
import { requireWritable } from "../../query/dml/statement";
import { displayName } from "../../query/objects";
import { sqlError } from "../messages";
import "../messages/broker";
import { own } from "../own";
import type { Execution, Work } from "../runtime";

const GUID: SqlType = { name: "uniqueidentifier" };

export function guidOf(expression: Expression, execution: Execution): string | null {
  return execution.parts.query.typedScalar(expression, execution, GUID).value as string | null;
}

export function textValue(expression: Expression, length: number, execution: Execution): string | null {
  return execution.parts.query.typedScalar(expression, execution, { name: "nvarchar", length }).value as string | null;
}

export function integerOf(expression: Expression, execution: Execution): number | null {
  return execution.parts.query.typedScalar(expression, execution, { name: "int" }).value as number | null;
}

/** A name as written, or what a variable holds. */
export function nameIn(name: string | Expression, execution: Execution): string | null {
  return typeof name === "string" ? name : textValue(name, 256, execution);
}

/** Throws 8418 and 8426. */
export function requireConversation(expression: Expression, execution: Execution): Conversation {
  const handle = guidOf(expression, execution);
  if (handle === null) throw sqlError(8418);
  const conversation = execution.frame.database.conversations.get(handle);
  if (!conversation) throw sqlError(8426, [handle]);
  return conversation;
}

export function requireQueue(name: Name, execution: Execution): { queue: Queue; database: Database } {
  const found = findQueue(name, execution);
  if (!found) throw sqlError(208, [displayName(name.parts)]);
  demandReceive(found.queue, found.database, execution);
  return found;
}

export function demandReceive(queue: Queue, database: Database, { session }: Execution): void {
  const { id, schemaId, name } = queue;
  session.demand("RECEIVE", { kind: "object", objectId: id, schemaId, name, database });
}

/** The queue of a side of a conversation, from which the user may receive. */
export function queueFor(conversation: Conversation, execution: Execution): Queue {
  const { database } = execution.frame;
  const queue = queueOf(database, conversation.serviceId);
  if (!queue) throw sqlError(8426, [conversation.handle]);
  demandReceive(queue, database, execution);
  return queue;
}

/** A group belongs to one transaction at a time. */
export function* lockGroup(groupId: string, database: Database, execution: Execution): Work<void> {
  requireWritable(database);
  yield* execution.session.lock(groupResource(database, groupId), "X");
  announceRelease(execution);
}

export function tryLockGroup(groupId: string, database: Database, execution: Execution): boolean {
  requireWritable(database);
  const { locks, owner, transaction } = own(execution);
  if (!locks.tryAcquire(groupResource(database, groupId), "X", owner, transaction.id)) return false;
  announceRelease(execution);
  return true;
}

/** Who waits for messages looks again when the group is free. */
function announceRelease({ session }: Execution): void {
  const broker = brokerOf(session.server);
  session.transaction.onCommit(() => broker.released());
  session.transaction.onRollback(() => broker.released());
}
