-- A binding is dropped.
-- old inputs:
-- {
--   "name": "Warehouse",
--   "toService": "//warehouse/Stock",
--   "user": "warehouse"
-- }

USE [sales];
GO

-- drop remote service binding Warehouse
DROP REMOTE SERVICE BINDING [Warehouse];
GO
