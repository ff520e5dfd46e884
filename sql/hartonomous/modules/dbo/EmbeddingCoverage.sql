/* How much of the text a model has embedded. */
CREATE VIEW dbo.EmbeddingCoverage
AS
SELECT
    m.ModelId,
    m.Label,
    COUNT_BIG(e.EmbeddingId) AS EmbeddedAtoms,
    (SELECT COUNT_BIG(*) FROM dbo.AtomSummary AS s WHERE s.IsText = 1) AS TextAtoms
FROM dbo.ActiveModel AS m
LEFT JOIN dbo.Embedding AS e ON e.ModelId = m.ModelId
GROUP BY m.ModelId, m.Label;
