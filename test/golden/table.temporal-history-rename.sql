-- renames and moves the history table in a window
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
--     },
--     "historyTable": "old.Orders"
--   }
-- }

USE [sales];
GO

-- switch off versioning of dbo.Orders
ALTER TABLE [dbo].[Orders] SET (SYSTEM_VERSIONING = OFF);
GO

-- move history table dbo.OrdersHistory to schema old
ALTER SCHEMA [old] TRANSFER OBJECT::[dbo].[OrdersHistory];
GO

-- rename history table dbo.OrdersHistory to Orders
EXEC sys.sp_rename @objname = N'[old].[OrdersHistory]', @newname = N'Orders', @objtype = N'OBJECT';
GO

-- rename index ix_OrdersHistory of history table Orders to ix_Orders
EXEC sys.sp_rename @objname = N'[old].[Orders].[ix_OrdersHistory]', @newname = N'ix_Orders', @objtype = N'INDEX';
GO

-- switch on versioning of dbo.Orders
ALTER TABLE [dbo].[Orders] SET (SYSTEM_VERSIONING = ON (HISTORY_TABLE = [old].[Orders], DATA_CONSISTENCY_CHECK = OFF, HISTORY_RETENTION_PERIOD = 90 DAYS));
GO
