/** Features that the twin's model cannot hold: their statements are refused, so these views have the right columns and never a row. */
import { emptyView, view, type ViewDefinition } from "../view";
import { isTable, OBJECT_COLUMNS, ofType } from "./objects";

export const featureViews: readonly ViewDefinition[] = [
  // Temporal and edge constraints: reference sheet "tables and indexes" 2.5 and 1.9.
  view(
    "periods",
    "system-catalog-views/sys-periods-transact-sql",
    "name sysname?, period_type tinyint?, period_type_desc desc?, object_id int, start_column_id int, end_column_id int",
    function* (reader) {
      for (const table of ofType(reader, isTable))
        if (table.period)
          yield [
            "SYSTEM_TIME",
            1,
            "SYSTEM_TIME_PERIOD",
            table.id,
            table.period.startColumnId,
            table.period.endColumnId,
          ];
    },
  ),
  emptyView(
    "edge_constraints",
    "system-catalog-views/sys-edge-constraints-transact-sql",
    `${OBJECT_COLUMNS}, is_disabled bit, is_not_trusted bit, is_system_named bit, delete_referential_action tinyint?, delete_referential_action_desc desc?`,
  ),
  emptyView(
    "edge_constraint_clauses",
    "system-catalog-views/sys-edge-constraint-clauses-transact-sql",
    "object_id int, clause_number int, from_object_id int, to_object_id int",
  ),

  // Keys, certificates, signatures: reference sheet "security" 7 and 8.
  emptyView(
    "symmetric_keys",
    "system-catalog-views/sys-symmetric-keys-transact-sql",
    `name sysname, principal_id int?, symmetric_key_id int, key_length int, key_algorithm code(2), algorithm_desc desc?, create_date datetime, modify_date datetime,
    key_guid uniqueidentifier?, key_thumbprint sql_variant?, provider_type nvarchar(120)?, cryptographic_provider_guid uniqueidentifier?,
    cryptographic_provider_algid sql_variant?`,
  ),
  emptyView(
    "certificates",
    "system-catalog-views/sys-certificates-transact-sql",
    `name sysname, certificate_id int, principal_id int?, pvt_key_encryption_type code(2), pvt_key_encryption_type_desc desc?, is_active_for_begin_dialog bit?,
    issuer_name nvarchar(442)?, cert_serial_number nvarchar(64)?, sid varbinary(85)?, string_sid nvarchar(128)?, subject nvarchar(4000)?, expiry_date datetime?,
    start_date datetime?, thumbprint varbinary(32), attested_by nvarchar(260)?, pvt_key_last_backup_date datetime?`,
  ),
  emptyView(
    "crypt_properties",
    "system-catalog-views/sys-crypt-properties-transact-sql",
    "class tinyint, class_desc desc?, major_id int, thumbprint varbinary(32), crypt_type code(4), crypt_type_desc desc?, crypt_property varbinary(max)",
  ),
  emptyView(
    "security_policies",
    "system-catalog-views/sys-security-policies-transact-sql",
    `${OBJECT_COLUMNS}, is_enabled bit?, is_not_for_replication bit, uses_database_collation bit?, is_schema_bound bit`,
  ),
  emptyView(
    "security_predicates",
    "system-catalog-views/sys-security-predicates-transact-sql",
    `object_id int, security_predicate_id int, target_object_id int, predicate_definition nvarchar(max)?, predicate_type int?, predicate_type_desc desc?, operation int?,
    operation_desc desc?`,
  ),

  // Full text and XML: reference sheets "security" 14 and "tables and indexes" 7.
  emptyView(
    "fulltext_catalogs",
    "system-catalog-views/sys-fulltext-catalogs-transact-sql",
    `fulltext_catalog_id int, name sysname, path nvarchar(260)?, is_default bit, is_accent_sensitivity_on bit, data_space_id int?, file_id int?, principal_id int?,
    is_importing bit`,
  ),
  emptyView(
    "fulltext_indexes",
    "system-catalog-views/sys-fulltext-indexes-transact-sql",
    `object_id int, unique_index_id int, fulltext_catalog_id int?, is_enabled bit, change_tracking_state code(1)?, change_tracking_state_desc desc?,
    has_crawl_completed bit, crawl_type code(1), crawl_type_desc desc?, crawl_start_date datetime?, crawl_end_date datetime?, incremental_timestamp binary(8)?,
    stoplist_id int?, data_space_id int, property_list_id int?`,
  ),
  emptyView(
    "fulltext_index_columns",
    "system-catalog-views/sys-fulltext-index-columns-transact-sql",
    "object_id int, column_id int, type_column_id int?, language_id int, statistical_semantics int",
  ),
  emptyView(
    "fulltext_stoplists",
    "system-catalog-views/sys-fulltext-stoplists-transact-sql",
    "stoplist_id int, name sysname, create_date datetime, modify_date datetime, principal_id int?",
  ),
  emptyView(
    "xml_schema_collections",
    "system-catalog-views/sys-xml-schema-collections-transact-sql",
    "xml_collection_id int, schema_id int, principal_id int?, name sysname, create_date datetime, modify_date datetime",
  ),

  emptyView(
    "external_data_sources",
    "system-catalog-views/sys-external-data-sources-transact-sql",
    `data_source_id int, name sysname, location nvarchar(4000), type_desc nvarchar(255)?, type tinyint, resource_manager_location nvarchar(4000)?, credential_id int,
    database_name sysname?, shard_map_name sysname?, connection_options nvarchar(4000)?, pushdown nvarchar(256)?`,
  ),
  emptyView(
    "event_notifications",
    "system-catalog-views/sys-event-notifications-transact-sql",
    `name sysname, object_id int, parent_class tinyint, parent_class_desc desc?, parent_id int, create_date datetime, modify_date datetime, service_name nvarchar(256)?,
    broker_instance nvarchar(128)?, creator_sid varbinary(85)?, principal_id int?`,
  ),
  emptyView(
    "plan_guides",
    "system-catalog-views/sys-plan-guides-transact-sql",
    `plan_guide_id int, name sysname, create_date datetime, modify_date datetime, is_disabled bit, query_text nvarchar(max)?, scope_type tinyint, scope_type_desc desc?,
    scope_object_id int?, scope_batch nvarchar(max)?, parameters nvarchar(max)?, hints nvarchar(max)?`,
  ),
  emptyView(
    "numbered_procedures",
    "system-catalog-views/sys-numbered-procedures-transact-sql",
    "object_id int, procedure_number smallint, definition nvarchar(max)?",
  ),
  emptyView(
    "server_triggers",
    "system-catalog-views/sys-server-triggers-transact-sql",
    `name sysname, object_id int, parent_class tinyint, parent_class_desc desc?, parent_id int, type code(2), type_desc desc?, create_date datetime, modify_date datetime,
    is_ms_shipped bit, is_disabled bit`,
  ),
];
