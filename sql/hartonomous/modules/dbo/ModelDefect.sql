/* Layers that do not fit on the one below. Empty for a sound model. */
CREATE VIEW dbo.ModelDefect
AS
SELECT
    s.ModelId,
    s.ModelLayerId,
    s.Ordinal,
    s.DimensionBelow AS ExpectedDimension,
    s.InputDimension AS ActualDimension
FROM dbo.ModelLayerStack AS s
WHERE s.DimensionBelow <> s.InputDimension;
