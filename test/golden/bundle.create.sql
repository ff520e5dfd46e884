-- Types, a sequence, a synonym, a function, a view, a trigger and procedures are made in the order of need
-- new inputs:
-- {
--   "server": "hart",
--   "database": "sales",
--   "directory": "sql"
-- }

USE [sales];
GO

-- create type dbo.OrderId
CREATE TYPE dbo.OrderId FROM bigint NOT NULL
GO

-- create type dbo.OrderList
CREATE TYPE dbo.OrderList AS TABLE (Id dbo.OrderId NOT NULL PRIMARY KEY, Note nvarchar(50) NULL)
GO

-- create sequence dbo.OrderNumbers
CREATE SEQUENCE dbo.OrderNumbers AS int START WITH 1000 INCREMENT BY 1 CACHE 50
GO

-- create synonym dbo.Customers
CREATE SYNONYM dbo.Customers FOR crm.dbo.Customers
GO

-- create function dbo.Tax
CREATE FUNCTION dbo.Tax(@total money) RETURNS money AS BEGIN RETURN @total * 0.19; END
GO

-- create view dbo.OpenOrders
CREATE VIEW dbo.OpenOrders AS SELECT o.Id, o.Customer, dbo.Tax(o.Total) AS Tax FROM dbo.Orders AS o;
GO

-- create procedure dbo.GetOrders
-- All orders of a customer.
CREATE PROCEDURE dbo.GetOrders @customer int AS
SELECT Id FROM dbo.OpenOrders WHERE Customer = @customer;
GO

-- create procedure dbo.SaveOrders
-- SET ANSI_NULLS ON; SET QUOTED_IDENTIFIER OFF;
CREATE PROCEDURE dbo.SaveOrders @list dbo.OrderList READONLY AS
INSERT dbo.Orders (Id) SELECT Id FROM @list;
EXEC dbo.GetOrders @customer = 1;
GO

-- create trigger dbo.OrdersAudit
CREATE TRIGGER dbo.OrdersAudit ON dbo.Orders AFTER UPDATE AS SET NOCOUNT ON;
GO
