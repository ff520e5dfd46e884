-- A table moves to another schema and keeps its permissions.
-- old inputs:
-- {
--   "Orders": {
--     "columns": [
--       {
--         "name": "Id",
--         "type": "int"
--       },
--       {
--         "name": "Code",
--         "type": "nvarchar(100)",
--         "nullable": true
--       },
--       {
--         "name": "Note",
--         "type": "nvarchar(50)",
--         "nullable": true
--       },
--       {
--         "name": "Total",
--         "type": "decimal(18,2)",
--         "default": "0"
--       }
--     ],
--     "primaryKey": {
--       "columns": [
--         "Id"
--       ]
--     },
--     "indexes": [
--       {
--         "columns": [
--           "Code"
--         ]
--       }
--     ],
--     "checks": {
--       "CK_Total": "Total >= 0"
--     }
--   }
-- }
-- new inputs:
-- {
--   "sales.Orders": {
--     "columns": [
--       {
--         "name": "Id",
--         "type": "int"
--       },
--       {
--         "name": "Code",
--         "type": "nvarchar(100)",
--         "nullable": true
--       },
--       {
--         "name": "Note",
--         "type": "nvarchar(50)",
--         "nullable": true
--       },
--       {
--         "name": "Total",
--         "type": "decimal(18,2)",
--         "default": "0"
--       }
--     ],
--     "primaryKey": {
--       "columns": [
--         "Id"
--       ]
--     },
--     "indexes": [
--       {
--         "columns": [
--           "Code"
--         ]
--       }
--     ],
--     "checks": {
--       "CK_Total": "Total >= 0"
--     },
--     "movedFrom": "dbo"
--   }
-- }
-- note: The move of dbo.Orders drops its permissions; they are granted again, by the login that deploys.
-- note: Modules, synonyms and jobs that say dbo.Orders are not changed by the rename.

USE [sales];
GO

-- move table dbo.Orders to schema sales
ALTER SCHEMA [sales] TRANSFER OBJECT::[dbo].[Orders];
GO

-- restore SELECT of o'reader] on sales.Orders
GRANT SELECT ON OBJECT::[sales].[Orders] TO [o'reader]]] WITH GRANT OPTION;
GO

-- restore UPDATE of o'reader] on sales.Orders
DENY UPDATE ON OBJECT::[sales].[Orders] ([Code]) TO [o'reader]]];
GO
