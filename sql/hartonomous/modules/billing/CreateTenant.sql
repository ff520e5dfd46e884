/* Opens an account on a plan that takes new tenants. */
CREATE PROCEDURE billing.CreateTenant
    @displayName nvarchar(200),
    @planCode varchar(32),
    @tenantId int OUTPUT
AS
BEGIN
    SET NOCOUNT ON;
    SET XACT_ABORT ON;

    DECLARE @ratePlanId int =
    (
        SELECT p.RatePlanId
        FROM billing.RatePlan AS p
        WHERE p.Code = @planCode AND p.IsOpen = 1
    );

    IF @ratePlanId IS NULL
        THROW 51061, N'billing.CreateTenant: the plan is unknown or takes no new tenants.', 1;

    INSERT INTO billing.Tenant (DisplayName, RatePlanId)
    VALUES (@displayName, @ratePlanId);

    SET @tenantId = SCOPE_IDENTITY();
END;
