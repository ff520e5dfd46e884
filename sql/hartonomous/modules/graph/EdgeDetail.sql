/* Edges with the kinds of both ends. */
CREATE VIEW graph.EdgeDetail
AS
SELECT
    e.FromNodeId,
    f.Kind AS FromKind,
    e.ToNodeId,
    t.Kind AS ToKind,
    k.Name AS EdgeKind,
    k.IsDerivation,
    e.Weight,
    e.OperationId
FROM graph.Edge AS e
INNER JOIN graph.Node AS f ON f.NodeId = e.FromNodeId
INNER JOIN graph.Node AS t ON t.NodeId = e.ToNodeId
INNER JOIN graph.EdgeKind AS k ON k.EdgeKindId = e.EdgeKindId;
