/**
 * BEGIN DIALOG, BEGIN CONVERSATION TIMER, SEND, MOVE and END CONVERSATION. Rules: reference sheet "service broker" 16.
 * https://learn.microsoft.com/sql/t-sql/statements/begin-dialog-conversation-transact-sql and its neighbours
 */
import { brokerOf } from "../../broker/broker";
import { contractsOf, FIRST_USER_ID, messageTypesOf, named } from "../../broker/built-in";
import { millisecondsOf, secondsFromNow } from "../../broker/clock";
import {
  closeIfOver,
  dropQueued,
  dropUnsent,
  eraseConversation,
  errorBody,
  maySend,
  newGuid,
  priorityFor,
  putIntoQueue,
  stateOf,
  xmlBytes,
} from "../../broker/conversation";
import { databaseOfBroker, destinationOf } from "../../broker/routing";
import { bodyFits } from "../../broker/validation";
import type { Expression, Statement } from "../../language/ast";
import type { ConversationStatement } from "../../language/ast-broker";
import { holds } from "../../security/permissions";
import type { Database } from "../../storage/model";
import type { Conversation, MessageType, UnsentMessage } from "../../storage/model-broker";
import { convert } from "../../types/convert";
import { utcNow } from "../../types/date-time";
import { sqlError } from "../messages";
import type { Execution, Work } from "../runtime";
import { notImplemented } from "../sql-error";
import {
  demandReceive,
  guidOf,
  integerOf,
  lockGroup,
  nameIn,
  queueFor,
  requireConversation,
  textValue,
} from "./conversation-values";

type Of<K extends ConversationStatement["kind"]> = Extract<Statement, { kind: K }>;

const LONGEST_LIFETIME = 2147483647;
const LONGEST_BROKER = 128;
const OWN_DATABASE = "CURRENT DATABASE";
const DEFAULT_PRIORITY = 5;

// ---- BEGIN DIALOG --------------------------------------------------------------------------------------------------

export function* beginDialog(statement: Of<"begin-dialog">, execution: Execution): Work<void> {
  const { session, frame } = execution;
  const { database } = frame;
  const { transaction } = session;
  const variable = frame.variables.get(statement.variable.toLowerCase());
  if (!variable) throw sqlError(137, [statement.variable]);
  if (variable.type.name !== "uniqueidentifier")
    throw sqlError(8402, ["conversation handle", "BEGIN DIALOG", "uniqueidentifier", variable.type.name]);
  const from = nameIn(statement.from, execution);
  const to = textValue(statement.to, 256, execution);
  if (from === null || to === null) throw sqlError(8421);
  const service = named(database.services.values(), from);
  if (!service) throw sqlError(8423, [from]);
  const queue = database.objects.get(service.queueId);
  if (queue?.type === "SQ") demandReceive(queue, database, execution);
  const contractName = statement.contract === undefined ? "DEFAULT" : nameIn(statement.contract, execution);
  const contract = contractName === null ? undefined : named(contractsOf(database), contractName);
  if (!contract) throw sqlError(8425, [contractName ?? ""]);
  if (contract.id >= FIRST_USER_ID && !holds(session, "REFERENCES", { class: "CONTRACT", database, id: contract.id }))
    throw sqlError(15151, ["find", "contract", contract.name]);
  const broker = statement.broker === undefined ? null : brokerInstance(statement.broker, database, execution);
  const lifetime = statement.lifetime === undefined ? LONGEST_LIFETIME : integerOf(statement.lifetime, execution);
  if (lifetime === null) throw sqlError(8406, [1, LONGEST_LIFETIME]);
  if (lifetime < 1) throw sqlError(8411, [lifetime, 1, LONGEST_LIFETIME]);
  const groupId = statement.related ? relatedGroup(statement.related, service, database, execution) : newGuid();
  yield* lockGroup(groupId, database, execution);
  const bound = [...database.remoteServiceBindings.values()].some((binding) => binding.serviceName === to);
  const conversation: Conversation = {
    handle: newGuid(),
    conversationId: newGuid(),
    isInitiator: true,
    contractId: contract.id,
    contractName: contract.name,
    groupId,
    serviceId: service.id,
    expires: secondsFromNow(lifetime),
    farService: to,
    farBroker: broker,
    farHandle: null,
    encryption: statement.encryption !== false || bound,
    ownerId: session.user.id,
    sendSequence: 0,
    receiveSequence: 0,
    endedHere: false,
    endedThere: false,
    failed: false,
    timer: null,
    priority: priorityFor(database, contract.id, service.id, to),
    closed: null,
  };
  transaction.put(database.conversations, conversation.handle, conversation);
  transaction.onCommit(() => brokerOf(session.server).schedule(millisecondsOf(conversation.expires)));
  variable.value = conversation.handle;
}

