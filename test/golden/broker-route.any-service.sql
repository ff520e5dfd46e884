-- A route is for any service from now on.
-- old inputs:
-- {
--   "name": "ToWarehouse",
--   "serviceName": "//warehouse/Stock",
--   "address": "TCP://warehouse:4022"
-- }
-- new inputs:
-- {
--   "name": "ToWarehouse",
--   "address": "TCP://warehouse:4022"
-- }
-- note: ALTER ROUTE cannot take a service name, an instance, a lifetime or a mirror away, so the route is dropped and made again in one transaction; messages wait and none is lost.

USE [sales];
GO

-- drop route ToWarehouse
DROP ROUTE [ToWarehouse];
GO

-- create route ToWarehouse
CREATE ROUTE [ToWarehouse] AUTHORIZATION [broker] WITH ADDRESS = N'TCP://warehouse:4022';
GO

-- give the permissions on route ToWarehouse again
GRANT VIEW DEFINITION ON ROUTE::[ToWarehouse] TO [reader];
GO
