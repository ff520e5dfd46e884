/* What a person reads at a node. */
CREATE VIEW graph.NodeLabel
AS
SELECT
    n.NodeId,
    n.Kind,
    CASE n.Kind
        WHEN 'atom' THEN COALESCE(LEFT(a.CanonicalText, 60), CONCAT(N'atom ', n.AtomId))
        WHEN 'model' THEN dbo.ModelLabel(m.Name, m.Version)
        ELSE CONCAT(N'inference ', n.InferenceRequestId)
    END AS Label
FROM graph.Node AS n
LEFT JOIN graph.Atom AS a ON a.AtomId = n.AtomId
LEFT JOIN dbo.Model AS m ON m.ModelId = n.ModelId;
