-- A priority is dropped.
-- old inputs:
-- {
--   "name": "OrdersFirst",
--   "contract": "//shop/Orders",
--   "level": 8
-- }

USE [sales];
GO

-- drop broker priority OrdersFirst
DROP BROKER PRIORITY [OrdersFirst];
GO
