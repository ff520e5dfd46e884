-- The bundle is deleted
-- old inputs:
-- {
--   "server": "hart",
--   "database": "sales",
--   "directory": "sql"
-- }

USE [sales];
GO

-- drop trigger dbo.OrdersAudit
DROP TRIGGER [dbo].[OrdersAudit];
GO

-- drop procedure dbo.GetOrders
DROP PROCEDURE [dbo].[GetOrders];
GO

-- drop procedure dbo.SaveOrders
DROP PROCEDURE [dbo].[SaveOrders];
GO

-- drop view dbo.OpenOrders
DROP VIEW [dbo].[OpenOrders];
GO

-- drop function dbo.Tax
DROP FUNCTION [dbo].[Tax];
GO

-- drop synonym dbo.Customers
DROP SYNONYM [dbo].[Customers];
GO

-- drop sequence dbo.OrderNumbers
-- hazard data-loss:dbo.OrderNumbers: the position of the sequence is lost
DROP SEQUENCE [dbo].[OrderNumbers];
GO

-- drop type dbo.OrderList
DROP TYPE [dbo].[OrderList];
GO

-- drop type dbo.OrderId
DROP TYPE [dbo].[OrderId];
GO
