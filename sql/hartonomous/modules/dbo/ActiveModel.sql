/* Models that take requests. */
CREATE VIEW dbo.ActiveModel
AS
SELECT c.ModelId, c.Label, c.Architecture, c.ParameterCount, c.ActivatedAt
FROM dbo.ModelCatalog AS c
WHERE c.Status = 'active';
