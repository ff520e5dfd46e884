-- A queue that is off is switched on.
-- old inputs:
-- {
--   "name": "Orders"
-- }
-- new inputs:
-- {
--   "name": "Orders"
-- }
-- note: The queue is off although it should be on: the server does that after five rolled-back receives (poison message), or a person did. It is switched on again; look for the message that cannot be processed first, or it goes off again.
-- requires schema dbo for queue "dbo.Orders"

USE [sales];
GO

-- change queue dbo.Orders
ALTER QUEUE [dbo].[Orders] WITH STATUS = ON;
GO
