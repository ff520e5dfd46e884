-- A FILESTREAM filegroup with one container.
-- new inputs:
-- {
--   "server": "hart-server",
--   "owner": "shop/dev/Filegroup/archive",
--   "database": "sales",
--   "name": "archive",
--   "contains": "filestream",
--   "files": [
--     {
--       "name": "documents"
--     }
--   ]
-- }

USE [master];
GO

-- add filegroup archive (outside a transaction)
ALTER DATABASE [sales] ADD FILEGROUP [archive] CONTAINS FILESTREAM;
GO

-- add file documents (outside a transaction)
ALTER DATABASE [sales] ADD FILE (NAME = N'documents', FILENAME = N'C:\Data\sales_documents') TO FILEGROUP [archive];
GO
