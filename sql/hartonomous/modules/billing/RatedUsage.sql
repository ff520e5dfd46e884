/* Open usage of a tenant in a month, priced. */
CREATE FUNCTION billing.RatedUsage (@tenantId int, @periodStart date)
RETURNS TABLE
AS
RETURN
(
    SELECT
        u.UsageKindId,
        p.UsageKind,
        p.Unit,
        u.Quantity,
        p.IncludedQuantity,
        billing.Excess(u.Quantity, p.IncludedQuantity) AS BillableQuantity,
        p.UnitPrice
    FROM billing.UnbilledByTenant AS u
    INNER JOIN billing.TenantPrice AS p ON p.TenantId = u.TenantId AND p.UsageKindId = u.UsageKindId
    WHERE u.TenantId = @tenantId
      AND u.PeriodStart = billing.PeriodStart(@periodStart)
);
