/** Sessions, requests, locks, transactions: dynamic views of the server's activity. sql-docs, execution and transaction related dynamic management views. */
import { createHash } from "node:crypto";
import { holds } from "../../security/permissions";
import type { Row, Session, SessionActivity } from "../../session/runtime";
import { DateTime, type SqlValue } from "../../types/value";
import { bit, datetime, view, type Reader, type ViewDefinition } from "../view";

const isolations = ["READ UNCOMMITTED", "READ COMMITTED", "REPEATABLE READ", "SERIALIZABLE", "SNAPSHOT"];
/** TDS 7.4 as sys.dm_exec_connections shows it: 0x74000004. */
const TDS = 0x74000004;
const TSQL_ENDPOINT = 4;

const time = (value: SqlValue): SqlValue => (value instanceof DateTime ? datetime(value) : value);

/** Everybody sees the own session; others need VIEW SERVER STATE (from SQL Server 2022 on its performance part). */
function seesAll(session: Session): boolean {
  return holds(session, session.server.version >= "2022" ? "VIEW SERVER PERFORMANCE STATE" : "VIEW SERVER STATE", {
    class: "SERVER",
  });
}

export function demandServerState(session: Session, part: "PERFORMANCE" | "SECURITY"): void {
  session.demand(session.server.version >= "2022" ? `VIEW SERVER ${part} STATE` : "VIEW SERVER STATE", {
    kind: "server",
  });
}

function* activities({ session }: Reader): Iterable<SessionActivity> {
  const all = seesAll(session);
  for (const one of session.activity?.sessions() ?? []) if (all || one.spid === session.spid) yield one;
}

