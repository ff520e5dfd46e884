-- A service is made.
-- new inputs:
-- {
--   "name": "//shop/OrderService",
--   "queue": {
--     "name": "Orders"
--   },
--   "contracts": [
--     "//shop/Orders",
--     "DEFAULT"
--   ],
--   "authorization": "broker"
-- }
-- requires object dbo.Orders for service "//shop/OrderService"
-- requires contract //shop/Orders for service "//shop/OrderService"
-- requires principal broker for service "//shop/OrderService"

USE [sales];
GO

-- create service //shop/OrderService
CREATE SERVICE [//shop/OrderService] AUTHORIZATION [broker] ON QUEUE [dbo].[Orders] ([//shop/Orders], [DEFAULT]);
GO
