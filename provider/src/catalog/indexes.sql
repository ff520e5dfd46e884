-- Indexes, keys and heaps of user tables and indexed views: one row for each index column, one for an index without columns.
-- https://learn.microsoft.com/sql/relational-databases/system-catalog-views/sys-indexes-transact-sql
SELECT
  i.object_id AS tableId,
  i.index_id AS indexId,
  i.name,
  CONVERT(int, i.type) AS type,
  i.is_unique AS isUnique,
  i.is_primary_key AS isPrimaryKey,
  i.is_unique_constraint AS isUniqueConstraint,
  i.is_disabled AS isDisabled,
  k.is_system_named AS isSystemNamed,
  CONVERT(int, i.fill_factor) AS [fillFactor],
  i.is_padded AS isPadded,
  i.ignore_dup_key AS ignoreDupKey,
  i.allow_row_locks AS allowRowLocks,
  i.allow_page_locks AS allowPageLocks,
  i.filter_definition AS filterDefinition,
  i.compression_delay AS compressionDelay,
  ds.name AS dataSpace,
  ds.type AS dataSpaceType,
  COALESCE(p.partition_count, 1) AS partitionCount,
  p.compression_low AS compressionLow,
  p.compression_high AS compressionHigh,
  COALESCE(p.row_count, 0) AS rows,
  ic.column_id AS columnId,
  c.name AS columnName,
  CONVERT(int, ic.key_ordinal) AS keyOrdinal,
  CONVERT(int, ic.partition_ordinal) AS partitionOrdinal,
  ic.is_descending_key AS isDescending,
  ic.is_included_column AS isIncluded,
  ic.index_column_id AS indexColumnId,
  CONVERT(int, ic.columnstore_order) AS columnstoreOrder
FROM sys.indexes AS i
INNER JOIN sys.objects AS o ON o.object_id = i.object_id
LEFT JOIN sys.key_constraints AS k ON k.parent_object_id = i.object_id AND k.unique_index_id = i.index_id
LEFT JOIN sys.data_spaces AS ds ON ds.data_space_id = i.data_space_id
LEFT JOIN (
  SELECT object_id, index_id, COUNT(*) AS partition_count, SUM(rows) AS row_count,
         MIN(data_compression_desc) AS compression_low, MAX(data_compression_desc) AS compression_high
  FROM sys.partitions
  GROUP BY object_id, index_id
) AS p ON p.object_id = i.object_id AND p.index_id = i.index_id
LEFT JOIN (
  SELECT x.object_id, x.index_id, x.column_id, x.key_ordinal, x.partition_ordinal, x.is_descending_key, x.is_included_column, x.index_column_id, x.columnstore_order
  -- SQL Server 2019 has no column_store_order_ordinal: the name without a table then means the one in this row.
  FROM (SELECT CONVERT(tinyint, 0) AS column_store_order_ordinal) AS older
  CROSS APPLY (SELECT y.*, column_store_order_ordinal AS columnstore_order FROM sys.index_columns AS y) AS x
) AS ic ON ic.object_id = i.object_id AND ic.index_id = i.index_id
LEFT JOIN sys.columns AS c ON c.object_id = ic.object_id AND c.column_id = ic.column_id
WHERE o.type IN ('U', 'V') AND o.is_ms_shipped = 0 AND i.is_hypothetical = 0
ORDER BY i.object_id, i.index_id, ic.index_column_id;
