-- Query Store of this database. One row; none where the server has no Query Store for it.
-- https://learn.microsoft.com/sql/relational-databases/system-catalog-views/sys-database-query-store-options-transact-sql
SELECT
  o.desired_state_desc AS desiredState,
  o.flush_interval_seconds AS flushIntervalSeconds,
  o.interval_length_minutes AS intervalLengthMinutes,
  o.max_storage_size_mb AS maxStorageSizeMb,
  o.stale_query_threshold_days AS staleQueryThresholdDays,
  o.max_plans_per_query AS maxPlansPerQuery,
  o.query_capture_mode_desc AS captureMode,
  o.size_based_cleanup_mode_desc AS sizeBasedCleanup,
  CONVERT(bit, o.wait_stats_capture_mode) AS isWaitStatisticsCapture
FROM sys.database_query_store_options AS o;
