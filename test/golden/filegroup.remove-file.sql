-- The second file goes; its pages move to the first.
-- old inputs:
-- {
--   "server": "hart-server",
--   "owner": "shop/dev/Filegroup/archive",
--   "database": "sales",
--   "name": "archive",
--   "files": [
--     {
--       "name": "archive1"
--     },
--     {
--       "name": "archive2"
--     }
--   ]
-- }
-- new inputs:
-- {
--   "server": "hart-server",
--   "owner": "shop/dev/Filegroup/archive",
--   "database": "sales",
--   "name": "archive",
--   "files": [
--     {
--       "name": "archive1"
--     }
--   ]
-- }
-- note: After its removal the names of file "archive2" stay reserved until the next log backup.

USE [sales];
GO

-- empty file archive2 (outside a transaction)
-- hazard table-rewrite:archive.archive2: moves every page of the file to the other files of filegroup "archive", which holds table dbo.Orders
DBCC SHRINKFILE (N'archive2', EMPTYFILE) WITH NO_INFOMSGS;
GO

USE [master];
GO

-- remove file archive2 (outside a transaction)
ALTER DATABASE [sales] REMOVE FILE [archive2];
GO
