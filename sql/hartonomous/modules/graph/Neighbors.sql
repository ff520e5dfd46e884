/* What an edge joins to a node, in either direction. */
CREATE FUNCTION graph.Neighbors (@nodeId bigint)
RETURNS TABLE
AS
RETURN
(
    SELECT e.ToNodeId AS NodeId, e.EdgeKind, e.Weight, CONVERT(bit, 1) AS IsOutgoing
    FROM graph.EdgeDetail AS e
    WHERE e.FromNodeId = @nodeId

    UNION ALL

    SELECT e.FromNodeId, e.EdgeKind, e.Weight, CONVERT(bit, 0)
    FROM graph.EdgeDetail AS e
    WHERE e.ToNodeId = @nodeId
);
