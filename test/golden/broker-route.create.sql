-- A route is made.
-- new inputs:
-- {
--   "name": "ToWarehouse",
--   "serviceName": "//warehouse/Stock",
--   "address": "TCP://warehouse:4022",
--   "authorization": "broker",
--   "brokerInstance": "11111111-2222-3333-4444-555555555555",
--   "mirrorAddress": "TCP://mirror:4022"
-- }
-- requires principal broker for route "ToWarehouse"

USE [sales];
GO

-- create route ToWarehouse
CREATE ROUTE [ToWarehouse] AUTHORIZATION [broker] WITH SERVICE_NAME = N'//warehouse/Stock', BROKER_INSTANCE = N'11111111-2222-3333-4444-555555555555', ADDRESS = N'TCP://warehouse:4022', MIRROR_ADDRESS = N'TCP://mirror:4022';
GO
