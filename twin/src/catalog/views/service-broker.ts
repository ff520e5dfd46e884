/**
 * Service Broker: what every database is born with. Reference sheet "service broker" 14 and 15; ids below 65536 are built in,
 * and the numbers of all but DEFAULT are the twin's own.
 */
import type { Row } from "../../session/runtime";
import type { SqlValue } from "../../types/value";
import { emptyView, view, datetime, type Reader, type ViewDefinition } from "../view";
import { OBJECT_COLUMNS } from "./objects";

const BROKER = "http://schemas.microsoft.com/SQL/ServiceBroker/";
const NOTIFICATIONS = "http://schemas.microsoft.com/SQL/Notifications/";
const DBO = 1;

type Validation = "N" | "X" | "E";
const validations: Readonly<Record<Validation, string>> = { N: "BINARY", X: "XML", E: "EMPTY" };

const messageTypes: readonly [name: string, id: number, validation: Validation][] = [
  [`${NOTIFICATIONS}EventNotification`, 1, "X"],
  [`${NOTIFICATIONS}QueryNotification`, 2, "X"],
  [`${BROKER}Error`, 3, "X"],
  [`${BROKER}EndDialog`, 4, "E"],
  [`${BROKER}DialogTimer`, 5, "E"],
  [`${BROKER}BrokerConfigurationNotice/MissingRoute`, 6, "X"],
  [`${BROKER}BrokerConfigurationNotice/FailedRoute`, 7, "X"],
  [`${BROKER}BrokerConfigurationNotice/MissingRemoteServiceBinding`, 8, "X"],
  [`${BROKER}BrokerConfigurationNotice/FailedRemoteServiceBinding`, 9, "X"],
  [`${BROKER}ServiceEcho/Echo`, 10, "N"],
  [`${BROKER}ServiceDiagnostic/Query`, 11, "X"],
  [`${BROKER}ServiceDiagnostic/Status`, 12, "X"],
  [`${BROKER}ServiceDiagnostic/Description`, 13, "X"],
  ["DEFAULT", 14, "N"],
];

/** name, id, ids of the message types that either side may send. */
const contracts: readonly [name: string, id: number, messageTypes: readonly number[]][] = [
  [`${NOTIFICATIONS}PostEventNotification`, 1, [1]],
  [`${NOTIFICATIONS}PostQueryNotification`, 2, [2]],
  [`${BROKER}BrokerConfigurationNotice`, 3, [6, 7, 8, 9]],
  [`${BROKER}ServiceEcho`, 4, [10]],
  [`${BROKER}ServiceDiagnostic`, 5, [11, 12, 13]],
  ["DEFAULT", 6, [14]],
];

const queues: readonly [name: string, id: number][] = [
  ["QueryNotificationErrorsQueue", 1977058079],
  ["EventNotificationErrorsQueue", 2009058193],
  ["ServiceBrokerQueue", 2041058307],
];

/** name, id, queue, contracts. */
const services: readonly [name: string, id: number, queue: number, contracts: readonly number[]][] = [
  [`${NOTIFICATIONS}EventNotificationService`, 2, 2009058193, [1]],
  [`${NOTIFICATIONS}QueryNotificationService`, 1, 1977058079, [2]],
  [`${BROKER}ServiceBroker`, 3, 2041058307, [4, 5]],
];

function queueRow([name, id]: (typeof queues)[number], { database }: Reader): SqlValue[] {
  const created = datetime(database.created);
  return [name, id, null, DBO, 0, "SQ", "SERVICE_QUEUE", created, created, 1, 0, 0, 0, null, null, 0, 1, 1, 0, 1];
}

function list(rows: readonly Row[]): () => Iterable<Row> {
  return () => rows;
}

