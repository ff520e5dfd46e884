-- An assembly is dropped.
-- old inputs:
-- {
--   "server": "hart-server",
--   "database": "sales",
--   "owner": "shop/dev/ClrAssembly/vectors",
--   "name": "Hartonomous.Clr",
--   "file": "sql/clr/bin/Hartonomous.Clr.dll"
-- }

USE [sales];
GO

-- drop assembly Hartonomous.Clr
DROP ASSEMBLY [Hartonomous.Clr] WITH NO DEPENDENTS;
GO

USE [master];
GO

-- stop trusting the build C0861D7C8D722E98..., unless another database has it (outside a transaction)
DECLARE @hash varbinary(64) = 0xC0861D7C8D722E98970742DD5AFC60AA8F8E464D79898D26EA5D4E0AE4FAA1015FFA09BA037377022C512BE75A82D9EA3A7E7F514174F74426747780C7C9C7E4, @needed bit = 0, @search nvarchar(max);
IF EXISTS (SELECT 1 FROM sys.databases WHERE HAS_DBACCESS(name) = 0) SET @needed = 1;
SET @search = N'IF EXISTS (' + (SELECT STRING_AGG(CONVERT(nvarchar(max), N'SELECT 1 AS found FROM ' + QUOTENAME(name) + N'.sys.assembly_files WHERE file_id = 1 AND HASHBYTES(''SHA2_512'', content) = @hash'), N' UNION ALL ') FROM sys.databases) + N') SET @needed = 1;';
IF @needed = 0 EXEC sys.sp_executesql @search, N'@hash varbinary(64), @needed bit OUTPUT', @hash, @needed OUTPUT;
IF @needed = 0 AND EXISTS (SELECT 1 FROM sys.trusted_assemblies WHERE hash = @hash)
  EXEC sys.sp_drop_trusted_assembly @hash = @hash;
GO
