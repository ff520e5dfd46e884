-- Exactly the permissions of a role.
-- new inputs:
-- {
--   "server": "hart-server",
--   "owner": "shop/dev/Kind/one",
--   "database": "sales",
--   "principal": "reader",
--   "permissions": [
--     {
--       "permissions": [
--         "SELECT"
--       ],
--       "on": {
--         "name": "Orders"
--       }
--     }
--   ],
--   "exact": true
-- }
-- requires principal reader for permissions of "reader"
-- requires object dbo.Orders for permissions of "reader"

USE [sales];
GO

-- revoke UPDATE on object dbo.Orders from reader
REVOKE UPDATE ON OBJECT::[dbo].[Orders] FROM [reader];
GO

-- revoke DELETE on object dbo.Orders from reader
REVOKE DELETE ON OBJECT::[dbo].[Orders] FROM [reader];
GO

-- revoke ALTER on object dbo.Orders from reader
REVOKE ALTER ON OBJECT::[dbo].[Orders] FROM [reader] CASCADE AS [app];
GO

-- grant SELECT on object dbo.Orders to reader
GRANT SELECT ON OBJECT::[dbo].[Orders] TO [reader];
GO
