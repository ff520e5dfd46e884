-- A priority is for every contract.
-- old inputs:
-- {
--   "name": "OrdersFirst",
--   "contract": "//shop/Orders",
--   "level": 8
-- }
-- new inputs:
-- {
--   "name": "OrdersFirst",
--   "remoteService": "//far"
-- }
-- note: Conversations that run keep the priority that they began with.

USE [sales];
GO

-- change broker priority OrdersFirst
ALTER BROKER PRIORITY [OrdersFirst] FOR CONVERSATION SET (CONTRACT_NAME = ANY, REMOTE_SERVICE_NAME = N'//far', PRIORITY_LEVEL = 5);
GO
