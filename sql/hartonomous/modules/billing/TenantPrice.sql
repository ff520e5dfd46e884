/* The prices that hold for each tenant now. */
CREATE VIEW billing.TenantPrice
AS
SELECT
    t.TenantId,
    t.DisplayName,
    p.RatePlanId,
    p.Currency,
    p.MonthlyFee,
    r.UsageKindId,
    k.Name AS UsageKind,
    k.Unit,
    r.IncludedQuantity,
    r.UnitPrice
FROM billing.Tenant AS t
INNER JOIN billing.RatePlan AS p ON p.RatePlanId = t.RatePlanId
INNER JOIN billing.RatePlanPrice AS r ON r.RatePlanId = p.RatePlanId
INNER JOIN billing.UsageKind AS k ON k.UsageKindId = r.UsageKindId;
