-- changes a primary key, the clustered index first of all
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
--       "nullable": false
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
--       "Code",
--       "Id"
--     ]
--   },
--   "indexes": [],
--   "checks": {
--     "CK_Total": "Total >= 0"
--   }
-- }

USE [sales];
GO

-- drop index dbo.Orders.IX_Orders_Code
DROP INDEX [IX_Orders_Code] ON [dbo].[Orders];
GO

-- drop primary key dbo.Orders.PK_Orders
ALTER TABLE [dbo].[Orders] DROP CONSTRAINT [PK_Orders];
GO

-- alter column dbo.Orders.Code
-- hazard long-lock:dbo.Orders.Code: every row is read while the table is locked
ALTER TABLE [dbo].[Orders] ALTER COLUMN [Code] nvarchar(100) COLLATE Latin1_General_100_CI_AS NOT NULL;
GO

-- add primary key dbo.Orders.PK_Orders
-- hazard index-build:dbo.Orders.PK_Orders (10 rows): the index is built over every row
ALTER TABLE [dbo].[Orders] ADD CONSTRAINT [PK_Orders] PRIMARY KEY CLUSTERED ([Code], [Id]) WITH (ONLINE = ON);
GO
