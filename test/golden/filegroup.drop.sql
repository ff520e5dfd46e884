-- An empty filegroup goes; PRIMARY is the default again.
-- old inputs:
-- {
--   "server": "hart-server",
--   "owner": "shop/dev/Filegroup/archive",
--   "database": "sales",
--   "name": "archive"
-- }
-- note: After its removal the names of file "archive1" stay reserved until the next log backup.
-- note: After its removal the names of file "archive2" stay reserved until the next log backup.

USE [master];
GO

-- make PRIMARY the default filegroup (outside a transaction)
ALTER DATABASE [sales] MODIFY FILEGROUP [PRIMARY] DEFAULT;
GO

-- remove file archive1 (outside a transaction)
ALTER DATABASE [sales] REMOVE FILE [archive1];
GO

-- remove file archive2 (outside a transaction)
ALTER DATABASE [sales] REMOVE FILE [archive2];
GO

-- remove filegroup archive (outside a transaction)
ALTER DATABASE [sales] REMOVE FILEGROUP [archive];
GO
