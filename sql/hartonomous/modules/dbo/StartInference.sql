/* Takes the next waiting request of a model; @inferenceRequestId is NULL when there is none. Workers do not wait for each other. */
CREATE PROCEDURE dbo.StartInference
    @modelId int,
    @inferenceRequestId bigint OUTPUT
AS
BEGIN
    SET NOCOUNT ON;
    SET XACT_ABORT ON;

    DECLARE @taken TABLE (InferenceRequestId bigint NOT NULL);

    WITH candidate AS
    (
        SELECT TOP (1) r.InferenceRequestId, r.Status, r.StartedAt
        FROM dbo.InferenceRequest AS r WITH (ROWLOCK, READPAST, UPDLOCK)
        WHERE r.ModelId = @modelId
          AND r.Status = 'queued'
        ORDER BY r.Priority DESC, r.RequestedAt, r.InferenceRequestId
    )
    UPDATE candidate
    SET Status = 'running', StartedAt = SYSUTCDATETIME()
    OUTPUT inserted.InferenceRequestId INTO @taken (InferenceRequestId);

    SET @inferenceRequestId = (SELECT t.InferenceRequestId FROM @taken AS t);
END;
