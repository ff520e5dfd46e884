/* Notes what a tenant used; it is priced when the invoice is made. */
CREATE PROCEDURE billing.RecordUsage
    @tenantId int,
    @usageKind varchar(32),
    @quantity decimal(19, 4),
    @occurredAt datetime2(3) = NULL,
    @inferenceRequestId bigint = NULL,
    @usageId bigint = NULL OUTPUT
AS
BEGIN
    SET NOCOUNT ON;
    SET XACT_ABORT ON;

    DECLARE @usageKindId tinyint;

    EXEC billing.FindUsageKind @name = @usageKind, @usageKindId = @usageKindId OUTPUT;

    SET @usageId = NEXT VALUE FOR billing.UsageNumber;

    INSERT INTO billing.Usage (UsageId, TenantId, UsageKindId, Quantity, OccurredAt, InferenceRequestId)
    VALUES (@usageId, @tenantId, @usageKindId, @quantity, COALESCE(@occurredAt, SYSUTCDATETIME()), @inferenceRequestId);
END;
