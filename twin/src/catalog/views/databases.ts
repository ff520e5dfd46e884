/** Databases and their options. Reference sheet "databases" 1.6, 3.4, 4. */
import { configurationsOf } from "../../ddl/database/scoped-configuration";
import type { Database, DatabaseOptions } from "../../storage/model";
import type { Row } from "../../session/runtime";
import type { SqlValue } from "../../types/value";
import { Variant } from "../../types/value";
import { seesDatabase } from "../visibility";
import { bit, datetime, emptyView, view, type Reader, type ViewDefinition } from "../view";

/** Number of a word in the order of the documentation's list. */
const place = <T extends string>(words: readonly T[], word: T, first = 0): number => words.indexOf(word) + first;

const states: Readonly<Record<DatabaseOptions["state"], number>> = { ONLINE: 0, EMERGENCY: 5, OFFLINE: 6 };
const accesses = ["MULTI_USER", "SINGLE_USER", "RESTRICTED_USER"] as const;
const recoveryModels = ["FULL", "BULK_LOGGED", "SIMPLE"] as const;
const pageVerify = ["NONE", "TORN_PAGE_DETECTION", "CHECKSUM"] as const;
const durability = ["DISABLED", "ALLOWED", "FORCED"] as const;

function databaseRow(database: Database): SqlValue[] {
  const { options } = database;
  const online = options.state !== "OFFLINE";
  const contained = options.containment === "PARTIAL";
  return [
    database.name,
    database.id,
    null,
    database.ownerSid,
    datetime(database.created),
    options.compatibilityLevel,
    online ? database.collation.name : null,
    place(accesses, options.userAccess),
    options.userAccess,
    bit(options.readOnly),
    bit(options.autoClose),
    bit(options.autoShrink),
    states[options.state],
    options.state,
    0,
    0,
    0,
    bit(options.snapshotIsolation),
    options.snapshotIsolation ? "ON" : "OFF",
    bit(options.readCommittedSnapshot),
    place(recoveryModels, options.recoveryModel, 1),
    options.recoveryModel,
    place(pageVerify, options.pageVerify),
    options.pageVerify,
    bit(options.autoCreateStatistics),
    bit(options.autoCreateStatisticsIncremental),
    bit(options.autoUpdateStatistics),
    bit(options.autoUpdateStatisticsAsync),
    bit(options.ansiNullDefault),
    bit(options.ansiNulls),
    bit(options.ansiPadding),
    bit(options.ansiWarnings),
    bit(options.arithabort),
    bit(options.concatNullYieldsNull),
    bit(options.numericRoundabort),
    bit(options.quotedIdentifier),
    bit(options.recursiveTriggers),
    bit(options.cursorCloseOnCommit),
    bit(options.localCursorDefault),
    // Full text is always on for user databases; the flag has no effect any more.
    bit(database.id > 4),
    bit(options.trustworthy),
    bit(options.dbChaining),
    bit(options.parameterizationForced),
    0,
    bit(options.queryStore.state !== "OFF"),
    0,
    0,
    0,
    0,
    0,
    database.serviceBrokerGuid,
    bit(options.brokerEnabled),
    0,
    "NOTHING",
    bit(options.dateCorrelation),
    0,
    bit(options.encryption),
    bit(options.honorBrokerPriority),
    null,
    null,
    null,
    contained ? 1033 : null,
    contained ? "English" : null,
    contained ? 1033 : null,
    contained ? "English" : null,
    contained ? 1 : null,
    contained ? 0 : null,
    contained ? 2049 : null,
    bit(contained),
    options.containment,
    options.targetRecoveryTimeSeconds,
    place(durability, options.delayedDurability),
    options.delayedDurability,
    0,
    0,
    0,
    bit(options.mixedPageAllocation),
    bit(options.temporalHistoryRetention),
    0,
    "DATABASE_DEFAULT",
    database.name,
    0,
    bit(options.acceleratedDatabaseRecovery),
    0,
    0,
    1,
    0,
    0,
    0,
    0,
    0,
    0,
  ];
}

function* visibleDatabases({ server, session }: Reader): Iterable<Database> {
  for (const database of server.databases.values()) if (seesDatabase(session, database)) yield database;
}

const queryStoreStates = ["OFF", "READ_ONLY", "READ_WRITE"] as const;
const captureModes = ["ALL", "AUTO", "NONE", "CUSTOM"] as const;

