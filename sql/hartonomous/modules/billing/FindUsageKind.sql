/* The number of a kind of usage; throws when there is none of this name. */
CREATE PROCEDURE billing.FindUsageKind
    @name varchar(32),
    @usageKindId tinyint OUTPUT
AS
BEGIN
    SET NOCOUNT ON;

    SET @usageKindId = (SELECT k.UsageKindId FROM billing.UsageKind AS k WHERE k.Name = @name);

    IF @usageKindId IS NULL
    BEGIN
        DECLARE @message nvarchar(2048) = FORMATMESSAGE(N'There is no kind of usage called "%s".', @name);
        THROW 51060, @message, 1;
    END;
END;
