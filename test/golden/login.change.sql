-- A login gets another name, password, defaults and policy, and is disabled.
-- old inputs:
-- {
--   "server": "hart-server",
--   "owner": "shop/dev/Kind/one",
--   "name": "app",
--   "passwordFrom": "app"
-- }
-- new inputs:
-- {
--   "server": "hart-server",
--   "owner": "shop/dev/Kind/one",
--   "name": "service",
--   "passwordFrom": "app",
--   "renamedFrom": "app",
--   "defaultDatabase": "sales",
--   "defaultLanguage": "Deutsch",
--   "checkPolicy": false,
--   "checkExpiration": false,
--   "disabled": true
-- }
-- requires database sales for login "service"

USE [master];
GO

-- rename login app to service
ALTER LOGIN [app] WITH NAME = [service];
GO

-- change and set the password of login service
ALTER LOGIN [service] WITH PASSWORD = N'<secret>', DEFAULT_DATABASE = [sales], DEFAULT_LANGUAGE = [Deutsch], CHECK_EXPIRATION = OFF, CHECK_POLICY = OFF;
GO

-- disable login service
ALTER LOGIN [service] DISABLE;
GO
