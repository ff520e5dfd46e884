/* Bytes kept and bytes saved by keeping equal content once. */
CREATE VIEW dbo.AtomStorage
AS
SELECT
    s.ContentType,
    COUNT_BIG(*) AS AtomCount,
    SUM(s.ByteCount) AS StoredBytes,
    SUM(s.ByteCount * s.ReferenceCount) AS ReferencedBytes,
    SUM(CASE WHEN s.ReferenceCount > 1 THEN s.ByteCount * (s.ReferenceCount - 1) ELSE 0 END) AS SavedBytes
FROM dbo.AtomSummary AS s
GROUP BY s.ContentType;
