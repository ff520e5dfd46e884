-- adds NOT NULL without a default in three steps where a backfill is declared
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
--       "name": "State",
--       "type": "char(1)",
--       "backfill": "CASE WHEN Total > 0 THEN 'P' ELSE 'N' END"
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

-- add column dbo.Orders.State, nullable at first
ALTER TABLE [dbo].[Orders] ADD [State] char(1) NULL;
GO

-- fill dbo.Orders.State where it is NULL (outside a transaction)
DECLARE @filled int = 1;
WHILE @filled > 0
BEGIN
  UPDATE TOP (10000) [dbo].[Orders] SET [State] = (CASE WHEN Total > 0 THEN 'P' ELSE 'N' END) WHERE [State] IS NULL AND (CASE WHEN Total > 0 THEN 'P' ELSE 'N' END) IS NOT NULL;
  SET @filled = @@ROWCOUNT;
END;
GO

-- make column dbo.Orders.State NOT NULL
-- hazard long-lock:dbo.Orders.State: every row is read while the table is locked
ALTER TABLE [dbo].[Orders] ALTER COLUMN [State] char(1) COLLATE Latin1_General_100_CI_AS NOT NULL;
GO
