/* Nodes that can be reached over any edge, level by level; each node once, so that cycles end. */
CREATE FUNCTION graph.Closure (@nodeId bigint)
RETURNS @reached TABLE
(
    NodeId bigint NOT NULL PRIMARY KEY,
    Depth int NOT NULL
)
AS
BEGIN
    DECLARE @depth int = 0;

    INSERT INTO @reached (NodeId, Depth)
    SELECT n.NodeId, 0
    FROM graph.Node AS n
    WHERE n.NodeId = @nodeId;

    WHILE @@ROWCOUNT > 0
    BEGIN
        SET @depth += 1;

        INSERT INTO @reached (NodeId, Depth)
        SELECT DISTINCT e.ToNodeId, @depth
        FROM graph.Edge AS e
        INNER JOIN @reached AS r ON r.NodeId = e.FromNodeId AND r.Depth = @depth - 1
        WHERE NOT EXISTS (SELECT 1 FROM @reached AS known WHERE known.NodeId = e.ToNodeId);
    END;

    RETURN;
END;
