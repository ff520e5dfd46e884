-- A user for a login.
-- new inputs:
-- {
--   "server": "hart-server",
--   "owner": "shop/dev/Kind/one",
--   "database": "sales",
--   "name": "app",
--   "login": "app",
--   "defaultSchema": "sales"
-- }
-- requires login app for user "app"

USE [sales];
GO

-- create user app
CREATE USER [app] FOR LOGIN [app] WITH DEFAULT_SCHEMA = [sales];
GO
