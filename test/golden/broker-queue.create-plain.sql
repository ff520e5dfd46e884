-- A queue is made.
-- new inputs:
-- {
--   "name": "Orders"
-- }
-- requires schema dbo for queue "dbo.Orders"

USE [sales];
GO

-- create queue dbo.Orders
CREATE QUEUE [dbo].[Orders] WITH STATUS = ON, RETENTION = OFF, POISON_MESSAGE_HANDLING (STATUS = ON);
GO
