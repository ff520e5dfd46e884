/* Requests that wait, in the order in which dbo.StartInference takes them. */
CREATE VIEW dbo.InferenceQueue
AS
SELECT
    r.InferenceRequestId,
    r.TenantId,
    r.ModelId,
    r.Priority,
    r.RequestedAt,
    ROW_NUMBER() OVER (PARTITION BY r.ModelId ORDER BY r.Priority DESC, r.RequestedAt, r.InferenceRequestId) AS Position
FROM dbo.InferenceRequest AS r
WHERE r.Status = 'queued';
