/** Message types and contracts. Rules: reference sheet "service broker" 2 and 3. */
import { brokerOf } from "../../broker/broker";
import { contractsOf, messageTypesOf } from "../../broker/built-in";
import type { BrokerDefinition, MessageValidation } from "../../language/ast-broker";
import type { Name } from "../../language/ast";
import { sqlError } from "../../session/messages";
import type { Execution } from "../../session/runtime";
import { notImplemented } from "../../session/sql-error";
import type { Contract, MessageType } from "../../storage/model-broker";
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

type Of<K extends BrokerDefinition["kind"]> = Extract<BrokerDefinition, { kind: K }>;

const MESSAGE_TYPE_CLASS = 15;
const CONTRACT_CLASS = 16;

function validationCode(validation: MessageValidation): MessageType["validation"] {
  if (validation === "VALID_XML") throw notImplemented("VALIDATION = VALID_XML WITH SCHEMA COLLECTION");
  return validation === "NONE" ? "N" : validation === "EMPTY" ? "E" : "X";
}

export function createMessageType(statement: Of<"create-message-type">, execution: Execution): void {
  const { session } = execution;
  const { database, transaction } = session;
  const name = onePart(statement.name, "message type");
  const validation = validationCode(statement.validation);
  session.demand("CREATE MESSAGE TYPE", { kind: "database", database });
  const principalId = ownerFor(statement.authorization, execution);
  requireNew(messageTypesOf(database), name, "message type");
  const id = newBrokerId(database, execution);
  transaction.put(database.messageTypes, id, { id, name, principalId, validation });
}

export function alterMessageType(statement: Of<"alter-message-type">, execution: Execution): void {
  const { database, transaction } = execution.session;
  const name = onePart(statement.name, "message type");
  const validation = validationCode(statement.validation);
  const type = requireOwn(messageTypesOf(database), name, "message type", "MESSAGE TYPE", "alter", execution);
  transaction.set(type, "validation", validation);
}

export function dropMessageType(name: Name, execution: Execution): void {
  const { database, transaction } = execution.session;
  const wanted = onePart(name, "message type");
  const type = requireOwn(messageTypesOf(database), wanted, "message type", "MESSAGE TYPE", "drop", execution);
  for (const contract of database.contracts.values())
    if (contract.messages.some(({ typeId }) => typeId === type.id))
      throw sqlError(3716, ["message type", type.name, "contract"]);
  transaction.remove(database.messageTypes, type.id);
  dropBrokerDetails(database, MESSAGE_TYPE_CLASS, type.id, execution);
}

export function createContract(statement: Of<"create-contract">, execution: Execution): void {
  const { session } = execution;
  const { database, transaction } = session;
  const name = onePart(statement.name, "contract");
  session.demand("CREATE CONTRACT", { kind: "database", database });
  const principalId = ownerFor(statement.authorization, execution);
  requireNew(contractsOf(database), name, "contract");
  const messages: Contract["messages"] = [];
  for (const { type: typeName, by } of statement.messages) {
    const type = requireReference(messageTypesOf(database), typeName, "message type", "MESSAGE TYPE", 8428, execution);
    if (messages.some(({ typeId }) => typeId === type.id)) throw sqlError(8403, [typeName]);
    messages.push({ typeId: type.id, initiator: by !== "TARGET", target: by !== "INITIATOR" });
  }
  if (!messages.some(({ initiator }) => initiator)) throw sqlError(8492, [name]);
  const id = newBrokerId(database, execution);
  transaction.put(database.contracts, id, { id, name, principalId, messages });
}

export function dropContract(name: Name, execution: Execution): void {
  const { session } = execution;
  const { database, transaction, server } = session;
  const wanted = onePart(name, "contract");
  const contract = requireOwn(contractsOf(database), wanted, "contract", "CONTRACT", "drop", execution);
  for (const service of database.services.values())
    if (service.contractIds.includes(contract.id)) throw sqlError(3716, ["contract", contract.name, "service"]);
  for (const priority of database.brokerPriorities.values())
    if (priority.contractId === contract.id) throw sqlError(3716, ["contract", contract.name, "conversation priority"]);
  transaction.remove(database.contracts, contract.id);
  dropBrokerDetails(database, CONTRACT_CLASS, contract.id, execution);
  for (const conversation of [...database.conversations.values()])
    if (conversation.contractId === contract.id)
      breakConversation(brokerOf(server), database, conversation, sqlError(8487), "keep", transaction);
}
