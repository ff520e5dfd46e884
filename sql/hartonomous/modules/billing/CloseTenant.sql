/* Closes an account. What is open must be invoiced first. */
CREATE PROCEDURE billing.CloseTenant
    @tenantId int
AS
BEGIN
    SET NOCOUNT ON;
    SET XACT_ABORT ON;

    BEGIN TRY
        BEGIN TRANSACTION;

        IF EXISTS (SELECT 1 FROM billing.UnbilledUsage AS u WHERE u.TenantId = @tenantId)
            THROW 51062, N'billing.CloseTenant: there is usage that no invoice has taken.', 1;

        UPDATE billing.Tenant
        SET ClosedAt = SYSUTCDATETIME()
        WHERE TenantId = @tenantId
          AND ClosedAt IS NULL;

        IF @@ROWCOUNT = 0
            THROW 51063, N'billing.CloseTenant: the tenant is unknown or closed.', 1;

        COMMIT TRANSACTION;
    END TRY
    BEGIN CATCH
        IF XACT_STATE() <> 0
            ROLLBACK TRANSACTION;
        THROW;
    END CATCH;
END;
