/* Invoices everything that a tenant used in a month and has not been billed for, and the monthly fee. */
CREATE PROCEDURE billing.IssueInvoice
    @tenantId int,
    @periodStart date,
    @invoiceId int OUTPUT
AS
BEGIN
    SET NOCOUNT ON;
    SET XACT_ABORT ON;

    DECLARE @start date = billing.PeriodStart(@periodStart);
    DECLARE @end date = billing.PeriodEnd(@periodStart);

    BEGIN TRY
        BEGIN TRANSACTION;

        INSERT INTO billing.Invoice (InvoiceNumber, TenantId, PeriodStart, PeriodEnd, Currency)
        SELECT NEXT VALUE FOR billing.InvoiceNumber, t.TenantId, @start, @end, p.Currency
        FROM billing.Tenant AS t
        INNER JOIN billing.RatePlan AS p ON p.RatePlanId = t.RatePlanId
        WHERE t.TenantId = @tenantId;

        IF @@ROWCOUNT = 0
            THROW 51064, N'billing.IssueInvoice: there is no such tenant.', 1;

        SET @invoiceId = SCOPE_IDENTITY();

        INSERT INTO billing.InvoiceLine (InvoiceId, LineNumber, Description, Quantity, UnitPrice)
        SELECT @invoiceId, 1, CONCAT(p.Name, N', monthly fee'), 1, p.MonthlyFee
        FROM billing.Tenant AS t
        INNER JOIN billing.RatePlan AS p ON p.RatePlanId = t.RatePlanId
        WHERE t.TenantId = @tenantId;

        INSERT INTO billing.InvoiceLine (InvoiceId, LineNumber, UsageKindId, Description, Quantity, UnitPrice)
        SELECT
            @invoiceId,
            1 + ROW_NUMBER() OVER (ORDER BY r.UsageKindId),
            r.UsageKindId,
            CONCAT(r.UsageKind, N', ', r.Unit),
            r.BillableQuantity,
            r.UnitPrice
        FROM billing.RatedUsage(@tenantId, @start) AS r;

        UPDATE u
        SET InvoiceId = @invoiceId
        FROM billing.Usage AS u
        WHERE u.TenantId = @tenantId
          AND u.InvoiceId IS NULL
          AND u.OccurredAt >= @start
          AND u.OccurredAt < @end;

        UPDATE billing.Invoice
        SET Status = 'issued', IssuedAt = SYSUTCDATETIME()
        WHERE InvoiceId = @invoiceId;

        COMMIT TRANSACTION;
    END TRY
    BEGIN CATCH
        IF XACT_STATE() <> 0
            ROLLBACK TRANSACTION;
        THROW;
    END CATCH;
END;
