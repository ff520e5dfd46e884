-- A queue gets an activation.
-- old inputs:
-- {
--   "name": "Orders"
-- }
-- new inputs:
-- {
--   "name": "Orders",
--   "activation": {
--     "procedure": {
--       "name": "TakeOrders"
--     },
--     "maxReaders": 2
--   }
-- }
-- requires schema dbo for queue "dbo.Orders"
-- requires object dbo.TakeOrders for queue "dbo.Orders"

USE [sales];
GO

-- change queue dbo.Orders
ALTER QUEUE [dbo].[Orders] WITH ACTIVATION (STATUS = ON, PROCEDURE_NAME = [dbo].[TakeOrders], MAX_QUEUE_READERS = 2, EXECUTE AS OWNER);
GO
