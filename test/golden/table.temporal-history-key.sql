-- changes the type of a column in the index of the history table in a window
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
--     },
--     "historyIndex": {
--       "columns": [
--         "ValidTo",
--         "Total"
--       ]
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
--       "type": "decimal(28,2)",
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
--   "checks": {},
--   "systemVersioning": {
--     "historyRetention": {
--       "value": 90,
--       "unit": "days"
--     },
--     "historyIndex": {
--       "columns": [
--         "ValidTo",
--         "Total"
--       ]
--     }
--   }
-- }

USE [sales];
GO

-- switch off versioning of dbo.Orders
ALTER TABLE [dbo].[Orders] SET (SYSTEM_VERSIONING = OFF);
GO

-- drop check dbo.Orders.CK_Total
ALTER TABLE [dbo].[Orders] DROP CONSTRAINT [CK_Total];
GO

-- alter column dbo.Orders.Total
-- hazard table-rewrite:dbo.Orders.Total (10 rows): every row is rewritten: decimal(18, 2) becomes decimal(28, 2)
ALTER TABLE [dbo].[Orders] ALTER COLUMN [Total] decimal(28, 2) NOT NULL;
GO

-- drop index dbo.OrdersHistory.ix_OrdersHistory
DROP INDEX [ix_OrdersHistory] ON [dbo].[OrdersHistory];
GO

-- alter column dbo.OrdersHistory.Total
ALTER TABLE [dbo].[OrdersHistory] ALTER COLUMN [Total] decimal(28, 2) NOT NULL;
GO

-- build index dbo.OrdersHistory.ix_OrdersHistory
CREATE CLUSTERED INDEX [ix_OrdersHistory] ON [dbo].[OrdersHistory] ([ValidTo], [Total]) WITH (DATA_COMPRESSION = PAGE);
GO

-- switch on versioning of dbo.Orders
ALTER TABLE [dbo].[Orders] SET (SYSTEM_VERSIONING = ON (HISTORY_TABLE = [dbo].[OrdersHistory], DATA_CONSISTENCY_CHECK = OFF, HISTORY_RETENTION_PERIOD = 90 DAYS));
GO
