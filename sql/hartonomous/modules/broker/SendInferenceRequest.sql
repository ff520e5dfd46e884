/* Asks for an inference without waiting for it. It is sent when the caller's transaction commits. */
CREATE PROCEDURE broker.SendInferenceRequest
    @tenantId int,
    @modelId int,
    @prompt nvarchar(4000),
    @priority tinyint = 5,
    @conversation uniqueidentifier = NULL OUTPUT
AS
BEGIN
    SET NOCOUNT ON;
    SET XACT_ABORT ON;

    DECLARE @body nvarchar(max) =
    (
        SELECT
            @tenantId AS tenantId,
            @modelId AS modelId,
            @prompt AS prompt,
            @priority AS priority
        FOR JSON PATH, WITHOUT_ARRAY_WRAPPER
    );

    BEGIN DIALOG CONVERSATION @conversation
        FROM SERVICE [//hartonomous/inference/Client]
        TO SERVICE N'//hartonomous/inference/Engine', N'CURRENT DATABASE'
        ON CONTRACT [//hartonomous/inference/Contract]
        WITH ENCRYPTION = OFF;

    SEND ON CONVERSATION @conversation
        MESSAGE TYPE [//hartonomous/inference/Request] (@body);
END;
