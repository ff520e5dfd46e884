/* Where an atom was seen, with how far its source is trusted. */
CREATE VIEW dbo.AtomProvenance
AS
SELECT
    o.AtomId,
    s.Name AS SourceName,
    s.TrustLevel,
    COUNT_BIG(*) AS Occurrences,
    MIN(o.SeenAt) AS FirstSeenAt,
    MAX(o.SeenAt) AS LastSeenAt
FROM dbo.AtomOccurrence AS o
INNER JOIN dbo.AtomSource AS s ON s.AtomSourceId = o.AtomSourceId
GROUP BY o.AtomId, s.Name, s.TrustLevel;
