-- A route ends with the year.
-- new inputs:
-- {
--   "name": "ToWarehouse",
--   "serviceName": "//warehouse/Stock",
--   "address": "TCP://warehouse:4022",
--   "expiresAt": "2027-01-01T00:00:00Z"
-- }

USE [sales];
GO

-- create route ToWarehouse
DECLARE @seconds int = DATEDIFF(SECOND, SYSUTCDATETIME(), CONVERT(datetime2(0), N'2027-01-01T00:00:00', 126));
DECLARE @batch nvarchar(max) = N'CREATE ROUTE [ToWarehouse] WITH SERVICE_NAME = N''//warehouse/Stock'', LIFETIME = ' + CONVERT(nvarchar(11), @seconds) + N', ADDRESS = N''TCP://warehouse:4022'';';
EXEC (@batch);
GO
