-- A Windows login.
-- new inputs:
-- {
--   "server": "hart-server",
--   "owner": "shop/dev/Kind/one",
--   "name": "CORP\\svc]",
--   "type": "windows",
--   "defaultDatabase": "sales"
-- }
-- requires database sales for login "CORP\svc]"

USE [master];
GO

-- create login CORP\svc]
CREATE LOGIN [CORP\svc]]] FROM WINDOWS WITH DEFAULT_DATABASE = [sales];
GO
