/* What an invoice for the month would come to now, the monthly fee included. */
CREATE FUNCTION billing.EstimatedTotal (@tenantId int, @periodStart date)
RETURNS decimal(19, 4)
AS
BEGIN
    DECLARE @fee decimal(19, 4) =
    (
        SELECT p.MonthlyFee
        FROM billing.Tenant AS t
        INNER JOIN billing.RatePlan AS p ON p.RatePlanId = t.RatePlanId
        WHERE t.TenantId = @tenantId
    );

    RETURN @fee +
    (
        SELECT COALESCE(SUM(ROUND(r.BillableQuantity * r.UnitPrice, 4)), 0)
        FROM billing.RatedUsage(@tenantId, @periodStart) AS r
    );
END;
