/* Draws the edges of a request: results are produced by it, it derives from its prompt and its model. */
CREATE PROCEDURE graph.LinkInference
    @inferenceRequestId bigint,
    @operationId bigint = NULL
AS
BEGIN
    SET NOCOUNT ON;
    SET XACT_ABORT ON;

    DECLARE @promptAtomId bigint, @modelId int, @requestNodeId bigint, @nodeId bigint, @atomId bigint;

    SELECT @promptAtomId = r.PromptAtomId, @modelId = r.ModelId
    FROM dbo.InferenceRequest AS r
    WHERE r.InferenceRequestId = @inferenceRequestId;

    BEGIN TRY
        BEGIN TRANSACTION;

        EXEC graph.EnsureInferenceNode @inferenceRequestId = @inferenceRequestId, @nodeId = @requestNodeId OUTPUT;

        EXEC graph.EnsureAtomNode @atomId = @promptAtomId, @nodeId = @nodeId OUTPUT;
        EXEC graph.AddEdge @fromNodeId = @requestNodeId, @toNodeId = @nodeId, @edgeKind = 'derived-from', @operationId = @operationId;

        EXEC graph.EnsureModelNode @modelId = @modelId, @nodeId = @nodeId OUTPUT;
        EXEC graph.AddEdge @fromNodeId = @requestNodeId, @toNodeId = @nodeId, @edgeKind = 'derived-from', @operationId = @operationId;

        DECLARE results CURSOR LOCAL FAST_FORWARD FOR
            SELECT DISTINCT x.AtomId
            FROM dbo.InferenceResult AS x
            WHERE x.InferenceRequestId = @inferenceRequestId;

        OPEN results;
        FETCH NEXT FROM results INTO @atomId;

        WHILE @@FETCH_STATUS = 0
        BEGIN
            EXEC graph.EnsureAtomNode @atomId = @atomId, @nodeId = @nodeId OUTPUT;
            EXEC graph.AddEdge @fromNodeId = @nodeId, @toNodeId = @requestNodeId, @edgeKind = 'produced-by', @operationId = @operationId;
            FETCH NEXT FROM results INTO @atomId;
        END;

        CLOSE results;
        DEALLOCATE results;

        COMMIT TRANSACTION;
    END TRY
    BEGIN CATCH
        IF XACT_STATE() <> 0
            ROLLBACK TRANSACTION;
        THROW;
    END CATCH;
END;
