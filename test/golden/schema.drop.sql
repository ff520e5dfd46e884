-- An empty schema goes.
-- old inputs:
-- {
--   "server": "hart-server",
--   "owner": "shop/dev/Schema/archive",
--   "database": "sales",
--   "name": "archive"
-- }

USE [sales];
GO

-- drop schema archive
DROP SCHEMA [archive];
GO
