/** Services. Rules: reference sheet "service broker" 5; CONTROL on the queue and REFERENCES on the contracts are asked for. */
import { brokerOf } from "../../broker/broker";
import { contractById, contractsOf, named, servicesOf } from "../../broker/built-in";
import type { BrokerDefinition } from "../../language/ast-broker";
import type { Name } from "../../language/ast";
import { holds } from "../../security/permissions";
import { sqlError } from "../../session/messages";
import type { Execution } from "../../session/runtime";
import type { Queue } from "../../storage/model";
import type { Service } from "../../storage/model-broker";
import { shown } from "../naming";
import { breakConversation } from "./break-conversation";
import {
  dropBrokerDetails,
  newBrokerId,
  onePart,
  ownerFor,
  requireNew,
  requireOwn,
  requireReference,
} from "./broker-object";
import { findQueue } from "./queues";

type Of<K extends BrokerDefinition["kind"]> = Extract<BrokerDefinition, { kind: K }>;

const SERVICE_CLASS = 17;

/** A service and its queue are in the same database. */
function requireQueue(name: Name, execution: Execution): Queue {
  const { session } = execution;
  const { database } = session;
  const found = findQueue(name, execution);
  const securable = found && {
    class: "OBJECT" as const,
    database,
    id: found.queue.id,
    schemaId: found.queue.schemaId,
  };
  if (!found || found.database !== database || !holds(session, "CONTROL", securable!))
    throw sqlError(15151, ["find", "queue", shown(name)]);
  return found.queue;
}

function contractFor(name: string, execution: Execution): number {
  const { database } = execution.session;
  return requireReference(contractsOf(database), name, "contract", "CONTRACT", 8425, execution).id;
}

export function createService(statement: Of<"create-service">, execution: Execution): void {
  const { session } = execution;
  const { database, transaction } = session;
  const name = onePart(statement.name, "service");
  session.demand("CREATE SERVICE", { kind: "database", database });
  const principalId = ownerFor(statement.authorization, execution);
  requireNew(servicesOf(database), name, "service");
  const queue = requireQueue(statement.queue, execution);
  const contractIds: number[] = [];
  for (const contract of statement.contracts) {
    const id = contractFor(contract, execution);
    if (contractIds.includes(id)) throw sqlError(8404, [contract]);
    contractIds.push(id);
  }
  const id = newBrokerId(database, execution);
  transaction.put(database.services, id, { id, name, principalId, queueId: queue.id, contractIds });
  // Messages may wait for it already.
  brokerOf(session.server).afterCommit(transaction);
}

export function alterService(statement: Of<"alter-service">, execution: Execution): void {
  const { session } = execution;
  const { database, transaction } = session;
  const name = onePart(statement.name, "service");
  const service = requireOwn(servicesOf(database), name, "service", "SERVICE", "alter", execution);
  const queue = statement.queue ? requireQueue(statement.queue, execution) : undefined;
  const contractIds = [...service.contractIds];
  const dropped: number[] = [];
  for (const { add, contract } of statement.changes) {
    const id = add ? contractFor(contract, execution) : named(contractsOf(database), contract)?.id;
    const index = id === undefined ? -1 : contractIds.indexOf(id);
    if (add) {
      if (index >= 0) throw sqlError(8404, [contract]);
      contractIds.push(id!);
    } else {
      if (index < 0) throw sqlError(8425, [contract]);
      contractIds.splice(index, 1);
      dropped.push(id!);
    }
  }
  const moved = queue !== undefined && queue.id !== service.queueId;
  const changed = contractIds.length !== service.contractIds.length || dropped.some((id) => !contractIds.includes(id));
  if (!moved && !changed) throw sqlError(8493, [name]);
  transaction.set(service, "contractIds", contractIds);
  if (moved) moveMessages(service, queue, execution);
  breakDropped(
    service,
    dropped.filter((id) => !contractIds.includes(id)),
    execution,
  );
  brokerOf(session.server).afterCommit(transaction);
}

function moveMessages(service: Service, queue: Queue, { session }: Execution): void {
  const { database, transaction, server } = session;
  transaction.set(service, "queueId", queue.id);
  for (const message of database.queuedMessages.values())
    if (message.serviceId === service.id) transaction.set(message, "queueId", queue.id);
  const broker = brokerOf(server);
  transaction.onCommit(() => broker.released());
}

/** Conversations in which the service is the target and that follow a contract that it no longer accepts. */
function breakDropped(service: Service, contractIds: readonly number[], { session }: Execution): void {
  const { database, transaction, server } = session;
  for (const conversation of [...database.conversations.values()]) {
    if (conversation.serviceId !== service.id || conversation.isInitiator) continue;
    if (!contractIds.includes(conversation.contractId)) continue;
    const contract = contractById(database, conversation.contractId)?.name ?? conversation.contractName;
    breakConversation(
      brokerOf(server),
      database,
      conversation,
      sqlError(8408, [service.name, contract]),
      "keep",
      transaction,
    );
  }
}

export function dropService(name: Name, execution: Execution): void {
  const { session } = execution;
  const { database, transaction, server } = session;
  const wanted = onePart(name, "service");
  const service = requireOwn(servicesOf(database), wanted, "service", "SERVICE", "drop", execution);
  for (const priority of database.brokerPriorities.values())
    if (priority.serviceId === service.id) throw sqlError(3716, ["service", service.name, "conversation priority"]);
  for (const conversation of [...database.conversations.values()])
    if (conversation.serviceId === service.id)
      breakConversation(brokerOf(server), database, conversation, sqlError(8470), "erase", transaction);
  for (const message of [...database.queuedMessages.values()])
    if (message.serviceId === service.id) transaction.remove(database.queuedMessages, message.order);
  transaction.remove(database.services, service.id);
  dropBrokerDetails(database, SERVICE_CLASS, service.id, execution);
}
