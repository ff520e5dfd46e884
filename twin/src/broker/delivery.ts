/**
 * From the transmission queues to the queues of the services, within the instance. A message that cannot go on stays, with the reason in
 * transmission_status, and so do those behind it in its conversation. Reasons: reference sheet "service broker" 18.
 */
import { principalIds, sameSid, withGroups } from "../security/identity";
import { sqlError } from "../session/messages";
import type { Database, Queue, SqlServer } from "../storage/model";
import type { Conversation, MessageType, Service, UnsentMessage } from "../storage/model-broker";
import type { Transaction } from "../storage/transaction";
import type { Broker } from "./broker";
import { contractsOf, END_DIALOG, ERROR_MESSAGE, messageTypesOf, named } from "./built-in";
import { closeIfOver, failConversation, maySend, newGuid, priorityFor, putIntoQueue, queueOf } from "./conversation";
import { databaseOfBroker, destinationOf } from "./routing";
import { bodyFits } from "./validation";

const PUBLIC = 0;
const DBO = 1;

/** Tries everything that waits. Returns the queues in which something has arrived. */
export function deliverAll(broker: Broker): Set<Queue> {
  const arrived = new Set<Queue>();
  for (const database of broker.server.databases.values()) {
    if (database.unsentMessages.size === 0) continue;
    const held = new Set<string>();
    for (const message of [...database.unsentMessages.values()]) {
      if (held.has(message.handle)) continue;
      const queue = broker.change((transaction) => new Delivery(broker.server, database, message, transaction).run());
      if (queue === "held") held.add(message.handle);
      else if (queue) arrived.add(queue);
    }
  }
  return arrived;
}

type Reason = { readonly reason: string };

class Delivery {
  constructor(
    private readonly server: SqlServer,
    private readonly from: Database,
    private readonly message: UnsentMessage,
    private readonly transaction: Transaction,
  ) {}

  /** The queue that it reached, undefined when it reached none and is gone, or held. */
  run(): Queue | undefined | "held" {
    const { from, message } = this;
    const sender = from.conversations.get(message.handle);
    // The side was cleaned up: nobody is left to answer for the message.
    if (!sender) return this.done();
    const outgoing = this.senderProblem();
    if (outgoing !== undefined) return this.hold(outgoing);
    const far = sender.farHandle === null ? undefined : this.farSide(sender);
    if (far && "reason" in far) return this.hold(far.reason);
    if (sender.farHandle !== null)
      return far ? this.arrive(far.database, far.conversation, sender) : this.orphan(sender);
    return this.open(sender);
  }

  private done(): undefined {
    this.transaction.remove(this.from.unsentMessages, this.message.order);
  }

  private hold(reason: string): "held" {
    if (this.message.status !== reason) this.transaction.set(this.message, "status", reason);
    return "held";
  }

  private senderProblem(): string | undefined {
    const { options } = this.from;
    if (!options.brokerEnabled) return sqlError(9791).message;
    return options.userAccess === "SINGLE_USER" ? sqlError(28075).message : undefined;
  }

  private targetProblem(database: Database): string | undefined {
    const { options } = database;
    const number = !options.brokerEnabled
      ? 28013
      : options.readOnly
        ? 28014
        : options.userAccess === "SINGLE_USER"
          ? 28015
          : undefined;
    return number === undefined ? undefined : sqlError(28012, [sqlError(number).message]).message;
  }

  /** undefined: the other side is gone. */
  private farSide(sender: Conversation): { database: Database; conversation: Conversation } | Reason | undefined {
    const database = databaseOfBroker(this.server, sender.farBroker ?? "");
    if (!database) return { reason: sqlError(9795).message };
    const problem = this.targetProblem(database);
    if (problem !== undefined) return { reason: problem };
    const conversation = database.conversations.get(sender.farHandle!);
    return conversation && { database, conversation };
  }

  /** There is no other side any more. An end needs none; anything else fails. */
  private orphan(sender: Conversation): Queue | undefined {
    this.done();
    if (this.message.kind !== "message") {
      this.transaction.set(sender, "endedThere", true);
      closeIfOver(this.from, sender, this.transaction);
      return undefined;
    }
    return failConversation(this.from, sender, sqlError(8462), this.transaction);
  }

