/* Uses the view and the function of files that come later. */
CREATE PROCEDURE dbo.AddOrder
  @OrderId int,
  @Amount decimal(9, 2)
AS
BEGIN
  SET NOCOUNT ON;
  INSERT INTO dbo.Orders (OrderId, Amount) VALUES (@OrderId, dbo.Rounded(@Amount));
  SELECT v.OrderId, v.Amount FROM dbo.BigOrders AS v WHERE v.OrderId = @OrderId;
END;
GO
SET QUOTED_IDENTIFIER OFF;
GO
ALTER PROC dbo.[It's old] AS SELECT "text" AS [value];
