-- A new owner; permissions are kept.
-- old inputs:
-- {
--   "server": "hart-server",
--   "owner": "shop/dev/Schema/archive",
--   "database": "sales",
--   "name": "archive",
--   "authorization": "dbo"
-- }
-- new inputs:
-- {
--   "server": "hart-server",
--   "owner": "shop/dev/Schema/archive",
--   "database": "sales",
--   "name": "archive",
--   "authorization": "app"
-- }
-- requires principal app for schema "archive"

USE [sales];
GO

-- give schema archive to app
ALTER AUTHORIZATION ON SCHEMA::[archive] TO [app];
GRANT VIEW DEFINITION ON SCHEMA::[archive] TO [reader];
GRANT UPDATE ON OBJECT::[archive].[Orders] TO [clerk] WITH GRANT OPTION;
DENY DELETE ON OBJECT::[archive].[Orders] TO [reader];
REVOKE UPDATE ON OBJECT::[archive].[Orders] ([Note]) FROM [clerk];
GO
