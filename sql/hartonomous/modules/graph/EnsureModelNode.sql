/* The node of a model, made when it is not there. */
CREATE PROCEDURE graph.EnsureModelNode
    @modelId int,
    @nodeId bigint = NULL OUTPUT
AS
BEGIN
    SET NOCOUNT ON;
    SET XACT_ABORT ON;

    INSERT INTO graph.Node (ModelId)
    SELECT @modelId
    WHERE NOT EXISTS (SELECT 1 FROM graph.Node AS n WITH (UPDLOCK, HOLDLOCK) WHERE n.ModelId = @modelId);

    SET @nodeId = (SELECT n.NodeId FROM graph.Node AS n WHERE n.ModelId = @modelId);
END;
