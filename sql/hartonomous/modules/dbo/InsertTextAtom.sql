/* Stores a text in its normal spelling. */
CREATE PROCEDURE dbo.InsertTextAtom
    @text nvarchar(max),
    @atomId bigint OUTPUT,
    @isNew bit = NULL OUTPUT
AS
BEGIN
    SET NOCOUNT ON;
    SET XACT_ABORT ON;

    DECLARE @normal nvarchar(max) = dbo.NormalizeText(@text);
    DECLARE @content varbinary(max) = dbo.TextContent(@text);

    EXEC dbo.InsertAtom
        @content = @content,
        @contentTypeId = 1,
        @canonicalText = @normal,
        @atomId = @atomId OUTPUT,
        @isNew = @isNew OUTPUT;
END;
