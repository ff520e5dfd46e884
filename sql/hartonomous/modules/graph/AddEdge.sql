/* Joins two nodes; an edge that is there takes the new weight. */
CREATE PROCEDURE graph.AddEdge
    @fromNodeId bigint,
    @toNodeId bigint,
    @edgeKind varchar(32),
    @weight decimal(9, 6) = 1,
    @operationId bigint = NULL
AS
BEGIN
    SET NOCOUNT ON;
    SET XACT_ABORT ON;

    DECLARE @edgeKindId tinyint = (SELECT k.EdgeKindId FROM graph.EdgeKind AS k WHERE k.Name = @edgeKind);

    IF @edgeKindId IS NULL
        THROW 51040, N'graph.AddEdge: there is no edge kind of this name.', 1;

    MERGE graph.Edge WITH (HOLDLOCK) AS t
    USING (VALUES (@fromNodeId, @toNodeId, @edgeKindId)) AS s (FromNodeId, ToNodeId, EdgeKindId)
        ON t.FromNodeId = s.FromNodeId AND t.ToNodeId = s.ToNodeId AND t.EdgeKindId = s.EdgeKindId
    WHEN MATCHED THEN
        UPDATE SET Weight = @weight, OperationId = COALESCE(@operationId, t.OperationId)
    WHEN NOT MATCHED BY TARGET THEN
        INSERT (FromNodeId, ToNodeId, EdgeKindId, Weight, OperationId)
        VALUES (s.FromNodeId, s.ToNodeId, s.EdgeKindId, @weight, @operationId);
END;