export const serviceBrokerViews: readonly ViewDefinition[] = [
  view(
    "service_message_types",
    "system-catalog-views/sys-service-message-types-transact-sql",
    "name sysname, message_type_id int, principal_id int?, validation code(2), validation_desc desc?, xml_collection_id int?",
    list(
      messageTypes.map(([name, id, validation]) => [
        name,
        id,
        DBO,
        validation.padEnd(2),
        validations[validation],
        null,
      ]),
    ),
  ),
  view(
    "service_contracts",
    "system-catalog-views/sys-service-contracts-transact-sql",
    "name sysname, service_contract_id int, principal_id int?",
    list(contracts.map(([name, id]) => [name, id, DBO])),
  ),
  view(
    "service_contract_message_usages",
    "system-catalog-views/sys-service-contract-message-usages-transact-sql",
    "service_contract_id int, message_type_id int, is_sent_by_initiator bit, is_sent_by_target bit",
    list(contracts.flatMap(([, id, types]) => types.map((type): Row => [id, type, 1, type === 14 ? 1 : 0]))),
  ),
  view(
    "service_queues",
    "system-catalog-views/sys-service-queues-transact-sql",
    `${OBJECT_COLUMNS}, max_readers smallint?, activation_procedure nvarchar(776)?, execute_as_principal_id int?, is_activation_enabled bit, is_receive_enabled bit,
    is_enqueue_enabled bit, is_retention_enabled bit, is_poison_message_handling_enabled bit?`,
    function* (reader) {
      for (const queue of queues) yield queueRow(queue, reader);
    },
  ),
  view(
    "service_queue_usages",
    "system-catalog-views/sys-service-queue-usages-transact-sql",
    "service_id int, service_queue_id int",
    list(services.map(([, id, queue]) => [id, queue])),
  ),
  view(
    "services",
    "system-catalog-views/sys-services-transact-sql",
    "name sysname, service_id int, principal_id int?, service_queue_id int",
    list(services.map(([name, id, queue]) => [name, id, DBO, queue])),
  ),
  view(
    "service_contract_usages",
    "system-catalog-views/sys-service-contract-usages-transact-sql",
    "service_id int, service_contract_id int",
    list(services.flatMap(([, id, , used]) => used.map((contract): Row => [id, contract]))),
  ),
  view(
    "routes",
    "system-catalog-views/sys-routes-transact-sql",
    `name sysname, route_id int, principal_id int?, remote_service_name nvarchar(256)?, broker_instance nvarchar(128)?, lifetime datetime?, address nvarchar(256)?,
    mirror_address nvarchar(256)?`,
    list([["AutoCreatedLocal", 65536, DBO, null, null, null, "LOCAL", null]]),
  ),
  emptyView(
    "remote_service_bindings",
    "system-catalog-views/sys-remote-service-bindings-transact-sql",
    `name sysname, remote_service_binding_id int, principal_id int?, remote_service_name nvarchar(256)?, service_contract_id int, remote_principal_id int?,
    is_anonymous_on bit`,
  ),
  emptyView(
    "conversation_priorities",
    "system-catalog-views/sys-conversation-priorities-transact-sql",
    "priority_id int, name sysname, service_contract_id int?, local_service_id int?, remote_service_name nvarchar(256)?, priority tinyint",
  ),
  emptyView(
    "conversation_endpoints",
    "system-catalog-views/sys-conversation-endpoints-transact-sql",
    `conversation_handle uniqueidentifier, conversation_id uniqueidentifier, is_initiator tinyint, service_contract_id int, conversation_group_id uniqueidentifier,
    service_id int, lifetime datetime, state code(2), state_desc desc?, far_service nvarchar(256), far_broker_instance nvarchar(128)?, principal_id int, far_principal_id int,
    outbound_session_key_identifier uniqueidentifier, inbound_session_key_identifier uniqueidentifier, security_timestamp datetime, dialog_timer datetime,
    send_sequence bigint, last_send_tran_id binary(6), end_dialog_sequence bigint, receive_sequence bigint, receive_sequence_frag int, system_sequence bigint,
    first_out_of_order_sequence bigint, last_out_of_order_sequence bigint, last_out_of_order_frag int, is_system bit, priority tinyint`,
  ),
  emptyView(
    "conversation_groups",
    "system-catalog-views/sys-conversation-groups-transact-sql",
    "conversation_group_id uniqueidentifier, service_id int, is_system bit?",
  ),
  emptyView(
    "transmission_queue",
    "system-catalog-views/sys-transmission-queue-transact-sql",
    `conversation_handle uniqueidentifier, to_service_name nvarchar(256)?, to_broker_instance nvarchar(128)?, from_service_name nvarchar(256)?,
    service_contract_name nvarchar(256)?, enqueue_time datetime, message_sequence_number bigint, message_type_name nvarchar(256)?, is_conversation_error bit,
    is_end_of_dialog bit, message_body varbinary(max)?, transmission_status nvarchar(4000)?, priority tinyint`,
  ),
];
