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

-- stop trusting the build C0861D7C8D722E98... (outside a transaction)
IF EXISTS (SELECT 1 FROM sys.trusted_assemblies WHERE hash = 0xC0861D7C8D722E98970742DD5AFC60AA8F8E464D79898D26EA5D4E0AE4FAA1015FFA09BA037377022C512BE75A82D9EA3A7E7F514174F74426747780C7C9C7E4)
  EXEC sys.sp_drop_trusted_assembly @hash = 0xC0861D7C8D722E98970742DD5AFC60AA8F8E464D79898D26EA5D4E0AE4FAA1015FFA09BA037377022C512BE75A82D9EA3A7E7F514174F74426747780C7C9C7E4;
GO
