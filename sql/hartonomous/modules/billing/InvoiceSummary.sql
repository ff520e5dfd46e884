/* Invoices with their lines added up; Difference is 0 unless a total is wrong. */
CREATE VIEW billing.InvoiceSummary
AS
SELECT
    i.InvoiceId,
    i.InvoiceNumber,
    t.DisplayName,
    i.PeriodStart,
    i.Status,
    i.Currency,
    i.Total,
    COUNT(l.LineNumber) AS LineCount,
    i.Total - COALESCE(SUM(l.Amount), 0) AS Difference
FROM billing.Invoice AS i
INNER JOIN billing.Tenant AS t ON t.TenantId = i.TenantId
LEFT JOIN billing.InvoiceLine AS l ON l.InvoiceId = i.InvoiceId
GROUP BY i.InvoiceId, i.InvoiceNumber, t.DisplayName, i.PeriodStart, i.Status, i.Currency, i.Total;
