/**
 * The catalog of a database as text without ids and times, by queries of the tests' own: what two ways to the same schema
 * must agree on, and what a delete must leave as it was.
 */
import type { Deployment } from "./deployment";

const queries: Record<string, string> = {
  schemas:
    "SELECT s.name, USER_NAME(s.principal_id) AS owner FROM sys.schemas AS s WHERE s.schema_id BETWEEN 5 AND 16383 AND s.name <> N'iac'",
  objects:
    "SELECT SCHEMA_NAME(o.schema_id) AS schemaName, CASE WHEN o.parent_object_id = 0 THEN o.name ELSE OBJECT_NAME(o.parent_object_id) + N'/' + o.name END AS name, o.type_desc AS type FROM sys.objects AS o WHERE o.is_ms_shipped = 0 AND o.type <> 'TT' AND NOT (o.type = 'D' AND EXISTS (SELECT * FROM sys.tables AS h WHERE h.object_id = o.parent_object_id AND h.temporal_type = 1)) AND SCHEMA_NAME(o.schema_id) <> N'sys' AND o.schema_id <> COALESCE(SCHEMA_ID(N'iac'), -1)",
  columns:
    "SELECT OBJECT_SCHEMA_NAME(c.object_id) AS schemaName, OBJECT_NAME(c.object_id) AS tableName, c.name, TYPE_NAME(c.user_type_id) AS type, c.max_length, c.precision, c.scale, c.collation_name, c.is_nullable, c.is_identity, c.is_computed, c.is_sparse, c.is_rowguidcol, c.generated_always_type, c.is_hidden, c.is_filestream, CASE WHEN t.temporal_type = 1 THEN NULL ELSE OBJECT_DEFINITION(c.default_object_id) END AS definition FROM sys.columns AS c INNER JOIN sys.tables AS t ON t.object_id = c.object_id WHERE t.schema_id <> COALESCE(SCHEMA_ID(N'iac'), -1)",
  // Where a column is added the engine gives the history table the default as well; it serves nothing and stays.
  temporal:
    "SELECT SCHEMA_NAME(t.schema_id) AS schemaName, t.name, t.temporal_type_desc AS type, OBJECT_NAME(t.history_table_id) AS history, t.history_retention_period, t.history_retention_period_unit_desc AS unit, COL_NAME(p.object_id, p.start_column_id) AS periodStart, COL_NAME(p.object_id, p.end_column_id) AS periodEnd FROM sys.tables AS t LEFT JOIN sys.periods AS p ON p.object_id = t.object_id WHERE t.temporal_type > 0 OR p.object_id IS NOT NULL",
  partitionFunctions:
    "SELECT f.name, f.boundary_value_on_right, TYPE_NAME(p.user_type_id) AS type, p.max_length, p.precision, p.scale, v.boundary_id, CONVERT(nvarchar(100), v.value, 126) AS value FROM sys.partition_functions AS f INNER JOIN sys.partition_parameters AS p ON p.function_id = f.function_id LEFT JOIN sys.partition_range_values AS v ON v.function_id = f.function_id",
  partitionSchemes:
    "SELECT s.name, f.name AS functionName, d.destination_id, g.name AS filegroup FROM sys.partition_schemes AS s INNER JOIN sys.partition_functions AS f ON f.function_id = s.function_id INNER JOIN sys.destination_data_spaces AS d ON d.partition_scheme_id = s.data_space_id AND d.destination_id <= f.fanout INNER JOIN sys.data_spaces AS g ON g.data_space_id = d.data_space_id",
  computed:
    "SELECT OBJECT_NAME(c.object_id) AS tableName, c.name, c.definition, c.is_persisted FROM sys.computed_columns AS c",
  checks:
    "SELECT OBJECT_NAME(c.parent_object_id) AS tableName, c.name, c.definition, c.is_not_trusted, c.is_disabled FROM sys.check_constraints AS c",
  indexes:
    "SELECT OBJECT_SCHEMA_NAME(i.object_id) AS schemaName, OBJECT_NAME(i.object_id) AS tableName, i.name, i.type_desc AS type, i.is_unique, i.is_primary_key, i.is_unique_constraint, i.fill_factor, i.is_padded, i.ignore_dup_key, i.allow_row_locks, i.allow_page_locks, i.filter_definition, i.compression_delay, s.name AS dataSpace, p.partition_number, p.data_compression_desc AS compression FROM sys.indexes AS i INNER JOIN sys.data_spaces AS s ON s.data_space_id = i.data_space_id INNER JOIN sys.tables AS t ON t.object_id = i.object_id INNER JOIN sys.partitions AS p ON p.object_id = i.object_id AND p.index_id = i.index_id WHERE t.schema_id <> COALESCE(SCHEMA_ID(N'iac'), -1)",
  indexColumns:
    "SELECT OBJECT_NAME(x.object_id) AS tableName, i.name AS indexName, COL_NAME(x.object_id, x.column_id) AS name, x.key_ordinal, x.is_descending_key, x.is_included_column, x.partition_ordinal FROM sys.index_columns AS x INNER JOIN sys.indexes AS i ON i.object_id = x.object_id AND i.index_id = x.index_id INNER JOIN sys.tables AS t ON t.object_id = x.object_id WHERE t.schema_id <> COALESCE(SCHEMA_ID(N'iac'), -1)",
  foreignKeys:
    "SELECT OBJECT_NAME(f.parent_object_id) AS tableName, f.name, OBJECT_NAME(f.referenced_object_id) AS referenced, f.delete_referential_action_desc AS onDelete, f.update_referential_action_desc AS onUpdate, f.is_not_trusted, f.is_disabled, COL_NAME(k.parent_object_id, k.parent_column_id) AS columnName, COL_NAME(k.referenced_object_id, k.referenced_column_id) AS referencedColumn, k.constraint_column_id AS ordinal FROM sys.foreign_keys AS f INNER JOIN sys.foreign_key_columns AS k ON k.constraint_object_id = f.object_id",
  modules:
    "SELECT OBJECT_SCHEMA_NAME(m.object_id) AS schemaName, OBJECT_NAME(m.object_id) AS name, m.definition, m.uses_ansi_nulls, m.uses_quoted_identifier, m.is_schema_bound FROM sys.sql_modules AS m",
  types:
    "SELECT SCHEMA_NAME(t.schema_id) AS schemaName, t.name, TYPE_NAME(t.system_type_id) AS base, t.max_length, t.is_nullable, t.is_table_type FROM sys.types AS t WHERE t.is_user_defined = 1",
  synonyms: "SELECT SCHEMA_NAME(s.schema_id) AS schemaName, s.name, s.base_object_name FROM sys.synonyms AS s",
  sequences:
    "SELECT SCHEMA_NAME(s.schema_id) AS schemaName, s.name, TYPE_NAME(s.user_type_id) AS type, CONVERT(varchar(40), s.start_value) AS start, CONVERT(varchar(40), s.increment) AS increment, s.is_cycling FROM sys.sequences AS s",
  filegroups:
    "SELECT f.name, f.type_desc AS type, f.is_default, f.is_read_only, f.is_autogrow_all_files FROM sys.filegroups AS f",
  files:
    "SELECT REPLACE(f.name, DB_NAME(), N'<database>') AS name, f.type_desc AS type, f.size, f.max_size, f.growth, f.is_percent_growth, FILEGROUP_NAME(f.data_space_id) AS filegroup FROM sys.database_files AS f",
  assemblies:
    "SELECT a.name, USER_NAME(a.principal_id) AS owner, a.clr_name, a.permission_set_desc, a.is_visible, f.file_id, CONVERT(varchar(128), HASHBYTES('SHA2_512', f.content), 2) AS hash FROM sys.assemblies AS a INNER JOIN sys.assembly_files AS f ON f.assembly_id = a.assembly_id WHERE a.is_user_defined = 1",
  assemblyModules:
    "SELECT OBJECT_SCHEMA_NAME(m.object_id) AS schemaName, OBJECT_NAME(m.object_id) AS name, a.name AS assembly, m.assembly_class, m.assembly_method, m.null_on_null_input, m.execute_as_principal_id FROM sys.assembly_modules AS m INNER JOIN sys.assemblies AS a ON a.assembly_id = m.assembly_id",
  assemblyTypes:
    "SELECT SCHEMA_NAME(t.schema_id) AS schemaName, t.name, a.name AS assembly, t.assembly_class FROM sys.assembly_types AS t INNER JOIN sys.assemblies AS a ON a.assembly_id = t.assembly_id WHERE a.is_user_defined = 1",
  assemblyParameters:
    "SELECT OBJECT_NAME(p.object_id) AS objectName, p.parameter_id, p.name, TYPE_NAME(p.user_type_id) AS type, p.max_length, p.is_output, p.has_default_value FROM sys.parameters AS p INNER JOIN sys.assembly_modules AS m ON m.object_id = p.object_id",
  permissions:
    "SELECT p.class_desc AS class, CASE p.class WHEN 1 THEN OBJECT_NAME(p.major_id) WHEN 3 THEN SCHEMA_NAME(p.major_id) END AS name, p.permission_name, p.state_desc AS state, USER_NAME(p.grantee_principal_id) AS grantee FROM sys.database_permissions AS p WHERE p.major_id >= 0",
  principals:
    "SELECT p.name, p.type_desc AS type, p.default_schema_name AS defaultSchema, p.authentication_type_desc AS authentication, USER_NAME(p.owning_principal_id) AS owner, CASE WHEN p.authentication_type_desc = 'INSTANCE' AND p.principal_id > 4 THEN SUSER_SNAME(p.sid) END AS login FROM sys.database_principals AS p WHERE p.is_fixed_role = 0",
  roleMembers:
    "SELECT USER_NAME(m.role_principal_id) AS role, USER_NAME(m.member_principal_id) AS member FROM sys.database_role_members AS m",
  permissionsInFull:
    "SELECT p.class_desc AS class, p.permission_name, p.state_desc AS state, USER_NAME(p.grantee_principal_id) AS grantee, USER_NAME(p.grantor_principal_id) AS grantor, CASE p.class WHEN 1 THEN OBJECT_NAME(p.major_id) WHEN 3 THEN SCHEMA_NAME(p.major_id) WHEN 4 THEN USER_NAME(p.major_id) END AS name, COL_NAME(p.major_id, p.minor_id) AS columnName FROM sys.database_permissions AS p WHERE p.major_id >= 0",
  messageTypes:
    "SELECT t.name, USER_NAME(t.principal_id) AS owner, t.validation FROM sys.service_message_types AS t WHERE t.message_type_id >= 65536",
  contracts:
    "SELECT c.name, USER_NAME(c.principal_id) AS owner, t.name AS messageType, u.is_sent_by_initiator, u.is_sent_by_target FROM sys.service_contracts AS c INNER JOIN sys.service_contract_message_usages AS u ON u.service_contract_id = c.service_contract_id INNER JOIN sys.service_message_types AS t ON t.message_type_id = u.message_type_id WHERE c.service_contract_id >= 65536",
  queues:
    "SELECT SCHEMA_NAME(q.schema_id) AS schemaName, q.name, USER_NAME(q.principal_id) AS owner, q.max_readers, REPLACE(q.activation_procedure, QUOTENAME(DB_NAME()), N'<database>') AS activationProcedure, CASE q.execute_as_principal_id WHEN -2 THEN N'OWNER' ELSE USER_NAME(q.execute_as_principal_id) END AS executeAs, q.is_activation_enabled, q.is_receive_enabled, q.is_enqueue_enabled, q.is_retention_enabled, q.is_poison_message_handling_enabled FROM sys.service_queues AS q WHERE q.is_ms_shipped = 0",
  services:
    "SELECT s.name, USER_NAME(s.principal_id) AS owner, OBJECT_NAME(s.service_queue_id) AS queue, c.name AS contract FROM sys.services AS s LEFT JOIN sys.service_contract_usages AS u ON u.service_id = s.service_id LEFT JOIN sys.service_contracts AS c ON c.service_contract_id = u.service_contract_id WHERE s.service_id >= 65536",
  routes:
    "SELECT r.name, USER_NAME(r.principal_id) AS owner, r.remote_service_name, r.broker_instance, CONVERT(date, DATEADD(HOUR, 1, r.lifetime)) AS expires, r.address, r.mirror_address FROM sys.routes AS r",
  bindings:
    "SELECT b.name, USER_NAME(b.principal_id) AS owner, b.remote_service_name, USER_NAME(b.remote_principal_id) AS [user], b.is_anonymous_on FROM sys.remote_service_bindings AS b",
  priorities:
    "SELECT p.name, c.name AS contract, s.name AS localService, p.remote_service_name, p.priority FROM sys.conversation_priorities AS p LEFT JOIN sys.service_contracts AS c ON c.service_contract_id = p.service_contract_id LEFT JOIN sys.services AS s ON s.service_id = p.local_service_id",
};

