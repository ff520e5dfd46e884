-- A SQL login, made disabled.
-- new inputs:
-- {
--   "server": "hart-server",
--   "owner": "shop/dev/Kind/one",
--   "name": "app",
--   "passwordFrom": "app",
--   "sid": "0xabababababababababababababababab",
--   "defaultDatabase": "sales",
--   "defaultLanguage": "Deutsch",
--   "checkPolicy": true,
--   "checkExpiration": true,
--   "disabled": true
-- }
-- requires database sales for login "app"

USE [master];
GO

-- create login app
CREATE LOGIN [app] WITH PASSWORD = N'<secret>', SID = 0xABABABABABABABABABABABABABABABAB, DEFAULT_DATABASE = [sales], DEFAULT_LANGUAGE = [Deutsch], CHECK_EXPIRATION = ON, CHECK_POLICY = ON;
GO

-- disable login app
ALTER LOGIN [app] DISABLE;
GO
