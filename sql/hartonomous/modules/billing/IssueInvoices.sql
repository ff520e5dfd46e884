/* Invoices a month for all open tenants that have no invoice for it yet; one failure does not stop the others. */
CREATE PROCEDURE billing.IssueInvoices
    @periodStart date
AS
BEGIN
    SET NOCOUNT ON;
    SET XACT_ABORT ON;

    DECLARE @start date = billing.PeriodStart(@periodStart);
    DECLARE @tenantId int, @invoiceId int;
    DECLARE @outcome TABLE (TenantId int NOT NULL PRIMARY KEY, InvoiceId int NULL, Failure nvarchar(2048) NULL);

    DECLARE tenants CURSOR LOCAL STATIC READ_ONLY FORWARD_ONLY FOR
        SELECT t.TenantId
        FROM billing.Tenant AS t
        WHERE t.ClosedAt IS NULL
          AND NOT EXISTS
              (
                  SELECT 1
                  FROM billing.Invoice AS i
                  WHERE i.TenantId = t.TenantId AND i.PeriodStart = @start AND i.Status <> 'void'
              )
        ORDER BY t.TenantId;

    OPEN tenants;
    FETCH NEXT FROM tenants INTO @tenantId;

    WHILE @@FETCH_STATUS = 0
    BEGIN
        BEGIN TRY
            EXEC billing.IssueInvoice @tenantId = @tenantId, @periodStart = @start, @invoiceId = @invoiceId OUTPUT;
            INSERT INTO @outcome (TenantId, InvoiceId) VALUES (@tenantId, @invoiceId);
        END TRY
        BEGIN CATCH
            INSERT INTO @outcome (TenantId, Failure) VALUES (@tenantId, ERROR_MESSAGE());
        END CATCH;

        FETCH NEXT FROM tenants INTO @tenantId;
    END;

    CLOSE tenants;
    DEALLOCATE tenants;

    SELECT o.TenantId, o.InvoiceId, s.InvoiceNumber, s.Total, o.Failure
    FROM @outcome AS o
    LEFT JOIN billing.InvoiceSummary AS s ON s.InvoiceId = o.InvoiceId
    ORDER BY o.TenantId;
END;
