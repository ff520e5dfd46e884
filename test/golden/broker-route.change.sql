-- A route leads elsewhere.
-- old inputs:
-- {
--   "name": "ToWarehouse",
--   "serviceName": "//warehouse/Stock",
--   "address": "TCP://warehouse:4022"
-- }
-- new inputs:
-- {
--   "name": "ToWarehouse",
--   "serviceName": "//warehouse/Stock2",
--   "address": "TCP://warehouse2:4022"
-- }

USE [sales];
GO

-- change route ToWarehouse
ALTER ROUTE [ToWarehouse] WITH SERVICE_NAME = N'//warehouse/Stock2', ADDRESS = N'TCP://warehouse2:4022';
GO
