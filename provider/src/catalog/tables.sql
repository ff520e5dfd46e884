-- User tables with the properties that stand on the table itself.
-- https://learn.microsoft.com/sql/relational-databases/system-catalog-views/sys-tables-transact-sql
SELECT
  t.object_id AS objectId,
  s.name AS schemaName,
  t.name,
  CONVERT(int, t.temporal_type) AS temporalType,
  hs.name AS historySchema,
  h.name AS historyName,
  t.history_table_id AS historyTableId,
  t.history_retention_period AS historyRetentionPeriod,
  t.history_retention_period_unit_desc AS historyRetentionUnit,
  period.start_column_id AS periodStartColumnId,
  period.end_column_id AS periodEndColumnId,
  t.is_memory_optimized AS isMemoryOptimized,
  CONVERT(int, t.durability) AS durability,
  t.is_node AS isNode,
  t.is_edge AS isEdge,
  t.is_external AS isExternal,
  t.is_filetable AS isFiletable,
  t.lock_escalation_desc AS lockEscalation,
  lob.name AS lobDataSpace,
  fs.name AS filestreamDataSpace,
  t.is_replicated AS isReplicated,
  t.is_tracked_by_cdc AS isTrackedByCdc,
  COALESCE(p.row_count, 0) AS rows
FROM sys.tables AS t
INNER JOIN sys.schemas AS s ON s.schema_id = t.schema_id
LEFT JOIN sys.tables AS h ON h.object_id = t.history_table_id
LEFT JOIN sys.schemas AS hs ON hs.schema_id = h.schema_id
LEFT JOIN sys.periods AS period ON period.object_id = t.object_id
LEFT JOIN sys.data_spaces AS lob ON lob.data_space_id = t.lob_data_space_id
LEFT JOIN sys.data_spaces AS fs ON fs.data_space_id = t.filestream_data_space_id
LEFT JOIN (SELECT object_id, SUM(rows) AS row_count FROM sys.partitions WHERE index_id < 2 GROUP BY object_id) AS p ON p.object_id = t.object_id
WHERE t.is_ms_shipped = 0;
