/* What is open per tenant, month and kind. */
CREATE VIEW billing.UnbilledByTenant
AS
SELECT
    u.TenantId,
    u.PeriodStart,
    u.UsageKindId,
    SUM(u.Quantity) AS Quantity,
    COUNT_BIG(*) AS UsageRows
FROM billing.UnbilledUsage AS u
GROUP BY u.TenantId, u.PeriodStart, u.UsageKindId;
