/* Keeps the total of a draft equal to its lines, and refuses any change of the lines afterwards. */
CREATE TRIGGER billing.InvoiceLineChanged
ON billing.InvoiceLine
AFTER INSERT, UPDATE, DELETE
AS
BEGIN
    SET NOCOUNT ON;

    DECLARE @touched TABLE (InvoiceId int NOT NULL PRIMARY KEY);

    INSERT INTO @touched (InvoiceId)
    SELECT i.InvoiceId FROM inserted AS i
    UNION
    SELECT d.InvoiceId FROM deleted AS d;

    IF EXISTS
    (
        SELECT 1
        FROM billing.Invoice AS i
        INNER JOIN @touched AS t ON t.InvoiceId = i.InvoiceId
        WHERE i.Status <> 'draft'
    )
        THROW 51067, N'The lines of an invoice cannot change once it is issued.', 1;

    UPDATE i
    SET Total = COALESCE((SELECT SUM(l.Amount) FROM billing.InvoiceLine AS l WHERE l.InvoiceId = i.InvoiceId), 0)
    FROM billing.Invoice AS i
    INNER JOIN @touched AS t ON t.InvoiceId = i.InvoiceId;
END;
