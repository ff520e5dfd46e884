-- changes columns of all sorts in one window
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
--       "name": "Sku",
--       "type": "nvarchar(100)",
--       "nullable": true,
--       "renamedFrom": "Code"
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
--     },
--     {
--       "name": "c",
--       "type": "nvarchar(10)",
--       "nullable": true
--     }
--   ],
--   "primaryKey": {
--     "columns": [
--       "Id",
--       "b"
--     ]
--   },
--   "indexes": [],
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
-- note: Modules that read dbo.Orders.Code are not changed by its rename.

USE [sales];
GO

-- switch off versioning of dbo.Orders
ALTER TABLE [dbo].[Orders] SET (SYSTEM_VERSIONING = OFF);
GO

-- drop index dbo.Orders.IX_Orders_Code
DROP INDEX [IX_Orders_Code] ON [dbo].[Orders];
GO

-- drop primary key dbo.Orders.PK_Orders
ALTER TABLE [dbo].[Orders] DROP CONSTRAINT [PK_Orders];
GO

-- rename column dbo.Orders.Code to Sku
EXEC sys.sp_rename @objname = N'[dbo].[Orders].[Code]', @newname = N'Sku', @objtype = N'COLUMN';
GO

-- add columns dbo.Orders.b, dbo.Orders.c
ALTER TABLE [dbo].[Orders] ADD [b] int CONSTRAINT [DF_Orders_b] DEFAULT (1) NOT NULL, [c] nvarchar(10) NULL;
GO

-- drop column dbo.Orders.Note
ALTER TABLE [dbo].[Orders] DROP COLUMN [Note];
GO

-- add primary key dbo.Orders.PK_Orders
-- hazard index-build:dbo.Orders.PK_Orders (10 rows): the index is built over every row
ALTER TABLE [dbo].[Orders] ADD CONSTRAINT [PK_Orders] PRIMARY KEY CLUSTERED ([Id], [b]) WITH (ONLINE = ON);
GO

-- rename column dbo.OrdersHistory.Code to Sku
EXEC sys.sp_rename @objname = N'[dbo].[OrdersHistory].[Code]', @newname = N'Sku', @objtype = N'COLUMN';
GO

-- drop column dbo.OrdersHistory.Note
ALTER TABLE [dbo].[OrdersHistory] DROP COLUMN [Note];
GO

-- add column dbo.OrdersHistory.b
ALTER TABLE [dbo].[OrdersHistory] ADD [b] int NOT NULL DEFAULT (1);
GO

-- add column dbo.OrdersHistory.c
ALTER TABLE [dbo].[OrdersHistory] ADD [c] nvarchar(10) COLLATE Latin1_General_100_CI_AS NULL;
GO

-- switch on versioning of dbo.Orders
ALTER TABLE [dbo].[Orders] SET (SYSTEM_VERSIONING = ON (HISTORY_TABLE = [dbo].[OrdersHistory], DATA_CONSISTENCY_CHECK = OFF, HISTORY_RETENTION_PERIOD = 90 DAYS));
GO
