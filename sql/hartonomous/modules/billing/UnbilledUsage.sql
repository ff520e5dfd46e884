/* Usage that no invoice has taken yet, with the month that it belongs to. */
CREATE VIEW billing.UnbilledUsage
AS
SELECT
    u.UsageId,
    u.TenantId,
    u.UsageKindId,
    u.Quantity,
    u.OccurredAt,
    billing.PeriodStart(CONVERT(date, u.OccurredAt)) AS PeriodStart
FROM billing.Usage AS u
WHERE u.InvoiceId IS NULL;
