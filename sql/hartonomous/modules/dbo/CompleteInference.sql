/* Stores the result of a running request, links it to prompt and model, and bills it. */
CREATE PROCEDURE dbo.CompleteInference
    @inferenceRequestId bigint,
    @resultText nvarchar(max),
    @tokenCount int,
    @score decimal(9, 6) = NULL
AS
BEGIN
    SET NOCOUNT ON;
    SET XACT_ABORT ON;

    DECLARE @tenantId int, @modelId int, @promptAtomId bigint, @resultAtomId bigint, @operationId bigint;

    BEGIN TRY
        BEGIN TRANSACTION;

        UPDATE dbo.InferenceRequest
        SET Status = 'completed',
            EndedAt = SYSUTCDATETIME(),
            @tenantId = TenantId,
            @modelId = ModelId,
            @promptAtomId = PromptAtomId
        WHERE InferenceRequestId = @inferenceRequestId
          AND Status = 'running';

        IF @@ROWCOUNT = 0
            THROW 51032, N'dbo.CompleteInference: the request does not run.', 1;

        EXEC provenance.BeginOperation @kind = 'inference', @operationId = @operationId OUTPUT;
        EXEC provenance.RecordInput @operationId = @operationId, @atomId = @promptAtomId, @role = 'prompt';
        EXEC dbo.InsertTextAtom @text = @resultText, @atomId = @resultAtomId OUTPUT;

        INSERT INTO dbo.InferenceResult (InferenceRequestId, Ordinal, AtomId, TokenCount, Score)
        VALUES (@inferenceRequestId, 1, @resultAtomId, @tokenCount, @score);

        EXEC provenance.RecordOutput @operationId = @operationId, @atomId = @resultAtomId;
        EXEC graph.LinkInference @inferenceRequestId = @inferenceRequestId, @operationId = @operationId;

        EXEC billing.RecordUsage @tenantId = @tenantId, @usageKind = 'inference', @quantity = 1, @inferenceRequestId = @inferenceRequestId;

        IF @tokenCount > 0
            EXEC billing.RecordUsage @tenantId = @tenantId, @usageKind = 'tokens', @quantity = @tokenCount, @inferenceRequestId = @inferenceRequestId;

        EXEC provenance.EndOperation @operationId = @operationId, @outcome = 'succeeded';

        COMMIT TRANSACTION;
    END TRY
    BEGIN CATCH
        IF XACT_STATE() <> 0
            ROLLBACK TRANSACTION;
        THROW;
    END CATCH;
END;