function queryStoreRow({ options: { queryStore: store } }: Database): SqlValue[] {
  const state = place(queryStoreStates, store.state);
  const custom = store.captureMode === "CUSTOM";
  return [
    state,
    store.state,
    state,
    store.state,
    0,
    0n,
    BigInt(store.flushIntervalSeconds),
    BigInt(store.intervalLengthMinutes),
    BigInt(store.maxStorageSizeMb),
    BigInt(store.staleQueryThresholdDays),
    BigInt(store.maxPlansPerQuery),
    place(captureModes, store.captureMode, 1),
    store.captureMode,
    custom ? 30 : null,
    custom ? 1000n : null,
    custom ? 100n : null,
    custom ? 24 : null,
    bit(store.sizeBasedCleanup === "AUTO"),
    store.sizeBasedCleanup,
    bit(store.waitStatsCapture),
    store.waitStatsCapture ? "ON" : "OFF",
    "",
  ];
}

/** Values are sql_variant: numbers as int, words as text; the defaults where nothing was set. */
function* scopedConfigurationRows({ database, server }: Reader): Iterable<Row> {
  for (const one of configurationsOf(server)) {
    const set = database.scopedConfigurations.get(one.name.toLowerCase());
    const value = set === undefined || set === null ? one.initial : set;
    const variant =
      typeof value === "number"
        ? new Variant({ name: "int" }, value)
        : new Variant({ name: "nvarchar", length: 60 }, value);
    yield [one.id, one.name, variant, null, bit(value === one.initial)];
  }
}

const units = ["MINUTES", "HOURS", "DAYS"] as const;

