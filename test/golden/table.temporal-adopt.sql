-- a table that is made over a history table that is there
-- old inputs:
-- {
--   "OrdersHistory": {
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
--         "type": "decimal(18,2)"
--       },
--       {
--         "name": "ValidFrom",
--         "type": "datetime2"
--       },
--       {
--         "name": "ValidTo",
--         "type": "datetime2"
--       }
--     ]
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
--     "adoptHistory": true
--   }
-- }

USE [sales];
GO

-- create table dbo.Orders
CREATE TABLE [dbo].[Orders] (
  [Id] int NOT NULL,
  [Code] nvarchar(100) NULL,
  [Note] nvarchar(50) NULL,
  [Total] decimal(18, 2) CONSTRAINT [DF_Orders_Total] DEFAULT (0) NOT NULL,
  [ValidFrom] datetime2(7) GENERATED ALWAYS AS ROW START NOT NULL,
  [ValidTo] datetime2(7) GENERATED ALWAYS AS ROW END NOT NULL,
  CONSTRAINT [PK_Orders] PRIMARY KEY CLUSTERED ([Id]),
  CONSTRAINT [CK_Total] CHECK (Total >= 0),
  PERIOD FOR SYSTEM_TIME ([ValidFrom], [ValidTo])
);
GO

-- create index dbo.Orders.IX_Orders_Code
CREATE NONCLUSTERED INDEX [IX_Orders_Code] ON [dbo].[Orders] ([Code]);
GO

-- build index dbo.OrdersHistory.ix_OrdersHistory
-- hazard index-build:dbo.OrdersHistory.ix_OrdersHistory (5 rows): the index is built over every former version
CREATE CLUSTERED INDEX [ix_OrdersHistory] ON [dbo].[OrdersHistory] ([ValidTo], [ValidFrom]) WITH (DATA_COMPRESSION = PAGE);
GO

-- switch on versioning of dbo.Orders
-- hazard data-loss:dbo.OrdersHistory: former versions older than 90 DAYS are removed
ALTER TABLE [dbo].[Orders] SET (SYSTEM_VERSIONING = ON (HISTORY_TABLE = [dbo].[OrdersHistory], HISTORY_RETENTION_PERIOD = 90 DAYS));
GO
