-- A route is dropped.
-- old inputs:
-- {
--   "name": "ToWarehouse",
--   "serviceName": "//warehouse/Stock",
--   "address": "TCP://warehouse:4022"
-- }

USE [sales];
GO

-- drop route ToWarehouse
DROP ROUTE [ToWarehouse];
GO
