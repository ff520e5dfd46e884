-- a table that is made
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
--     "periodColumns": {
--       "hidden": true,
--       "precision": 3
--     },
--     "historyTable": "old.Was",
--     "historyRetention": {
--       "value": 2,
--       "unit": "years"
--     },
--     "historyIndex": "columnstore"
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
  [ValidFrom] datetime2(3) GENERATED ALWAYS AS ROW START HIDDEN NOT NULL,
  [ValidTo] datetime2(3) GENERATED ALWAYS AS ROW END HIDDEN NOT NULL,
  CONSTRAINT [PK_Orders] PRIMARY KEY CLUSTERED ([Id]),
  CONSTRAINT [CK_Total] CHECK (Total >= 0),
  PERIOD FOR SYSTEM_TIME ([ValidFrom], [ValidTo])
) WITH (SYSTEM_VERSIONING = ON (HISTORY_TABLE = [old].[Was], HISTORY_RETENTION_PERIOD = 2 YEARS));
GO

-- create index dbo.Orders.IX_Orders_Code
CREATE NONCLUSTERED INDEX [IX_Orders_Code] ON [dbo].[Orders] ([Code]);
GO

-- build the index of history table old.Was
CREATE CLUSTERED COLUMNSTORE INDEX [ix_Was] ON [old].[Was] WITH (DROP_EXISTING = ON);
GO
