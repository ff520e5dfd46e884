-- changes the primary key in a window, with the type of its column on both tables
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
--       "type": "bigint"
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

USE [sales];
GO

-- switch off versioning of dbo.Orders
ALTER TABLE [dbo].[Orders] SET (SYSTEM_VERSIONING = OFF);
GO

-- drop primary key dbo.Orders.PK_Orders
ALTER TABLE [dbo].[Orders] DROP CONSTRAINT [PK_Orders];
GO

-- alter column dbo.Orders.Id
-- hazard table-rewrite:dbo.Orders.Id (10 rows): every row is rewritten: int becomes bigint
ALTER TABLE [dbo].[Orders] ALTER COLUMN [Id] bigint NOT NULL;
GO

-- add primary key dbo.Orders.PK_Orders
-- hazard index-build:dbo.Orders.PK_Orders (10 rows): the index is built over every row
ALTER TABLE [dbo].[Orders] ADD CONSTRAINT [PK_Orders] PRIMARY KEY CLUSTERED ([Id]) WITH (ONLINE = ON);
GO

-- alter column dbo.OrdersHistory.Id
ALTER TABLE [dbo].[OrdersHistory] ALTER COLUMN [Id] bigint NOT NULL;
GO

-- switch on versioning of dbo.Orders
ALTER TABLE [dbo].[Orders] SET (SYSTEM_VERSIONING = ON (HISTORY_TABLE = [dbo].[OrdersHistory], DATA_CONSISTENCY_CHECK = OFF, HISTORY_RETENTION_PERIOD = 90 DAYS));
GO
