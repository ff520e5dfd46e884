/* Hands over an embedding, a JSON list of numbers, to be stored. It is sent when the caller's transaction commits. */
CREATE PROCEDURE broker.SendEmbeddingJob
    @atomId bigint,
    @modelId int,
    @components nvarchar(max),
    @conversation uniqueidentifier = NULL OUTPUT
AS
BEGIN
    SET NOCOUNT ON;
    SET XACT_ABORT ON;

    DECLARE @body nvarchar(max) =
    (
        SELECT
            @atomId AS atomId,
            @modelId AS modelId,
            JSON_QUERY(@components) AS components
        FOR JSON PATH, WITHOUT_ARRAY_WRAPPER
    );

    BEGIN DIALOG CONVERSATION @conversation
        FROM SERVICE [//hartonomous/embedding/Client]
        TO SERVICE N'//hartonomous/embedding/Store', N'CURRENT DATABASE'
        ON CONTRACT [//hartonomous/embedding/Contract]
        WITH ENCRYPTION = OFF;

    SEND ON CONVERSATION @conversation
        MESSAGE TYPE [//hartonomous/embedding/Job] (@body);
END;
