-- The file of a view was deleted
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

-- drop view dbo.v
-- hazard data-loss:dbo.v: its definition and the permissions on it are lost, and whoever calls it fails
DROP VIEW [dbo].[v];
GO
