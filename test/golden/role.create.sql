-- A role with a member.
-- new inputs:
-- {
--   "server": "hart-server",
--   "owner": "shop/dev/Kind/one",
--   "database": "sales",
--   "name": "reader",
--   "members": [
--     "app"
--   ],
--   "authorization": "owner"
-- }
-- requires principal owner for role "reader"
-- requires principal app for role "reader"

USE [sales];
GO

-- create role reader
CREATE ROLE [reader] AUTHORIZATION [owner];
GO

-- add app to role reader
ALTER ROLE [reader] ADD MEMBER [app];
GO
