-- A queue moves to another filegroup.
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
--   "activation": {
--     "procedure": {
--       "name": "TakeOrders"
--     },
--     "maxReaders": 2
--   },
--   "filegroup": "archive"
-- }
-- requires schema dbo for queue "dbo.Orders"
-- requires object dbo.TakeOrders for queue "dbo.Orders"
-- requires filegroup archive for queue "dbo.Orders"

USE [sales];
GO

-- move queue dbo.Orders to filegroup archive
-- hazard long-lock:dbo.Orders: the queue is locked while its messages move to the filegroup
EXEC (N'ALTER QUEUE [dbo].[Orders] MOVE TO [archive];');
GO
