/* What a node derives from, nearest first, as people read it. */
CREATE PROCEDURE graph.TraceDerivation
    @nodeId bigint,
    @maximumDepth int = 20
AS
BEGIN
    SET NOCOUNT ON;

    SELECT d.Depth, l.NodeId, l.Kind, l.Label
    FROM graph.Derivation(@nodeId, @maximumDepth) AS d
    INNER JOIN graph.NodeLabel AS l ON l.NodeId = d.NodeId
    ORDER BY d.Depth, l.NodeId;
END;