/** One line per row, sorted: the order of a catalog is nobody's business. */
export async function dumpCatalog(deployment: Deployment, database: string): Promise<string[]> {
  const names = Object.keys(queries);
  const answers = await deployment.ask(Object.values(queries), database);
  return answers.flatMap((rows, i) => rows.map((row) => `${names[i]!} ${JSON.stringify(row)}`)).sort();
}

/** The rows of a database in the server's catalog, without ids, times and its own name. */
export async function dumpServer(deployment: Deployment, name: string): Promise<string[]> {
  const plain = (value: unknown): string =>
    JSON.stringify(value).replaceAll(JSON.stringify(name).slice(1, -1), "<database>");
  const at = `N'${name.replaceAll("'", "''")}'`;
  const rows = await deployment.sql(
    `SELECT d.name, SUSER_SNAME(d.owner_sid) AS owner, d.compatibility_level, d.collation_name, d.user_access_desc, d.is_read_only, d.is_auto_close_on, d.is_auto_shrink_on, d.state_desc, d.snapshot_isolation_state_desc, d.is_read_committed_snapshot_on, d.recovery_model_desc, d.page_verify_option_desc, d.is_auto_create_stats_on, d.is_auto_create_stats_incremental_on, d.is_auto_update_stats_on, d.is_auto_update_stats_async_on, d.is_trustworthy_on, d.is_db_chaining_on, d.is_query_store_on, d.is_broker_enabled, d.is_honor_broker_priority_on, d.containment_desc, d.target_recovery_time_in_seconds, d.delayed_durability_desc, d.is_accelerated_database_recovery_on FROM sys.databases AS d WHERE d.name = ${at}`,
  );
  const places = await deployment.sql(
    `SELECT f.name, f.type_desc, f.physical_name, f.size, f.max_size, f.growth, f.is_percent_growth, f.state_desc FROM sys.master_files AS f WHERE f.database_id = DB_ID(${at})`,
  );
  const store = await deployment.sql(
    "SELECT q.desired_state_desc, q.flush_interval_seconds, q.interval_length_minutes, q.max_storage_size_mb, q.stale_query_threshold_days, q.max_plans_per_query, q.query_capture_mode_desc, q.size_based_cleanup_mode_desc, q.wait_stats_capture_mode_desc FROM sys.database_query_store_options AS q",
    name,
  );
  return [...rows, ...places, ...store].map(plain).sort();
}
