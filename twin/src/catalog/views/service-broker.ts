/** Service Broker's definitions and conversations in the catalog. Reference sheet "service broker" 14. */
import { contractsOf, FIRST_USER_ID, messageTypesOf, servicesOf, systemQueues } from "../../broker/built-in";
import { stateNames, stateOf } from "../../broker/conversation";
import { holds, type BrokerClass } from "../../security/permissions";
import type { Row } from "../../session/runtime";
import type { Queue } from "../../storage/model";
import type { BrokerObject, Conversation, MessageType } from "../../storage/model-broker";
import { DateTime, type SqlValue } from "../../types/value";
import { bit, datetime, view, type Reader, type ViewDefinition } from "../view";
import { isQueue, objectRow, OBJECT_COLUMNS, ofType } from "./objects";

const DBO = 1;
const EMPTY_GUID = "00000000-0000-0000-0000-000000000000";
/** datetime's own beginning: what stands where nothing has happened yet. */
const NEVER = new DateTime(693_595, 0);

const validations: Readonly<Record<MessageType["validation"], string>> = { N: "BINARY", X: "XML", E: "EMPTY" };

/** Built-in ones are everybody's; others need some permission on them. */
function* visible<T extends BrokerObject>(reader: Reader, list: Iterable<T>, securableClass: BrokerClass): Iterable<T> {
  const { session, database } = reader;
  for (const one of list)
    if (
      one.id < FIRST_USER_ID ||
      reader.visible.everything ||
      holds(session, "VIEW DEFINITION", { class: securableClass, database, id: one.id }) ||
      reader.visible.holdsOn(securableClass, one.id)
    )
      yield one;
}

const quoted = (name: string): string => `[${name.replaceAll("]", "]]")}]`;

function systemQueueRow([name, id]: (typeof systemQueues)[number], { database }: Reader): SqlValue[] {
  const created = datetime(database.created);
  return [name, id, null, DBO, 0, "SQ", "SERVICE_QUEUE", created, created, 1, 0, 0, 0, null, null, 0, 1, 1, 0, 1];
}

function queueRow(queue: Queue): SqlValue[] {
  const { activation } = queue;
  return [
    ...objectRow(queue),
    activation?.maxReaders ?? 0,
    activation ? activation.procedure.map(quoted).join(".") : null,
    activation?.executeAs ?? null,
    bit(activation?.enabled ?? false),
    bit(queue.receiveEnabled),
    bit(queue.enqueueEnabled),
    bit(queue.retention),
    bit(queue.poisonHandling),
  ];
}

function conversationRow(conversation: Conversation): SqlValue[] {
  const state = stateOf(conversation);
  return [
    conversation.handle,
    conversation.conversationId,
    bit(conversation.isInitiator),
    conversation.contractId,
    conversation.groupId,
    conversation.serviceId,
    datetime(conversation.expires),
    state,
    stateNames[state],
    conversation.farService,
    conversation.farBroker,
    conversation.ownerId,
    -1,
    EMPTY_GUID,
    EMPTY_GUID,
    NEVER,
    conversation.timer ? datetime(conversation.timer) : NEVER,
    BigInt(conversation.sendSequence),
    Uint8Array.from([0, 0, 0, 0, 0, 0]),
    -1n,
    BigInt(conversation.receiveSequence),
    0,
    0n,
    -1n,
    -1n,
    0,
    0,
    conversation.priority,
  ];
}

