/* Per kind: how many, how long, how often without success. */
CREATE VIEW provenance.OperationStatistics
AS
SELECT
    d.Kind,
    COUNT_BIG(*) AS Operations,
    SUM(CASE WHEN d.Outcome IS NULL THEN 1 ELSE 0 END) AS Running,
    SUM(CASE WHEN d.Outcome IN ('failed', 'abandoned') THEN 1 ELSE 0 END) AS Unsuccessful,
    AVG(CASE WHEN d.Outcome IS NOT NULL THEN CONVERT(float, d.DurationMs) END) AS AverageMs,
    MAX(d.DurationMs) AS LongestMs
FROM provenance.OperationDuration AS d
GROUP BY d.Kind;
