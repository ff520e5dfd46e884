-- A filegroup and its file get new names.
-- old inputs:
-- {
--   "server": "hart-server",
--   "owner": "shop/dev/Filegroup/archive",
--   "database": "sales",
--   "name": "old",
--   "files": [
--     {
--       "name": "old1"
--     }
--   ]
-- }
-- new inputs:
-- {
--   "server": "hart-server",
--   "owner": "shop/dev/Filegroup/archive",
--   "database": "sales",
--   "name": "archive",
--   "renamedFrom": "old",
--   "files": [
--     {
--       "name": "archive1",
--       "renamedFrom": "old1"
--     }
--   ]
-- }

USE [master];
GO

-- rename filegroup old to archive (outside a transaction)
ALTER DATABASE [sales] MODIFY FILEGROUP [old] NAME = [archive];
GO

-- rename file old1 to archive1 (outside a transaction)
ALTER DATABASE [sales] MODIFY FILE (NAME = N'old1', NEWNAME = N'archive1');
GO
