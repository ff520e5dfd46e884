-- A queue keeps its messages and gets more readers.
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
--   "name": "Orders",
--   "retention": true,
--   "activation": {
--     "procedure": {
--       "name": "TakeOrders"
--     },
--     "maxReaders": 4
--   }
-- }
-- note: RETENTION keeps every message until its conversation has ended and slows the queue down.
-- requires schema dbo for queue "dbo.Orders"
-- requires object dbo.TakeOrders for queue "dbo.Orders"

USE [sales];
GO

-- change queue dbo.Orders
ALTER QUEUE [dbo].[Orders] WITH RETENTION = ON, ACTIVATION (MAX_QUEUE_READERS = 4);
GO
