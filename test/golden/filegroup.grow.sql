-- A file grows and gets a higher ceiling.
-- old inputs:
-- {
--   "server": "hart-server",
--   "owner": "shop/dev/Filegroup/archive",
--   "database": "sales",
--   "name": "archive",
--   "files": [
--     {
--       "name": "archive1",
--       "sizeMb": 100,
--       "growthMb": 64,
--       "maxSizeMb": 100
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
--       "name": "archive1",
--       "sizeMb": 400,
--       "growthPercent": 10,
--       "maxSizeMb": 800
--     }
--   ]
-- }

USE [master];
GO

-- change file archive1 (outside a transaction)
ALTER DATABASE [sales] MODIFY FILE (NAME = N'archive1', MAXSIZE = 800MB);
GO

-- change file archive1 (outside a transaction)
ALTER DATABASE [sales] MODIFY FILE (NAME = N'archive1', SIZE = 400MB);
GO

-- change file archive1 (outside a transaction)
ALTER DATABASE [sales] MODIFY FILE (NAME = N'archive1', FILEGROWTH = 10%);
GO
