-- Query Store of this database. One row; none where the server has no Query Store for it, and none for who may not see it.
-- https://learn.microsoft.com/sql/relational-databases/system-catalog-views/sys-database-query-store-options-transact-sql
-- Its right is a part of VIEW DATABASE STATE from SQL Server 2022 on.
IF COALESCE(
  HAS_PERMS_BY_NAME(QUOTENAME(DB_NAME()), N'DATABASE', N'VIEW DATABASE PERFORMANCE STATE'),
  HAS_PERMS_BY_NAME(QUOTENAME(DB_NAME()), N'DATABASE', N'VIEW DATABASE STATE')) = 1
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
ELSE
  SELECT TOP (0) N'' AS desiredState, 0 AS flushIntervalSeconds, 0 AS intervalLengthMinutes, 0 AS maxStorageSizeMb, 0 AS staleQueryThresholdDays,
    0 AS maxPlansPerQuery, N'' AS captureMode, N'' AS sizeBasedCleanup, CONVERT(bit, 0) AS isWaitStatisticsCapture;
