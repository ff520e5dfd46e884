-- Filegroups and files: one row for each file, one for a filegroup without files. Log files have no filegroup.
-- https://learn.microsoft.com/sql/relational-databases/system-catalog-views/sys-database-files-transact-sql
SELECT
  g.data_space_id AS dataSpaceId,
  g.name AS filegroupName,
  RTRIM(g.type) AS filegroupType,
  g.is_default AS isDefault,
  g.is_read_only AS isReadOnly,
  g.is_autogrow_all_files AS isAutogrowAllFiles,
  f.file_id AS fileId,
  f.name AS fileName,
  f.physical_name AS physicalName,
  CONVERT(int, f.type) AS fileType,
  f.size AS sizePages,
  f.max_size AS maxSizePages,
  f.growth,
  f.is_percent_growth AS isPercentGrowth,
  f.state_desc AS fileState
FROM sys.filegroups AS g
FULL OUTER JOIN sys.database_files AS f ON f.data_space_id = g.data_space_id
ORDER BY g.data_space_id, f.file_id;
