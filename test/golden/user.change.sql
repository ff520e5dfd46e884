-- A user gets another name, login and schema.
-- old inputs:
-- {
--   "server": "hart-server",
--   "owner": "shop/dev/Kind/one",
--   "database": "sales",
--   "name": "app",
--   "login": "app"
-- }
-- new inputs:
-- {
--   "server": "hart-server",
--   "owner": "shop/dev/Kind/one",
--   "database": "sales",
--   "name": "service",
--   "renamedFrom": "app",
--   "login": "other",
--   "defaultSchema": "sales"
-- }
-- requires login other for user "service"

USE [sales];
GO

-- rename user app to service
ALTER USER [app] WITH NAME = [service];
GO

-- change user service: map to login other, default schema
ALTER USER [service] WITH LOGIN = [other], DEFAULT_SCHEMA = [sales];
GO
