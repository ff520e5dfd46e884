/* The account of a tenant: balance first, then invoices, then what is open. */
CREATE PROCEDURE billing.ShowStatement
    @tenantId int
AS
BEGIN
    SET NOCOUNT ON;

    SELECT b.DisplayName, b.Owed, b.EstimatedThisMonth
    FROM billing.TenantBalance AS b
    WHERE b.TenantId = @tenantId;

    SELECT s.InvoiceNumber, s.PeriodStart, s.Status, s.Total, s.Currency
    FROM billing.InvoiceSummary AS s
    INNER JOIN billing.Invoice AS i ON i.InvoiceId = s.InvoiceId
    WHERE i.TenantId = @tenantId
    ORDER BY s.PeriodStart DESC;

    SELECT k.Name AS UsageKind, u.PeriodStart, u.Quantity, k.Unit
    FROM billing.UnbilledByTenant AS u
    INNER JOIN billing.UsageKind AS k ON k.UsageKindId = u.UsageKindId
    WHERE u.TenantId = @tenantId
    ORDER BY u.PeriodStart, k.Name;
END;
