-- A queue loses its activation.
-- old inputs:
-- {
--   "name": "Orders",
--   "activation": {
--     "procedure": {
--       "name": "TakeOrders"
--     },
--     "maxReaders": 2
--   }
-- }
-- new inputs:
-- {
--   "name": "Orders"
-- }
-- requires schema dbo for queue "dbo.Orders"

USE [sales];
GO

-- change queue dbo.Orders
ALTER QUEUE [dbo].[Orders] WITH ACTIVATION (DROP);
GO
