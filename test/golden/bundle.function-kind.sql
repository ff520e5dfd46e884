-- A scalar function becomes an inline one
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

-- drop function dbo.f
-- hazard data-loss:dbo.f: the new inline function cannot have these permissions: GRANT EXECUTE to app
DROP FUNCTION [dbo].[f];
GO

-- create function dbo.f
CREATE FUNCTION dbo.f(@a int) RETURNS TABLE AS RETURN SELECT @a AS x
GO

-- permissions of function dbo.f
GRANT REFERENCES ON OBJECT::[dbo].[f] TO [app] WITH GRANT OPTION;
GO
