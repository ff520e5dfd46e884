-- The exact members of a role.
-- new inputs:
-- {
--   "server": "hart-server",
--   "owner": "shop/dev/Kind/one",
--   "database": "sales",
--   "name": "reader",
--   "members": [
--     "app"
--   ]
-- }
-- requires principal app for role "reader"

USE [sales];
GO

-- take clerk out of role reader
ALTER ROLE [reader] DROP MEMBER [clerk];
GO

-- add app to role reader
ALTER ROLE [reader] ADD MEMBER [app];
GO
