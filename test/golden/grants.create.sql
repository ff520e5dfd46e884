-- Permissions of a role.
-- new inputs:
-- {
--   "server": "hart-server",
--   "owner": "shop/dev/Kind/one",
--   "database": "sales",
--   "principal": "reader",
--   "permissions": [
--     {
--       "permissions": [
--         "SELECT",
--         "insert"
--       ],
--       "on": {
--         "name": "Orders"
--       }
--     },
--     {
--       "permissions": [
--         "SELECT"
--       ],
--       "on": {
--         "name": "Orders"
--       },
--       "columns": [
--         "Id",
--         "Note"
--       ],
--       "deny": true
--     },
--     {
--       "permissions": [
--         "EXEC"
--       ],
--       "on": {
--         "class": "schema",
--         "name": "sales"
--       },
--       "grantOption": true
--     },
--     {
--       "permissions": [
--         "DELETE"
--       ],
--       "on": {
--         "name": "Orders"
--       },
--       "deny": true
--     },
--     {
--       "permissions": [
--         "SEND"
--       ],
--       "on": {
--         "class": "service",
--         "name": "//shop/Orders"
--       }
--     },
--     {
--       "permissions": [
--         "SHOWPLAN"
--       ]
--     }
--   ]
-- }
-- requires principal reader for permissions of "reader"
-- requires object dbo.Orders for permissions of "reader"
-- requires schema sales for permissions of "reader"
-- requires service //shop/Orders for permissions of "reader"

USE [sales];
GO

-- deny DELETE on object dbo.Orders to reader
DENY DELETE ON OBJECT::[dbo].[Orders] TO [reader];
GO

-- grant SELECT on object dbo.Orders to reader
GRANT SELECT ON OBJECT::[dbo].[Orders] TO [reader];
GO

-- grant INSERT on object dbo.Orders to reader
GRANT INSERT ON OBJECT::[dbo].[Orders] TO [reader];
GO

-- grant EXECUTE on schema sales to reader
GRANT EXECUTE ON SCHEMA::[sales] TO [reader] WITH GRANT OPTION;
GO

-- grant SEND on service //shop/Orders to reader
GRANT SEND ON SERVICE::[//shop/Orders] TO [reader];
GO

-- grant SHOWPLAN on database to reader
GRANT SHOWPLAN ON DATABASE::[sales] TO [reader];
GO

-- deny SELECT on object dbo.Orders (Id, Note) to reader
DENY SELECT ON OBJECT::[dbo].[Orders] ([Id], [Note]) TO [reader];
GO
