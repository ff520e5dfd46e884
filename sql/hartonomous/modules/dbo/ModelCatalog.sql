/* Every model with its size and the state of its weights. */
CREATE VIEW dbo.ModelCatalog
AS
SELECT
    m.ModelId,
    dbo.ModelLabel(m.Name, m.Version) AS Label,
    m.Architecture,
    m.Status,
    dbo.ModelParameterCount(m.ModelId) AS ParameterCount,
    layers.LayerCount,
    layers.LayersWithWeights,
    m.ActivatedAt
FROM dbo.Model AS m
OUTER APPLY
(
    SELECT
        COUNT(*) AS LayerCount,
        COUNT(w.ModelLayerId) AS LayersWithWeights
    FROM dbo.ModelLayer AS l
    LEFT JOIN (SELECT DISTINCT ModelLayerId FROM dbo.LayerWeight) AS w ON w.ModelLayerId = l.ModelLayerId
    WHERE l.ModelId = m.ModelId
) AS layers;
