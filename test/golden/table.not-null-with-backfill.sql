-- fills NULL from the declared backfill before NOT NULL
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
--       "nullable": false,
--       "backfill": "N'-'"
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

USE [sales];
GO

-- fill dbo.Orders.Note where it is NULL (outside a transaction)
DECLARE @filled int = 1;
WHILE @filled > 0
BEGIN
  UPDATE TOP (10000) [dbo].[Orders] SET [Note] = (N'-') WHERE [Note] IS NULL AND (N'-') IS NOT NULL;
  SET @filled = @@ROWCOUNT;
END;
GO

-- alter column dbo.Orders.Note
-- hazard long-lock:dbo.Orders.Note: every row is read while the table is locked
ALTER TABLE [dbo].[Orders] ALTER COLUMN [Note] nvarchar(50) COLLATE Latin1_General_100_CI_AS NOT NULL;
GO
