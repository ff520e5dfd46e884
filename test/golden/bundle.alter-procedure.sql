-- One body changed
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

-- alter procedure dbo.GetOrders
-- All orders of a customer.
ALTER PROCEDURE dbo.GetOrders @customer int AS
SELECT TOP (10) Id FROM dbo.OpenOrders WHERE Customer = @customer;
GO
