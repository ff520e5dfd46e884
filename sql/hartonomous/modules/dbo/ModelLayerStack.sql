/* Layers in order, each with what it expects from the one below. */
CREATE VIEW dbo.ModelLayerStack
AS
SELECT
    l.ModelId,
    l.ModelLayerId,
    l.Ordinal,
    l.Kind,
    l.InputDimension,
    l.OutputDimension,
    l.ParameterCount,
    LAG(l.OutputDimension) OVER (PARTITION BY l.ModelId ORDER BY l.Ordinal) AS DimensionBelow,
    SUM(l.ParameterCount) OVER (PARTITION BY l.ModelId ORDER BY l.Ordinal ROWS UNBOUNDED PRECEDING) AS ParametersSoFar
FROM dbo.ModelLayer AS l;
