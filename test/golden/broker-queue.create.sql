-- A queue is made with activation.
-- new inputs:
-- {
--   "schema": "shop",
--   "name": "Orders",
--   "authorization": "broker",
--   "enabled": false,
--   "retention": true,
--   "poisonMessageHandling": false,
--   "activation": {
--     "procedure": {
--       "schema": "shop",
--       "name": "TakeOrders"
--     },
--     "maxReaders": 5,
--     "executeAs": "worker",
--     "enabled": false
--   }
-- }
-- requires schema shop for queue "shop.Orders"
-- requires object shop.TakeOrders for queue "shop.Orders"
-- requires principal worker for queue "shop.Orders"
-- requires principal broker for queue "shop.Orders"

USE [sales];
GO

-- create queue shop.Orders
CREATE QUEUE [shop].[Orders] WITH STATUS = OFF, RETENTION = ON, ACTIVATION (STATUS = OFF, PROCEDURE_NAME = [shop].[TakeOrders], MAX_QUEUE_READERS = 5, EXECUTE AS N'worker'), POISON_MESSAGE_HANDLING (STATUS = OFF);
GO

-- give queue shop.Orders to broker
ALTER AUTHORIZATION ON OBJECT::[shop].[Orders] TO [broker];
GO
