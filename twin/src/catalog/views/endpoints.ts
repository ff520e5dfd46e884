/** Endpoints of the server, and what its broker is doing. Reference sheet "service broker" 9 and 14. */
import { brokerOf } from "../../broker/broker";
import { holds } from "../../security/permissions";
import type { BrokerEndpoint } from "../../storage/model-broker";
import type { Row } from "../../session/runtime";
import { sqlError } from "../../session/messages";
import { addTicks, daysFromCivil, TICKS_PER_SECOND } from "../../types/date-time";
import { DateTime, type SqlValue } from "../../types/value";
import { bit, datetime, view, type Reader, type ViewDefinition } from "../view";

const ENDPOINT_COLUMNS = `name sysname, endpoint_id int, principal_id int, protocol tinyint, protocol_desc desc?, type tinyint, type_desc desc?, state tinyint?,
  state_desc desc?, is_admin_endpoint bit`;
const TCP = [2, "TCP"] as const;
const TSQL = [2, "TSQL"] as const;
const SERVICE_BROKER = [3, "SERVICE_BROKER"] as const;
const states = ["STARTED", "STOPPED", "DISABLED"] as const;
const authentications = [
  "",
  "NTLM",
  "KERBEROS",
  "NEGOTIATE",
  "CERTIFICATE",
  "NTLM, CERTIFICATE",
  "KERBEROS, CERTIFICATE",
  "NEGOTIATE, CERTIFICATE",
  "CERTIFICATE, NTLM",
  "CERTIFICATE, KERBEROS",
  "CERTIFICATE, NEGOTIATE",
];
const encryptions = [
  "NONE",
  "RC4",
  "AES",
  "NONE, RC4",
  "NONE, AES",
  "RC4, AES",
  "AES, RC4",
  "NONE, RC4, AES",
  "NONE, AES, RC4",
];

/** Those that every server has, for its clients. */
const systemEndpoints: readonly [name: string, id: number, protocol: readonly [number, string], admin: boolean][] = [
  ["Dedicated Admin Connection", 1, TCP, true],
  ["TSQL Local Machine", 2, [4, "SHARED_MEMORY"], false],
  ["TSQL Named Pipes", 3, [3, "NAMED_PIPES"], false],
  ["TSQL Default TCP", 4, TCP, false],
  ["TSQL Default VIA", 5, [5, "VIA"], false],
];

function systemRow([name, id, protocol, admin]: (typeof systemEndpoints)[number]): SqlValue[] {
  return [name, id, 1, ...protocol, ...TSQL, 0, "STARTED", bit(admin)];
}

function endpointRow(endpoint: BrokerEndpoint): SqlValue[] {
  const { name, id, principalId, state } = endpoint;
  return [name, id, principalId, ...TCP, ...SERVICE_BROKER, states.indexOf(state), state, 0];
}

function* visible({ session, server }: Reader): Iterable<BrokerEndpoint> {
  for (const endpoint of server.endpoints.values())
    if (holds(session, "VIEW DEFINITION", { class: "ENDPOINT", id: endpoint.id })) yield endpoint;
}

function demandState({ session, server }: Reader): void {
  const permission = server.version === "2019" ? "VIEW SERVER STATE" : "VIEW SERVER PERFORMANCE STATE";
  if (holds(session, permission, { class: "SERVER" })) return;
  const last = sqlError(297);
  last.preceding = [sqlError(300, [permission, "server", "master"])];
  throw last;
}

function moment(milliseconds: number | undefined): DateTime | null {
  if (milliseconds === undefined) return null;
  return datetime(addTicks(new DateTime(daysFromCivil(1970, 1, 1), 0), (milliseconds / 1000) * TICKS_PER_SECOND));
}

export const endpointViews: readonly ViewDefinition[] = [
  view("endpoints", "system-catalog-views/sys-endpoints-transact-sql", ENDPOINT_COLUMNS, function* (reader) {
    for (const endpoint of systemEndpoints) yield systemRow(endpoint);
    for (const endpoint of visible(reader)) yield endpointRow(endpoint);
  }),
  view(
    "tcp_endpoints",
    "system-catalog-views/sys-tcp-endpoints-transact-sql",
    `${ENDPOINT_COLUMNS}, port int, is_dynamic_port bit, ip_address nvarchar(45)?`,
    function* (reader) {
      for (const endpoint of systemEndpoints)
        if (endpoint[2] === TCP) yield [...systemRow(endpoint), 0, bit(endpoint[3]), null];
      for (const endpoint of visible(reader)) yield [...endpointRow(endpoint), endpoint.port, 0, endpoint.ip];
    },
  ),
  view(
    "service_broker_endpoints",
    "system-catalog-views/sys-service-broker-endpoints-transact-sql",
    `${ENDPOINT_COLUMNS}, is_message_forwarding_enabled bit, message_forwarding_size int, connection_auth tinyint, connection_auth_desc desc?, certificate_id int,
    encryption_algorithm tinyint, encryption_algorithm_desc desc?`,
    function* (reader) {
      for (const endpoint of visible(reader))
        yield [
          ...endpointRow(endpoint),
          bit(endpoint.forwarding),
          endpoint.forwardSize,
          endpoint.authentication,
          authentications[endpoint.authentication]!,
          0,
          endpoint.encryption,
          encryptions[endpoint.encryption]!,
        ];
    },
  ),
  view(
    "dm_broker_activated_tasks",
    "system-dynamic-management-views/sys-dm-broker-activated-tasks-transact-sql",
    "spid int?, database_id smallint?, queue_id int?, procedure_name nvarchar(650)?, execute_as int?",
    function* (reader): Iterable<Row> {
      demandState(reader);
      for (const task of brokerOf(reader.server).activator?.tasks ?? [])
        yield [task.spid, task.database.id, task.queue.id, task.procedure, task.executeAs];
    },
  ),
  view(
    "dm_broker_queue_monitors",
    "system-dynamic-management-views/sys-dm-broker-queue-monitors-transact-sql",
    "database_id int?, queue_id int?, state nvarchar(32)?, last_empty_rowset_time datetime?, last_activated_time datetime?, tasks_waiting int?",
    function* (reader): Iterable<Row> {
      demandState(reader);
      const broker = brokerOf(reader.server);
      for (const database of reader.server.databases.values())
        for (const queue of database.objects.values()) {
          if (queue.type !== "SQ" || !queue.activation?.enabled) continue;
          const activity = broker.activity(queue);
          const tasks = [...(broker.activator?.tasks ?? [])].filter((task) => task.queue === queue);
          const state =
            activity.ignored || tasks.some((task) => !task.received)
              ? "NOTIFIED"
              : tasks.length > 0
                ? "RECEIVES_OCCURRING"
                : "INACTIVE";
          yield [
            database.id,
            queue.id,
            state,
            moment(activity.lastEmpty),
            moment(activity.lastActivated),
            activity.waiting,
          ];
        }
    },
  ),
];
