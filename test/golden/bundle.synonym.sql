-- A synonym gets another base
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

-- drop synonym dbo.s
DROP SYNONYM [dbo].[s];
GO

-- create synonym dbo.s
CREATE SYNONYM dbo.s FOR b.dbo.T
GO

-- permissions of synonym dbo.s
GRANT SELECT ON OBJECT::[dbo].[s] TO [app];
GO
