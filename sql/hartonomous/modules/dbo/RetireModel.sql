/* Takes a model out of use; what waits for it fails. */
CREATE PROCEDURE dbo.RetireModel
    @modelId int,
    @failedRequests int = NULL OUTPUT
AS
BEGIN
    SET NOCOUNT ON;
    SET XACT_ABORT ON;

    DECLARE @now datetime2(3) = SYSUTCDATETIME();

    BEGIN TRY
        BEGIN TRANSACTION;

        UPDATE dbo.Model
        SET Status = 'retired', RetiredAt = @now
        WHERE ModelId = @modelId
          AND Status = 'active';

        IF @@ROWCOUNT = 0
            THROW 51015, N'dbo.RetireModel: there is no such active model.', 1;

        UPDATE dbo.InferenceRequest
        SET Status = 'failed', StartedAt = @now, EndedAt = @now, FailureReason = N'The model was retired.'
        WHERE ModelId = @modelId
          AND Status = 'queued';

        SET @failedRequests = @@ROWCOUNT;

        COMMIT TRANSACTION;
    END TRY
    BEGIN CATCH
        IF XACT_STATE() <> 0
            ROLLBACK TRANSACTION;
        THROW;
    END CATCH;
END;
