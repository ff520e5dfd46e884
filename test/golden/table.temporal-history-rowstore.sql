-- takes the columnstore index of history away in a window
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
--     "historyIndex": "columnstore"
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
--     "historyIndex": {
--       "columns": [
--         {
--           "name": "ValidTo",
--           "descending": true
--         },
--         "Id"
--       ]
--     },
--     "historyCompression": "row"
--   }
-- }

USE [sales];
GO

-- switch off versioning of dbo.Orders
ALTER TABLE [dbo].[Orders] SET (SYSTEM_VERSIONING = OFF);
GO

-- drop index dbo.OrdersHistory.ix_OrdersHistory
DROP INDEX [ix_OrdersHistory] ON [dbo].[OrdersHistory];
GO

-- build index dbo.OrdersHistory.ix_OrdersHistory
CREATE CLUSTERED INDEX [ix_OrdersHistory] ON [dbo].[OrdersHistory] ([ValidTo] DESC, [Id]) WITH (DATA_COMPRESSION = ROW);
GO

-- switch on versioning of dbo.Orders
ALTER TABLE [dbo].[Orders] SET (SYSTEM_VERSIONING = ON (HISTORY_TABLE = [dbo].[OrdersHistory], DATA_CONSISTENCY_CHECK = OFF, HISTORY_RETENTION_PERIOD = 90 DAYS));
GO