function brokerInstance(expression: Expression, database: Database, execution: Execution): string | null {
  const text = textValue(expression, -1, execution);
  if (text === null) return null;
  if (text.toUpperCase() === OWN_DATABASE) return database.serviceBrokerGuid;
  if (text.length > LONGEST_BROKER) throw sqlError(8413, [text]);
  return text.toUpperCase();
}

/** All conversations of a group are of one service. */
function relatedGroup(
  related: NonNullable<Of<"begin-dialog">["related"]>,
  service: { id: number; name: string },
  database: Database,
  execution: Execution,
): string {
  const option = related.kind === "conversation" ? "RELATED_CONVERSATION" : "RELATED_CONVERSATION_GROUP";
  const given = guidOf(related.value, execution);
  if (given === null) throw sqlError(related.kind === "conversation" ? 8418 : 8420);
  let groupId = given;
  if (related.kind === "conversation") {
    const other = database.conversations.get(given);
    if (!other) throw sqlError(8426, [given]);
    groupId = other.groupId;
  }
  for (const other of database.conversations.values())
    if (other.groupId === groupId && other.serviceId !== service.id)
      throw sqlError(9610, [service.name, database.services.get(other.serviceId)?.name ?? "", option, given]);
  return groupId;
}

// ---- Timer ---------------------------------------------------------------------------------------------------------

export function* beginTimer(statement: Of<"begin-conversation-timer">, execution: Execution): Work<void> {
  const { session, frame } = execution;
  const conversation = requireConversation(statement.handle, execution);
  const seconds = integerOf(statement.timeout, execution);
  if (seconds === null || seconds < 0)
    throw notImplemented("BEGIN CONVERSATION TIMER with a TIMEOUT that is NULL or negative");
  queueFor(conversation, execution);
  yield* lockGroup(conversation.groupId, frame.database, execution);
  const state = stateOf(conversation);
  if (state !== "SO" && state !== "CO" && state !== "DI") throw sqlError(8458, [state]);
  const due = secondsFromNow(seconds);
  if (millisecondsOf(due) > millisecondsOf(conversation.expires)) throw sqlError(8410);
  session.transaction.set(conversation, "timer", due);
  session.transaction.onCommit(() => brokerOf(session.server).schedule(millisecondsOf(due)));
}

// ---- SEND ----------------------------------------------------------------------------------------------------------

export function* send(statement: Of<"send">, execution: Execution): Work<void> {
  const { database } = execution.frame;
  const conversations = conversationsOf(statement, execution);
  const typeName = statement.messageType === undefined ? "DEFAULT" : nameIn(statement.messageType, execution);
  const type = typeName === null ? undefined : named(messageTypesOf(database), typeName);
  if (!type) throw sqlError(8428, [typeName ?? ""]);
  const body = statement.body === undefined ? null : bodyOf(statement.body, execution);
  for (const conversation of conversations) yield* lockGroup(conversation.groupId, database, execution);
  for (const conversation of conversations) sendOn(conversation, type, body, execution);
  brokerOf(execution.session.server).afterCommit(execution.session.transaction);
}

/** Throws 8418, 8426 for one handle; 8441, 8435, 8451 for one of several. */
function conversationsOf({ handles }: Of<"send">, execution: Execution): Conversation[] {
  if (handles.length === 1) return [requireConversation(handles[0]!, execution)];
  const found = new Map<string, Conversation>();
  handles.forEach((expression, index) => {
    const handle = guidOf(expression, execution);
    if (handle === null) throw sqlError(8441, [index + 1]);
    if (found.has(handle)) throw sqlError(8451, [handle, index + 1]);
    const conversation = execution.frame.database.conversations.get(handle);
    if (!conversation) throw sqlError(8435, [handle, index + 1]);
    found.set(handle, conversation);
  });
  return [...found.values()];
}

function bodyOf(expression: Expression, execution: Execution): Uint8Array {
  const { type, value } = execution.parts.query.typedScalar(expression, execution);
  if (value === null) throw sqlError(8433);
  if (type.name === "xml") return xmlBytes(value as string);
  return convert(value, type, { name: "varbinary", length: -1 }, { explicit: true }) as Uint8Array;
}

function sendOn(conversation: Conversation, type: MessageType, body: Uint8Array | null, execution: Execution): void {
  const { database } = execution.frame;
  const { transaction } = execution.session;
  const queue = queueFor(conversation, execution);
  const state = stateOf(conversation);
  if (state !== "SO" && state !== "CO") throw sqlError(8429, [state]);
  const allowed = maySend(database, conversation, type.id);
  if (allowed === "unknown") throw sqlError(8431, [type.name]);
  if (allowed === "other-side") throw sqlError(conversation.isInitiator ? 8432 : 8434, [type.name]);
  // The other database's own definition decides there, when the message arrives.
  if (staysHere(conversation, execution) && !bodyFits(type.validation, body)) throw sqlError(8430);
  if (queue.retention && !queue.enqueueEnabled) throw sqlError(9618, [queue.name]);
  const sequence = conversation.sendSequence;
  if (queue.retention) putIntoQueue(database, conversation, { type, body, sequence, status: 3 }, transaction);
  putUnsent(conversation, { kind: "message", typeName: type.name, body }, execution);
}

