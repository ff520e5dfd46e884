-- A user with a password of its own.
-- new inputs:
-- {
--   "server": "hart-server",
--   "owner": "shop/dev/Kind/one",
--   "database": "sales",
--   "name": "app",
--   "passwordFrom": "app"
-- }

USE [sales];
GO

-- create user app
CREATE USER [app] WITH PASSWORD = N'<secret>';
GO