  /** The first message: the target's side is made, or the sender is told why it is not. */
  private open(sender: Conversation): Queue | undefined | "held" {
    const found = destinationOf(this.server, this.from, sender);
    if (typeof found === "string") return this.hold(found);
    const { database, service } = found;
    const problem = this.targetProblem(database);
    if (problem !== undefined) return this.hold(problem);
    if (database !== this.from && sender.encryption) return this.hold(sqlError(28050).message);
    if (!this.maySendTo(database, service, sender))
      return this.hold(sqlError(28005, [8494, 1, sqlError(8494, [service.name]).message]).message);
    const contract = named(contractsOf(database), sender.contractName);
    if (!contract) return this.refuse(sender, sqlError(8425, [sender.contractName]));
    if (!service.contractIds.includes(contract.id))
      return this.refuse(sender, sqlError(8408, [service.name, contract.name]));
    const closed = this.queueProblem(queueOf(database, service.id));
    if (closed !== undefined) return this.hold(closed);
    const conversation: Conversation = {
      handle: newGuid(),
      conversationId: sender.conversationId,
      isInitiator: false,
      contractId: contract.id,
      contractName: contract.name,
      groupId: newGuid(),
      serviceId: service.id,
      expires: sender.expires,
      farService: this.message.fromService,
      farBroker: this.from.serviceBrokerGuid,
      farHandle: sender.handle,
      encryption: sender.encryption,
      ownerId: service.principalId,
      sendSequence: 0,
      receiveSequence: 0,
      endedHere: false,
      endedThere: false,
      failed: false,
      timer: null,
      priority: priorityFor(database, contract.id, service.id, this.message.fromService),
      closed: null,
    };
    this.transaction.put(database.conversations, conversation.handle, conversation);
    this.transaction.set(sender, "farHandle", conversation.handle);
    this.transaction.set(sender, "farBroker", database.serviceBrokerGuid);
    return this.arrive(database, conversation, sender);
  }

  private refuse(sender: Conversation, error: { number: number; message: string }): Queue | undefined {
    this.done();
    return failConversation(this.from, sender, error, this.transaction);
  }

  /** In its own database the initiator's owner sends; in another one public, or that owner's login when the sender's database is trusted. */
  private maySendTo(database: Database, service: Service, sender: Conversation): boolean {
    const owner = this.from.principals.get(this.from.services.get(sender.serviceId)?.principalId ?? DBO);
    let ids = new Set([PUBLIC]);
    if (database === this.from) {
      if (!owner || owner.id === DBO) return true;
      ids = principalIds(database, owner);
    } else if (this.from.options.trustworthy && owner) {
      if (sameSid(owner.sid, database.ownerSid)) return true;
      for (const principal of database.principals.values())
        if (sameSid(principal.sid, owner.sid)) ids = withGroups(principal.id, database.principals.values()).add(PUBLIC);
    }
    if (ids.has(service.principalId)) return true;
    const rows = database.permissions.filter(
      (row) =>
        ids.has(row.granteeId) &&
        ((row.classId === 17 && row.majorId === service.id && (row.name === "SEND" || row.name === "CONTROL")) ||
          (row.classId === 0 && row.name === "CONTROL")),
    );
    return rows.some((row) => row.state !== "D") && !rows.some((row) => row.state === "D");
  }

  private queueProblem(queue: Queue | undefined): string | undefined {
    if (!queue || queue.enqueueEnabled) return undefined;
    const error = sqlError(9617, [queue.name]);
    return sqlError(28005, [error.number, error.state, error.message]).message;
  }

  private arrive(database: Database, conversation: Conversation, sender: Conversation): Queue | undefined | "held" {
    const { message, transaction } = this;
    if (conversation.closed || conversation.endedHere) {
      // What comes after the end of this side is not read any more; an end completes it.
      this.done();
      if (message.kind === "message") return undefined;
      transaction.set(conversation, "endedThere", true);
      closeIfOver(database, conversation, transaction);
      transaction.set(sender, "endedThere", true);
      closeIfOver(this.from, sender, transaction);
      return undefined;
    }
    const closed = this.queueProblem(queueOf(database, conversation.serviceId));
    if (closed !== undefined) return this.hold(closed);
    let type: MessageType = message.kind === "end" ? END_DIALOG : ERROR_MESSAGE;
    if (message.kind === "message") {
      const accepted = this.acceptable(database, conversation);
      if ("message" in accepted) {
        if (conversation.receiveSequence === 0) transaction.remove(database.conversations, conversation.handle);
        else failConversation(database, conversation, accepted, transaction);
        return this.refuse(sender, accepted);
      }
      type = accepted;
    }
    this.done();
    const sequence = conversation.receiveSequence;
    transaction.set(conversation, "receiveSequence", sequence + 1);
    if (message.kind !== "message") transaction.set(conversation, "endedThere", true);
    if (message.kind === "error") transaction.set(conversation, "failed", true);
    return putIntoQueue(database, conversation, { type, body: message.body, sequence }, transaction);
  }

  /** The target's own idea of the message type counts. */
  private acceptable(
    database: Database,
    conversation: Conversation,
  ): MessageType | { number: number; message: string } {
    const { message } = this;
    const type = named(messageTypesOf(database), message.typeName);
    if (!type) return sqlError(8428, [message.typeName]);
    const seen = { ...conversation, isInitiator: !conversation.isInitiator };
    if (maySend(database, seen, type.id) !== "yes") return sqlError(8498, [type.name]);
    if (bodyFits(type.validation, message.body)) return type;
    return sqlError(9615, [
      type.name,
      "",
      conversation.conversationId,
      conversation.isInitiator ? 0 : 1,
      message.sequence,
    ]);
  }
}