/** A connection keeps its id for life. */
function connectionId(spid: number, loginTime: SqlValue): string {
  const stamp = loginTime instanceof DateTime ? `${loginTime.days}.${loginTime.ticks}` : "";
  const hex = createHash("sha256").update(`${spid}.${stamp}`).digest("hex").toUpperCase();
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

/** sys.dm_exec_sql_text finds the text of a session's last request by this. */
function sqlHandle(spid: number): Uint8Array {
  const handle = Buffer.alloc(44);
  handle[0] = 2;
  handle.writeUInt32BE(spid, 1);
  return Uint8Array.from(handle);
}

function settings({ options }: Pick<SessionActivity, "options">): SqlValue[] {
  return [
    options.textsize,
    options.language,
    options.dateFormat,
    options.dateFirst,
    bit(options.quotedIdentifier),
    bit(options.arithabort),
    bit(options.ansiNullDefaultOn),
    0,
    bit(options.ansiWarnings),
    bit(options.ansiPadding),
    bit(options.ansiNulls),
    bit(options.concatNullYieldsNull),
    isolations.indexOf(options.isolation) + 1,
    options.lockTimeoutMs,
    options.deadlockPriority,
  ];
}

/** Sessions below 51 are the server's own: activated procedures. */
const FIRST_CLIENT_SPID = 51;
const isClient = (one: SessionActivity): boolean => one.spid >= FIRST_CLIENT_SPID;

function sessionRow(one: SessionActivity): SqlValue[] {
  const { login, lastRequest } = one;
  return [
    one.spid,
    time(one.loginTime),
    one.hostName,
    one.applicationName,
    null,
    7,
    null,
    login.sid,
    login.name,
    "",
    "",
    one.status === "sleeping" ? "sleeping" : "running",
    new Uint8Array(),
    0,
    0,
    0,
    0,
    TSQL_ENDPOINT,
    time(lastRequest.start),
    time(lastRequest.end),
    0n,
    0n,
    0n,
    bit(isClient(one)),
    ...settings(one),
    0n,
    0,
    login.sid,
    login.name,
    null,
    null,
    null,
    2,
    one.database.id,
    0,
    one.transactionCount,
  ];
}

const SETTINGS = `text_size int, language nvarchar(128)?, date_format nvarchar(3)?, date_first smallint, quoted_identifier bit, arithabort bit, ansi_null_dflt_on bit,
  ansi_defaults bit, ansi_warnings bit, ansi_padding bit, ansi_nulls bit, concat_null_yields_null bit, transaction_isolation_level smallint, lock_timeout int,
  deadlock_priority int`;

function requestRow(one: SessionActivity): SqlValue[] {
  const waiting = one.blockedBy !== 0;
  return [
    one.spid,
    0,
    time(one.lastRequest.start),
    one.status,
    "BATCH",
    sqlHandle(one.spid),
    0,
    -1,
    null,
    one.database.id,
    1,
    connectionId(one.spid, one.loginTime),
    one.blockedBy,
    waiting ? "LCK_M_X" : null,
    0,
    waiting ? "LCK_M_X" : "",
    "",
    one.transactionCount,
    1,
    BigInt(one.transactionId ?? 0),
    new Uint8Array(),
    0,
    0n,
    0,
    0,
    0,
    null,
    0n,
    0n,
    0n,
    ...settings(one),
    0n,
    0,
    1,
    0,
    0,
    2,
    null,
    null,
    null,
    null,
    1,
    null,
    null,
    0,
  ];
}

function connectionRow(one: SessionActivity): SqlValue[] {
  const started = time(one.loginTime);
  return [
    one.spid,
    one.spid,
    started,
    "TCP",
    "TSQL",
    TDS,
    TSQL_ENDPOINT,
    "FALSE",
    "SQL",
    0,
    0,
    0,
    time(one.lastRequest.start),
    time(one.lastRequest.end) ?? started,
    4096,
    null,
    null,
    null,
    null,
    connectionId(one.spid, one.loginTime),
    null,
    sqlHandle(one.spid),
  ];
}

/** object:5:12345, database:5, application:..., row:... -> type, database, description, entity. */
function resourceParts(resource: string): [type: string, database: number, description: string, entity: bigint] {
  const [kind = "", database = "0", ...rest] = resource.split(":");
  const id = /^\d+$/.test(database) ? Number(database) : 0;
  const last = rest.join(":");
  if (kind === "object" && /^\d+$/.test(last)) return ["OBJECT", id, "", BigInt(last)];
  if (kind === "database") return ["DATABASE", id, "", 0n];
  if (kind === "row") return ["RID", id, last, 0n];
  if (kind.startsWith("app")) return ["APPLICATION", id, applicationDescription(last), 0n];
  return ["METADATA", id, resource, 0n];
}

/**
 * Principal, the first 32 characters in clear, a hash of all.
 * https://learn.microsoft.com/sql/relational-databases/system-dynamic-management-views/sys-dm-tran-locks-transact-sql
 */
function applicationDescription(principalAndName: string): string {
  const [principal = "0", ...name] = principalAndName.split(":");
  const resource = name.join(":");
  const hash = createHash("sha256").update(resource).digest("hex").slice(0, 8);
  return `${principal}:[${resource.slice(0, 32)}]:(${hash})`;
}

function* lockRows({ session }: Reader): Iterable<Row> {
  demandServerState(session, "PERFORMANCE");
  for (const row of session.activity?.lockRows() ?? []) {
    const [type, database, description, entity] = resourceParts(row.resource);
    const owner = row.ownedBySession ? "SESSION" : "TRANSACTION";
    yield [
      type,
      "",
      database,
      description,
      entity,
      0,
      row.mode,
      "LOCK",
      row.granted ? "GRANT" : "WAIT",
      1,
      0,
      row.spid,
      0,
      0,
      owner,
      0n,
      null,
      "",
      null,
    ];
  }
}

export const sessionViews: readonly ViewDefinition[] = [
  view(
    "dm_exec_sessions",
    "system-dynamic-management-views/sys-dm-exec-sessions-transact-sql",
    `session_id smallint, login_time datetime, host_name nvarchar(128)?, program_name nvarchar(128)?, host_process_id int?, client_version int?,
    client_interface_name nvarchar(32)?, security_id varbinary(85), login_name nvarchar(128), nt_domain nvarchar(128)?, nt_user_name nvarchar(128)?, status nvarchar(30),
    context_info varbinary(128)?, cpu_time int, memory_usage int, total_scheduled_time int, total_elapsed_time int, endpoint_id int, last_request_start_time datetime,
    last_request_end_time datetime?, reads bigint, writes bigint, logical_reads bigint, is_user_process bit, ${SETTINGS}, row_count bigint, prev_error int,
    original_security_id varbinary(85), original_login_name nvarchar(128), last_successful_logon datetime?, last_unsuccessful_logon datetime?, unsuccessful_logons bigint?,
    group_id int, database_id smallint, authenticating_database_id int?, open_transaction_count int`,
    function* (reader) {
      for (const one of activities(reader)) yield sessionRow(one);
    },
  ),
  view(
    "dm_exec_requests",
    "system-dynamic-management-views/sys-dm-exec-requests-transact-sql",
    `session_id smallint, request_id int, start_time datetime, status nvarchar(30), command nvarchar(32), sql_handle varbinary(64)?, statement_start_offset int?,
    statement_end_offset int?, plan_handle varbinary(64)?, database_id smallint, user_id int, connection_id uniqueidentifier?, blocking_session_id smallint?,
    wait_type nvarchar(60)?, wait_time int, last_wait_type nvarchar(60), wait_resource nvarchar(256), open_transaction_count int, open_resultset_count int,
    transaction_id bigint, context_info varbinary(128)?, percent_complete real, estimated_completion_time bigint, cpu_time int, total_elapsed_time int, scheduler_id int?,
    task_address varbinary(8)?, reads bigint, writes bigint, logical_reads bigint, ${SETTINGS}, row_count bigint, prev_error int, nest_level int,
    granted_query_memory int, executing_managed_code bit, group_id int, query_hash binary(8)?, query_plan_hash binary(8)?, statement_sql_handle varbinary(64)?,
    statement_context_id bigint?, dop int, parallel_worker_count int?, external_script_request_id uniqueidentifier?, is_resumable bit`,
    function* (reader) {
      for (const one of activities(reader)) if (one.status !== "sleeping") yield requestRow(one);
    },
  ),
  view(
    "dm_exec_connections",
    "system-dynamic-management-views/sys-dm-exec-connections-transact-sql",
    `session_id int?, most_recent_session_id int?, connect_time datetime, net_transport nvarchar(40), protocol_type nvarchar(40)?, protocol_version int?, endpoint_id int?,
    encrypt_option nvarchar(40), auth_scheme nvarchar(40), node_affinity smallint, num_reads int?, num_writes int?, last_read datetime?, last_write datetime?,
    net_packet_size int?, client_net_address varchar(48)?, client_tcp_port int?, local_net_address varchar(48)?, local_tcp_port int?, connection_id uniqueidentifier,
    parent_connection_id uniqueidentifier?, most_recent_sql_handle varbinary(64)?`,
    function* ({ session }) {
      demandServerState(session, "SECURITY");
      for (const one of session.activity?.sessions() ?? []) if (isClient(one)) yield connectionRow(one);
    },
  ),
  view(
    "dm_tran_locks",
    "system-dynamic-management-views/sys-dm-tran-locks-transact-sql",
    `resource_type nvarchar(60), resource_subtype nvarchar(60), resource_database_id int, resource_description nvarchar(256), resource_associated_entity_id bigint?,
    resource_lock_partition int, request_mode nvarchar(60), request_type nvarchar(60), request_status nvarchar(60), request_reference_count smallint, request_lifetime int,
    request_session_id int, request_exec_context_id int, request_request_id int, request_owner_type nvarchar(60), request_owner_id bigint?,
    request_owner_guid uniqueidentifier?, request_owner_lockspace_id nvarchar(32), lock_owner_address varbinary(8)?`,
    lockRows,
  ),
  view(
    "dm_tran_session_transactions",
    "system-dynamic-management-views/sys-dm-tran-session-transactions-transact-sql",
    `session_id int, transaction_id bigint, transaction_descriptor binary(8), enlist_count int, is_user_transaction bit, is_local bit, is_enlisted bit, is_bound bit,
    open_transaction_count int`,
    function* (reader) {
      demandServerState(reader.session, "PERFORMANCE");
      for (const { spid, transactionId, transactionCount } of activities(reader)) {
        if (transactionId === undefined) continue;
        const descriptor = Buffer.alloc(8);
        descriptor.writeBigUInt64LE(BigInt(transactionId));
        yield [
          spid,
          BigInt(transactionId),
          Uint8Array.from(descriptor),
          0,
          bit(transactionCount > 0),
          1,
          0,
          0,
          transactionCount,
        ];
      }
    },
  ),
  view(
    "dm_tran_active_transactions",
    "system-dynamic-management-views/sys-dm-tran-active-transactions-transact-sql",
    `transaction_id bigint, name nvarchar(32), transaction_begin_time datetime, transaction_type int, transaction_uow uniqueidentifier?, transaction_state int,
    transaction_status int, transaction_status2 int, dtc_state int, dtc_status int, dtc_isolation_level int, filestream_transaction_id varbinary(128)?`,
    function* (reader) {
      demandServerState(reader.session, "PERFORMANCE");
      for (const { transactionId, lastRequest } of activities(reader))
        if (transactionId !== undefined)
          yield [BigInt(transactionId), "user_transaction", time(lastRequest.start), 1, null, 2, 0, 0, 0, 0, 0, null];
    },
  ),
];

/** The text of a session's last request; undefined for a handle of nothing that is known. */
export function textOfHandle(handle: Uint8Array, session: Session): string | undefined {
  if (handle.length !== 44 || handle[0] !== 2) return undefined;
  const spid = Buffer.from(handle).readUInt32BE(1);
  if (!seesAll(session) && spid !== session.spid) return undefined;
  for (const one of session.activity?.sessions() ?? []) if (one.spid === spid) return one.lastRequest.text;
  return undefined;
}
