-- Partition schemes, one row for each partition with its filegroup and how many rows of tables lie in it.
-- The filegroup after the last partition is the one that the next SPLIT takes.
-- https://learn.microsoft.com/sql/relational-databases/system-catalog-views/sys-partition-schemes-transact-sql
SELECT
  s.data_space_id AS dataSpaceId,
  s.name,
  s.function_id AS functionId,
  d.destination_id AS partitionNumber,
  g.name AS filegroup,
  COALESCE(p.row_count, 0) AS rows
FROM sys.partition_schemes AS s
INNER JOIN sys.destination_data_spaces AS d ON d.partition_scheme_id = s.data_space_id
INNER JOIN sys.data_spaces AS g ON g.data_space_id = d.data_space_id
LEFT JOIN (
  SELECT i.data_space_id, x.partition_number, SUM(x.rows) AS row_count
  FROM sys.partitions AS x
  INNER JOIN sys.indexes AS i ON i.object_id = x.object_id AND i.index_id = x.index_id
  WHERE i.index_id < 2
  GROUP BY i.data_space_id, x.partition_number
) AS p ON p.data_space_id = s.data_space_id AND p.partition_number = d.destination_id
ORDER BY s.data_space_id, d.destination_id;
