/* Ends a running request without a result. Nothing is billed. */
CREATE PROCEDURE dbo.FailInference
    @inferenceRequestId bigint,
    @reason nvarchar(1000)
AS
BEGIN
    SET NOCOUNT ON;
    SET XACT_ABORT ON;

    UPDATE dbo.InferenceRequest
    SET Status = 'failed', EndedAt = SYSUTCDATETIME(), FailureReason = @reason
    WHERE InferenceRequestId = @inferenceRequestId
      AND Status = 'running';

    IF @@ROWCOUNT = 0
        THROW 51033, N'dbo.FailInference: the request does not run.', 1;
END;
