/* The node of a request, made when it is not there. */
CREATE PROCEDURE graph.EnsureInferenceNode
    @inferenceRequestId bigint,
    @nodeId bigint = NULL OUTPUT
AS
BEGIN
    SET NOCOUNT ON;
    SET XACT_ABORT ON;

    INSERT INTO graph.Node (InferenceRequestId)
    SELECT @inferenceRequestId
    WHERE NOT EXISTS (SELECT 1 FROM graph.Node AS n WITH (UPDLOCK, HOLDLOCK) WHERE n.InferenceRequestId = @inferenceRequestId);

    SET @nodeId = (SELECT n.NodeId FROM graph.Node AS n WHERE n.InferenceRequestId = @inferenceRequestId);
END;
