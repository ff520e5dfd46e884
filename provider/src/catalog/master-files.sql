-- Files of all databases that the login can see, open or not.
-- https://learn.microsoft.com/sql/relational-databases/system-catalog-views/sys-master-files-transact-sql
SELECT
  f.database_id AS databaseId,
  f.file_id AS fileId,
  CONVERT(int, f.type) AS type,
  f.data_space_id AS dataSpaceId,
  f.name,
  f.physical_name AS physicalName,
  f.state_desc AS state,
  f.size AS sizePages,
  f.max_size AS maxSizePages,
  f.growth,
  f.is_percent_growth AS isPercentGrowth
FROM sys.master_files AS f;
