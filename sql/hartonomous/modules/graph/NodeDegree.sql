/* How many edges meet at each node. */
CREATE VIEW graph.NodeDegree
AS
SELECT
    l.NodeId,
    l.Kind,
    l.Label,
    (SELECT COUNT(*) FROM graph.EdgeDetail AS o WHERE o.FromNodeId = l.NodeId) AS OutDegree,
    (SELECT COUNT(*) FROM graph.EdgeDetail AS i WHERE i.ToNodeId = l.NodeId) AS InDegree
FROM graph.NodeLabel AS l;
