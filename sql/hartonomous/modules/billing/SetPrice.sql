/* Sets what one kind of usage costs in a plan, for usage that is not billed yet. */
CREATE PROCEDURE billing.SetPrice
    @ratePlanId int,
    @usageKind varchar(32),
    @unitPrice decimal(19, 8),
    @includedQuantity decimal(19, 4) = 0
AS
BEGIN
    SET NOCOUNT ON;
    SET XACT_ABORT ON;

    DECLARE @usageKindId tinyint;

    EXEC billing.FindUsageKind @name = @usageKind, @usageKindId = @usageKindId OUTPUT;

    MERGE billing.RatePlanPrice WITH (HOLDLOCK) AS t
    USING (VALUES (@ratePlanId, @usageKindId)) AS s (RatePlanId, UsageKindId)
        ON t.RatePlanId = s.RatePlanId AND t.UsageKindId = s.UsageKindId
    WHEN MATCHED THEN
        UPDATE SET UnitPrice = @unitPrice, IncludedQuantity = @includedQuantity
    WHEN NOT MATCHED BY TARGET THEN
        INSERT (RatePlanId, UsageKindId, IncludedQuantity, UnitPrice)
        VALUES (s.RatePlanId, s.UsageKindId, @includedQuantity, @unitPrice);
END;
