-- A role goes.
-- old inputs:
-- {
--   "server": "hart-server",
--   "owner": "shop/dev/Kind/one",
--   "database": "sales",
--   "name": "reader",
--   "members": [
--     "app"
--   ]
-- }

USE [sales];
GO

-- take clerk out of role reader
ALTER ROLE [reader] DROP MEMBER [clerk];
GO

-- drop role reader
DROP ROLE [reader];
GO
