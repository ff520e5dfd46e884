-- A priority is made.
-- new inputs:
-- {
--   "name": "OrdersFirst",
--   "contract": "//shop/Orders",
--   "level": 8,
--   "localService": "//shop/OrderService",
--   "remoteService": "//shop/it's"
-- }
-- requires contract //shop/Orders for broker priority "OrdersFirst"
-- requires service //shop/OrderService for broker priority "OrdersFirst"

USE [sales];
GO

-- create broker priority OrdersFirst
CREATE BROKER PRIORITY [OrdersFirst] FOR CONVERSATION SET (CONTRACT_NAME = [//shop/Orders], LOCAL_SERVICE_NAME = [//shop/OrderService], REMOTE_SERVICE_NAME = N'//shop/it''s', PRIORITY_LEVEL = 8);
GO
