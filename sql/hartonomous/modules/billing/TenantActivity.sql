/* Requests and tokens of each tenant with what was billed for them. */
CREATE VIEW billing.TenantActivity
AS
SELECT
    r.TenantId,
    COUNT_BIG(DISTINCT r.InferenceRequestId) AS Requests,
    SUM(CASE WHEN k.Name = 'tokens' THEN u.Quantity ELSE 0 END) AS Tokens
FROM billing.InferenceRequest AS r
LEFT JOIN billing.Usage AS u ON u.InferenceRequestId = r.InferenceRequestId
LEFT JOIN billing.UsageKind AS k ON k.UsageKindId = u.UsageKindId
GROUP BY r.TenantId;
