-- makes a plain table system-versioned, its rows kept
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
--     "periodColumns": {
--       "hidden": true
--     }
--   }
-- }

USE [sales];
GO

-- add the period of dbo.Orders
ALTER TABLE [dbo].[Orders] ADD [ValidFrom] datetime2(7) GENERATED ALWAYS AS ROW START HIDDEN CONSTRAINT [DF_Orders_ValidFrom] DEFAULT (DATEADD(SECOND, -1, SYSUTCDATETIME())) NOT NULL, [ValidTo] datetime2(7) GENERATED ALWAYS AS ROW END HIDDEN CONSTRAINT [DF_Orders_ValidTo] DEFAULT ('9999-12-31 23:59:59.9999999') NOT NULL, PERIOD FOR SYSTEM_TIME ([ValidFrom], [ValidTo]);
GO

-- drop the defaults that filled the period of dbo.Orders
ALTER TABLE [dbo].[Orders] DROP CONSTRAINT [DF_Orders_ValidFrom], [DF_Orders_ValidTo];
GO

-- switch on versioning of dbo.Orders
ALTER TABLE [dbo].[Orders] SET (SYSTEM_VERSIONING = ON (HISTORY_TABLE = [dbo].[OrdersHistory], HISTORY_RETENTION_PERIOD = 90 DAYS));
GO
