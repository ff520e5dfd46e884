/* What each tenant owes, and what this month would add. */
CREATE VIEW billing.TenantBalance
AS
SELECT
    t.TenantId,
    t.DisplayName,
    COALESCE((SELECT SUM(i.Total) FROM billing.Invoice AS i WHERE i.TenantId = t.TenantId AND i.Status = 'issued'), 0) AS Owed,
    billing.EstimatedTotal(t.TenantId, CONVERT(date, SYSUTCDATETIME())) AS EstimatedThisMonth
FROM billing.Tenant AS t
WHERE t.IsOpen = 1;
