/* Per model and day: requests, failures, tokens and time. */
CREATE VIEW dbo.InferenceThroughput
AS
SELECT
    o.ModelId,
    CONVERT(date, o.RequestedAt) AS RequestDate,
    COUNT_BIG(*) AS Requests,
    SUM(CASE WHEN o.Status = 'failed' THEN 1 ELSE 0 END) AS Failures,
    SUM(CONVERT(bigint, o.TokenCount)) AS Tokens,
    AVG(CONVERT(float, o.DurationMs)) AS AverageMs,
    MAX(o.DurationMs) AS SlowestMs
FROM dbo.InferenceOutcome AS o
GROUP BY o.ModelId, CONVERT(date, o.RequestedAt);
