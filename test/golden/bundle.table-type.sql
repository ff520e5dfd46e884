-- A column of a table type gets another type
-- old inputs:
-- {
--   "directory": "sql"
-- }
-- new inputs:
-- {
--   "directory": "sql"
-- }
-- note: a type is replaced: if something that the catalog does not show still uses it, DROP TYPE stops with error 3732 and the whole change is rolled back

USE [sales];
GO

-- set aside type dbo.List
EXEC sys.sp_rename @objname = N'[dbo].[List]', @newname = N'List__replaced', @objtype = N'USERDATATYPE';
GO

-- create type dbo.List
CREATE TYPE dbo.List AS TABLE (Id bigint NOT NULL)
GO

-- permissions of type dbo.List
GRANT EXECUTE ON TYPE::[dbo].[List] TO [app];
GO

-- alter procedure dbo.p
ALTER PROC dbo.p @l dbo.List READONLY AS SELECT Id FROM @l
GO

-- drop type dbo.List__replaced
DROP TYPE [dbo].[List__replaced];
GO
