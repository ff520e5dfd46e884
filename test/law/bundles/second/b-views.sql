CREATE OR ALTER VIEW dbo.BigOrders AS SELECT o.OrderId, o.Amount FROM dbo.AllOrders AS o WHERE o.Amount > dbo.Rounded(1.4);
GO
CREATE VIEW dbo.AllOrders AS SELECT OrderId, Amount FROM dbo.Orders;
