/* Requests of a tenant, page by page, the newest first. */
CREATE PROCEDURE dbo.ListInferences
    @tenantId int,
    @skip int = 0,
    @take int = 50
AS
BEGIN
    SET NOCOUNT ON;

    SELECT
        o.InferenceRequestId,
        m.Label AS Model,
        o.Status,
        o.RequestedAt,
        o.DurationMs,
        o.TokenCount,
        o.BestScore,
        COUNT(*) OVER () AS TotalCount
    FROM dbo.InferenceOutcome AS o
    INNER JOIN dbo.ModelCatalog AS m ON m.ModelId = o.ModelId
    WHERE o.TenantId = @tenantId
    ORDER BY o.RequestedAt DESC, o.InferenceRequestId DESC
    OFFSET @skip ROWS FETCH NEXT @take ROWS ONLY;
END;
