-- A filegroup with two files that grow together; then it is closed.
-- new inputs:
-- {
--   "server": "hart-server",
--   "owner": "shop/dev/Filegroup/archive",
--   "database": "sales",
--   "name": "archive",
--   "files": [
--     {
--       "name": "archive1",
--       "sizeMb": 512,
--       "growthMb": 128,
--       "maxSizeMb": "unlimited"
--     },
--     {
--       "name": "archive2",
--       "path": "E:\\Archive\\two.ndf",
--       "growthPercent": 10
--     }
--   ],
--   "isDefault": true,
--   "readOnly": true,
--   "autogrowAllFiles": true
-- }

USE [master];
GO

-- add filegroup archive (outside a transaction)
ALTER DATABASE [sales] ADD FILEGROUP [archive];
GO

-- add file archive1 (outside a transaction)
ALTER DATABASE [sales] ADD FILE (NAME = N'archive1', FILENAME = N'C:\Data\sales_archive1.ndf', SIZE = 512MB, MAXSIZE = UNLIMITED, FILEGROWTH = 128MB) TO FILEGROUP [archive];
GO

-- add file archive2 (outside a transaction)
ALTER DATABASE [sales] ADD FILE (NAME = N'archive2', FILENAME = N'E:\Archive\two.ndf', FILEGROWTH = 10%) TO FILEGROUP [archive];
GO

-- make archive the default filegroup (outside a transaction)
ALTER DATABASE [sales] MODIFY FILEGROUP [archive] DEFAULT;
GO

-- set filegroup archive AUTOGROW_ALL_FILES (outside a transaction)
-- hazard long-lock:sales: AUTOGROW_ALL_FILES needs the database for itself and fails at once while other sessions use it (disconnectSessionsAfterSeconds sends them away)
ALTER DATABASE [sales] MODIFY FILEGROUP [archive] AUTOGROW_ALL_FILES WITH NO_WAIT;
GO

-- set filegroup archive READ_ONLY (outside a transaction)
-- hazard long-lock:sales: READ_ONLY needs the database for itself and fails at once while other sessions use it (disconnectSessionsAfterSeconds sends them away)
ALTER DATABASE [sales] MODIFY FILEGROUP [archive] READ_ONLY WITH NO_WAIT;
GO
