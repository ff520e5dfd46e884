/* Reports what a tenant used; it is noted later. It is sent when the caller's transaction commits. */
CREATE PROCEDURE broker.SendUsageEvent
    @tenantId int,
    @usageKind varchar(32),
    @quantity decimal(19, 4),
    @occurredAt datetime2(3) = NULL,
    @conversation uniqueidentifier = NULL OUTPUT
AS
BEGIN
    SET NOCOUNT ON;
    SET XACT_ABORT ON;

    DECLARE @body nvarchar(max) =
    (
        SELECT
            @tenantId AS tenantId,
            @usageKind AS usageKind,
            @quantity AS quantity,
            @occurredAt AS occurredAt
        FOR JSON PATH, WITHOUT_ARRAY_WRAPPER
    );

    BEGIN DIALOG CONVERSATION @conversation
        FROM SERVICE [//hartonomous/billing/Meter]
        TO SERVICE N'//hartonomous/billing/Ledger', N'CURRENT DATABASE'
        ON CONTRACT [//hartonomous/billing/Contract]
        WITH ENCRYPTION = OFF;

    SEND ON CONVERSATION @conversation
        MESSAGE TYPE [//hartonomous/billing/Usage] (@body);
END;
