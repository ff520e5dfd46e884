/* Uses the view and the function of files that come later. */
CREATE PROCEDURE dbo.AddOrder
  @OrderId int,
  @Amount decimal(9, 2)
AS
BEGIN
  SET NOCOUNT ON;
  IF @Amount < 0 THROW 50001, N'an amount is not negative', 1;
  INSERT INTO dbo.Orders (OrderId, Amount) VALUES (@OrderId, dbo.Rounded(@Amount));
  SELECT v.OrderId, v.Amount FROM dbo.BigOrders AS v WHERE v.OrderId = @OrderId;
END;
GO
CREATE PROCEDURE dbo.CountOrders AS SELECT COUNT(*) AS orders FROM dbo.AllOrders;
