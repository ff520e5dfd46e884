-- The memory-optimized filegroup.
-- new inputs:
-- {
--   "server": "hart-server",
--   "owner": "shop/dev/Filegroup/archive",
--   "database": "sales",
--   "name": "archive",
--   "contains": "memory-optimized",
--   "files": [
--     {
--       "name": "memory1"
--     }
--   ]
-- }

USE [master];
GO

-- add filegroup archive (outside a transaction)
ALTER DATABASE [sales] ADD FILEGROUP [archive] CONTAINS MEMORY_OPTIMIZED_DATA;
GO

-- add file memory1 (outside a transaction)
ALTER DATABASE [sales] ADD FILE (NAME = N'memory1', FILENAME = N'C:\Data\sales_memory1') TO FILEGROUP [archive];
GO
