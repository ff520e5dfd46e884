-- Files of PRIMARY and the log change.
-- old inputs:
-- {
--   "server": "hart-server",
--   "owner": "shop/dev/Database/sales",
--   "name": "sales",
--   "files": [
--     {
--       "name": "sales"
--     },
--     {
--       "name": "sales2"
--     }
--   ],
--   "logFiles": [
--     {
--       "name": "sales_log"
--     }
--   ]
-- }
-- new inputs:
-- {
--   "server": "hart-server",
--   "owner": "shop/dev/Database/sales",
--   "name": "sales",
--   "files": [
--     {
--       "name": "main",
--       "renamedFrom": "sales",
--       "sizeMb": 200,
--       "growthPercent": 5
--     },
--     {
--       "name": "sales3",
--       "sizeMb": 50
--     }
--   ],
--   "logFiles": [
--     {
--       "name": "sales_log",
--       "maxSizeMb": 5000
--     }
--   ]
-- }
-- note: After its removal the names of file "sales2" stay reserved until the next log backup.

USE [master];
GO

-- rename file sales to main (outside a transaction)
ALTER DATABASE [sales] MODIFY FILE (NAME = N'sales', NEWNAME = N'main');
GO

-- change file main (outside a transaction)
ALTER DATABASE [sales] MODIFY FILE (NAME = N'main', SIZE = 200MB);
GO

-- change file main (outside a transaction)
ALTER DATABASE [sales] MODIFY FILE (NAME = N'main', FILEGROWTH = 5%);
GO

-- add file sales3 (outside a transaction)
ALTER DATABASE [sales] ADD FILE (NAME = N'sales3', FILENAME = N'C:\Data\sales3.ndf', SIZE = 50MB) TO FILEGROUP [PRIMARY];
GO

USE [sales];
GO

-- empty file sales2 (outside a transaction)
-- hazard table-rewrite:PRIMARY.sales2: moves every page of the file to the other files of filegroup "PRIMARY", which holds the system tables and whatever lies in PRIMARY
DBCC SHRINKFILE (N'sales2', EMPTYFILE) WITH NO_INFOMSGS;
GO

USE [master];
GO

-- remove file sales2 (outside a transaction)
ALTER DATABASE [sales] REMOVE FILE [sales2];
GO

-- change file sales_log (outside a transaction)
ALTER DATABASE [sales] MODIFY FILE (NAME = N'sales_log', MAXSIZE = 5000MB);
GO
