-- An assembly is made, under clr strict security.
-- new inputs:
-- {
--   "server": "hart-server",
--   "database": "sales",
--   "owner": "shop/dev/ClrAssembly/vectors",
--   "name": "Hartonomous.Clr",
--   "file": "sql/clr/bin/Hartonomous.Clr.dll"
-- }

USE [master];
GO

-- trust assembly Hartonomous.Clr (Hartonomous.Clr 1.0.0.0) (outside a transaction)
IF NOT EXISTS (SELECT 1 FROM sys.trusted_assemblies WHERE hash = 0xC0861D7C8D722E98970742DD5AFC60AA8F8E464D79898D26EA5D4E0AE4FAA1015FFA09BA037377022C512BE75A82D9EA3A7E7F514174F74426747780C7C9C7E4)
  EXEC sys.sp_add_trusted_assembly @hash = 0xC0861D7C8D722E98970742DD5AFC60AA8F8E464D79898D26EA5D4E0AE4FAA1015FFA09BA037377022C512BE75A82D9EA3A7E7F514174F74426747780C7C9C7E4, @description = N'pulumi-sqlserver shop/dev/ClrAssembly/vectors in sales: hartonomous.clr, version=1.0.0.0, culture=neutral, publickeytoken=null, processorarchitecture=msil';
GO

USE [sales];
GO

-- create assembly Hartonomous.Clr (Hartonomous.Clr 1.0.0.0)
CREATE ASSEMBLY [Hartonomous.Clr]
FROM 0x /* 14848 bytes, SHA2-512 C0861D7C8D722E98970742DD5AFC60AA8F8E464D79898D26EA5D4E0AE4FAA1015FFA09BA037377022C512BE75A82D9EA3A7E7F514174F74426747780C7C9C7E4 */
WITH PERMISSION_SET = SAFE;
GO