function staysHere(conversation: Conversation, { frame, session }: Execution): boolean {
  const { database } = frame;
  if (conversation.farHandle !== null)
    return databaseOfBroker(session.server, conversation.farBroker ?? "") === database;
  const destination = destinationOf(session.server, database, conversation);
  return typeof destination !== "string" && destination.database === database;
}

function putUnsent(
  conversation: Conversation,
  what: Pick<UnsentMessage, "kind" | "typeName" | "body">,
  { frame, session }: Execution,
): void {
  const { database } = frame;
  const { transaction } = session;
  const order = database.nextMessageOrder++;
  transaction.put(database.unsentMessages, order, {
    order,
    handle: conversation.handle,
    toService: conversation.farService,
    toBroker: conversation.farBroker,
    fromService: database.services.get(conversation.serviceId)?.name ?? "",
    contractName: conversation.contractName,
    enqueued: utcNow(),
    sequence: conversation.sendSequence,
    status: "",
    priority: database.options.honorBrokerPriority ? conversation.priority : DEFAULT_PRIORITY,
    ...what,
  });
  transaction.set(conversation, "sendSequence", conversation.sendSequence + 1);
}

// ---- MOVE and END --------------------------------------------------------------------------------------------------

export function* moveConversation(statement: Of<"move-conversation">, execution: Execution): Work<void> {
  const { database } = execution.frame;
  const { transaction } = execution.session;
  const conversation = requireConversation(statement.handle, execution);
  const groupId = guidOf(statement.group, execution);
  if (groupId === null) throw sqlError(8420);
  const queue = queueFor(conversation, execution);
  const member = [...database.conversations.values()].find((other) => other.groupId === groupId);
  if (!member) throw sqlError(8436, [groupId]);
  if (database.services.get(member.serviceId)?.queueId !== queue.id) throw sqlError(8439, [groupId]);
  yield* lockGroup(conversation.groupId, database, execution);
  yield* lockGroup(groupId, database, execution);
  const state = stateOf(conversation);
  if (state === "CD" || state === "DO") throw sqlError(8438, [state]);
  transaction.set(conversation, "groupId", groupId);
  for (const message of database.queuedMessages.values())
    if (message.handle === conversation.handle) transaction.set(message, "groupId", groupId);
}

export function* endConversation(statement: Of<"end-conversation">, execution: Execution): Work<void> {
  const { session, frame } = execution;
  const { database } = frame;
  const { transaction } = session;
  const conversation = requireConversation(statement.handle, execution);
  const error = statement.error && endError(statement.error, execution);
  if (statement.cleanup) {
    if (!holds(session, "CONTROL", { class: "DATABASE", database }))
      throw sqlError(28006, ["clean up", conversation.handle, stateOf(conversation)]);
  } else queueFor(conversation, execution);
  yield* lockGroup(conversation.groupId, database, execution);
  if (statement.cleanup) return eraseConversation(database, conversation, transaction);
  const state = stateOf(conversation);
  if (conversation.endedHere || conversation.closed) throw sqlError(8427, [state]);
  transaction.set(conversation, "endedHere", true);
  transaction.set(conversation, "timer", null);
  dropQueued(database, conversation.handle, transaction);
  if (error) dropUnsent(database, conversation.handle, transaction);
  const silent = conversation.farHandle === null && (conversation.sendSequence === 0 || conversation.failed);
  if (silent) {
    transaction.set(conversation, "endedThere", true);
    return closeIfOver(database, conversation, transaction);
  }
  putUnsent(
    conversation,
    error
      ? { kind: "error", typeName: ERROR_TYPE, body: errorBody(error.code, error.description) }
      : { kind: "end", typeName: END_TYPE, body: null },
    execution,
  );
  brokerOf(session.server).afterCommit(transaction);
}

const ERROR_TYPE = "http://schemas.microsoft.com/SQL/ServiceBroker/Error";
const END_TYPE = "http://schemas.microsoft.com/SQL/ServiceBroker/EndDialog";

function endError(
  { code, description }: NonNullable<Of<"end-conversation">["error"]>,
  execution: Execution,
): { code: number; description: string } {
  const number = integerOf(code, execution);
  const text = textValue(description, 3000, execution);
  if (number === null || text === null) throw sqlError(8419);
  if (number <= 0) throw notImplemented("END CONVERSATION WITH ERROR with a code that is not positive");
  return { code: number, description: text };
}
