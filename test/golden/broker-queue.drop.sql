-- A queue with messages is dropped.
-- old inputs:
-- {
--   "name": "Orders"
-- }

USE [sales];
GO

-- drop queue dbo.Orders
-- hazard messages-lost:dbo.Orders (12 rows): throws away what is in the queue: 12 messages
DROP QUEUE [dbo].[Orders];
GO
