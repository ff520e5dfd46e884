-- drops a column that left its default on the history table too
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
--         "Code"
--       ]
--     }
--   ],
--   "checks": {
--     "CK_Total": "Total >= 0"
--   },
--   "systemVersioning": {
--     "historyRetention": {
--       "value": 90,
--       "unit": "days"
--     }
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
--         "Code"
--       ]
--     }
--   ],
--   "checks": {},
--   "systemVersioning": {
--     "historyRetention": {
--       "value": 90,
--       "unit": "days"
--     }
--   }
-- }

USE [sales];
GO

-- drop default of dbo.OrdersHistory.Total
ALTER TABLE [dbo].[OrdersHistory] DROP CONSTRAINT [DF__OrdersHi__Total];
GO

-- drop check dbo.Orders.CK_Total
ALTER TABLE [dbo].[Orders] DROP CONSTRAINT [CK_Total];
GO

-- drop default of dbo.Orders.Total
ALTER TABLE [dbo].[Orders] DROP CONSTRAINT [DF_Orders_Total];
GO

-- drop column dbo.Orders.Total
-- hazard data-loss:dbo.Orders.Total (10 rows): the column and its values are dropped
ALTER TABLE [dbo].[Orders] DROP COLUMN [Total];
GO
