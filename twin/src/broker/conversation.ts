/** What happens to one side of a conversation: its state, the messages in its queue, its end. Rules: reference sheet "service broker" 14 and 16. */
import { randomUUID } from "node:crypto";
import type { Database, Queue } from "../storage/model";
import type { Conversation, MessageType, QueuedMessage } from "../storage/model-broker";
import type { Transaction } from "../storage/transaction";
import { utcNow } from "../types/date-time";
import { contractById, ERROR_MESSAGE } from "./built-in";

/** sys.conversation_endpoints.state. */
export type State = "SO" | "CO" | "DI" | "DO" | "ER" | "CD";
export const stateNames: Readonly<Record<State, string>> = {
  SO: "STARTED_OUTBOUND",
  CO: "CONVERSING",
  DI: "DISCONNECTED_INBOUND",
  DO: "DISCONNECTED_OUTBOUND",
  ER: "ERROR",
  CD: "CLOSED",
};

export function stateOf(conversation: Conversation): State {
  const { endedHere, endedThere, failed, isInitiator, sendSequence, receiveSequence } = conversation;
  if (conversation.closed || (endedHere && endedThere)) return "CD";
  if (endedHere) return "DO";
  if (failed) return "ER";
  if (endedThere) return "DI";
  return isInitiator && sendSequence === 0 && receiveSequence === 0 ? "SO" : "CO";
}

export function newGuid(): string {
  return randomUUID().toUpperCase();
}

export function queueOf(database: Database, serviceId: number): Queue | undefined {
  const service = database.services.get(serviceId);
  const object = service && database.objects.get(service.queueId);
  return object?.type === "SQ" ? object : undefined;
}

/** The conversation's priority from this side: the most exact match wins, the contract before the local before the remote service. */
export function priorityFor(database: Database, contractId: number, serviceId: number, farService: string): number {
  let best = -1;
  let level = 5;
  for (const priority of database.brokerPriorities.values()) {
    if (priority.contractId !== null && priority.contractId !== contractId) continue;
    if (priority.serviceId !== null && priority.serviceId !== serviceId) continue;
    if (priority.remoteService !== null && priority.remoteService !== farService) continue;
    const rank =
      (priority.contractId !== null ? 4 : 0) +
      (priority.serviceId !== null ? 2 : 0) +
      (priority.remoteService !== null ? 1 : 0);
    if (rank <= best) continue;
    best = rank;
    level = priority.level;
  }
  return level;
}

interface Arrival {
  readonly type: MessageType;
  readonly body: Uint8Array | null;
  readonly sequence: number;
  /** Ready unless it is kept for the record. */
  readonly status?: QueuedMessage["status"];
}

/** Puts a message into the queue of a side. undefined: the service has none any more. */
export function putIntoQueue(
  database: Database,
  conversation: Conversation,
  arrival: Arrival,
  transaction: Transaction,
): Queue | undefined {
  const service = database.services.get(conversation.serviceId);
  const queue = queueOf(database, conversation.serviceId);
  if (!service || !queue) return undefined;
  const order = database.nextMessageOrder++;
  transaction.put(database.queuedMessages, order, {
    order,
    queueId: queue.id,
    status: arrival.status ?? 1,
    handle: conversation.handle,
    groupId: conversation.groupId,
    sequence: arrival.sequence,
    priority: conversation.priority,
    serviceId: service.id,
    serviceName: service.name,
    contractId: conversation.contractId,
    contractName: conversation.contractName,
    typeId: arrival.type.id,
    typeName: arrival.type.name,
    validation: arrival.type.validation,
    body: arrival.body,
    messageId: newGuid(),
  });
  return queue;
}

/** UTF-16 with its mark, as the server writes XML. */
export function xmlBytes(text: string): Uint8Array {
  return Uint8Array.from(Buffer.from(`\uFEFF${text}`, "utf16le"));
}

const escaped: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;" };

/** Body of an Error message. The application's codes are positive, the broker's negative. */
export function errorBody(code: number, description: string): Uint8Array {
  const text = description.replace(/[&<>]/g, (character) => escaped[character]!);
  return xmlBytes(
    `<?xml version="1.0"?><Error xmlns="${ERROR_MESSAGE.name}"><Code>${code}</Code><Description>${text}</Description></Error>`,
  );
}

/** An Error message of the broker's own arrives at a side: it can only be ended now. */
export function failConversation(
  database: Database,
  conversation: Conversation,
  error: { number: number; message: string },
  transaction: Transaction,
): Queue | undefined {
  if (conversation.failed || conversation.endedThere || conversation.closed) return undefined;
  transaction.set(conversation, "failed", true);
  transaction.set(conversation, "endedThere", true);
  dropUnsent(database, conversation.handle, transaction);
  if (conversation.endedHere) {
    closeIfOver(database, conversation, transaction);
    return undefined;
  }
  const sequence = conversation.receiveSequence;
  transaction.set(conversation, "receiveSequence", sequence + 1);
  const body = errorBody(-error.number, error.message);
  return putIntoQueue(database, conversation, { type: ERROR_MESSAGE, body, sequence }, transaction);
}

export function dropUnsent(database: Database, handle: string, transaction: Transaction): void {
  for (const message of [...database.unsentMessages.values()])
    if (message.handle === handle) transaction.remove(database.unsentMessages, message.order);
}

export function dropQueued(database: Database, handle: string, transaction: Transaction): void {
  for (const message of [...database.queuedMessages.values()])
    if (message.handle === handle) transaction.remove(database.queuedMessages, message.order);
}

/** When both sides have ended, the initiator's goes at once; the target's stays closed for a while, so that nothing is run twice. */
export function closeIfOver(database: Database, conversation: Conversation, transaction: Transaction): void {
  if (!conversation.endedHere || !conversation.endedThere) return;
  if (conversation.isInitiator) transaction.remove(database.conversations, conversation.handle);
  else transaction.set(conversation, "closed", utcNow());
}

/** Every trace of a side; the other one hears nothing. */
export function eraseConversation(database: Database, conversation: Conversation, transaction: Transaction): void {
  dropUnsent(database, conversation.handle, transaction);
  dropQueued(database, conversation.handle, transaction);
  transaction.remove(database.conversations, conversation.handle);
}

/** May this side send the message type under its contract? */
export function maySend(
  database: Database,
  conversation: Conversation,
  typeId: number,
): "yes" | "unknown" | "other-side" {
  const usage = contractById(database, conversation.contractId)?.messages.find((message) => message.typeId === typeId);
  if (!usage) return "unknown";
  return (conversation.isInitiator ? usage.initiator : usage.target) ? "yes" : "other-side";
}

export function groupResource(database: Database, groupId: string): string {
  return `conversation:${database.id}:${groupId}`;
}
