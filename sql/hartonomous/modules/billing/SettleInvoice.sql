/* Notes that an issued invoice was paid. */
CREATE PROCEDURE billing.SettleInvoice
    @invoiceId int
AS
BEGIN
    SET NOCOUNT ON;
    SET XACT_ABORT ON;

    UPDATE billing.Invoice
    SET Status = 'paid', SettledAt = SYSUTCDATETIME()
    WHERE InvoiceId = @invoiceId
      AND Status = 'issued';

    IF @@ROWCOUNT = 0
        THROW 51065, N'billing.SettleInvoice: only an issued invoice can be paid.', 1;
END;
