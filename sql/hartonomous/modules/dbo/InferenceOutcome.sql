/* Requests with what came out of them. */
CREATE VIEW dbo.InferenceOutcome
AS
SELECT
    r.InferenceRequestId,
    r.RequestKey,
    r.TenantId,
    r.ModelId,
    r.Status,
    r.RequestedAt,
    r.DurationMs,
    COUNT(x.Ordinal) AS ResultCount,
    COALESCE(SUM(x.TokenCount), 0) AS TokenCount,
    MAX(x.Score) AS BestScore
FROM dbo.InferenceRequest AS r
LEFT JOIN dbo.InferenceResult AS x ON x.InferenceRequestId = r.InferenceRequestId
GROUP BY r.InferenceRequestId, r.RequestKey, r.TenantId, r.ModelId, r.Status, r.RequestedAt, r.DurationMs;
