-- drops and adds a computed column with its index when the expression changes
-- old inputs:
-- {
--   "columns": [
--     {
--       "name": "Id",
--       "type": "int"
--     },
--     {
--       "name": "Code",
--       "type": "nvarchar(100)",
--       "nullable": true
--     },
--     {
--       "name": "Note",
--       "type": "nvarchar(50)",
--       "nullable": true
--     },
--     {
--       "name": "Total",
--       "type": "decimal(18,2)",
--       "default": "0"
--     },
--     {
--       "name": "Tax",
--       "computed": "Total * 0.19"
--     }
--   ],
--   "primaryKey": {
--     "columns": [
--       "Id"
--     ]
--   },
--   "indexes": [
--     {
--       "columns": [
--         "Tax"
--       ]
--     }
--   ],
--   "checks": {
--     "CK_Total": "Total >= 0"
--   }
-- }
-- new inputs:
-- {
--   "columns": [
--     {
--       "name": "Id",
--       "type": "int"
--     },
--     {
--       "name": "Code",
--       "type": "nvarchar(100)",
--       "nullable": true
--     },
--     {
--       "name": "Note",
--       "type": "nvarchar(50)",
--       "nullable": true
--     },
--     {
--       "name": "Total",
--       "type": "decimal(18,2)",
--       "default": "0"
--     },
--     {
--       "name": "Tax",
--       "computed": "Total * 0.2"
--     }
--   ],
--   "primaryKey": {
--     "columns": [
--       "Id"
--     ]
--   },
--   "indexes": [
--     {
--       "columns": [
--         "Tax"
--       ]
--     }
--   ],
--   "checks": {
--     "CK_Total": "Total >= 0"
--   }
-- }

USE [sales];
GO

-- drop index dbo.Orders.IX_Orders_Tax
DROP INDEX [IX_Orders_Tax] ON [dbo].[Orders];
GO

-- drop column dbo.Orders.Tax
ALTER TABLE [dbo].[Orders] DROP COLUMN [Tax];
GO

-- add column dbo.Orders.Tax
ALTER TABLE [dbo].[Orders] ADD [Tax] AS (Total * 0.2);
GO

-- create index dbo.Orders.IX_Orders_Tax
-- hazard index-build:dbo.Orders.IX_Orders_Tax (10 rows): the index is built over every row
CREATE NONCLUSTERED INDEX [IX_Orders_Tax] ON [dbo].[Orders] ([Tax]) WITH (ONLINE = ON);
GO
