-- makes a plain table with columnstore history, whole seconds and a column more
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
--     },
--     {
--       "name": "b",
--       "type": "int",
--       "default": "1"
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
--       "precision": 0
--     },
--     "historyIndex": "columnstore"
--   }
-- }

USE [sales];
GO

-- add column dbo.Orders.b
ALTER TABLE [dbo].[Orders] ADD [b] int CONSTRAINT [DF_Orders_b] DEFAULT (1) NOT NULL;
GO

-- add the period of dbo.Orders
ALTER TABLE [dbo].[Orders] ADD [ValidFrom] datetime2(0) GENERATED ALWAYS AS ROW START CONSTRAINT [DF_Orders_ValidFrom] DEFAULT (DATEADD(SECOND, -1, SYSUTCDATETIME())) NOT NULL, [ValidTo] datetime2(0) GENERATED ALWAYS AS ROW END CONSTRAINT [DF_Orders_ValidTo] DEFAULT ('9999-12-31 23:59:59') NOT NULL, PERIOD FOR SYSTEM_TIME ([ValidFrom], [ValidTo]);
GO

-- drop the defaults that filled the period of dbo.Orders
ALTER TABLE [dbo].[Orders] DROP CONSTRAINT [DF_Orders_ValidFrom], [DF_Orders_ValidTo];
GO

-- switch on versioning of dbo.Orders
ALTER TABLE [dbo].[Orders] SET (SYSTEM_VERSIONING = ON (HISTORY_TABLE = [dbo].[OrdersHistory], HISTORY_RETENTION_PERIOD = 90 DAYS));
GO

-- build the index of history table dbo.OrdersHistory
CREATE CLUSTERED COLUMNSTORE INDEX [ix_OrdersHistory] ON [dbo].[OrdersHistory] WITH (DROP_EXISTING = ON);
GO
