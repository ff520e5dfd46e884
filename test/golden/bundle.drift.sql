-- By hand a function was changed, a view dropped, a trigger disabled, a procedure compiled with other settings
-- old inputs:
-- {
--   "directory": "sql"
-- }
-- new inputs:
-- {
--   "directory": "sql"
-- }

USE [sales];
GO

-- alter function dbo.Tax
ALTER FUNCTION dbo.Tax(@total money) RETURNS money AS BEGIN RETURN @total * 0.19; END
GO

-- create view dbo.OpenOrders
CREATE VIEW dbo.OpenOrders AS SELECT o.Id, o.Customer, dbo.Tax(o.Total) AS Tax FROM dbo.Orders AS o;
GO

-- alter procedure dbo.GetOrders
-- All orders of a customer.
ALTER PROCEDURE dbo.GetOrders @customer int AS
SELECT Id FROM dbo.OpenOrders WHERE Customer = @customer;
GO

-- enable trigger dbo.OrdersAudit
ENABLE TRIGGER [dbo].[OrdersAudit] ON [dbo].[Orders];
GO
