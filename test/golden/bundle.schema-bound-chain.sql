-- A function under two schema-bound views changes
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

-- unbind view dbo.w
ALTER VIEW [dbo].[w] AS SELECT 1 AS [unbound];
GO

-- unbind view dbo.v
ALTER VIEW [dbo].[v] AS SELECT 1 AS [unbound];
GO

-- alter function dbo.f
ALTER FUNCTION dbo.f(@a int) RETURNS int WITH SCHEMABINDING AS BEGIN RETURN @a + 1 END
GO

-- alter view dbo.v
ALTER VIEW dbo.v WITH SCHEMABINDING AS SELECT dbo.f(Id) AS x FROM dbo.Orders
GO

-- create index ix of view dbo.v
-- hazard index-build:dbo.v.ix (12 rows): ALTER VIEW drops the view's indexes; this one is built again over all its rows
CREATE UNIQUE CLUSTERED INDEX [ix]
    ON [dbo].[v] ([x])
    WITH (DATA_COMPRESSION = PAGE)
    ON [PRIMARY];
GO

-- alter view dbo.w
ALTER VIEW dbo.w WITH SCHEMABINDING AS SELECT x FROM dbo.v
GO

-- permissions of view dbo.w
GRANT SELECT ON OBJECT::[dbo].[w] ([x]) TO [app];
GO
