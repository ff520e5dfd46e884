/* Atoms without their content. */
CREATE VIEW dbo.AtomSummary
AS
SELECT
    a.AtomId,
    t.Name AS ContentType,
    t.IsText,
    a.ByteCount,
    a.ReferenceCount,
    a.CreatedAt,
    LEFT(a.CanonicalText, 80) AS Excerpt
FROM dbo.Atom AS a
INNER JOIN dbo.ContentType AS t ON t.ContentTypeId = a.ContentTypeId;
