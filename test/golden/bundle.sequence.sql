-- A sequence counts in other steps
-- old inputs:
-- {
--   "directory": "sql"
-- }
-- new inputs:
-- {
--   "directory": "sql"
-- }

USE [sales];
GO

-- alter sequence dbo.s
ALTER SEQUENCE [dbo].[s]
    INCREMENT BY 5
    MINVALUE 1
    CYCLE
    NO CACHE;
GO