export const databaseViews: readonly ViewDefinition[] = [
  view(
    "databases",
    "system-catalog-views/sys-databases-transact-sql",
    `name sysname, database_id int, source_database_id int?, owner_sid varbinary(85)?, create_date datetime, compatibility_level tinyint, collation_name sysname?,
    user_access tinyint?, user_access_desc desc?, is_read_only bit?, is_auto_close_on bit, is_auto_shrink_on bit?, state tinyint?, state_desc desc?, is_in_standby bit?,
    is_cleanly_shutdown bit?, is_supplemental_logging_enabled bit?, snapshot_isolation_state tinyint?, snapshot_isolation_state_desc desc?,
    is_read_committed_snapshot_on bit?, recovery_model tinyint?, recovery_model_desc desc?, page_verify_option tinyint?, page_verify_option_desc desc?,
    is_auto_create_stats_on bit?, is_auto_create_stats_incremental_on bit?, is_auto_update_stats_on bit?, is_auto_update_stats_async_on bit?,
    is_ansi_null_default_on bit?, is_ansi_nulls_on bit?, is_ansi_padding_on bit?, is_ansi_warnings_on bit?, is_arithabort_on bit?, is_concat_null_yields_null_on bit?,
    is_numeric_roundabort_on bit?, is_quoted_identifier_on bit?, is_recursive_triggers_on bit?, is_cursor_close_on_commit_on bit?, is_local_cursor_default bit?,
    is_fulltext_enabled bit?, is_trustworthy_on bit?, is_db_chaining_on bit?, is_parameterization_forced bit?, is_master_key_encrypted_by_server bit,
    is_query_store_on bit?, is_published bit, is_subscribed bit, is_merge_published bit, is_distributor bit, is_sync_with_backup bit, service_broker_guid uniqueidentifier,
    is_broker_enabled bit, log_reuse_wait tinyint?, log_reuse_wait_desc desc?, is_date_correlation_on bit, is_cdc_enabled bit, is_encrypted bit?,
    is_honor_broker_priority_on bit?, replica_id uniqueidentifier?, group_database_id uniqueidentifier?, resource_pool_id int?, default_language_lcid smallint?,
    default_language_name nvarchar(128)?, default_fulltext_language_lcid int?, default_fulltext_language_name nvarchar(128)?, is_nested_triggers_on bit?,
    is_transform_noise_words_on bit?, two_digit_year_cutoff smallint?, containment tinyint?, containment_desc desc?, target_recovery_time_in_seconds int?,
    delayed_durability int?, delayed_durability_desc desc?, is_memory_optimized_elevate_to_snapshot_on bit?, is_federation_member bit?,
    is_remote_data_archive_enabled bit?, is_mixed_page_allocation_on bit?, is_temporal_history_retention_enabled bit?, catalog_collation_type int,
    catalog_collation_type_desc desc?, physical_database_name nvarchar(128)?, is_result_set_caching_on bit?, is_accelerated_database_recovery_on bit?,
    is_tempdb_spill_to_remote_store bit?, is_stale_page_detection_on bit?, is_memory_optimized_enabled bit?, is_data_retention_on bit? @2022, is_ledger_on bit? @2022,
    is_change_feed_enabled bit? @2022, is_data_lake_replication_enabled bit? @2025, is_event_stream_enabled bit? @2025, is_optimized_locking_on bit? @2025`,
    function* (reader) {
      for (const database of visibleDatabases(reader)) yield databaseRow(database);
    },
  ),
  view(
    "database_query_store_options",
    "system-catalog-views/sys-database-query-store-options-transact-sql",
    `desired_state smallint, desired_state_desc desc?, actual_state smallint, actual_state_desc desc?, readonly_reason int?, current_storage_size_mb bigint?,
    flush_interval_seconds bigint?, interval_length_minutes bigint?, max_storage_size_mb bigint?, stale_query_threshold_days bigint?, max_plans_per_query bigint?,
    query_capture_mode smallint, query_capture_mode_desc desc?, capture_policy_execution_count int?, capture_policy_total_compile_cpu_time_ms bigint?,
    capture_policy_total_execution_cpu_time_ms bigint?, capture_policy_stale_threshold_hours int?, size_based_cleanup_mode smallint, size_based_cleanup_mode_desc desc?,
    wait_stats_capture_mode smallint, wait_stats_capture_mode_desc desc?, actual_state_additional_info nvarchar(4000)?`,
    function* ({ session, database }) {
      const permission = session.server.version === "2019" ? "VIEW DATABASE STATE" : "VIEW DATABASE PERFORMANCE STATE";
      session.demand(permission, { kind: "database", database });
      yield queryStoreRow(database);
    },
  ),
  view(
    "database_scoped_configurations",
    "system-catalog-views/sys-database-scoped-configurations-transact-sql",
    "configuration_id int, name nvarchar(60), value sql_variant?, value_for_secondary sql_variant?, is_value_default bit?",
    scopedConfigurationRows,
  ),
  view(
    "change_tracking_databases",
    "system-catalog-views/change-tracking-catalog-views-sys-change-tracking-databases",
    "database_id int, is_auto_cleanup_on bit?, retention_period int?, retention_period_units tinyint?, retention_period_units_desc desc?, max_cleanup_version bigint?",
    function* (reader) {
      for (const database of visibleDatabases(reader)) {
        const tracking = database.options.changeTracking;
        if (tracking)
          yield [
            database.id,
            bit(tracking.autoCleanup),
            tracking.retentionPeriod,
            place(units, tracking.retentionUnit, 1),
            tracking.retentionUnit,
            null,
          ];
      }
    },
  ),
  view(
    "change_tracking_tables",
    "system-catalog-views/change-tracking-catalog-views-sys-change-tracking-tables",
    "object_id int, is_track_columns_updated_on bit, min_valid_version bigint?, begin_version bigint?, cleanup_version bigint?",
    function* ({ database, visible }) {
      for (const object of database.objects.values())
        if (object.type === "U" && object.changeTracking && visible.object(object))
          yield [object.id, bit(object.changeTracking.trackColumnsUpdated), 0n, 0n, 0n];
    },
  ),
  view(
    "database_recovery_status",
    "system-catalog-views/sys-database-recovery-status-transact-sql",
    `database_id int, database_guid uniqueidentifier?, family_guid uniqueidentifier?, last_log_backup_lsn numeric(25,0)?, recovery_fork_guid uniqueidentifier?,
    first_recovery_fork_guid uniqueidentifier?, fork_point_lsn numeric(25,0)?`,
    function* (reader) {
      for (const { id, options, guid: own } of visibleDatabases(reader)) {
        const guid = options.state === "OFFLINE" ? null : own;
        yield [id, guid, guid, null, guid, guid, null];
      }
    },
  ),
  view(
    "database_mirroring",
    "system-catalog-views/sys-database-mirroring-transact-sql",
    `database_id int, mirroring_guid uniqueidentifier?, mirroring_state tinyint?, mirroring_state_desc desc?, mirroring_role tinyint?, mirroring_role_desc desc?,
    mirroring_role_sequence int?, mirroring_safety_level tinyint?, mirroring_safety_level_desc desc?, mirroring_safety_sequence int?, mirroring_partner_name nvarchar(128)?,
    mirroring_partner_instance nvarchar(128)?, mirroring_witness_name nvarchar(128)?, mirroring_witness_state tinyint?, mirroring_witness_state_desc desc?,
    mirroring_failover_lsn numeric(25,0)?, mirroring_connection_timeout int?, mirroring_redo_queue int?, mirroring_redo_queue_type desc?,
    mirroring_end_of_log_lsn numeric(25,0)?, mirroring_replication_lsn numeric(25,0)?`,
    function* (reader) {
      for (const { id } of visibleDatabases(reader)) yield [id, ...new Array<SqlValue>(20).fill(null)];
    },
  ),
  emptyView(
    "database_automatic_tuning_options",
    "system-catalog-views/sys-database-automatic-tuning-options-transact-sql",
    "name nvarchar(128), desired_state smallint, desired_state_desc desc?, actual_state smallint, actual_state_desc desc?, reason smallint, reason_desc desc?",
  ),
];
