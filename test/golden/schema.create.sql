-- A schema that a role owns.
-- new inputs:
-- {
--   "server": "hart-server",
--   "owner": "shop/dev/Schema/archive",
--   "database": "sales",
--   "name": "archive",
--   "authorization": "app"
-- }
-- requires principal app for schema "archive"

USE [sales];
GO

-- create schema archive
CREATE SCHEMA [archive] AUTHORIZATION [app];
GO