export const serviceBrokerViews: readonly ViewDefinition[] = [
  view(
    "service_message_types",
    "system-catalog-views/sys-service-message-types-transact-sql",
    "name sysname, message_type_id int, principal_id int?, validation code(2), validation_desc desc?, xml_collection_id int?",
    function* (reader) {
      for (const type of visible(reader, messageTypesOf(reader.database), "MESSAGE TYPE"))
        yield [type.name, type.id, type.principalId, type.validation.padEnd(2), validations[type.validation], null];
    },
  ),
  view(
    "service_contracts",
    "system-catalog-views/sys-service-contracts-transact-sql",
    "name sysname, service_contract_id int, principal_id int?",
    function* (reader) {
      for (const contract of visible(reader, contractsOf(reader.database), "CONTRACT"))
        yield [contract.name, contract.id, contract.principalId];
    },
  ),
  view(
    "service_contract_message_usages",
    "system-catalog-views/sys-service-contract-message-usages-transact-sql",
    "service_contract_id int, message_type_id int, is_sent_by_initiator bit, is_sent_by_target bit",
    function* (reader) {
      for (const contract of visible(reader, contractsOf(reader.database), "CONTRACT"))
        for (const { typeId, initiator, target } of contract.messages)
          yield [contract.id, typeId, bit(initiator), bit(target)];
    },
  ),
  view(
    "service_queues",
    "system-catalog-views/sys-service-queues-transact-sql",
    `${OBJECT_COLUMNS}, max_readers smallint?, activation_procedure nvarchar(776)?, execute_as_principal_id int?, is_activation_enabled bit, is_receive_enabled bit,
    is_enqueue_enabled bit, is_retention_enabled bit, is_poison_message_handling_enabled bit?`,
    function* (reader) {
      for (const queue of systemQueues) yield systemQueueRow(queue, reader);
      for (const queue of ofType(reader, isQueue)) yield queueRow(queue);
    },
  ),
  view(
    "service_queue_usages",
    "system-catalog-views/sys-service-queue-usages-transact-sql",
    "service_id int, service_queue_id int",
    function* (reader) {
      for (const service of visible(reader, servicesOf(reader.database), "SERVICE"))
        yield [service.id, service.queueId];
    },
  ),
  view(
    "services",
    "system-catalog-views/sys-services-transact-sql",
    "name sysname, service_id int, principal_id int?, service_queue_id int",
    function* (reader) {
      for (const service of visible(reader, servicesOf(reader.database), "SERVICE"))
        yield [service.name, service.id, service.principalId, service.queueId];
    },
  ),
  view(
    "service_contract_usages",
    "system-catalog-views/sys-service-contract-usages-transact-sql",
    "service_id int, service_contract_id int",
    function* (reader) {
      for (const service of visible(reader, servicesOf(reader.database), "SERVICE"))
        for (const id of service.contractIds) yield [service.id, id];
    },
  ),
  view(
    "routes",
    "system-catalog-views/sys-routes-transact-sql",
    `name sysname, route_id int, principal_id int?, remote_service_name nvarchar(256)?, broker_instance nvarchar(128)?, lifetime datetime?, address nvarchar(256)?,
    mirror_address nvarchar(256)?`,
    function* (reader) {
      for (const route of visible(reader, reader.database.routes.values(), "ROUTE"))
        yield [
          route.name,
          route.id,
          route.principalId,
          route.serviceName,
          route.brokerInstance,
          route.expires && datetime(route.expires),
          route.address,
          route.mirrorAddress,
        ];
    },
  ),
  view(
    "remote_service_bindings",
    "system-catalog-views/sys-remote-service-bindings-transact-sql",
    `name sysname, remote_service_binding_id int, principal_id int?, remote_service_name nvarchar(256)?, service_contract_id int, remote_principal_id int?,
    is_anonymous_on bit`,
    function* (reader) {
      const bindings = reader.database.remoteServiceBindings.values();
      for (const binding of visible(reader, bindings, "REMOTE SERVICE BINDING"))
        yield [
          binding.name,
          binding.id,
          binding.principalId,
          binding.serviceName,
          0,
          binding.userId,
          bit(binding.anonymous),
        ];
    },
  ),
  view(
    "conversation_priorities",
    "system-catalog-views/sys-conversation-priorities-transact-sql",
    "priority_id int, name sysname, service_contract_id int?, local_service_id int?, remote_service_name nvarchar(256)?, priority tinyint",
    function* (reader) {
      if (!reader.visible.everything) return;
      for (const one of reader.database.brokerPriorities.values())
        yield [one.id, one.name, one.contractId, one.serviceId, one.remoteService, one.level];
    },
  ),
  view(
    "conversation_endpoints",
    "system-catalog-views/sys-conversation-endpoints-transact-sql",
    `conversation_handle uniqueidentifier, conversation_id uniqueidentifier, is_initiator tinyint, service_contract_id int, conversation_group_id uniqueidentifier,
    service_id int, lifetime datetime, state code(2), state_desc desc?, far_service nvarchar(256), far_broker_instance nvarchar(128)?, principal_id int, far_principal_id int,
    outbound_session_key_identifier uniqueidentifier, inbound_session_key_identifier uniqueidentifier, security_timestamp datetime, dialog_timer datetime,
    send_sequence bigint, last_send_tran_id binary(6), end_dialog_sequence bigint, receive_sequence bigint, receive_sequence_frag int, system_sequence bigint,
    first_out_of_order_sequence bigint, last_out_of_order_sequence bigint, last_out_of_order_frag int, is_system bit, priority tinyint`,
    function* (reader) {
      for (const conversation of conversationsOf(reader)) yield conversationRow(conversation);
    },
  ),
  view(
    "conversation_groups",
    "system-catalog-views/sys-conversation-groups-transact-sql",
    "conversation_group_id uniqueidentifier, service_id int, is_system bit?",
    function* (reader) {
      const groups = new Map<string, number>();
      for (const { groupId, serviceId } of conversationsOf(reader)) groups.set(groupId, serviceId);
      for (const [group, service] of groups) yield [group, service, 0];
    },
  ),
  view(
    "transmission_queue",
    "system-catalog-views/sys-transmission-queue-transact-sql",
    `conversation_handle uniqueidentifier, to_service_name nvarchar(256)?, to_broker_instance nvarchar(128)?, from_service_name nvarchar(256)?,
    service_contract_name nvarchar(256)?, enqueue_time datetime, message_sequence_number bigint, message_type_name nvarchar(256)?, is_conversation_error bit,
    is_end_of_dialog bit, message_body varbinary(max)?, transmission_status nvarchar(4000)?, priority tinyint`,
    function* (reader): Iterable<Row> {
      const { database } = reader;
      const seen = new Set([...conversationsOf(reader)].map(({ handle }) => handle));
      for (const message of database.unsentMessages.values())
        if (seen.has(message.handle))
          yield [
            message.handle,
            message.toService,
            message.toBroker,
            message.fromService,
            message.contractName,
            datetime(message.enqueued),
            BigInt(message.sequence),
            message.typeName,
            bit(message.kind === "error"),
            bit(message.kind === "end"),
            message.body,
            message.status,
            message.priority,
          ];
    },
  ),
];

/** Conversations of one's own, or of services that one may see. */
function* conversationsOf(reader: Reader): Iterable<Conversation> {
  const services = new Set([...visible(reader, reader.database.services.values(), "SERVICE")].map(({ id }) => id));
  for (const conversation of reader.database.conversations.values())
    if (services.has(conversation.serviceId) || conversation.ownerId === reader.session.user.id) yield conversation;
}
