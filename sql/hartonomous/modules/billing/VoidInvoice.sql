/* Takes an unpaid invoice back; its usage is open again. */
CREATE PROCEDURE billing.VoidInvoice
    @invoiceId int
AS
BEGIN
    SET NOCOUNT ON;
    SET XACT_ABORT ON;

    BEGIN TRY
        BEGIN TRANSACTION;

        UPDATE billing.Invoice
        SET Status = 'void'
        WHERE InvoiceId = @invoiceId
          AND Status IN ('draft', 'issued');

        IF @@ROWCOUNT = 0
            THROW 51066, N'billing.VoidInvoice: only an unpaid invoice can be taken back.', 1;

        UPDATE billing.Usage
        SET InvoiceId = NULL
        WHERE InvoiceId = @invoiceId;

        COMMIT TRANSACTION;
    END TRY
    BEGIN CATCH
        IF XACT_STATE() <> 0
            ROLLBACK TRANSACTION;
        THROW;
    END CATCH;
END;
