/* Everything that a node derives from, with the shortest distance. A cycle ends at @maximumDepth. */
CREATE FUNCTION graph.Derivation (@nodeId bigint, @maximumDepth int)
RETURNS TABLE
AS
RETURN
(
    WITH walk AS
    (
        SELECT @nodeId AS NodeId, 0 AS Depth

        UNION ALL

        SELECT e.ToNodeId, w.Depth + 1
        FROM walk AS w
        INNER JOIN graph.Edge AS e ON e.FromNodeId = w.NodeId
        INNER JOIN graph.EdgeKind AS k ON k.EdgeKindId = e.EdgeKindId
        WHERE k.IsDerivation = 1
          AND w.Depth < @maximumDepth
    )
    SELECT w.NodeId, MIN(w.Depth) AS Depth
    FROM walk AS w
    GROUP BY w.NodeId
);
