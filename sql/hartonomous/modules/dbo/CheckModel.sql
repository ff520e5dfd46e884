/* Throws when a layer does not fit on the one below, naming the first such layer. */
CREATE PROCEDURE dbo.CheckModel
    @modelId int
AS
BEGIN
    SET NOCOUNT ON;

    DECLARE @message nvarchar(2048);

    SELECT TOP (1)
        @message = CONCAT(N'Layer ', d.Ordinal, N' takes ', d.ActualDimension, N' values, but the layer below gives ', d.ExpectedDimension, N'.')
    FROM dbo.ModelDefect AS d
    WHERE d.ModelId = @modelId
    ORDER BY d.Ordinal;

    IF @message IS NOT NULL
        THROW 51011, @message, 1;
END;
